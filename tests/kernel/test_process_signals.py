"""Signals, process groups and sessions.

More than 400 lines, one idea: what a signal does depends on groups and sessions.
"""

from __future__ import annotations

import pytest

from tests.kernel.process_steps import SECOND_NS, STOPPED, errno_of, sleeper, stat_letter
from vshell.abi import signals as sg
from vshell.abi.errno import (
    EACCES,
    EINTR,
    EPERM,
    ESRCH,
    KernelError,
)
from vshell.abi.signals import SIG_IGN, mask_of
from vshell.kernel.process import WNOHANG, WUNTRACED


def test_a_handler_runs_with_its_signal_blocked(bench):
    """Within a handler the same signal waits; afterwards it is delivered, once."""
    order = []

    def handler(signal):
        order.append("in")
        bench.kernel.processes.send_signal(bench.kernel.sched.current, signal)
        bench.kernel.processes.send_signal(bench.kernel.sched.current, signal)
        order.append("out")
        if len(order) > 2:
            sys_of[0].sigaction(signal, SIG_IGN)

    sys_of = []

    def steps(sys):
        sys_of.append(sys)
        sys.sigaction(sg.SIGUSR1, handler)
        sys.kill(sys.getpid(), sg.SIGUSR1)
        return list(order)

    assert ["in", "out", "in", "out"] == bench.call(steps)


def test_signals_are_delivered_by_number(bench):
    """Of several that wait, the lowest comes first."""

    def steps(sys):
        caught = []
        for signal in (sg.SIGUSR2, sg.SIGHUP, sg.SIGTERM):
            sys.sigaction(signal, caught.append)
        sys.sigprocmask((1 << 64) - 1)
        for signal in (sg.SIGTERM, sg.SIGUSR2, sg.SIGHUP, sg.SIGHUP):
            sys.kill(sys.getpid(), signal)
        before = list(caught)
        sys.sigprocmask(0)
        return before, caught

    assert ([], [sg.SIGHUP, sg.SIGUSR2, sg.SIGTERM]) == bench.call(steps)


def test_some_signals_cannot_be_blocked_or_caught(bench):
    """SIGKILL and SIGSTOP keep their meaning."""

    def steps(sys):
        sys.sigprocmask((1 << 64) - 1)
        mask = sys.sigprocmask(0)
        failures = [errno_of(sys.sigaction, s, SIG_IGN) for s in (sg.SIGKILL, sg.SIGSTOP, 0, 65)]
        return mask & mask_of(sg.SIGKILL), mask & mask_of(sg.SIGSTOP), failures

    assert (0, 0, [22] * 4) == bench.call(steps)


def test_ignored_signals_are_not_kept(bench):
    """A signal that is ignored when it comes is gone, by SIG_IGN or by default."""

    def steps(sys):
        caught = []
        sys.sigaction(sg.SIGUSR1, SIG_IGN)
        for signal in (sg.SIGUSR1, sg.SIGCHLD, sg.SIGURG, sg.SIGWINCH, sg.SIGCONT):
            sys.kill(sys.getpid(), signal)
            sys.sigaction(signal, caught.append)
        sys.sigprocmask(0)
        return caught

    assert [] == bench.call(steps)


def test_a_blocked_signal_waits_even_if_ignored(bench):
    """What is blocked is kept, in case it will be handled by then."""

    def steps(sys):
        caught = []
        sys.sigprocmask(mask_of(sg.SIGUSR1) | mask_of(sg.SIGUSR2))
        for signal in (sg.SIGUSR1, sg.SIGUSR2):
            sys.sigaction(signal, SIG_IGN)
            sys.kill(sys.getpid(), signal)
        sys.sigaction(sg.SIGUSR1, caught.append)
        sys.sigprocmask(0)
        return caught

    assert [sg.SIGUSR1] == bench.call(steps)


def test_pause_ends_with_a_handler(bench):
    """pause() sleeps until a handler ran; a stop and what is ignored do not end it."""

    def child(sys):
        sys.sigaction(sg.SIGUSR1, lambda _signal: None)
        return errno_of(sys.sys_pause)

    def steps(sys):
        pid = sys.fork(child)
        sys.nanosleep(SECOND_NS)
        for signal in (sg.SIGWINCH, sg.SIGSTOP, sg.SIGCONT):
            sys.kill(pid, signal)
            sys.nanosleep(SECOND_NS)
        still = sys.wait4(pid, WNOHANG)
        sys.kill(pid, sg.SIGUSR1)
        return still, sys.wait4()[1]

    assert ((0, 0), EINTR << 8) == bench.call(steps)


def test_a_stop_does_not_shorten_a_sleep(bench):
    """A sleep that is stopped and continued ends when it would have."""

    def child(sys):
        begin_ns = sys.clock_monotonic_ns()
        sys.nanosleep(5 * SECOND_NS)
        return (sys.clock_monotonic_ns() - begin_ns) // SECOND_NS

    def steps(sys):
        pid = sys.fork(child)
        for signal in (sg.SIGSTOP, sg.SIGCONT):
            sys.nanosleep(SECOND_NS)
            sys.kill(pid, signal)
        return sys.wait4()[1]

    assert 5 << 8 == bench.call(steps)


def test_a_stopped_process_dies_of_sigkill_only(bench):
    """Other signals wait until it goes on; then it acts upon them."""

    def steps(sys):
        first, second = (sys.fork(sleeper) for _ in range(2))
        for pid in (first, second):
            sys.kill(pid, sg.SIGSTOP)
            sys.wait4(pid, WUNTRACED)
            sys.kill(pid, sg.SIGTERM)
        sys.nanosleep(SECOND_NS)
        waiting = stat_letter(sys, first), stat_letter(sys, second)
        sys.kill(first, sg.SIGKILL)
        sys.kill(second, sg.SIGCONT)
        return waiting, sys.wait4(first)[1], sys.wait4(second)[1]

    assert (("T", "T"), sg.SIGKILL, sg.SIGTERM) == bench.call(steps)


def test_sigcont_takes_waiting_stops_back(bench):
    """A stop that has not been acted upon is undone by SIGCONT."""

    def child(sys):
        sys.sigprocmask(mask_of(sg.SIGTSTP))
        sys.nanosleep(2 * SECOND_NS)
        sys.sigprocmask(0)
        return 3

    def steps(sys):
        pid = sys.fork(child)
        sys.setpgid(pid, pid)
        sys.nanosleep(SECOND_NS)
        sys.kill(pid, sg.SIGTSTP)
        sys.kill(pid, sg.SIGCONT)
        return sys.wait4(-1, WUNTRACED)[1]

    assert 3 << 8 == bench.call(steps)


@pytest.mark.parametrize("signal", [sg.SIGTSTP, sg.SIGTTIN, sg.SIGTTOU])
def test_a_group_that_nobody_looks_after_does_not_stop(bench, signal):
    """The terminal's stop signals do nothing to an orphaned group; to a job they do."""

    def steps(sys):
        sys.kill(sys.getpid(), signal)
        pid = sys.fork(sleeper)
        sys.setpgid(pid, pid)
        sys.kill(pid, signal)
        stopped = sys.wait4(pid, WUNTRACED)[1]
        sys.kill(pid, sg.SIGKILL)
        return stopped

    assert signal << 8 | STOPPED == bench.call(steps)


def test_the_parent_is_told(bench):
    """SIGCHLD comes when a child stops and when it ends."""

    def steps(sys):
        caught = []
        sys.sigaction(sg.SIGCHLD, lambda _signal: caught.append(len(caught)))
        pid = sys.fork(sleeper)
        counts = []
        for signal in (sg.SIGSTOP, sg.SIGKILL):
            sys.kill(pid, signal)
            errno_of(sys.sys_pause)
            counts.append(len(caught))
        return counts

    assert [1, 2] == bench.call(steps)


def test_alarm_sends_sigalrm_once(bench):
    """A new alarm replaces the old; 0 cancels it."""

    def steps(sys):
        caught = []
        sys.sigaction(sg.SIGALRM, lambda _s: caught.append(sys.clock_monotonic_ns() // SECOND_NS))
        begin = sys.clock_monotonic_ns() // SECOND_NS
        sys.alarm(5 * SECOND_NS)
        sys.alarm(2 * SECOND_NS)
        errno_of(sys.nanosleep, 9 * SECOND_NS)
        sys.alarm(SECOND_NS)
        sys.alarm(0)
        sys.nanosleep(9 * SECOND_NS)
        return [second - begin for second in caught]

    assert [2] == bench.call(steps)


def test_computing_is_interrupted_too(bench):
    """A program that never enters the kernel is killed between its steps."""

    def compute(sys):
        while True:
            sys.work(SECOND_NS // 100)

    def steps(sys):
        pid = sys.fork(compute)
        sys.nanosleep(SECOND_NS)
        sys.kill(pid, sg.SIGINT)
        return sys.wait4()[1]

    assert sg.SIGINT == bench.call(steps)


@pytest.mark.parametrize(
    ("sender", "target", "signal", "errno"),
    [
        (0, 1000, sg.SIGTERM, 0),
        (1000, 1000, sg.SIGTERM, 0),
        (1000, 1001, sg.SIGTERM, EPERM),
        (1000, 1001, 0, EPERM),
        (1000, 0, 0, EPERM),
        (1000, 1001, sg.SIGCONT, 0),
    ],
)
def test_who_may_signal_whom(bench, sender, target, signal, errno):
    """Root may all; others their own, and SIGCONT within the session."""

    def as_user(uid, function):
        def entry(sys):
            sys.set_credentials(uid, uid, [])
            return function(sys) or 0

        return entry

    def send(pid):
        def entry(sys):
            try:
                sys.kill(pid, signal)
            except KernelError as error:
                return error.errno
            return 0

        return entry

    def steps(sys):
        pid = sys.fork(as_user(target, sleeper))
        sys.nanosleep(SECOND_NS)
        sender_pid = sys.fork(as_user(sender, send(pid)))
        return sys.wait4(sender_pid)[1] >> 8

    assert errno == bench.call(steps)


def test_kernel_threads_are_signalled_by_root_only(bench):
    """A user may not signal kthreadd; for root it succeeds and does nothing."""

    def signal_kthreadd(sys):
        try:
            sys.kill(2, sg.SIGKILL)
        except KernelError as error:
            return error.errno
        return stat_letter(sys, 2)

    assert [EPERM, "S"] == [bench.call(signal_kthreadd, uid=uid) for uid in (1000, 0)]


def test_groups_are_signalled_together(bench):
    """kill() of 0 is the own group, of -g group g, of -1 all but the caller and process 1."""

    def steps(sys):
        own, one, two = (sys.fork(sleeper) for _ in range(3))
        sys.setpgid(one, one)
        sys.setpgid(two, one)
        sys.sigaction(sg.SIGHUP, SIG_IGN)
        sys.kill(-one, sg.SIGTERM)
        group = {sys.wait4()[0] for _ in range(2)}
        left = sys.wait4(-1, WNOHANG)
        sys.kill(0, sg.SIGHUP)
        last = sys.wait4()
        return group == {one, two}, left, last == (own, sg.SIGHUP), errno_of(sys.kill, -one, 0)

    assert (True, (0, 0), True, ESRCH) == bench.call(steps)


def test_all_processes_but_init_and_oneself(bench, init):
    """kill(-1) leaves process 1 and the caller alone; without others it is ESRCH."""

    def steps(sys):
        alone = errno_of(sys.kill, -1, sg.SIGTERM)
        pid = sys.fork(sleeper)
        sys.kill(-1, sg.SIGTERM)
        return alone, sys.wait4() == (pid, sg.SIGTERM), stat_letter(sys, 1)

    assert (ESRCH, True, "S") == bench.call(steps)


def test_a_group_of_others_is_refused(bench):
    """If none of a group may be signalled it is EPERM; if some, these get it."""

    def steps(sys):
        pid = sys.fork(sleeper)
        sys.setpgid(pid, pid)

        def user(sys):
            sys.set_credentials(1000, 1000, [])
            return errno_of(sys.kill, -pid, sg.SIGTERM)

        user_pid = sys.fork(user)
        refused = sys.wait4(user_pid)[1] >> 8
        sys.kill(-pid, 0)
        return refused, stat_letter(sys, pid)

    assert (EPERM, "S") == bench.call(steps)


def test_init_is_killed_by_nothing_it_does_not_handle(bench, init):
    """Process 1 ignores SIGKILL."""
    bench.call(lambda sys: sys.kill(1, sg.SIGKILL))

    assert "S" == bench.call(lambda sys: stat_letter(sys, 1))
    assert 0 == init.task.shared_pending


def test_signals_must_exist(bench):
    """Numbers up to 64 are signals."""

    def steps(sys):
        return [errno_of(sys.kill, sys.getpid(), signal) for signal in (-1, 65)]

    assert [22, 22] == bench.call(steps)


def test_groups_are_joined_within_a_session(bench):
    """setpgid() makes a group or joins one of the session, for oneself and one's children."""

    def steps(sys):
        me = sys.getpid()
        seen = []

        def child(sys):
            sys.setpgid(0, 0)
            seen.append(sys.getpgrp() == sys.getpid())
            sys.setpgid(0, me)
            seen.append(sys.getpgrp() == me)
            seen.append(errno_of(sys.setpgid, 0, 99999))
            seen.append(errno_of(sys.setpgid, 0, -1))
            seen.append(errno_of(sys.setpgid, me, me))
            return 0

        sys.fork(child)
        sys.wait4()
        seen.append(errno_of(sys.setpgid, 0, 0))
        seen.append(errno_of(sys.setpgid, 99999, 0))
        return seen

    assert [True, True, EPERM, 22, ESRCH, EPERM, ESRCH] == bench.call(steps)


def test_a_child_that_runs_its_program_is_left_alone(bench, programs):
    """A child's group can be set until it has executed a program, and within the session."""
    programs["sleep"] = lambda argv, sys: sleeper(sys)

    def steps(sys):
        executed = sys.fork(lambda sys: sys.execve("/bin/sleep", ["sleep"], {}))
        away = sys.fork(lambda sys: sys.setsid() and sleeper(sys))
        sys.nanosleep(SECOND_NS)
        return errno_of(sys.setpgid, executed, 0), errno_of(sys.setpgid, away, 0)

    assert (EACCES, EPERM) == bench.call(steps)


def test_a_session_is_begun_by_who_leads_no_group(bench):
    """setsid() gives a session and group of one's own; a group's leader may not."""

    def steps(sys):
        def child(sys):
            return 0 if sys.setsid() == sys.getpid() == sys.getpgrp() == sys._process.sid else 1

        sys.fork(child)
        return sys.wait4()[1], errno_of(sys.setsid)

    assert (0, EPERM) == bench.call(steps)


def test_process_events_are_traced(bench):
    """fork, exec, exit and signals are events for who watches."""
    seen = []
    bench.kernel.trace.subscribe(lambda event: seen.append(event[3]))

    def steps(sys):
        sys.fork(sleeper)
        sys.kill(sys.getpid(), 0)
        sys.kill(0, sg.SIGCHLD)

    bench.call(steps)

    wanted = ("sched_process_fork", "signal_generate", "sched_process_exit")
    assert set(wanted) <= set(seen)
