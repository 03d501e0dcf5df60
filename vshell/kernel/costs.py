"""What work costs in virtual nanoseconds: one table.

By it a busy loop uses virtual CPU time.

The figures are those of an ordinary desktop of 2022, rounded. They decide how far apart two printk
stamps of one thread lie, never how long a sleep takes.
"""

from __future__ import annotations

__all__ = [
    "BYTE_NS_PER_KIB",
    "CALLS_BEFORE_GROWTH",
    "CALLS_PER_DOUBLING",
    "CALL_GROWTH_MAX",
    "CALL_NS",
    "COMMAND_NS",
    "EXEC_NS",
    "EXIT_NS",
    "FORK_NS",
    "INTERRUPT_NS_MAX",
    "INTERRUPT_SLEEPS_MAX",
    "KTHREAD_SPAWN_NS",
    "MODULE_FREE_NS",
    "MODULE_LOAD_NS",
    "NEW_TASK_DEBIT_NS",
    "PATH_NS",
    "POLLS_BEFORE_GROWTH",
    "POLL_NS",
    "POLL_NS_MAX",
    "PRINTK_NS",
    "SLEEPER_CREDIT_NS",
    "SLICE_NS",
    "SWITCH_NS",
    "SYSCALL_NS",
    "TURNS_BEFORE_GROWTH",
    "TURNS_PER_BATCH",
    "TURNS_PER_DOUBLING",
    "TURN_NS",
    "TURN_NS_MAX",
    "WAKEUP_GRANULARITY_NS",
    "WAKE_IDLE_NS",
    "WAKE_NS",
]

# The scheduler
SWITCH_NS = 1_000
WAKE_IDLE_NS = 4_000
SLICE_NS = 4_000_000
SLEEPER_CREDIT_NS = 6_000_000
WAKEUP_GRANULARITY_NS = 2_000_000
NEW_TASK_DEBIT_NS = 3_000_000

# Loops of module code. A loop turn of compiled C takes a few nanoseconds; so does ours, until a
# task has turned so often without sleeping that it cannot be computing: then each turn stands for
# more and more, so that seconds of spinning need milliseconds of the real computer.
TURNS_PER_BATCH = 256
TURN_NS = 20
TURNS_BEFORE_GROWTH = 1 << 23
TURNS_PER_DOUBLING = 1 << 16
TURN_NS_MAX = 16_000

# Asking for something only others can change (kthread_should_stop(), jiffies) again and again is
# spinning too, and is recognised sooner.
POLL_NS = 10
POLLS_BEFORE_GROWTH = 1_000
POLL_NS_MAX = 16_000

# An interrupt runs to its end: nothing else on its CPU, nor what others do meanwhile, can be let
# go on. One that takes longer, or tries to sleep more often, never ends, and stops the machine.
INTERRUPT_NS_MAX = 60_000_000_000
INTERRUPT_SLEEPS_MAX = 8

# Calls of module code
CALL_NS = 40
PRINTK_NS = 2_200
WAKE_NS = 600
KTHREAD_SPAWN_NS = 4_000

# A process that has made so many calls without ever sleeping (`while :; do :; done`, `yes >
# /dev/null`) is spinning as well, and is charged more and more, up to 2 ** CALL_GROWTH_MAX times.
CALLS_BEFORE_GROWTH = 1 << 17
CALLS_PER_DOUBLING = 1 << 13
CALL_GROWTH_MAX = 12

# System calls and processes
SYSCALL_NS = 250
BYTE_NS_PER_KIB = 120
FORK_NS = 28_000
EXEC_NS = 62_000
EXIT_NS = 9_000
PATH_NS = 400
COMMAND_NS = 2_000
MODULE_LOAD_NS = 60_000
MODULE_FREE_NS = 20_000
