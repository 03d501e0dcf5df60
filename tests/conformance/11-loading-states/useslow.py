# Uses a symbol of slow.
# The twin of useslow.c.

from vshell.linux.module import MODULE_LICENSE, module_exit, module_init
from vshell.linux.printk import pr_info


def slow_sym(): ...


def useslow_init():
    pr_info("useslow init %d\n", slow_sym())
    return 0


def useslow_exit():
    pr_info("useslow exit\n")


module_init(useslow_init)
module_exit(useslow_exit)

MODULE_LICENSE("GPL")
