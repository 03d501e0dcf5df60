"""Sets of CPUs.

Header: include/linux/cpumask.h. A set is an int, bit n is CPU n; what asks and what counts is
mirrored.
"""

from __future__ import annotations

from vshell.abi.mirror import macro, value_macro

TYPE_CHECKING = False
if TYPE_CHECKING:
    from vshell.kernel.core import Kernel

    kernel: Kernel
    cpu_online_mask: int
    cpu_possible_mask: int
    nr_cpu_ids: int
else:

    @value_macro
    def cpu_online_mask() -> int:
        """Give the set of the CPUs that run.

        C: #define cpu_online_mask ((const struct cpumask *)&__cpu_online_mask)

        Returns:
            The set.

        Context:
            Any.

        Source:
            include/linux/cpumask.h (v6.1)
        """
        return kernel.sched.all_cpus_mask

    @value_macro
    def cpu_possible_mask() -> int:
        """Give the set of the CPUs that there may be: all that run.

        C: #define cpu_possible_mask ((const struct cpumask *)&__cpu_possible_mask)

        Returns:
            The set.

        Context:
            Any.

        Source:
            include/linux/cpumask.h (v6.1)
        """
        return kernel.sched.all_cpus_mask

    @value_macro
    def nr_cpu_ids() -> int:
        """Give one more than the highest number of a CPU.

        C: #define nr_cpu_ids

        Returns:
            The number.

        Context:
            Any.

        Source:
            include/linux/cpumask.h (v6.1)
        """
        return len(kernel.sched.cpus)


__all__ = [
    "cpu_none_mask",
    "cpu_online_mask",
    "cpu_possible_mask",
    "cpumask_first",
    "cpumask_of",
    "cpumask_test_cpu",
    "cpumask_weight",
    "for_each_online_cpu",
    "nr_cpu_ids",
]

cpu_none_mask = 0


@macro()
def cpumask_of(cpu: int) -> int:
    """Give the set of one CPU.

    C: #define cpumask_of(cpu)

    Args:
        cpu: its number.

    Returns:
        The set.

    Context:
        Any.

    Source:
        include/linux/cpumask.h (v6.1)
    """
    return 1 << cpu


@macro()
def cpumask_test_cpu(cpu: int, cpumask: int) -> bool:
    """Tell whether a CPU is in a set.

    C: bool cpumask_test_cpu(int cpu, const struct cpumask *cpumask)

    Args:
        cpu: its number.
        cpumask: the set.

    Returns:
        True if so.

    Context:
        Any.

    Source:
        include/linux/cpumask.h (v6.1)
    """
    return bool(cpumask >> cpu & 1)


@macro()
def cpumask_weight(srcp: int) -> int:
    """Count the CPUs of a set.

    C: unsigned int cpumask_weight(const struct cpumask *srcp)

    Returns:
        How many there are.

    Context:
        Any.

    Source:
        include/linux/cpumask.h (v6.1)
    """
    return (srcp & kernel.sched.all_cpus_mask).bit_count()


@macro()
def cpumask_first(srcp: int) -> int:
    """Give the first CPU of a set.

    C: unsigned int cpumask_first(const struct cpumask *srcp)

    Returns:
        Its number; nr_cpu_ids or more if there is none.

    Context:
        Any.

    Source:
        include/linux/cpumask.h (v6.1)
    """
    present = srcp & kernel.sched.all_cpus_mask
    return (present & -present).bit_length() - 1 if present else len(kernel.sched.cpus)


@macro()
def for_each_online_cpu() -> range:
    """Go through all CPUs that run.

    ``for cpu in for_each_online_cpu():``

    C: #define for_each_online_cpu(cpu)

    Returns:
        Their numbers, rising.

    Context:
        Any.

    Source:
        include/linux/cpumask.h (v6.1)

    Differs:
        The loop's variable is Python's.
    """
    return range(len(kernel.sched.cpus))
