"""``help``: what a newcomer needs first, and a line about each builtin."""

from __future__ import annotations

from vshell.shell.builtin.common import write_out
from vshell.shell.builtins import builtin_names

TYPE_CHECKING = False
if TYPE_CHECKING:
    from vshell.shell.builtins import Builtin
    from vshell.shell.execute import Executor

__all__ = ["BUILTINS", "help_text"]

_LINES = {
    ".": "run a file's commands in this shell",
    ":": "do nothing, successfully",
    "[": "test a condition",
    "alias": "give a command another name",
    "bind": "take what a .bashrc says about keys",
    "bg": "let a stopped job go on in the background",
    "break": "leave a loop",
    "builtin": "run a builtin even where a function hides it",
    "caller": "show where the running function was called",
    "cd": "go to another directory",
    "command": "run a command even where a function hides it; -v says what it is",
    "compgen": "list what completes a word",
    "complete": "say how a command's words are completed",
    "compopt": "change what complete has said",
    "continue": "go on with the next turn of a loop",
    "declare": "set variables and their attributes",
    "dirs": "show the directory stack",
    "disown": "forget a job",
    "echo": "print its arguments",
    "enable": "turn builtins off and on",
    "eval": "run its arguments as a command",
    "exec": "replace the shell by a program; redirect for good",
    "exit": "leave the shell",
    "export": "pass variables on to programs",
    "false": "fail",
    "fc": "list the lines entered",
    "fg": "bring a job to the foreground",
    "getopts": "take options apart in a script",
    "hash": "show where commands were found",
    "help": "this text",
    "history": "show the lines entered",
    "jobs": "list jobs",
    "kill": "send a signal to a process or job",
    "let": "evaluate arithmetic",
    "local": "make a variable of a function's own",
    "logout": "leave the shell",
    "mapfile": "read lines into an array",
    "popd": "go back to a directory of the stack",
    "printf": "print by a format",
    "pushd": "go to a directory and remember this one",
    "pwd": "show the working directory",
    "read": "read a line into variables",
    "readarray": "read lines into an array",
    "readonly": "make variables unchangeable",
    "return": "leave a function",
    "set": "set options and positional parameters",
    "shift": "drop positional parameters",
    "shopt": "set further options",
    "source": "run a file's commands in this shell",
    "suspend": "stop the shell itself",
    "test": "test a condition",
    "times": "show CPU time used",
    "trap": "run commands when a signal comes",
    "true": "succeed",
    "type": "say what a command is",
    "typeset": "set variables and their attributes",
    "ulimit": "show and set limits",
    "umask": "set which permissions new files lack",
    "unalias": "forget an alias",
    "unset": "forget variables and functions",
    "wait": "wait for jobs",
}

_COLUMNS_MAX = 79

_INTRODUCTION = """\
This is vshell: a Linux host that is not there. A virtual kernel runs behind
this prompt; its modules are written in Python (see kthread.py here) and read
like their C originals. Nothing you do here can harm your own computer.

The tutorial's first module, from the source to the log:

  ls; cat kthread.py Makefile     look at the module's source
  make                            build it
  modinfo kthread.ko              what it says of itself
  sudo insmod ./kthread.ko        load it: two threads begin to run
  lsmod | grep kthread            it is loaded
  ps -N | grep kthread_park       the two threads
  dmesg                           what they print
  sudo rmmod kthread              unload it

Keys:

  Tab      complete a command, a file, a module's name
  Up       lines entered before; `history' lists them
  Ctrl-R   search them
  Ctrl-C   end what runs in the foreground, or give up the line
  Ctrl-Z   stop it; `fg' lets it go on, `bg' in the background
  Ctrl-D   leave, on an empty line

Time passes here as on a clock of its own: `clock' shows it, and can let it
stand, step, or run ahead; `clock --help'. `why NAME' says what a process, a
thread or a module waits for; `panel' shows what all threads do, until q.
`man kthread_park' tells of a kernel function, `man insmod' of a command; `nano
FILE' edits; `strace COMMAND' and `trace-cmd' show what goes on below.
Guided lessons: `vshell tutorial', outside. `help deviations' tells where the
shell and its programs differ from the real ones on purpose.

Programs: ls /usr/bin. The shell's own commands; `help NAME' for one of them:

"""


def help_text(topic: str, names: list[str]) -> str | None:
    """Give the help on a topic.

    Args:
        topic: a builtin's name, "" for the introduction.
        names: all builtins.

    Returns:
        The text, None if there is no such topic.
    """
    if topic:
        return f"{topic}: {_LINES[topic]}\n" if topic in _LINES else None
    width = max(len(name) for name in names) + 2
    across = (_COLUMNS_MAX - 2) // width
    rows = [
        "  " + "".join(f"{name:<{width}s}" for name in names[start : start + across]).rstrip()
        for start in range(0, len(names), across)
    ]
    return _INTRODUCTION + "\n".join(rows) + "\n"


def _help(ex: Executor, argv: list[str]) -> int:
    if argv[1:] == ["deviations"]:
        from vshell.shell.builtin.deviations import TEXT  # noqa: PLC0415 - asked for seldom

        write_out(ex, TEXT)
        return 0
    text = help_text(argv[1] if len(argv) > 1 else "", builtin_names())
    if text is None:
        ex.shell.complain(
            f"help: no help topics match `{argv[1]}'.  Try `help help' or `man -k {argv[1]}' "
            f"or `info {argv[1]}'."
        )
        return 1
    write_out(ex, text)
    return 0


BUILTINS: dict[str, Builtin] = {"help": _help}
"""The builtins of this file, by name."""
