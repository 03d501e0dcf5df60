# signals and kthreads. The twin of sig.c.

from vshell.linux.delay import msleep, msleep_interruptible
from vshell.linux.errno import EINTR
from vshell.linux.jiffies import HZ
from vshell.linux.kthread import kthread_create, kthread_should_stop, kthread_stop
from vshell.linux.module import MODULE_LICENSE, module_exit, module_init
from vshell.linux.moduleparam import kernel_param_ops, module_param_cb
from vshell.linux.printk import pr_info
from vshell.linux.sched import current, schedule_timeout_idle, schedule_timeout_interruptible
from vshell.linux.sched import wake_up_process
from vshell.linux.sched.signal import allow_signal, fatal_signal_pending, flush_signals, send_sig
from vshell.linux.sched.signal import signal_pending
from vshell.linux.sched.task import get_task_struct, put_task_struct
from vshell.linux.signal import SIGINT, SIGKILL, SIGTERM, SIGUSR1, sigismember
from vshell.linux.stddef import NULL

t = [NULL] * 4


def P(fmt, *args):
    pr_info("%s: " + fmt + "\n", current.comm, *args)


def deaf_fn(a):
    while not kthread_should_stop():
        r = schedule_timeout_interruptible(HZ / 2)
        if signal_pending(current):
            P("signal_pending! r=%ld should_stop=%d", r, kthread_should_stop())
    P("end")
    return 0


def hear_fn(a):
    n = 0

    allow_signal(SIGKILL)
    allow_signal(SIGTERM)
    allow_signal(SIGUSR1)
    while not kthread_should_stop():
        r = schedule_timeout_interruptible(10 * HZ)
        if signal_pending(current):
            u1 = sigismember(current.pending.signal, SIGUSR1) or sigismember(current.signal.shared_pending.signal, SIGUSR1)
            kl = sigismember(current.pending.signal, SIGKILL) or sigismember(current.signal.shared_pending.signal, SIGKILL)
            n += 1
            P("pending n=%d early=%d fatal=%d usr1=%d kill=%d should_stop=%d", n, r > 0, fatal_signal_pending(current), u1, kl, kthread_should_stop())
            flush_signals(current)
            P("after flush pending=%d", signal_pending(current))
    P("end n=%d", n)
    return n


def exiting_fn(a):
    allow_signal(SIGINT)
    while not kthread_should_stop():
        left = msleep_interruptible(60000)
        if signal_pending(current):
            P("msleep_interruptible left>0:%d should_stop=%d", left > 0, kthread_should_stop())
            break
    return -EINTR


def dstate_fn(a):
    allow_signal(SIGKILL)
    msleep(3000)
    P("msleep over pending=%d", signal_pending(current))
    while not kthread_should_stop():
        schedule_timeout_idle(HZ / 2)
    return 0


def sig_init():
    f = [deaf_fn, hear_fn, exiting_fn, dstate_fn]
    nm = ["sig_deaf", "sig_hear", "sig_exit", "sig_d"]

    for i in range(4):
        t[i] = kthread_create(f[i], NULL, "%s", nm[i])
        get_task_struct(t[i])
        wake_up_process(t[i])
    return 0


def send_set(v, kp):
    r = send_sig(SIGUSR1, t[1], 0)
    pr_info("send_sig r=%d\n", r)
    r = send_sig(SIGUSR1, t[0], 0)
    pr_info("send_sig to deaf r=%d\n", r)
    return 0


send_ops = kernel_param_ops(set=send_set)
module_param_cb(send, send_ops, NULL, 0o200)


def sig_exit():
    for i in range(4):
        pr_info("stop %d r=%d\n", i, kthread_stop(t[i]))
        put_task_struct(t[i])


module_init(sig_init)
module_exit(sig_exit)
MODULE_LICENSE("GPL")
