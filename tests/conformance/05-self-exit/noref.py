# The classic mistake: the thread returns on its own, and module exit calls kthread_stop() without a
# reference held. The twin of noref.c.

from vshell.linux.delay import msleep
from vshell.linux.err import PTR_ERR_OR_ZERO
from vshell.linux.kthread import kthread_run, kthread_stop
from vshell.linux.module import MODULE_LICENSE, module_exit, module_init
from vshell.linux.printk import pr_info

t = None


def fn(arg):
    msleep(100)
    pr_info("ev=noref_return\n")
    return 9


def noref_init():
    global t

    t = kthread_run(fn, None, "noref_thread")
    return PTR_ERR_OR_ZERO(t)


def noref_exit():
    pr_info("ev=exit_calls_stop\n")
    r = kthread_stop(t)
    pr_info("ev=exit_stop r=%d\n", r)


module_init(noref_init)
module_exit(noref_exit)

MODULE_LICENSE("GPL")
