# Every printk level, with and without newline, continuation, empty and long lines.
# The twin of levels.c.

from vshell.linux.delay import msleep
from vshell.linux.kthread import kthread_run
from vshell.linux.module import MODULE_LICENSE, module_exit, module_init
from vshell.linux.printk import KERN_DEBUG, KERN_DEFAULT, KERN_ERR, KERN_INFO
from vshell.linux.printk import pr_alert, pr_cont, pr_crit, pr_debug, pr_devel, pr_emerg, pr_err
from vshell.linux.printk import pr_info, pr_info_once, pr_info_ratelimited, pr_notice, pr_warn
from vshell.linux.printk import printk
from vshell.linux.sched import current

t = None


def pr_fmt(fmt):
    return KBUILD_MODNAME + ": " + fmt


def fn(a):
    pr_info("from thread %s pid %d\n", current.comm, current.pid)
    return 0


def levels_init():
    global t

    pr_emerg("emerg\n")
    pr_alert("alert\n")
    pr_crit("crit\n")
    pr_err("err\n")
    pr_warn("warn\n")
    pr_notice("notice\n")
    pr_info("info\n")
    pr_debug("debug\n")
    pr_devel("devel\n")
    printk("no level\n")
    printk(KERN_INFO + "explicit KERN_INFO no prefix\n")
    printk(KERN_DEFAULT + "KERN_DEFAULT\n")
    printk(KERN_DEBUG + "explicit KERN_DEBUG\n")
    printk("<3>old style level\n")
    printk(KERN_ERR + KERN_INFO + "two levels\n")
    pr_info("no newline")
    pr_info("next after no newline\n")
    pr_info("begin")
    pr_cont(" cont1")
    pr_cont(" cont2\n")
    pr_cont("stray cont\n")
    pr_info("begin2")
    pr_warn("interrupting warn\n")
    pr_cont(" late cont\n")
    pr_info("two\nlines in one\n")
    pr_info("\n")
    pr_info("")
    pr_info("tab\there bell\a esc\x1b[1m nul-free \x7f end\n")
    # A byte that is not UTF-8 is written as Python does: 0xff is \udcff.
    pr_info("utf8 \N{LATIN SMALL LETTER E WITH ACUTE} and bad \udcff byte\n")
    pr_info("trailing spaces   \n")
    pr_info("double newline\n\n")
    pr_info("  leading spaces\n")
    big = "".join(chr(ord("a") + i % 26) for i in range(1199))
    pr_info("%s\n", big)
    for i in range(5):
        pr_info_once("once i=%d\n", i)
    for i in range(30):
        pr_info_ratelimited("ratelimited i=%d\n", i)
    t = kthread_run(fn, None, "lvl_thread")
    msleep(50)
    return 0


def levels_exit():
    pr_info("bye")


module_init(levels_init)
module_exit(levels_exit)
MODULE_LICENSE("GPL")
