# kthread_stop() called twice on the same, referenced, thread: the second call never returns.
# The twin of stoptwice.c.

from vshell.linux.delay import msleep
from vshell.linux.kthread import kthread_run, kthread_should_stop, kthread_stop
from vshell.linux.module import MODULE_LICENSE, module_exit, module_init
from vshell.linux.printk import pr_info
from vshell.linux.sched.task import get_task_struct, put_task_struct

t = None


def fn(arg):
    while not kthread_should_stop():
        msleep(50)
    return 15


def stoptwice_init():
    global t

    t = kthread_run(fn, None, "twice_thread")
    get_task_struct(t)
    return 0


def stoptwice_exit():
    pr_info("ev=stop1 r=%d\n", kthread_stop(t))
    pr_info("ev=stop2_call\n")
    pr_info("ev=stop2 r=%d\n", kthread_stop(t))
    put_task_struct(t)


module_init(stoptwice_init)
module_exit(stoptwice_exit)

MODULE_LICENSE("GPL")
