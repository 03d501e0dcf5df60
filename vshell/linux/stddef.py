"""NULL, true and false.

Header: include/linux/stddef.h. offsetof() has no counterpart: nothing here has an offset.
"""

from __future__ import annotations

__all__ = ["NULL", "false", "true"]

NULL = None
true = True
false = False
