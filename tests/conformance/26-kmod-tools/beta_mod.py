# A module that needs another one. The twin of beta_mod.c.

from vshell.linux.module import MODULE_ALIAS, MODULE_LICENSE, module_exit, module_init
from vshell.linux.printk import pr_info


def alpha_fn(): ...


def beta_init():
    pr_info("beta init %d\n", alpha_fn())
    return 0


def beta_exit():
    pr_info("beta exit\n")


module_init(beta_init)
module_exit(beta_exit)
MODULE_LICENSE("GPL")
MODULE_ALIAS("beta-alias")
