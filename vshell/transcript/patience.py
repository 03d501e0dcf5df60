"""The patience of a replay: a command that computes for ever is given up after real seconds.

What waits for ever is noticed by the host (a standstill); what computes for ever cannot be told
from what takes long, so here, and only here, a replay's end depends on the real clock.
"""

from __future__ import annotations

import signal

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from types import TracebackType

__all__ = ["Patience"]

_AGAIN_S = 0.5


class Patience:
    """Calls a function when it is over, again and again; a context manager.

    Where no alarm can be set (another thread than the main one), it never is.
    """

    def __init__(self, limit_s: float, wake: Callable[[], None]) -> None:
        """Prepare.

        Args:
            limit_s: real seconds; 0 for no limit.
            wake: called in a signal handler, so it may do no more than set a flag.
        """
        self.limit_s = limit_s
        self.is_over = False
        self._wake = wake
        self._restore: Callable[[], None] | None = None

    def __enter__(self) -> Patience:  # noqa: PYI034 - Self would have to be imported
        if not self.limit_s:
            return self
        try:
            former = signal.signal(signal.SIGALRM, self._ring)
        except ValueError:
            return self
        left = signal.setitimer(signal.ITIMER_REAL, self.limit_s, _AGAIN_S)

        def restore() -> None:
            signal.setitimer(signal.ITIMER_REAL, *left)
            signal.signal(signal.SIGALRM, former)

        self._restore = restore
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if self._restore is not None:
            self._restore()

    def _ring(self, *_: object) -> None:
        self.is_over = True
        self._wake()
