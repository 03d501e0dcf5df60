# A producer and a consumer: the consumer sleeps on a wait queue until there is something in the
# buffer, the producer until there is room. wake_up() makes the other look at its condition again.

from vshell.linux.delay import msleep
from vshell.linux.err import IS_ERR, PTR_ERR
from vshell.linux.kthread import kthread_run, kthread_should_stop, kthread_stop
from vshell.linux.module import MODULE_DESCRIPTION, MODULE_LICENSE, module_exit, module_init
from vshell.linux.moduleparam import MODULE_PARM_DESC, module_param
from vshell.linux.printk import pr_info
from vshell.linux.wait import DECLARE_WAIT_QUEUE_HEAD, wait_event_interruptible, wake_up

room = 3
module_param(room, int, 0o444)
MODULE_PARM_DESC(room, "how many items the buffer holds")

not_empty = DECLARE_WAIT_QUEUE_HEAD()
not_full = DECLARE_WAIT_QUEUE_HEAD()
buffer = []
producer = None
consumer = None


def produce(data):
    item = 0

    while not kthread_should_stop():
        wait_event_interruptible(not_full, len(buffer) < room or kthread_should_stop())
        if kthread_should_stop():
            break

        item += 1
        buffer.append(item)
        pr_info("prodcons: produced %d (%d in the buffer)\n", item, len(buffer))
        wake_up(not_empty)
        msleep(200)

    return item


def consume(data):
    count = 0

    while not kthread_should_stop():
        wait_event_interruptible(not_empty, len(buffer) > 0 or kthread_should_stop())
        if kthread_should_stop():
            break

        item = buffer.pop(0)
        count += 1
        pr_info("prodcons: consumed %d (%d in the buffer)\n", item, len(buffer))
        wake_up(not_full)
        msleep(500)

    return count


def prodcons_init():
    global producer, consumer

    consumer = kthread_run(consume, None, "consumer")
    if IS_ERR(consumer):
        return PTR_ERR(consumer)

    producer = kthread_run(produce, None, "producer")
    if IS_ERR(producer):
        kthread_stop(consumer)
        return PTR_ERR(producer)

    return 0


def prodcons_exit():
    produced = kthread_stop(producer)
    consumed = kthread_stop(consumer)
    pr_info("prodcons: %d produced, %d consumed\n", produced, consumed)


module_init(prodcons_init)
module_exit(prodcons_exit)

MODULE_LICENSE("GPL")
MODULE_DESCRIPTION("A producer and a consumer with wait queues")
