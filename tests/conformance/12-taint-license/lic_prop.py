# A module with the licence "Proprietary". The twin of lic_prop.c.

from vshell.linux.module import MODULE_LICENSE, module_exit, module_init
from vshell.linux.printk import pr_info


def lic_init():
    pr_info("lic_prop init\n")
    return 0


def lic_exit():
    pass


module_init(lic_init)
module_exit(lic_exit)

MODULE_LICENSE("Proprietary")
