"""The command line's words: what they may be, and what they mean.

They are read by hand: importing a parser would cost more than booting the host.
"""

from __future__ import annotations

__all__ = ["USAGE", "Arguments", "UsageError", "parse", "read_speed"]

USAGE = """\
usage: vshell [OPTION...]                     the prompt
       vshell [OPTION...] -c 'COMMANDS'       run commands; exit status of the last
       vshell [OPTION...] SCRIPT [ARG...]     run a shell script
       vshell replay PATH...                  check transcripts (see vshell replay --help)
       vshell record FILE [OPTION...] [-c 'COMMANDS' | SCRIPT]
                                              the prompt, or commands, kept as a transcript
       vshell tutorial [NAME] [--restart]     the lessons; a guided one at the prompt
       vshell attach [--pid N]                another prompt on the host of a running vshell
       vshell panel [--pid N | --transcript NAME]
                                              what every thread does, in a running vshell
       vshell demo [NAME] [--here]            a session typed for an audience, with the panel

A Linux host that is not there, for learning kernel threads.

options:
  -c COMMANDS          run these commands instead of a prompt
  --workspace DIR      its files are the home directory; what the host writes stays in memory
  --write              what the host writes into the workspace goes to the disk
  --host FILE.yaml     what differs from the default host (hostname, user, release, hz, cpus, ...),
                       or the name of a profile that comes with vshell: ubuntu-22.10 (the
                       default), debian-12, minimal
  --seed N             choose among runnable tasks at random, repeatably
  --speed X            virtual seconds per real second at the prompt (1.0; 0.1 is slow motion)
  --realtime           with -c and scripts: let virtual seconds take real ones
  --trace FILE         write what every thread does, for Perfetto's viewer (Chrome JSON)
  --ftrace FILE        write the kernel's events as /sys/kernel/tracing/trace shows them
  --light, --dark      colours for a light, or a dark, background ($VSHELL_THEME, $COLORFGBG)
  --no-toolbar         nothing below the prompt; F2 shows and hides it ($VSHELL_TOOLBAR)
  --title TEXT         with record: the transcript's title
  --events             with record: keep the kernel's events beside it
  --cast FILE          with record: keep an asciicast of it, too
  --version            print the version and exit
  --help               print this and exit
"""
_FLAGS = (
    *("--write", "--realtime", "--events", "--light", "--dark", "--no-toolbar"),
    *("--version", "--help", "-h"),
)
_VALUED = (
    *("-c", "--workspace", "--host", "--seed", "--speed", "--title", "--cast"),
    *("--trace", "--ftrace"),
)


class UsageError(Exception):
    """The command line cannot be; the text says why."""


class Arguments:
    """What the command line says."""

    def __init__(self) -> None:
        """Start with what an empty one says."""
        self.command: str | None = None
        self.script: list[str] = []
        self.workspace: str | None = None
        self.write = False
        self.host: str | None = None
        self.seed: int | None = None
        self.speed = 1.0
        self.realtime = False
        self.title = ""
        self.events = False
        self.cast: str | None = None
        self.trace: str | None = None
        self.ftrace: str | None = None
        self.theme = ""
        self.toolbar: bool | None = None
        self.action = "run"


def parse(words: list[str]) -> Arguments:
    """Read the words of a command line.

    Raises:
        UsageError: they make no sense.
    """
    found = Arguments()
    words = list(words)
    while words:
        word = words.pop(0)
        if not word.startswith("-") or word == "-":
            found.script = [word, *words]
            break
        name, equals, value = word.partition("=")
        if name in _FLAGS:
            if equals:
                raise UsageError(f"option '{name}' doesn't allow an argument")
            _set_flag(found, name)
            continue
        if name not in _VALUED:
            raise UsageError(f"unrecognized option '{word}'")
        if not equals or name == "-c":
            if not words:
                raise UsageError(f"option '{name}' requires an argument")
            value = words.pop(0)
        _set_value(found, name, value)
        if name == "-c":
            found.script = words if words and not words[0].startswith("-") else []
            if found.script:
                break
    return found


def _set_flag(found: Arguments, name: str) -> None:
    if name == "--write":
        found.write = True
    elif name == "--realtime":
        found.realtime = True
    elif name == "--events":
        found.events = True
    elif name in ("--light", "--dark"):
        found.theme = name[2:]
    elif name == "--no-toolbar":
        found.toolbar = False
    else:
        found.action = name.lstrip("-")


def _set_value(found: Arguments, name: str, value: str) -> None:
    if name == "-c":
        found.command = value
    elif name == "--workspace":
        found.workspace = value
    elif name == "--host":
        found.host = value
    elif name == "--title":
        found.title = value
    elif name == "--cast":
        found.cast = value
    elif name == "--trace":
        found.trace = value
    elif name == "--ftrace":
        found.ftrace = value
    elif name == "--seed":
        if not (value.isascii() and value.isdigit()):
            raise UsageError(f"the seed must be a whole number, not '{value}'")
        found.seed = int(value)
    else:
        found.speed = read_speed(value)


def read_speed(text: str) -> float:
    """Read virtual seconds per real second.

    Raises:
        UsageError: the text is no such number.
    """
    try:
        speed = float(text)
    except ValueError:
        speed = 0.0
    if not 0 < speed < 1e9:
        raise UsageError(f"the speed must be a positive number, not '{text}'")
    return speed
