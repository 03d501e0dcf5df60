# Three kthreads to look at with ps. The twin of psmod.c.

from vshell.linux.delay import msleep, msleep_interruptible
from vshell.linux.kthread import kthread_run, kthread_should_stop, kthread_stop
from vshell.linux.module import MODULE_LICENSE, module_exit, module_init
from vshell.linux.sched import cond_resched

a = None
b = None
d = None


def sl(x):
    while not kthread_should_stop():
        msleep_interruptible(1000)
    return 0


def busy(x):
    while not kthread_should_stop():
        cond_resched()
    return 0


def ds(x):
    while not kthread_should_stop():
        msleep(100)
    return 0


def psmod_init():
    global a, b, d

    a = kthread_run(sl, None, "psm_sleep")
    b = kthread_run(busy, None, "psm_busy/%d", 1)
    d = kthread_run(ds, None, "psm_a_long_name_thread")
    return 0


def psmod_exit():
    kthread_stop(a)
    kthread_stop(b)
    kthread_stop(d)


module_init(psmod_init)
module_exit(psmod_exit)
MODULE_LICENSE("GPL")
