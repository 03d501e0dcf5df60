from __future__ import annotations

import pytest

from vshell.abi import signals as sg
from vshell.abi import state as st
from vshell.abi.errno import (
    EACCES,
    EAGAIN,
    EBADF,
    ECHILD,
    EINTR,
    ELOOP,
    EMFILE,
    ENOENT,
    ENOEXEC,
    EPERM,
    ESRCH,
    KernelError,
)
from vshell.abi.signals import SIG_DFL, SIG_IGN, mask_of
from vshell.kernel import inode as ino
from vshell.kernel import process as proc
from vshell.kernel.context import VshellBug
from vshell.kernel.inode import RegularFile
from vshell.kernel.process import PROGRAM_MAGIC, WCONTINUED, WNOHANG, WUNTRACED

SECOND_NS = 1_000_000_000
STOPPED = 0x7F
CONTINUED = 0xFFFF


def errno_of(function, *args):
    with pytest.raises(KernelError) as caught:
        function(*args)
    return caught.value.errno


def sleeper(sys):
    sys.nanosleep(99 * SECOND_NS)
    return 7


def stat_letter(sys, pid):
    task = sys._kernel.tasks.get(pid)
    return task and st.state_letter(task.state, task.exit_state)


@pytest.fixture
def init(bench):
    """Make a process 1 that waits for nobody."""
    processes = bench.kernel.processes
    processes.init = processes.add_idle(1, ["/sbin/init"], "/sbin/init", bench.kernel.vfs.root)
    return processes.init


# -- Birth and death ------------------------------------------------------------------------------


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


# -- wait() ---------------------------------------------------------------------------------------


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


# -- exec -----------------------------------------------------------------------------------------


@pytest.fixture
def programs(bench):
    """Give a dictionary of programs; adding one makes its file in /bin."""

    class Programs(dict):
        def __setitem__(self, name, main):
            super().__setitem__(name, main)
            data = PROGRAM_MAGIC + b"\0" * 9 + f"vshell program: {name}\n".encode()
            vfs = bench.kernel.vfs
            vfs.place(f"/bin/{name}", RegularFile(vfs, 0o755, 0, 0, data))

    found = Programs()
    bench.kernel.processes.load_program = found.__getitem__
    return found


def run(sys, path, argv, environ=None):
    """Execute a program in a child; give its wait status."""
    sys.fork(lambda sys: sys.execve(path, argv, environ or {}))
    return sys.wait4()[1]


def test_exec_starts_a_program(bench, programs):
    """The new program has its arguments and environment, the old pid, and its name as comm."""
    told = []

    def show(argv, sys):
        process = sys._process
        told.append((argv, sys.environ(), process.task.comm, process.exe, sys.argv()))
        return 5

    programs["a_program_with_a_long_name"] = show
    path = "/bin/a_program_with_a_long_name"

    assert 5 << 8 == bench.call(lambda sys: run(sys, path, ["zero", "one"], {"A": "b"}))
    assert [(["zero", "one"], {"A": "b"}, "a_program_with_", path, ["zero", "one"])] == told


def test_exec_keeps_what_is_ignored_and_drops_handlers(bench, programs):
    """Handlers belong to the old program; ignored signals, blocked ones and the umask stay."""
    told = []

    def show(argv, sys):
        told.extend(sys.sigaction(s, SIG_DFL) for s in (sg.SIGUSR1, sg.SIGUSR2))
        told.append(sys.sigprocmask(0))
        return 0

    programs["show"] = show

    def steps(sys):
        sys.sigaction(sg.SIGUSR1, lambda _signal: None)
        sys.sigaction(sg.SIGUSR2, SIG_IGN)
        sys.sigprocmask(mask_of(sg.SIGHUP))
        return run(sys, "/bin/show", ["show"])

    assert 0 == bench.call(steps)
    assert [SIG_DFL, SIG_IGN, mask_of(sg.SIGHUP)] == told


def test_exec_closes_what_is_marked(bench, programs):
    """Descriptors with close-on-exec are closed, unless the mark is taken back."""
    told = []
    programs["show"] = lambda argv, sys: told.extend(sys.descriptors()) or 0

    def steps(sys):
        kept = sys.open("/")
        sys.open("/", ino.O_CLOEXEC)
        unmarked = sys.open("/", ino.O_CLOEXEC)
        sys.set_cloexec(unmarked, on=False)
        marked = sys.open("/")
        sys.set_cloexec(marked)
        run(sys, "/bin/show", ["show"])
        return [kept, unmarked], sys.descriptors()

    assert ([0, 2], [0, 1, 2, 3]) == bench.call(steps)
    assert [0, 2] == told


def test_set_user_id_programs_change_the_effective_user(bench, programs):
    """A program with the set-user-ID bit runs as its owner; the real user stays."""
    told = []
    programs["su"] = lambda argv, sys: told.append(sys.credentials()[:2]) or 0
    bench.call(lambda sys: sys.chmod("/bin/su", 0o4755))

    bench.call(lambda sys: run(sys, "/bin/su", ["su"]), uid=1000)

    assert [(1000, 0)] == told


def test_scripts_run_in_their_interpreter(bench, programs):
    """The first line of a script puts its interpreter and the path before the arguments."""
    told = []
    programs["sh"] = lambda argv, sys: told.append((argv, sys._process.task.comm)) or 0
    vfs = bench.kernel.vfs
    vfs.place_text("/bin/script", "#! /bin/sh  -e \nrest\n", 0o755)
    vfs.place_text("/bin/second", "#!/bin/script\n", 0o755)

    def steps(sys):
        run(sys, "/bin/script", ["zero", "one"])
        run(sys, "/bin/second", ["zero", "one"])

    bench.call(steps)

    expected = [(["/bin/sh", "-e", "/bin/script", "one"], "script")]
    expected += [(["/bin/sh", "-e", "/bin/script", "/bin/second", "one"], "second")]
    assert expected == told


@pytest.mark.parametrize(
    ("path", "errno"),
    [
        ("/none", ENOENT),
        ("/bin", EACCES),
        ("/text", ENOEXEC),
        ("/empty", ENOEXEC),
        ("/plain", EACCES),
        ("/elf", ENOEXEC),
        ("/no_interpreter", ENOEXEC),
        ("/lost_interpreter", ENOENT),
        ("/itself", ELOOP),
        ("/bin/sh/x", 20),
    ],
)
def test_exec_refuses(bench, programs, path, errno):
    """What is no program, not executable, or a script without its interpreter cannot run."""
    vfs = bench.kernel.vfs
    programs["sh"] = lambda argv, sys: 0
    vfs.place_text("/text", "echo hi\n", 0o755)
    vfs.place_text("/empty", "", 0o755)
    vfs.place_text("/plain", "#!/bin/sh\n", 0o644)
    vfs.place_text("/elf", "\x7fELF\x02\x01\x01 of somebody else", 0o755)
    vfs.place_text("/no_interpreter", "#! \n", 0o755)
    vfs.place_text("/lost_interpreter", "#!/bin/none\n", 0o755)
    vfs.place_text("/itself", "#!/itself\n", 0o755)

    assert errno == bench.call(lambda sys: errno_of(sys.execve, path, ["x"], {}))


def test_a_device_is_no_program(bench):
    """Only regular files are executed."""
    vfs = bench.kernel.vfs
    vfs.place("/dev/x", ino.Device(vfs, 0o777, (1, 3), lambda inode, flags: None))

    assert EACCES == bench.call(lambda sys: errno_of(sys.execve, "/dev/x", ["x"], {}))


def test_a_shell_goes_on_with_a_script_in_memory(bench):
    """run_here() replaces the program without a file."""

    def steps(sys):
        sys.fork(lambda sys: sys.run_here(lambda argv, sys: len(argv), ["a", "b", "c"]))
        return sys.wait4()[1]

    assert 3 << 8 == bench.call(steps)


# -- Descriptors ----------------------------------------------------------------------------------


def test_descriptors_are_the_lowest_free(bench):
    """open() and dup() take the lowest free number, dup() from a lower bound on."""

    def steps(sys):
        first, second, third = (sys.open("/") for _ in range(3))
        sys.close(second)
        return first, third, sys.open("/"), sys.dup(first), sys.dup(first, 10), sys.dup(first, 10)

    assert (0, 2, 1, 3, 10, 11) == bench.call(steps)


def test_dup2_takes_the_number_it_is_told(bench):
    """dup2() closes what was there; onto itself it does nothing; out of range it fails."""

    def steps(sys):
        reader, writer = sys.pipe()
        sys.set_cloexec(writer)
        fd = sys.open("/")
        sys.dup2(fd, writer)
        end = sys.read(reader)
        sys.dup2(fd, fd)
        sys.dup2(fd, 77)
        failures = [errno_of(sys.dup2, *pair) for pair in ((99, 1), (fd, -1), (fd, 1024))]
        return end, sys.descriptors(), failures, sorted(sys._process.cloexec)

    assert (b"", [0, 1, 2, 77], [EBADF] * 3, []) == bench.call(steps)


def test_there_is_a_limit_to_descriptors(bench):
    """1024 files may be open at once."""

    def steps(sys):
        for _ in range(1024):
            sys.open("/")
        return errno_of(sys.open, "/"), errno_of(sys.dup, 0), errno_of(sys.dup, 0, 1024)

    assert (EMFILE, EMFILE, 22) == bench.call(steps)


@pytest.mark.parametrize("call", ["close", "read", "fstat", "dup", "set_cloexec", "ftruncate"])
def test_a_closed_descriptor_is_bad(bench, call):
    """Every call on a number that is not open is EBADF."""
    more = {"ftruncate": (0,)}.get(call, ())

    assert EBADF == bench.call(lambda sys: errno_of(getattr(sys, call), 5, *more))


# -- Signals --------------------------------------------------------------------------------------


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


# -- Groups and sessions --------------------------------------------------------------------------


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
