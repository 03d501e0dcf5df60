# init and no exit: to be removed with rmmod -f.
# The twin of noexit2.c.

from vshell.linux.module import MODULE_LICENSE, module_init
from vshell.linux.printk import pr_info


def noexit2_init():
    pr_info("noexit2 init\n")
    return 0


module_init(noexit2_init)

MODULE_LICENSE("GPL")
