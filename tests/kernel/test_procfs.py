"""/proc: what the kernel tells about itself."""

from __future__ import annotations

import pytest

from tests.kernel.procfs_steps import SECOND_NS, errno_of, text, write
from vshell.abi.errno import EACCES, EINVAL, ENOENT
from vshell.kernel import inode as ino
from vshell.kernel import procfs, sysfs


@pytest.fixture(autouse=True)
def mounted(bench):
    procfs.populate(bench.kernel)
    sysfs.populate(bench.kernel)


def test_the_root_lists_tasks_and_files(bench):
    """Every task has a directory; kthreadd is there."""
    names = bench.call(lambda sys: sys.listdir("/proc"))

    assert {"2", "modules", "version", "uptime", "self", "sys"} <= set(names)
    assert [str(pid) for pid in bench.kernel.tasks.pids()] == [n for n in names if n.isdigit()][:-1]


@pytest.mark.parametrize("name", ["02", "99999", "x", "٢", "1x"])
def test_only_pids_are_directories(bench, name):
    """A number is a task's as the kernel writes it."""
    assert ENOENT == errno_of(bench, lambda sys: sys.stat(f"/proc/{name}"))


def test_a_task_that_has_gone_has_no_directory(bench):
    """After its end its path leads nowhere."""
    pid = bench.call(lambda sys: sys.stat("/proc/self") and sys.getpid())

    assert ENOENT == errno_of(bench, lambda sys: sys.stat(f"/proc/{pid}"))


def test_uptime_is_two_numbers_in_hundredths(bench):
    """Seconds since boot, and seconds idle of all CPUs."""
    bench.pass_time(123)
    up, idle = text(bench, "/proc/uptime").split()

    assert up.startswith("123.")
    assert 123 * 2 - 1 <= float(idle) <= 2 * float(up)


def test_version_names_release_and_compiler(make_bench):
    """The one line of /proc/version."""
    bench = make_bench(
        release="6.1.0-56-amd64", builder="me@here", compiler="gcc", version="#1 SMP"
    )
    procfs.populate(bench.kernel)

    expected = "Linux version 6.1.0-56-amd64 (me@here) (gcc) #1 SMP\n"
    assert expected == text(bench, "/proc/version")


@pytest.mark.parametrize("cpus", [1, 3])
def test_each_cpu_has_a_block(make_bench, cpus):
    """cpuinfo has a block per CPU, numbered; /sys says which are online."""
    bench = make_bench(cpus=cpus)
    procfs.populate(bench.kernel)
    sysfs.populate(bench.kernel)
    blocks = text(bench, "/proc/cpuinfo").strip().split("\n\n")

    assert [f"processor\t: {n}" for n in range(cpus)] == [b.split("\n")[0] for b in blocks]
    assert all(f"siblings\t: {cpus}" in block for block in blocks)
    span = "0\n" if cpus == 1 else "0-2\n"
    assert span == text(bench, "/sys/devices/system/cpu/online")
    names = bench.call(lambda sys: sys.listdir("/sys/devices/system/cpu"))
    assert cpus == sum(name.startswith("cpu") for name in names)


def test_memory_adds_up(bench):
    """meminfo has its fixed columns, and what is used is not free."""
    values = {}
    for one in text(bench, "/proc/meminfo").splitlines():
        assert one.endswith(" kB")
        assert 28 - 1 == len(one)
        values[one.split(":")[0]] = int(one.split()[1])

    assert values["MemTotal"] == bench.kernel.config.memory_kib
    assert 0 < values["MemFree"] < values["MemAvailable"] < values["MemTotal"]
    bench.kernel.vfs.place_text("/big", "x" * 1_024_000)
    less = int(text(bench, "/proc/meminfo").splitlines()[1].split()[1])
    assert 1000 == values["MemFree"] - less


def test_stat_counts_time_and_tasks(bench):
    """The sum over CPUs comes first; busy time is system time, in hundredths."""
    bench.call(lambda sys: sys.work(3 * SECOND_NS))
    bench.pass_time(10)
    lines = text(bench, "/proc/stat").splitlines()
    rows = {line.split()[0]: [int(n) for n in line.split()[1:]] for line in lines}

    assert ["cpu", "cpu0", "cpu1", "ctxt", "btime"] == list(rows)[:5]
    assert rows["cpu"] == [a + b for a, b in zip(rows["cpu0"], rows["cpu1"], strict=True)]
    assert 300 <= rows["cpu"][2] <= 302
    assert [bench.kernel.config.boot_wall_ns // SECOND_NS] == rows["btime"]
    assert [1] == rows["procs_running"]
    assert rows["ctxt"][0] > 0


def test_load_follows_what_runs(bench):
    """An idle machine has no load; one that computes for minutes comes near 1."""
    idle = text(bench, "/proc/loadavg").split()

    def compute(sys):
        while True:
            sys.work(SECOND_NS // 10)

    bench.process(compute)
    bench.pass_time(300)
    busy = text(bench, "/proc/loadavg").split()
    again = text(bench, "/proc/loadavg").split()

    assert ["0.00"] * 3 == idle[:3]
    assert 0.95 < float(busy[0]) <= 1.05
    assert float(busy[0]) > float(busy[1]) > float(busy[2]) > 0
    assert busy[:3] == again[:3]
    assert busy[3].startswith("2/")
    assert str(max(bench.kernel.tasks.pids())) <= busy[4]


def test_a_sleep_that_cannot_be_interrupted_is_load(bench):
    """A task in D counts as active."""
    bench.load(
        "from vshell.linux.delay import msleep\n"
        "from vshell.linux.kthread import kthread_run\n"
        "from vshell.linux.module import MODULE_LICENSE, module_init\n"
        "def work(data):\n    msleep(900000)\n    return 0\n"
        'def start():\n    kthread_run(work, None, "w")\n    return 0\n'
        'module_init(start)\nMODULE_LICENSE("GPL")\n'
    )
    text(bench, "/proc/loadavg")
    bench.pass_time(300)

    assert 0.95 < float(text(bench, "/proc/loadavg").split()[0]) <= 1.0


def test_other_files_of_the_root(bench):
    """What programs look for is there, in its form."""
    assert bench.kernel.config.cmdline + "\n" == text(bench, "/proc/cmdline")
    assert "136 pts\n" in text(bench, "/proc/devices")
    assert "nodev\tproc\n" in text(bench, "/proc/filesystems")
    assert "proc /proc proc rw,nosuid,nodev,noexec,relatime 0 0\n" in text(bench, "/proc/mounts")
    assert "60\n" == text(bench, "/proc/sys/vm/swappiness")
    uuid = text(bench, "/proc/sys/kernel/random/boot_id").strip()
    assert [8, 4, 4, 4, 12] == [len(part) for part in uuid.split("-")]
    assert uuid == text(bench, "/proc/sys/kernel/random/boot_id").strip()


def test_symbols_of_modules_are_listed(bench):
    """kallsyms has a line per function, its address for root only."""
    bench.load(
        "from vshell.linux.module import MODULE_LICENSE, module_init\n"
        "def start():\n    return 0\n"
        'module_init(start)\nMODULE_LICENSE("GPL")\n'
    )

    address, kind, name, module = text(bench, "/proc/kallsyms").split()
    assert ("t", "start", "[mod]") == (kind, name, module)
    assert address.startswith("ffffffffc")
    assert f"{'0' * 16} t start\t[mod]\n" == text(bench, "/proc/kallsyms", uid=1000)


def test_a_file_is_computed_when_it_is_read_from_its_start(bench):
    """Reading on gives the same contents' rest; a new start, new contents."""

    def steps(sys):
        fd = sys.open("/proc/uptime")
        first = sys.read(fd, 4)
        sys.nanosleep(100 * SECOND_NS)
        rest = sys.read(fd)
        end = sys.read(fd)
        sys.lseek(fd, 0, ino.SEEK_SET)
        later = sys.read(fd)
        sys.lseek(fd, 2, ino.SEEK_SET)
        sys.lseek(fd, 1, ino.SEEK_CUR)
        tail = sys.read(fd)
        return first + rest, end, later, tail

    first, end, later, tail = bench.call(steps)
    assert first.startswith(b"0.00 ")
    assert (b"", later[3:]) == (end, tail)
    assert later.startswith(b"100.")


def test_positions_in_computed_files(bench):
    """There is no end to seek from, and nothing before the beginning."""
    for offset, whence in ((0, ino.SEEK_END), (-1, ino.SEEK_SET), (-1, ino.SEEK_CUR)):

        def seek(sys, offset=offset, whence=whence):
            sys.lseek(sys.open("/proc/uptime"), offset, whence)

        assert EINVAL == errno_of(bench, seek)


def test_computed_files_are_written_as_they_allow(bench):
    """A file without a writer cannot be opened for writing, by root neither."""
    assert EACCES == errno_of(bench, write("/proc/uptime", b"1"))
    assert EACCES == errno_of(bench, write("/proc/sys/kernel/ostype", b"1"))
    assert EACCES == errno_of(bench, write("/proc/sys/kernel/panic", b"1"), uid=1000)
    assert 0 == errno_of(bench, write("/proc/sys/kernel/panic", b"1"))
