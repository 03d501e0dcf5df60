# A kthread that does something fatal after 200 ms; a reference on the task is held, module exit
# calls kthread_stop(). The twin of null_kthr.c.

from vshell.linux.compiler import asm, noinline
from vshell.linux.delay import msleep
from vshell.linux.err import ERR_PTR
from vshell.linux.kthread import kthread_create, kthread_stop
from vshell.linux.module import MODULE_LICENSE, module_exit, module_init
from vshell.linux.moduleparam import module_param
from vshell.linux.printk import pr_info
from vshell.linux.sched import wake_up_process
from vshell.linux.sched.task import get_task_struct, put_task_struct


class box:
    a = 0
    b = 0
    pad = bytearray(0x100)
    far = 0


mode = "write"
module_param(mode, charp, 0o444)

t = None
nobox = None
nofn = None
zero = 0


@noinline
def do_bad():
    if mode == "write":
        nobox.a = 1
    elif mode == "read_far":
        pr_info("got %d\n", nobox.far)
    elif mode == "call":
        nofn()
    elif mode == "poison":
        0xDEAD000000000100 .b = 2
    elif mode == "kaddr":
        0xFFFFC90000000010 .b = 2
    elif mode == "errptr":
        ERR_PTR(-12).b = 2
    elif mode == "divide":
        pr_info("got %d\n", 100 // zero)
    elif mode == "ud2":
        asm("ud2")
    elif mode == "rodata":
        "literal"[0] = "X"


def bad_fn(a):
    msleep(200)
    pr_info("about to: %s\n", mode)
    do_bad()
    pr_info("survived: %s\n", mode)
    return 4


def null_kthr_init():
    global t

    t = kthread_create(bad_fn, None, "bad_thread")
    get_task_struct(t)
    wake_up_process(t)
    return 0


def null_kthr_exit():
    pr_info("stop r=%d\n", kthread_stop(t))
    put_task_struct(t)


module_init(null_kthr_init)
module_exit(null_kthr_exit)

MODULE_LICENSE("GPL")
