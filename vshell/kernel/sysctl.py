"""The kernel's tunables: what stands in /proc/sys, with each one's bounds."""

from __future__ import annotations

from vshell.abi.errno import EINVAL, KernelError
from vshell.kernel.params import parse_integer

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from vshell.kernel.core import Kernel

__all__ = ["Sysctl", "Sysctls"]

_INT_MAX = (1 << 31) - 1


_PRINTK = ("console_loglevel", "default_loglevel", "minimum_loglevel", "boot_loglevel")
"""The four numbers of kernel.printk."""


class Sysctl:
    """One file below /proc/sys: how it reads, and what writing does."""

    __slots__ = ("mode", "read", "write")

    def __init__(self, read: Callable[[], str], write: Callable[[str], None] | None = None) -> None:
        """Describe a tunable.

        Args:
            read: gives its text without the newline.
            write: takes what was written; None if it is read-only.
        """
        self.read = read
        self.write = write
        self.mode = 0o444 if write is None else 0o644


class Sysctls:
    """The values, and the table of their files."""

    def __init__(self, kernel: Kernel) -> None:
        """Take the values that the host begins with."""
        config = kernel.config
        self._kernel = kernel
        self.hostname = config.hostname
        self.dmesg_restrict = config.dmesg_restrict
        self.kptr_restrict = config.kptr_restrict
        self.modules_disabled = 0
        self.panic = 0
        self.panic_on_oops = 0
        self.panic_on_warn = 0
        self.panic_on_rcu_stall = 0
        self.softlockup_panic = 0
        self.softlockup_all_cpu_backtrace = 0
        self.hung_task_all_cpu_backtrace = 0
        self.hung_task_check_count = 4194304
        self.hung_task_check_interval_secs = 0
        self.hung_task_panic = 0
        self.hung_task_timeout_secs = config.hung_task_timeout_s
        self.hung_task_warnings = 10
        self.printk_ratelimit = 5
        self.printk_ratelimit_burst = 10
        self.sysrq = 176
        self.table: dict[str, Sysctl] = {}
        self._fill()

    def _fill(self) -> None:
        config = self._kernel.config
        fixed = {
            "osrelease": config.release,
            "ostype": "Linux",
            "version": config.version,
            "ngroups_max": "65536",
            "cap_last_cap": "40",
            "threads-max": str(config.memory_kib // 64),
        }
        for name, value in fixed.items():
            self.table[name] = Sysctl(_fixed(value))
        self.table["pid_max"] = Sysctl(lambda: str(config.pid_max))
        self.table["tainted"] = Sysctl(lambda: str(self._kernel.oops.taints), self._write_tainted)
        self.table["printk"] = Sysctl(self._read_printk, self._write_printk)
        self.table["printk_devkmsg"] = Sysctl(
            lambda: self._kernel.printk.devkmsg, self._write_devkmsg
        )
        self.table["hostname"] = Sysctl(lambda: self.hostname, self._write_hostname)
        self.table["watchdog_thresh"] = Sysctl(
            lambda: str(self._kernel.watchdog.thresh_s), self._write_watchdog_thresh
        )
        self.table["modules_disabled"] = Sysctl(
            lambda: str(self.modules_disabled), self._write_modules_disabled
        )
        self._number("dmesg_restrict", 0, 1)
        self._number("kptr_restrict", 0, 2)
        self._number("panic", -_INT_MAX, _INT_MAX)
        for name in ("panic_on_oops", "panic_on_warn", "softlockup_panic", "hung_task_panic"):
            self._number(name, 0, 1)
        self._number("panic_on_rcu_stall", 0, 1)
        self._number("softlockup_all_cpu_backtrace", 0, 1)
        self._number("hung_task_all_cpu_backtrace", 0, 1)
        self._number("hung_task_check_count", 0, _INT_MAX)
        self._number("hung_task_check_interval_secs", 0, _INT_MAX)
        self._number("hung_task_timeout_secs", 0, _INT_MAX)
        self._number("hung_task_warnings", -1, _INT_MAX)
        self._number("printk_ratelimit", 0, _INT_MAX)
        self._number("printk_ratelimit_burst", 0, _INT_MAX)
        self._number("sysrq", 0, _INT_MAX)

    def _number(self, name: str, least: int, most: int) -> None:
        def write(text: str) -> None:
            value = _one_number(text)
            if not least <= value <= most:
                raise KernelError(EINVAL)
            setattr(self, name, value)
            if name.startswith("hung_task"):
                self._kernel.watchdog.wake_khungtaskd()

        self.table[name] = Sysctl(lambda: str(getattr(self, name)), write)

    def _read_printk(self) -> str:
        printk = self._kernel.printk
        return "\t".join(str(getattr(printk, name)) for name in _PRINTK)

    def _write_printk(self, text: str) -> None:
        numbers = [_one_number(word) for word in text.split()]
        for name, number in zip(_PRINTK, numbers, strict=False):
            setattr(self._kernel.printk, name, number)

    def _write_devkmsg(self, text: str) -> None:
        word = text.removesuffix("\n")
        if word not in ("on", "off", "ratelimit"):
            raise KernelError(EINVAL)
        self._kernel.printk.devkmsg = word

    def _write_tainted(self, text: str) -> None:
        self._kernel.oops.taints |= _one_number(text)

    def _write_hostname(self, text: str) -> None:
        self.hostname = text.rstrip("\n")[:64]

    def _write_watchdog_thresh(self, text: str) -> None:
        value = _one_number(text)
        if not 0 <= value <= 60:
            raise KernelError(EINVAL)
        self._kernel.watchdog.set_thresh(value)

    # Once on, for ever: nothing may be loaded or unloaded until the next boot.
    def _write_modules_disabled(self, text: str) -> None:
        if _one_number(text) != 1:
            raise KernelError(EINVAL)
        self.modules_disabled = 1


def _fixed(text: str) -> Callable[[], str]:
    return lambda: text


def _one_number(text: str) -> int:
    words = text.split()
    if not words:
        raise KernelError(EINVAL)
    return parse_integer(words[0], 64, signed=True)
