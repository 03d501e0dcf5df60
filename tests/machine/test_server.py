"""Viewers in other processes, through the real socket."""

from __future__ import annotations

import contextlib
import os
import select
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
from pathlib import Path

import pytest

from tests.machine.watching import LOAD, WAIT_S, Front, Watcher
from vshell.abi import wire
from vshell.abi.wire import Batch, Hello
from vshell.machine import server as server_module
from vshell.machine import sockets
from vshell.machine.client import ConnectError, connect, running
from vshell.machine.host import Host
from vshell.machine.pacing import real_s
from vshell.machine.server import VIEWERS_MAX, ServerError
from vshell.machine.thread import Machine

ROOT = Path(__file__).resolve().parents[2]
NOBODY = 65534
FOLDERS = sockets.folders
SHELL = """
import sys
from tests.machine.watching import Front
from vshell.machine.host import Host
from vshell.machine.thread import Machine
machine = Machine(Host, rate=1.0, server=True)
machine.start()
front = Front(machine)
print("ready", flush=True)
sys.stdin.read()
machine.stop()
"""
VIEWER = """
import threading
from vshell.machine.client import connect
news = threading.Event()
link = connect(news.set)
link.type_line("sleep 1000")
while True:
    news.wait()
    news.clear()
    for message in link.read():
        print(type(message).__name__, flush=True)
"""


@pytest.fixture
def runtime(monkeypatch):
    """A directory of our own for sockets; its path must be short."""
    folder = tempfile.mkdtemp(prefix="vs", dir="/tmp")
    monkeypatch.setenv("XDG_RUNTIME_DIR", folder)
    # Whoever else runs a vshell here is not to be found.
    monkeypatch.setattr(sockets, "folders", lambda: [f"{folder}/vshell"])
    yield Path(folder)
    shutil.rmtree(folder)


@pytest.fixture
def make_machine(runtime):
    """Start machines with servers."""
    made = []

    def make(rate=0.0):
        made.append(Machine(Host, rate=rate, server=True))
        made[-1].start()
        return made[-1]

    yield make
    for one in made:
        one.stop()


@pytest.fixture
def machine(make_machine):
    """A machine on the free clock, with a server."""
    return make_machine()


@pytest.fixture
def watch(runtime):
    """Attach viewers through the socket."""
    made = []

    def attach(pid=0):
        made.append(Watcher(lambda notify: connect(notify, pid)))
        return made[-1]

    yield attach
    for one in made:
        one.link.close()


@pytest.fixture
def dial(machine):
    """Open bare connections to the machine's server."""
    made = []

    def open_one(*data):
        made.append(socket.socket(socket.AF_UNIX))
        made[-1].settimeout(WAIT_S)
        made[-1].connect(running()[0][1])
        for one in data:
            made[-1].sendall(one)
        return made[-1]

    yield open_one
    for one in made:
        one.close()


@pytest.fixture
def spawn(runtime):
    """Start processes that run a program text."""
    made = []

    def start(text):
        made.append(
            subprocess.Popen(
                [sys.executable, "-c", text],
                cwd=ROOT,
                env=os.environ | {"PYTHONPATH": str(ROOT)},
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                text=True,
            )
        )
        return made[-1]

    yield start
    for one in made:
        # Leaving closes its pipes and waits for it.
        with one:
            one.kill()


def read_all(sock):
    """Read until the other side closes; give what came."""
    data = b""
    try:
        while piece := sock.recv(65536):
            data += piece
    except ConnectionResetError:
        pass
    return data


# -- Watching -------------------------------------------------------------------------------------


def test_no_event_is_lost_on_the_way(machine, watch):
    """All batches together are the kernel's own events, in their order."""
    front = Front(machine)
    watcher = watch()
    watcher.begin()
    front.run(LOAD)
    front.run("sleep 20; sudo rmmod kthread")
    expected = machine.query(lambda host, pid: host.kernel.trace.events())
    while len(watcher.events()) < len(expected):
        watcher.until(lambda one: isinstance(one, Batch))

    assert isinstance(watcher.messages[0], Hello)
    assert os.getpid() == watcher.messages[0].pid
    assert expected == watcher.events()


def test_requests_through_the_socket(machine, watch):
    """A viewer elsewhere types, holds the clock and has tasks explained, as one in the process."""
    front = Front(machine)
    front.run(LOAD)
    watcher = watch()
    watcher.link.resize(70, 20)
    watcher.link.type_line("tput cols; cat")
    watcher.question()
    watcher.link.press("\x03")
    watcher.question()
    refused = watcher.answer(watcher.link.clock("nothing")).error
    watcher.answer(watcher.link.clock("pause"))
    pid = int(front.run("pgrep -f 'thread2 example'"))
    found = watcher.answer(watcher.link.explain(pid)).explanation

    assert b"70\n^C\n" == watcher.output()
    assert "no such command: 'nothing'" == refused
    assert found.why.startswith(f"{pid} (kthread_park thread2 example)")
    assert "def thread2_function" in found.source.text
    assert {"clock", "line", "keys"} <= {kind for _, kind, _, _ in machine.log}


def test_ten_viewers(machine, watch):
    """Ten viewers hear the same."""
    front = Front(machine)
    watchers = [watch() for _ in range(10)]
    for one in watchers:
        one.begin()
    front.run(LOAD)
    front.run("sleep 10")
    expected = machine.query(lambda host, pid: host.kernel.trace.events())
    for one in watchers:
        while len(one.events()) < len(expected):
            one.until(lambda message: isinstance(message, Batch))

    assert all(expected == one.events() for one in watchers)


def test_there_are_so_many_viewers_at_most(machine, watch):
    """One more is told so; when another leaves there is room again."""
    watchers = [watch() for _ in range(VIEWERS_MAX)]
    for one in watchers:
        one.begin()
    with pytest.raises(ConnectError, match="there are 16 viewers already"):
        watch()
    watchers[3].link.close()
    found = None
    end_s = real_s() + WAIT_S
    while found is None and real_s() < end_s:
        try:
            found = watch()
        except ConnectError:
            found = None

    assert found is not None
    found.begin()
    watchers[0].answer(watchers[0].link.clock("speed 2"))


def test_a_viewer_comes_back(machine, watch):
    """Who leaves and attaches again hears everything anew."""
    front = Front(machine)
    first = watch()
    first.begin()
    first.link.close()
    front.run("sleep 5")
    second = watch()
    batch = second.begin()
    expected = machine.query(lambda host, pid: host.kernel.trace.events())

    assert (tuple(expected), 0) == (batch.emitted, batch.missed)


@pytest.mark.slow  # it takes so many events to fill the socket's buffers
def test_a_viewer_that_does_not_read_makes_nobody_wait(machine, watch, dial):
    """Others hear everything meanwhile, the kernel goes on, and no more is kept than a few batches.

    When the lazy one reads at last, it gets whole lines, and a view after what it has missed.
    """
    front = Front(machine)
    lazy = dial(wire.greeting())
    watcher = watch()
    watcher.begin()
    front.terminal.answer("while sleep 0.001; do :; done")
    began_s = real_s()
    while (connection := slow_one(machine)) is None or not connection.viewer.is_behind:
        watcher.until(lambda one: isinstance(one, Batch))
        assert real_s() - began_s < 4 * WAIT_S
    told_ns = watcher.batches()[-1].now_ns
    kept = connection.viewer._messages.qsize()
    watcher.until(lambda one: isinstance(one, Batch) and one.now_ns > told_ns)
    front.terminal.press(b"\x03")
    front.wait()
    now_ns = machine.query(lambda host, pid: host.kernel.now_ns)
    received = b""
    while not received.endswith(b"\n") or now_ns > last_batch(received).now_ns:
        received += lazy.recv(1_000_000)
    batches = batches_of(received)

    assert kept <= 10
    assert watcher.batches()[0].view is not None
    assert 2 <= sum(one.view is not None for one in batches)
    assert machine.query(lambda host, pid: host.kernel.trace.count) == sum(
        len(one.emitted) + one.missed for one in batches
    )


def slow_one(machine):
    """Give the server's side of a connection for which something waits; None without one."""
    found = [one for one in machine._server._connections if one.waiting]
    return found[0] if found else None


def batches_of(received):
    messages = [wire.decode(line) for line in received.splitlines()[1:]]
    return [one for one in messages if isinstance(one, Batch)]


def last_batch(received):
    """Give the last batch of what has been received in whole lines."""
    for line in reversed(received.splitlines()):
        if line.startswith(b'{"is":"Batch"'):
            return wire.decode(line)
    raise AssertionError(received)


def test_who_asks_too_fast_waits_for_itself(machine, watch, dial):
    """A thousand requests at once are all answered, and others are served meanwhile."""
    Front(machine)
    busy = dial(wire.greeting())
    busy.setblocking(False)
    lines = b"".join(wire.encode_request(wire.Request(n, "explain", 1)) for n in range(1000))
    received = b""
    watcher = watch()
    end_s = real_s() + WAIT_S
    other = watcher.link.explain(2)
    while received.count(b'"is":"Answer"') < 1000 and real_s() < end_s:
        readable, writable, _ = select.select([busy], [busy] if lines else [], [], 0.1)
        lines = lines[busy.send(lines) :] if writable else lines
        received += busy.recv(1_000_000) if readable else b""

    assert 1000 == received.count(b'"is":"Answer"')
    assert watcher.answer(other).explanation is not None


# -- Deaths ---------------------------------------------------------------------------------------


@pytest.mark.slow  # starts a process
def test_the_shell_is_killed(spawn, watch, runtime, make_machine):
    """Its viewers hear that it is lost; its socket is stale, and removed by the next vshell."""
    shell = spawn(SHELL)
    assert "ready\n" == shell.stdout.readline()
    watcher = watch(shell.pid)
    watcher.begin()
    stale = runtime / "vshell" / f"{shell.pid}.sock"
    assert stale.is_socket()
    shell.send_signal(signal.SIGKILL)
    # Of its sockets one is closed before the other.
    shell.wait(timeout=WAIT_S)

    assert "the connection has been lost" == watcher.lost().text
    assert [] == running()
    with pytest.raises(ConnectError, match="no vshell is running that could be watched"):
        watch()
    assert stale.is_socket()
    Front(make_machine())
    assert not stale.exists()
    watch().begin()


@pytest.mark.slow  # starts a process
def test_the_shell_ends(spawn, watch, runtime):
    """At the end of the shell its viewers are told, and its socket is gone."""
    shell = spawn(SHELL)
    shell.stdout.readline()
    watcher = watch(shell.pid)
    watcher.begin()
    shell.stdin.close()

    assert "vshell has ended" == watcher.lost().text
    assert 0 == shell.wait(timeout=WAIT_S)
    assert [] == os.listdir(runtime / "vshell")


@pytest.mark.slow  # starts a process
def test_a_viewer_is_killed(machine, spawn, watch):
    """Its terminal hangs up; the shell and the other viewers go on."""
    front = Front(machine)
    other = watch()
    other.begin()
    viewer = spawn(VIEWER)
    while "Question\n" != viewer.stdout.readline():
        pass
    viewer.send_signal(signal.SIGKILL)
    front.run("sleep 0.1")
    end_s = real_s() + WAIT_S
    while "hangup" not in [kind for _, kind, _, _ in machine.log]:
        assert real_s() < end_s
    front.run("sleep 1")

    assert "0\n" == front.run("ps -e | grep -c pts/1")
    assert other.answer(other.link.explain(1)).explanation is not None


@pytest.mark.slow  # starts a process
def test_several_shells(spawn, machine, watch):
    """Two vshells have a socket each; the newest is taken, or the one that is asked for."""
    Front(machine)
    shell = spawn(SHELL)
    shell.stdout.readline()

    assert [shell.pid, os.getpid()] == [pid for pid, _ in running()]
    pids = []
    for which in (0, os.getpid(), shell.pid):
        watcher = watch(which)
        watcher.begin()
        pids.append(watcher.messages[0].pid)
    assert [shell.pid, os.getpid(), shell.pid] == pids
    with pytest.raises(ConnectError, match="no vshell with process 1 is running"):
        watch(1)


def test_two_machines_of_a_process(make_machine, runtime):
    """A second machine of the same process has a socket of its own."""
    first, second = make_machine(), make_machine()
    names = sorted(os.listdir(runtime / "vshell"))
    first.stop()

    assert [f"{os.getpid()}-1.sock", f"{os.getpid()}.sock"] == names
    assert [f"{os.getpid()}-1.sock"] == os.listdir(runtime / "vshell")
    second.stop()
    assert [] == os.listdir(runtime / "vshell")


def test_a_shell_that_serves_later(runtime, watch):
    """A machine that has begun without a server can be watched once it serves."""
    machine = Machine(Host, rate=0.0)
    machine.start()
    Front(machine)
    assert [] == running()
    machine.serve()
    machine.serve()
    watch().begin()
    assert 1 == len(running())
    machine.stop()

    assert [] == running()


# -- Strangers and nonsense -----------------------------------------------------------------------


def test_modes(machine, runtime):
    """The socket is the user's alone, and so is its directory."""
    folder = runtime / "vshell"

    assert 0o700 == folder.stat().st_mode & 0o777
    assert [0o600] == [path.stat().st_mode & 0o777 for path in folder.iterdir()]


def dial_as_nobody(path):
    """Connect as another user; give what has been received, or the error."""
    text = (
        "import socket, sys\n"
        "s = socket.socket(socket.AF_UNIX)\n"
        "try:\n"
        "    s.connect(sys.argv[1])\n"
        "    print(s.recv(1000))\n"
        "except OSError as error: print(type(error).__name__)\n"
    )
    return subprocess.run(
        ["/usr/bin/env", "python3", "-c", text, str(path)],
        user=NOBODY,
        group=NOBODY,
        extra_groups=[],
        capture_output=True,
        text=True,
        check=False,
        cwd="/",
    ).stdout.strip()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can be somebody else")
@pytest.mark.slow  # starts a process
def test_another_user_is_refused(machine, runtime, watch):
    """Another user cannot reach the socket, and is not served even if the modes let him."""
    runtime.chmod(0o755)
    path = next((runtime / "vshell").iterdir())
    by_mode = dial_as_nobody(path)
    (runtime / "vshell").chmod(0o755)
    path.chmod(0o666)
    by_credentials = dial_as_nobody(path)
    (runtime / "vshell").chmod(0o700)
    path.chmod(0o600)

    assert ("PermissionError", "b''") == (by_mode, by_credentials)
    watch().begin()


class Strange:
    """Credentials of a peer that is another user, whoever it is."""

    size = 12

    @staticmethod
    def unpack(data):
        """Give pid, uid and gid."""
        return 1, os.geteuid() + 1, 0


def test_whose_credentials_are_of_another_user_is_not_answered(machine, dial, monkeypatch):
    """The server closes a connection of somebody else before it says a word."""
    monkeypatch.setattr(sockets, "_CREDENTIALS", Strange)

    assert b"" == dial().recv(1000)


def test_a_server_of_another_user_is_not_greeted(machine, monkeypatch):
    """A viewer says nothing to somebody else's server, whatever its socket is called."""
    is_own = sockets.is_own_peer
    mine = threading.get_ident()
    monkeypatch.setattr(
        sockets, "is_own_peer", lambda sock: threading.get_ident() != mine and is_own(sock)
    )

    with pytest.raises(ConnectError, match="served by another user"):
        connect(lambda: None)


@pytest.mark.parametrize("mode", [0o701, 0o750, 0o777], ids=oct)
def test_a_directory_open_to_others_is_refused(runtime, mode):
    """Neither side uses a directory that others may enter."""
    folder = runtime / "vshell"
    folder.mkdir()
    folder.chmod(mode)
    machine = Machine(Host, rate=0.0, server=True)

    with pytest.raises(ServerError, match=rf"open to others \(mode {mode:04o}\)"):
        machine.start()
    with pytest.raises(ConnectError, match="open to others"):
        running()
    assert [] == os.listdir(folder)


def test_a_link_in_place_of_the_directory_is_refused(runtime, tmp_path):
    """A symbolic link is not followed: it leads where somebody else wants."""
    (runtime / "vshell").symlink_to(tmp_path)

    with pytest.raises(ServerError, match="not a directory"):
        Machine(Host, server=True).start()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give files away")
def test_a_directory_of_another_user_is_refused(runtime):
    """What belongs to somebody else is not used, even by root."""
    (runtime / "vshell").mkdir(mode=0o700)
    os.chown(runtime / "vshell", NOBODY, NOBODY)

    with pytest.raises(ServerError, match="belongs to another user"):
        Machine(Host, server=True).start()
    with pytest.raises(ConnectError, match="belongs to another user"):
        running()


def test_without_a_runtime_directory(monkeypatch, runtime):
    """Without a usable $XDG_RUNTIME_DIR the directory is in /tmp, and named after the user."""
    monkeypatch.delenv("XDG_RUNTIME_DIR")
    assert f"/tmp/vshell-{os.geteuid()}" == FOLDERS()[0]
    for bad in ("relative", "/nowhere", "/" + 30 * "long/"):
        monkeypatch.setenv("XDG_RUNTIME_DIR", bad)
        assert f"/tmp/vshell-{os.geteuid()}" == FOLDERS()[0]
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(runtime))

    assert f"{runtime}/vshell" == FOLDERS()[0]
    assert f"/tmp/vshell-{os.geteuid()}" == FOLDERS()[-1]


GARBAGE = {
    "no greeting": b"GET / HTTP/1.0\r\n\r\n",
    "another version": b'{"vshell": 99}\n',
    "no request": wire.greeting() + b"pause\n",
    "bytes": wire.greeting() + bytes(range(256)) + b"\n",
    "an unknown request": wire.greeting() + b'[1, "stop", ""]\n',
    "nested": wire.greeting() + 60_000 * b"[" + b"\n",
    "a long line": wire.greeting() + 100_000 * b"x",
    "a long greeting": 100_000 * b"x",
}


@pytest.mark.parametrize("name", GARBAGE)
def test_nonsense_closes_its_viewer_only(machine, watch, dial, name):
    """A client that sends nonsense is told so and closed; the others do not notice."""
    Front(machine)
    other = watch()
    other.begin()
    rude = dial()
    with contextlib.suppress(BrokenPipeError):
        rude.sendall(GARBAGE[name])
    received = read_all(rude)

    assert received.startswith(wire.greeting())
    assert "error" in received.splitlines()[-1].decode()
    assert other.answer(other.link.explain(1)).explanation is not None
    assert ["open"] == [kind for _, kind, _, _ in machine.log]


def test_half_a_line_is_waited_for(machine, dial):
    """A request may come in pieces."""
    Front(machine)
    slow = dial(wire.greeting()[:5], wire.greeting()[5:])
    for byte in b'[7, "clock", "speed 3"]\n':
        slow.sendall(bytes([byte]))
    received = b""
    while b'"number":7' not in received:
        received += slow.recv(65536)
    # What is asked now comes behind it.
    machine.query(lambda host, pid: pid)

    assert "speed 3" == machine.log[-1][3]


def test_who_says_nothing_is_closed(monkeypatch, machine, watch, dial):
    """A connection that does not greet in time is closed; one that has may be as silent."""
    monkeypatch.setattr(server_module, "_GREETING_WAIT_S", 0.05)
    Front(machine)
    silent = watch()
    silent.begin()
    mute = dial()

    assert wire.greeting() == read_all(mute)
    assert silent.answer(silent.link.explain(1)).explanation is not None


def test_a_server_of_another_version(runtime):
    """A viewer that meets another version says so, and does not go on."""
    folder = sockets.make_folder()
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(f"{folder}/1.sock")
        listener.listen()
        with pytest.raises(ConnectError, match="speaks version 99, this one 2"):
            _meet(listener)


# Attach while somebody answers at a listener with another version.
def _meet(listener):
    is_done = threading.Event()

    def answer():
        with contextlib.ExitStack() as accepted:
            while not is_done.is_set():
                try:
                    other = accepted.enter_context(listener.accept()[0])
                except TimeoutError:
                    continue
                with contextlib.suppress(OSError):
                    other.sendall(b'{"vshell": 99}\n')

    listener.settimeout(0.05)
    thread = threading.Thread(target=answer)
    thread.start()
    try:
        connect(lambda: None)
    finally:
        is_done.set()
        thread.join()
