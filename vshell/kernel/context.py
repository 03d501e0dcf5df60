"""Give up the processor and take it.

The only file that switches, and the only one that imports greenlet.

A *context* is what a task's code runs on: a stack of its own, so that a blocking call works at any
depth. One context, the *hub*, starts, resumes and buries all others; it is whoever calls
``Kernel.run()``. Five operations are enough, and a platform without greenlet could offer the same
five with OS threads that pass a baton: ``spawn``, ``resume`` (switch in), ``suspend`` (switch out),
``kill`` and ``frames``.

Three rules follow from how greenlets behave:

* A context is started and resumed by the hub alone. A greenlet that starts inherits the recursion
  depth of its starter, and the hub is shallow.
* Nothing may switch from a trace or profile callback: while one greenlet is suspended
  inside one, no other greenlet of the thread is traced. So preemption points are
  compiled into modules by ``make``.
* All contexts of a kernel live in one OS thread, the one that runs its hub; switching to a
  greenlet of another thread raises.

Switching must cost as little as possible, so the two hot operations are handed out as bound methods
(``Context.resume`` and ``Hub.suspend`` are greenlet's own ``switch``) and not wrapped.
"""

from __future__ import annotations

from greenlet import getcurrent, greenlet

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from types import FrameType

__all__ = ["Context", "Hub", "TaskExit", "VshellBug"]


class TaskExit(BaseException):
    """Control, not an error: unwinds the stack of a task that must end.

    It was killed or has exited.
    """


class VshellBug(Exception):
    """A bug in vshell itself; it should never be seen, so please report it.

    It stops the machine. Nothing a learner's module does may raise it.
    """


class Context(greenlet):
    """A task's stack. ``resume`` runs it until it suspends or ends."""

    resume = greenlet.switch

    def kill(self) -> None:
        """Unwind the stack with TaskExit; ``finally`` blocks run. Hub only."""
        if not self.dead:
            try:
                self.throw(TaskExit)
            except TaskExit:
                return

    def frames(self) -> list[FrameType]:
        """List the suspended stack's frames, innermost first.

        Of the running stack, the caller's.
        """
        frame = self.gr_frame
        found = []
        while frame is not None:
            found.append(frame)
            frame = frame.f_back
        return found


class Hub:
    """The context that starts, resumes and buries all others."""

    __slots__ = ("_greenlet", "suspend")

    suspend: Callable[[], object]
    """Switch out: give the processor back to the hub. Called by tasks only."""

    def __init__(self) -> None:
        """Make the calling context the hub."""
        self.enter()

    def enter(self) -> None:
        """Make the calling context the hub; no task may be running."""
        self._greenlet = getcurrent()
        self.suspend = self._greenlet.switch

    def is_current(self) -> bool:
        """Tell whether the hub itself is running, and no task."""
        return getcurrent() is self._greenlet

    def spawn(self, entry: Callable[[], None]) -> Context:
        """Make a context that will call ``entry`` when first resumed."""
        return Context(entry, self._greenlet)
