"""false: do nothing, unsuccessfully.

Source: false(1), coreutils 9.1
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from vshell.kernel.syscall import Sys

__all__ = ["main"]


def main(argv: list[str], sys: Sys) -> int:
    """Fail, whatever the arguments."""
    del argv, sys
    return 1
