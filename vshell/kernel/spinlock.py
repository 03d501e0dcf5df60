"""Locks that are waited for without sleeping: spinlocks and reader-writer locks.

Who holds one has preemption off. A task that finds it taken spins: virtual time passes until the
holder on another CPU lets go, and for ever if that is itself. An interrupt cannot let time pass by
itself; it lets the holder's CPU go on until the lock is free.

Source: kernel/locking/spinlock.c, include/linux/spinlock.h (v6.1). Real: 22-sync-primitives.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from vshell.kernel.core import Kernel
    from vshell.kernel.sched import Cpu

__all__ = ["RwLock", "SpinLock", "Spinning"]

_STEP_NS = 200


class SpinLock:
    """A spinlock_t: taken or not, and on which CPU."""

    __slots__ = ("cpu", "locked")

    def __init__(self) -> None:
        """Make a free lock."""
        self.locked = False
        self.cpu: Cpu | None = None


class RwLock:
    """A rwlock_t: some readers or one writer."""

    __slots__ = ("cpu", "readers", "writing")

    def __init__(self) -> None:
        """Make a free lock."""
        self.readers = 0
        self.writing = False
        # Of whoever took it last: where to look for somebody to wait for.
        self.cpu: Cpu | None = None


class Spinning:
    """The operations on these locks; preemption is the caller's business."""

    __slots__ = ("_kernel",)

    def __init__(self, kernel: Kernel) -> None:
        """Serve one kernel."""
        self._kernel = kernel

    def lock(self, lock: SpinLock) -> None:
        """Take a spinlock; spin until it is free."""
        while lock.locked:
            self._spin(lock)
        self._take(lock)

    def try_lock(self, lock: SpinLock) -> bool:
        """Take a spinlock if it is free."""
        if lock.locked:
            return False
        self._take(lock)
        return True

    def _take(self, lock: SpinLock) -> None:
        lock.locked = True
        lock.cpu = self._kernel.sched.cpu

    def unlock(self, lock: SpinLock) -> None:
        """Free a spinlock; a free one stays free, silently."""
        lock.locked = False

    def read_lock(self, lock: RwLock) -> None:
        """Become a reader; spin while somebody writes."""
        while not self.try_read(lock):
            self._spin(lock)

    def try_read(self, lock: RwLock) -> bool:
        """Become a reader unless somebody writes."""
        if lock.writing:
            return False
        lock.readers += 1
        lock.cpu = self._kernel.sched.cpu
        return True

    def write_lock(self, lock: RwLock) -> None:
        """Become the writer; spin while somebody reads or writes."""
        while not self.try_write(lock):
            self._spin(lock)

    def try_write(self, lock: RwLock) -> bool:
        """Become the writer unless somebody reads or writes."""
        if lock.writing or lock.readers:
            return False
        lock.writing = True
        lock.cpu = self._kernel.sched.cpu
        return True

    # One turn of a spinning loop.
    def _spin(self, lock: SpinLock | RwLock) -> None:
        kernel = self._kernel
        sched = kernel.sched
        holder = lock.cpu
        if not sched.in_interrupt:
            sched.poll()
            return
        if holder is None or holder is sched.cpu or not kernel.hub.is_current():
            # The interrupted task holds it and cannot go on before the interrupt ends.
            raise kernel.oops.panic("Hard LOCKUP")
        self._let_go_on(holder, sched.now_ns + _STEP_NS)

    # Let another CPU go on while an interrupt waits for it, up to a time. Hub only.
    def _let_go_on(self, cpu: Cpu, until_ns: int) -> None:
        kernel = self._kernel
        sched = kernel.sched
        saved = (sched.cpu, sched.current, sched.in_interrupt, sched.in_hardirq)
        turns, horizon_ns = kernel.runtime.turns, sched.horizon_ns
        task = cpu.curr
        if task.resume is not None and cpu.clock_ns < until_ns:
            sched.cpu, sched.current, sched.in_interrupt, sched.in_hardirq = cpu, task, 0, 0
            sched.now_ns = cpu.clock_ns
            sched.horizon_ns = until_ns
            kernel.runtime.turns = task.turns
            task.resume()
        sched.cpu, sched.current, sched.in_interrupt, sched.in_hardirq = saved
        kernel.runtime.turns, sched.horizon_ns = turns, horizon_ns
        sched.now_ns = until_ns
