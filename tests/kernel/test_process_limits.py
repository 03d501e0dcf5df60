"""A process that wants more stack or memory than there is dies of a signal, and it alone."""

from __future__ import annotations

from vshell.abi.signals import SIGKILL, SIGSEGV


def recursion(depth):
    return recursion(depth + 1) + 1


def run(bench, function):
    """Run a program on a bench; give its wait status."""
    process = bench.kernel.processes.new_session(None, ["test"], "/bin/test", bench.kernel.vfs.root)
    bench.kernel.processes.start(process, function, ["test"])
    bench.pass_time(1)
    return process.exit_status


def test_endless_recursion_is_sigsegv(bench):
    """A program that calls itself without end is ended by SIGSEGV."""
    assert SIGSEGV == run(bench, lambda _argv, _sys: recursion(0))


def test_too_much_memory_is_the_oom_killer(bench):
    """A program that asks for more memory than there is is killed, and the log says so."""
    status = run(bench, lambda _argv, _sys: len(bytearray(1 << 60)))

    assert SIGKILL == status
    assert bench.log()[-1].startswith("Out of memory: Killed process ")


def test_a_process_that_never_sleeps_is_charged_more(bench):
    """A thousand seconds of calls without a sleep take fewer than a million calls."""
    calls = []

    def spin(_argv, sys):
        while bench.kernel.now_ns < 1000 * 10**9:
            sys.work(2000)
            calls.append(1)
        return 0

    process = bench.kernel.processes.new_session(None, ["test"], "/bin/test", bench.kernel.vfs.root)
    bench.kernel.processes.start(process, spin, ["test"])
    bench.pass_time(1001)

    assert process.task.exit_state
    assert 1 << 17 < len(calls) < 1_000_000
