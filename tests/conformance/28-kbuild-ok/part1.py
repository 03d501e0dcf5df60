from vshell.linux.module import *; from vshell.linux.printk import *
def part2_value(): ...
def multi_init(): pr_info("multi %d\n", part2_value()); return 0
def multi_exit(): pass
module_init(multi_init)
module_exit(multi_exit)
MODULE_LICENSE("GPL")
