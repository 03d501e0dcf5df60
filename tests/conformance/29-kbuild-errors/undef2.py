from vshell.linux.module import *
from vshell.linux.kthread import *
# kernel functions that exist but are not exported to modules
def do_exit(code): ...
def fn(a): do_exit(0); return 0
def undef2_init(): kthread_run(fn, None, "x"); return 0
module_init(undef2_init)
MODULE_LICENSE("GPL")
