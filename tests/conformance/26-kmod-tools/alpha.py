# A module with a parameter and a function for others. The twin of alpha.c.

from vshell.linux.export import EXPORT_SYMBOL_GPL
from vshell.linux.module import MODULE_AUTHOR, MODULE_DESCRIPTION, MODULE_LICENSE, MODULE_VERSION
from vshell.linux.module import module_exit, module_init
from vshell.linux.moduleparam import MODULE_PARM_DESC, module_param
from vshell.linux.printk import pr_info

level = 1
module_param(level, int, 0o644)
MODULE_PARM_DESC(level, "how loud")


def alpha_fn():
    return level


EXPORT_SYMBOL_GPL(alpha_fn)


def alpha_init():
    pr_info("alpha init level=%d\n", level)
    return 0


def alpha_exit():
    pr_info("alpha exit\n")


module_init(alpha_init)
module_exit(alpha_exit)
MODULE_LICENSE("GPL")
MODULE_AUTHOR("Test Author")
MODULE_DESCRIPTION("base module")
MODULE_VERSION("0.1")
