# Every common type of module parameter.
# The twin of params.c.

from vshell.linux.module import MODULE_ALIAS, MODULE_AUTHOR, MODULE_DESCRIPTION, MODULE_INFO
from vshell.linux.module import MODULE_LICENSE, MODULE_SOFTDEP, MODULE_VERSION
from vshell.linux.module import module_exit, module_init
from vshell.linux.moduleparam import MODULE_PARM_DESC, module_param, module_param_array
from vshell.linux.moduleparam import module_param_named, module_param_string
from vshell.linux.moduleparam import byte, charp, hexint, invbool, long, short, uint, ullong, ulong
from vshell.linux.printk import pr_info

count = 1
module_param(count, int, 0o644)
MODULE_PARM_DESC(count, "how many times")
ucount = 2
module_param(ucount, uint, 0o444)
name = "world"
module_param(name, charp, 0o644)
MODULE_PARM_DESC(name, "whom to greet")
flag = False
module_param(flag, bool, 0o644)
MODULE_PARM_DESC(flag, "a switch (default: off)")
inv = True
module_param_named(quiet, inv, invbool, 0o644)
small = 0
module_param(small, byte, 0o644)
sh = 0
module_param(sh, short, 0o600)
lg = -1
module_param(lg, long, 0o444)
ulg = 0
module_param(ulg, ulong, 0o444)
ull = 0
module_param(ull, ullong, 0o444)
arr = [1, 2, 0, 0]
arr_n = 2
module_param_array(arr, int, arr_n, 0o644)
MODULE_PARM_DESC(arr, "up to four numbers")
buf = "init"
module_param_string(text, buf, 8, 0o644)
hidden = 5
module_param(hidden, int, 0)
renamed_var = 0
module_param_named(other_name, renamed_var, int, 0o444)
hx = 255
module_param(hx, hexint, 0o444)


def show(when):
    pr_info(
        "%s count=%d ucount=%u name=%s flag=%d inv=%d small=%u sh=%d lg=%ld ulg=%lu ull=%llu "
        "arr=[%d,%d,%d,%d]n=%d text=%s hidden=%d other=%d hx=%x\n",
        when,
        count,
        ucount,
        name,
        flag,
        inv,
        small,
        sh,
        lg,
        ulg,
        ull,
        arr[0],
        arr[1],
        arr[2],
        arr[3],
        arr_n,
        buf,
        hidden,
        renamed_var,
        hx,
    )


def params_init():
    show("init")
    return 0


def params_exit():
    show("exit")


module_init(params_init)
module_exit(params_exit)

MODULE_LICENSE("GPL")
MODULE_AUTHOR("A. Author <a@example.org>")
MODULE_AUTHOR("B. Second")
MODULE_DESCRIPTION("parameter test")
MODULE_VERSION("1.2.3")
MODULE_ALIAS("params-alias")
MODULE_SOFTDEP("pre: something post: other")
MODULE_INFO(custom, "value here")
