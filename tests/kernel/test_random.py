from __future__ import annotations

import pytest

from vshell.abi.errno import EAGAIN, EINTR, KernelError
from vshell.abi.signals import SIGALRM
from vshell.kernel import devices
from vshell.kernel import inode as ino

SECOND_NS = 1_000_000_000


@pytest.fixture
def early(make_bench):
    """Give a kernel whose generator is not ready at boot."""
    bench = make_bench(crng_ready=False)
    devices.populate(bench.kernel)
    return bench


def test_the_default_machine_is_ready(bench):
    """Nobody waits, and %p has its key."""
    assert bench.kernel.random.ready
    assert bench.kernel.random.has_pointer_key()


def test_a_reader_makes_it_ready(early):
    """Reading /dev/random takes a bit for each jiffy, once; then the log says so."""
    kernel = early.kernel

    def steps(sys):
        fd = sys.open("/dev/random")
        times = [kernel.sched.now_ns]
        for _ in range(2):
            assert 8 == len(sys.read(fd, 8))
            times.append(kernel.sched.now_ns)
        return times

    before, first, second = early.call(steps)

    assert 256 * 4_000_000 <= first - before < 330 * 4_000_000
    assert second - first < 4_000_000
    assert ["random: crng init done"] == [record.text for record in kernel.printk.records()]


def test_who_does_not_want_to_wait(early):
    """/dev/urandom gives numbers at once; /dev/random with O_NONBLOCK is EAGAIN."""

    def steps(sys):
        assert 8 == len(sys.read(sys.open("/dev/urandom"), 8))
        with pytest.raises(KernelError) as caught:
            sys.read(sys.open("/dev/random", ino.O_RDONLY | ino.O_NONBLOCK), 8)
        return caught.value.errno

    assert EAGAIN == early.call(steps)
    assert not early.kernel.random.ready


def test_a_signal_ends_the_wait(early):
    """A reader that is interrupted leaves the generator as it is."""

    def steps(sys):
        sys.sigaction(SIGALRM, lambda _signal: None)
        sys.alarm(SECOND_NS // 10)
        with pytest.raises(KernelError) as caught:
            sys.read(sys.open("/dev/random"), 8)
        return caught.value.errno

    assert EINTR == early.call(steps)
    assert not early.kernel.random.ready


def test_pointers_are_hidden_until_there_is_a_key(early):
    """%p's key is made at the next look, one every two seconds (Real: 19-printk-formats)."""
    kernel = early.kernel
    address = 0xFFFF888004000000
    assert "(____ptrval____)" == kernel.addresses.hashed(address)

    early.call(lambda sys: sys.read(sys.open("/dev/random"), 1))
    assert "(____ptrval____)" == kernel.addresses.hashed(address)

    early.call(lambda sys: sys.nanosleep(SECOND_NS * 3 // 2))
    assert kernel.addresses.hashed(address).startswith("00000000")
