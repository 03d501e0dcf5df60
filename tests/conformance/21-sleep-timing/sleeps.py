# How long each sleeping call takes in jiffies and in microseconds, from several jiffies phases.
#   "ms how=chain ..."  : msleep(n) called again right after the previous msleep(n) returned
#   "ms how=fresh ..."  : msleep(n) called right after a tick that the thread itself was running through
# The twin of sleeps.c.

from vshell.linux.compiler import __always_inline
from vshell.linux.completion import DECLARE_COMPLETION, wait_for_completion_timeout
from vshell.linux.delay import fsleep, mdelay, msleep, msleep_interruptible, ssleep, udelay, usleep_range
from vshell.linux.hrtimer import HRTIMER_MODE_REL, schedule_hrtimeout
from vshell.linux.jiffies import HZ, INITIAL_JIFFIES, MAX_SCHEDULE_TIMEOUT, jiffies, jiffies_to_msecs
from vshell.linux.jiffies import jiffies_to_usecs, msecs_to_jiffies, nsecs_to_jiffies, usecs_to_jiffies
from vshell.linux.kernel import ARRAY_SIZE
from vshell.linux.kthread import kthread_create, kthread_run, kthread_should_stop, kthread_stop
from vshell.linux.ktime import ktime_get, ktime_us_delta, ms_to_ktime
from vshell.linux.module import MODULE_LICENSE, module_exit, module_init
from vshell.linux.moduleparam import kernel_param_ops, module_param_cb
from vshell.linux.printk import pr_info
from vshell.linux.processor import cpu_relax
from vshell.linux.sched import TASK_INTERRUPTIBLE, TASK_UNINTERRUPTIBLE, cond_resched, schedule
from vshell.linux.sched import schedule_timeout, schedule_timeout_idle, schedule_timeout_interruptible
from vshell.linux.sched import schedule_timeout_uninterruptible, set_current_state, wake_up_process, yield_
from vshell.linux.stddef import NULL, false, true
from vshell.linux.wait import DECLARE_WAIT_QUEUE_HEAD, wait_event_interruptible_timeout, wait_event_timeout

plan = [
    (0, 8), (1, 10), (2, 10), (4, 10), (5, 10), (10, 10), (20, 10), (50, 8), (100, 8), (200, 8), (240, 6),
    (244, 6), (248, 6), (252, 8), (255, 8), (256, 6), (260, 6), (300, 6), (500, 5), (1000, 4), (2000, 3), (2016, 3), (3000, 3),
]
thr = [NULL] * ARRAY_SIZE(plan)
wq = DECLARE_WAIT_QUEUE_HEAD()
comp = DECLARE_COMPLETION()


def one(how, n):
    if how[0] == "f":
        j0 = jiffies
        while jiffies == j0:
            cpu_relax()
    j0 = jiffies
    t0 = ktime_get()
    msleep(n)
    pr_info("ms how=%s n=%u j0=%lu dj=%lu us=%lld\n", how, n, j0, jiffies - j0, ktime_us_delta(ktime_get(), t0))


def ms_fn(a):
    i = a

    msleep(1 + 4 * i)
    for _ in range(plan[i][1]):
        one("chain", plan[i][0])
    for _ in range(2):
        one("fresh", plan[i][0])
    while not kthread_should_stop():
        schedule_timeout_interruptible(HZ)
    return 0


@__always_inline
def T(what, call):
    for _ in range(3):
        j0 = jiffies
        t0 = ktime_get()
        ret = call() or 0
        us = ktime_us_delta(ktime_get(), t0)
        dj = jiffies - j0
        pr_info("tm what=%s j0=%lu dj=%lu us=%lld ret=%ld\n", what, j0, dj, us, ret)


def hrtimeout_3ms():
    k = ms_to_ktime(3)
    set_current_state(TASK_UNINTERRUPTIBLE)
    return schedule_hrtimeout(k, HRTIMER_MODE_REL)


def hrtimeout_30ms():
    k = ms_to_ktime(30)
    set_current_state(TASK_INTERRUPTIBLE)
    return schedule_hrtimeout(k, HRTIMER_MODE_REL)


def tm_fn(a):
    T("schedule_timeout_uninterruptible(0)", lambda: schedule_timeout_uninterruptible(0))
    T("schedule_timeout_uninterruptible(1)", lambda: schedule_timeout_uninterruptible(1))
    T("schedule_timeout_uninterruptible(2)", lambda: schedule_timeout_uninterruptible(2))
    T("schedule_timeout_interruptible(10)", lambda: schedule_timeout_interruptible(10))
    T("schedule_timeout_interruptible(61)", lambda: schedule_timeout_interruptible(61))
    T("schedule_timeout_interruptible(62)", lambda: schedule_timeout_interruptible(62))
    T("schedule_timeout_interruptible(63)", lambda: schedule_timeout_interruptible(63))
    T("schedule_timeout_interruptible(64)", lambda: schedule_timeout_interruptible(64))
    T("schedule_timeout_idle(HZ/10)", lambda: schedule_timeout_idle(HZ / 10))
    T("schedule_timeout_interruptible(HZ)", lambda: schedule_timeout_interruptible(HZ))
    T("schedule_timeout_interruptible(-5)", lambda: schedule_timeout_interruptible(-5))
    T("schedule_timeout_no_set_state(HZ)", lambda: schedule_timeout(HZ))
    T("msleep(10)", lambda: msleep(10))
    T("msleep_interruptible(10)", lambda: msleep_interruptible(10))
    T("msleep_interruptible(100)", lambda: msleep_interruptible(100))
    T("ssleep(1)", lambda: ssleep(1))
    T("fsleep(5)", lambda: fsleep(5))
    T("fsleep(500)", lambda: fsleep(500))
    T("fsleep(20000)", lambda: fsleep(20000))
    T("fsleep(20001)", lambda: fsleep(20001))
    T("usleep_range(50,100)", lambda: usleep_range(50, 100))
    T("usleep_range(1000,2000)", lambda: usleep_range(1000, 2000))
    T("usleep_range(5000,5000)", lambda: usleep_range(5000, 5000))
    T("usleep_range(100000,100500)", lambda: usleep_range(100000, 100500))
    T("udelay(10)", lambda: udelay(10))
    T("udelay(1000)", lambda: udelay(1000))
    T("mdelay(1)", lambda: mdelay(1))
    T("mdelay(5)", lambda: mdelay(5))
    T("mdelay(50)", lambda: mdelay(50))
    T("wait_event_timeout(false,25)", lambda: wait_event_timeout(wq, false, 25))
    T("wait_event_timeout(true,25)", lambda: wait_event_timeout(wq, true, 25))
    T("wait_event_timeout(true,0)", lambda: wait_event_timeout(wq, true, 0))
    T("wait_event_interruptible_timeout(false,25)", lambda: wait_event_interruptible_timeout(wq, false, 25))
    T("wait_for_completion_timeout(25)", lambda: wait_for_completion_timeout(comp, 25))
    T("wait_for_completion_timeout(HZ)", lambda: wait_for_completion_timeout(comp, HZ))
    T("schedule_hrtimeout(3ms)", hrtimeout_3ms)
    T("schedule_hrtimeout(30ms)", hrtimeout_30ms)
    T("yield", lambda: yield_())
    T("schedule", lambda: schedule())
    T("cond_resched", lambda: cond_resched())
    while not kthread_should_stop():
        schedule_timeout_interruptible(HZ)
    return 0


tm = NULL


def sleeps_init():
    global tm

    pr_info("conv HZ=%d m2j: 0=%lu 1=%lu 3=%lu 4=%lu 5=%lu 8=%lu 9=%lu 10=%lu 100=%lu 250=%lu 999=%lu 1000=%lu max=%lu neg=%lu\n", HZ, msecs_to_jiffies(0),
        msecs_to_jiffies(1), msecs_to_jiffies(3), msecs_to_jiffies(4), msecs_to_jiffies(5), msecs_to_jiffies(8), msecs_to_jiffies(9), msecs_to_jiffies(10),
        msecs_to_jiffies(100), msecs_to_jiffies(250), msecs_to_jiffies(999), msecs_to_jiffies(1000), msecs_to_jiffies(0x7fffffff), msecs_to_jiffies(-1))
    pr_info("conv j2m: 1=%u 2=%u 25=%u 250=%u j2us: 1=%u u2j: 1=%lu 4000=%lu 4001=%lu n2j: %llu\n", jiffies_to_msecs(1), jiffies_to_msecs(2), jiffies_to_msecs(25),
        jiffies_to_msecs(250), jiffies_to_usecs(1), usecs_to_jiffies(1), usecs_to_jiffies(4000), usecs_to_jiffies(4001), nsecs_to_jiffies(4000001))
    pr_info("conv initial_jiffies=%lu max_timeout=%ld\n", INITIAL_JIFFIES, MAX_SCHEDULE_TIMEOUT)
    for i in range(ARRAY_SIZE(plan)):
        thr[i] = kthread_run(ms_fn, i, "ms%u", plan[i][0])
    tm = kthread_create(tm_fn, NULL, "tm")
    return 0


def go_set(v, kp):
    wake_up_process(tm)
    return 0


go_ops = kernel_param_ops(set=go_set)
module_param_cb(go, go_ops, NULL, 0o200)


def sleeps_exit():
    for i in range(ARRAY_SIZE(plan)):
        kthread_stop(thr[i])
    kthread_stop(tm)


module_init(sleeps_init)
module_exit(sleeps_exit)
MODULE_LICENSE("GPL")
