"""A panel on a machine whose time stands while its prompt waits: the same picture every time."""

from __future__ import annotations

import asyncio

import pytest

from tests.machine.watching import LOAD, Front
from vshell.machine.host import Host
from vshell.machine.thread import Machine
from vshell.machine.viewer import Viewer
from vshell.panel.app import Panel
from vshell.panel.save import picture_text

TURNS_MAX = 2000


class Watched:
    """A panel in a terminal of some size, and the machine that it watches."""

    def __init__(self, machine, front, panel, pilot):
        self.machine = machine
        self.front = front
        self.panel = panel
        self.pilot = pilot

    @property
    def world(self):
        """What the panel knows."""
        return self.panel.world

    def text(self):
        """Give what is to be seen."""
        return picture_text(self.panel)

    def lines(self, part):
        """Give the lines of a part of the panel."""
        region = part.region
        lines = self.text().split("\n")[region.y : region.y + region.height]
        return [line[region.x : region.x + region.width].rstrip() for line in lines]

    async def until(self, holds):
        """Let the panel run until something holds."""
        for _ in range(TURNS_MAX):
            if holds():
                break
            await asyncio.sleep(0.005)
        else:
            raise AssertionError("it does not come to hold:\n" + self.text())
        await self.settle()

    async def settle(self):
        """Let everything be drawn that is known."""
        await self.pilot.pause()
        self.panel.draw()
        await self.pilot.pause()

    async def press(self, *keys):
        """Press keys, and let their effect be drawn."""
        await self.pilot.press(*keys)
        await self.settle()

    async def run(self, line):
        """Run a line at the machine's first terminal; wait until the panel knows what it did."""
        await asyncio.to_thread(self.front.run, line)
        now_ns = self.machine.query(lambda host, _pid: host.kernel.now_ns)
        await self.until(lambda: self.world.now_ns >= now_ns)

    async def type(self, line):
        """Type a line at the panel's own command line; wait for the next prompt."""
        before = self.world.output.count("$ ")
        await self.pilot.press("colon")
        await self.until(lambda: self.world.prompt is not None)
        self.panel.command_line.fill(line)
        await self.pilot.press("enter")
        await self.until(
            lambda: self.world.prompt is not None and self.world.output.count("$ ") > before
        )


def explained(world):
    """Tell whether the panel knows why the chosen thread waits."""
    return world.explanation is not None and world.explanation.pid == world.chosen


@pytest.fixture
def watch_panel():
    """Run a test's coroutine with a panel that watches the tutorial's threads."""

    def run(test, size=(80, 24), before=(LOAD, "sleep 8.4"), **options):
        machine = Machine(Host, rate=0.0)
        machine.start()
        front = Front(machine)
        for line in before:
            front.run(line)

        async def main():
            panel = Panel(lambda notify: Viewer(machine, notify), **options)
            async with panel.run_test(size=size) as pilot:
                watched = Watched(machine, front, panel, pilot)
                await watched.until(lambda: explained(watched.world))
                await test(watched)

        try:
            asyncio.run(main())
        finally:
            machine.stop()

    return run
