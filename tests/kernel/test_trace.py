from __future__ import annotations

from vshell.kernel import trace as trace_file
from vshell.kernel.trace import Trace


def event(number):
    """Make an event."""
    return (number, 0, 1, "console")


def test_nobody_listens_at_first():
    """A trace is off until somebody starts it or subscribes."""
    trace = Trace()

    assert not trace.on
    trace.start()
    assert trace.on
    assert [] == trace.events()


def test_the_ring_keeps_events_in_order():
    """events() is a copy, oldest first."""
    trace = Trace()
    for number in range(3):
        trace.emit(event(number))
    copy = trace.events()
    trace.emit(event(3))

    assert [event(0), event(1), event(2)] == copy
    assert 0 == trace.dropped


def test_the_oldest_events_are_dropped_and_counted(monkeypatch):
    """Beyond its size the ring forgets, and says how many."""
    monkeypatch.setattr(trace_file, "RING_EVENTS_MAX", 3)
    trace = Trace()
    for number in range(10):
        trace.emit(event(number))

    assert [event(7), event(8), event(9)] == trace.events()
    assert 7 == trace.dropped


def test_subscribers_get_every_event_from_then_on():
    """subscribe() switches on; unsubscribe() ends it; unknown ones are ignored."""
    trace = Trace()
    seen = []
    trace.subscribe(seen.append)
    assert trace.on
    trace.emit(event(0))
    trace.unsubscribe(print)
    trace.emit(event(1))
    trace.unsubscribe(seen.append)
    trace.emit(event(2))

    assert [event(0), event(1)] == seen


def test_a_subscriber_that_fails_is_dropped_and_noted():
    """A listener's error neither stops the run nor the other listeners."""
    trace = Trace()
    seen = []

    def broken(one):
        raise ValueError(one[0])

    trace.subscribe(broken)
    trace.subscribe(seen.append)
    trace.emit(event(0))
    trace.emit(event(1))

    assert [event(0), event(1)] == seen
    assert 1 == len(trace.failures)
    assert "ValueError(0)" in trace.failures[0]
