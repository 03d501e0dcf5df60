"""Signals: their numbers, sets of them, and which of them a kernel thread takes.

Header: include/linux/signal.h with include/uapi/asm-generic/signal.h. What a kernel thread may do
is mirrored; how processes take signals is not. A set is an int: bit n-1 is signal n.
"""

from __future__ import annotations

from vshell.abi.mirror import macro

TYPE_CHECKING = False
if TYPE_CHECKING:
    from vshell.kernel.core import Kernel

    kernel: Kernel

__all__ = [
    "SIGABRT",
    "SIGALRM",
    "SIGBUS",
    "SIGCHLD",
    "SIGCONT",
    "SIGFPE",
    "SIGHUP",
    "SIGILL",
    "SIGINT",
    "SIGIO",
    "SIGKILL",
    "SIGPIPE",
    "SIGPROF",
    "SIGPWR",
    "SIGQUIT",
    "SIGSEGV",
    "SIGSTKFLT",
    "SIGSTOP",
    "SIGSYS",
    "SIGTERM",
    "SIGTRAP",
    "SIGTSTP",
    "SIGTTIN",
    "SIGTTOU",
    "SIGURG",
    "SIGUSR1",
    "SIGUSR2",
    "SIGVTALRM",
    "SIGWINCH",
    "SIGXCPU",
    "SIGXFSZ",
    "allow_signal",
    "disallow_signal",
    "sigismember",
    "sigmask",
]

SIGHUP = 1
SIGINT = 2
SIGQUIT = 3
SIGILL = 4
SIGTRAP = 5
SIGABRT = 6
SIGBUS = 7
SIGFPE = 8
SIGKILL = 9
SIGUSR1 = 10
SIGSEGV = 11
SIGUSR2 = 12
SIGPIPE = 13
SIGALRM = 14
SIGTERM = 15
SIGSTKFLT = 16
SIGCHLD = 17
SIGCONT = 18
SIGSTOP = 19
SIGTSTP = 20
SIGTTIN = 21
SIGTTOU = 22
SIGURG = 23
SIGXCPU = 24
SIGXFSZ = 25
SIGVTALRM = 26
SIGPROF = 27
SIGWINCH = 28
SIGIO = 29
SIGPWR = 30
SIGSYS = 31


@macro()
def sigismember(set: int, _sig: int) -> int:
    """Tell whether a signal is in a set.

    C: int sigismember(sigset_t *set, int _sig)

    Args:
        set: ``current.pending.signal`` and the like.
        _sig: the signal.

    Returns:
        1 if so, else 0.

    Context:
        Any.

    Source:
        include/linux/signal.h (v6.1)
    """
    return set >> (_sig - 1) & 1


@macro()
def sigmask(sig: int) -> int:
    """Give the set of one signal.

    C: #define sigmask(sig)

    Returns:
        The set.

    Context:
        Any.

    Source:
        include/linux/signal.h (v6.1)
    """
    return 1 << (sig - 1)


@macro()
def allow_signal(sig: int) -> None:
    """Let a signal reach the calling kernel thread, which ignores all others.

    C: void allow_signal(int sig)

    Args:
        sig: the signal; SIGKILL too does no more than wake the thread.

    Returns:
        Nothing.

    Context:
        Process context; does not sleep. The thread itself must look at signal_pending() and act.

    Source:
        include/linux/signal.h (v6.1)
    """
    task = kernel.sched.current
    task.sig_ignored &= ~sigmask(sig)
    task.sig_caught |= sigmask(sig)


@macro()
def disallow_signal(sig: int) -> None:
    """Have the calling kernel thread ignore a signal again.

    C: void disallow_signal(int sig)

    Returns:
        Nothing; one that waits is dropped.

    Context:
        Process context; does not sleep.

    Source:
        include/linux/signal.h (v6.1)
    """
    task = kernel.sched.current
    bit = sigmask(sig)
    task.sig_ignored |= bit
    task.sig_caught &= ~bit
    task.sig_pending &= ~bit
    task.shared_pending &= ~bit
