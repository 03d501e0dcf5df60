from __future__ import annotations

import pytest

from vshell.abi.errno import EAGAIN, KernelError
from vshell.kernel.task import TaskTable


def test_pids_go_up_and_begin_again_at_300(bench):
    """After pid_max comes 300, numbers in use are passed over."""
    table = TaskTable(399, 401)

    assert [399, 400, 300, 301] == [table.next_pid() for _ in range(4)]
    table._tasks[302] = bench.kernel.sched.current
    assert 303 == table.next_pid()


def test_no_pid_left():
    """When every number is taken, next_pid() raises EAGAIN."""
    table = TaskTable(300, 302)
    table._tasks.update({300: None, 301: None})

    with pytest.raises(KernelError) as error:
        table.next_pid()
    assert EAGAIN == error.value.errno


def test_skip_to_never_goes_back():
    """skip_to() moves the next pid up only."""
    table = TaskTable(10, 100)
    table.skip_to(50)
    table.skip_to(20)

    assert 50 == table.next_pid()


def test_a_table_of_tasks(bench):
    """Tasks are found by pid and listed by rising pid."""
    tasks = bench.kernel.tasks
    late = bench.kernel.new_task("late", pid=90)
    early = bench.kernel.new_task("early", pid=80)

    assert early is tasks.get(80)
    assert tasks.get(81) is None
    assert [80, 90] == [pid for pid in tasks.pids() if pid >= 80]
    assert [early, late] == [task for task in tasks if task.pid >= 80]
    assert len(list(tasks)) == len(tasks)
    assert "<Task 90 'late' D>" == repr(late)
    assert late.is_alive()


def test_a_dead_task_is_freed_with_its_last_reference(bench):
    """put_task() frees at the last reference only."""
    task = bench.kernel.new_task("counted", pid=70)
    task.usage = 2

    bench.kernel.put_task(task)
    assert not task.freed
    bench.kernel.put_task(task)
    assert task.freed
