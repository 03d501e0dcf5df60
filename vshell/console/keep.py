"""Lending the real terminal to a full-screen program in this process, and having it back as it was.

The borrower may have failed in the middle, or been told to stop; so its modes are reset, not its
word taken. Even if this very process is killed meanwhile, a small one beside it tidies up.
"""

from __future__ import annotations

import contextlib
import os
import signal
import termios

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import Any

__all__ = ["guarded", "kept_terminal"]

_SIGNALS = (
    *(signal.SIGWINCH, signal.SIGTSTP, signal.SIGCONT),
    *(signal.SIGTTIN, signal.SIGTTOU, signal.SIGINT),
)
_SAVE_CURSOR = "\x1b7"
# The alternate screen, the cursor where it was saved; mice, focus, pastes, frames
# and window sizes as reports; colours, wrapped lines, the cursor itself.
_RESTORE = (
    "\x1b[?1049l\x1b8"
    "\x1b[?1000l\x1b[?1002l\x1b[?1003l\x1b[?1006l\x1b[?1015l\x1b[?1016l"
    "\x1b[?1004l\x1b[?2004l\x1b[?2026l\x1b[?2048l"
    "\x1b[m\x1b[?7h\x1b[?25h"
)
# What an editor leaves: pastes as reports, colours, no wrapped lines, no cursor.
_RESTORE_LINE = "\x1b[?2004l\x1b[m\x1b[?7h\x1b[?25h\r\n"
# Reads a line if all is well, the end of the file if whoever had the other end was killed. It may
# be in the background by then, which must not stop it. A terminal that makes signals of keys has
# been taken over already, by a shell with an editor of its own: that one's mode stays. A Python in
# its place would make the first prompt appear a third later.
_GUARD = """
trap '' INT TTOU TSTP HUP
read -r line && exit
exec 3<&1
case $(stty -a <&3) in *-isig*) stty "$0" <&3 ;; esac
printf %s "$1"
"""


@contextlib.contextmanager
def kept_terminal(fd: int, own_mode: list[Any], write: Callable[[str], None]) -> Iterator[None]:
    """Have a terminal after the context as it is now.

    Args:
        fd: of the terminal.
        own_mode: as termios has it, before this process has changed anything.
        write: to the terminal, past every buffer.
    """
    mode = own_mode
    with contextlib.suppress(termios.error):
        mode = termios.tcgetattr(fd)
    handlers = {number: signal.getsignal(number) for number in _SIGNALS}
    write(_SAVE_CURSOR)
    try:
        with guarded(fd, own_mode, _RESTORE):
            yield
    finally:
        for number, handler in handlers.items():
            if handler is not None:
                signal.signal(number, handler)
        # A terminal that is gone has no mode. What is typed and not read yet stays.
        with contextlib.suppress(termios.error):
            termios.tcsetattr(fd, termios.TCSADRAIN, mode)
        with contextlib.suppress(OSError):
            write(_RESTORE)


@contextlib.contextmanager
def guarded(fd: int, own_mode: list[Any], restore: str = _RESTORE_LINE) -> Iterator[None]:
    """Have a terminal tidied up should this process be killed meanwhile.

    Args:
        fd: of the terminal.
        own_mode: as termios has it, before this process has changed anything.
        restore: what to write there then.
    """
    # Not the module subprocess, which takes long to load: this comes before the first prompt.
    words = ["/bin/sh", "-c", _GUARD, _stty_words(own_mode), restore]
    inner, outer = os.pipe()
    files = [
        (os.POSIX_SPAWN_DUP2, fd, 1),
        (os.POSIX_SPAWN_DUP2, inner, 0),
        (os.POSIX_SPAWN_OPEN, 2, os.devnull, os.O_WRONLY, 0),
    ]
    guard = 0
    # It is for the worst case; without one more process all the rest works.
    with contextlib.suppress(OSError):
        guard = os.posix_spawn(words[0], words, os.environ, file_actions=files)
    os.close(inner)
    try:
        yield
    finally:
        with contextlib.suppress(OSError):
            os.write(outer, b"\n")
        os.close(outer)
        if guard:
            with contextlib.suppress(ChildProcessError):
                os.waitpid(guard, 0)


# A mode as ``stty -g`` writes it.
def _stty_words(mode: list[Any]) -> str:
    letters = [one if isinstance(one, int) else one[0] for one in mode[6]]
    return ":".join(f"{number:x}" for number in [*mode[:4], *letters])
