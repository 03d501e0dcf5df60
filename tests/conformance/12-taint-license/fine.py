# A module that says when it comes and goes. The twin of fine.c.

from vshell.linux.module import MODULE_LICENSE, module_exit, module_init
from vshell.linux.printk import pr_info


def fine_init():
    pr_info("fine init\n")
    return 0


def fine_exit():
    pr_info("fine exit\n")


module_init(fine_init)
module_exit(fine_exit)

MODULE_LICENSE("GPL")
