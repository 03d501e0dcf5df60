"""Hints to the compiler, and reads and writes that it must not merge.

Header: include/linux/compiler.h. Hints mean nothing here and are accepted.
"""

from __future__ import annotations

from vshell.abi.mirror import macro
from vshell.kernel.fault import Oops as _Oops

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from vshell.kernel.core import Kernel

    kernel: Kernel

__all__ = [
    "READ_ONCE",
    "__always_inline",
    "asm",
    "barrier",
    "likely",
    "noinline",
    "unlikely",
]


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
def asm(code: str) -> None:
    """Put an instruction where this stands.

    C: asm volatile(code)

    Args:
        code: "ud2", which is no instruction and ends the task; any other does nothing visible.

    Returns:
        Nothing.

    Context:
        Any.

    Source:
        a keyword of the C language; arch/x86/kernel/traps.c exc_invalid_op() (v6.1)
    """
    if code == "ud2":
        raise _Oops("opcode")


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


@macro()
def __always_inline(function: Any) -> Any:
    """Have a function be part of every place that calls it.

    ``@__always_inline`` above its definition: what a macro with arguments is in C.

    C: #define __always_inline

    Returns:
        The function.

    Context:
        Compile time.

    Source:
        include/linux/compiler_types.h (v6.1)
    """
    return function
