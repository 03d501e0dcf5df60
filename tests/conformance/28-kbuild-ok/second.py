from vshell.linux.module import *; from vshell.linux.export import *
def second_value(): return 2
EXPORT_SYMBOL_GPL(second_value)
def second_init(): return 0
def second_exit(): pass
module_init(second_init)
module_exit(second_exit)
MODULE_LICENSE("GPL")
