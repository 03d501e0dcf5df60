# Order in which timers that share one bucket fire, and timers of several levels that expire in one
# jiffy. The twin of lifo.c.

from vshell.linux.delay import msleep
from vshell.linux.irqflags import local_irq_restore, local_irq_save
from vshell.linux.jiffies import jiffies, time_before
from vshell.linux.module import MODULE_LICENSE, module_exit, module_init
from vshell.linux.printk import pr_info
from vshell.linux.processor import cpu_relax
from vshell.linux.timer import del_timer_sync, from_timer, mod_timer, timer_list, timer_setup


class one:
    def __init__(self):
        self.t = timer_list()
        self.id = ""


o = [one() for _ in range(8)]
log_ = ""


def fire(t):
    global log_

    x = from_timer(x, t, t)
    log_ += x.id


def lifo_init():
    global log_

    # A: eight timers, same expiry, level 0
    flags = local_irq_save()
    j = jiffies
    for i in range(8):
        o[i].id = "abcdefgh"[i]
        timer_setup(o[i].t, fire, 0)
        mod_timer(o[i].t, j + 20)
    local_irq_restore(flags)
    msleep(300)
    pr_info("lifo same_bucket armed=abcdefgh fired=%s\n", log_)
    # B: different expiries that round to the same level-1 bucket
    log_ = ""
    while jiffies & 7:
        cpu_relax()
    flags = local_irq_save()
    j = jiffies
    for i in range(8):
        mod_timer(o[i].t, j + 80 + i)
    local_irq_restore(flags)
    msleep(700)
    pr_info("lifo level1_bucket j&7=%lu armed=abcdefgh fired=%s\n", j & 7, log_)
    # C: one timer of level 1 and one of level 0 that end in the same jiffy
    log_ = ""
    while jiffies & 7:
        cpu_relax()
    flags = local_irq_save()
    j = jiffies
    target = j + 88  # the level-1 bucket's moment for expiries j+80..j+87
    mod_timer(o[0].t, j + 80)  # a: level 1
    local_irq_restore(flags)
    while time_before(jiffies, target - 30):
        cpu_relax()
    flags = local_irq_save()
    mod_timer(o[1].t, target - 1)  # b: level 0, bucket = target
    mod_timer(o[2].t, target - 1)  # c: level 0
    local_irq_restore(flags)
    msleep(400)
    pr_info("lifo levels a=level1 b,c=level0 fired=%s\n", log_)
    return 0


def lifo_exit():
    for i in range(8):
        del_timer_sync(o[i].t)


module_init(lifo_init)
module_exit(lifo_exit)
MODULE_LICENSE("GPL")
