from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

from vshell.abi.errno import EAGAIN, EBADF, EINTR, EMFILE, EPIPE, ESPIPE, KernelError
from vshell.abi.signals import SIG_IGN, SIGALRM, SIGPIPE
from vshell.kernel import inode as ino
from vshell.kernel.pipe import PIPE_BUF, PIPE_BYTES

SECOND_NS = 1_000_000_000


def errno_of(function, *args):
    with pytest.raises(KernelError) as caught:
        function(*args)
    return caught.value.errno


def nonblocking(sys, *fds):
    for fd in fds:
        sys._process.file(fd).flags |= ino.O_NONBLOCK


def test_what_is_written_is_read_in_order(bench):
    """Bytes come out as they went in, as many as asked for and there."""

    def steps(sys):
        reader, writer = sys.pipe()
        sys.write(writer, b"abc")
        sys.write(writer, b"def")
        return sys.read(reader, 4), sys.read(reader, 100), sys.read(reader, 0)

    assert (b"abcd", b"ef", b"") == bench.call(steps)


def test_a_pipe_holds_64_kib(bench):
    """The byte after the 65536th does not fit."""

    def steps(sys):
        reader, writer = sys.pipe()
        nonblocking(sys, reader, writer)
        taken = sys.write(writer, bytes(PIPE_BYTES + 5))
        full = errno_of(sys.write, writer, b"x")
        sys.read(reader, PIPE_BYTES)
        return taken, full, errno_of(sys.read, reader)

    assert (65536, EAGAIN, EAGAIN) == bench.call(steps)


def test_small_writes_are_not_split(bench):
    """Up to PIPE_BUF bytes go in whole or not at all; more may go in by parts."""

    def steps(sys):
        reader, writer = sys.pipe()
        nonblocking(sys, writer)
        sys.write(writer, bytes(PIPE_BYTES - 10))
        small = errno_of(sys.write, writer, bytes(PIPE_BUF))
        fits = sys.write(writer, bytes(10))
        sys.read(reader, PIPE_BUF + 1)
        return small, fits, sys.write(writer, bytes(3 * PIPE_BUF))

    assert (EAGAIN, 10, PIPE_BUF + 1) == bench.call(steps)


def test_a_writer_waits_for_room(bench):
    """A write of more than fits sleeps until the reader has made room, and takes all."""

    def steps(sys):
        reader, writer = sys.pipe()
        data = bytes(range(256)) * 1024

        def child(sys):
            sys.close(reader)
            return 0 if sys.write(writer, data) == len(data) else 1

        sys.fork(child)
        sys.close(writer)
        got = b""
        while piece := sys.read(reader, 10_000):
            got += piece
            sys.nanosleep(1000)
        return got == data, sys.wait4()[1]

    assert (True, 0) == bench.call(steps)


def test_a_reader_waits_for_bytes(bench):
    """A read of an empty pipe sleeps, interruptibly, until something comes or nobody can write."""

    def steps(sys):
        reader, writer = sys.pipe()

        def child(sys):
            sys.close(reader)
            sys.nanosleep(SECOND_NS)
            sys.write(writer, b"late")
            sys.nanosleep(SECOND_NS)
            return 0

        begin_ns = sys.clock_monotonic_ns()
        sys.fork(child)
        sys.close(writer)
        seen = []
        for _ in range(2):
            data = sys.read(reader)
            seen.append((data, (sys.clock_monotonic_ns() - begin_ns) // SECOND_NS))
        return seen

    assert [(b"late", 1), (b"", 2)] == bench.call(steps)


def test_the_end_comes_when_the_last_writer_is_gone(bench):
    """A duplicate of the writing end keeps the pipe open."""

    def steps(sys):
        reader, writer = sys.pipe()
        nonblocking(sys, reader)
        again = sys.dup(writer)
        sys.close(writer)
        before = errno_of(sys.read, reader)
        sys.close(again)
        return before, sys.read(reader), sys.read(reader)

    assert (EAGAIN, b"", b"") == bench.call(steps)


def test_nobody_reads(bench):
    """Writing without a reader is EPIPE with SIGPIPE; of no bytes at all it succeeds."""

    def steps(sys):
        caught = []
        sys.sigaction(SIGPIPE, caught.append)
        reader, writer = sys.pipe()
        sys.close(reader)
        return sys.write(writer, b""), errno_of(sys.write, writer, b"x"), caught

    assert (0, EPIPE, [SIGPIPE]) == bench.call(steps)


def test_sigpipe_ends_a_process(bench):
    """A writer that does nothing about SIGPIPE dies of it; one that ignores it sees EPIPE."""

    def steps(sys):
        reader, writer = sys.pipe()

        def careless(sys):
            sys.close(reader)
            sys.write(writer, b"x")
            return 0

        def careful(sys):
            sys.sigaction(SIGPIPE, SIG_IGN)
            sys.close(reader)
            return errno_of(sys.write, writer, b"x")

        sys.close(reader)
        statuses = []
        for entry in (careless, careful):
            reader, writer = sys.pipe()
            sys.fork(entry)
            sys.close(reader)
            statuses.append(sys.wait4()[1])
        return statuses

    assert [SIGPIPE, EPIPE << 8] == bench.call(steps)


def test_a_writer_that_waits_learns_that_nobody_reads(bench):
    """When the reader goes, a write that has put some in returns that much, the next fails."""

    def steps(sys):
        reader, writer = sys.pipe()
        sys.sigaction(SIGPIPE, SIG_IGN)

        def child(sys):
            sys.close(writer)
            sys.nanosleep(SECOND_NS)
            return 0

        sys.fork(child)
        sys.close(reader)
        return sys.write(writer, bytes(PIPE_BYTES + 1)), errno_of(sys.write, writer, b"x")

    assert (PIPE_BYTES, EPIPE) == bench.call(steps)


@pytest.mark.parametrize("filled", [0, PIPE_BYTES])
def test_a_handled_signal_ends_the_wait(bench, filled):
    """A handler that ran makes a waiting read or write EINTR."""

    def steps(sys):
        reader, writer = sys.pipe()
        sys.sigaction(SIGALRM, lambda _signal: None)
        sys.alarm(SECOND_NS)
        if filled:
            sys.write(writer, bytes(filled))
            return errno_of(sys.write, writer, b"x")
        return errno_of(sys.read, reader)

    assert EINTR == bench.call(steps)


def test_a_write_cut_short_says_how_much(bench):
    """A signal during a long write gives the count that is in the pipe by then."""

    def steps(sys):
        _, writer = sys.pipe()
        sys.sigaction(SIGALRM, lambda _signal: None)
        sys.alarm(SECOND_NS)
        return sys.write(writer, bytes(PIPE_BYTES + 1))

    assert PIPE_BYTES == bench.call(steps)


def test_ends_are_for_one_direction(bench):
    """The ends cannot be mixed up, and neither can seek."""

    def steps(sys):
        reader, writer = sys.pipe()
        stat = sys.fstat(reader)
        return (
            errno_of(sys.write, reader, b"x"),
            errno_of(sys.read, writer),
            errno_of(sys.lseek, reader, 0, ino.SEEK_SET),
            stat.mode,
            stat.inode == sys.fstat(writer).inode,
        )

    assert (EBADF, EBADF, ESPIPE, ino.S_IFIFO | 0o600, True) == bench.call(steps)


def test_a_pipe_takes_two_descriptors_or_none(bench):
    """When there is room for one descriptor only, none is taken."""

    def steps(sys):
        for _ in range(1021):
            sys.dup(sys.open("/", 0))
            sys.close(sys.descriptors()[-1])
        while len(sys.descriptors()) < 1023:
            sys.dup(0)
        failed = errno_of(sys.pipe)
        return failed, len(sys.descriptors())

    assert (EMFILE, 1023) == bench.call(steps)


def test_an_end_is_opened_again_by_its_inode(bench):
    """Opening a pipe's inode, as by /proc/PID/fd, gives one more end of the same pipe."""

    def steps(sys):
        process = sys._process
        reader, writer = sys.pipe()
        inode = process.file(reader).inode
        more = process.install(inode.open(process, ino.O_WRONLY))
        less = process.install(inode.open(process, ino.O_RDONLY))
        sys.close(writer)
        sys.close(reader)
        sys.write(more, b"again")
        sys.close(more)
        return sys.read(less), sys.read(less)

    assert (b"again", b"") == bench.call(steps)


def test_ends_belong_to_who_made_the_pipe(bench):
    """Another user may not open a pipe again."""
    found = []
    bench.call(lambda sys: found.append(sys._process.file(sys.pipe()[0]).inode), uid=1000)

    def may(sys):
        return found[0].may(sys._process, ino.MAY_READ)

    assert [True, False, True] == [bench.call(may, uid=uid) for uid in (1000, 1001, 0)]


@settings(
    max_examples=25,
    derandomize=True,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    writes=some.lists(some.integers(0, 90_000), max_size=6),
    reads=some.lists(some.integers(500, 90_000), min_size=1, max_size=6),
)
def test_a_writer_and_a_reader_at_once_lose_nothing(make_bench, writes, reads):
    """However both cut the stream, the reader gets what the writer wrote."""
    stream = bytes(n * 7 % 251 for n in range(sum(writes)))

    def steps(sys):
        reader, writer = sys.pipe()

        def child(sys):
            sys.close(reader)
            position = 0
            for count in writes:
                sys.write(writer, stream[position : position + count])
                position += count
            return 0

        sys.fork(child)
        sys.close(writer)
        got = b""
        turn = 0
        while piece := sys.read(reader, reads[turn % len(reads)]):
            got += piece
            turn += 1
        return got

    assert stream == make_bench().call(steps)


def test_a_reader_may_ask_first(bench):
    """Only a read of an empty pipe that somebody may still write to would sleep."""

    def steps(sys):
        reader, writer = sys.pipe()
        seen = [sys.can_read(reader)]
        sys.write(writer, b"x")
        seen.append(sys.can_read(reader))
        sys.read(reader)
        seen.append(sys.can_read(reader))
        sys.close(writer)
        return [*seen, sys.can_read(reader), sys.can_read(sys.open("/"))]

    assert [False, True, False, True, True] == bench.call(steps)
