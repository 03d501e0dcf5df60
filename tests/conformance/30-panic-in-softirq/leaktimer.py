# Module exit forgets a pending timer. The twin of leaktimer.c.

from vshell.linux.jiffies import HZ, jiffies
from vshell.linux.module import MODULE_LICENSE, module_exit, module_init
from vshell.linux.printk import pr_info
from vshell.linux.timer import mod_timer, timer_list, timer_pending, timer_setup

t = timer_list()


def f(x):
    pr_info("fired\n")


def leaktimer_init():
    timer_setup(t, f, 0)
    mod_timer(t, jiffies + HZ // 2)
    return 0


def leaktimer_exit():
    pr_info("exit, timer_pending=%d\n", timer_pending(t))


module_init(leaktimer_init)
module_exit(leaktimer_exit)

MODULE_LICENSE("GPL")
