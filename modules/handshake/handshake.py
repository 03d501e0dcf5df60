# Completions: "it has happened" for one thread to say and another to wait for. The worker says when
# it is ready, init says when it may go, and the worker says when it is done.

from vshell.linux.completion import DECLARE_COMPLETION, complete, wait_for_completion
from vshell.linux.completion import wait_for_completion_timeout
from vshell.linux.delay import msleep
from vshell.linux.err import IS_ERR, PTR_ERR
from vshell.linux.errno import ETIMEDOUT
from vshell.linux.jiffies import jiffies_to_msecs, msecs_to_jiffies
from vshell.linux.kthread import kthread_run
from vshell.linux.module import MODULE_DESCRIPTION, MODULE_LICENSE, module_exit, module_init
from vshell.linux.printk import pr_info

ready = DECLARE_COMPLETION()
go = DECLARE_COMPLETION()
done = DECLARE_COMPLETION()


def worker(data):
    pr_info("handshake: worker is ready\n")
    complete(ready)

    wait_for_completion(go)
    pr_info("handshake: worker works for 300 ms\n")
    msleep(300)

    complete(done)
    return 0


def handshake_init():
    task = kthread_run(worker, None, "handshake")
    if IS_ERR(task):
        return PTR_ERR(task)

    wait_for_completion(ready)
    pr_info("handshake: init lets the worker go\n")
    complete(go)

    left = wait_for_completion_timeout(done, msecs_to_jiffies(1000))
    if left == 0:
        pr_info("handshake: the worker is not done after a second\n")
        return -ETIMEDOUT

    pr_info("handshake: done, with %u ms to spare\n", jiffies_to_msecs(left))
    return 0


def handshake_exit():
    pr_info("handshake: unloaded\n")


module_init(handshake_init)
module_exit(handshake_exit)

MODULE_LICENSE("GPL")
MODULE_DESCRIPTION("A handshake with completions")
