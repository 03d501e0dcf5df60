# Uses a symbol of dep_base, in init and in exit.
# The twin of dep_user.c.

from vshell.linux.module import MODULE_LICENSE, module_exit, module_init
from vshell.linux.printk import pr_info


def dep_base_next(who): ...


def dep_user_init():
    pr_info("dep_user init got %d\n", dep_base_next("dep_user"))
    return 0


def dep_user_exit():
    pr_info("dep_user exit got %d\n", dep_base_next("dep_user_exit"))


module_init(dep_user_init)
module_exit(dep_user_exit)

MODULE_LICENSE("GPL")
