# A module with the licence "Dual MIT/GPL". The twin of lic_dual.c.

from vshell.linux.module import MODULE_LICENSE, module_exit, module_init
from vshell.linux.printk import pr_info


def lic_init():
    pr_info("lic_dual init\n")
    return 0


def lic_exit():
    pass


module_init(lic_init)
module_exit(lic_exit)

MODULE_LICENSE("Dual MIT/GPL")
