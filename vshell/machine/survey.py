"""What a prompt's front end asks of its host. Called in the host's thread; changes nothing.

One exception: what has been typed ahead is handed over, as a terminal does to whoever reads.
"""

from __future__ import annotations

from vshell.abi.errno import KernelError
from vshell.abi.prompt import Glance, Survey
from vshell.abi.state import TAINT_LETTERS, state_letter
from vshell.kernel.inode import RegularFile
from vshell.machine.completion import complete, list_commands

TYPE_CHECKING = False
if TYPE_CHECKING:
    from vshell.kernel.process import Process
    from vshell.kernel.tty import Tty
    from vshell.machine.completion import Candidate
    from vshell.machine.host import Host

__all__ = ["complete_at", "glance", "survey"]

_ORDER = "RDSITPZX"
_TITLE_LETTERS_MAX = 200


def glance(host: Host) -> Glance:
    """Tell how the host is."""
    kernel, clock = host.kernel, host.clock
    counts: dict[str, int] = {}
    for task in kernel.tasks:
        letter = state_letter(task.state, task.exit_state)
        counts[letter] = counts.get(letter, 0) + 1
    states = tuple((letter, counts[letter]) for letter in _ORDER if letter in counts)
    return Glance(
        kernel.now_ns, clock.rate, clock.is_paused, states, _taint_letters(kernel.oops.taints)
    )


def _taint_letters(mask: int) -> str:
    return "".join(letter for bit, letter in enumerate(TAINT_LETTERS) if mask >> bit & 1)


def survey(host: Host, number: int) -> Survey:
    """Tell what the editor of a terminal's next line needs to know.

    Args:
        host: whose terminal it is.
        number: of the terminal.
    """
    tty = host.ttys[number]
    question = tty.question
    process = _asker(host, tty)
    return Survey(
        commands=tuple(list_commands(host, process.pid if process is not None else 0)),
        typed=tty.take_typed_ahead(),
        editing=question.editing if question is not None else "emacs",
        more=question.more if question is not None else "> ",
        is_more=question is not None and question.is_more,
        title=_title(host, process) if process is not None else "",
    )


def complete_at(host: Host, number: int, text: str) -> list[Candidate]:
    """Find what could stand at the cursor of a terminal's line.

    Args:
        host: whose state is looked at.
        number: of the terminal.
        text: the line up to the cursor.
    """
    process = _asker(host, host.ttys[number])
    return complete(host, process.pid, text) if process is not None else []


# The shell that asks for the line.
def _asker(host: Host, tty: Tty) -> Process | None:
    pid = tty.question.pid if tty.question is not None else tty.session
    task = host.kernel.tasks.get(pid)
    return task.process if task is not None else None


def _title(host: Host, process: Process) -> str:
    kernel = host.kernel
    folder = kernel.vfs.path_of(process.cwd)
    home = process.environ.get("HOME", "")
    if home and (folder == home or folder.startswith(f"{home}/")):
        folder = f"~{folder[len(home) :]}"
    text = f"{_user_name(host, process)}@{kernel.sysctls.hostname}: {folder}"
    # A name may hold anything; a title is what can be seen.
    return "".join(letter for letter in text if letter.isprintable())[:_TITLE_LETTERS_MAX]


def _user_name(host: Host, process: Process) -> str:
    uid = str(process.euid)
    try:
        inode = host.kernel.vfs.resolve(process, "/etc/passwd")
    except KernelError:
        return uid
    if not isinstance(inode, RegularFile):
        return uid
    for line in inode.read_at(0, inode.size()).decode("utf-8", "replace").splitlines():
        fields = line.split(":")
        if fields[2:3] == [uid]:
            return fields[0]
    return uid
