# A thread that follows a NULL pointer: the kernel reports an Oops, the thread dies, and everything
# else goes on. Read the report with dmesg; the module can still be unloaded.

from vshell.linux.compiler import noinline
from vshell.linux.delay import msleep
from vshell.linux.err import IS_ERR, PTR_ERR
from vshell.linux.kthread import kthread_run, kthread_stop
from vshell.linux.module import MODULE_DESCRIPTION, MODULE_LICENSE, module_exit, module_init
from vshell.linux.printk import pr_info
from vshell.linux.sched.task import get_task_struct, put_task_struct

victim = None


@noinline
def read_config(cfg):
    return cfg.value


def oops_thread(data):
    pr_info("oops: the thread runs\n")
    msleep(500)
    read_config(data)
    pr_info("oops: this line is never reached\n")
    return 0


def oops_init():
    global victim

    victim = kthread_run(oops_thread, None, "oops_thread")
    if IS_ERR(victim):
        return PTR_ERR(victim)

    # The thread may be gone when we stop it; a reference keeps its task for us.
    get_task_struct(victim)
    return 0


def oops_exit():
    pr_info("oops: kthread_stop returned %d\n", kthread_stop(victim))
    put_task_struct(victim)


module_init(oops_init)
module_exit(oops_exit)

MODULE_LICENSE("GPL")
MODULE_DESCRIPTION("A thread that oopses")
