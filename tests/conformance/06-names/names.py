# Names of kthreads: printf formats, and names longer than 15 characters.
# The twin of names.c.

from vshell.linux.jiffies import HZ
from vshell.linux.kthread import kthread_run, kthread_should_stop, kthread_stop
from vshell.linux.module import MODULE_LICENSE, module_exit, module_init
from vshell.linux.printk import pr_info
from vshell.linux.sched import current, get_task_comm, schedule_timeout_interruptible

N = 12
t = [None] * N


def fn(arg):
    buf = get_task_comm(current)
    pr_info(
        "id=%ld comm=[%s] get_task_comm=[%s] len=%zu\n",
        arg,
        current.comm,
        buf,
        len(current.comm),
    )
    while not kthread_should_stop():
        schedule_timeout_interruptible(HZ)
    return 0


def names_init():
    i = 0

    t[i] = kthread_run(fn, i, "short")
    i += 1
    t[i] = kthread_run(fn, i, "worker/%d", 3)
    i += 1
    t[i] = kthread_run(fn, i, "exactly15chars_")
    i += 1
    t[i] = kthread_run(fn, i, "sixteen_chars_xx")
    i += 1
    t[i] = kthread_run(fn, i, "a_very_long_kthread_name_number_%d", 42)
    i += 1
    t[i] = kthread_run(fn, i, "with space %s", "x y")
    i += 1
    t[i] = kthread_run(fn, i, "hex%04x:%c", 0xAB, "Q")
    i += 1
    t[i] = kthread_run(fn, i, "%s", "pct%d")
    i += 1
    t[i] = kthread_run(fn, i, "[bracket]")
    i += 1
    t[i] = kthread_run(fn, i, "paren(x)")
    i += 1
    t[i] = kthread_run(fn, i, "%s", "")
    i += 1
    t[i] = kthread_run(fn, i, "kworker/fake:1")
    return 0


def names_exit():
    for i in range(N):
        kthread_stop(t[i])


module_init(names_init)
module_exit(names_exit)

MODULE_LICENSE("GPL")
