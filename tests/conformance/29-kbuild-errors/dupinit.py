from vshell.linux.module import *
def a_init(): return 0
def b_init(): return 0
module_init(a_init)
module_init(b_init)
MODULE_LICENSE("GPL")
