# DEBUG defined: pr_debug prints at once. The twin of dbg.c, line by line.
DEBUG = True
def pr_fmt(fmt): return "%s:%d: " + fmt, __func__, __LINE__
from vshell.linux.module import *; from vshell.linux.printk import *
def dbg_init(): pr_info("dbg info\n"); pr_debug("dbg debug %d\n", 5); pr_devel("dbg devel\n"); return 0
def dbg_exit(): pr_debug("dbg exit\n")
module_init(dbg_init)
module_exit(dbg_exit)
MODULE_LICENSE("GPL")
