# One thread waits in kthread_park() for a busy thread; another calls kthread_stop() on that busy
# thread meanwhile. The twin of park_vs_stop.c.

from vshell.linux.delay import msleep
from vshell.linux.jiffies import HZ, jiffies, time_before
from vshell.linux.kthread import kthread_park, kthread_parkme, kthread_run, kthread_should_park
from vshell.linux.kthread import kthread_should_stop, kthread_stop
from vshell.linux.module import MODULE_LICENSE, module_exit, module_init
from vshell.linux.printk import pr_info
from vshell.linux.sched import cond_resched, current
from vshell.linux.sched.task import get_task_struct

t0 = 0
busy = None
parker = None
stopper = None


def EV(fmt, *args):
    pr_info("t=%lu who=%s ev=" + fmt + "\n", jiffies - t0, current.comm, *args)


def busy_fn(arg):
    end = jiffies + HZ

    while time_before(jiffies, end):
        cond_resched()
    EV("look should_stop=%d should_park=%d", kthread_should_stop(), kthread_should_park())
    kthread_parkme()
    EV("parkme_back should_stop=%d should_park=%d", kthread_should_stop(), kthread_should_park())
    return 7


def parker_fn(arg):
    EV("park_call")
    r = kthread_park(busy)
    EV("park r=%d", r)
    return r


def stopper_fn(arg):
    EV("stop_call")
    r = kthread_stop(busy)
    EV("stop r=%d", r)
    return r


def pvs_init():
    global t0, busy, parker, stopper

    t0 = jiffies
    busy = kthread_run(busy_fn, None, "pvs_busy")
    get_task_struct(busy)
    msleep(100)
    parker = kthread_run(parker_fn, None, "pvs_parker")
    msleep(100)
    stopper = kthread_run(stopper_fn, None, "pvs_stopper")
    return 0


def pvs_exit():
    pass


module_init(pvs_init)
module_exit(pvs_exit)

MODULE_LICENSE("GPL")
