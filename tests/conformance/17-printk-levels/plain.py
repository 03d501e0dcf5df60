# no pr_fmt: nothing is put before the text. The twin of plain.c, line by line.
from vshell.linux.module import *; from vshell.linux.printk import *
def plain_init(): pr_info("plain info\n"); pr_debug("plain debug\n"); return 0
def plain_exit(): pr_info("plain exit\n")
module_init(plain_init)
module_exit(plain_exit)
MODULE_LICENSE("GPL")
