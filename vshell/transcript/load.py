"""Finds transcripts and reads them, YAML or Markdown."""

from __future__ import annotations

import os

from vshell.transcript import edit, markdown
from vshell.transcript.format import SUFFIX, parse_yaml
from vshell.transcript.model import Place, TranscriptError
from vshell.transcript.source import read_text

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from vshell.abi.events import Event
    from vshell.transcript.model import StepOutcome, Transcript

__all__ = ["find", "is_markdown", "load", "write_answers", "write_events"]


def is_markdown(path: str) -> bool:
    """Tell whether a file is read as Markdown."""
    return path.lower().endswith((".md", ".markdown"))


def find(paths: Iterable[str]) -> Iterator[str]:
    """Give the transcripts that paths name: files as they are, and those below folders by name.

    Hidden folders are left out: they hold what belongs to tools.

    Raises:
        TranscriptError: a path does not exist, or a folder holds none.
    """
    for path in paths:
        if not os.path.isdir(path):
            if not os.path.exists(path):
                raise TranscriptError(path, Place(1), "No such file or directory")
            yield path
            continue
        found = sorted(
            os.path.join(folder, name)
            for folder, names in _folders(path)
            for name in names
            if name.endswith(SUFFIX)
        )
        if not found:
            raise TranscriptError(path, Place(1), f"no *{SUFFIX} in this folder")
        yield from found


def _folders(path: str) -> Iterator[tuple[str, list[str]]]:
    for folder, below, names in os.walk(path):
        below[:] = [name for name in below if not name.startswith(".")]
        yield folder, names


def load(path: str) -> Transcript:
    """Read a transcript.

    Raises:
        TranscriptError: it cannot be read, or is none.
    """
    text = _read(path)
    if is_markdown(path):
        return markdown.parse_markdown(text, path)
    return parse_yaml(text, path)


def write_answers(path: str, outcomes: Iterable[StepOutcome]) -> None:
    """Write into a file what its steps answer now; what holds stays byte by byte.

    Raises:
        TranscriptError: the file cannot be written.
    """
    text = _read(path)
    if is_markdown(path):
        new = markdown.with_answers(text, outcomes)
    else:
        new = edit.with_answers(text, path, outcomes)
    if new == text:
        return
    _replace(path, new)


def write_events(path: str, events: Iterable[Event]) -> None:
    """Write the events of a session into the file of its recorded ones.

    Raises:
        TranscriptError: the file cannot be written.
    """
    _replace(path, "".join(event.to_json() + "\n" for event in events))


# At any moment there is the whole of the old text or the whole of the new one.
def _replace(path: str, text: str) -> None:
    whole = os.path.realpath(path)
    beside = f"{whole}.new"
    try:
        with open(beside, "w", encoding="utf-8", newline="") as file:
            file.write(text)
        if os.path.exists(whole):
            os.chmod(beside, os.stat(whole).st_mode & 0o777)
        os.replace(beside, whole)
    except OSError as error:
        raise TranscriptError(path, Place(1), str(error.strerror)) from None


def _read(path: str) -> str:
    try:
        return read_text(path)
    except OSError as error:
        raise TranscriptError(path, Place(1), str(error.strerror)) from None
