# exit and no init.
# The twin of onlyexit.c.

from vshell.linux.module import MODULE_LICENSE, module_exit
from vshell.linux.printk import pr_info


def onlyexit_exit():
    pr_info("onlyexit exit\n")


module_exit(onlyexit_exit)

MODULE_LICENSE("GPL")
