from __future__ import annotations

import pytest

from vshell.abi.errno import EAGAIN, EINTR, EINVAL, EIO, ENOSPC, EPERM, EPIPE, ESPIPE, KernelError
from vshell.abi.signals import SIGALRM, SIGPIPE
from vshell.kernel import devices
from vshell.kernel import inode as ino
from vshell.kernel.devices import SinkFile, SourceFile
from vshell.kernel.printk import INFO

SECOND_NS = 1_000_000_000


@pytest.fixture(autouse=True)
def populated(bench):
    devices.populate(bench.kernel)


def errno_of(function, *args):
    with pytest.raises(KernelError) as caught:
        function(*args)
    return caught.value.errno


@pytest.mark.parametrize(
    ("name", "rdev", "read", "written"),
    [
        ("null", (1, 3), b"", 3),
        ("zero", (1, 5), bytes(5), 3),
        ("full", (1, 7), bytes(5), -ENOSPC),
    ],
)
def test_simple_devices(bench, name, rdev, read, written):
    """null is empty and takes all, zero has zeros, full takes nothing; all may be used by all."""

    def steps(sys):
        fd = sys.open(f"/dev/{name}", ino.O_RDWR | ino.O_TRUNC)
        stat = sys.stat(f"/dev/{name}")
        try:
            count = sys.write(fd, b"abc")
        except KernelError as error:
            count = -error.errno
        return stat.mode, stat.rdev, sys.read(fd, 5), count, sys.lseek(fd, 9, ino.SEEK_SET)

    assert (ino.S_IFCHR | 0o666, rdev, read, written, 0) == bench.call(steps, uid=1000)


def test_one_read_of_zeros_has_a_limit(bench):
    """A megabyte at a time."""
    assert 1 << 20 == len(bench.call(lambda sys: sys.read(sys.open("/dev/zero"), 1 << 30)))


def test_random_bytes_come_from_the_policy(make_bench):
    """Two machines with the same seed read the same; two reads of one differ."""
    seen = []
    for _ in range(2):
        bench = make_bench()
        devices.populate(bench.kernel)

        def steps(sys):
            fd = sys.open("/dev/urandom", ino.O_RDWR)
            return sys.read(fd, 13), sys.read(sys.open("/dev/random"), 13), sys.write(fd, b"xy")

        seen.append(bench.call(steps))

    assert seen[0] == seen[1]
    first, second, written = seen[0]
    assert (13, 13, 2) == (len(first), len(second), written)
    assert first != second


# -- /dev/kmsg ------------------------------------------------------------------------------------


def log(bench, *texts):
    for text in texts:
        bench.kernel.printk.emit(INFO, text)


def test_kmsg_gives_a_record_per_read(bench):
    """Each read is one record, from the oldest; then it sleeps or says EAGAIN."""
    log(bench, "one", "two")

    def steps(sys):
        fd = sys.open("/dev/kmsg", ino.O_RDONLY | ino.O_NONBLOCK)
        return sys.read(fd), sys.read(fd), errno_of(sys.read, fd)

    one, two, errno = bench.call(steps)
    assert one.startswith(b"6,")
    assert one.endswith(b",-;one\n")
    assert two.endswith(b",-;two\n")
    assert EAGAIN == errno
    assert 1 == int(two.split(b",")[1]) - int(one.split(b",")[1])


def test_kmsg_waits_for_the_next_record(bench):
    """A blocking read ends with a new record, or with a handled signal."""

    def steps(sys):
        fd = sys.open("/dev/kmsg")
        sys.sigaction(SIGALRM, lambda _signal: None)
        sys.alarm(SECOND_NS)
        cut = errno_of(sys.read, fd)
        bench.kernel.post(sys.clock_monotonic_ns() + SECOND_NS, lambda: log(bench, "late"))
        return cut, sys.read(fd)

    errno, record = bench.call(steps)
    assert EINTR == errno
    assert record.endswith(b";late\n")


def test_kmsg_says_when_records_were_lost(make_bench):
    """A reader that was overtaken gets EPIPE once, then the oldest that is left."""
    bench = make_bench(log_buf_len=4096)
    devices.populate(bench.kernel)

    def steps(sys):
        log(bench, "first")
        fd = sys.open("/dev/kmsg", ino.O_RDONLY | ino.O_NONBLOCK)
        log(bench, *(f"line {number} {'x' * 80}" for number in range(100)))
        return errno_of(sys.read, fd), sys.read(fd), sys.read(fd)

    errno, oldest, following = bench.call(steps)
    assert EPIPE == errno
    number = int(oldest.partition(b";line ")[2].split()[0])
    assert number > 0
    assert f";line {number + 1} ".encode() in following


def test_kmsg_needs_room_for_a_record(bench):
    """A buffer that is too small is EINVAL."""
    log(bench, "a long line")

    assert EINVAL == bench.call(lambda sys: errno_of(sys.read, sys.open("/dev/kmsg"), 5))


def test_kmsg_can_be_positioned(bench):
    """To the oldest, to what dmesg -C has left, to the end; nowhere else."""
    log(bench, "old")
    bench.call(lambda sys: sys.syslog(5))
    log(bench, "new")

    def steps(sys):
        fd = sys.open("/dev/kmsg", ino.O_RDONLY | ino.O_NONBLOCK)
        sys.lseek(fd, 0, ino.SEEK_END)
        end = errno_of(sys.read, fd)
        sys.lseek(fd, 0, ino.SEEK_DATA)
        new = sys.read(fd)
        sys.lseek(fd, 0, ino.SEEK_SET)
        old = sys.read(fd)
        return (
            end,
            new.partition(b";")[2],
            old.partition(b";")[2],
            errno_of(sys.lseek, fd, 1, ino.SEEK_SET),
            errno_of(sys.lseek, fd, 0, ino.SEEK_CUR),
        )

    assert (EAGAIN, b"new\n", b"old\n", ESPIPE, EINVAL) == bench.call(steps)


@pytest.mark.parametrize(
    ("data", "prefix", "text"),
    [
        (b"plain\n", 12, b"plain"),
        (b"<3>error", 11, b"error"),
        (b"<6>kernel's facility cannot be claimed", 14, b"kernel's facility cannot be claimed"),
        (b"<30>daemon", 30, b"daemon"),
        (b"<x>no number", 12, b"<x>no number"),
        (b"<5 no bracket", 12, b"<5 no bracket"),
        (b"<99999999999>big", 99999999999 & 0x7FF, b"big"),
    ],
)
def test_kmsg_takes_lines_of_programs(bench, data, prefix, text):
    """A line may begin with its priority; without one it is a user's at the default level."""

    def steps(sys):
        fd = sys.open("/dev/kmsg", ino.O_RDWR | ino.O_NONBLOCK)
        sys.lseek(fd, 0, ino.SEEK_END)
        return sys.write(fd, data), sys.read(fd)

    count, record = bench.call(steps)
    assert len(data) == count
    assert text == record.partition(b";")[2].rstrip(b"\n")
    number = int(record.split(b",")[0])
    assert prefix == number


def test_kmsg_refuses_long_lines(bench):
    """976 bytes fit."""

    def steps(sys):
        fd = sys.open("/dev/kmsg", ino.O_WRONLY)
        return sys.write(fd, b"x" * 976), errno_of(sys.write, fd, b"x" * 977)

    assert (976, EINVAL) == bench.call(steps)


def test_the_log_may_be_roots(make_bench):
    """With dmesg_restrict only root reads it; users never write it."""
    for restricted, errno in ((0, 0), (1, EPERM)):
        bench = make_bench(dmesg_restrict=restricted)
        devices.populate(bench.kernel)

        def steps(sys):
            try:
                sys.open("/dev/kmsg")
            except KernelError as error:
                return error.errno
            return 0

        assert (errno, 0) == (bench.call(steps, uid=1000), bench.call(steps))
        assert 13 == bench.call(lambda sys: errno_of(sys.open, "/dev/kmsg", ino.O_WRONLY), uid=1000)


# -- What the machine connects --------------------------------------------------------------------


def test_standard_streams_are_the_machines(bench):
    """Bytes come from a source and go to a sink; each is for one direction, without positions."""
    taken = []
    chunks = [b"input"]

    def steps(sys):
        process = sys._process
        source = process.install(SourceFile(lambda count: chunks.pop() if chunks else b""))
        sink = process.install(SinkFile(bench.kernel, taken.append))
        seen = [sys.read(source, 9), sys.read(source, 9), sys.write(sink, b"out")]
        failures = [
            errno_of(sys.write, source, b"x"),
            errno_of(sys.read, sink),
            errno_of(sys.lseek, sink, 0, 0),
        ]
        return seen, failures, sys.fstat(sink).size, sys.isatty(sink)

    assert ([b"input", b"", 3], [9, 9, ESPIPE], 0, False) == bench.call(steps)
    assert [b"out"] == taken


@pytest.mark.parametrize(("errno", "signals"), [(EPIPE, [SIGPIPE]), (EIO, [])])
def test_a_reader_that_has_gone_is_sigpipe(bench, errno, signals):
    """When nobody takes the output any more it is as with a pipe; other errors are errors."""

    def gone(_data):
        raise KernelError(errno)

    def steps(sys):
        caught = []
        sys.sigaction(SIGPIPE, caught.append)
        fd = sys._process.install(SinkFile(bench.kernel, gone))
        return errno_of(sys.write, fd, b"x"), caught

    assert (errno, signals) == bench.call(steps)


def test_streams_have_names_in_dev(bench):
    """/dev/stdin and its kin lead to the own descriptors."""
    names = ("stdin", "stdout", "stderr", "fd")
    targets = bench.call(lambda sys: [sys.readlink(f"/dev/{name}") for name in names])

    assert [f"/proc/self/fd/{number}" for number in "012"] + ["/proc/self/fd"] == targets


def test_plain_files_and_inodes_refuse_what_they_do_not_do(bench):
    """An inode without a way to open it is EACCES, a file without one to read EINVAL."""
    vfs = bench.kernel.vfs
    inode = ino.Inode(vfs, 0o777)
    file = ino.File(inode, ino.O_RDWR)

    assert 13 == errno_of(inode.open, None, 0)
    assert [EINVAL, EINVAL] == [errno_of(file.read, 1), errno_of(file.write, b"")]
    assert (0, False) == (inode.size(), file.is_tty())


DEVKMSG = [
    ("ratelimit", 10, ["test: 2 output lines suppressed due to ratelimiting"]),
    ("on", 12, []),
]


@pytest.mark.parametrize(("mode", "count", "behind"), DEVKMSG)
def test_a_program_may_write_ten_lines_in_five_seconds(bench, mode, count, behind):
    """What is too much is dropped, and counted when the file is closed; not with mode on."""
    bench.kernel.printk.devkmsg = mode

    def steps(sys):
        fd = sys.open("/dev/kmsg", ino.O_WRONLY)
        for number in range(12):
            assert 3 == sys.write(fd, b"n%02d" % number)
        sys.close(fd)

    bench.call(steps)
    texts = [record.text for record in bench.kernel.printk.records()]
    assert [f"n{number:02d}" for number in range(count)] + behind == texts


def test_programs_may_be_kept_out_of_the_log(bench):
    """With mode off nobody opens /dev/kmsg, and whoever has it open writes for nobody."""

    def steps(sys):
        fd = sys.open("/dev/kmsg", ino.O_WRONLY)
        bench.kernel.printk.devkmsg = "off"
        assert 1 == sys.write(fd, b"x")
        return errno_of(sys.open, "/dev/kmsg", ino.O_WRONLY)

    assert EPERM == bench.call(steps)
    assert [] == bench.kernel.printk.records()
