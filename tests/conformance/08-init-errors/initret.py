# insmod initret.ko ret=N: init returns N.
# The twin of initret.c.

from vshell.linux.module import MODULE_LICENSE, module_exit, module_init
from vshell.linux.moduleparam import module_param
from vshell.linux.printk import pr_info

ret = 0
module_param(ret, int, 0o444)


def initret_init():
    pr_info("init ret=%d\n", ret)
    return ret


def initret_exit():
    pr_info("exit\n")


module_init(initret_init)
module_exit(initret_exit)

MODULE_LICENSE("GPL")
