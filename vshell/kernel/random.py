"""The random number generator: whether it is ready, and who waits for that.

A machine that has no source of randomness of its own is not ready at boot. Whoever reads
/dev/random then makes the kernel gather some from its own timing. Until then %p prints no hash.

Source: drivers/char/random.c, lib/vsprintf.c (v6.1). Real: 19-printk-formats.
"""

from __future__ import annotations

from vshell.abi import state as st
from vshell.abi.errno import EINTR, KernelError
from vshell.kernel.printk import NOTICE

TYPE_CHECKING = False
if TYPE_CHECKING:
    from vshell.kernel.core import Kernel

__all__ = ["Random"]

_POOL_BITS = 256
_RETRY_NS = 2_000_000_000


class Random:
    """The generator of one kernel."""

    __slots__ = ("_kernel", "_ready_ns")

    def __init__(self, kernel: Kernel) -> None:
        """Be ready from the beginning, if the machine is such a one."""
        self._kernel = kernel
        self._ready_ns = 0 if kernel.config.crng_ready else -1

    @property
    def ready(self) -> bool:
        """Tell whether random numbers are to be had without waiting."""
        return self._ready_ns >= 0

    def wait(self) -> None:
        """Wait until the generator is ready.

        Raises:
            KernelError: EINTR.

        Context: process context; sleeps.
        """
        # Linux: try_to_generate_entropy(): a bit for each jiffy that a timer measures.
        sched = self._kernel.sched
        left = _POOL_BITS
        while not self.ready and left:
            sched.current.state = st.TASK_INTERRUPTIBLE
            left = self._kernel.timers.schedule_timeout(left)
            if sched.current.signal_pending():
                raise KernelError(EINTR)
        if not self.ready:
            self._ready_ns = sched.now_ns
            self._kernel.printk.emit(NOTICE, "random: crng init done")

    def has_pointer_key(self) -> bool:
        """Tell whether %p has the key it hashes addresses with."""
        # Linux: fill_ptr_key_workfn() looks again every two seconds.
        if not self.ready:
            return False
        filled_ns = -(-self._ready_ns // _RETRY_NS) * _RETRY_NS
        return self._kernel.sched.now_ns >= filled_ns
