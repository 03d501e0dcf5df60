# exit blocks in kthread_stop() on a thread that does not look until
# /sys/module/stuck/parameters/release is 1. The twin of stuck.c.

from vshell.linux.compiler import READ_ONCE
from vshell.linux.delay import msleep
from vshell.linux.kthread import kthread_run, kthread_stop
from vshell.linux.module import MODULE_LICENSE, module_exit, module_init
from vshell.linux.moduleparam import module_param
from vshell.linux.printk import pr_info
from vshell.linux.sched.task import get_task_struct, put_task_struct

release = False
module_param(release, bool, 0o644)
t = None


def fn(a):
    while not READ_ONCE(release):
        msleep(100)
    return 12


def stuck_init():
    global t

    t = kthread_run(fn, None, "stuck_thread")
    get_task_struct(t)
    return 0


def stuck_exit():
    pr_info("stuck exit calls stop\n")
    pr_info("stuck stop r=%d\n", kthread_stop(t))
    put_task_struct(t)


module_init(stuck_init)
module_exit(stuck_exit)

MODULE_LICENSE("GPL")
