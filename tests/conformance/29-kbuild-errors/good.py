from vshell.linux.module import *
def good_init(): return 0
def good_exit(): pass
module_init(good_init)
module_exit(good_exit)
MODULE_LICENSE("GPL")
