# init starts a kthread, then fails: the classic leak, the thread outlives the module's code.
# The twin of leak.c.

from vshell.linux.delay import msleep
from vshell.linux.errno import ENOMEM
from vshell.linux.kthread import kthread_run, kthread_should_stop, kthread_stop
from vshell.linux.module import MODULE_LICENSE, module_init
from vshell.linux.moduleparam import module_param
from vshell.linux.printk import pr_info

t = None
clean = False
module_param(clean, bool, 0)


def fn(a):
    while not kthread_should_stop():
        pr_info("leak_tick\n")
        msleep(100)
    return 0


def leak_init():
    global t

    t = kthread_run(fn, None, "leak_thread")
    msleep(150)
    if clean:
        pr_info("stop r=%d\n", kthread_stop(t))
    return -ENOMEM


module_init(leak_init)

MODULE_LICENSE("GPL")
