from __future__ import annotations

import pytest

from tests.linux.play import start
from vshell.kernel import costs


def nanoseconds_of(bench, loop, globals_=""):
    """Give the virtual time that a loop takes."""
    indented = "\n".join("    " + line for line in loop.split("\n"))
    assert indented
    return start(
        bench,
        f"begin = ktime_get()\n{loop}\nseen.append(ktime_get() - begin)",
        globals_,
    )[0]


def test_a_loop_turn_costs_nanoseconds(bench):
    """A million turns of a loop take about 20 ms of virtual time."""
    took = nanoseconds_of(bench, "for i in range(1_000_000):\n    pass")

    assert abs(took - 1_000_000 * costs.TURN_NS) < 300 * costs.TURN_NS


def test_a_while_loop_costs_the_same(bench):
    """`while` turns are charged as `for` turns are."""
    took = nanoseconds_of(bench, "n = 100_000\nwhile n:\n    n -= 1")

    assert abs(took - 100_000 * costs.TURN_NS) < 300 * costs.TURN_NS


def test_turns_stand_for_more_when_a_task_never_sleeps(bench, monkeypatch):
    """Beyond a limit each turn stands for up to 16 us, so that spinning moves the clock."""
    monkeypatch.setattr(costs, "TURNS_BEFORE_GROWTH", 1 << 14)
    took = nanoseconds_of(bench, "for i in range(2_000_000):\n    pass")

    assert took > 2_000_000 * costs.TURN_NS * 100


def test_sleeping_makes_turns_cheap_again(bench, monkeypatch):
    """A task that sleeps now and then pays what computing costs."""
    monkeypatch.setattr(costs, "TURNS_BEFORE_GROWTH", 1 << 14)
    took = start(
        bench,
        """
        for k in range(4):
            msleep(1)
            begin = ktime_get()
            for i in range(16000):
                pass
            seen.append(ktime_get() - begin)
        """,
    )

    assert all(one < 17_000 * costs.TURN_NS for one in took)


def test_asking_again_and_again_is_spinning(bench):
    """Looks at `jiffies` grow dearer until they cost 16 us each: 1.5 s need few looks."""
    looks = start(
        bench,
        """
        n = 0
        end = jiffies + 375
        while time_before(jiffies, end):
            n += 1
        seen.append(n)
        """,
    )[0]

    assert looks < 1_500_000_000 // costs.POLL_NS_MAX + 10_000


def test_a_loop_lets_the_other_cpu_go_on(bench):
    """While one thread loops without any call, another on the second CPU keeps time."""
    seen = start(
        bench,
        """
        kthread_run(fn, NULL, "ticker")
        for i in range(3_000_000):
            pass
        seen.append("loop")
        """,
        """
def fn(data):
    for i in range(4):
        usleep_range(10000, 10000)
        seen.append(i)
    return 0
""",
    )

    assert [0, 1, 2, 3, "loop"] == seen


GIVING_WAY = ["yield_()", "schedule()", "cond_resched()", "cpu_relax()", "kthread_should_stop()"]


@pytest.mark.parametrize("call", GIVING_WAY)
def test_giving_way_in_a_loop_is_spinning(bench, call):
    """A thread that only gives way moves the clock by up to 16 us each time."""
    turns = start(
        bench,
        """
        kthread_run(fn, NULL, "spinner")
        msleep(800)
        go_on[0] = False
        msleep(100)
        """,
        f"""
go_on = [True]
def fn(data):
    turns = 0
    while go_on[0]:
        turns += 1
        {call}
    seen.append(turns)
    return 0
""",
    )[0]

    assert 50_000 < turns < 850_000_000 // costs.POLL_NS_MAX + 10_000
