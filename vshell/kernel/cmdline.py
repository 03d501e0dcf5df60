"""The kernel's command line: what can be set before anything runs.

Understood: ``preempt=``, ``nr_cpus=``, ``maxcpus=``, ``loglevel=``, ``panic=``, ``oops=panic``,
``panic_on_warn``, ``softlockup_panic=``, ``hung_task_panic=``, ``rcupdate.rcu_cpu_stall_timeout=``
and ``sysctl.NAME=VALUE``. Anything else is for somebody else, as on a real machine.

Source: Documentation/admin-guide/kernel-parameters.txt (v6.1).
"""

from __future__ import annotations

from vshell.abi.errno import KernelError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from vshell.kernel.config import KernelConfig
    from vshell.kernel.core import Kernel

__all__ = ["set_early", "set_late"]

_PREEMPT = ("none", "voluntary", "full")
_SYSCTLS = frozenset(("panic", "panic_on_warn", "softlockup_panic", "hung_task_panic"))


def _words(config: KernelConfig) -> list[tuple[str, str]]:
    found = []
    for word in config.cmdline.split():
        name, _, value = word.partition("=")
        found.append((name, value))
    return found


def set_early(config: KernelConfig) -> None:
    """Set what the kernel is built by."""
    for name, value in _words(config):
        if name == "preempt" and value in _PREEMPT:
            config.preempt = value
        elif name in ("nr_cpus", "maxcpus") and value.isdecimal():
            config.cpus = min(config.cpus, max(int(value), 1))
        elif name == "loglevel" and value.isdecimal():
            config.console_loglevel = int(value)


def set_late(kernel: Kernel) -> None:
    """Set what the kernel's parts have; what cannot be is passed over."""
    for name, value in _words(kernel.config):
        target, text = name, value
        if (name, value) == ("oops", "panic"):
            target, text = "panic_on_oops", "1"
        elif name.startswith("sysctl.kernel."):
            target = name.removeprefix("sysctl.kernel.")
        elif name.startswith("sysctl.kernel/"):
            target = name.removeprefix("sysctl.kernel/")
        elif name == "rcupdate.rcu_cpu_stall_timeout" and value.isdecimal():
            kernel.watchdog.stalls.timeout_s = int(value)
            continue
        elif name not in _SYSCTLS:
            continue
        sysctl = kernel.sysctls.table.get(target)
        if sysctl is None or sysctl.write is None:
            continue
        try:
            sysctl.write(text or "1")
        except KernelError:
            continue
