# A second user of dep_base, of both its symbols.
# The twin of dep_user2.c.

from vshell.linux.module import MODULE_LICENSE, module_exit, module_init
from vshell.linux.printk import pr_info


def dep_base_next(who): ...
def dep_base_gpl(): ...


def dep_user2_init():
    # gcc evaluates the arguments of a call from the last to the first.
    gpl = dep_base_gpl()
    pr_info("dep_user2 init got %d gpl %d\n", dep_base_next("dep_user2"), gpl)
    return 0


def dep_user2_exit():
    pr_info("dep_user2 exit\n")


module_init(dep_user2_init)
module_exit(dep_user2_exit)

MODULE_LICENSE("GPL")
