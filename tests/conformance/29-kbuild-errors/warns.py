from vshell.linux.module import *; from vshell.linux.printk import *
unused_var = 0
def unused_fn(): return 1
def warns_init():

	a: int
	l: long = 5

	pr_info("%d %s\n", l, 42)
	pr_info("%d\n")
	if a := 1:
		return 0
	return

def warns_exit(): return 3
module_init(warns_init)
module_exit(warns_exit)
MODULE_LICENSE("GPL")
