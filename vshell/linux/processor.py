"""What the processor offers to code that waits.

Header: include/linux/processor.h. cpu_relax() is mirrored.
"""

from __future__ import annotations

from vshell.abi.mirror import macro

TYPE_CHECKING = False
if TYPE_CHECKING:
    from vshell.kernel.core import Kernel

    kernel: Kernel

__all__ = ["cpu_relax"]


@macro()
def cpu_relax() -> None:
    """Tell the processor that this is a busy loop.

    C: void cpu_relax(void)

    Returns:
        Nothing.

    Context:
        Any; uses the CPU.

    Source:
        arch/x86/include/asm/vdso/processor.h (v6.1)
    """
    kernel.sched.poll()
