"""Which CPU this is.

Header: include/linux/smp.h. Calls to other CPUs are not mirrored.
"""

from __future__ import annotations

from vshell.abi.mirror import macro

TYPE_CHECKING = False
if TYPE_CHECKING:
    from vshell.kernel.core import Kernel

    kernel: Kernel

__all__ = ["num_online_cpus", "raw_smp_processor_id", "smp_processor_id"]


@macro()
def smp_processor_id() -> int:
    """Give the number of the CPU this runs on.

    C: #define smp_processor_id()

    Returns:
        Its number, from 0.

    Context:
        Preemption off, else the answer may be old at once.

    Source:
        include/linux/smp.h (v6.1)
    """
    return kernel.sched.cpu.id


@macro()
def raw_smp_processor_id() -> int:
    """Give the number of the CPU this runs on, wherever asked.

    C: #define raw_smp_processor_id()

    Returns:
        Its number, from 0.

    Context:
        Any.

    Source:
        include/linux/smp.h (v6.1)
    """
    return kernel.sched.cpu.id


@macro()
def num_online_cpus() -> int:
    """Give the number of CPUs.

    C: #define num_online_cpus()

    Returns:
        The number.

    Context:
        Any.

    Source:
        include/linux/cpumask.h (v6.1)
    """
    return len(kernel.sched.cpus)
