"""What a demo needs of a transcript: its name found, its host made, its session as cues."""

from __future__ import annotations

import os

from vshell.machine.host import Host
from vshell.machine.typist import Typist
from vshell.transcript.cues import make_cues
from vshell.transcript.format import SUFFIX
from vshell.transcript.lesson import lesson_names, lesson_path
from vshell.transcript.load import load
from vshell.transcript.model import Place, TranscriptError
from vshell.transcript.replay import make_settings
from vshell.transcript.source import path_beside

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from vshell.transcript.model import Transcript

__all__ = ["Demo", "demo_names", "open_demo"]

_ROOT = os.path.dirname(os.path.dirname(os.path.dirname(__file__)))
_STORIES = os.path.join(_ROOT, "tests", "stories")


class Demo:
    """A transcript to be played."""

    def __init__(self, transcript: Transcript, rate: float) -> None:
        """Prepare it, for a host at a rate.

        Raises:
            TranscriptError: it cannot be played.
        """
        self.title = transcript.title or os.path.basename(transcript.path)
        self.typist = Typist(make_cues(transcript), rate)
        self.make_host = _host_maker(transcript)


def demo_names() -> dict[str, str]:
    """Give what can be played by name: lessons, and stories where they came along, as paths."""
    found = {name: lesson_path(name) or "" for name in lesson_names()}
    if os.path.isdir(_STORIES):
        for file in sorted(os.listdir(_STORIES)):
            if file.endswith(SUFFIX):
                found.setdefault(file.removesuffix(SUFFIX), os.path.join(_STORIES, file))
    return found


def open_demo(name: str, rate: float = 1.0) -> Demo:
    """Open a lesson, a story or a file.

    Args:
        name: of one that ``demo_names`` gives, or a transcript's path.
        rate: virtual seconds per real second.

    Raises:
        TranscriptError: there is none, or it cannot be played.
    """
    path = name if os.path.exists(name) else demo_names().get(name)
    if path is None:
        raise TranscriptError(name, Place(1), "no lesson, story or file has this name")
    return Demo(load(path), rate)


def _host_maker(transcript: Transcript) -> Callable[[], Host]:
    settings = make_settings(transcript)
    name = transcript.workspace
    workspace = path_beside(transcript.path, name) if name else None
    if workspace is not None and not os.path.isdir(workspace):
        text = f"workspace: {workspace}: No such directory"
        raise TranscriptError(transcript.path, Place(1), text)

    def make_host() -> Host:
        host = Host(settings, workspace=workspace)
        for path, text in transcript.files.items():
            host.place_file(path, text)
        return host

    return make_host
