# insmod parks a thread that is busy (mode=late) or asleep (mode=asleep) for 2 s before it looks,
# or that returns without ever parking (mode=return). The twin of park_never.c.

from vshell.linux.delay import msleep
from vshell.linux.jiffies import HZ, jiffies, time_before
from vshell.linux.kthread import kthread_park, kthread_parkme, kthread_run, kthread_should_park
from vshell.linux.kthread import kthread_should_stop, kthread_stop
from vshell.linux.module import MODULE_LICENSE, module_exit, module_init
from vshell.linux.moduleparam import charp, module_param
from vshell.linux.printk import pr_info
from vshell.linux.sched import cond_resched, schedule_timeout_interruptible

mode = "late"
module_param(mode, charp, 0o444)
t0 = 0
k = None


def EV(fmt, *args):
    pr_info("t=%lu ev=" + fmt + "\n", jiffies - t0, *args)


def never_fn(arg):
    end = jiffies + 2 * HZ

    if mode == "asleep":
        msleep(2000)
    else:
        while time_before(jiffies, end):
            cond_resched()
    EV("fn_after_2s should_park=%d", kthread_should_park())
    if mode == "return":
        return 5
    kthread_parkme()
    EV("fn_resumed")
    while not kthread_should_stop():
        schedule_timeout_interruptible(HZ)
    return 6


def park_never_init():
    global t0, k

    t0 = jiffies
    k = kthread_run(never_fn, None, "never_parks")
    msleep(20)
    EV("park_call")
    r = kthread_park(k)
    EV("park_ret r=%d", r)
    return 0


def park_never_exit():
    EV("stop r=%d", kthread_stop(k))


module_init(park_never_init)
module_exit(park_never_exit)

MODULE_LICENSE("GPL")
