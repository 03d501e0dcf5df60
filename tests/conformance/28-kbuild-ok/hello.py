from vshell.linux.module import *
from vshell.linux.kthread import *; from vshell.linux.err import *
from vshell.linux.delay import *

t = None

def hello_fn(data):

	while not kthread_should_stop():
		msleep(100)
	return 0


def hello_init():
	global t
	t = kthread_run(hello_fn, None, "hello_thread")
	return PTR_ERR_OR_ZERO(t)


def hello_exit():

	kthread_stop(t)


module_init(hello_init)
module_exit(hello_exit)
MODULE_LICENSE("GPL")
MODULE_DESCRIPTION("hello")
MODULE_AUTHOR("somebody")
