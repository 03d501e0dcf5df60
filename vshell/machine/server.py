"""The server: lets viewers in other processes of the same user attach to a machine.

It has an OS thread of its own, which waits for sockets and for what the host's thread has put into
the viewers' queues. The host's thread never waits for it: it puts, and wakes the server by a byte
in a pipe. A socket that does not take what it is sent keeps one message waiting here; the rest
stays in its viewer's queue, which has its own bounds.

A viewer can do no harm but to itself: what it sends is checked, one that sends nonsense, or too
much of a line, is closed, and one that asks faster than it is answered is not read from meanwhile.
"""

from __future__ import annotations

import contextlib
import errno
import os
import selectors
import socket
import threading
from functools import partial

from vshell.abi.wire import (
    LINE_BYTES_MAX,
    PROMPT_LINE_BYTES_MAX,
    PROMPT_ROLE,
    Answer,
    Batch,
    Lost,
    WireError,
    decode_request,
    encode,
    greeting,
    read_greeting,
)
from vshell.machine import sockets
from vshell.machine.pacing import real_s
from vshell.machine.viewer import Viewer

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from vshell.abi.wire import Message
    from vshell.machine.thread import Machine

__all__ = ["VIEWERS_MAX", "Server", "ServerError"]

VIEWERS_MAX = 16
"""How many viewers there can be at once."""

_RECEIVE_BYTES = 16_384
_UNANSWERED_MAX = 16
_GREETING_WAIT_S = 5.0
_ENCODED_MAX = 4
_SEND_BUFFER_BYTES = 262_144
_CLOSE_WAIT_S = 2.0
_ROOM_WAIT_S = 0.1
_NO_ROOM = (errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ENOMEM)

ServerError = sockets.PlaceError


class _Connection:
    # One viewer's socket.
    def __init__(self, sock: socket.socket) -> None:
        self.sock = sock
        self.viewer: Viewer | None = None
        self.received = bytearray()
        self.waiting = memoryview(b"")
        self.unanswered = 0
        self.opened_s = real_s()
        self.is_last = False
        self.mask = selectors.EVENT_READ

    # The next whole line that has been received, without its newline.
    def next_line(self) -> bytes | None:
        end = self.received.find(b"\n")
        is_prompt = self.viewer is not None and self.viewer.is_quiet
        limit = PROMPT_LINE_BYTES_MAX if is_prompt else LINE_BYTES_MAX
        if max(end, 0 if end >= 0 else len(self.received)) > limit:
            raise WireError("the line is too long")
        if end < 0:
            return None
        line = bytes(self.received[:end])
        del self.received[: end + 1]
        return line

    # What to wait for: to send if something waits, to read if it does not ask too much.
    def wanted(self) -> int:
        reads = self.unanswered < _UNANSWERED_MAX and not self.is_last
        read_mask = selectors.EVENT_READ if reads else 0
        return read_mask | (selectors.EVENT_WRITE if self.waiting else 0)


class Server:
    """The socket of one machine, and those who are connected."""

    def __init__(self, machine: Machine) -> None:
        """Begin to serve.

        Raises:
            ServerError: there is no private place for the socket.
        """
        self._machine = machine
        folder = sockets.make_folder()
        _remove_stale(folder)
        self._listener = socket.socket(socket.AF_UNIX)
        try:
            self.path = _publish(self._listener, folder)
        except OSError as error:
            self._listener.close()
            raise ServerError(f"{folder}: {error.strerror}") from None
        self._identity = _identity(self.path)
        self._connections: list[_Connection] = []
        # The last batches as they were written: all viewers get the same.
        self._encoded: list[tuple[Message, bytes]] = []
        self._ready: set[_Connection] = set()
        self._wake_out, self._wake_in = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC)
        self._selector = selectors.DefaultSelector()
        self._selector.register(self._listener, selectors.EVENT_READ)
        self._selector.register(self._wake_out, selectors.EVENT_READ)
        self._is_closing = False
        self._is_over = False
        self._waking = threading.Lock()
        self._thread = threading.Thread(target=self._main, name="vshell-server", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """End: send what is ready, close all connections, remove the socket. Any thread."""
        self._is_closing = True
        self._wake()
        self._thread.join(timeout=_CLOSE_WAIT_S)

    # -- From the host's thread -------------------------------------------------------------------

    def _wake(self) -> None:
        # A full pipe wakes as well. One that has been closed may be another file by now.
        with self._waking, contextlib.suppress(BlockingIOError):
            if not self._is_over:
                os.write(self._wake_in, b"!")

    def _note_ready(self, connection: _Connection) -> None:
        if connection not in self._ready:
            self._ready.add(connection)
            self._wake()

    # -- In the server's thread -------------------------------------------------------------------

    def _main(self) -> None:
        try:
            while not self._is_closing:
                for key, mask in self._selector.select(self._patience_s()):
                    self._handle(key, mask)
                self._serve_ready()
                self._expire()
        finally:
            self._end()

    def _handle(self, key: selectors.SelectorKey, mask: int) -> None:
        if key.fileobj is self._listener:
            self._accept()
        elif key.fd == self._wake_out:
            with contextlib.suppress(BlockingIOError):
                os.read(self._wake_out, _RECEIVE_BYTES)
        elif mask & selectors.EVENT_READ:
            self._guard(self._receive, key.data)
            self._guard(self._send, key.data)
        else:
            self._guard(self._send, key.data)

    # Whatever goes wrong with one viewer ends that one.
    def _guard(self, act: Callable[[_Connection], None], connection: _Connection) -> None:
        if connection in self._connections:
            try:
                act(connection)
            except Exception:
                self._drop(connection)

    # What has been made ready since: the set is emptied first, so that nothing gets lost.
    def _serve_ready(self) -> None:
        while self._ready:
            try:
                connection = self._ready.pop()
            except KeyError:
                return
            self._guard(self._send, connection)

    def _accept(self) -> None:
        try:
            sock, _ = self._listener.accept()
        except OSError as error:
            # It has gone again; or it waits, and is looked at again when there is room for it.
            if error.errno in _NO_ROOM:
                threading.Event().wait(_ROOM_WAIT_S)
            return
        sock.setblocking(False)
        if not sockets.is_own_peer(sock):
            sock.close()
            return
        if len(self._connections) >= VIEWERS_MAX:
            with contextlib.suppress(OSError):
                sock.send(greeting(f"there are {VIEWERS_MAX} viewers already"))
            sock.close()
            return
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, _SEND_BUFFER_BYTES)
        connection = _Connection(sock)
        self._connections.append(connection)
        self._selector.register(sock, connection.mask, connection)
        connection.waiting = memoryview(greeting())
        self._guard(self._send, connection)

    # Whoever does not greet takes a place from others.
    def _patience_s(self) -> float | None:
        opened = [one.opened_s for one in self._connections if one.viewer is None]
        return max(min(opened) + _GREETING_WAIT_S - real_s(), 0.0) if opened else None

    def _expire(self) -> None:
        limit_s = real_s() - _GREETING_WAIT_S
        for connection in list(self._connections):
            if connection.viewer is None and connection.opened_s <= limit_s:
                self._drop(connection)

    def _drop(self, connection: _Connection) -> None:
        if connection not in self._connections:
            return
        self._connections.remove(connection)
        self._ready.discard(connection)
        if connection.mask:
            self._selector.unregister(connection.sock)
        connection.sock.close()
        if connection.viewer is not None:
            connection.viewer.close()

    def _watch(self, connection: _Connection) -> None:
        wanted = connection.wanted()
        if wanted == connection.mask:
            return
        if not connection.mask:
            self._selector.register(connection.sock, wanted, connection)
        elif not wanted:
            self._selector.unregister(connection.sock)
        else:
            self._selector.modify(connection.sock, wanted, connection)
        connection.mask = wanted

    # -- Receiving --------------------------------------------------------------------------------

    def _receive(self, connection: _Connection) -> None:
        try:
            data = connection.sock.recv(_RECEIVE_BYTES)
        except BlockingIOError:
            return
        if not data:
            self._drop(connection)
            return
        connection.received += data
        self._take_lines(connection)

    def _take_lines(self, connection: _Connection) -> None:
        try:
            while connection.unanswered < _UNANSWERED_MAX:
                line = connection.next_line()
                if line is None:
                    break
                self._take_line(connection, line)
        except WireError as error:
            with contextlib.suppress(OSError):
                connection.sock.send(greeting(str(error)))
            self._drop(connection)

    def _take_line(self, connection: _Connection, line: bytes) -> None:
        if connection.viewer is None:
            is_quiet = read_greeting(line) == PROMPT_ROLE
            notify = partial(self._note_ready, connection)
            connection.viewer = Viewer(self._machine, notify, is_quiet=is_quiet)
            return
        connection.viewer.ask(decode_request(line))
        connection.unanswered += 1

    # -- Sending ----------------------------------------------------------------------------------

    def _send(self, connection: _Connection) -> None:
        try:
            while self._fill(connection):
                sent = connection.sock.send(connection.waiting)
                connection.waiting = connection.waiting[sent:]
        except BlockingIOError:
            pass
        if connection not in self._connections:
            return
        if connection.is_last and not connection.waiting:
            self._drop(connection)
        else:
            self._watch(connection)

    # Have something to send, if there is anything; tell whether there is.
    def _fill(self, connection: _Connection) -> bool:
        if not connection.waiting and connection.viewer is not None:
            message = connection.viewer.take()
            if message is None:
                return False
            connection.waiting = memoryview(self._encode(message, connection.viewer))
            connection.is_last = isinstance(message, Lost)
            if isinstance(message, Answer):
                connection.unanswered -= 1
                # Requests may lie here that were not looked at before.
                self._take_lines(connection)
        return bool(connection.waiting) and connection in self._connections

    def _encode(self, message: Message, viewer: Viewer) -> bytes:
        if not isinstance(message, Batch):
            return encode(message)
        for known, line in self._encoded:
            if known is message:
                return line
        line = encode(message)
        self._encoded = [*self._encoded[1 - _ENCODED_MAX :], (message, line)]
        viewer.bytes_written += len(line)
        return line

    def _end(self) -> None:
        # The name goes first: nobody finds a server that does not answer.
        with contextlib.suppress(OSError):
            if _identity(self.path) == self._identity:
                os.unlink(self.path)
        self._serve_ready()
        for connection in list(self._connections):
            self._drop(connection)
        self._listener.close()
        self._selector.close()
        with self._waking:
            self._is_over = True
            os.close(self._wake_in)
            os.close(self._wake_out)


def _identity(path: str) -> tuple[int, int]:
    status = os.lstat(path)
    return status.st_dev, status.st_ino


# What processes have left behind that were killed.
def _remove_stale(folder: str) -> None:
    for path in sockets.sockets_in(folder):
        if not sockets.is_served(path):
            with contextlib.suppress(OSError):
                os.unlink(path)


# A socket appears under its name when it is private and answers, not before: one that does not
# answer is taken for stale.
def _publish(listener: socket.socket, folder: str) -> str:
    pid, turn = os.getpid(), 0
    hidden = f"{folder}/{pid}.{threading.get_native_id()}.new"
    with contextlib.suppress(FileNotFoundError):
        os.unlink(hidden)
    listener.setblocking(False)
    listener.bind(hidden)
    os.chmod(hidden, 0o600)
    listener.listen(VIEWERS_MAX)
    while True:
        path = f"{folder}/{sockets.name_for(pid, turn)}"
        try:
            os.link(hidden, path)
        except FileExistsError:
            turn += 1
        else:
            os.unlink(hidden)
            return path
