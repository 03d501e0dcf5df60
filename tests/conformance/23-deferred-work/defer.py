# timers, work queues, delayed work, kthread_worker, hrtimers: when they run, in which context, what
# the calls return. The twin of defer.c.

from vshell.linux.delay import msleep
from vshell.linux.hrtimer import CLOCK_MONOTONIC, HRTIMER_MODE_REL, HRTIMER_NORESTART, HRTIMER_RESTART
from vshell.linux.hrtimer import hrtimer, hrtimer_active, hrtimer_cancel, hrtimer_forward_now
from vshell.linux.hrtimer import hrtimer_init, hrtimer_start, hrtimer_try_to_cancel
from vshell.linux.interrupt import DECLARE_TASKLET, tasklet_kill, tasklet_schedule
from vshell.linux.jiffies import HZ, jiffies
from vshell.linux.kthread import DEFINE_KTHREAD_WORK, KTHREAD_DELAYED_WORK_INIT
from vshell.linux.kthread import kthread_cancel_delayed_work_sync, kthread_create_worker
from vshell.linux.kthread import kthread_destroy_worker, kthread_flush_worker
from vshell.linux.kthread import kthread_queue_delayed_work, kthread_queue_work
from vshell.linux.ktime import ktime_get, ktime_ms_delta, ms_to_ktime
from vshell.linux.module import MODULE_LICENSE, module_exit, module_init
from vshell.linux.preempt import in_hardirq, in_softirq, in_task
from vshell.linux.printk import pr_info
from vshell.linux.sched import PF_WQ_WORKER, current
from vshell.linux.stddef import NULL
from vshell.linux.timer import add_timer, del_timer, del_timer_sync, mod_timer, mod_timer_pending
from vshell.linux.timer import timer_list, timer_pending, timer_reduce, timer_setup
from vshell.linux.timer import timer_shutdown_sync
from vshell.linux.workqueue import DECLARE_DELAYED_WORK, DECLARE_WORK, alloc_ordered_workqueue
from vshell.linux.workqueue import alloc_workqueue, cancel_delayed_work_sync, cancel_work_sync
from vshell.linux.workqueue import destroy_workqueue, flush_delayed_work, flush_work, flush_workqueue
from vshell.linux.workqueue import mod_delayed_work, queue_work, schedule_delayed_work, schedule_work
from vshell.linux.workqueue import system_wq, work_busy, work_pending

t0 = 0


def P(fmt, *args):
    pr_info("t=%lu " + fmt + "\n", jiffies - t0, *args)


def CTX():
    return "hardirq" if in_hardirq() else "softirq" if in_softirq() else "task" if in_task() else "?"


per = timer_list()
per_n = 0
one_n = 0


def per_fn(t):
    global per_n

    r = 0

    per_n += 1
    if per_n < 5:
        r = mod_timer(t, jiffies + HZ / 10)
    P("periodic n=%d ctx=%s pending=%d mod_timer_r=%d", per_n, CTX(), timer_pending(t), r)


one = timer_list()


def one_fn(t):
    global one_n

    one_n += 1
    P("oneshot n=%d ctx=%s comm_is_any=1", one_n, CTX())


wq = NULL
owq = NULL


def w_fn(w):
    P("work ctx=%s comm_prefix=%.7s flags_wq=%d", CTX(), current.comm, not not (current.flags & PF_WQ_WORKER))
    msleep(50)


w1 = DECLARE_WORK(w_fn)


def dw_fn(w):
    P("delayed work ctx=%s", CTX())


dw = DECLARE_DELAYED_WORK(dw_fn)
seq = 0


def o_fn(w):
    global seq

    P("ordered work %d", seq)
    seq += 1
    msleep(20)


o1 = DECLARE_WORK(o_fn)
o2 = DECLARE_WORK(o_fn)
o3 = DECLARE_WORK(o_fn)

kw = NULL


def kw_fn(w):
    P("kthread_work comm=%s pid_is_worker=%d", current.comm, current == kw.task)
    msleep(30)


kwork1 = DEFINE_KTHREAD_WORK(kw_fn)
kwork2 = DEFINE_KTHREAD_WORK(kw_fn)


def kdw_fn(w):
    P("kthread_delayed_work")


kdw = KTHREAD_DELAYED_WORK_INIT(kdw_fn)

hr = hrtimer()
hr_n = 0
hr_t0 = 0


def hr_fn(h):
    global hr_n

    hr_n += 1
    P("hrtimer n=%d ctx=%s ms=%lld", hr_n, CTX(), ktime_ms_delta(ktime_get(), hr_t0))
    if hr_n < 4:
        o = hrtimer_forward_now(h, ms_to_ktime(10))

        P("hrtimer forward overruns=%llu", o)
        return HRTIMER_RESTART
    return HRTIMER_NORESTART


def tl_fn(t):
    P("tasklet ctx=%s", CTX())


tl = DECLARE_TASKLET(tl_fn)


def defer_init():
    global t0, wq, owq, kw, hr_t0

    t0 = jiffies
    timer_setup(per, per_fn, 0)
    r = mod_timer(per, jiffies + HZ / 10)
    P("mod_timer inactive r=%d pending=%d", r, timer_pending(per))
    timer_setup(one, one_fn, 0)
    r = mod_timer(one, jiffies + 100)
    P("mod_timer r=%d", r)
    r = mod_timer(one, jiffies + 50)
    P("mod_timer active r=%d", r)
    r = mod_timer(one, one.expires)
    P("mod_timer same r=%d", r)
    r = mod_timer_pending(one, jiffies + 30)
    P("mod_timer_pending r=%d", r)
    r = timer_reduce(one, jiffies + 40)
    P("timer_reduce later r=%d", r)
    r = del_timer(one)
    P("del_timer active r=%d", r)
    r = del_timer(one)
    P("del_timer inactive r=%d", r)
    r = mod_timer_pending(one, jiffies + 30)
    P("mod_timer_pending inactive r=%d", r)
    one.expires = jiffies + 5
    add_timer(one)
    msleep(700)
    r = del_timer_sync(one)
    P("del_timer_sync r=%d", r)
    mod_timer(one, jiffies - 100)
    msleep(20)
    r = mod_timer(one, jiffies + 10)
    r = timer_shutdown_sync(one)
    P("timer_shutdown_sync r=%d", r)
    r = mod_timer(one, jiffies + 1)
    msleep(30)
    P("after shutdown mod_timer r=%d one_n=%d", r, one_n)

    b = schedule_work(w1)
    P("schedule_work r=%d", b)
    b = schedule_work(w1)
    P("schedule_work again r=%d", b)
    msleep(20)
    b = schedule_work(w1)
    P("schedule_work while running r=%d pending=%d busy=%u", b, work_pending(w1), work_busy(w1))
    b = flush_work(w1)
    P("flush_work r=%d", b)
    b = flush_work(w1)
    P("flush_work idle r=%d", b)
    b = cancel_work_sync(w1)
    P("cancel_work_sync idle r=%d", b)
    b = schedule_delayed_work(dw, HZ / 5)
    P("schedule_delayed_work r=%d", b)
    b = schedule_delayed_work(dw, HZ)
    P("schedule_delayed_work again r=%d", b)
    b = mod_delayed_work(system_wq, dw, HZ / 10)
    P("mod_delayed_work r=%d", b)
    msleep(250)
    b = schedule_delayed_work(dw, HZ)
    P("schedule_delayed_work r=%d", b)
    b = cancel_delayed_work_sync(dw)
    P("cancel_delayed_work_sync r=%d", b)
    b = cancel_delayed_work_sync(dw)
    P("cancel_delayed_work_sync again r=%d", b)
    b = schedule_delayed_work(dw, 0)
    b = flush_delayed_work(dw)
    P("flush_delayed_work r=%d", b)
    wq = alloc_workqueue("defer_wq", 0, 0)
    owq = alloc_ordered_workqueue("defer_owq", 0)
    queue_work(owq, o1)
    queue_work(owq, o2)
    queue_work(owq, o3)
    flush_workqueue(owq)
    P("ordered flushed seq=%d", seq)
    queue_work(wq, w1)
    destroy_workqueue(wq)
    P("wq destroyed")
    destroy_workqueue(owq)

    kw = kthread_create_worker(0, "defer_kw/%d", 7)
    b = kthread_queue_work(kw, kwork1)
    P("kthread_queue_work r=%d", b)
    b = kthread_queue_work(kw, kwork2)
    P("kthread_queue_work other r=%d", b)
    b = kthread_queue_work(kw, kwork2)
    P("kthread_queue_work other again r=%d", b)
    kthread_flush_worker(kw)
    P("kthread worker flushed")
    b = kthread_queue_delayed_work(kw, kdw, HZ / 10)
    P("kthread_queue_delayed_work r=%d", b)
    msleep(150)
    b = kthread_queue_delayed_work(kw, kdw, HZ)
    b = kthread_cancel_delayed_work_sync(kdw)
    P("kthread_cancel_delayed_work_sync r=%d", b)

    hrtimer_init(hr, CLOCK_MONOTONIC, HRTIMER_MODE_REL)
    hr.function = hr_fn
    hr_t0 = ktime_get()
    hrtimer_start(hr, ms_to_ktime(10), HRTIMER_MODE_REL)
    P("hrtimer active=%d", hrtimer_active(hr))
    msleep(100)
    r = hrtimer_cancel(hr)
    P("hrtimer_cancel expired r=%d", r)
    hrtimer_start(hr, ms_to_ktime(1000), HRTIMER_MODE_REL)
    r = hrtimer_cancel(hr)
    P("hrtimer_cancel active r=%d", r)
    r = hrtimer_try_to_cancel(hr)
    P("hrtimer_try_to_cancel r=%d", r)
    tasklet_schedule(tl)
    msleep(20)
    tasklet_kill(tl)
    P("init_done")
    return 0


def defer_exit():
    kthread_destroy_worker(kw)
    P("worker destroyed")


module_init(defer_init)
module_exit(defer_exit)
MODULE_LICENSE("GPL")
