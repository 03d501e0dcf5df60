# Threads that stay in D: msleep(60 s), wait_for_completion(), mutex held by a sleeper; and ones
# that must not be reported. The twin of hung.c.

from vshell.linux.completion import (
    DECLARE_COMPLETION,
    complete,
    wait_for_completion,
    wait_for_completion_killable,
)
from vshell.linux.delay import msleep
from vshell.linux.jiffies import HZ
from vshell.linux.kthread import kthread_create, kthread_run, kthread_should_stop, kthread_stop
from vshell.linux.module import MODULE_LICENSE, module_exit, module_init
from vshell.linux.mutex import DEFINE_MUTEX, mutex_lock, mutex_unlock
from vshell.linux.printk import pr_info
from vshell.linux.sched import schedule_timeout_idle, schedule_timeout_interruptible
from vshell.linux.sched.task import get_task_struct, put_task_struct

comp = DECLARE_COMPLETION()
comp2 = DECLARE_COMPLETION()
m = DEFINE_MUTEX()
t = [None] * 8
quit_ = False


def h_comp(a):
    wait_for_completion(comp)
    return 1


def h_owner(a):
    mutex_lock(m)
    while not quit_:
        schedule_timeout_interruptible(HZ // 10)
    mutex_unlock(m)
    return 2


def h_mutex(a):
    msleep(50)
    mutex_lock(m)
    mutex_unlock(m)
    return 3


def h_msleep(a):
    msleep(30000)
    return 4


def h_loop(a):
    while not kthread_should_stop():
        msleep(1000)
    return 5


def h_idle(a):
    while not kthread_should_stop():
        schedule_timeout_idle(HZ * 30)
    return 6


def h_killable(a):
    r = wait_for_completion_killable(comp2)
    pr_info("killable r=%d\n", r)
    return 7


def hung_init():
    t[0] = kthread_run(h_comp, None, "h_comp")
    t[1] = kthread_run(h_owner, None, "h_owner")
    t[2] = kthread_run(h_mutex, None, "h_mutex")
    t[3] = kthread_run(h_msleep, None, "h_msleep")
    t[4] = kthread_run(h_loop, None, "h_loop")
    t[5] = kthread_run(h_idle, None, "h_idle")
    t[6] = kthread_run(h_killable, None, "h_killable")
    t[7] = kthread_create(h_loop, None, "h_unrun")
    for i in range(8):
        get_task_struct(t[i])
    return 0


def hung_exit():
    global quit_

    quit_ = True
    complete(comp)
    complete(comp2)
    for i in range(8):
        pr_info("stop %d r=%d\n", i, kthread_stop(t[i]))
        put_task_struct(t[i])


module_init(hung_init)
module_exit(hung_exit)

MODULE_LICENSE("GPL")
