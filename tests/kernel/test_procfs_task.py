"""/proc/PID: what the kernel tells about a task.

More than 400 lines, one idea: every file of a task's directory.
"""

from __future__ import annotations

import pytest

from tests.kernel.procfs_steps import SECOND_NS, errno_of, read, text, write
from vshell.abi.errno import EACCES, EINVAL, EIO, ENOENT, KernelError
from vshell.abi.signals import SIG_IGN, SIGUSR1, SIGUSR2, mask_of
from vshell.kernel import inode as ino
from vshell.kernel import procfs, sysfs
from vshell.kernel.devices import SinkFile


@pytest.fixture(autouse=True)
def mounted(bench):
    procfs.populate(bench.kernel)
    sysfs.populate(bench.kernel)


STAT = [
    "pid",
    "comm",
    "state",
    "ppid",
    "pgrp",
    "session",
    "tty_nr",
    "tpgid",
    "flags",
    "minflt",
    "cminflt",
    "majflt",
    "cmajflt",
    "utime",
    "stime",
    "cutime",
    "cstime",
    "priority",
    "nice",
    "num_threads",
    "itrealvalue",
    "starttime",
    "vsize",
    "rss",
    "rsslim",
    "startcode",
    "endcode",
    "startstack",
    "kstkesp",
    "kstkeip",
    "signal",
    "blocked",
    "sigignore",
    "sigcatch",
    "wchan",
    "nswap",
    "cnswap",
    "exit_signal",
    "processor",
    "rt_priority",
    "policy",
    "delayacct_blkio_ticks",
    "guest_time",
    "cguest_time",
    "start_data",
    "end_data",
    "start_brk",
    "arg_start",
    "arg_end",
    "env_start",
    "env_end",
    "exit_code",
]


def stat_of(line):
    """Read a stat line by the names of proc(5)."""
    before, _, after = line.rstrip("\n").rpartition(") ")
    pid, _, comm = before.partition(" (")
    return dict(zip(STAT, [pid, comm, *after.split(" ")], strict=True))


def status_of(content):
    """Read a status file: name to value."""
    return dict(line.split(":\t", 1) for line in content.splitlines())


KTHREAD = """
from vshell.linux.kthread import kthread_run
from vshell.linux.delay import msleep
from vshell.linux.module import MODULE_LICENSE, module_init
def work(data):
    msleep(1000000)
    return 0
def start():
    kthread_run(work, None, "a thread with quite a long name")
    return 0
module_init(start)
MODULE_LICENSE("GPL")
"""


@pytest.fixture
def kthread(bench):
    """Give the pid of a kernel thread that sleeps in msleep()."""
    assert 0 == bench.load(KTHREAD)
    bench.pass_time(1)
    return next(task.pid for task in bench.kernel.tasks if task.name.startswith("a thread"))


def test_stat_of_a_kernel_thread(bench, kthread):
    """52 fields, with the recorded values of a sleeping kthread."""
    stat = stat_of(text(bench, f"/proc/{kthread}/stat"))

    expected = {"pid": str(kthread), "comm": "a thread with quite a long name", "state": "D"}
    expected |= {"ppid": "2", "pgrp": "0", "session": "0", "tty_nr": "0", "tpgid": "-1"}
    expected |= {"flags": "2129984", "priority": "20", "nice": "0", "num_threads": "1"}
    expected |= {"vsize": "0", "rss": "0", "rsslim": str((1 << 64) - 1), "wchan": "1"}
    expected |= {"sigignore": "2147483647", "exit_signal": "17", "rt_priority": "0", "policy": "0"}
    assert expected == {name: stat[name] for name in expected}
    assert "0" == stat_of(text(bench, f"/proc/{kthread}/stat", uid=1000))["wchan"]


def test_status_of_a_kernel_thread(bench, kthread):
    """No memory, all capabilities, all signals ignored."""
    status = status_of(text(bench, f"/proc/{kthread}/status"))

    expected = {"Name": "a thread with quite a long name", "State": "D (disk sleep)"}
    expected |= {"Umask": "0022", "PPid": "2", "Uid": "0\t0\t0\t0", "Groups": " ", "Threads": "1"}
    expected |= {"SigIgn": "f" * 16, "SigCgt": "0" * 16, "CapEff": "000001ffffffffff"}
    expected |= {"Cpus_allowed": "3", "Cpus_allowed_list": "0-1"}
    assert expected == {name: status[name] for name in expected}
    assert not {"VmSize", "VmRSS", "Kthread"} & set(status)


def test_status_tells_kernel_threads_since_6_8(make_bench):
    """6.12 has a line Kthread."""
    bench = make_bench(release="6.12.0")
    procfs.populate(bench.kernel)

    assert "1" == status_of(text(bench, "/proc/2/status"))["Kthread"]
    assert "0" == status_of(text(bench, "/proc/self/status"))["Kthread"]


def test_other_files_of_a_kernel_thread(bench, kthread):
    """It has a name, a place to sleep in, a stack; no arguments, program or descriptors."""
    base = f"/proc/{kthread}"

    assert "a thread with quite a long name\n" == text(bench, f"{base}/comm")
    assert "msleep" == text(bench, f"{base}/wchan")
    assert "0" == text(bench, f"{base}/wchan", uid=1000)
    stack = text(bench, f"{base}/stack").splitlines()
    assert all(line.startswith("[<0>] ") for line in stack)
    assert any(line.startswith("[<0>] work+0x") and "[mod]" in line for line in stack)
    empty = ("cmdline", "environ", "maps", "cgroup")
    assert [""] * len(empty) == [text(bench, f"{base}/{name}") for name in empty]
    assert "0 0 0 0 0 0 0\n" == text(bench, f"{base}/statm")
    assert ENOENT == errno_of(bench, lambda sys: sys.readlink(f"{base}/exe"))
    assert "/" == bench.call(lambda sys: sys.readlink(f"{base}/cwd"))
    assert [] == bench.call(lambda sys: sys.listdir(f"{base}/fd"))
    assert EINVAL == errno_of(bench, write(f"{base}/comm", b"x"))
    assert EACCES == errno_of(bench, lambda sys: read(sys, f"{base}/stack"), uid=1000)


def test_stat_and_status_of_a_process(bench):
    """Group, session, user, masks, priority and times are the process's own."""
    found = {}

    def child(sys):
        sys.set_credentials(1000, 1001, [4, 27])
        sys.umask(0o077)
        sys.setpriority(0, 5)
        sys.sigaction(SIGUSR1, SIG_IGN)
        sys.sigaction(SIGUSR2, lambda _signal: None)
        sys.sigprocmask(mask_of(3))
        sys.kill(sys.getpid(), 3)
        sys.work(2 * SECOND_NS)
        found["stat"] = stat_of(read(sys, "/proc/self/stat"))
        found["status"] = status_of(read(sys, "/proc/thread-self/status"))
        found["pids"] = sys.getpid(), sys.getppid()
        return 0

    bench.call(lambda sys: sys.fork(child) and sys.wait4())
    stat, status = found["stat"], found["status"]
    pid, parent = map(str, found["pids"])

    expected = {"pid": pid, "comm": "test", "state": "R", "ppid": parent, "pgrp": parent}
    expected |= {"session": parent, "tpgid": "-1", "priority": "25", "nice": "5", "wchan": "0"}
    expected |= {"sigignore": str(mask_of(10)), "sigcatch": str(mask_of(12)), "blocked": "4"}
    assert expected == {name: stat[name] for name in expected}
    assert 200 <= int(stat["utime"]) + int(stat["stime"]) <= 201
    assert int(stat["vsize"]) > int(stat["rss"]) * 4096 > 0
    expected = {"State": "R (running)", "Umask": "0077", "Pid": pid, "PPid": parent}
    expected |= {"Uid": "1000\t1000\t1000\t1000", "Gid": "1001\t1001\t1001\t1001"}
    expected |= {"Groups": "4 27 ", "NSpgid": parent, "NSsid": parent, "CapEff": "0" * 16}
    expected |= {"ShdPnd": f"{4:016x}", "SigBlk": f"{4:016x}", "SigIgn": f"{1 << 9:016x}"}
    assert expected == {name: status[name] for name in expected}


def test_sched_and_schedstat(bench, kthread):
    """How long it ran and how often it was switched."""
    lines = text(bench, f"/proc/{kthread}/sched").splitlines()
    values = {line.split(":")[0].strip(): line.split(":")[1].strip() for line in lines[2:]}

    assert f"a thread with quite a long name ({kthread}, #threads: 1)" == lines[0]
    assert "-" * 67 == lines[1]
    assert {67} == {len(line) for line in lines[2:]}
    assert ("120", "0", "1048576") == (values["prio"], values["policy"], values["se.load.weight"])
    assert int(values["nr_switches"]) == int(values["nr_voluntary_switches"]) >= 1
    run_ns, _, times = text(bench, f"/proc/{kthread}/schedstat").split()
    assert run_ns == values["se.sum_exec_runtime"].replace(".", "").lstrip("0")
    assert times == values["nr_switches"]


def test_files_of_a_process(bench):
    """Arguments, environment, directory and root are told."""

    def steps(sys):
        process = sys._process
        process.argv = ["prog", "a b", ""]
        process.environ = {"A": "1", "B": "x=y"}
        sys.mkdir("/d")
        sys.chdir("/d")
        names = ("cmdline", "environ", "comm", "cgroup", "oom_score", "loginuid", "syscall")
        links = ("cwd", "root", "exe")
        return (
            [read(sys, f"/proc/self/{name}") for name in names],
            [sys.readlink(f"/proc/self/{name}") for name in links],
            sys.readlink("/proc/self") == str(sys.getpid()),
            sys.listdir("/proc/self/task") == [str(sys.getpid())],
            read(sys, f"/proc/self/task/{sys.getpid()}/comm"),
            sys.stat("/proc/self/cwd/.").inode == sys.stat("/d").inode,
            int(read(sys, "/proc/self/statm").split()[0]) > 0,
        )

    texts = ["prog\0a b\0\0", "A=1\0B=x=y\0", "test\n", "0::/\n", "0\n", "4294967295", "running\n"]
    expected = (texts, ["/d", "/", "/bin/test"], True, True, "test\n", True, True)
    assert expected == bench.call(steps)


def test_a_process_names_itself(bench):
    """comm takes 15 letters, the newline too, and only from the process itself."""

    def steps(sys):
        def child(sys):
            write("/proc/self/comm", b"a_name_that_is_long")(sys)
            first = read(sys, "/proc/self/comm")
            write("/proc/self/comm", b"short\n")(sys)
            second = read(sys, "/proc/self/comm")
            sys.prctl_set_name("third_name_that_is_long")
            return int([first, second, sys._process.task.comm] != names)

        sys.fork(child)
        return sys.wait4()[1]

    names = ["a_name_that_is_\n", "short\n\n", "third_name_that"]
    assert 0 == bench.call(steps)
    other = bench.process(lambda sys: sys.nanosleep(99 * SECOND_NS))
    assert EINVAL == errno_of(bench, write(f"/proc/{other.pid}/comm", b"x"))


def test_what_is_private_is_the_owners(bench):
    """Environment, descriptors, directory and program are for the owner and root."""
    mine = bench.process(lambda sys: sys.nanosleep(99 * SECOND_NS), uid=1000)
    base = f"/proc/{mine.pid}"
    private = [
        lambda sys: read(sys, f"{base}/environ"),
        lambda sys: sys.listdir(f"{base}/fd"),
        lambda sys: sys.readlink(f"{base}/cwd"),
        lambda sys: sys.readlink(f"{base}/exe"),
        lambda sys: sys.readlink(f"{base}/root"),
    ]

    for uid, errno in ((0, 0), (1000, 0), (1001, EACCES)):
        assert [errno] * 5 == [errno_of(bench, one, uid=uid) for one in private]
    assert 0 == errno_of(bench, lambda sys: read(sys, f"{base}/status"), uid=1001)


def test_owners_follow_credentials(bench):
    """A process that becomes another user has its files owned by that user."""

    def steps(sys):
        sys.listdir("/proc/self")
        sys.set_credentials(1000, 1001, [])
        stats = [sys.stat(f"/proc/self/{name}") for name in ("", "stat", "fd", "attr/current")]
        return {(stat.uid, stat.gid) for stat in stats}, read(sys, "/proc/self/environ")

    assert ({(1000, 1001)}, "") == bench.call(steps)


def test_descriptors_are_links(bench):
    """Each shows what it leads to, can be opened again, and has its position and flags."""

    def steps(sys):
        file = sys.open("/f", ino.O_RDWR | ino.O_CREAT)
        sys.write(file, b"text")
        folder = sys.open("/")
        reader, writer = sys.pipe()
        number = sys.fstat(reader).inode
        links = [sys.readlink(f"/proc/self/fd/{fd}") for fd in (file, folder, reader, writer)]
        again = sys.open(f"/proc/self/fd/{file}")
        back = sys.open(f"/proc/self/fd/{reader}", ino.O_WRONLY)
        sys.write(back, b"p")
        return (
            links == ["/f", "/", f"pipe:[{number}]", f"pipe:[{number}]"],
            sys.read(again),
            sys.read(reader),
            sys.listdir("/proc/self/fd")[:4],
            read(sys, f"/proc/self/fdinfo/{file}"),
            errno_of_call(sys.readlink, "/proc/self/fd/99"),
            errno_of_call(sys.stat, "/proc/self/fdinfo/x"),
        )

    def errno_of_call(function, *args):
        with pytest.raises(KernelError) as caught:
            function(*args)
        return caught.value.errno

    info = "pos:\t4\nflags:\t0102\nmnt_id:\t15\n"
    expected = (True, b"text", b"p", ["0", "1", "2", "3"], info, ENOENT, ENOENT)
    assert expected == bench.call(steps)


def test_limits_have_columns(bench):
    """A header and sixteen limits in fixed columns."""
    lines = text(bench, "/proc/self/limits").splitlines()

    assert 17 == len(lines)
    assert (
        "Limit                     Soft Limit           Hard Limit           Units     " == lines[0]
    )
    assert {77, 78, 79} >= {len(line) for line in lines}
    assert "Max open files            1024                 1048576              files     " in lines


def test_namespaces_and_attributes(bench):
    """Every task is in the first namespaces; no security module confines it."""
    target = bench.call(lambda sys: sys.readlink("/proc/self/ns/pid_for_children"))

    assert "pid:[4026531836]" == target
    assert "unconfined\n" == text(bench, "/proc/self/attr/current")
    assert [] == bench.call(lambda sys: sys.listdir("/proc/self/map_files"))


def test_memory_cannot_be_read(bench):
    """mem is EIO, auxv is empty, clear_refs takes anything and cannot be read."""
    assert EIO == errno_of(bench, lambda sys: read(sys, "/proc/self/mem"))
    assert "" == text(bench, "/proc/self/auxv")
    assert 0 == errno_of(bench, write("/proc/self/clear_refs", b"1"))
    assert EINVAL == errno_of(bench, lambda sys: read(sys, "/proc/self/clear_refs"))


def test_self_is_nobody_outside_a_process(bench):
    """A kernel thread that asked would find no /proc/self."""
    link = bench.kernel.vfs.root.lookup("proc").lookup("self")

    with pytest.raises(KernelError) as caught:
        link.read_target()
    assert ENOENT == caught.value.errno


def test_computed_entries_have_no_size(bench):
    """Directories, files and links of /proc are 0 bytes long, as stat() says."""

    def sizes(sys):
        return [sys.lstat(f"/proc/{name}").size for name in ("", "self", "uptime", "sys/kernel")]

    assert [0, 0, 0, 0] == bench.call(sizes)


def test_stat_names_the_terminal(terminal):
    """The device number of the terminal and its foreground group stand in stat."""
    procfs.populate(terminal.bench.kernel)

    def steps(sys):
        stat = stat_of(read(sys, "/proc/self/stat"))
        return stat["tty_nr"], stat["tpgid"] == str(sys.getpid())

    assert [(str(136 << 8), True)] == terminal.run(steps)


def test_mounts_are_listed_for_every_task(bench):
    """What a task sees mounted is what the system has."""
    mounts = text(bench, "/proc/mounts")

    assert mounts == text(bench, "/proc/self/mounts") == text(bench, "/proc/2/mounts")


def test_what_the_machine_connected_is_opened_again(bench):
    """A descriptor without a file of its own leads to the same stream."""
    taken = []

    def steps(sys):
        fd = sys._process.install(SinkFile(bench.kernel, taken.append))
        again = sys.open(f"/proc/self/fd/{fd}", ino.O_WRONLY)
        sys.close(fd)
        return sys.write(again, b"text"), sys.readlink(f"/proc/self/fd/{again}")

    assert (4, "pipe:[0]") == bench.call(steps)
    assert [b"text"] == taken
