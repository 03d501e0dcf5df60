"""While rmmod waits in kthread_stop(), a background job sees what a real kernel shows."""

from __future__ import annotations

LOOK = (
    "make >/dev/null 2>&1; sudo insmod ./kthread.ko; sleep 2.1; "
    "(sleep 0.05; {}) & sudo rmmod kthread; wait; cat /proc/modules"
)


def test_ps_shows_who_waits_where(modules_sh):
    """Thread 1 is parked, thread 2 still sleeps, rmmod waits for it in kthread_stop()."""
    look = "sudo ps -eo stat,wchan:16,comm | grep -E 'COMMAND|rmmod|kthread_park'"

    assert (
        "STAT WCHAN            COMMAND\n"
        "P    kthread_parkme   kthread_park thread1 example\n"
        "D    msleep           kthread_park thread2 example\n"
        "D+   kthread_stop     rmmod\n"
    ) == modules_sh(LOOK.format(look)).out


def test_the_module_is_unloading(modules_sh):
    """/proc/modules says Unloading with -1 references, initstate says going, lsmod shows -1."""
    look = (
        "cut -d' ' -f1-5,7 /proc/modules; cat /sys/module/kthread/initstate; lsmod; "
        "sudo rmmod kthread; echo $?"
    )
    result = modules_sh(LOOK.format(look))

    assert (
        "kthread 16384 -1 - Unloading (OE-)\ngoing\n"
        "Module                  Size  Used by\nkthread                16384  -1\n1\n"
    ) == result.out
    assert "" == result.err


def test_wchan_and_stack_name_kthread_stop(modules_sh):
    """/proc/PID/wchan of rmmod is kthread_stop, and its stack begins there, for root."""
    look = "P=$(pgrep -x rmmod); sudo cat /proc/$P/wchan; echo; sudo cat /proc/$P/stack | head -n 2"
    wchan, *stack = modules_sh(LOOK.format(look)).out.splitlines()

    assert "kthread_stop" == wchan
    assert stack[0].startswith("[<0>] kthread_stop+0x")
    assert stack[1].startswith("[<0>] kthread_exit+0x")
    assert stack[1].endswith("[kthread]")
