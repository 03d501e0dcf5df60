"""Long sessions: virtual time keeps up with the real clock, and what is kept does not grow."""

from __future__ import annotations

import gc
import sys
from queue import Empty

import pytest

from vshell.kernel import trace
from vshell.machine import pacing
from vshell.machine.dialogue import Dialogue
from vshell.machine.host import Host
from vshell.machine.pacing import Pacing
from vshell.machine.thread import Machine
from vshell.machine.why_past import Past

JIFFY_NS = 4_000_000
SECOND_NS = 1_000_000_000
MINUTES_NS = 600 * SECOND_NS
LOADED = "make > log 2>&1; sudo insmod ./kthread.ko"


class Clock:
    """A real clock that passes while somebody waits, or looks at it; who waits wakes up late."""

    def __init__(self, monkeypatch):
        self.now_ns = 7 * SECOND_NS
        self._lateness = 0
        monkeypatch.setattr(pacing, "monotonic_ns", self.look)
        monkeypatch.setattr(pacing, "sleep", lambda delay_s: self.wait(delay_s * 1e9))

    def look(self):
        """Give the time; looking takes a microsecond."""
        self.now_ns += 1_000
        return self.now_ns

    def wait(self, delay_ns):
        """Let time pass; up to 2 ms more than was asked for."""
        self._lateness = (self._lateness * 7919 + 104_729) % 2_000_000
        self.now_ns += round(delay_ns) + self._lateness


class Inbox:
    """An inbox that waits by a clock, and holds what is to enter at its times."""

    def __init__(self, clock, entries):
        self._clock = clock
        self._entries = entries

    def put(self, entry):
        """Let something enter next."""
        self._entries.insert(0, (0, entry))

    def get(self, timeout=None):
        """Wait for the next entry."""
        if not self._entries:
            raise Empty
        at_ns, entry = self._entries[0]
        left_ns = max(at_ns - self._clock.now_ns, 0)
        if timeout is not None and timeout * 1e9 < left_ns:
            self._clock.wait(timeout * 1e9)
            raise Empty
        self._clock.now_ns += left_ns
        del self._entries[0]
        return entry

    def get_nowait(self):
        """Give an entry that is there."""
        return self.get(0)


class Front:
    """A listener that notes when output came."""

    def __init__(self, clock):
        self._clock = clock
        self.came = []

    def on_output(self, data):
        """Note it."""
        self.came.append((self._clock.now_ns, data))

    def on_question(self, prompt, typed):
        """Take no note."""

    def on_end(self, status):
        """Take no note."""

    def on_failure(self, text):
        """Fail."""
        raise AssertionError(text)


def test_ten_paced_minutes_do_not_drift(monkeypatch):
    """What happens at the paced prompt happens within a jiffy of its moment, ten minutes long."""
    clock = Clock(monkeypatch)
    started_ns = clock.now_ns
    line = "while true; do cat /proc/uptime; sleep 7.3; done"
    machine = Machine(Host, rate=1.0)
    machine._inbox = Inbox(
        clock,
        [
            (started_ns + SECOND_NS, ("line", 0, LOADED)),
            (started_ns + 9 * SECOND_NS, ("line", 0, line)),
            (started_ns + MINUTES_NS, ("stop", 0, None)),
        ],
    )
    front = Front(clock)
    machine.open_terminal(front, 80, 24)
    wakings = []

    def make_host():
        host = Host()
        host.kernel.trace.subscribe(
            lambda event: (
                event[3] == "sched_waking" and wakings.append((clock.now_ns, host.kernel.now_ns))
            )
        )
        return host

    machine._make_host = make_host
    machine._main()
    late_ns = [real - started_ns - (now - 100 * SECOND_NS) for real, now in wakings]

    assert clock.now_ns - started_ns >= MINUTES_NS
    assert len(wakings) > 800
    assert max(late_ns) - min(late_ns) <= JIFFY_NS
    said = [(real, float(data.split()[0])) for real, data in front.came if data[:1].isdigit()]
    apart = [(real - started_ns) / 1e9 - (up - 100) for real, up in said]
    assert len(said) > 75
    # /proc/uptime has hundredths.
    assert max(apart) - min(apart) <= JIFFY_NS / 1e9 + 0.01


@pytest.mark.parametrize("rate", [1.0, 20.0])
def test_a_paced_sleep_lasts_as_long_as_it_says(monkeypatch, rate):
    """Ten minutes of sleep in a paced replay take ten minutes by the clock, or a 20th of them."""
    clock = Clock(monkeypatch)
    host = Host()
    paced = Pacing(rate)
    paced.start(host.kernel.now_ns)
    dialogue = Dialogue(host, paced)
    began_ns, virtual_ns = clock.now_ns, host.kernel.now_ns
    dialogue.type("sleep 600")
    took_ns = host.kernel.now_ns - virtual_ns
    host.shut_down()

    assert abs(took_ns - MINUTES_NS) < JIFFY_NS
    assert abs((clock.now_ns - began_ns) * rate - took_ns) <= JIFFY_NS * rate


def growth(dialogue, line, rounds):
    """Give how many more pieces of memory Python has in use after some rounds of a line."""
    for _ in range(rounds):
        dialogue.type(line)
    gc.collect()
    before = sys.getallocatedblocks()
    for _ in range(rounds):
        dialogue.type(line)
    gc.collect()
    return sys.getallocatedblocks() - before


@pytest.fixture
def small(monkeypatch):
    """Give a dialogue whose ring of events is full soon."""
    monkeypatch.setattr(trace, "RING_EVENTS_MAX", 200)
    host = Host()
    # Nothing of the boot's log is left when the measurement begins.
    host.kernel.config.log_buf_len = 4096
    yield Dialogue(host)
    host.shut_down()


@pytest.mark.slow  # lives through days
@pytest.mark.parametrize(
    ("prepare", "line", "rounds"),
    [
        ("", "sleep 864000", 2),
        (LOADED, "sleep 36000", 2),
        ("", "ls > f; ps | grep x | cat > f; (true) & wait; x=$(date)", 30),
        ("", "cat /proc/self/stat /proc/$$/status /proc/1/fd/0 > f 2>&1; why 1 > f", 30),
        ("", "echo x > /tmp/a; mv /tmp/a /tmp/b; rm /tmp/b; mkdir d; rmdir d", 30),
        (LOADED, "sudo rmmod kthread; sudo insmod ./kthread.ko", 10),
    ],
    ids=["idle", "threads", "processes", "proc", "files", "modules"],
)
def test_nothing_grows(small, prepare, line, rounds):
    """Days and hundreds of processes leave no more behind than the first of them."""
    small.type(prepare or "true")
    assert 0 == small.status

    # A line of the history and a remembered pid are some pieces; a directory of /proc is 4000.
    assert growth(small, line, rounds) < 20 * rounds


def test_why_forgets_who_ended_long_ago():
    """Of ten thousand tasks that came and went, the last thousand are remembered."""
    stream = trace.Trace()
    past = Past(stream)
    for pid in range(10_000):
        stream.emit((pid, 0, 1, "sched_process_fork", "bash", 1, f"t{pid}", pid))
        stream.emit((pid, 0, 1, "sched_switch", "bash", 1, 120, 0, 0, f"t{pid}", pid, 120))
        stream.emit((pid, 0, pid, "sched_process_exit", f"t{pid}", pid, 120))
        stream.emit((pid, 0, pid, "sched_switch", f"t{pid}", pid, 120, 0, 16, "bash", 1, 120))
    past.update()

    assert ("t9999", 9999) == (past.names[9999], past.ended_ns[9999])
    assert len(past.ended_ns) == 1024
    assert len(past.names) == len(past.running_since_ns) == 1025
