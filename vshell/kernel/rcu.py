"""Read-copy-update: who reads, and when all who have been reading are done.

A grace period lasts at least as long as the host's setting says, and until every reader that had
begun before it has ended. Callbacks run in softirq context, in the order of call_rcu().

Source: kernel/rcu/tree.c (v6.1).
"""

from __future__ import annotations

from vshell.abi import state as st
from vshell.kernel.struct import Member
from vshell.kernel.timer import Timer

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from vshell.kernel.core import Kernel

__all__ = ["Rcu", "RcuHead"]


class RcuHead(Member):
    """A rcu_head: a callback that waits."""

    __slots__ = ("container", "func", "readers")

    def __init__(self) -> None:
        """Make one that waits for nothing."""
        self.container = None
        self.func: Callable[..., object] | None = None
        self.readers: set[int] = set()


class Rcu:
    """Readers, and what waits for them."""

    def __init__(self, kernel: Kernel) -> None:
        """Start with no reader."""
        self._kernel = kernel
        self._depth: dict[int, int] = {}
        self._waiting: list[RcuHead] = []
        self._timer = Timer(self.rcu_core)

    def read_lock(self) -> None:
        """Make current a reader; nests."""
        pid = self._kernel.sched.current.pid
        self._depth[pid] = self._depth.get(pid, 0) + 1

    def read_unlock(self) -> None:
        """End what read_lock() began."""
        pid = self._kernel.sched.current.pid
        depth = self._depth.get(pid, 0) - 1
        if depth > 0:
            self._depth[pid] = depth
            return
        self._depth.pop(pid, None)
        for head in self._waiting:
            head.readers.discard(pid)

    def synchronize(self) -> None:
        """Wait until all who read now have ended.

        Context: process context; sleeps.
        """
        kernel = self._kernel
        head = RcuHead()
        head.readers = set(self._depth) - {kernel.sched.current.pid}
        self._waiting.append(head)
        kernel.synchronize_rcu()
        while self._alive(head):
            kernel.sched.current.state = st.TASK_UNINTERRUPTIBLE
            kernel.timers.schedule_timeout(1)
        self._waiting.remove(head)

    def call(self, head: RcuHead, func: Callable[..., object]) -> None:
        """Call a function with the head when all who read now have ended. Any context."""
        head.func = func
        head.readers = set(self._depth)
        self._waiting.append(head)
        self._start()

    def barrier(self) -> None:
        """Wait until all functions have been called that call() knows.

        Context: process context; sleeps.
        """
        kernel = self._kernel
        pending = [head for head in self._waiting if head.func is not None]
        while any(head in self._waiting for head in pending):
            kernel.sched.current.state = st.TASK_UNINTERRUPTIBLE
            kernel.timers.schedule_timeout(1)

    # A reader that has died holds nobody up.
    def _alive(self, head: RcuHead) -> bool:
        tasks = self._kernel.tasks
        head.readers = {pid for pid in head.readers if tasks.get(pid) is not None}
        return bool(head.readers)

    def _start(self) -> None:
        kernel = self._kernel
        if not self._timer.is_pending():
            now = kernel.clock.jiffies(kernel.sched.now_ns)
            kernel.timers.mod_timer(self._timer, now + kernel.config.rcu_grace_jiffies)

    def rcu_core(self, _timer: Timer) -> None:
        """Call what need not wait any longer."""
        for head in [head for head in self._waiting if head.func is not None]:
            if self._alive(head):
                break
            self._waiting.remove(head)
            func, head.func = head.func, None
            assert func is not None
            self._kernel.interrupts.call(func, head)
        if any(head.func is not None for head in self._waiting):
            self._start()
