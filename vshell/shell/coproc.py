"""Coprocesses: ``coproc [NAME] command``, a background command with a pipe each way.

Source: bash(1), "Coprocesses"; texts are bash 5.2's.
"""

from __future__ import annotations

from vshell.shell import jobs
from vshell.shell.state import Coprocess
from vshell.shell.syntax import Simple, Subshell

TYPE_CHECKING = False
if TYPE_CHECKING:
    from vshell.kernel.syscall import Sys
    from vshell.shell.execute import Executor
    from vshell.shell.state import Shell
    from vshell.shell.syntax import Coproc

__all__ = ["close_ended", "close_in_child", "run_coproc"]

_HIGHEST_DESCRIPTOR = 63
# bash moves all four ends up; two are closed again.
_BETWEEN = 2


def run_coproc(ex: Executor, node: Coproc) -> int:
    """Start a coprocess; give 0, or 1 if it cannot be called so."""
    shell = ex.shell
    sys = shell.sys
    name = node.name
    if not (name.isascii() and name.isidentifier()):
        shell.complain(f"`{name}': not a valid identifier")
        return 1
    for other in shell.coprocesses:
        text = f"execute_coproc: coproc [{other.pid}:{other.name}] still exists"
        shell.complain(f"warning: {text}")
    theirs_in, ours_out = sys.pipe()
    ours_in, theirs_out = sys.pipe()

    def inner(child: Executor) -> int:
        own = child.shell.sys
        for fd in (ours_in, ours_out):
            own.close(fd)
        for fd, target in ((theirs_in, 0), (theirs_out, 1)):
            own.dup2(fd, target)
            own.close(fd)
        child.own = node.body
        child.shell.subshell_level -= isinstance(node.body, Simple)
        return child.run_command(node.body, last=isinstance(node.body, (Simple, Subshell)))

    pid = ex.fork(inner, 0, foreground=False)
    sys.close(theirs_in)
    sys.close(theirs_out)
    reader = _highest(sys, _HIGHEST_DESCRIPTOR)
    writer = _highest(sys, reader - 1 - _BETWEEN)
    for fd, high in ((ours_in, reader), (ours_out, writer)):
        sys.dup2(fd, high)
        sys.close(fd)
        sys.set_cloexec(high)
    shell.coprocesses.append(Coprocess(name, pid, reader, writer))
    shell.unset(name)
    shell.set_element(name, "0", str(reader))
    shell.set_element(name, "1", str(writer))
    shell.set(f"{name}_PID", str(pid))
    shell.last_background = pid
    job = jobs.add_job(shell, [pid], pid, jobs.LazyText(node), foreground=False)
    if shell.interactive and shell.at_prompt:
        shell.write_error(f"[{job.number}] {pid}\n")
    return 0


# The highest descriptor that is free, from one on down.
def _highest(sys: Sys, fd: int) -> int:
    used = set(sys.descriptors())
    while fd in used:
        fd -= 1
    return fd


def close_ended(shell: Shell) -> None:
    """Forget the coprocesses that have ended: their pipes and variables."""
    for one in [one for one in shell.coprocesses if one.pid in shell.finished]:
        shell.coprocesses.remove(one)
        _close(shell, one)
        shell.unset(one.name)
        shell.unset(f"{one.name}_PID")


def close_in_child(shell: Shell) -> None:
    """Close the pipes that a forked shell has no part in; its variables stay."""
    for one in shell.coprocesses:
        _close(shell, one)
    shell.coprocesses = []


def _close(shell: Shell, coprocess: Coprocess) -> None:
    held = set(shell.sys.descriptors())
    for fd in (coprocess.reader, coprocess.writer):
        if fd in held:
            shell.sys.close(fd)
