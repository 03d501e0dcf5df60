"""The entry: picks what the command line asks for.

Messages of vshell itself start with "vshell: " on standard error, with exit status 2; everything
else that appears was written by a virtual program.
"""

from __future__ import annotations

import sys

from vshell.abi.plain import plain_text
from vshell.cli.arguments import USAGE, UsageError, parse

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import NoReturn

__all__ = ["main"]

_COMMANDS = {
    "attach": ("vshell.cli.attach", "run_attach"),
    "demo": ("vshell.cli.demo", "run_demo"),
    "panel": ("vshell.cli.panel", "run_panel_command"),
    "replay": ("vshell.transcript.command", "replay_command"),
    "tutorial": ("vshell.cli.tutorial", "run_tutorial"),
}
_ONLY_RECORD = "--title, --events and --cast belong to 'vshell record FILE'"


def _leave(status: int) -> NoReturn:
    # Unwinding every virtual stack and freeing every object would take longer than a short command.
    import os  # noqa: PLC0415 - already loaded by the interpreter

    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(status)


def main(words: list[str] | None = None) -> int:
    """Run vshell.

    Args:
        words: the arguments; None for those of the process, which then ends here.

    Returns:
        The exit status.
    """
    own = words is None
    words = sys.argv[1:] if words is None else words
    try:
        status = _dispatch(words)
    except UsageError as error:
        sys.stderr.write(plain_text(f"vshell: {error}\n"))
        if error.__cause__ is not None:
            _tell_bug(error.__cause__)
        status = 2
    # A replay may have processes of its own, and ends as other programs do.
    if own and words[:1] != ["replay"]:
        _leave(status)
    return status


def _dispatch(words: list[str]) -> int:
    if words and words[0] in _COMMANDS:
        return _run_command(words[0], words[1:])
    is_record = words[:1] == ["record"]
    arguments = parse(words[2:] if is_record else words)
    if arguments.action != "run":
        return _tell(arguments.action)
    if is_record:
        from vshell.cli.record import run_record  # noqa: PLC0415 - only to record

        return run_record(words[1:2], arguments)
    if arguments.title or arguments.events or arguments.cast is not None:
        raise UsageError(_ONLY_RECORD)
    from vshell.cli.run import run  # noqa: PLC0415 - not for --help

    return run(arguments)


# The other things that vshell does, each with a command line of its own.
def _run_command(name: str, words: list[str]) -> int:
    from importlib import import_module  # noqa: PLC0415 - not for the prompt

    module, function = _COMMANDS[name]
    try:
        status: int = getattr(import_module(module), function)(words)
    except KeyboardInterrupt:
        status = 130
    except BrokenPipeError:
        # Nobody reads any more.
        _leave(141)
    return status


def _tell(action: str) -> int:
    if action == "version":
        from vshell import __version__  # noqa: PLC0415 - only here

        sys.stdout.write(f"vshell {__version__}\n")
    else:
        sys.stdout.write(USAGE)
    return 0


def _tell_bug(error: BaseException) -> None:
    import traceback  # noqa: PLC0415 - only for a bug

    sys.stderr.write("".join(traceback.format_exception(error)))
