from __future__ import annotations

from tests.linux.play import play

READER = """
seen = []
class thing:
    def __init__(self):
        self.rcu = rcu_head()
        self.n = 0
p = thing()
def reader(data):
    rcu_read_lock()
    rcu_read_lock()
    one = rcu_dereference(p)
    rcu_read_unlock()
    mdelay(60)
    seen.append("read")
    rcu_read_unlock()
    return 0
def free(head):
    seen.append(("freed", container_of(head, thing, rcu) == old, in_softirq()))
old = p
def start():
    kthread_run_on_cpu(reader, NULL, 1, "reader/%u")
    msleep(10)
    LINES
    return 0
"""


def run(bench, lines):
    """Run lines while a reader on the other CPU reads for 60 ms; give what was seen."""
    return play(bench, READER.replace("LINES", lines), seconds=1).seen


def test_a_grace_period_waits_for_who_reads(bench):
    """synchronize_rcu() returns when the reader that had begun has ended."""
    assert ["read", "over"] == run(bench, 'synchronize_rcu()\n    seen.append("over")')


def test_callbacks_run_after_the_readers(bench):
    """call_rcu() returns at once; the callback gets the head, in softirq context, afterwards."""
    lines = """call_rcu(old.rcu, free)
    seen.append("called")
    rcu_barrier()
    seen.append("barrier")"""
    assert ["called", "read", ("freed", True, True), "barrier"] == run(bench, lines)


def test_memory_is_given_back_after_the_readers(bench):
    """kfree_rcu() frees later: until then it is no double free, and afterwards nothing is held."""
    lines = """one = kzalloc(sizeof(thing), GFP_KERNEL)
    seen.append(rcu_access_pointer(one) == one)
    kfree_rcu(one, rcu)"""
    assert [True, "read"] == run(bench, lines)
    assert [] == bench.kernel.slab.held_by("mod")
