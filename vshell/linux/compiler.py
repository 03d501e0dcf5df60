"""Hints to the compiler, and reads and writes that it must not merge.

Header: include/linux/compiler.h. Hints mean nothing here and are accepted.
"""

from __future__ import annotations

from vshell.abi.mirror import macro

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from vshell.kernel.core import Kernel

    kernel: Kernel

__all__ = ["READ_ONCE", "barrier", "likely", "noinline", "unlikely"]


@macro()
def READ_ONCE(x: Any) -> Any:
    """Read a variable exactly once.

    C: #define READ_ONCE(x)

    Returns:
        Its value.

    Context:
        Any.

    Source:
        include/asm-generic/rwonce.h (v6.1)

    Differs:
        There is no WRITE_ONCE(): an assignment is always one write.
    """
    kernel.sched.poll()
    return x


@macro()
def barrier() -> None:
    """Keep the compiler from moving accesses to memory across this place.

    C: #define barrier()

    Returns:
        Nothing.

    Context:
        Any.

    Source:
        include/linux/compiler.h (v6.1)
    """


@macro()
def likely(x: Any) -> Any:
    """Say that a condition will mostly be true.

    C: #define likely(x)

    Returns:
        The condition.

    Context:
        Any.

    Source:
        include/linux/compiler.h (v6.1)
    """
    return x


@macro()
def unlikely(x: Any) -> Any:
    """Say that a condition will mostly be false.

    C: #define unlikely(x)

    Returns:
        The condition.

    Context:
        Any.

    Source:
        include/linux/compiler.h (v6.1)
    """
    return x


@macro()
def noinline(function: Any) -> Any:
    """Keep a function from being inlined: ``@noinline`` above its definition.

    C: #define noinline

    Returns:
        The function.

    Context:
        Compile time.

    Source:
        include/linux/compiler_types.h (v6.1)
    """
    return function
