"""A real pseudo-terminal with a terminal emulator behind it, for tests of the prompt."""

from __future__ import annotations

import fcntl
import os
import pty
import select
import struct
import sys
import termios
from time import monotonic

import pyte

from tests.stories.readme import ROOT

PATIENCE_S = 20


class Terminal:
    """vshell, or another command, in a pseudo-terminal: type keys, look at the screen."""

    def __init__(self, *words, columns=80, rows=24, home=None, command=None, **variables):
        self.screen = pyte.HistoryScreen(columns, rows, history=2000)
        self._stream = pyte.ByteStream(self.screen)
        self.raw = b""
        self.status = None
        self._prompts_seen = 0
        environment = os.environ | {
            "PYTHONPATH": str(ROOT),
            "TERM": "xterm-256color",
            "XDG_STATE_HOME": str(home),
            # A window that changes is not bound to what was exported.
            "COLUMNS": "80",
            "LINES": "24",
            # The last line is the prompt's, unless a test says otherwise.
            "VSHELL_TOOLBAR": "off",
        }
        command = command or [sys.executable, "-m", "vshell"]
        self.pid, self._fd = pty.fork()
        if not self.pid:
            os.execvpe(command[0], [*command, *words], environment | variables)
        # A terminal that is opened later must not hold this one open.
        os.set_inheritable(self._fd, False)
        self.resize(columns, rows)

    def resize(self, columns, rows):
        """Change the window's size."""
        fcntl.ioctl(self._fd, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
        self.screen.resize(rows, columns)

    def type(self, keys):
        """Press keys."""
        os.write(self._fd, keys.encode())

    def enter(self, line):
        """Type a line and the Enter key."""
        self.type(line + "\r")

    @property
    def lines(self):
        """What the screen shows, without the empty lines at its end."""
        text = "\n".join(line.rstrip() for line in self.screen.display).rstrip()
        return text.split("\n")

    def wait_for(self, condition, what=""):
        """Read what comes until the condition holds."""
        deadline = monotonic() + PATIENCE_S
        while not condition():
            ready, _, _ = select.select([self._fd], [], [], max(deadline - monotonic(), 0))
            if not ready:
                raise AssertionError(f"{what or 'nothing'} came:\n" + "\n".join(self.lines))
            try:
                data = os.read(self._fd, 65536)
            except OSError:
                data = b""
            if not data:
                self._reap()
                if condition():
                    return
                raise AssertionError("vshell ended:\n" + "\n".join(self.lines))
            self.raw += data
            # The emulator does not answer where the cursor is; whoever asked would wait for it.
            if b"\x1b[6n" in data:
                at = self.screen.cursor
                os.write(self._fd, b"\x1b[%d;%dR" % (at.y + 1, at.x + 1))
            self._stream.feed(data)

    @property
    def fd(self):
        """The descriptor of our end."""
        return self._fd

    def wait_for_prompt_with(self, text):
        """Wait for the next prompt, with this behind it."""
        self.wait_for(
            lambda: self._prompts() > self._prompts_seen and self.lines[-1].endswith(f"$ {text}"),
            "no prompt with that",
        )
        self._prompts_seen = self._prompts()

    def wait_for_prompt(self):
        """Wait for the next prompt with nothing behind it."""
        self.wait_for(
            lambda: self._prompts() > self._prompts_seen and self.lines[-1].endswith("$"),
            "no prompt",
        )
        self._prompts_seen = self._prompts()

    # The line editor asks for marked pastes each time it begins.
    def _prompts(self):
        return self.raw.count(b"\x1b[?2004h")

    def run(self, line):
        """Run a command: give the lines that stand between it and the next prompt."""
        self._prompts_seen = self._prompts()
        self.enter(line)
        self.wait_for_prompt()
        lines = self.lines
        start = max(i for i, shown in enumerate(lines[:-1]) if shown.endswith("$ " + line.rstrip()))
        return lines[start + 1 : -1]

    def wait_for_end(self):
        """Wait until vshell has ended; give its exit status."""
        self.wait_for(lambda: self.status is not None, "no end")
        return self.status

    def _reap(self):
        if self.status is None:
            _, status = os.waitpid(self.pid, 0)
            self.status = os.waitstatus_to_exitcode(status)

    def hang_up(self):
        """Close the window, and wait until whoever was in it has ended."""
        os.close(self._fd)
        self._fd = -1
        self._reap()

    def close(self):
        """Hang up, if that has not been done."""
        if self._fd >= 0:
            self.hang_up()
