# init sleeps init_ms, exit sleeps exit_ms.
# The twin of slow.c.

from vshell.linux.delay import msleep
from vshell.linux.export import EXPORT_SYMBOL
from vshell.linux.module import MODULE_LICENSE, module_exit, module_init
from vshell.linux.moduleparam import module_param
from vshell.linux.printk import pr_info

init_ms = 2000
exit_ms = 2000
ret = 0
module_param(init_ms, int, 0o444)
module_param(exit_ms, int, 0o444)
module_param(ret, int, 0o444)


def slow_init():
    pr_info("slow init begins\n")
    msleep(init_ms)
    pr_info("slow init ends ret=%d\n", ret)
    return ret


def slow_exit():
    pr_info("slow exit begins\n")
    msleep(exit_ms)
    pr_info("slow exit ends\n")


def slow_sym():
    return 1


EXPORT_SYMBOL(slow_sym)
module_init(slow_init)
module_exit(slow_exit)

MODULE_LICENSE("GPL")
