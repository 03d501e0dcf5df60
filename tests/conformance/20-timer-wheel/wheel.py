# Arms many timer_list timers with known deltas at known jiffies and records when each fires: the
# wheel's rounding. One line per arming moment:
# "tw j=<jiffies when armed> ctx=<proc|softirq> delta:took delta:took ...". The twin of wheel.c.

from vshell.linux.compiler import READ_ONCE
from vshell.linux.delay import msleep
from vshell.linux.err import PTR_ERR_OR_ZERO
from vshell.linux.errno import ENOMEM
from vshell.linux.irqflags import local_irq_restore, local_irq_save
from vshell.linux.jiffies import HZ, jiffies
from vshell.linux.kernel import ARRAY_SIZE, sprintf
from vshell.linux.kthread import kthread_run, kthread_should_stop, kthread_stop
from vshell.linux.module import MODULE_LICENSE, module_exit, module_init
from vshell.linux.printk import pr_info
from vshell.linux.processor import cpu_relax
from vshell.linux.sched import schedule_timeout_interruptible, schedule_timeout_uninterruptible
from vshell.linux.slab import GFP_KERNEL, kvcalloc, kvfree
from vshell.linux.stddef import NULL, sizeof
from vshell.linux.timer import del_timer_sync, from_timer, mod_timer, timer_list, timer_setup

deltas = [
    0, 1, 2, 3, 4, 7, 8, 9, 15, 16, 31, 32, 48, 60, 61, 62, 63, 64, 65, 66, 70, 71, 72, 76, 100, 126, 127, 128, 151, 200, 248, 250,
    251, 252, 256, 300, 400, 500, 501, 502, 503, 504, 505, 506, 510, 512, 513, 576, 600, 626, 700, 751, 1000, 1001, 1251,
    2000, 2501, 3000, 4030, 4031, 4032, 4033, 4034, 4100, 5000,
]
ND = ARRAY_SIZE(deltas)
NB = 20


class one:
    def __init__(self):
        self.t = timer_list()
        self.fired = 0


class batch:
    def __init__(self):
        self.j = 0
        self.ctx = NULL
        self.o = [one() for _ in range(ND)]


b = NULL
kick = timer_list()
kicked = 0
thr = NULL


def fire(t):
    o = from_timer(o, t, t)
    o.fired = jiffies


def arm(x, ctx):
    x.ctx = ctx
    flags = local_irq_save()
    x.j = jiffies
    for i in range(ND):
        timer_setup(x.o[i].t, fire, 0)
        mod_timer(x.o[i].t, x.j + deltas[i])
    local_irq_restore(flags)


def kick_fn(t):
    global kicked

    arm(b[NB - 8 + kicked], "softirq")
    kicked += 1


def wheel_fn(a):
    for k in range(NB - 8):
        schedule_timeout_uninterruptible(5 + 3 * k)
        j = jiffies
        while jiffies == j:
            cpu_relax()
        j = jiffies  # a fresh tick: most likely no timer expired in it
        arm(b[k], "proc")
    for k in range(8):
        mod_timer(kick, jiffies + 2 + 5 * k)
        while READ_ONCE(kicked) == k:
            schedule_timeout_uninterruptible(1)
    msleep(24000)
    for k in range(NB):
        line = ""
        for i in range(ND):
            line += sprintf(" %u:%lu", deltas[i], b[k].o[i].fired - b[k].j)
        pr_info("tw j=%lu ctx=%s%s\n", b[k].j, b[k].ctx, line)
    while not kthread_should_stop():
        schedule_timeout_interruptible(HZ)
    return 0


def wheel_init():
    global b, thr

    b = kvcalloc(NB, sizeof(batch), GFP_KERNEL)
    if not b:
        return -ENOMEM
    timer_setup(kick, kick_fn, 0)
    thr = kthread_run(wheel_fn, NULL, "wheel")
    return PTR_ERR_OR_ZERO(thr)


def wheel_exit():
    kthread_stop(thr)
    del_timer_sync(kick)
    for k in range(NB):
        for i in range(ND):
            del_timer_sync(b[k].o[i].t)
    kvfree(b)


module_init(wheel_init)
module_exit(wheel_exit)
MODULE_LICENSE("GPL")
