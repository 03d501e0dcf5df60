# "boss" parks "slave" three times for 500 ms, parks it again and unparks it as its last act.
# Module exit stops only "slave". The twin of park_pulse.c.

from vshell.linux.delay import msleep, ssleep
from vshell.linux.err import IS_ERR, PTR_ERR
from vshell.linux.jiffies import jiffies
from vshell.linux.kthread import kthread_park, kthread_parkme, kthread_run, kthread_should_park
from vshell.linux.kthread import kthread_should_stop, kthread_stop, kthread_unpark
from vshell.linux.module import MODULE_LICENSE, module_exit, module_init
from vshell.linux.printk import pr_info

slave = None
boss = None
t0 = 0


def EV(fmt, *args):
    pr_info("park_pulse: j=%lu t=%lu ev=" + fmt + "\n", jiffies, jiffies - t0, *args)


def slave_fn(arg):
    loops = 0
    parks = 0

    while not kthread_should_stop():
        if kthread_should_park():
            parks += 1
            EV("slave_parkme parks=%u loops=%u", parks, loops)
            kthread_parkme()
            EV("slave_resumed parks=%u", parks)
        loops += 1
        msleep(200)
    EV("slave_return loops=%u parks=%u", loops, parks)
    return parks


def boss_fn(arg):
    for i in range(3):
        msleep(300)
        EV("boss_park i=%d", i)
        r = kthread_park(slave)
        EV("boss_parked i=%d r=%d", i, r)
        msleep(500)
        EV("boss_unpark i=%d", i)
        kthread_unpark(slave)
    r = kthread_park(slave)
    EV("boss_last_park r=%d", r)
    ssleep(1)
    EV("boss_unpark_at_exit")
    kthread_unpark(slave)
    EV("boss_return")
    return 99


def park_pulse_init():
    global t0, slave, boss

    t0 = jiffies
    slave = kthread_run(slave_fn, None, "pulse_slave")
    if IS_ERR(slave):
        return PTR_ERR(slave)
    boss = kthread_run(boss_fn, None, "pulse_boss")
    if IS_ERR(boss):
        kthread_stop(slave)
        return PTR_ERR(boss)
    EV("init_done")
    return 0


def park_pulse_exit():
    r = kthread_stop(slave)

    EV("exit_stop_slave r=%d", r)


module_init(park_pulse_init)
module_exit(park_pulse_exit)

MODULE_LICENSE("GPL")
