# Exports two symbols, one of them to GPL modules only.
# The twin of dep_base.c.

from vshell.linux.export import EXPORT_SYMBOL, EXPORT_SYMBOL_GPL
from vshell.linux.module import MODULE_DESCRIPTION, MODULE_LICENSE, module_exit, module_init
from vshell.linux.printk import pr_info

counter = 0


def dep_base_next(who):
    global counter

    counter += 1
    pr_info("dep_base: %s -> %d\n", who, counter)
    return counter


EXPORT_SYMBOL(dep_base_next)


def dep_base_gpl():
    return 1000 + counter


EXPORT_SYMBOL_GPL(dep_base_gpl)


def dep_base_init():
    pr_info("dep_base init\n")
    return 0


def dep_base_exit():
    pr_info("dep_base exit counter=%d\n", counter)


module_init(dep_base_init)
module_exit(dep_base_exit)

MODULE_LICENSE("GPL")
MODULE_DESCRIPTION("exports two symbols")
