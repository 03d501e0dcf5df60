from vshell.linux.module import *
def syntax_init():

	x = 5 \
	return x

module_init(syntax_init)
MODULE_LICENSE("GPL")
