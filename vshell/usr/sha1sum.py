"""sha1sum: print or check SHA1 digests.

Source: sha1sum(1), coreutils 9.1
"""

from __future__ import annotations

from vshell.usr._checksum import checksum
from vshell.usr._program import Io, program

__all__ = ["main"]


@program
def main(io: Io, words: list[str]) -> int:
    """Print or check digests: ``sha1sum [-bctwz] [--tag] [--quiet] [--status] [FILE...]``."""
    return checksum(io, words, "SHA1", 40)
