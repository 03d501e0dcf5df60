"""Marks on the functions of the mirror: what they are in C.

The compiler and the loader read them.

A mark only sets an attribute; the function stays what it is. ``machine.headers`` writes the marks
into the header files that ``make`` reads, and the loader reads ``export_type``.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any, TypeVar

    F = TypeVar("F", bound=Callable[..., Any])

__all__ = ["exported", "exported_gpl", "macro", "value_macro"]


def exported(function: F) -> F:
    """Mark a function that modules may link to: EXPORT_SYMBOL."""
    function.export_type = "EXPORT_SYMBOL"  # type: ignore[attr-defined]
    return function


def exported_gpl(function: F) -> F:
    """Mark a function that only GPL modules may link to: EXPORT_SYMBOL_GPL."""
    function.export_type = "EXPORT_SYMBOL_GPL"  # type: ignore[attr-defined]
    return function


def macro(
    *,
    lazy: tuple[str, ...] = (),
    named: tuple[str, ...] = (),
    fmt: str = "",
    uses: tuple[str, ...] = (),
) -> Callable[[F], F]:
    """Mark what is a macro in C.

    Args:
        lazy: parameters whose expression is evaluated again at every use.
        named: parameters that are passed as their own text, not evaluated.
        fmt: a printk format parameter that pr_fmt() is applied to.
        uses: what it expands to needs these symbols of the kernel.
    """
    marks = {"lazy": lazy, "named": named, "fmt": fmt, "uses": uses}

    def mark(function: F) -> F:
        function.macro = marks  # type: ignore[attr-defined]
        return function

    return mark


def value_macro(function: F) -> F:
    """Mark what is used without parentheses: its name is read at each use."""
    function.macro = {"value": True}  # type: ignore[attr-defined]
    return function
