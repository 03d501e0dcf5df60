# what the (non-debug) kernel does about misused locks. The twin of misuse.c.

from vshell.linux.delay import msleep
from vshell.linux.irqflags import local_irq_disable, local_irq_enable
from vshell.linux.jiffies import jiffies
from vshell.linux.kthread import kthread_run
from vshell.linux.module import MODULE_LICENSE, module_exit, module_init
from vshell.linux.moduleparam import module_param
from vshell.linux.mutex import DEFINE_MUTEX, mutex_is_locked, mutex_lock, mutex_unlock
from vshell.linux.preempt import preempt_disable
from vshell.linux.printk import pr_info
from vshell.linux.spinlock import DEFINE_SPINLOCK, spin_lock, spin_unlock
from vshell.linux.stddef import NULL

what = "none"
module_param(what, charp, 0o444)
m = DEFINE_MUTEX()
s = DEFINE_SPINLOCK()


def dead_fn(a):
    mutex_lock(m)
    pr_info("first lock\n")
    mutex_lock(m)
    pr_info("UNREACHABLE\n")
    return 0


def misuse_init():
    if what == "unlock_unlocked":
        mutex_unlock(m)
        pr_info("unlock of an unlocked mutex: locked now=%d\n", mutex_is_locked(m))
    elif what == "sleep_atomic":
        spin_lock(s)
        msleep(10)
        spin_unlock(s)
        pr_info("slept while atomic\n")
    elif what == "sleep_irqoff":
        local_irq_disable()
        msleep(10)
        local_irq_enable()
        pr_info("slept with irqs off\n")
    elif what == "leave_preempt_off":
        preempt_disable()
    elif what == "leave_irq_off":
        local_irq_disable()
    elif what == "self_deadlock":
        kthread_run(dead_fn, NULL, "self_deadlock")
        j = jiffies
        msleep(100)
    return 0


def misuse_exit():
    pass


module_init(misuse_init)
module_exit(misuse_exit)
MODULE_LICENSE("GPL")
