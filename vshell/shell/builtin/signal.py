"""Builtins that send signals and say what to do when one comes.

Source: bash(1), "Shell Builtin Commands"; texts are bash 5.2's.
"""

from __future__ import annotations

from vshell.abi import signals as sg
from vshell.abi.errno import KernelError, strerror
from vshell.shell import jobs
from vshell.shell.builtin.common import write_out
from vshell.shell.expand import quote

TYPE_CHECKING = False
if TYPE_CHECKING:
    from vshell.shell.builtins import Builtin
    from vshell.shell.execute import Executor

__all__ = ["BUILTINS"]

_KILL_USAGE = (
    "kill: usage: kill [-s sigspec | -n signum | -sigspec] pid | jobspec ... or kill -l [sigspec]\n"
)


def _kill(ex: Executor, argv: list[str]) -> int:
    shell = ex.shell
    words = argv[1:]
    signal: int | None = sg.SIGTERM
    if words and words[0] in ("-l", "-L"):
        return _list_signals(ex, words[1:])
    if words and words[0] in ("-s", "-n") and len(words) > 1:
        name = words[1]
        words = words[2:]
        signal = sg.signal_number(name)
    elif words and words[0].startswith("-") and len(words[0]) > 1 and words[0] != "--":
        name = words.pop(0)[1:]
        signal = sg.signal_number(name)
    else:
        name = ""
    if words and words[0] == "--":
        words.pop(0)
    if signal is None:
        shell.complain(f"kill: {name}: invalid signal specification")
        return 1
    if not words:
        shell.write_error(_KILL_USAGE)
        return 2
    return max(_kill_one(ex, word, signal) for word in words)


def _kill_one(ex: Executor, word: str, signal: int) -> int:
    shell = ex.shell
    if word.startswith("%"):
        job = jobs.find_job(shell, word)
        if job is None:
            shell.complain(f"kill: {word}: no such job")
            return 1
        # Without job control a job's processes are in the shell's own group.
        pids = [-job.pgid] if shell.interactive else [p for p in job.pids if p not in job.statuses]
    elif word.removeprefix("-").isdigit() and word != "-":
        pids = [int(word)]
    else:
        shell.complain(f"kill: {word}: arguments must be process or job IDs")
        return 1
    for pid in pids:
        try:
            shell.sys.kill(pid, signal)
        except KernelError as error:
            shell.complain(f"kill: ({pid}) - {strerror(error.errno)}")
            return 1
    return 0


def _list_signals(ex: Executor, words: list[str]) -> int:
    status = 0
    for word in words:
        number = int(word) if word.isdigit() else None
        if number is not None and number > 128:
            number -= 128
        if number is not None and number in sg.NAMES:
            write_out(ex, sg.NAMES[number] + "\n")
        elif number is None and sg.signal_number(word) is not None:
            write_out(ex, f"{sg.signal_number(word)}\n")
        else:
            ex.shell.complain(f"kill: {word}: invalid signal specification")
            status = 1
    if not words:
        numbers = [number for number in range(1, 65) if number in sg.NAMES]
        lines = []
        for start in range(0, len(numbers), 5):
            row = numbers[start : start + 5]
            lines.append("\t".join(f"{number:2d}) SIG{sg.NAMES[number]}" for number in row))
        write_out(ex, "\n".join(lines) + "\n")
    return status


def _trap(ex: Executor, argv: list[str]) -> int:
    shell = ex.shell
    words = [word for word in argv[1:] if word != "--"]
    if not words or words[0] == "-p":
        for name in sorted(shell.traps, key=lambda one: sg.NUMBERS.get(one, 0)):
            shown = name if name in ("EXIT", "ERR", "DEBUG", "RETURN") else "SIG" + name
            write_out(ex, f"trap -- {quote(shell.traps[name])} {shown}\n")
        return 0
    if words[0] == "-l":
        return _list_signals(ex, [])
    action, names = words[0], words[1:]
    if not names:
        action, names = "-", words
    status = 0
    for word in names:
        trap = _trap_name(word)
        if trap is None:
            shell.complain(f"trap: {word}: invalid signal specification")
            status = 1
            continue
        _set_trap(ex, trap, action)
    return status


def _trap_name(word: str) -> str | None:
    upper = word.upper()
    if upper in ("EXIT", "0"):
        return "EXIT"
    if upper in ("ERR", "DEBUG", "RETURN"):
        return upper
    number = sg.signal_number(word)
    return sg.NAMES.get(number) if number is not None else None


def _set_trap(ex: Executor, name: str, action: str) -> None:
    shell = ex.shell
    number = sg.NUMBERS.get(name)
    if action == "-":
        shell.traps.pop(name, None)
        if number is not None:
            shell.sys.sigaction(number, sg.SIG_DFL)
        return
    shell.traps[name] = action
    if number is not None and number not in (sg.SIGKILL, sg.SIGSTOP):
        handler = sg.SIG_IGN if action == "" else shell.pending_signals.append
        shell.sys.sigaction(number, handler)


BUILTINS: dict[str, Builtin] = {
    "kill": _kill,
    "trap": _trap,
}
"""The builtins of this file, by name."""
