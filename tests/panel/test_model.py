"""The model of the panel, fed by hand and by the tutorial's kind of session."""

from __future__ import annotations

import itertools
from random import Random

import pytest

from tests.panel.ten import run_ten
from vshell.abi import state as st
from vshell.abi.events import Event
from vshell.abi.views import KernelView, TaskView
from vshell.abi.wire import Batch, ClockView
from vshell.machine.views import view_kernel
from vshell.panel import follow, model
from vshell.panel.model import Timeline
from vshell.panel.spans import STATES, Span, Thread

A, B = 11, 12
NAMES = {0: "swapper/0", A: "a", B: "b"}


def switch(time_ns, cpu, before, after, state=st.TASK_INTERRUPTIBLE, exit_state=0):
    """Make the event of a switch between two of ``NAMES``."""
    head = (time_ns, cpu, before, "sched_switch")
    return Event((*head, NAMES[before], before, 120, state, exit_state, NAMES[after], after, 120))


def waking(time_ns, cpu, waker, woken, target_cpu=0, in_irq=0):
    """Make the event of a wake-up."""
    return Event(
        (time_ns, cpu, waker, "sched_waking", NAMES[woken], woken, 120, target_cpu, in_irq)
    )


def fork(time_ns, pid, parent_pid=1, name="child"):
    """Make the event of a birth."""
    return Event((time_ns, 0, parent_pid, "sched_process_fork", "parent", parent_pid, name, pid))


def free(time_ns, pid):
    """Make the event of a task that is gone."""
    return Event((time_ns, 0, 1, "sched_process_free", "child", pid, 120))


def task(pid, state="S", since_ns=0, **more):
    """Make a view of a task."""
    named = {"is_kthread": True, "parent_pid": 2, "wchan": "", "state_word": ""}
    name = NAMES.get(pid, "other")
    return TaskView(pid, name, name, state, state_since_ns=since_ns, **({"cpu": 0} | named | more))


def view(now_ns, *tasks, cpus=1):
    """Make a view of a kernel."""
    return KernelView(now_ns, tasks, (), (), cpus)


def lived(timeline, pid):
    """Give a thread's states and when each began."""
    return [(span.state, span.start_ns) for span in timeline.threads[pid].spans]


@pytest.fixture
def two():
    """A model of two threads that sleep since 10 and 20, at 100."""
    return Timeline(view(100, task(A, since_ns=10), task(B, "D", since_ns=20)))


def test_a_view_is_the_beginning(two):
    """Who sleeps has done so since the view says; nobody is on the CPU; nothing is older."""
    assert [("S", 10)] == lived(two, A)
    assert [("D", 20)] == lived(two, B)
    assert [[(100, None, 0)]] == two.cpus
    assert (100, 100) == (two.now_ns, two.start_ns)
    assert two.threads[A].state_at(9) is None
    assert Span(10, None, "S") == two.threads[A].state_at(10)


def test_a_running_task_of_a_view_runs_from_then_on():
    """That it could run since 10 says nothing of before the view; a set state is no sleep yet."""
    timeline = Timeline(view(100, task(A, "D", 10, is_running=True), task(B, "R", is_queued=True)))

    assert ("R", 100) == (timeline.threads[A].state, timeline.threads[A].since_ns)
    assert ("r", 100) == (timeline.threads[B].state, timeline.threads[B].since_ns)
    assert A == timeline.running_on(0)


def test_a_life(two):
    """Woken, waiting for the CPU, running, preempted, running, asleep: each state has its time."""
    two.feed(
        [
            waking(110, 0, 0, A, in_irq=1),
            switch(112, 0, 0, A, state=0),
            waking(115, 0, A, B),
            switch(130, 0, A, B, state=st.TASK_REPORT_MAX),
            switch(140, 0, B, A, state=st.TASK_PARKED),
            switch(150, 0, A, 0, state=st.TASK_IDLE),
        ]
    )

    expected = [("S", 10), ("r", 110), ("R", 112), ("r", 130), ("R", 140), ("I", 150)]
    assert expected == lived(two, A)
    assert [("D", 20), ("r", 115), ("R", 130), ("P", 140)] == lived(two, B)
    runs = [(100, 112, 0), (112, 130, A), (130, 140, B), (140, 150, A), (150, None, 0)]
    assert [runs] == two.cpus
    wakers = [(one.time_ns, one.waker_pid, one.woken_pid, one.cpu) for one in two.wakeups]
    assert [(110, 0, A, 0), (115, A, B, 0)] == wakers
    assert (1, 1) == (two.threads[A].wakeups, two.threads[B].wakeups)
    assert 150 == two.now_ns


def test_states_have_the_letters_of_ps():
    """Every state that a switch can tell has its letter; the dead have exited, zombie or not."""
    told = {
        (st.TASK_RUNNING, 0): "r",
        (st.TASK_REPORT_MAX, 0): "r",
        (st.TASK_KILLABLE, 0): "D",
        (st.TASK_STOPPED, 0): "T",
        (st.TASK_IDLE, 0): "I",
        (st.TASK_PARKED, 0): "P",
        (st.TASK_DEAD, st.EXIT_DEAD): "X",
        (st.TASK_DEAD, st.EXIT_ZOMBIE): "X",
    }
    for (state, exit_state), letter in told.items():
        timeline = Timeline(view(100, task(A, is_running=True)))
        timeline.feed([switch(110, 0, A, 0, state, exit_state)])

        assert letter == timeline.threads[A].state
        assert letter in STATES


def test_a_wake_up_before_the_sleep_changes_nothing(two):
    """A task that has only set its state and is woken goes on; the wake-up counts."""
    two.feed([waking(110, 0, 0, A), switch(112, 0, 0, A, state=0), waking(120, 1, 0, A)])

    assert [("S", 10), ("r", 110), ("R", 112)] == lived(two, A)
    assert 2 == two.threads[A].wakeups


def test_what_lasts_no_time_is_left_out(two):
    """A wake-up from another CPU, told later but of before the sleep, leaves no span behind."""
    two.feed([waking(110, 0, 0, A), switch(112, 0, 0, A, state=0)])
    two.feed([switch(120, 0, A, 0), waking(118, 1, B, A)])

    assert [("S", 10), ("r", 110), ("R", 112), ("r", 120)] == lived(two, A)
    assert [("R", 112), ("r", 120)] == [
        (span.state, span.start_ns) for span in two.threads[A].spans[2:]
    ]

    two.feed([switch(120, 0, 0, A, state=0), switch(121, 0, A, 0)])

    assert [("S", 10), ("r", 110), ("R", 112), ("S", 121)] == lived(two, A)
    assert 121 == two.threads[A].spans[-2].end_ns


def test_wakeups_are_in_order(two):
    """A wake-up that is told late stands where it belongs."""
    two.feed([waking(120, 0, 0, A), waking(118, 1, 0, B), waking(130, 0, 0, A)])

    assert [118, 120, 130] == [one.time_ns for one in two.wakeups]
    assert [118, 120] == [one.time_ns for one in two.wakeups_between(118, 130)]
    assert [] == two.wakeups_between(119, 120)


def test_who_waits_is_on_the_cpu_that_it_was_moved_to(two):
    """sched_migrate_task splits the wait; a move while asleep does not."""

    def moved(time_ns, pid, to):
        return Event((time_ns, 0, 0, "sched_migrate_task", NAMES[pid], pid, 120, 0, to))

    two.feed([waking(110, 0, 0, A, target_cpu=0), moved(115, A, 1), moved(116, B, 2)])

    assert [Span(10, 110, "S"), Span(110, 115, "r", 0), Span(115, None, "r", 1)] == (
        two.threads[A].spans
    )
    assert [("D", 20)] == lived(two, B)
    assert (1, 2) == (two.threads[A].cpu, two.threads[B].cpu)


def test_who_is_moved_to_a_queue_waits_there(two):
    """A task whose CPU is taken from it waits, when it is switched from, for its new one."""
    two.feed([waking(110, 0, 0, A), switch(112, 0, 0, A, state=0)])
    two.feed([Event((120, 0, A, "sched_migrate_task", "a", A, 120, 0, 1))])

    assert Span(112, None, "R", 0) == two.threads[A].spans[-1]

    two.feed([switch(121, 0, A, B, state=st.TASK_REPORT_MAX)])

    assert Span(121, None, "r", 1) == two.threads[A].spans[-1]


def test_who_moves_while_it_runs_is_not_stopped_by_its_old_cpu(two):
    """A task that an idle CPU takes at once runs on, whatever its first CPU says afterwards."""
    two.feed([waking(110, 0, 0, A), switch(112, 0, 0, A, state=0)])
    two.feed([switch(125, 1, 0, A, state=0), switch(121, 0, A, B, state=st.TASK_REPORT_MAX)])

    assert [Span(112, 125, "R", 0), Span(125, None, "R", 1)] == two.threads[A].spans[2:]
    assert (B, A) == (two.running_on(0), two.running_on(1))


def test_a_zombie_is_there_until_its_parent_has_waited(two):
    """An exit ends the thread; sched_process_free takes it out of ps."""
    two.feed([waking(110, 0, 0, A), switch(112, 0, 0, A, state=0)])
    two.feed([switch(120, 0, A, 0, st.TASK_DEAD, st.EXIT_ZOMBIE)])
    thread = two.threads[A]

    assert (120, None, True) == (thread.ended_ns, thread.freed_ns, thread.is_zombie)

    two.feed([free(130, A)])

    assert (120, 130, False) == (thread.ended_ns, thread.freed_ns, thread.is_zombie)
    assert Span(120, None, "X") == thread.state_at(1000)


def test_a_number_that_comes_round_again_is_another_thread(two):
    """A fork with the pid of one that has gone begins a life of its own, last in order."""
    two.feed([free(130, A), fork(140, A, name="another")])

    assert [B, A] == list(two.threads)
    assert ("another", 140, None) == (
        two.threads[A].name,
        two.threads[A].born_ns,
        two.threads[A].ended_ns,
    )
    assert [("r", 140)] == lived(two, A)


def test_new_names(two):
    """task_rename gives a process another name, a kernel thread another comm only."""
    two.feed([fork(110, 50), Event((120, 0, 50, "task_rename", 50, "child", "ls", 0))])
    two.feed([Event((120, 0, A, "task_rename", A, "a", "kworker", 0))])

    assert ("ls", "ls") == (two.threads[50].name, two.threads[50].comm)
    assert ("a", "kworker") == (two.threads[A].name, two.threads[A].comm)


def test_spans_are_cut_to_what_is_shown(two):
    """spans_of() and runs_of() give copies that end at the window's edges, and now."""
    two.feed([waking(110, 0, 0, A), switch(112, 0, 0, A, state=0)])
    two.advance(120)

    assert [Span(50, 110, "S"), Span(110, 112, "r", 0), Span(112, 115, "R", 0)] == list(
        two.spans_of(A, 50, 115)
    )
    assert [Span(112, 120, "R", 0)] == list(two.spans_of(A, 112, 10_000))
    assert [] == list(two.spans_of(A, 0, 10))
    assert [] == list(two.spans_of(99, 0, 1000))
    assert [(105, 112, 0), (112, 120, A)] == list(two.runs_of(0, 105, 10_000))
    assert [] == list(two.runs_of(0, 0, 100))
    assert ("R", None) == (two.threads[A].state, two.threads[A].spans[-1].end_ns)


def test_revisions_tell_what_has_changed(two):
    """Each feed that changes anything is a revision; changed_pids() gives who changed since."""
    first = two.revision
    two.feed([waking(110, 0, 0, A)])
    second = two.revision
    two.feed([Event((120, 0, 0, "timer_start", "process_timeout", A, 5, 6))])

    assert (first + 1, first + 1, 120) == (second, two.revision, two.now_ns)

    two.feed([waking(130, 0, 0, B)])

    assert [{A, B}, {B}, set()] == [
        two.changed_pids(revision) for revision in (first, second, two.revision)
    ]


def test_old_spans_are_dropped():
    """No thread and no CPU has more than span_max spans; first_ns tells how far they go back."""
    timeline = Timeline(view(0, task(A)), span_max=100)
    for start in range(0, 30_000, 30):
        timeline.feed([waking(start + 10, 0, 0, A), switch(start + 12, 0, 0, A, state=0)])
        timeline.feed([switch(start + 20, 0, A, 0)])
        thread = timeline.threads[A]

        assert len(thread.spans) <= 100
        assert len(timeline.cpus[0]) <= 100

    assert len(thread.spans) >= 75
    assert 29_000 < thread.first_ns == thread.spans[0].start_ns
    assert thread.state_at(thread.first_ns - 1) is None
    assert 0 == thread.born_ns


def test_all_that_grows_has_a_limit(two, monkeypatch):
    """Wake-ups, log lines and threads that are gone are forgotten, the oldest first."""
    monkeypatch.setattr(model, "WAKEUPS_MAX", 40)
    monkeypatch.setattr(model, "LOG_MAX", 40)
    monkeypatch.setattr(model, "THREADS_MAX", 40)
    before = two.revision
    for number in range(200):
        pid = 100 + number
        two.feed([waking(200 + number, 0, 0, A), fork(200 + number, pid), free(201 + number, pid)])
        two.feed([Event((200 + number, 0, 0, "console", 200 + number, 6, f"line {number}"))])

        assert max(len(two.wakeups), len(two.log), len(two.threads)) <= 40

    assert (399, "line 199") == (two.wakeups[-1].time_ns, two.log[-1][2])
    assert [A, B] == list(two.threads)[:2]
    assert 299 == list(two.threads)[-1]
    assert len(two.changed_pids(before)) <= 160


def batch(now_ns, *events, missed=0, view=None):
    """Make a batch as a machine tells it."""
    clock = ClockView(
        is_paused=False, rate=1.0, is_moving=True, next_ns=-1, next_pid=0, next_name=""
    )
    return Batch(now_ns, clock, (), (), tuple(one.as_tuple() for one in events), missed, view)


def test_a_gap_is_not_made_up(two):
    """Where events were not told nobody is said to do anything, but who slept through it."""
    now = view(500, task(A, since_ns=10), task(B, "P", since_ns=450), task(13, "S", since_ns=300))
    two.take(batch(500, waking(400, 0, 0, B), missed=7, view=now))

    assert [("S", 10)] == lived(two, A)
    assert [("D", 20), ("?", 100), ("r", 400), ("P", 450)] == lived(two, B)
    assert [("S", 300)] == lived(two, 13)
    assert [[(100, 500, follow.NOBODY), (500, None, 0)][0]] == two.cpus[0][-2:-1]
    assert [(100, 400)] == two.gaps
    assert 500 == two.now_ns


def test_who_sleeps_anew_after_a_gap_has_not_slept_through_it(two):
    """The same state as before is another sleep if it began later."""
    two.take(batch(500, missed=1, view=view(500, task(A, since_ns=300), task(B, "D", 20))))

    assert [("S", 10), ("?", 100), ("S", 300)] == lived(two, A)
    assert [("D", 20)] == lived(two, B)


def test_who_is_gone_after_a_gap_has_ended(two):
    """A task that the view does not have has exited, at the latest now."""
    two.take(batch(500, missed=1, view=view(500, task(B, "D", 20))))

    assert ("X", 500, 500) == (
        two.threads[A].state,
        two.threads[A].ended_ns,
        two.threads[A].freed_ns,
    )


def test_the_first_batch_is_the_beginning():
    """History without a view of its beginning: what is told counts, the rest is the view's."""
    timeline = Timeline()
    now = view(500, task(A, since_ns=480), task(B, "D", since_ns=20), cpus=2)
    timeline.take(batch(510, switch(400, 1, 0, A, state=0), switch(480, 1, A, 0), view=now))

    assert [("R", 400), ("S", 480)] == lived(timeline, A)
    assert [("D", 20)] == lived(timeline, B)
    assert (400, 510) == (timeline.start_ns, timeline.now_ns)
    assert [[(500, None, 0)], [(400, 480, A), (480, None, 0)]] == timeline.cpus


@pytest.fixture
def session(tmp_path, make_dialogue):
    """All events of a session with the ten threads, the view before, and the host at its end."""
    emitted = []
    dialogue = run_ten(tmp_path, make_dialogue, emitted.append)
    before = view_kernel(dialogue.host)
    emitted.clear()
    dialogue.type("sudo insmod ten.ko; sleep 1; sudo rmmod ten; sudo insmod ten.ko; sleep 0.5")
    return before, emitted, dialogue.host


def facts(timeline):
    """Give all that a model holds."""
    return (
        {
            pid: [getattr(thread, name) for name in Thread.__slots__]
            for pid, thread in timeline.threads.items()
        },
        *(timeline.cpus, timeline.log, timeline.modules, timeline.now_ns),
        [repr(wakeup) for wakeup in timeline.wakeups],
    )


def test_batches_make_no_difference(session):
    """Fed at once, one by one or in pieces, from tuples or from JSON, it is the same model."""
    before, emitted, _ = session
    whole, single, pieces = (Timeline(before) for _ in range(3))
    whole.feed(map(Event, emitted))
    for one in emitted:
        single.feed([Event.from_json(Event(one).to_json())])
    random = Random(4)
    start = 0
    while start < len(emitted):
        end = start + random.randrange(1, 300)
        pieces.feed(map(Event, emitted[start:end]))
        start = end

    assert facts(whole) == facts(single)
    assert facts(whole) == facts(pieces)


def test_history_and_view_make_the_same_present(session):
    """Who begins late, with the last events and a view, knows the same of now."""
    before, emitted, host = session
    whole = Timeline(before)
    whole.feed(map(Event, emitted))
    late = Timeline(view_kernel(host), map(Event, emitted[-500:]))

    alive = {pid: one for pid, one in whole.threads.items() if one.freed_ns is None}
    assert {pid: one.state for pid, one in alive.items()} == {
        pid: one.state for pid, one in late.threads.items() if one.freed_ns is None
    }
    for pid, thread in alive.items():
        known = late.threads[pid]

        assert (thread.name, thread.module) == (known.name, known.module)
        assert (thread.requests, thread.is_parked) == (known.requests, known.is_parked)
        assert [span for span in thread.spans if span.start_ns > known.first_ns] == known.spans[1:]

    assert whole.log == late.log


def test_spans_have_no_gaps(session):
    """Each span ends where the next begins, later than it began; only the last one lasts."""
    before, emitted, _ = session
    timeline = Timeline(before)
    timeline.feed(map(Event, emitted))

    for thread in timeline.threads.values():
        starts = [span.start_ns for span in thread.spans]

        assert sorted(set(starts)) == starts
        assert [*starts[1:], None] == [span.end_ns for span in thread.spans]
        assert thread.first_ns >= thread.born_ns

    for runs in timeline.cpus:
        assert [*(run[0] for run in runs[1:]), None] == [run[1] for run in runs]
        assert all(one[2] != two[2] for one, two in itertools.pairwise(runs))


def test_threads_belong_to_their_module(session):
    """Each thread that a module's init or one of its threads has made is the module's."""
    before, emitted, _ = session
    timeline = Timeline(before)
    timeline.feed(map(Event, emitted))
    owned = [one for one in timeline.threads.values() if one.name.startswith(("ten", "a short"))]

    assert len(owned) > 40
    assert {"ten"} == {one.module for one in owned}
    assert {True} == {one.is_kthread for one in owned}
    others = [one for one in timeline.threads.values() if one not in owned]
    assert {""} == {one.module for one in others}


def test_a_parked_thread_tells_so(session):
    """Somebody is parked again and again: asked first, then parked, then neither."""
    before, emitted, _ = session
    timeline = Timeline(before)
    seen = []
    for one in map(Event, emitted):
        timeline.feed([one])
        parkers = [t for t in timeline.threads.values() if t.name == "ten parker 2"]
        now = [(sorted(t.requests), t.is_parked, t.state) for t in parkers[:1]]
        if now and (not seen or now[0] != seen[-1]):
            seen.append(now[0])
    begin = seen.index((["park"], False, "S"))

    assert (["park"], True, "P") in seen[begin:]
    assert ([], False, "r") == seen[seen.index((["park"], True, "P")) + 2]
    assert ["stop"] in [requests for requests, _, _ in seen]
    assert "X" == seen[-1][2]
