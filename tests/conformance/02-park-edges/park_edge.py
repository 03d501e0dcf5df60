# One edge case of kthread_park() and kthread_unpark() per load: insmod park_edge.ko test=NAME.
# Everything happens in init. The twin of park_edge.c.

from vshell.linux.compiler import READ_ONCE
from vshell.linux.delay import msleep
from vshell.linux.errno import EINVAL
from vshell.linux.jiffies import HZ, jiffies
from vshell.linux.kthread import kthread_create, kthread_park, kthread_parkme, kthread_run
from vshell.linux.kthread import kthread_should_park, kthread_should_stop, kthread_stop
from vshell.linux.kthread import kthread_unpark
from vshell.linux.module import MODULE_LICENSE, module_exit, module_init
from vshell.linux.moduleparam import charp, module_param
from vshell.linux.printk import pr_info
from vshell.linux.sched import PF_EXITING, current, schedule_timeout_interruptible, wake_up_process
from vshell.linux.sched.task import get_task_struct, put_task_struct

test = "none"
module_param(test, charp, 0o444)
t0 = 0


def EV(fmt, *args):
    pr_info("t=%lu ev=" + fmt + "\n", jiffies - t0, *args)


def tstate(k):
    return READ_ONCE(k.__state)


# Parks when asked, stops when asked.
def polite(arg):
    EV("fn_start should_park=%d should_stop=%d", kthread_should_park(), kthread_should_stop())
    while not kthread_should_stop():
        if kthread_should_park():
            EV("fn_parkme")
            kthread_parkme()
            EV(
                "fn_resumed should_park=%d should_stop=%d",
                kthread_should_park(),
                kthread_should_stop(),
            )
        schedule_timeout_interruptible(HZ / 10)
    EV("fn_return")
    return 11


def quick(arg):
    EV("quick_return")
    return 22


def selfpark(arg):
    r = kthread_park(current)
    EV("self_park r=%d should_park=%d", r, kthread_should_park())
    kthread_parkme()
    EV("self_resumed should_park=%d", kthread_should_park())
    while not kthread_should_stop():
        schedule_timeout_interruptible(HZ / 10)
    return 33


def t_before_run():
    k = kthread_create(polite, None, "edge_new")

    EV("created state=0x%x", tstate(k))
    r = kthread_park(k)
    EV("park r=%d state=0x%x", r, tstate(k))
    msleep(100)
    r = wake_up_process(k)
    EV("wake_up_process_on_parked r=%d", r)
    msleep(100)
    EV("state=0x%x", tstate(k))
    kthread_unpark(k)
    msleep(100)
    r = kthread_stop(k)
    EV("stop r=%d", r)


def t_park_stop_unrun():
    k = kthread_create(polite, None, "edge_new2")
    r = kthread_park(k)

    EV("park r=%d", r)
    r = kthread_stop(k)
    EV("stop r=%d", r)


def t_twice():
    k = kthread_run(polite, None, "edge_twice")

    r = kthread_park(k)
    EV("park1 r=%d", r)
    r = kthread_park(k)
    EV("park2 r=%d", r)
    r = kthread_park(k)
    EV("park3 r=%d", r)
    kthread_unpark(k)
    r = kthread_park(k)
    EV("park_after_unpark r=%d", r)
    r = kthread_stop(k)
    EV("stop r=%d", r)


def t_exited():
    k = kthread_create(quick, None, "edge_exited")

    get_task_struct(k)
    wake_up_process(k)
    msleep(100)
    EV(
        "state=0x%x exit_state=0x%x flags_exiting=%d",
        tstate(k),
        k.exit_state,
        bool(k.flags & PF_EXITING),
    )
    r = kthread_park(k)
    EV("park_exited r=%d", r)
    r = kthread_stop(k)
    EV("stop_exited r=%d", r)
    put_task_struct(k)


def t_unpark_running():
    k = kthread_run(polite, None, "edge_unp")

    msleep(50)
    kthread_unpark(k)
    EV("unpark_running_done")
    msleep(50)
    r = kthread_park(k)
    EV("park r=%d", r)
    kthread_unpark(k)
    kthread_unpark(k)
    EV("unpark_twice_done")
    msleep(50)
    r = kthread_stop(k)
    EV("stop r=%d", r)


def t_self():
    k = kthread_run(selfpark, None, "edge_self")

    msleep(100)
    EV("state=0x%x", tstate(k))
    kthread_unpark(k)
    msleep(200)
    r = kthread_stop(k)
    EV("stop r=%d", r)


def t_unpark_new():
    k = kthread_create(polite, None, "edge_unew")

    kthread_unpark(k)
    EV("unpark_new state=0x%x", tstate(k))
    msleep(100)
    r = wake_up_process(k)
    EV("wake r=%d", r)
    msleep(100)
    r = kthread_stop(k)
    EV("stop r=%d", r)


def park_edge_init():
    global t0

    t0 = jiffies
    if test == "before_run":
        t_before_run()
    elif test == "park_stop_unrun":
        t_park_stop_unrun()
    elif test == "twice":
        t_twice()
    elif test == "exited":
        t_exited()
    elif test == "unpark_running":
        t_unpark_running()
    elif test == "self":
        t_self()
    elif test == "unpark_new":
        t_unpark_new()
    else:
        return -EINVAL
    return 0


def park_edge_exit():
    pass


module_init(park_edge_init)
module_exit(park_edge_exit)

MODULE_LICENSE("GPL")
