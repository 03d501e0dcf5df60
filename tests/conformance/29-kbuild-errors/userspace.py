from stdio import printf
from vshell.linux.module import *
def us_init(): printf("hi\n"); f = 1.5; return int(f)
module_init(us_init)
MODULE_LICENSE("GPL")
