# Two threads: "ctl" parks "wrk" after 2.5 s and goes on; module exit unparks and stops both.
# The twin of park_ctl.c.

from vshell.linux.delay import msleep
from vshell.linux.err import IS_ERR, PTR_ERR
from vshell.linux.jiffies import jiffies
from vshell.linux.kthread import kthread_park, kthread_parkme, kthread_run, kthread_should_park
from vshell.linux.kthread import kthread_should_stop, kthread_stop, kthread_unpark
from vshell.linux.module import MODULE_DESCRIPTION, MODULE_LICENSE, module_exit, module_init
from vshell.linux.printk import pr_info

wrk = None
ctl = None
t0 = 0


def EV(fmt, *args):
    pr_info("park_ctl: j=%lu t=%lu ev=" + fmt + "\n", jiffies, jiffies - t0, *args)


def wrk_fn(arg):
    n = 0

    EV("wrk_start arg=%s", arg)
    while not kthread_should_stop():
        if kthread_should_park():
            EV("wrk_parkme n=%d", n)
            kthread_parkme()
            EV(
                "wrk_unparked should_stop=%d should_park=%d",
                kthread_should_stop(),
                kthread_should_park(),
            )
            continue
        EV("wrk_tick n=%d", n)
        n += 1
        msleep(1000)
    EV("wrk_return n=%d", n)
    return n


def ctl_fn(arg):
    EV("ctl_start")
    msleep(2500)
    EV("ctl_park_call")
    r = kthread_park(wrk)
    EV("ctl_park_ret r=%d", r)
    while not kthread_should_stop():
        msleep(500)
    EV("ctl_return")
    return 0


def park_ctl_init():
    global t0, wrk, ctl

    t0 = jiffies
    EV("init")
    wrk = kthread_run(wrk_fn, "hello", "wrk_thread")
    if IS_ERR(wrk):
        return PTR_ERR(wrk)
    ctl = kthread_run(ctl_fn, None, "ctl_thread")
    if IS_ERR(ctl):
        kthread_stop(wrk)
        return PTR_ERR(ctl)
    EV("init_done")
    return 0


def park_ctl_exit():
    EV("exit")
    kthread_unpark(wrk)
    EV("exit_unpark_ret")
    r = kthread_stop(wrk)
    EV("exit_stop_wrk r=%d", r)
    r = kthread_stop(ctl)
    EV("exit_stop_ctl r=%d", r)


module_init(park_ctl_init)
module_exit(park_ctl_exit)

MODULE_LICENSE("GPL")
MODULE_DESCRIPTION("one kthread parks another")
