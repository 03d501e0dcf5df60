"""How memory may be looked for.

Header: include/linux/gfp.h with include/linux/gfp_types.h. The flags that modules use are mirrored.
"""

from __future__ import annotations

__all__ = [
    "GFP_ATOMIC",
    "GFP_KERNEL",
    "GFP_NOWAIT",
    "__GFP_NOWARN",
    "__GFP_ZERO",
]

GFP_KERNEL = 0xCC0
GFP_ATOMIC = 0xA20
GFP_NOWAIT = 0x800
__GFP_ZERO = 0x100
__GFP_NOWARN = 0x2000
