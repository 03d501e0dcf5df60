# NULL pointer write in exit. The twin of oops_exit.c.

from vshell.linux.module import MODULE_LICENSE, module_exit, module_init
from vshell.linux.printk import pr_info

p = None


def oops_exit_init():
    return 0


def oops_exit_exit():
    pr_info("oops_exit begins\n")
    p[0] = 1
    pr_info("unreachable\n")


module_init(oops_exit_init)
module_exit(oops_exit_exit)

MODULE_LICENSE("GPL")
