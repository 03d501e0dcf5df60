# A thread that never sleeps: it keeps one CPU for itself. After some 20 seconds the watchdog reports a
# soft lockup. With polite=1 it calls cond_resched(), and everybody else gets a turn.

from vshell.linux.err import IS_ERR, PTR_ERR
from vshell.linux.kthread import kthread_run, kthread_should_stop, kthread_stop
from vshell.linux.module import MODULE_DESCRIPTION, MODULE_LICENSE, module_exit, module_init
from vshell.linux.moduleparam import MODULE_PARM_DESC, module_param
from vshell.linux.sched import cond_resched

polite = False
module_param(polite, bool, 0o644)
MODULE_PARM_DESC(polite, "let others run, with cond_resched()")

busy = None


def lockup_thread(data):
    while not kthread_should_stop():
        if polite:
            cond_resched()

    return 0


def lockup_init():
    global busy

    busy = kthread_run(lockup_thread, None, "lockup")
    if IS_ERR(busy):
        return PTR_ERR(busy)

    return 0


def lockup_exit():
    kthread_stop(busy)


module_init(lockup_init)
module_exit(lockup_exit)

MODULE_LICENSE("GPL")
MODULE_DESCRIPTION("A thread that never sleeps")
