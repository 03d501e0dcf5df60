from vshell.linux.module import *
def nolicense_init(): return 0
module_init(nolicense_init)
