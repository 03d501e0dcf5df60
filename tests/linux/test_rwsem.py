from __future__ import annotations

import pytest

from tests.linux.play import play, start

SEM = "sem = DECLARE_RWSEM()"


def test_readers_share_and_a_writer_is_alone(bench):
    """down_read_trylock() and down_write_trylock() give 1 where it is possible at once."""
    lines = """
    seen.append(rwsem_is_locked(sem))
    down_read(sem)
    seen.append((rwsem_is_locked(sem), down_read_trylock(sem), down_write_trylock(sem)))
    up_read(sem)
    up_read(sem)
    down_write(sem)
    seen.append((rwsem_is_locked(sem), down_read_trylock(sem), down_write_trylock(sem)))
    downgrade_write(sem)
    seen.append((down_read_trylock(sem), down_write_trylock(sem)))
    up_read(sem)
    up_read(sem)
    seen.append(down_write_trylock(sem))
    up_write(sem)
    seen.append((down_read_interruptible(sem), down_read_killable(sem)))
    init_rwsem(sem)
    seen.append(down_write_killable(sem))
    """
    assert [0, (1, 1, 0), (1, 0, 0), (1, 0), 1, (0, 0), 0] == start(bench, lines, SEM)


QUEUE = """
seen = []
sem = DECLARE_RWSEM()
def reader(number):
    down_read(sem)
    seen.append(("r", number))
    msleep(10)
    up_read(sem)
    return 0
def writer(number):
    down_write(sem)
    seen.append(("w", number))
    msleep(10)
    up_write(sem)
    return 0
def start():
    FIRST(sem)
    for i, fn in enumerate([ORDER]):
        kthread_run(fn, i, "w%d", i)
        msleep(5)
    seen.append("let go")
    LAST(sem)
    return 0
"""


def queue(bench, first, last, order):
    """Let threads queue up behind a holder; give the order in which they get through."""
    text = QUEUE.replace("FIRST", first).replace("LAST", last).replace("ORDER", order)
    return play(bench, text, seconds=1).seen


def test_all_waiting_readers_go_together(make_bench):
    """When a writer lets go and a reader is first, every waiting reader gets in."""
    seen = queue(make_bench(cpus=1), "down_write", "up_write", "reader, writer, reader")

    assert ["let go", ("r", 0), ("r", 2), ("w", 1)] == seen


def test_a_reader_queues_behind_a_writer(make_bench):
    """A reader that comes while a writer waits goes after it."""
    seen = queue(make_bench(cpus=1), "down_read", "up_read", "writer, reader")

    assert ["let go", ("w", 0), ("r", 1)] == seen


def test_waiting_readers_get_in_when_the_writer_becomes_one(make_bench):
    """downgrade_write() lets the readers in front of the queue in."""
    seen = queue(make_bench(cpus=1), "down_write", "downgrade_write", "reader, reader")

    assert ["let go", ("r", 0), ("r", 1)] == seen


@pytest.mark.parametrize("call", ["down_read_interruptible"])
def test_kthread_stop_ends_an_interruptible_wait(bench, call):
    """down_read_interruptible() gives -EINTR for a thread that is stopped."""
    lines = """
    down_write(sem)
    k = kthread_run(fn, NULL, "fn")
    msleep(10)
    seen.append(kthread_stop(k))
    up_write(sem)
    """
    functions = f"{SEM}\ndef fn(data):\n    return {call}(sem)"
    assert [-4] == start(bench, lines, functions)


def test_a_null_pointer_is_a_fault(bench):
    """down_read(NULL) writes to address 0."""
    start(bench, "down_read(NULL)")

    assert any("address: 0000000000000000" in line for line in bench.log())
