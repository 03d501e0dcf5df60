"""Builtins that send signals and say what to do when one comes.

Source: bash(1), "Shell Builtin Commands"; texts are bash 5.2's.
"""

from __future__ import annotations

from vshell.abi import signals as sg
from vshell.abi.errno import KernelError, strerror
from vshell.shell.builtin.common import options_of, write_out
from vshell.shell.builtin.job import find_job
from vshell.shell.process import ENDING_SIGNALS
from vshell.shell.quote import single_quote

TYPE_CHECKING = False
if TYPE_CHECKING:
    from vshell.shell.builtins import Builtin
    from vshell.shell.execute import Executor

__all__ = ["BUILTINS"]

_KILL_USAGE = (
    "kill: usage: kill [-s sigspec | -n signum | -sigspec] pid | jobspec ... or kill -l [sigspec]\n"
)
_TRAP_USAGE = "trap [-lp] [[arg] signal_spec ...]"
_PSEUDO = ("EXIT", "DEBUG", "ERR", "RETURN")


def _kill(ex: Executor, argv: list[str]) -> int:
    shell = ex.shell
    words = argv[1:]
    if words and words[0] in ("-l", "-L"):
        return _list_signals(ex, words[1:])
    name = "TERM"
    if words and words[0] in ("-s", "-n"):
        if len(words) < 2:
            shell.complain(f"kill: {words[0]}: option requires an argument")
            return 1
        name, words = words[1], words[2:]
    elif words and words[0].startswith("-") and len(words[0]) > 1 and words[0] != "--":
        name = words.pop(0)[1:]
    signal = sg.signal_number(name)
    if words and words[0] == "--":
        words.pop(0)
    if signal is None:
        shell.complain(f"kill: {name}: invalid signal specification")
        return 1
    if not words:
        shell.write_error(_KILL_USAGE)
        return 2
    # What is killed is what was meant when the command began.
    return min(_kill_one(ex, word, signal) for word in words)


def _kill_one(ex: Executor, word: str, signal: int) -> int:
    shell = ex.shell
    if word.startswith("%"):
        job = find_job(ex, "kill", word)
        if job is None:
            return 1
        # Without job control a job's processes are in the shell's own group.
        pids = [-job.pgid] if shell.interactive else [p for p in job.pids if p not in job.statuses]
        if job.stopped and signal in (sg.SIGTERM, sg.SIGHUP):
            # A stopped job cannot die of it before it goes on.
            _send(ex, pids, sg.SIGCONT)
    elif word.removeprefix("-").isdigit() and word != "-":
        pids = [int(word)]
    else:
        shell.complain(f"kill: {word}: arguments must be process or job IDs")
        return 1
    return _send(ex, pids, signal)


def _send(ex: Executor, pids: list[int], signal: int) -> int:
    for pid in pids:
        try:
            ex.shell.sys.kill(pid, signal)
        except KernelError as error:
            ex.shell.complain(f"kill: ({pid}) - {strerror(error.errno)}")
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
        elif number == 0:
            write_out(ex, "EXIT\n")
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
            line = "\t".join(f"{number:2d}) SIG{sg.NAMES[number]}" for number in row)
            lines.append(line + ("\t" if len(row) < 5 else ""))
        write_out(ex, "\n".join(lines) + "\n")
    return status


def _trap(ex: Executor, argv: list[str]) -> int:
    shell = ex.shell
    options, words = (
        ({}, argv[1:]) if argv[1:2] == ["-"] else options_of(ex, argv, "lp", _TRAP_USAGE)
    )
    if "l" in options:
        return _list_signals(ex, [])
    if not words or "p" in options:
        return _show_traps(ex, words)
    action, names = words[0], words[1:]
    if not names:
        if _trap_name(action) is None:
            shell.complain(f"trap: {action}: invalid signal specification")
            return 1
        action, names = "-", words
    elif action.isdigit() and _trap_name(action) is not None:
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


def _show_traps(ex: Executor, words: list[str]) -> int:
    shell = ex.shell
    # A subshell shows its parent's traps until it sets one of its own.
    traps = shell.traps if shell.inherited_traps is None else shell.inherited_traps | shell.traps
    status = 0
    names = []
    for word in words:
        name = _trap_name(word)
        if name is None:
            shell.complain(f"trap: {word}: invalid signal specification")
            status = 1
        else:
            names.append(name)
    order = {"EXIT": 0, "DEBUG": 65, "ERR": 66, "RETURN": 67}
    shown = sorted(traps, key=lambda name: order.get(name, sg.NUMBERS.get(name, 0)))
    for name in names if words else shown:
        if name in traps:
            prefix = "" if name in _PSEUDO else "SIG"
            write_out(ex, f"trap -- {single_quote(traps[name])} {prefix}{name}\n")
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
    if shell.inherited_traps is not None:
        shell.inherited_traps = None
    number = sg.NUMBERS.get(name)
    if name in shell.ignored_at_start and not shell.interactive:
        return
    if action == "-":
        shell.traps.pop(name, None)
    else:
        shell.traps[name] = action
    if name == "EXIT":
        _catch_the_end(ex, on=action not in ("-", ""))
    if number is None or number in (sg.SIGKILL, sg.SIGSTOP):
        return
    if action == "-":
        ending = (
            bool(shell.traps.get("EXIT")) and number in ENDING_SIGNALS and not shell.interactive
        )
        shell.sys.sigaction(number, shell.pending_signals.append if ending else sg.SIG_DFL)
    else:
        handler = sg.SIG_IGN if action == "" else shell.pending_signals.append
        shell.sys.sigaction(number, handler)


# A signal that ends the shell comes to it as a pending one while it has an EXIT trap to run.
def _catch_the_end(ex: Executor, *, on: bool) -> None:
    shell = ex.shell
    if shell.interactive:
        return
    for number in ENDING_SIGNALS:
        if sg.NAMES[number] not in shell.traps:
            shell.sys.sigaction(number, shell.pending_signals.append if on else sg.SIG_DFL)


BUILTINS: dict[str, Builtin] = {
    "kill": _kill,
    "trap": _trap,
}
"""The builtins of this file, by name."""
