from __future__ import annotations

from tests.linux.play import start


def test_one_element_at_a_time(bench):
    """kfifo_put() gives 0 when full, kfifo_get() 0 when empty; first in, first out."""
    lines = """
    seen.append((kfifo_is_empty(fifo), kfifo_size(fifo), kfifo_get(fifo), kfifo_peek(fifo)))
    seen.append([kfifo_put(fifo, n) for n in (1, 2, 3)])
    seen.append((kfifo_is_full(fifo), kfifo_len(fifo), kfifo_avail(fifo), kfifo_peek(fifo)))
    ret, val = kfifo_get(fifo)
    seen.append((ret, val, kfifo_len(fifo)))
    kfifo_reset(fifo)
    seen.append(kfifo_is_empty(fifo))
    """
    wanted = [(1, 2, (0, None), (0, None)), [1, 1, 0], (1, 2, 0, (1, 1)), (1, 1, 1), 1]
    assert wanted == start(bench, lines, "fifo = DEFINE_KFIFO(int, 2)")


def test_several_elements(bench):
    """kfifo_in() puts what fits, kfifo_out() takes what is there, with a lock or without."""
    lines = """
    seen.append((kfifo_initialized(fifo), kfifo_alloc(fifo, 1, GFP_KERNEL)))
    seen.append((kfifo_alloc(fifo, 3, GFP_KERNEL), kfifo_size(fifo), kfifo_initialized(fifo)))
    seen.append(kfifo_in(fifo, [1, 2, 3, 4, 5], 5))
    seen.append(kfifo_out(fifo, 3))
    seen.append(kfifo_in_spinlocked(fifo, [8, 9], 2, lock))
    seen.append(kfifo_out_spinlocked(fifo, 9, lock))
    kfifo_free(fifo)
    seen.append(kfifo_initialized(fifo))
    """
    wanted = [(0, -22), (0, 4, 1), 4, (3, [1, 2, 3]), 2, (3, [4, 8, 9]), 0]
    assert wanted == start(bench, lines, "fifo = kfifo()\nlock = DEFINE_SPINLOCK()")
