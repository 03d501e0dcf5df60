"""Signals that ask to leave: politely at first, and for good where that does not help.

A user interface may wait for ever for a terminal that is gone, with the event loop in its hands.
Nobody is left then who would close a window that is closed already.
"""

from __future__ import annotations

import contextlib
import os
import signal
import termios
import threading

TYPE_CHECKING = False
if TYPE_CHECKING:
    import asyncio
    from collections.abc import Callable

__all__ = ["leave_on_signals"]

_PATIENCE_S = 5.0
_PATIENCE_ALONE_S = 0.5


def leave_on_signals(
    loop: asyncio.AbstractEventLoop, leave: Callable[[int], None], tidy: Callable[[], None]
) -> None:
    """Leave when SIGTERM or SIGHUP comes. In the main thread.

    Args:
        loop: the running event loop.
        leave: called there with an exit status; the process shall end soon.
        tidy: called in another thread, if it has not, before it does all the same.
    """

    def end(status: int, patience_s: float) -> None:
        threading.Event().wait(patience_s)
        tidy()
        os._exit(status)

    # Not the loop's own handlers: they would wait for it.
    def take(number: int, _frame: object) -> None:
        status = 128 + number
        with contextlib.suppress(RuntimeError):
            loop.call_soon_threadsafe(leave, status)
        patience_s = _PATIENCE_S if _is_there() else _PATIENCE_ALONE_S
        threading.Thread(target=end, args=(status, patience_s), daemon=True).start()

    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, take)


def _is_there() -> bool:
    try:
        termios.tcgetattr(0)
    except termios.error:
        return False
    return True
