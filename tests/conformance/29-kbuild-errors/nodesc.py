from vshell.linux.module import *
MODULE_LICENSE("GPL")
MODULE_AUTHOR("nobody")
