# Module exit does not stop its thread: the thread's code goes away under it.
# The twin of orphan.c.

from vshell.linux.delay import msleep
from vshell.linux.err import PTR_ERR_OR_ZERO
from vshell.linux.kthread import kthread_run
from vshell.linux.module import MODULE_LICENSE, module_exit, module_init
from vshell.linux.printk import pr_info


def fn(arg):
    for i in range(20):
        pr_info("ev=orphan_tick i=%d\n", i)
        msleep(200)
    return 0


def orphan_init():
    return PTR_ERR_OR_ZERO(kthread_run(fn, None, "orphan_thread"))


def orphan_exit():
    pr_info("ev=orphan_exit\n")


module_init(orphan_init)
module_exit(orphan_exit)

MODULE_LICENSE("GPL")
