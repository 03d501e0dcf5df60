# init and no exit: permanent.
# The twin of noexit.c.

from vshell.linux.module import MODULE_LICENSE, module_init
from vshell.linux.printk import pr_info


def noexit_init():
    pr_info("noexit init\n")
    return 0


module_init(noexit_init)

MODULE_LICENSE("GPL")
