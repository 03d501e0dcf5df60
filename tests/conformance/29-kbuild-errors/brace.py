from vshell.linux.module import *; from vshell.linux.printk import *
def brace_init():

	if 1:
		pr_info("x\n")
	return 0

	module_init(brace_init)
MODULE_LICENSE("GPL")
