# One kthread in each state that ps can show.
# The twin of zoo.c.

from vshell.linux.compiler import READ_ONCE
from vshell.linux.completion import DECLARE_COMPLETION, complete, wait_for_completion
from vshell.linux.delay import msleep, msleep_interruptible, usleep_range
from vshell.linux.jiffies import HZ
from vshell.linux.kthread import kthread_create, kthread_park, kthread_parkme
from vshell.linux.kthread import kthread_should_stop, kthread_stop
from vshell.linux.module import MODULE_LICENSE, module_exit, module_init
from vshell.linux.mutex import DEFINE_MUTEX, mutex_lock, mutex_unlock
from vshell.linux.printk import pr_info
from vshell.linux.sched import TASK_INTERRUPTIBLE, TASK_KILLABLE, TASK_RUNNING, TASK_STOPPED
from vshell.linux.sched import __set_current_state, cond_resched, schedule, schedule_timeout
from vshell.linux.sched import schedule_timeout_idle, schedule_timeout_interruptible
from vshell.linux.sched import set_current_state, set_special_state, wake_up_process, yield_
from vshell.linux.sched.task import get_task_struct, put_task_struct
from vshell.linux.semaphore import DEFINE_SEMAPHORE, down, up
from vshell.linux.wait import DECLARE_WAIT_QUEUE_HEAD, wait_event, wait_event_idle
from vshell.linux.wait import wait_event_interruptible, wake_up_all

wq = DECLARE_WAIT_QUEUE_HEAD()
comp = DECLARE_COMPLETION()
mtx = DEFINE_MUTEX()
sem = DEFINE_SEMAPHORE()
stop_all = False


def finish():
    while not kthread_should_stop():
        schedule_timeout_interruptible(HZ / 10)


def z_busy(a):
    while not kthread_should_stop():
        cond_resched()
    return 0


def z_int(a):
    set_current_state(TASK_INTERRUPTIBLE)
    while not kthread_should_stop():
        schedule()
        set_current_state(TASK_INTERRUPTIBLE)
    __set_current_state(TASK_RUNNING)
    return 0


def z_msleep(a):
    while not kthread_should_stop():
        msleep(200)
    return 0


def z_msleep_int(a):
    while not kthread_should_stop():
        msleep_interruptible(60000)
    return 0


def z_parked(a):
    kthread_parkme()
    finish()
    return 0


def z_idle(a):
    while not kthread_should_stop():
        schedule_timeout_idle(HZ * 60)
    return 0


def z_wq(a):
    wait_event_interruptible(wq, stop_all or kthread_should_stop())
    finish()
    return 0


def z_wq_d(a):
    wait_event(wq, stop_all)
    finish()
    return 0


def z_wq_idle(a):
    wait_event_idle(wq, stop_all)
    finish()
    return 0


def z_comp(a):
    wait_for_completion(comp)
    finish()
    return 0


def z_mutex(a):
    mutex_lock(mtx)
    mutex_unlock(mtx)
    finish()
    return 0


def z_sem(a):
    down(sem)
    finish()
    return 0


def z_killable(a):
    while not kthread_should_stop():
        set_current_state(TASK_KILLABLE)
        schedule_timeout(HZ * 60)
    return 0


def z_usleep(a):
    while not kthread_should_stop():
        usleep_range(300000, 300000)
    return 0


def z_unrun(a):
    return 0


def z_exited(a):
    return 0


def z_yield(a):
    while not kthread_should_stop():
        yield_()
        usleep_range(1000, 2000)
    return 0


def z_stopped(a):
    set_special_state(TASK_STOPPED)
    schedule()
    finish()
    return 0


class animal:
    def __init__(self, name, fn):
        self.name = name
        self.fn = fn
        self.t = None


z = [
    animal("z_busy", z_busy),
    animal("z_int", z_int),
    animal("z_msleep", z_msleep),
    animal("z_msleep_int", z_msleep_int),
    animal("z_parked", z_parked),
    animal("z_idle", z_idle),
    animal("z_wq", z_wq),
    animal("z_wq_d", z_wq_d),
    animal("z_wq_idle", z_wq_idle),
    animal("z_comp", z_comp),
    animal("z_mutex", z_mutex),
    animal("z_sem", z_sem),
    animal("z_killable", z_killable),
    animal("z_usleep", z_usleep),
    animal("z_unrun", z_unrun),
    animal("z_yield", z_yield),
    animal("z_stopped", z_stopped),
    animal("z_exited", z_exited),
]


def zoo_init():
    mutex_lock(mtx)
    down(sem)
    for one in z:
        one.t = kthread_create(one.fn, None, "%s", one.name)
        get_task_struct(one.t)
        if one.fn != z_unrun:
            wake_up_process(one.t)
        if one.fn == z_parked:
            kthread_park(one.t)
    msleep(100)
    for one in z:
        pr_info(
            "zoo %s pid=%d __state=0x%x exit_state=0x%x flags=0x%x prio=%d static_prio=%d\n",
            one.name,
            one.t.pid,
            READ_ONCE(one.t.__state),
            one.t.exit_state,
            one.t.flags,
            one.t.prio,
            one.t.static_prio,
        )
    return 0


def zoo_exit():
    global stop_all

    mutex_unlock(mtx)
    up(sem)
    complete(comp)
    stop_all = True
    wake_up_all(wq)
    for one in z:
        if one.fn == z_stopped:
            wake_up_process(one.t)
        if one.fn != z_stopped:
            pr_info("zoo stop %s r=%d\n", one.name, kthread_stop(one.t))
        put_task_struct(one.t)


module_init(zoo_init)
module_exit(zoo_exit)

MODULE_LICENSE("GPL")
