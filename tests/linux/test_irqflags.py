from __future__ import annotations

from tests.linux.play import play, start


def test_interrupts_are_off_until_they_are_on(bench):
    """local_irq_save() gives flags that local_irq_restore() puts back; pairs nest."""
    lines = """
    seen.append((local_save_flags(), irqs_disabled(), in_atomic()))
    outer = local_irq_save()
    inner = local_irq_save()
    seen.append((outer, inner, irqs_disabled(), in_atomic()))
    local_irq_restore(inner)
    seen.append(irqs_disabled())
    local_irq_restore(outer)
    seen.append(irqs_disabled())
    local_irq_disable()
    seen.append(local_save_flags())
    local_irq_enable()
    seen.append(local_save_flags())
    """
    wanted = [(0x200, False, False), (0x200, 0, True, False), True, False, 0, 0x200]
    assert wanted == start(bench, lines)


def test_sleeping_switches_them_on(bench):
    """msleep() with interrupts off is silent, and they are on afterwards."""
    assert [False] == start(bench, "local_irq_disable()\nmsleep(10)\nseen.append(irqs_disabled())")
    assert [] == bench.own_log()


def test_softirqs_are_off_by_counting(bench):
    """local_bh_disable() adds 0x200 to preempt_count(); then in_softirq() holds, too."""
    lines = """
    local_bh_disable()
    local_bh_disable()
    seen.append((preempt_count(), in_softirq(), in_serving_softirq(), in_interrupt(), in_task()))
    local_bh_enable()
    local_bh_enable()
    seen.append((preempt_count(), in_softirq(), in_interrupt()))
    """
    assert [(0x400, True, False, True, True), (0, False, False)] == start(bench, lines)


def test_where_code_runs(bench):
    """A timer's function is a softirq: in_interrupt(), in_softirq(), not in_task(); 0x100."""
    seen = play(
        bench,
        """
        seen = []
        def note(timer):
            seen.append((in_hardirq(), in_irq(), in_softirq(), in_serving_softirq()))
            seen.append((in_interrupt(), in_task(), in_atomic(), preempt_count(), irqs_disabled()))
            flags = local_irq_save()
            seen.append((flags, irqs_disabled()))
            local_irq_restore(flags)
            seen.append(irqs_disabled())
        t = DEFINE_TIMER(note)
        def start():
            mod_timer(t, jiffies)
            return 0
        """,
        seconds=1,
    ).seen

    assert [
        (False, False, True, True),
        (True, False, True, 0x100, False),
        (0x200, True),
        False,
    ] == seen
