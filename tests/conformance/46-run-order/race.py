# Who goes on first: the one who wakes, or the one who is woken? Each situation 40 times.
# The twin of race.c.

from vshell.linux.atomic import ATOMIC_INIT, atomic_inc_return, atomic_set
from vshell.linux.completion import DECLARE_COMPLETION, complete, reinit_completion
from vshell.linux.completion import wait_for_completion
from vshell.linux.delay import msleep
from vshell.linux.errno import EINTR
from vshell.linux.jiffies import HZ
from vshell.linux.kthread import kthread_create, kthread_run, kthread_should_stop, kthread_stop
from vshell.linux.module import MODULE_LICENSE, module_exit, module_init
from vshell.linux.mutex import DEFINE_MUTEX, mutex_lock, mutex_unlock
from vshell.linux.printk import pr_info
from vshell.linux.sched import TASK_INTERRUPTIBLE, schedule, schedule_timeout_interruptible
from vshell.linux.sched import set_current_state, wake_up_process
from vshell.linux.sched.task import get_task_struct, put_task_struct
from vshell.linux.stddef import NULL
from vshell.linux.wait import DECLARE_WAIT_QUEUE_HEAD, wait_event, wake_up

clk = ATOMIC_INIT(0)
waker_at = 0
wakee_at = 0
c = DECLARE_COMPLETION()
back = DECLARE_COMPLETION()
q = DECLARE_WAIT_QUEUE_HEAD()
m = DEFINE_MUTEX()
cond = 0
what = 0


def f_run(a):
    global wakee_at

    wakee_at = atomic_inc_return(clk)
    return 0


def f_wait(a):
    global wakee_at

    if what == 1:
        wait_for_completion(c)
    elif what == 2:
        wait_event(q, cond)
    elif what == 3:
        mutex_lock(m)
        mutex_unlock(m)
    elif what == 4:
        set_current_state(TASK_INTERRUPTIBLE)
        schedule()
    wakee_at = atomic_inc_return(clk)
    complete(back)
    return 0


def f_stop(a):
    global wakee_at

    while not kthread_should_stop():
        schedule_timeout_interruptible(HZ)
    wakee_at = atomic_inc_return(clk)
    return 0


def run(w, name):
    global waker_at, wakee_at, cond, what

    wakee_first = 0
    eintr = 0
    what = w
    for i in range(40):
        atomic_set(clk, 0)
        wakee_at = 0
        cond = 0
        if w == 0:
            t = kthread_create(f_run, NULL, "race")
            get_task_struct(t)
            wake_up_process(t)
            waker_at = atomic_inc_return(clk)
            if kthread_stop(t) == -EINTR:
                eintr += 1
            put_task_struct(t)
            if not wakee_at:
                wakee_at = 99
        elif w == 5:
            t = kthread_run(f_stop, NULL, "race")
            msleep(8)
            kthread_stop(t)
            waker_at = atomic_inc_return(clk)
        else:
            if w == 3:
                mutex_lock(m)
            reinit_completion(c)
            reinit_completion(back)
            t = kthread_create(f_wait, NULL, "race")
            get_task_struct(t)
            wake_up_process(t)
            msleep(8)
            if w == 1:
                complete(c)
            elif w == 2:
                cond = 1
                wake_up(q)
            elif w == 3:
                mutex_unlock(m)
            elif w == 4:
                wake_up_process(t)
            waker_at = atomic_inc_return(clk)
            wait_for_completion(back)
            put_task_struct(t)
        if wakee_at < waker_at:
            wakee_first += 1
    pr_info("race: %s wakee_first=%d of 40\n", name, wakee_first)
    if w == 0:
        pr_info("race: kthread_run+kthread_stop gave -EINTR (threadfn never called) %d of 40\n", eintr)


many = [0] * 6
nm = 0


def f_many(a):
    global nm

    many[nm] = a
    nm += 1
    return 0


def race_init():
    run(0, "kthread_run")
    run(1, "complete")
    run(2, "wake_up")
    run(3, "mutex_unlock")
    run(4, "wake_up_process")
    run(5, "kthread_stop")
    for i in range(6):
        kthread_run(f_many, i, "many%ld", i)
    pr_info("race: after 6 kthread_run, ran already=%d\n", nm)
    msleep(20)
    pr_info("race: start order of 6 = %d%d%d%d%d%d\n", many[0], many[1], many[2], many[3], many[4], many[5])
    return 0


def race_exit():
    pass


module_init(race_init)
module_exit(race_exit)
MODULE_LICENSE("GPL")
