"""Marks for code that runs once: at load, or at unload.

Header: include/linux/init.h. The section marks are mirrored as decorators; module_init() and
module_exit() are in linux/module.h, where they have been since 4.13.
"""

from __future__ import annotations

from vshell.abi.mirror import macro

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any, TypeVar

    F = TypeVar("F", bound=Callable[..., Any])

__all__ = ["__exit", "__init", "__initdata"]


@macro()
def __init(function: F) -> F:
    """Put a function into the section that is freed after init.

    ``@__init`` above its definition.

    C: #define __init

    Returns:
        The function.

    Context:
        Compile time.

    Source:
        include/linux/init.h (v6.1)
    """
    return function


@macro()
def __exit(function: F) -> F:
    """Put a function into the section that only unloading needs.

    ``@__exit`` above its definition.

    C: #define __exit

    Returns:
        The function.

    Context:
        Compile time.

    Source:
        include/linux/init.h (v6.1)
    """
    return function


__initdata = None
