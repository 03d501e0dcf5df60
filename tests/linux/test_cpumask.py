from __future__ import annotations

from tests.linux.play import play, start


def test_sets_of_cpus(make_bench):
    """Sets are bits; masks of what is there; a CPU that is not there does not count."""
    lines = """
    seen.append((cpumask_of(0), cpumask_of(2), cpu_none_mask, cpu_online_mask, cpu_possible_mask))
    seen.append((cpumask_test_cpu(2, cpumask_of(2)), cpumask_test_cpu(1, cpumask_of(2))))
    seen.append((cpumask_weight(0b1101), cpumask_first(0b1100), cpumask_first(cpu_none_mask)))
    seen.append(nr_cpu_ids)
    for cpu in for_each_online_cpu():
        seen.append(cpu)
    """
    wanted = [(1, 4, 0, 7, 7), (True, False), (2, 2, 3), 3, 0, 1, 2]

    assert wanted == start(make_bench(cpus=3), lines)


def test_a_task_runs_where_it_may(bench):
    """set_cpus_allowed_ptr() moves a thread; -EINVAL for a set without CPUs."""
    seen = play(
        bench,
        """
        seen = []
        k = []
        def fn(data):
            while not kthread_should_stop():
                seen.append(smp_processor_id())
                msleep(10)
            return 0
        def start():
            k.append(kthread_run_on_cpu(fn, NULL, 0, "fn/%u"))
            msleep(5)
            seen.append(set_cpus_allowed_ptr(k[0], cpumask_of(1)))
            seen.append(set_cpus_allowed_ptr(k[0], cpu_none_mask))
            seen.append(set_cpus_allowed_ptr(k[0], cpumask_of(9)))
            msleep(20)
            return 0
        """,
    ).seen

    assert [0, 0, -22, -22] == seen[:4]
    assert {1} == set(seen[4:])
