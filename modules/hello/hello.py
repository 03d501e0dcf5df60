# Parameters: what insmod says on its command line arrives in variables of the module.
# Try: insmod hello.ko who=kernel times=3; then look into /sys/module/hello/parameters.

from vshell.linux.errno import EINVAL
from vshell.linux.module import MODULE_AUTHOR, MODULE_DESCRIPTION, MODULE_LICENSE
from vshell.linux.module import module_exit, module_init
from vshell.linux.moduleparam import MODULE_PARM_DESC, module_param
from vshell.linux.printk import pr_err, pr_info

who = "world"
module_param(who, charp, 0o444)
MODULE_PARM_DESC(who, "whom to greet")

times = 1
module_param(times, int, 0o644)
MODULE_PARM_DESC(times, "how often to greet, 1 to 10")


def hello_init():
    if times < 1 or times > 10:
        pr_err("hello: times must be 1 to 10, not %d\n", times)
        return -EINVAL

    for i in range(times):
        pr_info("hello: Hello, %s! (%d of %d)\n", who, i + 1, times)

    return 0


def hello_exit():
    pr_info("hello: Goodbye, %s!\n", who)


module_init(hello_init)
module_exit(hello_exit)

MODULE_LICENSE("GPL")
MODULE_AUTHOR("Linux Usr")
MODULE_DESCRIPTION("A greeting with parameters")
