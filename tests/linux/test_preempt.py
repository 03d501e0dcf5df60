from __future__ import annotations

from tests.linux.play import evaluate, start


def test_the_count_nests(bench):
    """preempt_disable() counts up, preempt_enable() down."""
    assert [0, 2, 1, 0] == start(
        bench,
        """
        seen.append(preempt_count())
        preempt_disable()
        preempt_disable()
        seen.append(preempt_count())
        preempt_enable()
        seen.append(preempt_count())
        preempt_enable()
        seen.append(preempt_count())
        """,
    )


def test_init_runs_in_a_task(bench):
    """A module's init is in task context."""
    assert (True, False) == evaluate(bench, "(in_task(), in_interrupt())")


def test_the_number_of_cpus(make_bench):
    """num_online_cpus() is the host's; a task knows on which one it runs."""
    bench = make_bench(cpus=4)
    online, here, raw = evaluate(
        bench, "(num_online_cpus(), smp_processor_id(), raw_smp_processor_id())"
    )

    assert 4 == online
    assert 0 <= here < 4
    assert here == raw


def test_a_bound_thread_reads_its_cpu(make_bench):
    """smp_processor_id() of a thread bound to CPU 2 is 2."""
    bench = make_bench(cpus=4)
    seen = start(
        bench,
        'kthread_run_on_cpu(fn, NULL, 2, "on/%u")\nmsleep(10)',
        "def fn(data):\n    seen.append(smp_processor_id())\n    return 0",
    )

    assert [2] == seen
