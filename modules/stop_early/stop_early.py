# A thread that is stopped before it has run for the first time: its function is never called,
# and kthread_stop() says so with -EINTR. Whoever counts on the function to clean up leaks.

from vshell.linux.err import IS_ERR, PTR_ERR
from vshell.linux.kthread import kthread_create, kthread_stop
from vshell.linux.module import MODULE_DESCRIPTION, MODULE_LICENSE, module_exit, module_init
from vshell.linux.printk import pr_info


def worker(data):
    pr_info("stop_early: the thread function runs\n")
    return 7


def stop_early_init():
    task = kthread_create(worker, None, "stop_early")
    if IS_ERR(task):
        return PTR_ERR(task)

    # kthread_create() made the thread; nobody has woken it yet.
    ret = kthread_stop(task)
    pr_info("stop_early: kthread_stop returned %d\n", ret)
    return 0


def stop_early_exit():
    pr_info("stop_early: unloaded\n")


module_init(stop_early_init)
module_exit(stop_early_exit)

MODULE_LICENSE("GPL")
MODULE_DESCRIPTION("kthread_stop before the first run")
