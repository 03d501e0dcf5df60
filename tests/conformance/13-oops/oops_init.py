# NULL pointer write in init. The twin of oops_init.c.

from vshell.linux.module import MODULE_LICENSE, module_exit, module_init
from vshell.linux.printk import pr_info

p = None


def oops_init_init():
    pr_info("oops_init begins\n")
    p[0] = 1
    pr_info("unreachable\n")
    return 0


def oops_init_exit():
    pass


module_init(oops_init_init)
module_exit(oops_init_exit)

MODULE_LICENSE("GPL")
