"""Finds transcripts and reads them, YAML or Markdown."""

from __future__ import annotations

import os

from vshell.transcript import edit, format, markdown  # noqa: A004 - the module of that name
from vshell.transcript.model import Place, TranscriptError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from vshell.transcript.model import StepOutcome, Transcript

__all__ = ["find", "is_markdown", "load", "write_answers"]


def is_markdown(path: str) -> bool:
    """Tell whether a file is read as Markdown."""
    return path.lower().endswith((".md", ".markdown"))


def find(paths: Iterable[str]) -> Iterator[str]:
    """Give the transcripts that paths name: files as they are, and those below folders by name.

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
            for folder, _, names in os.walk(path)
            for name in names
            if name.endswith(format.SUFFIX)
        )
        if not found:
            raise TranscriptError(path, Place(1), f"no *{format.SUFFIX} in this folder")
        yield from found


def load(path: str) -> Transcript:
    """Read a transcript.

    Raises:
        TranscriptError: it cannot be read, or is none.
    """
    text = _read(path)
    if is_markdown(path):
        return markdown.parse_markdown(text, path)
    return format.parse_yaml(text, path)


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
    beside = f"{path}.new"
    try:
        with open(beside, "w", encoding="utf-8", newline="") as file:
            file.write(new)
        os.replace(beside, path)
    except OSError as error:
        raise TranscriptError(path, Place(1), str(error.strerror)) from None


def _read(path: str) -> str:
    try:
        return format.read_text(path)
    except OSError as error:
        raise TranscriptError(path, Place(1), str(error.strerror)) from None
