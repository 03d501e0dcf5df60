from __future__ import annotations

import pytest

from tests.conftest import Bench
from tests.linux.play import play
from vshell.kernel.policy import Fifo, Policy, Replay, Seeded

RACE = """
seen = []
def fn(number):
    for i in range(5):
        seen.append(number)
        msleep(1)
        udelay(50 * number)
        cond_resched()
    return 0
def start():
    threads = [kthread_create(fn, i, "race%d", i) for i in range(6)]
    for k in threads:
        wake_up_process(k)
    return 0
"""


def race(policy):
    """Let six threads race on one CPU; give the event stream and what they noted."""
    bench = Bench(cpus=1)
    bench.kernel.policy = policy
    bench.kernel.trace.start()
    seen = list(play(bench, RACE, seconds=1).seen)
    events = bench.kernel.trace.events()
    bench.kernel.power_off()
    return events, seen


@pytest.mark.parametrize("make", [Fifo, lambda: Seeded(7)], ids=["fifo", "seeded"])
def test_the_same_policy_gives_the_same_run(make):
    """Two runs with one policy and seed are event for event the same."""
    first, second = race(make()), race(make())

    assert first == second
    assert len(first[0]) > 100


def test_different_seeds_give_different_runs():
    """Among a few seeds there is more than one order."""
    assert len({tuple(race(Seeded(seed))[1]) for seed in range(4)}) > 1


def test_fifo_runs_in_wake_order():
    """The default policy lets the threads begin in the order in which they were woken."""
    assert [0, 1, 2, 3, 4, 5] == race(Fifo())[1][:6]


def test_a_replay_repeats_a_seeded_run():
    """The recorded decisions of a run, replayed, give its event stream and the same record."""
    seeded = Seeded(11)
    events, seen = race(seeded)
    replay = Replay(seeded.decisions)

    assert len(seeded.decisions) > 5
    assert (events, seen) == race(replay)
    assert seeded.decisions == replay.decisions


def test_a_replay_goes_on_in_order_when_its_record_ends():
    """After the last recorded decision the first alternative is taken; an impossible one is cut."""
    replay = Replay([2, 9])

    assert [2, 0, 1, 0] == [replay.choose(count) for count in (3, 1, 2, 5)]
    assert [2, 1, 0] == replay.decisions


def test_a_choice_of_one_is_no_decision():
    """Only real choices are drawn and recorded; others leave the random numbers alone."""
    seeded = Seeded(3)

    assert 0 == seeded.choose(1)
    assert [] == seeded.decisions
    assert Seeded(3).random64() == seeded.random64()
    assert all(0 <= seeded.choose(4) < 4 for _ in range(50))
    assert {0, 1, 2, 3} == set(seeded.decisions)


def test_the_first_alternative_without_policy():
    """Fifo takes the first of whatever there is and records nothing."""
    policy = Fifo()

    assert policy.in_order
    assert [0, 0] == [policy.choose(1), policy.choose(9)]
    assert [] == policy.decisions


def test_random_numbers_come_from_the_seed():
    """random64() repeats from the seed, fills 64 bits, and another seed gives other numbers."""
    numbers = [[Policy(seed).random64() for _ in range(1)] for seed in (1, 1, 2)]
    row = Policy(5)
    many = [row.random64() for _ in range(200)]

    assert numbers[0] == numbers[1] != numbers[2]
    assert 200 == len(set(many))
    assert all(0 <= number < 1 << 64 for number in many)
    assert max(many) > 1 << 63


def test_real_time_peers_are_a_choice(make_bench):
    """A policy that draws may take any of several FIFO threads of one priority."""
    orders = set()
    for seed in range(6):
        bench = make_bench(cpus=1)
        bench.kernel.policy = Seeded(seed)
        stage = play(
            bench,
            """
            seen = []
            def fn(number):
                seen.append(number)
                return 0
            def start():
                threads = [kthread_create(fn, i, "rt%d", i) for i in range(3)]
                for k in threads:
                    sched_set_fifo(k)
                    wake_up_process(k)
                return 0
            """,
            seconds=1,
        )
        orders.add(tuple(stage.seen))

    assert len(orders) > 1
    assert all((0, 1, 2) == tuple(sorted(order)) for order in orders)
