# A thread that spins without ever giving up its CPU until told to stop; and one that spins with
# preemption off. The twin of spin.c.

from vshell.linux.compiler import noinline
from vshell.linux.kthread import kthread_bind, kthread_create, kthread_should_stop, kthread_stop
from vshell.linux.module import MODULE_LICENSE, module_exit, module_init
from vshell.linux.moduleparam import module_param
from vshell.linux.preempt import preempt_disable, preempt_enable
from vshell.linux.printk import pr_info
from vshell.linux.processor import cpu_relax
from vshell.linux.sched import cond_resched, wake_up_process
from vshell.linux.smp import raw_smp_processor_id

kind = "plain"
module_param(kind, charp, 0o444)
cpu = 1
module_param(cpu, int, 0o444)

t = None


@noinline
def spin_body():
    n = 0

    while not kthread_should_stop():
        n += 1
        cpu_relax()
    return n > 1


def spin_fn(a):
    pr_info("spin begins kind=%s cpu=%d\n", kind, raw_smp_processor_id())
    if kind == "preempt_off":
        preempt_disable()
    if kind == "resched":
        while not kthread_should_stop():
            cond_resched()
        r = 2
    else:
        r = spin_body()
    if kind == "preempt_off":
        preempt_enable()
    pr_info("spin ends r=%d\n", r)
    return r


def spin_init():
    global t

    t = kthread_create(spin_fn, None, "spin_thread")
    kthread_bind(t, cpu)
    wake_up_process(t)
    return 0


def spin_exit():
    pr_info("stop r=%d\n", kthread_stop(t))


module_init(spin_init)
module_exit(spin_exit)

MODULE_LICENSE("GPL")
