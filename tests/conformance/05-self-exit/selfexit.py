# Threads that return on their own; kthread_stop() afterwards, with a task reference held.
# The twin of selfexit.c.

from vshell.linux.compiler import READ_ONCE
from vshell.linux.completion import DECLARE_COMPLETION, wait_for_completion
from vshell.linux.delay import msleep
from vshell.linux.err import IS_ERR
from vshell.linux.kthread import kthread_complete_and_exit, kthread_create, kthread_run
from vshell.linux.kthread import kthread_stop
from vshell.linux.module import MODULE_LICENSE, module_exit, module_init
from vshell.linux.printk import pr_info
from vshell.linux.sched import current, wake_up_process
from vshell.linux.sched.task import get_task_struct, put_task_struct

a = None
b = None
d = None
done = DECLARE_COMPLETION()


def EV(fmt, *args):
    pr_info("ev=" + fmt + "\n", *args)


def a_fn(arg):
    EV("a_return pid=%d comm=%s", current.pid, current.comm)
    return 5


def b_fn(arg):
    msleep(500)
    EV("b_return")
    return -7


def c_fn(arg):
    EV("c_return unreferenced")
    return 3


def d_fn(arg):
    EV("d_complete_and_exit")
    kthread_complete_and_exit(done, 77)
    EV("d_UNREACHABLE")
    return 1


def selfexit_init():
    global a, b, d

    a = kthread_create(a_fn, None, "self_a")
    get_task_struct(a)
    wake_up_process(a)
    b = kthread_create(b_fn, None, "self_b")
    get_task_struct(b)
    wake_up_process(b)
    c = kthread_run(c_fn, None, "self_c")
    EV("c_is_err=%d", IS_ERR(c))
    d = kthread_create(d_fn, None, "self_d")
    get_task_struct(d)
    wake_up_process(d)
    wait_for_completion(done)
    EV("d_completed")
    return 0


def selfexit_exit():
    EV(
        "a_state=0x%x a_exit_state=0x%x a_flags=0x%x",
        READ_ONCE(a.__state),
        a.exit_state,
        a.flags,
    )
    EV("wake_up_process_dead r=%d", wake_up_process(a))
    EV("stop_a r=%d", kthread_stop(a))
    put_task_struct(a)
    EV("stop_b r=%d", kthread_stop(b))
    put_task_struct(b)
    EV("stop_d r=%d", kthread_stop(d))
    put_task_struct(d)


module_init(selfexit_init)
module_exit(selfexit_exit)

MODULE_LICENSE("GPL")
