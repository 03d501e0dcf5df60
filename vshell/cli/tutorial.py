"""``vshell tutorial``: the lessons."""

from __future__ import annotations

import sys

from vshell.cli.arguments import UsageError
from vshell.transcript.tutorial_command import list_lessons, open_lesson

TYPE_CHECKING = False
if TYPE_CHECKING:
    from vshell.machine.host import Host

__all__ = ["run_tutorial"]


def run_tutorial(words: list[str]) -> int:
    """List the lessons, or lead through one; give the exit status.

    Args: words: the arguments behind ``tutorial``.

    Raises:
        UsageError: they make no sense.
    """
    restart = "--restart" in words
    names = [word for word in words if word != "--restart"]
    if not names:
        list_lessons()
        return 0
    if len(names) > 1 or names[0].startswith("-"):
        raise UsageError(f"tutorial takes one lesson's name, not '{' '.join(names)}'")
    found = open_lesson(names[0], restart=restart)
    if found is None:
        raise UsageError(f"no lesson '{names[0]}'; 'vshell tutorial' lists them")
    if not sys.stdin.isatty():
        raise UsageError("a lesson needs a terminal")
    from vshell.cli.panel import show_panel  # noqa: PLC0415 - only for the prompt
    from vshell.console.opening import run_prompt  # noqa: PLC0415 - only for the prompt
    from vshell.machine.host import Host  # noqa: PLC0415 - not for the list

    lesson, transcript = found

    def make_host() -> Host:
        host = Host()
        for path, text in transcript.files.items():
            host.place_file(path, text)
        return host

    return run_prompt(make_host, 1.0, guide=lesson, show_panel=show_panel)
