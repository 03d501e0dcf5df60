# kthread_stop() on a thread in each kind of wait: when does the thread come back, what does the
# wait return, what does kthread_stop() return and how long does it take. The twin of stop_var.c.

from vshell.linux.completion import DECLARE_COMPLETION, wait_for_completion_interruptible
from vshell.linux.completion import wait_for_completion_interruptible_timeout
from vshell.linux.completion import wait_for_completion_timeout
from vshell.linux.delay import mdelay, msleep, msleep_interruptible, ssleep, usleep_range
from vshell.linux.hrtimer import HRTIMER_MODE_REL, schedule_hrtimeout
from vshell.linux.jiffies import HZ, jiffies
from vshell.linux.kernel import ARRAY_SIZE
from vshell.linux.kthread import kthread_create, kthread_park, kthread_parkme, kthread_run
from vshell.linux.kthread import kthread_should_park, kthread_should_stop, kthread_stop
from vshell.linux.ktime import ms_to_ktime
from vshell.linux.module import MODULE_LICENSE, module_exit, module_init
from vshell.linux.printk import pr_info
from vshell.linux.sched import TASK_INTERRUPTIBLE, TASK_RUNNING, __set_current_state, cond_resched
from vshell.linux.sched import current, schedule, schedule_timeout_idle
from vshell.linux.sched import schedule_timeout_interruptible, schedule_timeout_killable
from vshell.linux.sched import schedule_timeout_uninterruptible, set_current_state
from vshell.linux.sched.signal import signal_pending
from vshell.linux.wait import DECLARE_WAIT_QUEUE_HEAD, wait_event, wait_event_idle
from vshell.linux.wait import wait_event_interruptible, wait_event_interruptible_timeout
from vshell.linux.wait import wait_event_timeout

wq = DECLARE_WAIT_QUEUE_HEAD()
never = DECLARE_COMPLETION()
tb = 0  # jiffies when the wait began
cur = None


def BACK(r):
    pr_info(
        "test=%s ev=wait_back ret=%ld waited=%lu should_stop=%d sigpend=%d\n",
        cur,
        r,
        jiffies - tb,
        kthread_should_stop(),
        signal_pending(current),
    )


def f_msleep(a):
    global tb

    tb = jiffies
    msleep(1000)
    BACK(0)
    return 1


def f_msleep_int(a):
    global tb

    tb = jiffies
    r = msleep_interruptible(1000)
    BACK(r)
    return 2


def f_sti(a):
    global tb

    tb = jiffies
    r = schedule_timeout_interruptible(HZ)
    BACK(r)
    return 3


def f_stu(a):
    global tb

    tb = jiffies
    r = schedule_timeout_uninterruptible(HZ)
    BACK(r)
    return 4


def f_stk(a):
    global tb

    tb = jiffies
    r = schedule_timeout_killable(HZ)
    BACK(r)
    return 5


def f_stidle(a):
    global tb

    tb = jiffies
    r = schedule_timeout_idle(HZ)
    BACK(r)
    return 6


def f_wei(a):
    global tb

    tb = jiffies
    r = wait_event_interruptible(wq, kthread_should_stop())
    BACK(r)
    return 7


def f_weit(a):
    global tb

    tb = jiffies
    r = wait_event_interruptible_timeout(wq, kthread_should_stop(), HZ)
    BACK(r)
    return 8


def f_wei_false(a):
    global tb

    tb = jiffies
    r = wait_event_interruptible(wq, False)
    BACK(r)
    return 9


def f_we(a):
    global tb

    tb = jiffies
    wait_event(wq, kthread_should_stop())
    BACK(0)
    return 10


def f_wet(a):
    global tb

    tb = jiffies
    r = wait_event_timeout(wq, kthread_should_stop(), HZ)
    BACK(r)
    return 11


def f_wei_idle(a):
    global tb

    tb = jiffies
    wait_event_idle(wq, kthread_should_stop())
    BACK(0)
    return 12


def f_sched_int(a):
    global tb
    n = 0

    tb = jiffies
    while True:
        set_current_state(TASK_INTERRUPTIBLE)
        if kthread_should_stop():
            break
        schedule()
        n += 1
    __set_current_state(TASK_RUNNING)
    BACK(n)
    return 13


def f_wfci(a):
    global tb

    tb = jiffies
    r = wait_for_completion_interruptible(never)
    BACK(r)
    return 14


def f_wfct(a):
    global tb

    tb = jiffies
    r = wait_for_completion_timeout(never, HZ)
    BACK(r)
    return 15


def f_wfcit(a):
    global tb

    tb = jiffies
    r = wait_for_completion_interruptible_timeout(never, HZ)
    BACK(r)
    return 16


def f_usleep(a):
    global tb

    tb = jiffies
    usleep_range(1000000, 1000100)
    BACK(0)
    return 17


def f_ssleep(a):
    global tb

    tb = jiffies
    ssleep(1)
    BACK(0)
    return 18


def f_mdelay(a):
    global tb

    tb = jiffies
    for _ in range(100):
        mdelay(10)
        cond_resched()
    BACK(0)
    return 19


def f_hrt(a):
    global tb
    kt = ms_to_ktime(1000)

    tb = jiffies
    set_current_state(TASK_INTERRUPTIBLE)
    r = schedule_hrtimeout(kt, HRTIMER_MODE_REL)
    BACK(r)
    return 20


def f_neg(a):
    global tb

    tb = jiffies
    while not kthread_should_stop():
        schedule_timeout_interruptible(HZ)
    BACK(0)
    return -5


tests = [
    ("msleep", f_msleep),
    ("msleep_interruptible", f_msleep_int),
    ("schedule_timeout_interruptible", f_sti),
    ("schedule_timeout_uninterruptible", f_stu),
    ("schedule_timeout_killable", f_stk),
    ("schedule_timeout_idle", f_stidle),
    ("wait_event_interruptible", f_wei),
    ("wait_event_interruptible_timeout", f_weit),
    ("wait_event_interruptible_false", f_wei_false),
    ("wait_event", f_we),
    ("wait_event_timeout", f_wet),
    ("wait_event_idle", f_wei_idle),
    ("schedule_loop_interruptible", f_sched_int),
    ("wait_for_completion_interruptible", f_wfci),
    ("wait_for_completion_timeout", f_wfct),
    ("wait_for_completion_interruptible_timeout", f_wfcit),
    ("usleep_range", f_usleep),
    ("ssleep", f_ssleep),
    ("mdelay_loop", f_mdelay),
    ("schedule_hrtimeout", f_hrt),
    ("negative_return", f_neg),
]


def f_unrun(a):
    pr_info("test=stop_before_wake ev=FN_CALLED\n")
    return 77


def f_park(a):
    while not kthread_should_stop():
        if kthread_should_park():
            kthread_parkme()
            pr_info(
                "test=stop_parked ev=parkme_back should_stop=%d should_park=%d\n",
                kthread_should_stop(),
                kthread_should_park(),
            )
        else:
            schedule_timeout_interruptible(HZ)
    return 30


def stop_var_init():
    global cur

    k = kthread_create(f_unrun, None, "sv_unrun")
    r = kthread_stop(k)
    pr_info("test=stop_before_wake r=%d\n", r)
    for i in range(ARRAY_SIZE(tests)):
        cur, fn = tests[i]
        k = kthread_run(fn, None, "sv_%d", i)
        msleep(300)
        ts = jiffies
        r = kthread_stop(k)
        pr_info(
            "test=%s ev=stop_ret r=%d stop_took=%lu began_before=%lu\n",
            cur,
            r,
            jiffies - ts,
            ts - tb,
        )
    k = kthread_run(f_park, None, "sv_park")
    r = kthread_park(k)
    pr_info("test=stop_parked ev=park r=%d\n", r)
    ts = jiffies
    r = kthread_stop(k)
    pr_info("test=stop_parked ev=stop_ret r=%d stop_took=%lu\n", r, jiffies - ts)
    return 0


def stop_var_exit():
    pass


module_init(stop_var_init)
module_exit(stop_var_exit)

MODULE_LICENSE("GPL")
