"""The panel on a machine in another process, through the real socket."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
from contextlib import AsyncExitStack

import pytest

from tests.machine.watching import WAIT_S
from tests.panel.conftest import TURNS_MAX, explained
from tests.stories.readme import ROOT
from vshell.machine import client, sockets
from vshell.machine.pacing import real_s
from vshell.panel.app import Panel

pytestmark = pytest.mark.slow  # they start interpreters

SERVED = """
import sys
from tests.machine.watching import LOAD, Front
from vshell.machine.host import Host
from vshell.machine.thread import Machine
machine = Machine(Host, rate=float(sys.argv[1]), server=True)
machine.start()
front = Front(machine)
front.run(LOAD)
print("ready", flush=True)
for line in sys.stdin:
    front.run(line.rstrip())
    print("done", flush=True)
machine.stop()
"""


class Served:
    """A machine in another process."""

    def __init__(self, rate):
        self.process = subprocess.Popen(
            [sys.executable, "-c", SERVED, str(rate)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env=os.environ | {"PYTHONPATH": str(ROOT)},
        )
        assert "ready\n" == self.process.stdout.readline()

    def run(self, line):
        """Run a line there."""
        self.process.stdin.write(line + "\n")
        self.process.stdin.flush()
        assert "done\n" == self.process.stdout.readline()

    def kill(self):
        """Kill it at once."""
        self.process.kill()
        self.process.wait()


@pytest.fixture
def serve(tmp_path, monkeypatch):
    """Start machines whose sockets lie in a folder of the test's own."""
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    started = []

    def start(rate=0.0):
        started.append(Served(rate))
        return started[-1]

    yield start
    for one in started:
        with one.process:
            one.process.kill()


def connect_to(served):
    """Give how to attach to a machine."""
    return lambda notify: client.connect(notify, served.process.pid)


async def until(holds):
    """Wait until something holds."""
    for _ in range(TURNS_MAX):
        if holds():
            return
        await asyncio.sleep(0.005)
    raise AssertionError("it does not come to hold")


def test_attached(serve):
    """What happens there is seen here, and what is typed here happens there."""
    served = serve()

    async def main():
        panel = Panel(connect_to(served))
        async with panel.run_test(size=(120, 40)) as pilot:
            await until(lambda: explained(panel.world))
            await asyncio.to_thread(served.run, "sleep 5")
            await until(lambda: panel.world.timeline.threads[4097].state == "P")
            await pilot.press("colon")
            panel.command_line.fill("sudo rmmod kthread")
            await pilot.press("enter")
            await until(lambda: panel.world.timeline.threads[4097].ended_ns is not None)

    asyncio.run(main())
    served.run("lsmod | grep -c kthread >/tmp/count")


def test_the_shell_is_killed(serve):
    """When the machine is killed, the panel keeps what it knows, and attaches to the next one."""
    first = serve()

    async def main():
        panel = Panel(client.connect, reconnects=True)
        async with panel.run_test(size=(80, 24)) as pilot:
            await until(lambda: explained(panel.world))
            pid = panel.world.hello.pid
            first.kill()
            await until(lambda: panel.world.lost)
            await pilot.pause()
            assert 4097 in panel.world.timeline.threads
            assert panel.is_running
            second = await asyncio.to_thread(serve)
            await until(lambda: panel.world.hello.pid != pid and explained(panel.world))
            assert second.process.pid == panel.world.hello.pid
            assert "" == panel.world.lost

    asyncio.run(main())


def test_the_panel_is_killed(serve, tmp_path):
    """When a panel is killed, the machine goes on, and the next panel attaches."""
    served = serve()
    panel = subprocess.Popen(
        [
            sys.executable,
            "-c",
            "from vshell.machine.client import connect\nconnect(print)\ninput()",
        ],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
    )
    with panel:
        panel.stdout.readline()
        panel.send_signal(signal.SIGKILL)
    served.run("sleep 5")

    async def main():
        again = Panel(connect_to(served))
        async with again.run_test(size=(80, 24)):
            await until(lambda: explained(again.world))
            assert "P" == again.world.timeline.threads[4097].state

    asyncio.run(main())


def test_ten_panels(serve):
    """Ten panels at once are told the same."""
    served = serve()

    async def main():
        panels = [Panel(connect_to(served)) for _ in range(10)]
        async with AsyncExitStack() as stack:
            for panel in panels:
                await stack.enter_async_context(panel.run_test(size=(80, 24)))
            for panel in panels:
                await until(lambda panel=panel: explained(panel.world))
            await asyncio.to_thread(served.run, "sleep 5")
            for panel in panels:
                await until(lambda panel=panel: panel.world.timeline.threads[4097].state == "P")
            logs = [panel.world.timeline.log for panel in panels]
            assert [logs[0]] * 10 == logs

    asyncio.run(main())


def test_a_panel_that_stops_reading(serve):
    """A panel that does not read holds nobody up; when it reads again it is up to date."""
    served = serve()

    async def main():
        panel = Panel(connect_to(served))
        async with panel.run_test(size=(80, 24)):
            await until(lambda: explained(panel.world))
            # Nothing in this thread reads meanwhile.
            began_s = real_s()
            for _ in range(4):
                served.run("for i in $(seq 40); do sleep 0.5; done")
            assert real_s() - began_s < WAIT_S
            now_ns = panel.world.now_ns
            await until(lambda: panel.world.now_ns >= now_ns + 80_000_000_000)

    asyncio.run(main())


def test_another_user_is_refused(serve, tmp_path):
    """The socket is private, and nobody else is let in."""
    served = serve()
    path = dict(client.running())[served.process.pid]
    assert 0o600 == os.stat(path).st_mode & 0o777
    assert 0o700 == os.stat(os.path.dirname(path)).st_mode & 0o777
    os.chmod(os.path.dirname(path), 0o755)
    with pytest.raises(client.ConnectError):
        client.connect(lambda: None)
    with pytest.raises(sockets.PlaceError):
        sockets.make_folder()
