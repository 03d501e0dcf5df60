# kthread_bind() on a thread that already runs: a warning. The twin of latebind.c.

from vshell.linux.delay import msleep
from vshell.linux.kthread import kthread_bind, kthread_run, kthread_should_stop, kthread_stop
from vshell.linux.module import MODULE_LICENSE, module_exit, module_init
from vshell.linux.printk import pr_info
from vshell.linux.stddef import NULL

t = NULL


def fn(a):
    while not kthread_should_stop():
        msleep(100)
    return 0


def latebind_init():
    global t

    t = kthread_run(fn, NULL, "latebind")
    kthread_bind(t, 1)
    pr_info("bound late, nr_cpus_allowed=%d\n", t.nr_cpus_allowed)
    return 0


def latebind_exit():
    kthread_stop(t)


module_init(latebind_init)
module_exit(latebind_exit)
MODULE_LICENSE("GPL")
