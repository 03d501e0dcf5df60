"""The other end of the socket: attach to a machine in another process of the same user.

A thread of its own receives, and stops receiving while the viewer does not read; then the server
leaves out what can be left out. No call waits for the other side once it is connected.
"""

from __future__ import annotations

import contextlib
import select
import socket
import threading
from queue import Empty, SimpleQueue

from vshell.abi.wire import (
    Lost,
    Message,
    Request,
    WireError,
    decode,
    encode_request,
    greeting,
    read_greeting,
)
from vshell.machine import sockets

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

__all__ = ["Attached", "ConnectError", "connect", "running"]

_CONNECT_WAIT_S = 5.0
_SEND_WAIT_S = 2.0
_RECEIVE_BYTES = 262_144
_MESSAGES_MAX = 64
_GREETING_BYTES_MAX = 4_096


class ConnectError(Exception):
    """No machine can be watched; the text is for the user."""


def running() -> list[tuple[int, str]]:
    """Give the processes that can be watched, with their sockets, the newest first.

    Raises:
        ConnectError: the sockets' directory is not this user's alone.
    """
    found = []
    for folder in sockets.folders():
        try:
            paths = sockets.sockets_in(folder)
        except (sockets.PlaceError, OSError) as error:
            raise ConnectError(str(error)) from None
        found += [(sockets.pid_of(path), path) for path in paths if sockets.is_served(path)]
    return found


def connect(notify: Callable[[], None], pid: int = 0, role: str = "") -> Attached:
    """Attach to a running vshell.

    Args:
        notify: called in another thread when there is something to read; must not wait.
        pid: its process; 0 for the newest.
        role: ``PROMPT_ROLE`` for a terminal and nothing else, "" for a viewer.

    Raises:
        ConnectError: there is none, or it does not let us.
    """
    found = [path for number, path in running() if pid in (0, number)]
    if not found:
        who = f"no vshell with process {pid}" if pid else "no vshell"
        raise ConnectError(f"{who} is running that could be watched")
    sock = socket.socket(socket.AF_UNIX)
    try:
        rest = _greet(sock, found[0], role)
    except (OSError, WireError) as error:
        sock.close()
        raise ConnectError(f"{found[0]}: {error}") from None
    return Attached(sock, rest, notify)


# Connect and exchange the first lines; give what has come behind the other's.
def _greet(sock: socket.socket, path: str, role: str) -> bytes:
    sock.settimeout(_CONNECT_WAIT_S)
    sock.connect(path)
    if not sockets.is_own_peer(sock):
        raise WireError("served by another user")
    # Who does not let us in says why, and may be gone before we greet.
    with contextlib.suppress(BrokenPipeError):
        sock.sendall(greeting(role=role))
    received = b""
    while b"\n" not in received:
        data = sock.recv(_GREETING_BYTES_MAX)
        if not data or len(received) > _GREETING_BYTES_MAX:
            raise WireError("the other side is no vshell")
        received += data
    line, _, rest = received.partition(b"\n")
    read_greeting(line)
    sock.settimeout(None)
    return rest


class Attached:
    """A connection with a machine in another process; see ``vshell.abi.wire.Link``."""

    def __init__(self, sock: socket.socket, received: bytes, notify: Callable[[], None]) -> None:
        """Begin to receive.

        Args:
            sock: connected, greetings exchanged.
            received: what came behind the greeting.
            notify: see ``connect``.
        """
        self._sock = sock
        self._notify = notify
        self._messages: SimpleQueue[Message] = SimpleQueue()
        self._has_room = threading.Event()
        self._has_room.set()
        self._number = 0
        self._asking = threading.Lock()
        self._is_closed = False
        self._thread = threading.Thread(
            target=self._receive, args=(received,), name="vshell-client", daemon=True
        )
        self._thread.start()

    # -- In the viewer's thread --------------------------------------------------------------------

    def read(self) -> list[Message]:
        """Take all messages that have come."""
        found = []
        try:
            while True:
                found.append(self._messages.get_nowait())
        except Empty:
            self._has_room.set()
            return found

    def clock(self, command: str) -> int:
        """Ask for "pause", "resume", "step N" or "speed X"."""
        return self.ask("clock", command)

    def type_line(self, line: str) -> int:
        """Type a line at the viewer's own terminal."""
        return self.ask("type", line)

    def press(self, keys: str) -> int:
        """Press keys there."""
        return self.ask("keys", keys)

    def resize(self, columns: int, rows: int) -> int:
        """Say how large it is."""
        return self.ask("size", (columns, rows))

    def explain(self, pid: int) -> int:
        """Ask for all about a task."""
        return self.ask("explain", pid)

    def close(self) -> None:
        """Leave."""
        self._is_closed = True
        self._has_room.set()
        self._hang_up()
        self._thread.join()
        self._sock.close()

    def ask(self, kind: str, value: Any) -> int:
        """Ask for anything that there is to ask for, see ``vshell.abi.wire``. Any thread."""
        with self._asking:
            self._number += 1
            self._send(encode_request(Request(self._number, kind, value)))
            return self._number

    # Half a request cannot be taken back: who reads too slowly is taken for gone.
    def _send(self, line: bytes) -> None:
        left = memoryview(line)
        while left:
            try:
                sent = self._sock.send(left, socket.MSG_DONTWAIT | socket.MSG_NOSIGNAL)
                left = left[sent:]
            except BlockingIOError:
                if not select.select([], [self._sock], [], _SEND_WAIT_S)[1]:
                    self._hang_up()
                    return
            except OSError:
                self._hang_up()
                return

    def _hang_up(self) -> None:
        try:
            self._sock.shutdown(socket.SHUT_RDWR)
        except OSError:
            # The other side was first.
            return

    # -- In the thread that receives ---------------------------------------------------------------

    def _receive(self, received: bytes) -> None:
        lost = Lost("the connection has been lost")
        try:
            lost = self._receive_all(bytearray(received)) or lost
        except OSError:
            # The viewer has closed it, or the other side is gone.
            pass
        except WireError as error:
            lost = Lost(str(error))
        self._hang_up()
        if not self._is_closed:
            self._put(lost)

    # Until the other side says that it is gone, or is.
    def _receive_all(self, received: bytearray) -> Lost | None:
        while True:
            *lines, rest = received.split(b"\n")
            for line in lines:
                message = decode(bytes(line))
                if isinstance(message, Lost):
                    return message
                self._put(message)
            received = bytearray(rest)
            # A long line is looked through once, not anew for each piece of it.
            while b"\n" not in received[-_RECEIVE_BYTES:]:
                self._has_room.wait()
                data = self._sock.recv(_RECEIVE_BYTES)
                if not data:
                    return None
                received += data

    def _put(self, message: Message) -> None:
        self._messages.put(message)
        if self._messages.qsize() >= _MESSAGES_MAX:
            self._has_room.clear()
        self._notify()
