# The second of two modules: it calls a function of the first. insmod says "Unknown symbol in
# module" until sym_base is there; modprobe would load it by itself.

from vshell.linux.module import MODULE_DESCRIPTION, MODULE_LICENSE, module_exit, module_init
from vshell.linux.printk import pr_info


def sym_base_greet(name): ...


def sym_user_init():
    pr_info("sym_user: greeted, %d calls so far\n", sym_base_greet("sym_user"))
    return 0


def sym_user_exit():
    sym_base_greet("the end")


module_init(sym_user_init)
module_exit(sym_user_exit)

MODULE_LICENSE("GPL")
MODULE_DESCRIPTION("A module that uses another one's symbol")
