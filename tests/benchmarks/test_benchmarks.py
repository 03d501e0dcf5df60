"""The benchmarks measure what they say, shown on sizes too small for a figure."""

from __future__ import annotations

import pytest

from tests.benchmarks import parking, soak, switching, threads, throughput
from tests.benchmarks.figure import Figure, Noise, in_turn, ratios, table


def test_a_goal_is_judged_by_the_median():
    """One bad round does not miss a goal, a bad median does, and the table says so."""
    held = Figure("one", [1.0, 0.2, 1.1], "x", at_least=1.0)
    missed = Figure("other", [9.0, 11.0, 12.0], "ns", at_most=10.0)

    assert ("held", "MISSED") == (held.verdict, missed.verdict)
    assert table([held, missed]).splitlines()[1:] == [
        "one       1 x  0.2 x  1.1 x  >= 1   held       0%",
        "other   11 ns   9 ns  12 ns  <= 10  MISSED     0%",
    ]


def test_a_figure_without_a_goal_is_only_told():
    """What has no goal has no verdict."""
    figure = Figure("one", [2.0], "s")

    assert ("", "") == (figure.goal, figure.verdict)
    assert figure.as_json("topic")["values"] == [2.0]


def test_cases_are_measured_in_turn():
    """Every round measures every case once, so that both sides of a ratio meet the same machine."""
    order = []
    cases = {name: lambda name=name: order.append(name) or float(len(order)) for name in "ab"}
    found, _noise = in_turn(cases, 3)

    assert "ababab" == "".join(order)
    assert [2.0, 4.0 / 3.0, 6.0 / 5.0] == ratios(found["b"], found["a"])


def test_noise_is_the_spread_of_one_loop():
    """Noise is the distance from the fastest to the slowest run, in parts of the median."""
    times = iter([0.0, 1.0, 1.0, 3.0, 3.0, 5.0])
    noise = Noise(lambda: next(times))
    for _ in range(3):
        noise.sample()

    assert [1.0, 2.0, 2.0] == noise.took_s
    assert 0.5 == noise.spread


@pytest.mark.parametrize("traced", [False, True])
def test_threads_of_the_module_sleep_and_wake(traced):
    """The throughput's kthreads wake, and time per wake-up comes out."""
    assert throughput.measure_vshell(3, 60, traced=traced) > 0


def test_the_drive_parks_and_unparks():
    """The parking's driver makes round trips."""
    assert parking.trip_kthreads(20, traced=False) > 0


def test_switches_and_turns_are_counted():
    """The pair switches; a loop runs both with and without preemption points."""
    assert switching.kernel_switch(50) > 0
    assert switching.loop_turn("while", 500, compiled=True) > 0
    assert switching.loop_turn("for", 500, compiled=False) > 0


def test_all_threads_are_made_and_stopped():
    """All threads sleep before they are weighed."""
    assert threads.once(20)["made_s"] > 0


def test_an_hour_passes_at_the_prompt():
    """A host at its prompt sleeps through an hour."""
    assert soak.once("idle", 3600)["rate"] > 0
