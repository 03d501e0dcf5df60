"""pgrep: find tasks by name and other things.

Source: pgrep(1), procps 4.0.2. Real: 06-names, 27-ps-and-users.
"""

from __future__ import annotations

from vshell.usr._pgrep import found_tasks, read_options, usage_text
from vshell.usr._proc import printable
from vshell.usr._program import Io, program

__all__ = ["main"]

_LONG = {
    "delimiter=": "d",
    "list-name": "l",
    "list-full": "a",
    "inverse": "v",
    "lightweight": "w",
    "signal=": "signal",
}
_OWN_USAGE = """\
 -d, --delimiter <string>  specify output delimiter
 -l, --list-name           list PID and process name
 -a, --list-full           list PID and full command line
 -v, --inverse             negates the matching
 -w, --lightweight         list all TID
 -c, --count               count of matching processes
"""


@program
def main(io: Io, words: list[str]) -> int:
    """Find tasks: ``pgrep [-aAcfilnovwx] [-d TEXT] [-FGgOPrstuU LIST] [PATTERN]``."""
    options = read_options(io, words, "d:lavw", _LONG, usage_text(io.name, _OWN_USAGE))
    found = found_tasks(io, options, inverted=options.has("v"))
    if options.has("c"):
        io.out(f"{len(found)}\n")
        return 0 if found else 1
    lines = []
    for task in found:
        if options.has("a"):
            lines.append(f"{task.pid} {printable(task.command())}")
        elif options.has("l"):
            lines.append(f"{task.pid} {printable(task.name)}")
        else:
            lines.append(str(task.pid))
    if lines:
        io.out(options.value("d", "\n").join(lines) + "\n")
    return 0 if found else 1
