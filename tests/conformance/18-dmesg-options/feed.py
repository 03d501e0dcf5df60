# Known lines for dmesg's options. The twin of feed.c.

from vshell.linux.delay import msleep
from vshell.linux.module import MODULE_LICENSE, module_exit, module_init
from vshell.linux.printk import KERN_DEBUG, pr_alert, pr_crit, pr_emerg, pr_err, pr_info
from vshell.linux.printk import pr_notice, pr_warn, printk


def feed_init():
    pr_emerg("feed: m0 emerg\n")
    pr_alert("feed: m1 alert\n")
    pr_crit("feed: m2 crit\n")
    pr_err("feed: m3 err\n")
    pr_warn("feed: m4 warn\n")
    pr_notice("feed: m5 notice\n")
    pr_info("feed: m6 info\n")
    printk(KERN_DEBUG + "feed: m7 debug\n")
    msleep(30)
    pr_info("feed: no colon prefix here\n")
    pr_info("plain text without a colon\n")
    pr_info("feed feed: a colon in the middle: yes\n")
    pr_info("feed: two\nlines\n")
    msleep(1500)
    pr_err('feed: quote " backslash \\ tab\t end\n')
    pr_info("feed: after 1.5 s\n")
    return 0


def feed_exit():
    pr_info("feed: exit\n")


module_init(feed_init)
module_exit(feed_exit)
MODULE_LICENSE("GPL")
