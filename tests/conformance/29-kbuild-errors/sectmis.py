from vshell.linux.module import *; from vshell.linux.init import *; from vshell.linux.export import *; from vshell.linux.compiler import noinline; from vshell.linux.jiffies import jiffies
@noinline
@__init
def helper(): return jiffies & 1
def sectmis_call(): return helper() + 1
def sectmis_init(): return 0
EXPORT_SYMBOL(sectmis_call); module_init(sectmis_init); MODULE_LICENSE("GPL")
