"""The life of a process: fork, exit, wait, orphans."""

from __future__ import annotations

import pytest

from tests.kernel.process_steps import CONTINUED, SECOND_NS, STOPPED, errno_of, sleeper, stat_letter
from vshell.abi import signals as sg
from vshell.abi.errno import (
    EAGAIN,
    ECHILD,
    EINTR,
    ESRCH,
)
from vshell.abi.signals import SIG_DFL, SIG_IGN, mask_of
from vshell.kernel import inode as ino
from vshell.kernel import process as proc
from vshell.kernel.context import VshellBug
from vshell.kernel.process import WCONTINUED, WNOHANG, WUNTRACED


@pytest.mark.parametrize(
    ("entry", "status"),
    [
        (lambda sys: 0, 0),
        (lambda sys: 3, 3 << 8),
        (lambda sys: 256 + 5, 5 << 8),
        (lambda sys: -1, 255 << 8),
        (lambda sys: sys.exit(4), 4 << 8),
        (lambda sys: sys.kill(sys.getpid(), sg.SIGTERM), sg.SIGTERM),
        (lambda sys: sys.kill(sys.getpid(), sg.SIGKILL), sg.SIGKILL),
        (lambda sys: sys.kill(sys.getpid(), sg.SIGSEGV), sg.SIGSEGV),
        (lambda sys: sys.close(99), 1 << 8),
    ],
)
def test_the_parent_learns_how_a_child_ended(bench, entry, status):
    """An exit code stands in the upper byte, the signal that killed in the lower."""

    def steps(sys):
        pid = sys.fork(entry)
        return sys.wait4(pid) == (pid, status)

    assert bench.call(steps)


def test_an_unhandled_error_is_said_on_standard_error(bench):
    """A program that does not look at an error ends with its text, as perror() writes it."""

    def steps(sys):
        reader, writer = sys.pipe()

        def child(sys):
            sys.dup2(writer, 2)
            sys.unlink("/none")

        sys.fork(child)
        sys.wait4()
        return sys.read(reader)

    assert b"test: No such file or directory\n" == bench.call(steps)


def test_a_fault_of_a_program_stops_the_machine(bench):
    """An exception that is no system call's is a bug of vshell and says whose."""
    bench.kernel.processes.make_sys = lambda _process: None

    with pytest.raises(VshellBug, match="program 'test' failed: AttributeError"):
        bench.call(lambda sys: sys.nothing)


def test_a_child_inherits(bench):
    """Directory, umask, user, groups, environment, session, descriptors and masks are the same."""

    def steps(sys):
        sys.mkdir("/d")
        sys.chdir("/d")
        sys.umask(0o077)
        sys.open("/d")
        sys.setpriority(0, 5)
        sys.sched_setaffinity(0, 2)
        sys.sigaction(sg.SIGUSR1, SIG_IGN)
        sys.sigprocmask(mask_of(sg.SIGUSR2))
        sys.set_credentials(5, 6, [7])
        told = []

        def tell(sys):
            process = sys._process
            told.append(
                [
                    sys.getcwd(),
                    sys.umask(0),
                    sys.credentials(),
                    sys.getpgrp(),
                    process.sid,
                    sys.descriptors(),
                    sys.getpriority(0),
                    sys.sched_getaffinity(0),
                    sys.sigaction(sg.SIGUSR1, SIG_DFL),
                    sys.sigprocmask(0),
                    sys.argv(),
                ]
            )
            return sys.getppid()

        child = sys.fork(tell)
        status = sys.wait4(child)[1]
        tell(sys)
        return told[0] == told[1], status >> 8 == sys.getpid() & 0xFF, told[0][0]

    assert (True, True, "/d") == bench.call(steps)


def test_descriptors_are_shared_after_fork(bench):
    """Parent and child move one position; closing in one leaves the other's open."""

    def steps(sys):
        fd = sys.open("/f", ino.O_RDWR | ino.O_CREAT)

        def child(sys):
            sys.write(fd, b"child")
            sys.close(fd)
            return 0

        sys.fork(child)
        sys.wait4()
        sys.write(fd, b" parent")
        sys.lseek(fd, 0, ino.SEEK_SET)
        return sys.read(fd)

    assert b"child parent" == bench.call(steps)


def test_a_zombie_stays_until_it_is_waited_for(bench):
    """A dead child keeps its pid, in state Z, until its parent has its status."""

    def steps(sys):
        pid = sys.fork(lambda sys: 0)
        sys.nanosleep(SECOND_NS)
        dead = stat_letter(sys, pid)
        sys.kill(pid, sg.SIGTERM)
        sys.wait4()
        return dead, stat_letter(sys, pid), errno_of(sys.kill, pid, 0)

    assert ("Z", None, ESRCH) == bench.call(steps)


def test_who_ignores_sigchld_has_no_zombies(bench):
    """With SIGCHLD ignored children vanish, and wait() ends with ECHILD when the last is gone."""

    def steps(sys):
        sys.sigaction(sg.SIGCHLD, SIG_IGN)
        pid = sys.fork(lambda sys: 0)
        sys.nanosleep(SECOND_NS)
        return stat_letter(sys, pid), errno_of(sys.wait4)

    assert (None, ECHILD) == bench.call(steps)


def test_orphans_go_to_init(bench, init):
    """A process whose parent ends is a child of process 1, which reaps it when it ends."""
    pids = []

    def middle(sys):
        pids.append(sys.fork(sleeper))
        pids.append(sys.fork(lambda sys: 0))
        sys.nanosleep(SECOND_NS)
        return 0

    def steps(sys):
        sys.fork(middle)
        sys.wait4()
        return [stat_letter(sys, pid) for pid in pids], sys._kernel.tasks.get(pids[0]).parent.pid

    assert (["S", None], 1) == bench.call(steps)
    bench.pass_time(100)
    assert bench.kernel.tasks.get(pids[0]) is None


def test_init_may_wait_for_orphans(bench):
    """If process 1 waits, orphans, dead ones included, are its children to reap."""
    processes = bench.kernel.processes
    reaped = []

    def first(sys):
        processes.init = sys._process
        middle = sys.fork(lambda sys: (sys.fork(lambda sys: 9), sys.nanosleep(SECOND_NS))[0] * 0)
        sys.wait4(middle)
        reaped.append(sys.wait4()[1])
        sys.fork(lambda sys: sys.fork(lambda sys: sys.nanosleep(SECOND_NS) or 8) * 0)
        sys.wait4()
        reaped.append(sys.wait4()[1])

    bench.call(first)

    assert [9 << 8, 8 << 8] == reaped


def test_without_init_orphans_are_gone_when_they_end(bench):
    """A kernel without process 1 keeps no zombie of an orphan."""
    pids = []

    def steps(sys):
        pids.append(sys.fork(lambda sys: 0))
        pids.append(sys.fork(sleeper))
        sys.nanosleep(SECOND_NS)

    bench.call(steps)
    bench.pass_time(200)

    assert [None, None] == [bench.kernel.tasks.get(pid) for pid in pids]


def test_there_is_a_limit_to_processes(bench, monkeypatch):
    """fork() beyond the limit is EAGAIN."""
    monkeypatch.setattr(proc, "_PROCESSES_MAX", 3)

    def steps(sys):
        sys.fork(sleeper)
        sys.fork(sleeper)
        return errno_of(sys.fork, sleeper)

    assert EAGAIN == bench.call(steps)


def test_wait_without_children_fails(bench):
    """Nobody to wait for is ECHILD, also when only this pid or group is nobody's."""

    def steps(sys):
        alone = errno_of(sys.wait4)
        pid = sys.fork(sleeper)
        failures = [errno_of(sys.wait4, one) for one in (pid + 1, -pid, sys.getpid())]
        return [alone, *failures], sys.wait4(-1, WNOHANG), sys.wait4(pid, WNOHANG)

    assert ([ECHILD] * 4, (0, 0), (0, 0)) == bench.call(steps)


def test_wait_chooses_by_pid_and_group(bench):
    """wait4() takes any child, one pid, the own group, or another group."""

    def steps(sys):
        own = sys.fork(lambda sys: 1)
        other = sys.fork(lambda sys: 2)
        sys.setpgid(other, other)
        third = sys.fork(lambda sys: 3)
        sys.nanosleep(SECOND_NS)
        found = [sys.wait4(-other), sys.wait4(third), sys.wait4(0)]
        return found == [(other, 2 << 8), (third, 3 << 8), (own, 1 << 8)]

    assert bench.call(steps)


def test_stops_and_continuations_are_reported_once(bench):
    """WUNTRACED tells of a stop, WCONTINUED of going on; without them wait() does not."""

    def steps(sys):
        pid = sys.fork(sleeper)
        sys.kill(pid, sg.SIGSTOP)
        seen = [sys.wait4(pid, WUNTRACED)[1], stat_letter(sys, pid)]
        seen += [sys.wait4(pid, WUNTRACED | WNOHANG)[0], sys.wait4(pid, WNOHANG)[0]]
        sys.kill(pid, sg.SIGCONT)
        seen += [sys.wait4(pid, WCONTINUED)[1], sys.wait4(pid, WCONTINUED | WNOHANG)[0]]
        sys.nanosleep(SECOND_NS)
        seen += [stat_letter(sys, pid)]
        sys.kill(pid, sg.SIGKILL)
        return [*seen, sys.wait4()[1]]

    expected = [sg.SIGSTOP << 8 | STOPPED, "T", 0, 0, CONTINUED, 0, "S", sg.SIGKILL]
    assert expected == bench.call(steps)


def test_a_stop_that_is_over_is_not_reported(bench):
    """A child that goes on before anybody has waited has not stopped."""

    def steps(sys):
        pid = sys.fork(sleeper)
        for signal in (sg.SIGSTOP, sg.SIGCONT):
            sys.kill(pid, signal)
            sys.nanosleep(SECOND_NS)
        return sys.wait4(pid, WUNTRACED | WNOHANG), sys.wait4(pid, WCONTINUED)[1]

    assert ((0, 0), CONTINUED) == bench.call(steps)


def test_a_handled_signal_interrupts_wait(bench):
    """A handler makes wait() EINTR; the child is still there to be waited for."""

    def steps(sys):
        sys.sigaction(sg.SIGALRM, lambda _signal: None)
        pid = sys.fork(lambda sys: sys.nanosleep(5 * SECOND_NS) or 1)
        sys.alarm(SECOND_NS)
        return errno_of(sys.wait4), sys.wait4() == (pid, 1 << 8)

    assert (EINTR, True) == bench.call(steps)


def test_the_time_of_children_is_added_up(bench):
    """CPU time of a child counts for the parent once it has been waited for."""

    def steps(sys):
        sys.fork(lambda sys: sys.work(3 * SECOND_NS) or 0)
        sys.nanosleep(10 * SECOND_NS)
        before = sys.cpu_times_ns()[2]
        sys.wait4()
        return before, sys.cpu_times_ns()[2] // SECOND_NS

    assert (0, 3) == bench.call(steps)
