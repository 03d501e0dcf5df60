from vshell.linux.module import *
from vshell.linux.no_such_header import *
from mine import *
MODULE_LICENSE("GPL")
