# Holds references on itself; /sys/module/held/parameters/refs sets how many.
# The twin of held.c.

from vshell.linux.module import MODULE_LICENSE, THIS_MODULE, module_exit, module_init
from vshell.linux.module import module_put, module_refcount, try_module_get
from vshell.linux.moduleparam import kernel_param_ops, module_param_cb, param_get_int
from vshell.linux.moduleparam import param_set_int
from vshell.linux.printk import pr_info

refs = 1
have = 0
ready = False


def settle():
    global have

    while have < refs:
        ok = try_module_get(THIS_MODULE)
        pr_info("get ok=%d refcount=%d\n", ok, module_refcount(THIS_MODULE))
        have += 1
    while have > refs:
        module_put(THIS_MODULE)
        pr_info("put refcount=%d\n", module_refcount(THIS_MODULE))
        have -= 1


def set_refs(val, kp):
    r = param_set_int(val, kp)
    if not r and ready:
        settle()
    return r


refs_ops = kernel_param_ops(set=set_refs, get=param_get_int)
module_param_cb(refs, refs_ops, refs, 0o644)


def held_init():
    global ready

    ready = True
    pr_info("init refcount=%d\n", module_refcount(THIS_MODULE))
    settle()
    return 0


def held_exit():
    pr_info("held exit refcount=%d\n", module_refcount(THIS_MODULE))


module_init(held_init)
module_exit(held_exit)

MODULE_LICENSE("GPL")
