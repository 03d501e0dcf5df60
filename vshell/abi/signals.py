"""Signals: numbers, names, default actions, and the words for a death.

Source: include/uapi/asm-generic/signal.h (v6.1), signal(7); texts are glibc's sigdescr_np().
"""

from __future__ import annotations

__all__ = [
    "DESCRIPTIONS",
    "DUMPING",
    "IGNORED_BY_DEFAULT",
    "NAMES",
    "NUMBERS",
    "SIGABRT",
    "SIGALRM",
    "SIGCHLD",
    "SIGCONT",
    "SIGFPE",
    "SIGHUP",
    "SIGILL",
    "SIGINT",
    "SIGKILL",
    "SIGNALS_MAX",
    "SIGPIPE",
    "SIGQUIT",
    "SIGSEGV",
    "SIGSTOP",
    "SIGTERM",
    "SIGTSTP",
    "SIGTTIN",
    "SIGTTOU",
    "SIGURG",
    "SIGUSR1",
    "SIGUSR2",
    "SIGWINCH",
    "SIG_DFL",
    "SIG_IGN",
    "STOPPING",
    "mask_of",
    "signal_number",
]

_NAMES = (
    "HUP INT QUIT ILL TRAP ABRT BUS FPE KILL USR1 SEGV USR2 PIPE ALRM TERM STKFLT "
    "CHLD CONT STOP TSTP TTIN TTOU URG XCPU XFSZ VTALRM PROF WINCH IO PWR SYS"
)
NAMES: dict[int, str] = dict(enumerate(_NAMES.split(), 1))
"""Name without SIG of every signal by number; real-time signals included."""

NAMES[34] = "RTMIN"
for _number in range(35, 50):
    NAMES[_number] = f"RTMIN+{_number - 34}"
for _number in range(50, 64):
    NAMES[_number] = f"RTMAX-{64 - _number}"
NAMES[64] = "RTMAX"

NUMBERS: dict[str, int] = {name: number for number, name in NAMES.items()}
"""Number of every signal by its name without SIG."""
NUMBERS |= {"CLD": 17, "POLL": 29, "IOT": 6}

SIGHUP, SIGINT, SIGQUIT, SIGILL, SIGABRT, SIGFPE, SIGKILL = 1, 2, 3, 4, 6, 8, 9
SIGUSR1, SIGSEGV, SIGUSR2, SIGPIPE, SIGALRM, SIGTERM, SIGCHLD = 10, 11, 12, 13, 14, 15, 17
SIGCONT, SIGSTOP, SIGTSTP, SIGTTIN, SIGTTOU, SIGURG, SIGWINCH = 18, 19, 20, 21, 22, 23, 28
SIGNALS_MAX = 64

SIG_DFL = 0
SIG_IGN = 1

DUMPING = frozenset((3, 4, 5, 6, 7, 8, 11, 24, 25, 31))
IGNORED_BY_DEFAULT = frozenset((SIGCHLD, SIGCONT, SIGURG, SIGWINCH))
STOPPING = frozenset((SIGSTOP, SIGTSTP, SIGTTIN, SIGTTOU))

DESCRIPTIONS: dict[int, str] = {
    1: "Hangup",
    2: "Interrupt",
    3: "Quit",
    4: "Illegal instruction",
    5: "Trace/breakpoint trap",
    6: "Aborted",
    7: "Bus error",
    8: "Floating point exception",
    9: "Killed",
    10: "User defined signal 1",
    11: "Segmentation fault",
    12: "User defined signal 2",
    13: "Broken pipe",
    14: "Alarm clock",
    15: "Terminated",
    16: "Stack fault",
    17: "Child exited",
    18: "Continued",
    19: "Stopped (signal)",
    20: "Stopped",
    21: "Stopped (tty input)",
    22: "Stopped (tty output)",
    23: "Urgent I/O condition",
    24: "CPU time limit exceeded",
    25: "File size limit exceeded",
    26: "Virtual timer expired",
    27: "Profiling timer expired",
    28: "Window changed",
    29: "I/O possible",
    30: "Power failure",
    31: "Bad system call",
}
"""What strsignal() says."""


def mask_of(signal: int) -> int:
    """Give a signal's bit in a mask."""
    return 1 << (signal - 1)


def signal_number(text: str) -> int | None:
    """Read a signal: "9", "KILL", "SIGKILL", in any case.

    Returns:
        Its number (0 is allowed as a digit), None if there is none.
    """
    if text.isascii() and text.isdigit():
        number = int(text)
        return number if 0 <= number <= SIGNALS_MAX else None
    return NUMBERS.get(text.upper().removeprefix("SIG"))
