from vshell.linux.module import *
from vshell.linux.kthread import *
def wrong(p: "int *") -> None: pass
def badproto_init():

	t = kthread_run(wrong, None, "x")
	kthread_stop()
	kthread_stop(t, 1)
	t.no_such_field = 1
	return kthread_park("str")

module_init(badproto_init)
module_exit(badproto_init)
MODULE_LICENSE("GPL")
