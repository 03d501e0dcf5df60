"""Every key of the panel, pressed while it watches the tutorial's threads."""

from __future__ import annotations

import json

import pytest

from tests.machine.watching import LOAD
from vshell.panel.app import KEYS
from vshell.panel.screens import HelpScreen, ThreadScreen
from vshell.panel.world import ORDERS

THREAD1, THREAD2 = 4097, 4098
S = 1_000_000_000


def test_space_holds_the_world(watch_panel):
    """Space lets virtual time stand, and go on; the first line says so."""

    async def test(watched):
        await watched.press("space")
        await watched.until(lambda: watched.world.clock.is_paused)
        assert "\u2016 paused" in watched.lines(watched.panel.header)[0]
        await watched.press("space")
        await watched.until(lambda: not watched.world.clock.is_paused)
        assert "paused" not in watched.lines(watched.panel.header)[0]

    watch_panel(test)


def test_a_point_steps(watch_panel):
    """A point lets one event happen and no more."""

    async def test(watched):
        await watched.press("space")
        await watched.until(lambda: watched.world.clock.is_paused)
        before_ns = watched.world.now_ns
        count = len(watched.world.timeline.wakeups)
        await watched.press("full_stop")
        await watched.until(lambda: watched.world.now_ns > before_ns)
        assert count + 1 == len(watched.world.timeline.wakeups)
        assert "r runnable" in watched.text()

    watch_panel(test)


def test_a_comma_goes_back(watch_panel):
    """A comma looks at the event before and a point at the one after, in the picture only."""

    async def test(watched):
        world = watched.world
        now_ns = world.now_ns
        spans = world.timeline.threads[THREAD2].spans
        await watched.press("slash", *"thread2", "enter", "comma", "comma", "comma")
        assert spans[-3].start_ns == world.at_ns
        assert "r runnable" in " ".join(watched.lines(watched.panel.tasks))
        assert "the past" in watched.lines(watched.panel.header)[0]
        await watched.press("full_stop")
        assert spans[-2].start_ns == world.at_ns
        await watched.press("full_stop", "full_stop")
        assert (None, now_ns) == (world.at_ns, world.now_ns)

    watch_panel(test)


@pytest.mark.parametrize(("key", "rate"), [("plus", 2.0), ("equals_sign", 2.0), ("minus", 0.5)])
def test_plus_and_minus_change_the_speed(watch_panel, key, rate):
    """Plus doubles how fast virtual time passes, minus halves it."""

    async def test(watched):
        await watched.press(key)
        await watched.until(lambda: watched.world.clock.rate == rate)
        assert f"x{rate:g}" in watched.lines(watched.panel.header)[0]

    watch_panel(test)


@pytest.mark.parametrize(("down", "up"), [("down", "up"), ("j", "k")])
def test_up_and_down_choose(watch_panel, down, up):
    """The arrows choose a thread: its row has the mark, its sentences are shown."""

    async def test(watched):
        assert watched.lines(watched.panel.tasks)[2].startswith(f"\u25b6  {THREAD1}")
        await watched.press(down)
        await watched.until(lambda: watched.world.explanation.pid == THREAD2)
        assert watched.lines(watched.panel.tasks)[3].startswith(f"\u25b6  {THREAD2}")
        assert "Sleeps in msleep() at kthread.py:34" in watched.lines(watched.panel.detail)[1]
        await watched.press(up)
        assert THREAD1 == watched.world.chosen

    watch_panel(test)


def test_pages(watch_panel):
    """Page down chooses the tenth thread further down, and the table follows."""

    async def test(watched):
        await watched.press("pagedown")
        chosen = watched.world.shown[10]
        assert chosen == watched.world.chosen
        assert any(
            line.startswith("\u25b6") and f" {chosen} " in line
            for line in watched.lines(watched.panel.tasks)
        )
        await watched.press("pageup")
        assert THREAD1 == watched.world.chosen

    watch_panel(test)


def test_enter_opens(watch_panel):
    """Enter shows all about a thread: why, flags, backtrace, source, wake-ups, states."""

    async def test(watched):
        await watched.press("enter")
        assert isinstance(watched.panel.screen, ThreadScreen)
        text = watched.text()
        for part in (
            "[x] SHOULD_PARK",
            "[ ] SHOULD_STOP",
            "Is parked at kthread.py:21",
            "backtrace",
        ):
            assert part in text
        await watched.press("pagedown", "down", "down")
        assert "\u25b6 21              kthread_parkme()" in watched.text()
        await watched.press("escape")
        assert not isinstance(watched.panel.screen, ThreadScreen)
        await watched.press("enter", "q")
        assert watched.panel.is_running
        assert not isinstance(watched.panel.screen, ThreadScreen)

    watch_panel(test)


def test_a_filter(watch_panel):
    """What is typed behind a slash is looked for while it is typed; escape shows all again."""

    async def test(watched):
        await watched.press("slash", *"thread2")
        assert [THREAD2] == watched.world.shown
        await watched.press("enter")
        assert "with 'thread2'" in watched.lines(watched.panel.tasks)[0]
        await watched.press("escape")
        assert THREAD1 in watched.world.shown
        await watched.press("slash", "P", "enter")
        assert [THREAD1] == watched.world.shown

    watch_panel(test)


def test_orders(watch_panel):
    """o goes through all orders; the title names it, and the rows follow it."""

    async def test(watched):
        threads = watched.world.timeline.threads
        seen = []
        for _ in ORDERS:
            await watched.press("o")
            seen.append(watched.world.order)
            rows = [threads[pid] for pid in watched.world.shown]
            if seen[-1] == "woken":
                assert rows == sorted(rows, key=lambda one: (-one.wakeups, one.pid))
            if seen[-1] == "name":
                assert rows == sorted(rows, key=lambda one: (one.name, one.pid))
                assert "by name" in watched.lines(watched.panel.tasks)[0]
        assert [*ORDERS[1:], ORDERS[0]] == seen

    watch_panel(test)


def test_time(watch_panel):
    """Left looks a cell further back, with Shift ten; Home at the beginning, End follows again."""

    async def test(watched):
        world, cell_ns = watched.world, watched.panel.lanes.cell_ns
        now_ns = world.now_ns
        await watched.press("left", "shift+left", "right")
        assert now_ns - 10 * cell_ns == world.at_ns
        assert "\u25bc" in watched.lines(watched.panel.lanes)[1]
        await watched.press("shift+right")
        assert world.at_ns is None
        await watched.press("home")
        assert world.timeline.start_ns == world.at_ns
        await watched.press("end")
        assert world.at_ns is None
        await watched.press("left", "f")
        assert world.at_ns is None

    watch_panel(test)


def test_zoom(watch_panel):
    """A cell stands for more time, or less; the moment that is looked at stays in the picture."""

    async def test(watched):
        lanes = watched.panel.lanes
        await watched.press("left_square_bracket", "z")
        assert 200_000_000 == lanes.cell_ns
        await watched.press("right_square_bracket", "x", "x")
        assert 20_000_000 == lanes.cell_ns
        await watched.press("shift+left", *["x"] * 12)
        assert "\u25bc" in watched.lines(lanes)[1]

    watch_panel(test)


def test_markers(watch_panel):
    """a and b mark moments; the first line shows how far they are apart."""

    async def test(watched):
        await watched.press("b", "shift+left", "shift+left", "a")
        assert "B-A 1.000000 s" in watched.lines(watched.panel.header)[0]
        await watched.press("end")
        ruler = watched.lines(watched.panel.lanes)[1]
        assert 20 == ruler.index("B") - ruler.index("A")
        await watched.press("escape")
        assert {} == watched.world.markers

    watch_panel(test)


def test_typing_into_the_host(watch_panel):
    """A colon leads to the command line; what it runs happens in the host, and is shown."""

    async def test(watched):
        await watched.type("uname -r; echo $((6*7)) >/tmp/answer")
        await watched.type("cat /tmp/answer")
        lines = watched.lines(watched.panel.terminal)
        assert "6.7.9" in lines
        assert "42" in lines
        await watched.press("up")
        assert "cat /tmp/answer" == watched.panel.command_line._line.value
        await watched.press("escape", "escape")
        assert not watched.panel.terminal.display
        assert watched.panel.tasks.has_focus

    watch_panel(test)


def test_interrupting_what_has_been_typed(watch_panel):
    """Ctrl-C in the command line goes to the job that runs in the panel's own terminal."""

    async def test(watched):
        await watched.press("colon", "escape", "i")
        await watched.until(lambda: watched.world.prompt is not None)
        watched.panel.command_line.fill("cat")
        await watched.press("enter")
        await watched.until(lambda: watched.world.prompt is None)
        await watched.press("ctrl+c")
        await watched.until(lambda: watched.world.prompt is not None)
        assert "^C" in "".join(watched.lines(watched.panel.terminal))

    watch_panel(test)


def test_saving(watch_panel, tmp_path, monkeypatch):
    """s writes the picture as SVG and text; files that are there already are kept."""
    monkeypatch.chdir(tmp_path)

    async def test(watched):
        text = watched.text()
        await watched.press("s")
        stem = next(tmp_path.glob("*.svg")).stem
        assert text == (tmp_path / f"{stem}.txt").read_text()
        assert "<svg" in (tmp_path / f"{stem}.svg").read_text()
        await watched.press("s")
        assert (tmp_path / f"{stem}-2.svg").exists()

    watch_panel(test)


def test_exporting(watch_panel, tmp_path, monkeypatch):
    """e writes the events since the panel was opened, as --trace and --ftrace do."""
    monkeypatch.chdir(tmp_path)

    async def test(watched):
        await watched.run("sleep 3")
        await watched.press("e")
        (path,) = tmp_path.glob("*.json")
        found = json.loads(path.read_text())
        records = found["traceEvents"] if isinstance(found, dict) else found
        assert any(one.get("name") == "running" or "thread2" in str(one) for one in records)
        text = path.with_suffix(".ftrace.txt").read_text()
        assert "# tracer: nop" == text.split("\n")[0]
        assert 3 <= text.count("next_pid=4098")

    watch_panel(test)


def test_nothing_can_be_written(watch_panel, tmp_path, monkeypatch):
    """Where nothing can be written, the panel says so and goes on."""
    folder = tmp_path / "gone"
    folder.mkdir()
    monkeypatch.chdir(folder)

    async def test(watched):
        folder.rmdir()
        await watched.press("s", "e")
        assert watched.panel.is_running
        assert 2 == len(watched.panel._notifications)

    watch_panel(test)


def test_light_and_dark(watch_panel):
    """l changes to a light look and back."""

    async def test(watched):
        await watched.press("l")
        assert not watched.panel.current_theme.dark
        await watched.press("l")
        assert watched.panel.current_theme.dark

    watch_panel(test)


def test_tab_moves(watch_panel):
    """Tab goes through the parts; arrows scroll the log when it has the focus."""

    async def test(watched):
        seen = []
        for _ in range(4):
            seen.append(watched.panel.focused.id)
            await watched.press("tab")
        assert ["tasks", "lanes", "detail", "log"] == seen
        await watched.press("shift+tab")
        assert watched.panel.log_view.has_focus
        newest = watched.lines(watched.panel.log_view)[-1]
        await watched.press("up")
        assert newest != watched.lines(watched.panel.log_view)[-1]
        await watched.press("down")
        assert newest == watched.lines(watched.panel.log_view)[-1]

    watch_panel(test)


def test_the_palette(watch_panel):
    """Ctrl-P offers every action by what it does."""

    async def test(watched):
        found = {one.title for one in watched.panel.get_system_commands(watched.panel.screen)}
        for _, action, label, text in KEYS:
            if label and action not in ("command_palette", "help"):
                assert text.capitalize() in found
        await watched.press("ctrl+p")
        assert "CommandPalette" == type(watched.panel.screen).__name__
        await watched.press("escape")

    watch_panel(test)


@pytest.mark.parametrize("key", ["question_mark", "f1"])
def test_help(watch_panel, key):
    """The help names every key and every state."""

    async def test(watched):
        await watched.press(key)
        assert isinstance(watched.panel.screen, HelpScreen)
        text = watched.text()
        for _, _, label, _ in KEYS:
            assert f"  {label} " in text
        assert "uninterruptible" in text
        await watched.press("escape")
        assert not isinstance(watched.panel.screen, HelpScreen)

    watch_panel(test, size=(80, 60))


def test_q_leaves(watch_panel):
    """q ends the panel; the machine goes on."""

    async def test(watched):
        await watched.pilot.press("q")
        await watched.pilot.pause()
        assert not watched.panel.is_running or watched.panel._exit
        watched.front.run("true")

    watch_panel(test)


def test_the_mouse(watch_panel):
    """A click chooses a thread, a moment or an order; two open the thread; the wheel scrolls."""

    async def test(watched):
        panel = watched.panel
        await watched.pilot.click(panel.tasks, offset=(12, 3))
        await watched.settle()
        assert THREAD2 == watched.world.chosen
        await watched.pilot.click(panel.lanes, offset=(30, 2))
        await watched.settle()
        assert THREAD1 == watched.world.chosen
        assert watched.world.at_ns is not None
        await watched.press("end")
        await watched.pilot.click(panel.tasks, offset=(9, 1))
        await watched.settle()
        assert "name" == watched.world.order
        await watched.pilot.click(panel.tasks, offset=(12, 3), times=2)
        await watched.settle()
        assert isinstance(panel.screen, ThreadScreen)

    watch_panel(test)


def test_every_key_is_tested():
    """No key of the table is left out of the tests above."""
    from pathlib import Path  # noqa: PLC0415 - only here

    text = Path(__file__).read_text()
    for keys, _, _, _ in KEYS:
        for key in keys.split(","):
            assert f'"{key}"' in text, key


def test_the_threads_come_and_go(watch_panel):
    """While the module is removed the table shows who ends, and the log what it says."""

    async def test(watched):
        await watched.run("sudo rmmod kthread")
        rows = watched.lines(watched.panel.tasks)
        assert ["X", "exited"] == rows[2].split()[-6:-4] or " X exited " in rows[2]
        assert "destroyed thread" in watched.lines(watched.panel.log_view)[-1]
        assert "modules none" in rows[0]
        await watched.run(LOAD)
        assert "kthread Live" in watched.lines(watched.panel.tasks)[0]

    watch_panel(test)


def test_whom_the_panel_chooses(watch_panel):
    """Until the user chooses, the first thread of a module is chosen as soon as there is one."""

    async def test(watched):
        assert "bash" == watched.world.thread.comm
        await watched.run(LOAD)
        assert THREAD1 == watched.world.chosen
        await watched.press("down")
        await watched.run("sudo rmmod kthread; sudo insmod ./kthread.ko")
        assert THREAD2 == watched.world.chosen

    watch_panel(test, before=())
