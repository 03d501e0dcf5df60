"""Task states, flags, policies, taints and module states.

With the letters that tools print for them.

Source: include/linux/sched.h, include/linux/panic.h, include/uapi/linux/sched.h (v6.1).
"""

from __future__ import annotations

__all__ = [
    "DEFAULT_PRIO",
    "EXIT_DEAD",
    "EXIT_ZOMBIE",
    "MAX_RT_PRIO",
    "MODULE_STATE_COMING",
    "MODULE_STATE_GOING",
    "MODULE_STATE_LIVE",
    "MODULE_STATE_UNFORMED",
    "PF_EXITING",
    "PF_FORKNOEXEC",
    "PF_IDLE",
    "PF_KTHREAD",
    "PF_NOFREEZE",
    "PF_NO_SETAFFINITY",
    "PF_POSTCOREDUMP",
    "PF_SUPERPRIV",
    "PF_WQ_WORKER",
    "SCHED_BATCH",
    "SCHED_FIFO",
    "SCHED_IDLE",
    "SCHED_NORMAL",
    "SCHED_RR",
    "STATE_WORDS",
    "TAINT_BAD_PAGE",
    "TAINT_DIE",
    "TAINT_FORCED_MODULE",
    "TAINT_FORCED_RMMOD",
    "TAINT_LETTERS",
    "TAINT_OOT_MODULE",
    "TAINT_PROPRIETARY_MODULE",
    "TAINT_SOFTLOCKUP",
    "TAINT_UNSIGNED_MODULE",
    "TAINT_WARN",
    "TASK_DEAD",
    "TASK_IDLE",
    "TASK_INTERRUPTIBLE",
    "TASK_KILLABLE",
    "TASK_NEW",
    "TASK_NOLOAD",
    "TASK_NORMAL",
    "TASK_PARKED",
    "TASK_REPORT_MAX",
    "TASK_RUNNING",
    "TASK_STOPPED",
    "TASK_UNINTERRUPTIBLE",
    "TASK_WAKEKILL",
    "TASK_WAKING",
    "state_letter",
    "taint_text",
]

# task->__state
TASK_RUNNING = 0x0
TASK_INTERRUPTIBLE = 0x1
TASK_UNINTERRUPTIBLE = 0x2
__TASK_STOPPED = 0x4
__TASK_TRACED = 0x8
TASK_PARKED = 0x40
TASK_DEAD = 0x80
TASK_WAKEKILL = 0x100
TASK_WAKING = 0x200
TASK_NOLOAD = 0x400
TASK_NEW = 0x800
TASK_KILLABLE = TASK_WAKEKILL | TASK_UNINTERRUPTIBLE
TASK_STOPPED = TASK_WAKEKILL | __TASK_STOPPED
TASK_IDLE = TASK_UNINTERRUPTIBLE | TASK_NOLOAD
# What sched_switch gives for a task that was preempted, whatever it had set its state to.
TASK_REPORT_MAX = 0x100
TASK_NORMAL = TASK_INTERRUPTIBLE | TASK_UNINTERRUPTIBLE

# task->exit_state
EXIT_DEAD = 0x10
EXIT_ZOMBIE = 0x20

# task->flags
PF_IDLE = 0x2
PF_EXITING = 0x4
PF_POSTCOREDUMP = 0x8
PF_WQ_WORKER = 0x20
PF_FORKNOEXEC = 0x40
PF_SUPERPRIV = 0x100
PF_NOFREEZE = 0x8000
PF_KTHREAD = 0x200000
PF_NO_SETAFFINITY = 0x4000000

# Scheduling policies
SCHED_NORMAL = 0
SCHED_FIFO = 1
SCHED_RR = 2
SCHED_BATCH = 3
SCHED_IDLE = 5

DEFAULT_PRIO = 120
MAX_RT_PRIO = 100

STATE_WORDS: dict[str, str] = {
    "R": "running",
    "S": "sleeping",
    "D": "disk sleep",
    "T": "stopped",
    "t": "tracing stop",
    "X": "dead",
    "Z": "zombie",
    "P": "parked",
    "I": "idle",
}
"""What /proc/PID/status says behind the letter."""


def state_letter(state: int, exit_state: int = 0) -> str:
    """Give the letter that ps and /proc show for a task.

    Args:
        state: task->__state.
        exit_state: task->exit_state; a dead or zombie task's letter comes from it.
    """
    if exit_state & EXIT_ZOMBIE:
        return "Z"
    if exit_state & EXIT_DEAD or state & TASK_DEAD:
        return "X"
    if state & TASK_IDLE == TASK_IDLE:
        return "I"
    if state & TASK_PARKED:
        return "P"
    if state & __TASK_STOPPED:
        return "T"
    if state & TASK_UNINTERRUPTIBLE:
        return "D"
    return "S" if state & TASK_INTERRUPTIBLE else "R"


# Taints: bit numbers
TAINT_PROPRIETARY_MODULE = 0
TAINT_FORCED_MODULE = 1
TAINT_FORCED_RMMOD = 3
TAINT_BAD_PAGE = 5
TAINT_DIE = 7
TAINT_WARN = 9
TAINT_OOT_MODULE = 12
TAINT_UNSIGNED_MODULE = 13
TAINT_SOFTLOCKUP = 14

TAINT_LETTERS = "PFSRMBUDAWCIOELKXTN"
"""The letter of each taint bit, from bit 0 on; bit 0 unset prints G."""


def taint_text(mask: int) -> str:
    """Give print_tainted()'s text: "Not tainted" or "Tainted: ", 19 columns.

    Args:
        mask: the number in /proc/sys/kernel/tainted.
    """
    if not mask:
        return "Not tainted"
    columns = [letter if mask >> bit & 1 else " " for bit, letter in enumerate(TAINT_LETTERS)]
    if not mask & 1:
        columns[0] = "G"
    return "Tainted: " + "".join(columns)


# Module states, as /proc/modules and initstate name them
MODULE_STATE_LIVE = 0
MODULE_STATE_COMING = 1
MODULE_STATE_GOING = 2
MODULE_STATE_UNFORMED = 3
