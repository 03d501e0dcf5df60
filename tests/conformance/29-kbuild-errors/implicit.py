from vshell.linux.module import *
from vshell.linux.kthread import *
def fn(a): msleep(10); return 0
def implicit_init():

	kthread_run(fn, None, "x")
	frobnicate(3)
	return undeclared_var

module_init(implicit_init)
MODULE_LICENSE("GPL")
