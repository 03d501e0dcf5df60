from __future__ import annotations

from tests.linux.play import play, start
from vshell.abi.signals import NUMBERS

EAR = """
seen = []
def ear(data):
    allow_signal(SIGKILL)
    allow_signal(SIGUSR1)
    while not kthread_should_stop():
        left = schedule_timeout_interruptible(10 * HZ)
        if signal_pending(current):
            shared = current.signal.shared_pending.signal
            seen.append((left > 0, current.pending.signal, shared, fatal_signal_pending(current)))
            LOOK
            seen.append(signal_pending(current))
    return 0
k = []
def start():
    k.append(kthread_run(ear, NULL, "ear"))
    msleep(10)
    seen.append(send_sig(SIGNAL, k[0], 0))
    msleep(10)
    return 0
"""


def heard(bench, signal, look):
    """Send a signal to a thread that looks at it; give what it and the sender saw."""
    return play(bench, EAR.replace("SIGNAL", signal).replace("LOOK", look)).seen


def test_a_thread_hears_what_it_allows(bench):
    """An allowed signal ends the sleep and waits for the thread; flush_signals() drops it."""
    bit = 1 << 9
    assert [0, (True, bit, 0, 0), 0] == heard(bench, "SIGUSR1", "flush_signals(current)")


def test_a_signal_is_taken_by_its_number(bench):
    """kernel_dequeue_signal() gives the signal, then 0."""
    look = "seen.append((kernel_dequeue_signal(), kernel_dequeue_signal()))"
    assert (10, 0) in heard(bench, "SIGUSR1", look)


def test_a_thread_is_deaf_to_the_rest(bench):
    """A signal that is not allowed gives 0 and nothing happens."""
    assert [0] == heard(bench, "SIGTERM", "flush_signals(current)")


def test_a_signal_can_be_disallowed_again(bench):
    """disallow_signal() drops the signal that waits and ignores the next."""
    seen = play(
        bench,
        """
        seen = []
        def fn(data):
            allow_signal(SIGHUP)
            send_sig(SIGHUP, current, 1)
            seen.append(signal_pending(current))
            disallow_signal(SIGHUP)
            seen.append(signal_pending(current))
            send_sig(SIGHUP, current, 1)
            seen.append(signal_pending(current))
            return 0
        def start():
            kthread_run(fn, NULL, "fn")
            return 0
        """,
        seconds=0.1,
    ).seen

    assert [1, 0, 0] == seen


def test_sets_of_signals(bench):
    """sigmask() is bit n-1; sigismember() looks for it."""
    lines = (
        "s = sigmask(SIGTERM)\nseen.append((s, sigismember(s, SIGTERM), sigismember(s, SIGINT)))"
    )
    assert [(1 << 14, 1, 0)] == start(bench, lines)


def test_the_numbers(bench):
    """Every signal has the number that programs know it by."""
    names = [
        name for name, number in NUMBERS.items() if number < 32 and name not in ("CLD", "POLL")
    ]
    lines = "\n".join(f"seen.append(SIG{name})" for name in names if name != "IOT")

    assert list(range(1, 32)) == start(bench, lines)
