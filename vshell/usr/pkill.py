"""pkill: signal tasks by name and other things.

Source: pkill(1), procps 4.0.2. Real: 25-signals.
"""

from __future__ import annotations

from vshell.abi.errno import KernelError, strerror
from vshell.abi.signals import SIGTERM, signal_number
from vshell.usr._pgrep import found_tasks, read_options, usage_text
from vshell.usr._program import Io, program

__all__ = ["main"]

_LONG = {"echo": "e", "queue=": "q", "signal=": "signal", "inverse": "inverse"}
_OWN_USAGE = """\
 -<sig>, --signal <sig>    signal to send (either number or name)
 -q, --queue <value>       integer value to be sent with the signal
 -e, --echo                display what is killed
 -c, --count               count of matching processes
"""


@program
def main(io: Io, words: list[str]) -> int:
    """Signal tasks: ``pkill [-SIGNAL] [-Acefinox] [-FGgOPrstuU LIST] [PATTERN]``."""
    signal = SIGTERM
    rest = []
    for word in words:
        number = signal_number(word[1:]) if word[:1] == "-" and len(word) > 1 else None
        if number is None:
            rest.append(word)
        else:
            signal = number
    options = read_options(io, rest, "eq:", _LONG, usage_text(io.name, _OWN_USAGE))
    if options.has("signal"):
        number = signal_number(options.value("signal"))
        if number is None:
            io.die(f'Unknown signal "{options.value("signal")}".', 2)
        signal = number
    count = 0
    for task in found_tasks(io, options, inverted=options.has("inverse")):
        try:
            io.sys.kill(task.pid, signal)
        except KernelError as error:
            io.complain(f"killing pid {task.pid} failed: {strerror(error.errno)}")
            continue
        count += 1
        if options.has("e"):
            io.out(f"{task.name} killed (pid {task.pid})\n")
    if options.has("c"):
        io.out(f"{count}\n")
    return 0 if count else 1
