"""What ``why`` says of modules, and of the insmod and rmmod that work on them."""

from __future__ import annotations

import pytest

from tests.linux.play import play, source
from tests.machine.why_steps import Asker, lines


@pytest.fixture
def asker(bench):
    """Ask about the default kernel: 2 CPUs, HZ 250, a jiffy of 4 ms, booted at 0."""
    return Asker(bench)


LOADED = "Module mod is loaded since [    0.000064], for 9 us.\n"
PARKED = """\
4097 (kthread_park thread1 example) is parked at kthread.py:21 since [  100.929335], for {}.
  4098 (kthread_park thread2 example) called kthread_park() at [  100.413815].
  No timer runs for it, and a wake-up does not help.
  It goes on when somebody calls kthread_unpark() or kthread_stop() on it.
  kthread does that in thread2_function() (kthread.py:36) and kthread_exit() (kthread.py:63).
"""
TUTORIAL = "make >/dev/null 2>&1; sudo insmod ./kthread.ko; sleep 2.1; "


def test_the_tutorials_module(modules_sh):
    """The tutorial's threads, one parked and one in msleep(), with file, line, stamps and names."""
    assert (
        "Module kthread is loaded since [  100.413778], for 2.100 s.\n"
        "  Nothing uses it, so rmmod may begin: it calls kthread_exit() and returns after that.\n"
        "  Its threads: 4097 (kthread_park thread1 example), "
        "4098 (kthread_park thread2 example).\n"
        "  Its exit function must stop them; one that outlives the module faults.\n"
        + PARKED.format("1.585 s")
        + "4098 (kthread_park thread2 example) sleeps in msleep() at kthread.py:34 since "
        "[  101.952699], for 0.561 s.\n"
        "  A timer wakes it in 0.462 s, at [  102.976056] (jiffies 4294918057).\n"
        "  Nothing ends msleep() earlier; woken before its time, it sleeps on.\n"
    ) == modules_sh(TUTORIAL + "why kthread").out


def test_rmmod_of_the_tutorials_module(modules_sh):
    """rmmod waits in kthread_stop() for thread 2, which sleeps: the whole chain is told."""
    chain = (
        "4101 (rmmod) waits in kthread_stop() at kthread.py:63 since [  102.514169], for 0.050 s.\n"
        "  It goes on when 4098 (kthread_park thread2 example) returns from thread2_function().\n"
        "  rmmod returns when kthread_exit() of module kthread has returned; "
        "Ctrl-C and SIGKILL act only then.\n"
        "4098 (kthread_park thread2 example) sleeps in msleep() at kthread.py:34 since "
        "[  101.952699], for 0.612 s.\n"
        "  A timer wakes it in 0.412 s, at [  102.976056] (jiffies 4294918057).\n"
        "  Nothing ends msleep() earlier; woken before its time, it sleeps on.\n"
        "  4101 (rmmod) asked it to stop at [  102.514169].\n"
        "  kthread_should_stop() is true for it, but it must look; "
        "it ends when thread2_function() returns.\n"
    )
    look = "(sleep 0.05; why rmmod kthread) & sudo rmmod kthread; wait; echo; why 4098"
    rmmod, module, ended = modules_sh(TUTORIAL + look).out.split("\n\n")

    assert chain == rmmod + "\n"
    assert (
        "Module kthread is being unloaded.\n"
        "  4101 (rmmod) runs its exit function; rmmod returns after that.\n"
        "  Its threads: 4097 (kthread_park thread1 example), "
        "4098 (kthread_park thread2 example).\n" + chain + PARKED.format("1.635 s")
    ) == module + "\n"
    assert "4098 (kthread_park thread2 example) has ended at [  102.976060].\n" == ended


SLEEPS = """\
def start():
    msleep(5000)
    return 0
"""


def test_insmod_waits_in_init(asker):
    """A module is being loaded while its init sleeps; insmod returns when that has returned."""
    asker.insmod(SLEEPS)
    asker.bench.pass_time(1)

    assert (
        lines("""
        Module mod is being loaded since [    0.000064], for 1.000 s.
          3 (insmod) runs its init function; insmod returns after that.
          It has no threads.
        3 (insmod) sleeps in msleep() at mod.py:3 since [    0.000064], for 1.000 s.
          A timer wakes it in 4.088 s, at [    5.088000] (jiffies 4294893568).
          Nothing ends msleep() earlier; woken before its time, it sleeps on.
          insmod returns when start() of module mod has returned; Ctrl-C and SIGKILL act only then.
    """)
        == asker.module().splitlines()
    )


def test_a_killed_insmod_dies_when_init_has_returned(asker):
    """SIGKILL waits for the end of the system call, and the answer says so."""
    process = asker.insmod(SLEEPS)
    asker.bench.pass_time(1)
    asker.bench.kernel.processes.send_signal(process.task, 9)
    asker.bench.pass_time(1)

    said = "It has got SIGKILL, which it acts upon when its system call ends."
    assert said in asker.details("insmod")
    asker.bench.pass_time(4)
    assert "3 (insmod) has ended at [    5.088013].\n" == asker.why.task(3)


def test_a_second_insmod_waits_for_the_first(asker):
    """insmod of a module that is being loaded waits for the other's init."""
    asker.insmod(SLEEPS)
    asker.bench.pass_time(0.5)
    process = asker.insmod(SLEEPS)
    asker.bench.pass_time(0.5)

    assert (
        lines("""
        4 (insmod) waits for the init function of module mod since [    0.500064], for 0.500 s.
          3 (insmod) runs it: this one goes on when that has succeeded or failed.
        3 (insmod) sleeps in msleep() at mod.py:3 since [    0.000064], for 1.000 s.
    """)
        == asker.why.task(process.pid).splitlines()[:3]
    )


def test_insmod_waits_for_the_owner_of_a_symbol(asker):
    """insmod of a module that needs another's symbol waits at most 30 s for that one's init."""
    asker.insmod(
        """
        def shared():
            return 0
        EXPORT_SYMBOL(shared)
        def start():
            msleep(5000)
            return 0
        """,
        name="base",
    )
    asker.bench.pass_time(0.5)
    user = asker.bench.ko(
        source("def shared(): ...\ndef start():\n    shared()\n    return 0\n"), "user"
    )
    process = asker.bench.process(
        lambda _sys: asker.bench.kernel.modules.load_module(user.to_bytes(), ""), "insmod"
    )
    asker.bench.pass_time(0.5)

    assert (
        lines("""
        4 (insmod) waits for the init function of module base since [    0.500064], for 0.500 s.
          3 (insmod) runs it: this one goes on when that has succeeded or failed.
          It gives up in 30.712 s, at [   31.712000] (jiffies 4294900224).
    """)
        == asker.why.task(process.pid).splitlines()[:3]
    )


# -- Use ------------------------------------------------------------------------------------------


def test_a_module_without_users(asker):
    """Nothing uses it: rmmod may begin, and calls the exit function."""
    play(asker.bench, "def start():\n    return 0\n")

    assert (
        LOADED + "  Nothing uses it, so rmmod may begin: it calls stop() and returns after that.\n"
        "  It has no threads.\n"
    ) == asker.module()


def test_a_module_that_is_held(asker):
    """References of try_module_get() are counted; rmmod refuses until they are given back."""
    play(
        asker.bench,
        """
        def start():
            try_module_get(THIS_MODULE)
            try_module_get(THIS_MODULE)
            return 0
        """,
    )

    assert (
        "  2 references are held with try_module_get(): rmmod refuses until module_put()."
        == (asker.module().splitlines()[1])
    )


def test_a_module_that_others_use(modules_sh):
    """Modules that use its symbols are named; dashes stand for underscores."""
    load = "cd ~/symbols; make >/dev/null 2>&1; sudo insmod sym_base.ko; sudo insmod sym_user.ko; "

    assert (
        "Module sym_base is loaded since [  100.683805], for 408 us.\n"
        "  It is used by: sym_user. rmmod refuses while they are loaded.\n"
        "  It has no threads.\n"
    ) == modules_sh(load + "why sym-base").out


def test_a_module_without_exit(asker):
    """A module with init and without exit is permanent; one with neither just goes."""
    head = 'from vshell.linux.module import MODULE_LICENSE, module_init\nMODULE_LICENSE("GPL")\n'
    init = "def start():\n    return 0\nmodule_init(start)\n"
    asker.bench.load(head + init, name="fixed")
    asker.bench.load(head.replace(", module_init", ""), name="bare")

    assert "  It has no exit function: rmmod refuses." == asker.module("fixed").splitlines()[1]
    assert "  Nothing uses it, so rmmod may begin." == asker.module("bare").splitlines()[1]


# -- Accidents ------------------------------------------------------------------------------------


def test_init_that_died(asker):
    """A module whose init met a bug stays as it is for ever."""
    asker.insmod("def start():\n    BUG()\n    return 0\n")
    asker.bench.pass_time(1)

    assert (
        "Module mod is being loaded since [    0.000064], for 1.000 s.\n"
        "  Its init function has died: it stays like this, rmmod cannot remove it.\n"
        "  It has no threads.\n"
    ) == asker.module()


def test_exit_that_died(asker):
    """So does one whose exit met a bug."""
    play(asker.bench, "def start():\n    return 0\ndef stop():\n    BUG()\n")
    asker.rmmod()
    asker.bench.pass_time(1)

    assert (
        "Module mod is being unloaded.\n"
        "  Its exit function has died: it stays like this, rmmod cannot remove it.\n"
        "  It has no threads.\n"
    ) == asker.module()


def test_a_thread_that_outlives_its_module(asker):
    """A thread whose module is gone will fault as soon as it returns to its code."""
    play(
        asker.bench,
        """
        def one(data):
            msleep(5000)
            return 0
        def start():
            kthread_run(one, None, "one")
            return 0
        """,
    )
    asker.rmmod()
    asker.bench.pass_time(1)

    assert "" == asker.module()
    said = "Its module has been removed: it will fault when it returns there."
    assert said == asker.details("one")[-1]


def test_rmmod_waits_for_a_grace_period(asker):
    """After the exit function rmmod waits until nobody can be looking at the module."""
    play(asker.bench, "def start():\n    return 0\n")
    process = asker.rmmod()
    asker.bench.pass_time(0.002)

    verb = "waits until nobody can be looking at what it has removed (an RCU grace period)"
    assert asker.why.task(process.pid).startswith(f"4 (rmmod) {verb} since [")
    assert asker.details("rmmod")[0].startswith("A timer wakes it in 0.0")
