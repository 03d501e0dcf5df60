# completions, wait queues, mutex order, semaphores, spinlocks, atomics, wake_up_process: return
# values and order. The twin of sync.c.

from vshell.linux.atomic import ATOMIC_INIT, atomic_add_return, atomic_add_unless, atomic_cmpxchg
from vshell.linux.atomic import atomic_dec_and_test, atomic_dec_if_positive, atomic_fetch_add
from vshell.linux.atomic import atomic_inc_not_zero, atomic_inc_return, atomic_read
from vshell.linux.atomic import atomic_sub_and_test, atomic_xchg
from vshell.linux.completion import DECLARE_COMPLETION, complete, complete_all, completion_done
from vshell.linux.completion import reinit_completion, try_wait_for_completion, wait_for_completion
from vshell.linux.completion import wait_for_completion_timeout
from vshell.linux.delay import msleep
from vshell.linux.jiffies import HZ
from vshell.linux.kthread import kthread_create, kthread_run, kthread_should_stop, kthread_stop
from vshell.linux.module import MODULE_LICENSE, module_exit, module_init
from vshell.linux.mutex import DEFINE_MUTEX, mutex_is_locked, mutex_lock, mutex_trylock, mutex_unlock
from vshell.linux.printk import pr_info
from vshell.linux.refcount import REFCOUNT_INIT, refcount_dec_and_test
from vshell.linux.rwsem import DECLARE_RWSEM, down_read, down_read_trylock, down_write
from vshell.linux.rwsem import down_write_trylock, up_read, up_write
from vshell.linux.sched import TASK_INTERRUPTIBLE, TASK_RUNNING, TASK_UNINTERRUPTIBLE
from vshell.linux.sched import __set_current_state, current, schedule
from vshell.linux.sched import schedule_timeout_interruptible, set_current_state, wake_up_process
from vshell.linux.sched.task import get_task_struct, put_task_struct
from vshell.linux.semaphore import DEFINE_SEMAPHORE, down, down_timeout, down_trylock, up
from vshell.linux.spinlock import DEFINE_SPINLOCK, spin_is_locked, spin_lock, spin_trylock, spin_unlock
from vshell.linux.stddef import NULL
from vshell.linux.wait import DECLARE_WAIT_QUEUE_HEAD, wait_event_interruptible
from vshell.linux.wait import wait_event_interruptible_exclusive, waitqueue_active, wake_up
from vshell.linux.wait import wake_up_all, wake_up_nr

NW = 4
w = [NULL] * NW
c1 = DECLARE_COMPLETION()
q = DECLARE_WAIT_QUEUE_HEAD()
m = DEFINE_MUTEX()
s = DEFINE_SEMAPHORE()
rw = DECLARE_RWSEM()
sl = DEFINE_SPINLOCK()
av = ATOMIC_INIT(5)
cond = 0
order = [0] * 16
n_order = 0
mode = 0


def P(fmt, *args):
    pr_info(fmt + "\n", *args)


def worker(a):
    global n_order

    id = a
    r = 0

    if mode == 0:
        wait_for_completion(c1)
    elif mode == 1:
        r = wait_event_interruptible(q, cond > 0)
    elif mode == 2:
        r = wait_event_interruptible_exclusive(q, cond > 0)
    elif mode == 3:
        mutex_lock(m)
    elif mode == 4:
        down(s)
    elif mode == 5:
        down_read(rw)
    elif mode == 6:
        down_write(rw)
    elif mode == 7:
        r = wait_for_completion_timeout(c1, HZ)
    spin_lock(sl)
    order[n_order] = id
    n_order += 1
    spin_unlock(sl)
    P("mode=%d worker=%ld through r=%ld", mode, id, r)
    if mode == 3:
        msleep(20)
        mutex_unlock(m)
    elif mode == 4:
        up(s)
    elif mode == 5:
        up_read(rw)
    elif mode == 6:
        up_write(rw)
    return id


def start(md):
    global mode, n_order, cond

    mode = md
    n_order = 0
    cond = 0
    for i in range(NW):
        w[i] = kthread_create(worker, i, "sync%ld", i)
        get_task_struct(w[i])
        wake_up_process(w[i])
        msleep(20)


def finish(what):
    msleep(200)
    P("%s: through=%d order=%d%d%d%d", what, n_order, order[0], order[1], order[2], order[3])
    for i in range(NW):
        kthread_stop(w[i])
        put_task_struct(w[i])


def idle_fn(a):
    set_current_state(TASK_INTERRUPTIBLE)
    while not kthread_should_stop():
        schedule()
        set_current_state(TASK_INTERRUPTIBLE)
    __set_current_state(TASK_RUNNING)
    return 0


def uninter_fn(a):
    set_current_state(TASK_UNINTERRUPTIBLE)
    schedule()
    P("uninter woken")
    while not kthread_should_stop():
        schedule_timeout_interruptible(HZ)
    return 0


def sync_init():
    global cond

    rc = REFCOUNT_INIT(1)

    start(0)
    P("completion_done=%d", completion_done(c1))
    complete(c1)
    msleep(50)
    P("after complete: through=%d done=%u", n_order, c1.done)
    complete(c1)
    complete(c1)
    msleep(50)
    P("after 2 complete: through=%d done=%u", n_order, c1.done)
    complete_all(c1)
    finish("complete_all")
    P("done=%u", c1.done)
    r = try_wait_for_completion(c1)
    P("try_wait=%d done=%u", r, c1.done)
    reinit_completion(c1)
    r = try_wait_for_completion(c1)
    P("reinit try_wait=%d done=%u", r, c1.done)
    complete(c1)
    complete(c1)
    P("two completes done=%u", c1.done)
    r = try_wait_for_completion(c1)
    P("try_wait=%d done=%u", r, c1.done)
    wait_for_completion(c1)
    P("wait consumed done=%u", c1.done)

    start(7)
    msleep(100)
    complete(c1)
    msleep(50)
    P("timeout wait: one through=%d", n_order)
    msleep(1000)
    finish("completion timeout")

    start(1)
    P("waitqueue_active=%d", waitqueue_active(q))
    wake_up(q)
    msleep(50)
    P("wake_up with cond false: through=%d", n_order)
    cond = 1
    msleep(50)
    P("cond true without wake_up: through=%d", n_order)
    wake_up(q)
    finish("wake_up non-exclusive")
    start(2)
    cond = 1
    wake_up(q)
    msleep(50)
    P("exclusive wake_up: through=%d", n_order)
    wake_up_nr(q, 2)
    msleep(50)
    P("exclusive wake_up_nr 2: through=%d", n_order)
    wake_up_all(q)
    finish("exclusive wake_up_all")

    mutex_lock(m)
    P("mutex_is_locked=%d trylock=%d", mutex_is_locked(m), mutex_trylock(m))
    start(3)
    mutex_unlock(m)
    finish("mutex")
    P("mutex_is_locked=%d", mutex_is_locked(m))
    P("trylock=%d", mutex_trylock(m))
    P("mutex_is_locked=%d", mutex_is_locked(m))
    mutex_unlock(m)
    down(s)
    P("down_trylock=%d", down_trylock(s))
    start(4)
    up(s)
    finish("semaphore")
    r = down_timeout(s, 5)
    P("down_timeout free r=%d", r)
    r = down_timeout(s, 5)
    P("down_timeout held r=%d", r)
    up(s)
    down_write(rw)
    P("down_read_trylock=%d", down_read_trylock(rw))
    start(5)
    up_write(rw)
    finish("rwsem readers")
    down_read(rw)
    P("second reader trylock=%d", down_read_trylock(rw))
    P("writer trylock=%d", down_write_trylock(rw))
    up_read(rw)
    start(6)
    up_read(rw)
    finish("rwsem writers")

    P("spin_is_locked=%d", spin_is_locked(sl))
    P("spin_trylock=%d", spin_trylock(sl))
    P("spin_trylock again=%d", spin_trylock(sl))
    P("spin_is_locked=%d", spin_is_locked(sl))
    spin_unlock(sl)
    P("atomic read=%d", atomic_read(av))
    P("inc_return=%d", atomic_inc_return(av))
    P("dec_and_test=%d", atomic_dec_and_test(av))
    P("add_return=%d", atomic_add_return(10, av))
    P("fetch_add=%d", atomic_fetch_add(1, av))
    P("cmpxchg=%d", atomic_cmpxchg(av, 16, 100))
    P("xchg=%d", atomic_xchg(av, 7))
    P("add_unless=%d", atomic_add_unless(av, 1, 7))
    P("inc_not_zero=%d", atomic_inc_not_zero(av))
    P("read=%d", atomic_read(av))
    P("sub_and_test=%d", atomic_sub_and_test(8, av))
    P("read=%d", atomic_read(av))
    P("dec_if_positive=%d", atomic_dec_if_positive(av))
    P("refcount dec_and_test=%d", refcount_dec_and_test(rc))

    t = kthread_create(idle_fn, NULL, "sync_idle")
    P("wake new r=%d", wake_up_process(t))
    msleep(50)
    P("wake sleeping r=%d", wake_up_process(t))
    msleep(50)
    P("wake sleeping again r=%d", wake_up_process(t))
    P("wake self r=%d", wake_up_process(current))
    P("stop r=%d", kthread_stop(t))
    t = kthread_run(uninter_fn, NULL, "sync_unint")
    msleep(50)
    P("wake uninterruptible r=%d", wake_up_process(t))
    msleep(50)
    P("stop r=%d", kthread_stop(t))
    return 0


def sync_exit():
    pass


module_init(sync_init)
module_exit(sync_exit)
MODULE_LICENSE("GPL")
