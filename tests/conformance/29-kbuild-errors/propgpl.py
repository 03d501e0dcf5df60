from vshell.linux.module import *
from vshell.linux.kthread import *
def fn(a): kthread_parkme(); return kthread_should_park()
def propgpl_init(): t = kthread_run(fn, None, "x"); kthread_park(t); kthread_unpark(t); return kthread_stop(t)
module_init(propgpl_init)
MODULE_LICENSE("Proprietary")
