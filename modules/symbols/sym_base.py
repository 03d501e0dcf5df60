# The first of two modules: it exports a function. While another module uses it, it cannot go.

from vshell.linux.export import EXPORT_SYMBOL_GPL
from vshell.linux.module import MODULE_DESCRIPTION, MODULE_LICENSE, module_exit, module_init
from vshell.linux.printk import pr_info

calls = 0


def sym_base_greet(name):
    global calls

    calls += 1
    pr_info("sym_base: greeting %s, call number %d\n", name, calls)
    return calls


EXPORT_SYMBOL_GPL(sym_base_greet)


def sym_base_init():
    return 0


def sym_base_exit():
    pr_info("sym_base: called %d times\n", calls)


module_init(sym_base_init)
module_exit(sym_base_exit)

MODULE_LICENSE("GPL")
MODULE_DESCRIPTION("A module that exports a symbol")
