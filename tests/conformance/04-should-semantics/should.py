# What kthread_should_stop(), kthread_should_park() and kthread_parkme() answer at each step, seen
# from the thread. The twin of should.c.

from vshell.linux.delay import msleep
from vshell.linux.jiffies import HZ, jiffies, time_before
from vshell.linux.kthread import kthread_park, kthread_parkme, kthread_run, kthread_should_park
from vshell.linux.kthread import kthread_should_stop, kthread_stop, kthread_unpark
from vshell.linux.module import MODULE_LICENSE, module_exit, module_init
from vshell.linux.printk import pr_info
from vshell.linux.sched import cond_resched, current, schedule_timeout_idle
from vshell.linux.sched.task import get_task_struct, put_task_struct

t0 = 0
step = 0
kl = None


def ST(what):
    pr_info(
        "t=%lu step=%d who=%s should_stop=%d should_park=%d ev=" + what + "\n",
        jiffies - t0,
        step,
        current.comm,
        kthread_should_stop(),
        kthread_should_park(),
    )


def EV(fmt, *args):
    pr_info("t=%lu step=%d who=%s ev=" + fmt + "\n", jiffies - t0, step, current.comm, *args)


def both(arg):
    ST("start")
    for _ in range(3):
        kthread_parkme()
    ST("three_parkme_unasked_back")
    while step < 1:
        schedule_timeout_idle(1)
    # Asked to park while we only look, never park: the parker waits.
    while not kthread_should_park():
        schedule_timeout_idle(1)
    ST("saw_should_park")
    msleep(200)
    ST("still_not_parked")
    kthread_parkme()
    ST("parkme_back_1")
    # Asked to stop while parked.
    while not kthread_should_park() and not kthread_should_stop():
        schedule_timeout_idle(1)
    ST("asked_again")
    kthread_parkme()
    ST("parkme_back_2")
    kthread_parkme()
    ST("parkme_after_stop_back")
    return 100 if kthread_should_stop() else 200


# Asked to stop while it has not looked at a park request yet: should_park goes away.
def late(arg):
    end = jiffies + HZ

    while time_before(jiffies, end):
        cond_resched()
    ST("late_first_look")
    kthread_parkme()
    ST("late_parkme_back")
    return 7


def stopper(arg):
    msleep(300)
    EV("stopper_calls_stop")
    r = kthread_stop(kl)
    EV("stopper_stop r=%d", r)
    return 0


def should_init():
    global t0, step, kl

    t0 = jiffies
    k = kthread_run(both, None, "both")
    msleep(40)
    step = 1
    EV("park_call")
    r = kthread_park(k)
    EV("park r=%d", r)
    step = 2
    msleep(100)
    kthread_unpark(k)
    EV("unparked")
    msleep(100)
    step = 3
    r = kthread_park(k)
    EV("park r=%d", r)
    msleep(100)
    step = 4
    r = kthread_stop(k)
    EV("stop r=%d", r)

    step = 5
    kl = kthread_run(late, None, "late")
    get_task_struct(kl)
    kthread_run(stopper, None, "stopper")
    msleep(100)
    EV("late_park_call")
    # kthread_park() here would wait for ever: kthread_stop() from "stopper" clears the park bit
    # before "late" looks, and nobody completes the wait. See park_vs_stop.
    msleep(1500)
    put_task_struct(kl)
    EV("init_end")
    return 0


def should_exit():
    pass


module_init(should_init)
module_exit(should_exit)

MODULE_LICENSE("GPL")
