"""pgrep and pkill: how they find tasks.

Source: pgrep(1), procps 4.0.2. Real: 06-names, 25-signals, 27-ps-and-users.
"""

from __future__ import annotations

from vshell.abi.errno import KernelError
from vshell.usr._names import Names
from vshell.usr._options import Options
from vshell.usr._proc import Task, tasks, tty_number, uptime_centis
from vshell.usr._program import Io, OptionError, Quit, getopt
from vshell.usr._users import find_user

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import NoReturn

__all__ = ["found_tasks", "read_options", "syntax_error", "usage_text"]

_SHORT = "cfinoxAF:G:LO:P:U:g:r:s:t:u:hV"
_LONG = {
    "count": "c",
    "full": "f",
    "ignore-case": "i",
    "newest": "n",
    "oldest": "o",
    "exact": "x",
    "ignore-ancestors": "A",
    "pidfile=": "F",
    "group=": "G",
    "logpidfile": "L",
    "older=": "O",
    "parent=": "P",
    "uid=": "U",
    "pgroup=": "g",
    "runstates=": "r",
    "session=": "s",
    "terminal=": "t",
    "euid=": "u",
    "help": "h",
    "version": "V",
}
_SELECTING = "FGOPUgrstu"
_NAME = 15
"""Characters of a process's name."""


_COMMON_USAGE = """\
 -f, --full                use full process name to match
 -g, --pgroup <PGID,...>   match listed process group IDs
 -G, --group <GID,...>     match real group IDs
 -i, --ignore-case         match case insensitively
 -n, --newest              select most recently started
 -o, --oldest              select least recently started
 -O, --older <seconds>     select where older than seconds
 -P, --parent <PPID,...>   match only child processes of the given parent
 -s, --session <SID,...>   match session IDs
 -t, --terminal <tty,...>  match by controlling terminal
 -u, --euid <ID,...>       match by effective IDs
 -U, --uid <ID,...>        match by real IDs
 -x, --exact               match exactly with the command name
 -F, --pidfile <file>      read PIDs from file
 -L, --logpidfile          fail if PID file is not locked
 -r, --runstates <state>   match runstates [D,S,Z,...]
 -A, --ignore-ancestors    exclude our ancestors from results
 --cgroup <grp,...>        match by cgroup v2 names
 --ns <PID>                match the processes that belong to the same
                           namespace as <pid>
 --nslist <ns,...>         list which namespaces will be considered for
                           the --ns option.
                           Available namespaces: ipc, mnt, net, pid, user, uts

 -h, --help     display this help and exit
 -V, --version  output version information and exit

For more details see pgrep(1).
"""


def usage_text(name: str, options: str) -> str:
    """Give the usage of a program that has these options beside those both have."""
    return f"\nUsage:\n {name} [options] <pattern>\n\nOptions:\n{options}{_COMMON_USAGE}"


def syntax_error(io: Io, text: str) -> NoReturn:
    """Complain about the command line and end with 2."""
    io.complain(text)
    io.err(f"Try `{io.name} --help' for more information.\n")
    raise Quit(2)


def read_options(io: Io, words: list[str], short: str, long: dict[str, str], usage: str) -> Options:
    """Read a command line; answer --help and --version.

    Args:
        io: the program's streams.
        words: its arguments.
        short: the letters it has beside those that pgrep and pkill share.
        long: its own long options.
        usage: its --help.
    """
    try:
        items, operands = getopt(words, _SHORT + short, _LONG | long)
    except OptionError as error:
        io.complain(str(error))
        io.err(usage)
        raise Quit(2) from None
    options = Options(items, operands)
    if options.has("h"):
        io.out(usage)
        raise Quit(0)
    if options.has("V"):
        io.out(f"{io.name.rpartition('/')[2]} from procps-ng 4.0.2\n")
        raise Quit(0)
    if len(operands) > 1:
        syntax_error(io, "only one pattern can be provided")
    if options.has("n") + options.has("o") + options.has("v", "inverse") > 1:
        io.err(usage)
        raise Quit(2)
    if options.has("L") and not options.has("F"):
        syntax_error(io, "-L without -F makes no sense")
    if not operands and not options.has(*_SELECTING):
        syntax_error(io, "no matching criteria specified")
    return options


def found_tasks(io: Io, options: Options, *, inverted: bool) -> list[Task]:
    """Find the tasks that fit all that was asked for."""
    tests = [_test(io, letter, value) for letter, value in options.items if letter in _SELECTING]
    if options.operands:
        tests.append(_pattern(io, options))
    own = io.sys.getpid()
    avoided = _ancestors(io, own) if options.has("A") else {own}
    found = [
        task
        for task in tasks(io)
        if task.pid not in avoided and all(test(task) for test in tests) != inverted
    ]
    if not found and not options.has("f") and any(len(one) > _NAME for one in options.operands):
        what = f"process name longer than {_NAME} characters will result in zero matches"
        io.complain(f"pattern that searches for {what}")
        io.err(f"Try `{io.name} -f' option to match against the complete command line.\n")
    if found and options.has("n"):
        found = [max(found, key=lambda task: (task.start, task.pid))]
    elif found and options.has("o"):
        found = [min(found, key=lambda task: (task.start, task.pid))]
    return found


def _ancestors(io: Io, pid: int) -> set[int]:
    parents = {task.pid: task.ppid for task in tasks(io)}
    found = {pid}
    while parents.get(pid):
        pid = parents[pid]
        found.add(pid)
    return found


def _pattern(io: Io, options: Options) -> Callable[[Task], bool]:
    from vshell.usr._regex import RegexError, compile_posix  # noqa: PLC0415 - not without a pattern

    template = "^(?:{})$" if options.has("x") else "{}"
    try:
        regex = compile_posix(
            options.operands[0],
            extended=True,
            ignore_case=options.has("i"),
            template=template,
        )
    except RegexError as error:
        io.die(f"regex error: {error}", 2)
    if options.has("f"):
        return lambda task: regex.search(task.command()) is not None
    return lambda task: regex.search(task.name) is not None


def _test(io: Io, letter: str, text: str) -> Callable[[Task], bool]:
    if letter == "O":
        if not (text.isascii() and text.isdigit()):
            syntax_error(io, f"not a number: {text}")
        limit = uptime_centis(io) - int(text) * 100
        return lambda task: task.start < limit
    if letter == "r":
        return lambda task: task.state in text
    if letter == "F":
        pids = _pid_file(io, text)
        return lambda task: task.pid in pids
    words = text.split(",")
    if letter == "t":
        numbers = {tty_number(io, word) for word in words}
        return lambda task: task.tty in numbers and task.tty != 0
    members = {_number(io, letter, word) for word in words}
    values: dict[str, Callable[[Task], int]] = {
        "G": lambda task: task.ids("Gid")[0],
        "P": lambda task: task.ppid,
        "U": lambda task: task.uid,
        "g": lambda task: task.pgrp,
        "s": lambda task: task.session,
        "u": lambda task: task.euid,
    }
    value = values[letter]
    return lambda task: value(task) in members


# 0 stands for the caller's own group or session.
def _number(io: Io, letter: str, word: str) -> int:
    if word.isascii() and word.isdigit():
        if letter == "g" and int(word) == 0:
            return io.sys.getpgrp()
        if letter == "s" and int(word) == 0:
            return next(task.session for task in tasks(io) if task.pid == io.sys.getpid())
        return int(word)
    if letter in "uU":
        user = find_user(io, word)
        if user is not None:
            return user.uid
        io.die(f"invalid user name: {word}", 2)
    if letter == "G":
        gid = Names(io).gid(word)
        if gid is not None:
            return gid
        io.die(f"invalid group name: {word}", 2)
    what = {"P": "not a number", "g": "invalid process group", "s": "invalid session id"}
    return io.die(f"{what[letter]}: {word}", 2)


def _pid_file(io: Io, name: str) -> set[int]:
    try:
        text = io.read_text(name).strip()
    except KernelError:
        text = ""
    if not (text.isascii() and text.isdigit()):
        io.complain("pidfile not valid")
        io.err(f"Try `{io.name} --help' for more information.\n")
        raise Quit(1)
    return {int(text)}
