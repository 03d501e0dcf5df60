# nice, FIFO, CPU binding of kthreads, as ps, taskset and chrt see them. The twin of attrs.c.

from vshell.linux.cpumask import cpu_none_mask, cpumask_of
from vshell.linux.delay import msleep
from vshell.linux.jiffies import HZ
from vshell.linux.kthread import kthread_bind, kthread_create, kthread_create_on_cpu
from vshell.linux.kthread import kthread_should_stop, kthread_stop
from vshell.linux.module import MODULE_LICENSE, module_exit, module_init
from vshell.linux.printk import pr_info
from vshell.linux.sched import current, sched_set_fifo, sched_set_fifo_low, sched_set_normal
from vshell.linux.sched import schedule_timeout_interruptible, set_cpus_allowed_ptr, set_user_nice
from vshell.linux.sched import task_nice, wake_up_process
from vshell.linux.smp import raw_smp_processor_id
from vshell.linux.stddef import NULL

t = [NULL] * 10
n = 0


def fn(a):
    pr_info("start comm=%s cpu=%d nr_cpus_allowed=%d policy=%u prio=%d static_prio=%d normal_prio=%d rt=%u nice=%d\n", current.comm,
        raw_smp_processor_id(), current.nr_cpus_allowed, current.policy, current.prio, current.static_prio, current.normal_prio, current.rt_priority, task_nice(current))
    while not kthread_should_stop():
        schedule_timeout_interruptible(HZ / 4)
    return 0


def mk(name):
    global n

    k = t[n] = kthread_create(fn, NULL, "%s", name)
    n += 1
    return k


def attrs_init():
    global n

    mk("a_plain")
    k = mk("a_nice10")
    set_user_nice(k, 10)
    k = mk("a_nicem5")
    set_user_nice(k, -5)
    k = mk("a_nice99")
    set_user_nice(k, 99)
    k = mk("a_fifo")
    sched_set_fifo(k)
    k = mk("a_fifolow")
    sched_set_fifo_low(k)
    k = mk("a_normal5")
    sched_set_fifo(k)
    sched_set_normal(k, 5)
    k = mk("a_bind1")
    kthread_bind(k, 1)
    k = mk("a_mask0")
    r = set_cpus_allowed_ptr(k, cpumask_of(0))
    pr_info("set_cpus_allowed_ptr r=%d\n", r)
    k = t[n] = kthread_create_on_cpu(fn, NULL, 1, "a_oncpu/%u")
    n += 1
    for r in range(n):
        wake_up_process(t[r])
    msleep(50)
    r = set_cpus_allowed_ptr(t[7], cpumask_of(0))
    pr_info("set_cpus_allowed_ptr on bound r=%d\n", r)
    r = set_cpus_allowed_ptr(t[0], cpu_none_mask)
    pr_info("set_cpus_allowed_ptr empty r=%d\n", r)
    return 0


def attrs_exit():
    for i in range(n):
        kthread_stop(t[i])


module_init(attrs_init)
module_exit(attrs_exit)
MODULE_LICENSE("GPL")
