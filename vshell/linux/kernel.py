"""Small things every module may use.

Header: include/linux/kernel.h with include/linux/minmax.h, math.h, kstrtox.h and sprintf.h. The
arithmetic macros, text to number and number to text are mirrored.
"""

from __future__ import annotations

from vshell.abi.errno import KernelError as _KernelError
from vshell.abi.mirror import exported, macro
from vshell.kernel.format import vsprintf as _vsprintf
from vshell.kernel.module import c_divide as _c_divide
from vshell.kernel.params import parse_bool as _parse_bool
from vshell.kernel.params import parse_integer as _parse_integer
from vshell.kernel.scan import vsscanf as _vsscanf

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, NoReturn

    from vshell.kernel.core import Kernel

    kernel: Kernel

__all__ = [
    "ARRAY_SIZE",
    "DIV_ROUND_UP",
    "INT_MAX",
    "INT_MIN",
    "LONG_MAX",
    "LONG_MIN",
    "UINT_MAX",
    "ULONG_MAX",
    "clamp",
    "kstrtobool",
    "kstrtoint",
    "might_sleep",
    "panic",
    "rounddown",
    "roundup",
    "scnprintf",
    "snprintf",
    "sprintf",
    "sscanf",
]

INT_MAX = (1 << 31) - 1
INT_MIN = -(1 << 31)
UINT_MAX = (1 << 32) - 1
LONG_MAX = (1 << 63) - 1
LONG_MIN = -(1 << 63)
ULONG_MAX = (1 << 64) - 1


@macro()
def ARRAY_SIZE(arr: Any) -> int:
    """Give the number of elements of an array.

    C: #define ARRAY_SIZE(arr)

    Returns:
        The number.

    Context:
        Any.

    Source:
        include/linux/kernel.h (v6.1)
    """
    return len(arr)


@macro()
def DIV_ROUND_UP(n: int, d: int) -> int:
    """Divide, rounded up.

    C: #define DIV_ROUND_UP(n, d)

    Returns:
        The quotient.

    Context:
        Any.

    Source:
        include/linux/math.h (v6.1)
    """
    return int(_c_divide(n + d - 1, d))


@macro()
def roundup(x: int, y: int) -> int:
    """Round a number up to a multiple.

    C: #define roundup(x, y)

    Returns:
        The multiple of ``y``.

    Context:
        Any.

    Source:
        include/linux/math.h (v6.1)
    """
    return int(_c_divide(x + y - 1, y)) * y


@macro()
def rounddown(x: int, y: int) -> int:
    """Round a number down to a multiple.

    C: #define rounddown(x, y)

    Returns:
        The multiple of ``y``.

    Context:
        Any.

    Source:
        include/linux/math.h (v6.1)
    """
    return int(_c_divide(x, y)) * y


@macro()
def clamp(val: int, lo: int, hi: int) -> int:
    """Bring a value into a range.

    C: #define clamp(val, lo, hi)

    Returns:
        ``lo``, ``hi`` or the value between them.

    Context:
        Any.

    Source:
        include/linux/minmax.h (v6.1)
    """
    return min(max(val, lo), hi)


@macro()
def might_sleep() -> None:
    """Say that the code that follows may sleep.

    With voluntary preemption this is a place to give up the CPU.

    C: #define might_sleep()

    Returns:
        Nothing.

    Context:
        Process context.

    Source:
        include/linux/kernel.h (v6.1)
    """
    kernel.sched.might_sleep()


@exported
def panic(fmt: str, *args: Any) -> NoReturn:
    """Stop the machine.

    C: void panic(const char *fmt, ...)

    Args:
        fmt: printk format of the reason.
        args: what the format prints.

    Returns:
        Never.

    Context:
        Any.

    Source:
        kernel/panic.c (v6.1)
    """
    raise kernel.oops.panic(_vsprintf(kernel.addresses, fmt, args))


@exported
def sprintf(fmt: str, *args: Any) -> str:
    """Format text as printk does.

    C: int sprintf(char *buf, const char *fmt, ...)

    Args:
        fmt: printk format.
        args: what the format prints.

    Returns:
        The text.

    Context:
        Any.

    Source:
        lib/vsprintf.c (v6.1)

    Differs:
        The buffer is the result.
    """
    return _vsprintf(kernel.addresses, fmt, args)


@exported
def snprintf(size: int, fmt: str, *args: Any) -> tuple[int, str]:
    """Format text into limited room.

    C: int snprintf(char *buf, size_t size, const char *fmt, ...)

    Args:
        size: the room, one more than the longest text that fits.
        fmt: printk format.
        args: what the format prints.

    Returns:
        The length the whole text would have, and the text that fits.

    Context:
        Any.

    Source:
        lib/vsprintf.c (v6.1)

    Differs:
        The buffer is part of the result.
    """
    text = _vsprintf(kernel.addresses, fmt, args)
    return len(text), text[: max(size - 1, 0)]


@exported
def scnprintf(size: int, fmt: str, *args: Any) -> tuple[int, str]:
    """Format text into limited room, and tell how much of it there is.

    C: int scnprintf(char *buf, size_t size, const char *fmt, ...)

    Args:
        size: the room, one more than the longest text that fits.
        fmt: printk format.
        args: what the format prints.

    Returns:
        The length of the text that fits, and that text.

    Context:
        Any.

    Source:
        lib/vsprintf.c (v6.1)

    Differs:
        The buffer is part of the result.
    """
    text = _vsprintf(kernel.addresses, fmt, args)[: max(size - 1, 0)]
    return len(text), text


@exported
def sscanf(buf: str, fmt: str) -> tuple[Any, ...]:
    """Read values out of a text.

    C: int sscanf(const char *buf, const char *fmt, ...)

    Args:
        buf: what is read.
        fmt: whitespace stands for any of it; %d %u %i %x %o %s %c %[ with width and length.

    Returns:
        How many values were read, and the value of each conversion, None for those that were not.

    Context:
        Any.

    Source:
        lib/vsprintf.c (v6.1)

    Differs:
        The values are part of the result.
    """
    count, values = _vsscanf(buf, fmt)
    wanted = fmt.replace("%%", "").count("%") - fmt.count("%*")
    return count, *values, *(None for _ in range(wanted - len(values)))


@exported
def kstrtoint(s: str, base: int) -> tuple[int, int]:
    """Read a whole text as an int.

    C: int kstrtoint(const char *s, unsigned int base, int *res)

    Args:
        s: the digits, a sign before them, one newline behind them.
        base: 2 to 16, 0 to tell by 0x and 0.

    Returns:
        0 or -EINVAL or -ERANGE, and the number.

    Context:
        Any.

    Source:
        lib/kstrtox.c (v6.1)

    Differs:
        The number is part of the result.
    """
    try:
        return 0, _parse_integer(s, 32, signed=True, base=base)
    except _KernelError as error:
        return -error.errno, 0


@exported
def kstrtobool(s: str) -> tuple[int, bool]:
    """Read a text as a truth value: y, n, 1, 0, on, off.

    C: int kstrtobool(const char *s, bool *res)

    Returns:
        0 or -EINVAL, and the value.

    Context:
        Any.

    Source:
        lib/kstrtox.c (v6.1)

    Differs:
        The value is part of the result.
    """
    try:
        return 0, _parse_bool(s)
    except _KernelError as error:
        return -error.errno, False
