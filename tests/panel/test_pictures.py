"""What the panel looks like: at three sizes, light, without colours, narrow, and with odd names."""

from __future__ import annotations

import os
import re
import subprocess
import sys

import pytest

from tests.machine.watching import LOAD
from tests.stories.readme import ROOT
from tests.stories.screenshots import panel_svg

SIZES = [(80, 24), (120, 40), (200, 50)]
TINY = [(20, 6), (40, 10), (1, 1), (79, 23), (109, 29), (110, 30)]


@pytest.mark.parametrize("size", SIZES)
def test_the_picture(watch_panel, size):
    """The picture is, byte by byte, the one in screenshots/."""
    name = f"panel-{size[0]}x{size[1]}.svg"
    found = []

    async def test(watched):
        found.append(panel_svg(watched.panel))

    watch_panel(test, size=size)
    assert (ROOT / "screenshots" / name).read_text() == found[0]


@pytest.mark.parametrize("size", SIZES)
def test_what_a_newcomer_looks_for(watch_panel, size):
    """Which thread is parked, who asked for it, and what lets it go on can be read at any size."""

    async def test(watched):
        text = " ".join(watched.text().split())
        assert re.search(r"4097 kthread_park thread1.* P parked", text)
        assert re.search(r"4098 kthread_park thread2.* D sleeping +\d msleep", text)
        assert "4098 (kthread_park thread2 example) called kthread_park()" in text
        assert "It goes on when somebody calls kthread_unpark() or kthread_stop() on it." in text
        assert "thread2_function() (kthread.py:36) and kthread_exit() (kthread.py:63)." in text
        assert "[x] SHOULD_PARK" in text
        assert "Thread 2 execution" in text

    watch_panel(test, size=size)


@pytest.mark.parametrize("size", TINY)
def test_any_size(watch_panel, size):
    """However small the terminal is, the panel draws, and no line is longer than it is wide."""

    async def test(watched):
        await watched.press("down", "enter", "escape", "left", "end")
        for line in watched.text().splitlines():
            assert len(line) <= size[0]

    watch_panel(test, size=size)


def test_another_size_while_it_runs(watch_panel):
    """A window that changes its size gets what belongs to the new one."""

    async def test(watched):
        assert not watched.panel.source.display
        await watched.pilot.resize_terminal(120, 40)
        await watched.settle()
        assert "\u25b6 21              kthread_parkme()" in watched.text()
        await watched.pilot.resize_terminal(80, 24)
        await watched.settle()
        assert not watched.panel.source.display

    watch_panel(test)


def test_without_colours(watch_panel, monkeypatch):
    """With NO_COLOR nothing is coloured, and letters and fillings still tell the states."""
    monkeypatch.setenv("NO_COLOR", "1")

    async def test(watched):
        svg = panel_svg(watched.panel)
        for colour in re.findall(r"fill(?:=\"|: )(#[0-9a-f]{6})", svg):
            red, green, blue = (int(colour[at : at + 2], 16) for at in (1, 3, 5))
            is_grey = max(red, green, blue) - min(red, green, blue) < 8
            assert is_grey or colour in ("#ff5f57", "#febc2e", "#28c840"), colour
        lanes = watched.lines(watched.panel.lanes)
        assert re.search(r"1 thread1 +P\u2550+", lanes[2])
        assert re.search(r"2 thread2 +[DR\u2500\u25b8]+", lanes[3])

    watch_panel(test)


def test_only_what_has_changed_is_drawn(watch_panel):
    """While time stands nothing is drawn again; choosing a thread draws few lines."""

    async def test(watched):
        def drawn():
            return sum(
                part.lines_drawn
                for part in (watched.panel.tasks, watched.panel.lanes, watched.panel.log_view)
            )

        before = drawn()
        await watched.settle()
        await watched.settle()
        assert before == drawn()
        await watched.press("down")
        assert drawn() - before <= 4

    watch_panel(test)


def test_a_name_cannot_drive_the_terminal(watch_panel, tmp_path):
    """Escape sequences in a thread's name and in the log are shown as harmless letters."""
    line = r"""sed -i 's/"kthread_park thread1 example"/"\\x1b]0;evil\\x07\\x1b[2J"/;"""
    line += r"""s/Thread 2 exec/\\x1b[31mThread/' ~/kthread_examples/kthread.py"""

    async def test(watched):
        text = watched.text() + panel_svg(watched.panel)
        assert "\x1b" not in text
        assert "\x07" not in text
        assert "evil" in text

    watch_panel(test, before=(line, LOAD, "sleep 3"))


@pytest.mark.slow  # it starts an interpreter
def test_no_textual_without_a_panel():
    """Neither a command nor what attaches to a machine loads textual or rich."""
    code = "import vshell.machine.client, vshell.panel.model, sys; vshell.panel.model.Timeline()"
    code += "; print([one for one in sys.modules if one.partition('.')[0] in ('textual', 'rich')])"
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        check=True,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
    )
    assert "[]\n" == done.stdout
