# insmod bugs.ko what=NAME ctx=init|thread. The twin of bugs.c.

from vshell.linux.bug import BUG, BUG_ON, WARN, WARN_ON, WARN_ON_ONCE, WARN_ONCE
from vshell.linux.compiler import noinline
from vshell.linux.delay import msleep
from vshell.linux.kthread import kthread_create, kthread_stop
from vshell.linux.module import MODULE_LICENSE, module_exit, module_init
from vshell.linux.moduleparam import module_param
from vshell.linux.printk import dump_stack, pr_info
from vshell.linux.sched import wake_up_process
from vshell.linux.sched.task import get_task_struct, put_task_struct

what = "warn"
ctx = "init"
module_param(what, charp, 0o444)
module_param(ctx, charp, 0o444)

t = None


@noinline
def doit():
    pr_info("before %s\n", what)
    if what == "warn":
        r = WARN_ON(what != None)
        pr_info("WARN_ON returned %d\n", r)
        r = WARN_ON(what == None)
        pr_info("WARN_ON returned %d\n", r)
    elif what == "warn_once":
        for i in range(3):
            r = WARN_ON_ONCE(i < 10)
            pr_info("WARN_ON_ONCE i=%d returned %d\n", i, r)
    elif what == "warn_fmt":
        r = WARN(1, "value is %d, name is %s\n", 42, what)
        pr_info("WARN returned %d\n", r)
    elif what == "warn_fmt_once":
        for i in range(2):
            WARN_ONCE(1, "only once i=%d", i)
    elif what == "dump_stack":
        dump_stack()
    elif what == "bug":
        BUG()
    elif what == "bug_on":
        BUG_ON(what != None)
    pr_info("after %s\n", what)


def fn(a):
    doit()
    return 3


def bugs_init():
    global t

    if ctx == "init":
        doit()
        return 0
    t = kthread_create(fn, None, "bugs_thread")
    get_task_struct(t)
    wake_up_process(t)
    msleep(200)
    return 0


def bugs_exit():
    if t:
        pr_info("stop r=%d\n", kthread_stop(t))
        put_task_struct(t)


module_init(bugs_init)
module_exit(bugs_exit)

MODULE_LICENSE("GPL")
