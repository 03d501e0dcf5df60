"""``vshell attach``: another prompt on the host of a running vshell."""

from __future__ import annotations

import sys

from vshell.cli.arguments import UsageError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from vshell.console.looks import Looks

__all__ = ["run_attach"]

_USAGE = """\
usage: vshell attach [--pid N]

Opens another terminal on the host of a running vshell of yours, so that you can
look around while the first one waits. Without --pid it is the vshell that was
started last. Ctrl-D leaves this terminal; the host stays with its first one.

  --light, --dark    colours for a light, or a dark, background
  --no-toolbar       nothing below the prompt (F2 shows and hides it)
"""
_GREETING = "Attached to vshell {pid} on {host}; Ctrl-D leaves this terminal only.\n"


def run_attach(words: list[str]) -> int:
    """Run ``vshell attach``; give the exit status.

    Args: words: the arguments behind it.

    Raises:
        UsageError: they make no sense, or there is nothing to attach to.
    """
    from vshell.console.looks import Looks  # noqa: PLC0415 - not for the usage

    pid, theme, toolbar = 0, "", None
    words = list(words)
    while words:
        name, equals, value = words.pop(0).partition("=")
        if name in ("--help", "-h"):
            sys.stdout.write(_USAGE)
            return 0
        if name in ("--light", "--dark"):
            theme = name[2:]
        elif name == "--no-toolbar":
            toolbar = False
        elif name == "--pid":
            if not equals and not words:
                raise UsageError("attach: option '--pid' requires an argument")
            value = value if equals else words.pop(0)
            if not (value.isascii() and value.isdigit() and int(value)):
                raise UsageError(f"attach: no process: '{value}'")
            pid = int(value)
        else:
            raise UsageError(f"attach: unrecognized option '{name}'")
    if not sys.stdin.isatty():
        raise UsageError("attach needs a terminal")
    return _attach(pid, Looks(theme, toolbar=toolbar))


def _attach(pid: int, looks: Looks) -> int:
    from vshell.console.opening import run_at  # noqa: PLC0415 - as above
    from vshell.machine.client import ConnectError  # noqa: PLC0415 - as above
    from vshell.machine.remote import RemoteDesk  # noqa: PLC0415 - as above

    try:
        desk = RemoteDesk(pid)
    except ConnectError as error:
        raise UsageError(str(error)) from None
    hello = desk.hello()
    if hello is None:
        desk.close()
        raise UsageError("the other vshell does not answer")
    sys.stdout.write(_GREETING.format(pid=hello.pid, host=hello.hostname))
    sys.stdout.flush()
    return run_at(desk, looks=looks)
