"""The file of a transcript: text of bounded size, whatever ends its lines. What lies beside it."""

from __future__ import annotations

import os

from vshell.transcript.model import Place, TranscriptError

__all__ = ["BOM", "FILE_BYTES_MAX", "LINE_LETTERS_MAX", "newline_of", "path_beside", "read_text"]

BOM = "\ufeff"
LINE_LETTERS_MAX = 1_000_000
FILE_BYTES_MAX = 16_000_000


def read_text(path: str) -> str:
    """Read a file that must be text; its lines end as they do in the file.

    Raises:
        TranscriptError: it is too large, or not UTF-8.
        OSError: it cannot be read.
    """
    with open(path, "rb") as file:
        data = file.read(FILE_BYTES_MAX + 1)
    if len(data) > FILE_BYTES_MAX:
        raise TranscriptError(path, Place(1), f"larger than {FILE_BYTES_MAX} bytes")
    try:
        text = data.decode()
    except UnicodeDecodeError as error:
        before = data[: error.start]
        place = Place(before.count(b"\n") + 1, error.start - (before.rfind(b"\n") + 1) + 1)
        raise TranscriptError(path, place, "not UTF-8 text") from None
    for number, line in enumerate(text.split("\n"), 1):
        if len(line) > LINE_LETTERS_MAX:
            raise TranscriptError(
                path, Place(number, LINE_LETTERS_MAX), f"a line of {len(line)} characters"
            )
    return text


def newline_of(text: str) -> str:
    """Tell what ends a text's lines, by its first one."""
    end = text.find("\n")
    return "\r\n" if end > 0 and text[end - 1] == "\r" else "\n"


def path_beside(path: str, name: str) -> str:
    """Give the real path of what a transcript names in its folder or below.

    Args:
        path: of the transcript.
        name: relative, without "..".

    Raises:
        TranscriptError: a symbolic link leads out of the folder.
    """
    folder = os.path.realpath(os.path.dirname(os.path.abspath(path)))
    real = os.path.realpath(os.path.join(folder, name))
    if os.path.commonpath([folder, real]) != folder:
        raise TranscriptError(path, Place(1), f"{name}: leads out of the transcript's folder")
    return real
