from __future__ import annotations

import pytest

from tests.linux.play import play, start
from vshell.kernel.oops import KernelPanic


def test_a_spinlock_keeps_preemption_off(bench):
    """spin_lock() counts preemption off by one, spin_unlock() on; spin_trylock() gives 1 or 0."""
    lines = """
    seen.append(spin_is_locked(lock))
    spin_lock(lock)
    seen.append((spin_is_locked(lock), preempt_count(), spin_trylock(lock), preempt_count()))
    spin_unlock(lock)
    seen.append((spin_trylock(lock), preempt_count()))
    spin_unlock(lock)
    seen.append(preempt_count())
    spin_lock(lock)
    spin_lock_init(lock)
    seen.append(spin_is_locked(lock))
    preempt_enable()
    """
    wanted = [0, (1, 1, 0, 1), (1, 1), 0, 0]
    assert wanted == start(bench, lines, "lock = DEFINE_SPINLOCK()")


@pytest.mark.parametrize("kind", ["spin", "read", "write"])
def test_the_forms_with_interrupts(bench, kind):
    """_irq, _bh and _irqsave switch interrupts or softirqs off until the unlock; saves nest."""
    define = "DEFINE_SPINLOCK" if kind == "spin" else "DEFINE_RWLOCK"
    lines = f"""
    {kind}_lock_irq(lock)
    seen.append((irqs_disabled(), preempt_count()))
    {kind}_unlock_irq(lock)
    {kind}_lock_bh(lock)
    seen.append((irqs_disabled(), preempt_count(), in_softirq()))
    {kind}_unlock_bh(lock)
    outer = local_irq_save()
    flags = {kind}_lock_irqsave(lock)
    {kind}_unlock_irqrestore(lock, flags)
    seen.append((irqs_disabled(), preempt_count()))
    local_irq_restore(outer)
    flags = {kind}_lock_irqsave(lock)
    seen.append((flags, irqs_disabled()))
    {kind}_unlock_irqrestore(lock, flags)
    seen.append((irqs_disabled(), preempt_count()))
    """
    wanted = [(True, 1), (False, 0x201, True), (True, 0), (0x200, True), (False, 0)]
    assert wanted == start(bench, lines, f"lock = {define}()")


IRQ_FORMS = "spin_lock_irq spin_unlock_irq spin_lock_bh spin_unlock_bh spin_lock_irqsave "
IRQ_FORMS += "spin_unlock_irqrestore read_lock_irq read_unlock_irq read_lock_bh read_unlock_bh "
IRQ_FORMS += "read_lock_irqsave read_unlock_irqrestore write_lock_irq write_unlock_irq "
IRQ_FORMS += "write_lock_bh write_unlock_bh write_lock_irqsave write_unlock_irqrestore"


def test_every_form_is_one_of_the_above():
    """The forms that the test above puts together are these."""
    forms = {
        f"{kind}_{verb}{form}"
        for kind in ("spin", "read", "write")
        for verb, suffixes in (
            ("lock", ("_irq", "_bh", "_irqsave")),
            ("unlock", ("_irq", "_bh", "_irqrestore")),
        )
        for form in suffixes
    }
    assert forms == set(IRQ_FORMS.split())


def test_readers_and_a_writer(bench):
    """Readers share; a writer is alone."""
    lines = """
    read_lock(lock)
    seen.append((read_trylock(lock), write_trylock(lock)))
    read_unlock(lock)
    read_unlock(lock)
    write_lock(lock)
    seen.append((read_trylock(lock), write_trylock(lock), preempt_count()))
    write_unlock(lock)
    seen.append((write_trylock(lock), preempt_count()))
    rwlock_init(lock)
    seen.append(read_trylock(lock))
    preempt_enable()
    preempt_enable()
    """
    wanted = [(1, 0), (0, 0, 1), (1, 1), 1]
    assert wanted == start(bench, lines, "lock = DEFINE_RWLOCK()")


@pytest.mark.parametrize(
    ("lock", "take", "free"),
    [
        ("DEFINE_SPINLOCK", "spin_lock", "spin_unlock"),
        ("DEFINE_RWLOCK", "write_lock", "write_unlock"),
    ],
)
def test_another_cpu_spins_until_the_lock_is_free(bench, lock, take, free):
    """Who finds it taken goes on only when the holder on the other CPU lets go."""
    seen = play(
        bench,
        f"""
        seen = []
        lock = {lock}()
        def holder(data):
            {take}(lock)
            mdelay(20)
            seen.append("holder")
            {free}(lock)
            return 0
        def other(data):
            mdelay(5)
            {take}(lock)
            seen.append("other")
            {free}(lock)
            return 0
        def start():
            kthread_run_on_cpu(holder, NULL, 0, "holder/%u")
            kthread_run_on_cpu(other, NULL, 1, "other/%u")
            return 0
        """,
        seconds=1,
    ).seen

    assert ["holder", "other"] == seen


CONTENDED = """
seen = []
lock = DEFINE_SPINLOCK()
def tick(timer):
    spin_lock(lock)
    seen.append("timer")
    spin_unlock(lock)
t = DEFINE_TIMER(tick)
def holder(data):
    spin_lock(lock)
    mdelay(30)
    seen.append("holder")
    spin_unlock(lock)
    return 0
def start():
    kthread_run_on_cpu(holder, NULL, 0, "holder/%u")
    t.expires = jiffies + 3
    add_timer_on(t, CPU)
    return 0
"""


def test_a_timer_waits_for_a_holder_on_another_cpu(bench):
    """A timer's function spins while a task on another CPU holds the lock, and then goes on."""
    seen = play(bench, CONTENDED.replace("CPU)", "1)"), seconds=1).seen

    assert ["holder", "timer"] == seen


def test_a_timer_on_the_holders_own_cpu_is_a_deadlock(bench):
    """A timer that interrupts the holder of the lock that it takes: the machine stops."""
    with pytest.raises(KernelPanic, match="Hard LOCKUP"):
        play(bench, CONTENDED.replace("CPU)", "0)"), seconds=1)


@pytest.mark.slow  # spins for virtual seconds
def test_taking_a_spinlock_twice_is_a_lockup(bench):
    """A thread that takes a spinlock it holds spins for ever: soft lockup."""
    play(
        bench,
        """
        lock = DEFINE_SPINLOCK()
        def fn(data):
            spin_lock(lock)
            spin_lock(lock)
            return 0
        def start():
            kthread_run(fn, NULL, "twice")
            return 0
        """,
        seconds=30,
    )

    assert any("soft lockup" in line and "[twice:" in line for line in bench.log())
