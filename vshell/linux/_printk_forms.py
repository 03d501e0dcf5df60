"""The once and the rate-limited forms of printk() and the pr_ family, a part of printk.

Header: include/linux/printk.h. Each form takes what the plain one takes.
"""

from __future__ import annotations

from vshell.abi.mirror import macro
from vshell.kernel import costs as _costs
from vshell.kernel.printk import RateLimit as _RateLimit
from vshell.kernel.stacktrace import caller_of_module as _caller

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from vshell.kernel.core import Kernel

    kernel: Kernel

__all__ = [
    "pr_alert_once",
    "pr_alert_ratelimited",
    "pr_crit_once",
    "pr_crit_ratelimited",
    "pr_emerg_once",
    "pr_emerg_ratelimited",
    "pr_err_once",
    "pr_err_ratelimited",
    "pr_info_once",
    "pr_info_ratelimited",
    "pr_notice_once",
    "pr_notice_ratelimited",
    "pr_warn_once",
    "pr_warn_ratelimited",
    "printk_once",
    "printk_ratelimited",
]

KERN_SOH = "\001"
KERN_EMERG = KERN_SOH + "0"
KERN_ALERT = KERN_SOH + "1"
KERN_CRIT = KERN_SOH + "2"
KERN_ERR = KERN_SOH + "3"
KERN_WARNING = KERN_SOH + "4"
KERN_NOTICE = KERN_SOH + "5"
KERN_INFO = KERN_SOH + "6"


def _print(level: str, fmt: str, args: tuple[Any, ...]) -> int:
    kernel.sched.charge(_costs.PRINTK_NS)
    return kernel.printk.printk(str(fmt), args, prefix=level)


# What happens once happens once per place in the source and load of the module.
def _first_time() -> bool:
    module, _, line = _caller()
    key = ("once", line)
    if key in module.once:
        return False
    module.once.add(key)
    return True


def _rate_allows() -> bool:
    module, function, line = _caller()
    limits = module.namespace.setdefault("__vshell_ratelimits__", {})
    limit = limits.setdefault(line, _RateLimit())
    missed = limit.missed
    now_ns = kernel.sched.now_ns
    allowed: bool = limit.allows(now_ns)
    if allowed and missed and not limit.missed:
        kernel.printk.emit(4, f"{function}: {missed} callbacks suppressed")
    return allowed


@macro(uses=("_printk",))
def printk_once(fmt: str, *args: Any) -> int:
    """Print to the kernel log the first time this place is reached.

    C: #define printk_once(fmt, ...)

    Args:
        fmt: a format, with a KERN_ level before it.
        args: what the format prints.

    Returns:
        Bytes printed.

    Context:
        Any; does not sleep.

    Source:
        include/linux/printk.h (v6.1)
    """
    return _print("", fmt, args) if _first_time() else 0


@macro(uses=("___ratelimit", "_printk"))
def printk_ratelimited(fmt: str, *args: Any) -> int:
    """Print to the kernel log, at most 10 times in 5 s from this place.

    C: #define printk_ratelimited(fmt, ...)

    Args:
        fmt: a format, with a KERN_ level before it.
        args: what the format prints.

    Returns:
        Bytes printed.

    Context:
        Any; does not sleep.

    Source:
        include/linux/printk.h (v6.1)
    """
    return _print("", fmt, args) if _rate_allows() else 0


@macro(fmt="fmt", uses=("_printk",))
def pr_emerg_once(fmt: str, *args: Any) -> int:
    """Print at level emerg the first time this place is reached.

    C: #define pr_emerg_once(fmt, ...)

    Returns:
        Bytes printed, 0 if it is not its turn.

    Context:
        Any; does not sleep.

    Source:
        include/linux/printk.h (v6.1)
    """
    return _print(KERN_EMERG, fmt, args) if _first_time() else 0


@macro(fmt="fmt", uses=("___ratelimit", "_printk"))
def pr_emerg_ratelimited(fmt: str, *args: Any) -> int:
    """Print at level emerg, at most 10 times in 5 s from this place.

    C: #define pr_emerg_ratelimited(fmt, ...)

    Returns:
        Bytes printed, 0 if it is not its turn.

    Context:
        Any; does not sleep.

    Source:
        include/linux/printk.h (v6.1)
    """
    return _print(KERN_EMERG, fmt, args) if _rate_allows() else 0


@macro(fmt="fmt", uses=("_printk",))
def pr_alert_once(fmt: str, *args: Any) -> int:
    """Print at level alert the first time this place is reached.

    C: #define pr_alert_once(fmt, ...)

    Returns:
        Bytes printed, 0 if it is not its turn.

    Context:
        Any; does not sleep.

    Source:
        include/linux/printk.h (v6.1)
    """
    return _print(KERN_ALERT, fmt, args) if _first_time() else 0


@macro(fmt="fmt", uses=("___ratelimit", "_printk"))
def pr_alert_ratelimited(fmt: str, *args: Any) -> int:
    """Print at level alert, at most 10 times in 5 s from this place.

    C: #define pr_alert_ratelimited(fmt, ...)

    Returns:
        Bytes printed, 0 if it is not its turn.

    Context:
        Any; does not sleep.

    Source:
        include/linux/printk.h (v6.1)
    """
    return _print(KERN_ALERT, fmt, args) if _rate_allows() else 0


@macro(fmt="fmt", uses=("_printk",))
def pr_crit_once(fmt: str, *args: Any) -> int:
    """Print at level crit the first time this place is reached.

    C: #define pr_crit_once(fmt, ...)

    Returns:
        Bytes printed, 0 if it is not its turn.

    Context:
        Any; does not sleep.

    Source:
        include/linux/printk.h (v6.1)
    """
    return _print(KERN_CRIT, fmt, args) if _first_time() else 0


@macro(fmt="fmt", uses=("___ratelimit", "_printk"))
def pr_crit_ratelimited(fmt: str, *args: Any) -> int:
    """Print at level crit, at most 10 times in 5 s from this place.

    C: #define pr_crit_ratelimited(fmt, ...)

    Returns:
        Bytes printed, 0 if it is not its turn.

    Context:
        Any; does not sleep.

    Source:
        include/linux/printk.h (v6.1)
    """
    return _print(KERN_CRIT, fmt, args) if _rate_allows() else 0


@macro(fmt="fmt", uses=("_printk",))
def pr_err_once(fmt: str, *args: Any) -> int:
    """Print at level err the first time this place is reached.

    C: #define pr_err_once(fmt, ...)

    Returns:
        Bytes printed, 0 if it is not its turn.

    Context:
        Any; does not sleep.

    Source:
        include/linux/printk.h (v6.1)
    """
    return _print(KERN_ERR, fmt, args) if _first_time() else 0


@macro(fmt="fmt", uses=("___ratelimit", "_printk"))
def pr_err_ratelimited(fmt: str, *args: Any) -> int:
    """Print at level err, at most 10 times in 5 s from this place.

    C: #define pr_err_ratelimited(fmt, ...)

    Returns:
        Bytes printed, 0 if it is not its turn.

    Context:
        Any; does not sleep.

    Source:
        include/linux/printk.h (v6.1)
    """
    return _print(KERN_ERR, fmt, args) if _rate_allows() else 0


@macro(fmt="fmt", uses=("_printk",))
def pr_warn_once(fmt: str, *args: Any) -> int:
    """Print at level warn the first time this place is reached.

    C: #define pr_warn_once(fmt, ...)

    Returns:
        Bytes printed, 0 if it is not its turn.

    Context:
        Any; does not sleep.

    Source:
        include/linux/printk.h (v6.1)
    """
    return _print(KERN_WARNING, fmt, args) if _first_time() else 0


@macro(fmt="fmt", uses=("___ratelimit", "_printk"))
def pr_warn_ratelimited(fmt: str, *args: Any) -> int:
    """Print at level warn, at most 10 times in 5 s from this place.

    C: #define pr_warn_ratelimited(fmt, ...)

    Returns:
        Bytes printed, 0 if it is not its turn.

    Context:
        Any; does not sleep.

    Source:
        include/linux/printk.h (v6.1)
    """
    return _print(KERN_WARNING, fmt, args) if _rate_allows() else 0


@macro(fmt="fmt", uses=("_printk",))
def pr_notice_once(fmt: str, *args: Any) -> int:
    """Print at level notice the first time this place is reached.

    C: #define pr_notice_once(fmt, ...)

    Returns:
        Bytes printed, 0 if it is not its turn.

    Context:
        Any; does not sleep.

    Source:
        include/linux/printk.h (v6.1)
    """
    return _print(KERN_NOTICE, fmt, args) if _first_time() else 0


@macro(fmt="fmt", uses=("___ratelimit", "_printk"))
def pr_notice_ratelimited(fmt: str, *args: Any) -> int:
    """Print at level notice, at most 10 times in 5 s from this place.

    C: #define pr_notice_ratelimited(fmt, ...)

    Returns:
        Bytes printed, 0 if it is not its turn.

    Context:
        Any; does not sleep.

    Source:
        include/linux/printk.h (v6.1)
    """
    return _print(KERN_NOTICE, fmt, args) if _rate_allows() else 0


@macro(fmt="fmt", uses=("_printk",))
def pr_info_once(fmt: str, *args: Any) -> int:
    """Print at level info the first time this place is reached.

    C: #define pr_info_once(fmt, ...)

    Returns:
        Bytes printed, 0 if it is not its turn.

    Context:
        Any; does not sleep.

    Source:
        include/linux/printk.h (v6.1)
    """
    return _print(KERN_INFO, fmt, args) if _first_time() else 0


@macro(fmt="fmt", uses=("___ratelimit", "_printk"))
def pr_info_ratelimited(fmt: str, *args: Any) -> int:
    """Print at level info, at most 10 times in 5 s from this place.

    C: #define pr_info_ratelimited(fmt, ...)

    Returns:
        Bytes printed, 0 if it is not its turn.

    Context:
        Any; does not sleep.

    Source:
        include/linux/printk.h (v6.1)
    """
    return _print(KERN_INFO, fmt, args) if _rate_allows() else 0
