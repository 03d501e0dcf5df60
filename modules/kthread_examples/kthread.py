# Two kernel threads: the second parks the first, and unparks it when it is asked to stop.
# The example of the tutorial "Parking and Unparking Kthread".

from vshell.linux.delay import msleep
from vshell.linux.err import IS_ERR
from vshell.linux.kthread import kthread_park, kthread_parkme, kthread_run, kthread_should_park
from vshell.linux.kthread import kthread_should_stop, kthread_stop, kthread_unpark
from vshell.linux.module import MODULE_AUTHOR, MODULE_DESCRIPTION, MODULE_LICENSE
from vshell.linux.module import module_exit, module_init
from vshell.linux.printk import pr_info

kthread_1 = None
kthread_2 = None


def thread1_function(data):
    msleep(500)

    while not kthread_should_stop():
        if kthread_should_park():
            kthread_parkme()
            pr_info("Thread 1 execution\n")

        msleep(1000)

    return 0


def thread2_function(data):
    kthread_park(kthread_1)

    while not kthread_should_stop():
        pr_info("Thread 2 execution\n")
        msleep(1000)

    kthread_unpark(kthread_1)
    return 0


def kthread_init():
    global kthread_1, kthread_2

    pr_info("Inside kthread init function\n")

    kthread_1 = kthread_run(thread1_function, None, "kthread_park thread1 example")
    if not IS_ERR(kthread_1):
        pr_info("thread1 created successfully\n")
    else:
        pr_info("error creating thread1\n")

    kthread_2 = kthread_run(thread2_function, None, "kthread_park thread2 example")
    if not IS_ERR(kthread_2):
        pr_info("thread2 created successfully\n")
    else:
        pr_info("error creating thread2\n")

    return 0


def kthread_exit():
    pr_info("Inside kthread exit function\n")

    kthread_stop(kthread_2)
    kthread_stop(kthread_1)

    pr_info("destroyed thread\n")


module_init(kthread_init)
module_exit(kthread_exit)

MODULE_LICENSE("GPL")
MODULE_AUTHOR("Linux Usr")
MODULE_DESCRIPTION("Example of kthread_park")
