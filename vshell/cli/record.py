"""``vshell record``: the prompt, or commands, kept as a transcript."""

from __future__ import annotations

import sys

from vshell.cli.arguments import UsageError
from vshell.cli.run import read_script, run_exported

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from vshell.cli.arguments import Arguments
    from vshell.machine.host import Host

__all__ = ["run_record"]


def run_record(files: list[str], arguments: Arguments) -> int:
    """Record what the arguments say; give the exit status.

    Args:
        files: the transcript to write, alone.
        arguments: what stands behind it.

    Raises:
        UsageError: what they say cannot be.
    """
    if not files or files[0].startswith("-"):
        raise UsageError("record needs a FILE to write")
    return run_exported(arguments, lambda make_host: _record(files[0], arguments, make_host))


def _record(path: str, arguments: Arguments, make_host: Callable[[], Host]) -> int:
    from vshell.transcript.record_command import (  # noqa: PLC0415 - only to record
        open_recording,
        record_lines,
    )

    try:
        recording = open_recording(
            path,
            title=arguments.title,
            with_events=arguments.events,
            cast_path=arguments.cast,
            workspace=arguments.workspace,
            with_times=arguments.command is None and not arguments.script,
        )
    except OSError as error:
        raise UsageError(f"{error.filename}: {error.strerror}") from None
    try:
        if arguments.command is not None:
            return record_lines(make_host, [arguments.command], recording)
        if arguments.script:
            text = read_script(arguments.script[0])
            return record_lines(make_host, text.splitlines(), recording)
        if not sys.stdin.isatty():
            return record_lines(make_host, sys.stdin.read().splitlines(), recording)
        from vshell.cli.panel import show_panel  # noqa: PLC0415 - only for the prompt
        from vshell.console.opening import run_prompt  # noqa: PLC0415 - only for the prompt

        return run_prompt(make_host, arguments.speed, recording, show_panel=show_panel)
    finally:
        recording.close()
