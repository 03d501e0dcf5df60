"""Writing to the kernel log.

Header: include/linux/printk.h with include/linux/kern_levels.h. printk() and the pr_ family with
their once and rate-limited forms are mirrored, and print_hex_dump().

A function ``pr_fmt(fmt)`` at the top of a module, as the macro of that name in C,
is applied to every format::

    def pr_fmt(fmt): return KBUILD_MODNAME + ": " + fmt

Every once and rate-limited form takes what the plain form takes.

More than 400 lines, one idea: the header is one file and has a macro for every level.
"""

from __future__ import annotations

from vshell.abi.mirror import exported, macro
from vshell.kernel.format import bytes_of as _bytes_of
from vshell.kernel.hexdump import hex_dump_lines as _hex_dump_lines
from vshell.kernel.stacktrace import caller_of_module as _caller
from vshell.linux._printk_forms import (
    KERN_ALERT,
    KERN_CRIT,
    KERN_EMERG,
    KERN_ERR,
    KERN_INFO,
    KERN_NOTICE,
    KERN_SOH,
    KERN_WARNING,
    _print,
    pr_alert_once,
    pr_alert_ratelimited,
    pr_crit_once,
    pr_crit_ratelimited,
    pr_emerg_once,
    pr_emerg_ratelimited,
    pr_err_once,
    pr_err_ratelimited,
    pr_info_once,
    pr_info_ratelimited,
    pr_notice_once,
    pr_notice_ratelimited,
    pr_warn_once,
    pr_warn_ratelimited,
    printk_once,
    printk_ratelimited,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from vshell.kernel.core import Kernel

    kernel: Kernel

__all__ = [
    "DUMP_PREFIX_ADDRESS",
    "DUMP_PREFIX_NONE",
    "DUMP_PREFIX_OFFSET",
    "KERN_ALERT",
    "KERN_CONT",
    "KERN_CRIT",
    "KERN_DEBUG",
    "KERN_DEFAULT",
    "KERN_EMERG",
    "KERN_ERR",
    "KERN_INFO",
    "KERN_NOTICE",
    "KERN_SOH",
    "KERN_WARNING",
    "_printk",
    "dump_stack",
    "pr_alert",
    "pr_alert_once",
    "pr_alert_ratelimited",
    "pr_cont",
    "pr_crit",
    "pr_crit_once",
    "pr_crit_ratelimited",
    "pr_debug",
    "pr_devel",
    "pr_emerg",
    "pr_emerg_once",
    "pr_emerg_ratelimited",
    "pr_err",
    "pr_err_once",
    "pr_err_ratelimited",
    "pr_info",
    "pr_info_once",
    "pr_info_ratelimited",
    "pr_notice",
    "pr_notice_once",
    "pr_notice_ratelimited",
    "pr_warn",
    "pr_warn_once",
    "pr_warn_ratelimited",
    "print_hex_dump",
    "print_hex_dump_bytes",
    "print_hex_dump_debug",
    "printk",
    "printk_once",
    "printk_ratelimited",
]

KERN_DEBUG = KERN_SOH + "7"
KERN_DEFAULT = ""
KERN_CONT = KERN_SOH + "c"
DUMP_PREFIX_NONE, DUMP_PREFIX_ADDRESS, DUMP_PREFIX_OFFSET = range(3)


@exported
def _printk(fmt: str, *args: Any) -> int:
    """Print to the kernel log: the function behind printk().

    C: int _printk(const char *fmt, ...)

    Args:
        fmt: a format, with a KERN_ level before it.
        args: what the format prints.

    Returns:
        Bytes printed.

    Context:
        Any; does not sleep.

    Source:
        include/linux/printk.h, kernel/printk/printk.c (v6.1)
    """
    return _print("", fmt, args)


@macro(uses=("_printk",))
def printk(fmt: str, *args: Any) -> int:
    """Print to the kernel log.

    C: #define printk(fmt, ...)

    Args:
        fmt: a format, with a KERN_ level before it (``KERN_INFO + "text"``);
            without one the level is warn.
        args: what the format prints.

    Returns:
        Bytes printed.

    Context:
        Any; does not sleep.

    Source:
        include/linux/printk.h, kernel/printk/printk.c (v6.1)
    """
    return _print("", fmt, args)


@macro(uses=("_printk",))
def pr_cont(fmt: str, *args: Any) -> int:
    """Continue the line that the last message left open.

    C: #define pr_cont(fmt, ...)

    Args:
        fmt: a format; pr_fmt() is not applied.
        args: what the format prints.

    Returns:
        Bytes printed.

    Context:
        Any; does not sleep.

    Source:
        include/linux/printk.h (v6.1)
    """
    return _print(KERN_CONT, fmt, args)


# What is to stand before a debug message at this place, None if it is silent.
def _debug_prefix() -> str | None:
    module, function, line = _caller()
    return kernel.dyndbg.prefix_at(module.debug, function, line)


def _debug(fmt: str, args: tuple[Any, ...]) -> int:
    prefix = _debug_prefix()
    return 0 if prefix is None else _print(KERN_DEBUG, prefix + fmt, args)


@macro(fmt="fmt", uses=("__dynamic_pr_debug",))
def pr_debug(fmt: str, *args: Any) -> int:
    """Print at level debug, if the module defines DEBUG or dynamic debug says so.

    ``insmod x.ko dyndbg=+p`` does, or ``echo module x +p > /proc/dynamic_debug/control``.

    C: #define pr_debug(fmt, ...)

    Args:
        fmt: a format.
        args: what the format prints.

    Returns:
        Bytes printed.

    Context:
        Any; does not sleep.

    Source:
        include/linux/printk.h, lib/dynamic_debug.c (v6.1)
    """
    return _debug(fmt, args)


@macro(fmt="fmt")
def pr_devel(fmt: str, *args: Any) -> int:
    """Print at level debug, if the module defines DEBUG.

    C: #define pr_devel(fmt, ...)

    Args:
        fmt: a format.
        args: what the format prints.

    Returns:
        Bytes printed.

    Context:
        Any; does not sleep.

    Source:
        include/linux/printk.h (v6.1)
    """
    if "DEBUG" in _caller()[0].namespace:
        return _print(KERN_DEBUG, fmt, args)
    return 0


@exported
def dump_stack() -> None:
    """Print where the running code is: CPU, hardware and call trace.

    C: void dump_stack(void)

    Returns:
        Nothing.

    Context:
        Any; does not sleep.

    Source:
        lib/dump_stack.c (v6.1)
    """
    kernel.oops.dump_stack()


@macro(fmt="fmt", uses=("_printk",))
def pr_emerg(fmt: str, *args: Any) -> int:
    """Print at level emerg.

    C: #define pr_emerg(fmt, ...)

    Args:
        fmt: a format.
        args: what the format prints.

    Returns:
        Bytes printed.

    Context:
        Any; does not sleep.

    Source:
        include/linux/printk.h (v6.1)
    """
    return _print(KERN_EMERG, fmt, args)


@macro(fmt="fmt", uses=("_printk",))
def pr_alert(fmt: str, *args: Any) -> int:
    """Print at level alert.

    C: #define pr_alert(fmt, ...)

    Args:
        fmt: a format.
        args: what the format prints.

    Returns:
        Bytes printed.

    Context:
        Any; does not sleep.

    Source:
        include/linux/printk.h (v6.1)
    """
    return _print(KERN_ALERT, fmt, args)


@macro(fmt="fmt", uses=("_printk",))
def pr_crit(fmt: str, *args: Any) -> int:
    """Print at level crit.

    C: #define pr_crit(fmt, ...)

    Args:
        fmt: a format.
        args: what the format prints.

    Returns:
        Bytes printed.

    Context:
        Any; does not sleep.

    Source:
        include/linux/printk.h (v6.1)
    """
    return _print(KERN_CRIT, fmt, args)


@macro(fmt="fmt", uses=("_printk",))
def pr_err(fmt: str, *args: Any) -> int:
    """Print at level err.

    C: #define pr_err(fmt, ...)

    Args:
        fmt: a format.
        args: what the format prints.

    Returns:
        Bytes printed.

    Context:
        Any; does not sleep.

    Source:
        include/linux/printk.h (v6.1)
    """
    return _print(KERN_ERR, fmt, args)


@macro(fmt="fmt", uses=("_printk",))
def pr_warn(fmt: str, *args: Any) -> int:
    """Print at level warn.

    C: #define pr_warn(fmt, ...)

    Args:
        fmt: a format.
        args: what the format prints.

    Returns:
        Bytes printed.

    Context:
        Any; does not sleep.

    Source:
        include/linux/printk.h (v6.1)
    """
    return _print(KERN_WARNING, fmt, args)


@macro(fmt="fmt", uses=("_printk",))
def pr_notice(fmt: str, *args: Any) -> int:
    """Print at level notice.

    C: #define pr_notice(fmt, ...)

    Args:
        fmt: a format.
        args: what the format prints.

    Returns:
        Bytes printed.

    Context:
        Any; does not sleep.

    Source:
        include/linux/printk.h (v6.1)
    """
    return _print(KERN_NOTICE, fmt, args)


@macro(fmt="fmt", uses=("_printk",))
def pr_info(fmt: str, *args: Any) -> int:
    """Print at level info.

    C: #define pr_info(fmt, ...)

    Args:
        fmt: a format.
        args: what the format prints.

    Returns:
        Bytes printed.

    Context:
        Any; does not sleep.

    Source:
        include/linux/printk.h (v6.1)
    """
    return _print(KERN_INFO, fmt, args)


@exported
def print_hex_dump(
    level: str,
    prefix_str: str,
    prefix_type: int,
    rowsize: int,
    groupsize: int,
    buf: Any,
    len: int,
    ascii: bool,  # noqa: FBT001 - as in C
) -> None:
    """Print bytes as rows of hexadecimal digits.

    C: void print_hex_dump(const char *level, const char *prefix_str, int prefix_type, int rowsize,
        int groupsize, const void *buf, size_t len, bool ascii)

    Args:
        level: KERN_ level of each row.
        prefix_str: put before each row.
        prefix_type: DUMP_PREFIX_OFFSET, DUMP_PREFIX_ADDRESS or DUMP_PREFIX_NONE.
        rowsize: bytes of a row, 16 or 32.
        groupsize: bytes of a group, 1, 2, 4 or 8.
        buf: text, bytes, or an array of numbers.
        len: how many bytes.
        ascii: whether the characters follow.

    Returns:
        Nothing.

    Context:
        Any; does not sleep.

    Source:
        include/linux/printk.h, lib/hexdump.c (v6.1)
    """
    rows = _hex_dump_lines(_bytes_of(buf)[:len], rowsize, groupsize, text=ascii)
    step = rowsize if rowsize in (16, 32) else 16
    for number, row in enumerate(rows):
        before = ""
        if prefix_type == DUMP_PREFIX_OFFSET:
            before = f"{number * step:08x}: "
        elif prefix_type == DUMP_PREFIX_ADDRESS:
            before = (
                kernel.addresses.hashed(kernel.addresses.address_of(buf) + number * step) + ": "
            )
        _print(level, "%s%s%s\n", (prefix_str, before, row))


@macro(uses=("print_hex_dump",))
def print_hex_dump_debug(
    prefix_str: str,
    prefix_type: int,
    rowsize: int,
    groupsize: int,
    buf: Any,
    len: int,
    ascii: bool,  # noqa: FBT001 - as in C
) -> None:
    """Print bytes at level debug, if pr_debug() prints here.

    C: #define print_hex_dump_debug(prefix_str, prefix_type, rowsize, groupsize, buf, len, ascii)

    Returns:
        Nothing.

    Context:
        Any; does not sleep.

    Source:
        include/linux/printk.h, include/linux/dynamic_debug.h (v6.1)
    """
    if _debug_prefix() is not None:
        print_hex_dump(KERN_DEBUG, prefix_str, prefix_type, rowsize, groupsize, buf, len, ascii)


@macro(uses=("print_hex_dump",))
def print_hex_dump_bytes(prefix_str: str, prefix_type: int, buf: Any, len: int) -> None:
    """Print bytes with their characters at level debug, if pr_debug() prints here.

    C: #define print_hex_dump_bytes(prefix_str, prefix_type, buf, len)

    Returns:
        Nothing.

    Context:
        Any; does not sleep.

    Source:
        include/linux/printk.h (v6.1)
    """
    print_hex_dump_debug(prefix_str, prefix_type, 16, 1, buf, len, True)
