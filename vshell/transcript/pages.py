"""Which Markdown pages are transcripts: patterns of paths."""

from __future__ import annotations

import os
from fnmatch import fnmatchcase
from glob import escape

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

__all__ = ["fits"]


def fits(path: Path, base: Path, pattern: str) -> bool:
    """Tell whether a pattern, relative to a folder, means a path.

    Unlike with PurePath.match(), all parts count from the first to the last, and ``**`` stands for
    any folders.

    Args:
        path: an absolute one.
        base: the folder.
        pattern: such as "docs/**/*.md"; may be absolute.
    """
    whole = os.path.normpath(os.path.join(escape(str(base)), pattern))
    return _parts_fit(path.parts[1:], whole.split(os.sep)[1:])


def _parts_fit(parts: Sequence[str], patterns: Sequence[str]) -> bool:
    if not patterns:
        return not parts
    first, *rest = patterns
    if first == "**":
        return any(_parts_fit(parts[skipped:], rest) for skipped in range(len(parts) + 1))
    return bool(parts) and fnmatchcase(parts[0], first) and _parts_fit(parts[1:], rest)
