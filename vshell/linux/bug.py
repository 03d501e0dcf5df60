"""Complaints: WARN and BUG.

Header: include/linux/bug.h with include/asm-generic/bug.h. The conditional
and once forms are mirrored.
"""

from __future__ import annotations

from vshell.abi.mirror import macro
from vshell.kernel.format import vsprintf as _vsprintf
from vshell.kernel.oops import Oops as _Oops
from vshell.kernel.stacktrace import caller_of_module as _caller

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, NoReturn

    from vshell.kernel.core import Kernel

    kernel: Kernel

__all__ = ["BUG", "BUG_ON", "WARN", "WARN_ON", "WARN_ONCE", "WARN_ON_ONCE"]


def _first_time() -> bool:
    module, _, line = _caller()
    key = ("warn", line)
    if key in module.once:
        return False
    module.once.add(key)
    return True


@macro()
def BUG() -> NoReturn:
    """Report a bug and end the running task.

    C: #define BUG()

    Returns:
        Never.

    Context:
        Any; in an interrupt the machine panics.

    Source:
        include/asm-generic/bug.h (v6.1)
    """
    module, _, line = _caller()
    raise _Oops("ud2", text=f"{module.ko.source}:{line}")


@macro()
def BUG_ON(condition: object) -> None:
    """Report a bug and end the running task, if a condition holds.

    C: #define BUG_ON(condition)

    Returns:
        Nothing, if it does not hold.

    Context:
        Any; in an interrupt the machine panics.

    Source:
        include/asm-generic/bug.h (v6.1)
    """
    if condition:
        module, _, line = _caller()
        raise _Oops("ud2", text=f"{module.ko.source}:{line}")


@macro()
def WARN_ON(condition: object) -> int:
    """Print a warning with a call trace, if a condition holds.

    C: #define WARN_ON(condition)

    Returns:
        1 if it holds, else 0.

    Context:
        Any; does not sleep.

    Source:
        include/asm-generic/bug.h (v6.1)
    """
    if condition:
        kernel.oops.warn_in_module()
    return int(bool(condition))


@macro()
def WARN_ON_ONCE(condition: object) -> int:
    """Print a warning with a call trace the first time a condition holds here.

    C: #define WARN_ON_ONCE(condition)

    Returns:
        1 if it holds, else 0.

    Context:
        Any; does not sleep.

    Source:
        include/asm-generic/bug.h (v6.1)
    """
    if condition and _first_time():
        kernel.oops.warn_in_module()
    return int(bool(condition))


@macro()
def WARN(condition: object, fmt: str, *args: Any) -> int:
    """Print a warning with a text and a call trace, if a condition holds.

    C: #define WARN(condition, format...)

    Args:
        condition: anything.
        fmt: printk format of the text.
        args: what the format prints.

    Returns:
        1 if it holds, else 0.

    Context:
        Any; does not sleep.

    Source:
        include/asm-generic/bug.h (v6.1)
    """
    if condition:
        kernel.oops.warn_in_module(_vsprintf(kernel.addresses, fmt, args))
    return int(bool(condition))


@macro()
def WARN_ONCE(condition: object, fmt: str, *args: Any) -> int:
    """Print a warning with a text the first time a condition holds here.

    C: #define WARN_ONCE(condition, format...)

    Args:
        condition: anything.
        fmt: printk format of the text.
        args: what the format prints.

    Returns:
        1 if it holds, else 0.

    Context:
        Any; does not sleep.

    Source:
        include/asm-generic/bug.h (v6.1)
    """
    if condition and _first_time():
        kernel.oops.warn_in_module(_vsprintf(kernel.addresses, fmt, args))
    return int(bool(condition))
