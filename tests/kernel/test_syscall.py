from __future__ import annotations

import pytest

from vshell.abi import state as st
from vshell.abi.errno import EACCES, EINTR, EINVAL, ENOSYS, EPERM, ESRCH, KernelError
from vshell.abi.signals import SIGALRM, SIGCHLD
from vshell.kernel import inode as ino
from vshell.kernel.printk import INFO

SECOND_NS = 1_000_000_000


def errno_of(function, *args):
    with pytest.raises(KernelError) as caught:
        function(*args)
    return caught.value.errno


def test_every_call_takes_time(bench):
    """A system call charges virtual time when it enters."""

    def steps(sys):
        before_ns = sys.clock_monotonic_ns()
        sys.umask(0)
        return sys.clock_monotonic_ns() - before_ns

    assert 0 < bench.call(steps) < 100_000


def test_reading_more_takes_longer(bench):
    """A megabyte costs more than a byte."""

    def steps(sys):
        fd = sys.open("/f", ino.O_RDWR | ino.O_CREAT)
        times_ns = []
        for count in (1, 1_000_000):
            begin_ns = sys.clock_monotonic_ns()
            sys.write(fd, bytes(count))
            times_ns.append(sys.clock_monotonic_ns() - begin_ns)
        return times_ns

    short_ns, long_ns = bench.call(steps)
    assert short_ns * 10 < long_ns


def test_the_date_goes_with_the_clock(bench):
    """Realtime is the date at boot and the time since."""

    def steps(sys):
        return sys.clock_realtime_ns() - sys.clock_monotonic_ns(), sys.seconds_since_boot()

    bench.pass_time(77)
    assert (bench.kernel.config.boot_wall_ns, 77) == bench.call(steps)


def test_a_sleep_is_cut_short_by_a_handler(bench):
    """nanosleep() lasts its time, EINTR if a handler ran."""

    def steps(sys):
        begin_ns = sys.clock_monotonic_ns()
        sys.nanosleep(5 * SECOND_NS)
        whole = (sys.clock_monotonic_ns() - begin_ns) // SECOND_NS
        sys.sigaction(SIGALRM, lambda _signal: None)
        sys.alarm(2 * SECOND_NS)
        begin_ns = sys.clock_monotonic_ns()
        errno = errno_of(sys.nanosleep, 5 * SECOND_NS)
        return whole, errno, (sys.clock_monotonic_ns() - begin_ns) // SECOND_NS

    assert (5, EINTR, 2) == bench.call(steps)


def test_sleeping_until_the_past_does_not_sleep(bench):
    """A time that has passed is now."""
    bench.call(lambda sys: sys.sleep_until(0), seconds=0.01)

    assert bench.kernel.now_ns < SECOND_NS


def test_names_of_the_system(bench):
    """uname() tells the configured release; only root names the host."""

    def steps(sys):
        u = sys.uname()
        return u.sysname, u.nodename, u.release, u.machine, u.version

    config = bench.kernel.config
    expected = ("Linux", "localhost", config.release, "x86_64", config.version)
    assert expected == bench.call(steps)
    assert EPERM == bench.call(lambda sys: errno_of(sys.sethostname, "x"), uid=1000)
    assert EINVAL == bench.call(lambda sys: errno_of(sys.sethostname, "x" * 65))


def test_times_of_a_process(bench):
    """What a program computes is its CPU time; what it sleeps is not."""

    def steps(sys):
        sys.work(2 * SECOND_NS)
        sys.nanosleep(5 * SECOND_NS)
        return (sum(sys.cpu_times_ns()[:2])) // SECOND_NS

    assert 2 == bench.call(steps)


# -- Scheduling -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("before", "nice", "uid", "expected"),
    [
        (0, 10, 0, 10),
        (0, 100, 0, 19),
        (0, -100, 0, -20),
        (0, 10, 1000, 10),
        (10, 5, 1000, -EACCES),
        (10, 10, 1000, 10),
    ],
)
def test_nice_is_raised_by_all_and_lowered_by_root(bench, before, nice, uid, expected):
    """Nice values are cut to -20..19; a user may only be nicer."""

    def steps(sys):
        sys.setpriority(0, before)
        if uid:
            sys.set_credentials(uid, uid, [])
        try:
            sys.setpriority(0, nice)
        except KernelError as error:
            return -error.errno
        return sys.getpriority(sys.getpid())

    assert expected == bench.call(steps)


def test_priorities_belong_to_owners(bench):
    """A user may not change root's and the kernel's tasks."""

    def steps(sys):
        return [errno_of(sys.setpriority, pid, 5) for pid in (2, root.pid)]

    root = bench.process(lambda sys: sys.nanosleep(99 * SECOND_NS))

    assert [EPERM, EPERM] == bench.call(steps, uid=1000)
    assert ESRCH == bench.call(lambda sys: errno_of(sys.getpriority, 99999))


@pytest.mark.parametrize(
    ("policy", "priority", "uid", "errno"),
    [
        (st.SCHED_FIFO, 50, 0, 0),
        (st.SCHED_RR, 1, 0, 0),
        (st.SCHED_BATCH, 0, 0, 0),
        (st.SCHED_IDLE, 0, 1000, 0),
        (st.SCHED_FIFO, 0, 0, EINVAL),
        (st.SCHED_FIFO, 100, 0, EINVAL),
        (st.SCHED_NORMAL, 1, 0, EINVAL),
        (4, 0, 0, EINVAL),
        (-1, 0, 0, EINVAL),
        (st.SCHED_FIFO, 50, 1000, EPERM),
    ],
)
def test_policies_have_priorities(bench, policy, priority, uid, errno):
    """Real-time policies take 1 to 99 and root, the others 0."""

    def steps(sys):
        try:
            sys.sched_setscheduler(0, policy, priority)
        except KernelError as error:
            return error.errno, sys.sched_getscheduler(0)
        return 0, sys.sched_getscheduler(0)

    assert (errno, (0, 0) if errno else (policy, priority)) == bench.call(steps, uid=uid)


def test_affinity_is_a_mask_of_cpus(bench):
    """Only CPUs that exist count; none of them is EINVAL, a bound thread's too."""

    def steps(sys):
        before = sys.sched_getaffinity(0)
        sys.sched_setaffinity(0, 0xFE)
        after = sys.sched_getaffinity(0)
        bound.flags |= st.PF_NO_SETAFFINITY
        return (
            before,
            after,
            errno_of(sys.sched_setaffinity, 0, 0xFC),
            errno_of(sys.sched_setaffinity, 2, 1),
            errno_of(sys.sched_setaffinity, 99999, 1),
        )

    bound = bench.kernel.tasks.get(2)
    assert (3, 2, EINVAL, EINVAL, ESRCH) == bench.call(steps)
    assert EPERM == bench.call(lambda sys: errno_of(sys.sched_setaffinity, 2, 1), uid=1000)


def test_a_process_runs_where_it_may(bench):
    """After a change of affinity it is on that CPU."""

    def steps(sys):
        cpus = []
        for mask in (1, 2, 1):
            sys.sched_setaffinity(0, mask)
            sys.sched_yield()
            cpus.append(sys._process.task.cpu.id)
        return cpus, sys.cpus_online()

    assert ([0, 1, 0], 2) == bench.call(steps)


# -- Users, the log, the rest ----------------------------------------------------------------------


def test_users_are_changed_by_root_for_good(bench):
    """After the change there is no way back."""

    def steps(sys):
        sys.set_credentials(1000, 1001, [4])
        return sys.credentials(), errno_of(sys.set_credentials, 0, 0, [])

    assert ((1000, 1000, 1001, 1001, [4]), EPERM) == bench.call(steps)


@pytest.mark.parametrize(
    ("restrict", "action", "errno"),
    [(0, 3, 0), (0, 10, 0), (0, 5, EPERM), (0, 8, EPERM), (1, 3, EPERM), (1, 10, EPERM)],
)
def test_users_may_read_the_log_unless_restricted(make_bench, restrict, action, errno):
    """syslog() of users reads at most, and nothing with dmesg_restrict."""
    bench = make_bench(dmesg_restrict=restrict)
    bench.kernel.printk.emit(INFO, "text")

    def steps(sys):
        try:
            sys.syslog(action, 4)
        except KernelError as error:
            return error.errno
        return 0

    assert errno == bench.call(steps, uid=1000)
    assert 0 == bench.call(steps)


def test_root_may_reboot(bench):
    """A reboot is asked for by root."""
    assert EPERM == bench.call(lambda sys: errno_of(sys.reboot), uid=1000)
    bench.process(lambda sys: sys.reboot())
    bench.pass_time(1)

    assert bench.kernel.reboot_requested
    assert bench.kernel.stop_requested


def test_what_the_kernel_does_not_have(bench):
    """Other calls are ENOSYS."""
    assert ENOSYS == bench.call(lambda sys: errno_of(sys.unsupported))


def test_a_process_without_a_parent_has_ppid_0(bench):
    """As process 1 has."""
    assert 0 == bench.call(lambda sys: sys.getppid())


def test_calls_keep_their_names(bench):
    """A system call is known by its name and says what it does."""

    def steps(sys):
        return sys.wait4.__name__, sys.open.__doc__

    assert "syscall" != bench.call(steps)[0]
    assert "Open a file; give its descriptor." == bench.call(steps)[1]


def test_a_call_that_nothing_interrupts_goes_on(bench):
    """A signal that is ignored by default lets wait() go on until the child ends."""

    def child(sys):
        sys.nanosleep(SECOND_NS)
        sys.kill(sys.getppid(), SIGCHLD)
        sys.nanosleep(SECOND_NS)
        return 3

    def steps(sys):
        sys.fork(child)
        begin_ns = sys.clock_monotonic_ns()
        status = sys.wait4()[1]
        return status, (sys.clock_monotonic_ns() - begin_ns) // SECOND_NS

    assert (3 << 8, 2) == bench.call(steps)
