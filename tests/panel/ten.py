"""A module with ten threads that do all that threads do, and a host that runs it."""

from __future__ import annotations

__all__ = ["MAKEFILE", "TEN", "run_ten"]

TEN = """\
from vshell.linux.delay import mdelay, msleep, msleep_interruptible
from vshell.linux.kthread import kthread_park, kthread_parkme, kthread_run, kthread_should_park
from vshell.linux.kthread import kthread_should_stop, kthread_stop, kthread_unpark
from vshell.linux.module import MODULE_LICENSE, module_exit, module_init
from vshell.linux.printk import pr_info
from vshell.linux.sched import cond_resched, schedule_timeout_idle
from vshell.linux.wait import DECLARE_WAIT_QUEUE_HEAD, wait_event_interruptible, wake_up_all

queue = DECLARE_WAIT_QUEUE_HEAD()
threads = []
generation = [0]


def sleeper(data):
    while not kthread_should_stop():
        msleep(11)
    return 0


def napper(data):
    while not kthread_should_stop():
        msleep_interruptible(37)
    return 0


def idler(data):
    while not kthread_should_stop():
        schedule_timeout_idle(9)
    return 0


def parker(data):
    while not kthread_should_stop():
        if kthread_should_park():
            pr_info("%d parks\\n", data)
            kthread_parkme()
        mdelay(1)
        msleep_interruptible(5)
    return 0


def controller(data):
    turn = 0
    while not kthread_should_stop():
        thread = threads[3 + turn % 2]
        kthread_park(thread)
        msleep(13)
        kthread_unpark(thread)
        turn += 1
        msleep_interruptible(8)
    return 0


def spinner(data):
    while not kthread_should_stop():
        for turn in range(data):
            mdelay(3)
            cond_resched()
        msleep_interruptible(4 * data)
    return 0


def waiter(data):
    seen = 0
    while not kthread_should_stop():
        wait_event_interruptible(queue, generation[0] != seen or kthread_should_stop())
        seen = generation[0]
        mdelay(2)
    return 0


def short(data):
    mdelay(data % 7)
    if data % 2:
        msleep(data % 11)
    return 0


def spawner(data):
    count = 0
    while not kthread_should_stop():
        generation[0] += 1
        wake_up_all(queue)
        kthread_run(short, count, "a short life/%d", count)
        count += 1
        msleep_interruptible(24)
    return 0


def ten_init():
    pr_info("ten begins\\n")
    threads.append(kthread_run(sleeper, 0, "ten sleeper"))
    threads.append(kthread_run(napper, 0, "ten napper"))
    threads.append(kthread_run(idler, 0, "ten idler"))
    threads.append(kthread_run(parker, 1, "ten parker with a long name"))
    threads.append(kthread_run(parker, 2, "ten parker 2"))
    threads.append(kthread_run(spinner, 3, "ten spinner"))
    threads.append(kthread_run(spinner, 5, "ten spinner 2"))
    threads.append(kthread_run(waiter, 0, "ten waiter"))
    threads.append(kthread_run(spawner, 0, "ten spawner"))
    threads.append(kthread_run(controller, 0, "ten controller"))
    return 0


def ten_exit():
    kthread_stop(threads.pop())
    while threads:
        kthread_stop(threads.pop())
    pr_info("ten ends\\n")


module_init(ten_init)
module_exit(ten_exit)
MODULE_LICENSE("GPL")
"""
MAKEFILE = (
    "obj-m += ten.o\n\nall:\n\tmake -C /lib/modules/$(shell uname -r)/build M=$(PWD) modules\n"
)


def run_ten(folder, make_dialogue, listen, **settings):
    """Load the module at a prompt; tell ``listen`` of every event from before that on."""
    (folder / "ten.py").write_text(TEN)
    (folder / "Makefile").write_text(MAKEFILE)
    dialogue = make_dialogue(workspace=folder, **settings)
    dialogue.type("make >/dev/null 2>&1")
    dialogue.host.kernel.trace.subscribe(listen)
    return dialogue
