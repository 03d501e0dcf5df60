"""The kernel's symbol table as its reports show it.

Names, sizes, and where in a function a call returns to.

A report's line says ``name+0x<offset>/0x<size>``. The figures recorded on the reference
kernel are kept here; a function of which none was recorded gets figures derived from
its name, so that they repeat.
"""

from __future__ import annotations

__all__ = [
    "BOOT_CPU",
    "HALTED",
    "IDLE",
    "INLINE",
    "KERNEL_FRAMES",
    "OTHER_CPUS",
    "SCHED_TEXT",
    "kernel_frames",
    "kernel_symbol",
]

_APIC = "sysvec_apic_timer_interrupt"
_APIC_INNER = "__sysvec_apic_timer_interrupt"
_SOFTIRQ = ("handle_softirqs", "__irq_exit_rcu", _APIC)

# Python functions of vshell.kernel that stand for functions of Linux, by their own names. Others of
# vshell.kernel do not appear in a trace.
KERNEL_FRAMES: dict[str, tuple[str, ...]] = {
    "kthread": ("kthread",),
    "__kthread_parkme": ("__kthread_parkme",),
    "schedule": ("schedule",),
    "_schedule_preempt_disabled": ("schedule_preempt_disabled",),
    "schedule_timeout": ("schedule_timeout",),
    "wait_for_common": ("__wait_for_common",),
    "mutex_lock_common": ("schedule_preempt_disabled", "__mutex_lock.constprop.0"),
    "do_one_initcall": ("do_one_initcall",),
    "do_init_module": ("do_init_module",),
    "sys_finit_module": ("__do_sys_finit_module",),
    "sys_delete_module": ("__do_sys_delete_module",),
    "load_module": ("load_module",),
    "_param_attr_store": ("param_attr_store",),
    "hrtimer_nanosleep": ("hrtimer_nanosleep",),
    "pipe_read": ("pipe_read",),
    "pipe_write": ("pipe_write",),
    "do_wait": ("do_wait",),
    "n_tty_read": ("n_tty_read",),
    "devkmsg_read": ("devkmsg_read",),
    "sys_pause": ("__x64_sys_pause",),
    "do_signal_stop": ("do_signal_stop",),
    "_kthreadd_main": ("kthreadd",),
    "worker_thread": ("worker_thread",),
    "process_one_work": ("process_one_work",),
    "rescuer_thread": ("rescuer_thread",),
    "kthread_worker_fn": ("kthread_worker_fn",),
    "flush_work": ("__flush_work.isra.0",),
    "flush_workqueue": ("__flush_workqueue",),
    "_run_ksoftirqd": ("smpboot_thread_fn",),
    "rwsem_down_common": ("schedule_preempt_disabled", "rwsem_down_write_slowpath"),
    "synchronize_rcu": ("__wait_rcu_gp", "synchronize_rcu"),
    "_call_timer_fn": ("call_timer_fn",),
    "expire": ("__run_timers", "run_timer_softirq", *_SOFTIRQ),
    "_run_tasklet": ("tasklet_action_common.constprop.0", "tasklet_action", *_SOFTIRQ),
    "expired": ("__hrtimer_run_queues", "hrtimer_interrupt", _APIC_INNER, _APIC),
}

# What an idle CPU is in: how it waits, by its make, what lies below, and who began it.
HALTED: dict[str, tuple[str, ...]] = {
    "": ("native_safe_halt", "amd_e400_idle", "default_idle_call"),
    "Intel": ("cpuidle_enter_state", "cpuidle_enter"),
}
IDLE = ("do_idle", "cpu_startup_entry")
BOOT_CPU = ("rest_init", "start_kernel", "secondary_startup_64_no_verify")
OTHER_CPUS = ("start_secondary", "secondary_startup_64_no_verify")

# Where 6.4 and later differ from 6.1.
_FRAMES_SINCE_6_4: dict[str, tuple[str, ...]] = {
    "sys_finit_module": (
        "init_module_from_file",
        "idempotent_init_module",
        "__x64_sys_finit_module",
    ),
    "sys_delete_module": ("__do_sys_delete_module.constprop.0", "__x64_sys_delete_module"),
}

# Functions of the mirror that a C compiler leaves no frame of: macros,
# inline functions and tail calls.
INLINE = frozenset(
    [
        "kthread_create",
        "kthread_run",
        "kthread_run_on_cpu",
        "kthread_bind",
        "kthread_parkme",
        "kthread_should_stop",
        "ssleep",
        "fsleep",
        "wait_for_completion",
        "wait_for_completion_timeout",
        "wait_for_completion_interruptible",
        "wait_for_completion_interruptible_timeout",
        "wait_for_completion_killable",
        "wait_for_completion_killable_timeout",
        "wait_for_completion_io",
        "schedule_timeout_interruptible",
        "schedule_timeout_uninterruptible",
        "schedule_timeout_killable",
        "schedule_timeout_idle",
        "schedule_timeout",
        "schedule",
        "schedule_hrtimeout",
        "schedule_hrtimeout_range",
        "usleep_range",
        "usleep_idle_range",
        "cond_resched",
        "yield_",
        "wait_event",
        "wait_event_timeout",
        "wait_event_interruptible",
        "wait_event_interruptible_timeout",
        "wait_event_interruptible_exclusive",
        "wait_event_killable",
        "wait_event_killable_timeout",
        "wait_event_idle",
        "wait_event_idle_timeout",
        "mutex_lock",
        "mutex_lock_interruptible",
        "mutex_lock_killable",
        "down",
        "down_interruptible",
        "down_timeout",
        "down_killable",
        "down_read",
        "down_write",
        "msleep_sleeping",
        "pr_emerg",
        "pr_alert",
        "pr_crit",
        "pr_err",
        "pr_warn",
        "pr_notice",
        "pr_info",
        "pr_cont",
        "pr_debug",
        "pr_devel",
        "printk",
        "dump_stack",
        "WARN",
        "WARN_ON",
        "WARN_ONCE",
        "WARN_ON_ONCE",
        "BUG",
        "BUG_ON",
        "asm",
        "cpu_relax",
        "get_task_struct",
        "put_task_struct",
    ]
)

# Functions in the scheduler's own section: /proc/PID/wchan and /proc/PID/stack leave them out.
SCHED_TEXT = frozenset(
    [
        "schedule",
        "__schedule",
        "schedule_timeout",
        "__wait_for_common",
        "schedule_preempt_disabled",
        "__mutex_lock.constprop.0",
        "rwsem_down_write_slowpath",
        "schedule_hrtimeout_range_clock",
        "do_nanosleep",
    ]
)

_6_1: dict[str, tuple[int, int]] = {
    "__kthread_bind": (0x1C, 0x80),
    "__kthread_parkme": (0x54, 0x80),
    "__schedule": (0x34D, 0xA00),
    "__schedule_bug.cold": (0x42, 0x4E),
    "__wait_for_common": (0x94, 0x1E0),
    "__mutex_lock.constprop.0": (0x39D, 0x720),
    "__do_sys_finit_module": (0xAC, 0x120),
    "__do_sys_delete_module": (0x1B9, 0x330),
    "amd_e400_idle": (0x3D, 0x50),
    "asm_sysvec_apic_timer_interrupt": (0x16, 0x20),
    "cpu_startup_entry": (0x26, 0x30),
    "default_idle_call": (0x38, 0xF0),
    "do_idle": (0x206, 0x2B0),
    "native_safe_halt": (0xB, 0x10),
    "secondary_startup_64_no_verify": (0xE5, 0xEB),
    "start_secondary": (0x12A, 0x150),
    "do_init_module": (0x4A, 0x1F0),
    "do_init_module.cold": (0x21, 0x26),
    "do_one_initcall": (0x59, 0x220),
    "do_syscall_64": (0x5D, 0xB0),
    "dump_stack_lvl": (0x44, 0x5C),
    "entry_SYSCALL_64_after_hwframe": (0x6E, 0xD8),
    "handle_softirqs": (0xD7, 0x280),
    "__irq_exit_rcu": (0xAC, 0xE0),
    "kthread": (0xDA, 0x100),
    "kthread_complete_and_exit": (0x20, 0x20),
    "kthread_park": (0x81, 0x90),
    "kthread_stop": (0x169, 0x170),
    "msleep": (0x29, 0x40),
    "msleep_interruptible": (0x32, 0x70),
    "refcount_warn_saturate": (0x97, 0x110),
    "ret_from_fork": (0x22, 0x30),
    "run_timer_softirq": (0x19, 0x30),
    "__run_timers": (0xD3, 0x2C0),
    "schedule": (0x5A, 0xD0),
    "schedule_preempt_disabled": (0x11, 0x20),
    "schedule_timeout": (0x11A, 0x150),
    "sysvec_apic_timer_interrupt": (0x6E, 0x90),
    "__bpf_trace_tick_stop": (0x10, 0x10),
    "usleep_range_state": (0x90, 0x90),
}

_6_7: dict[str, tuple[int, int]] = {
    "__pfx_kthread": (0x10, 0x10),
    "kthread": (0xE5, 0x120),
    "ret_from_fork": (0x31, 0x50),
    "ret_from_fork_asm": (0x1B, 0x30),
    "do_syscall_64": (0x5D, 0x90),
    "__die": (0x23, 0x70),
    "page_fault_oops": (0x171, 0x4E0),
    "exc_page_fault": (0x7F, 0x180),
    "asm_exc_page_fault": (0x26, 0x30),
    "init_module_from_file": (0x86, 0xC0),
    "idempotent_init_module": (0x11A, 0x2A0),
    "__x64_sys_finit_module": (0x5E, 0xB0),
}

# The same function seen from two of its calls: (caller, callee).
_CALL_SITES: dict[tuple[str, str], int] = {
    ("kthread", "__kthread_parkme"): 0xD1,
    ("kthread", "schedule_preempt_disabled"): 0x9A,
    ("kthread_park", "exiting"): 0x73,
    ("kthread_stop", "NULL"): 0x43,
    ("schedule_timeout", "timer"): 0x94,
    ("schedule_timeout", "wrong"): 0x138,
    ("__schedule", "atomic"): 0x804,
    ("do_one_initcall", "imbalance"): 0x1D7,
}


def kernel_symbol(
    name: str, callee: str = "", version: tuple[int, int] = (6, 1)
) -> tuple[int, int]:
    """Give where a call from a kernel function returns to.

    Args:
        name: the function's name.
        callee: what it called, where that matters.
        version: the kernel's version, such as (6, 7).

    Returns:
        Offset of the return address in the function, and the function's size, in bytes.
    """
    known = (_6_7.get(name) if version >= (6, 4) else None) or _6_1.get(name)
    if known is None:
        mixed = 0
        for letter in name:
            mixed = (mixed * 131 + ord(letter)) & 0xFFFF
        size = 0x40 + (mixed % 0x18) * 0x10
        known = (size // 2 + mixed % 13, size)
    return _CALL_SITES.get((name, callee), known[0]), known[1]


def kernel_frames(function: str, version: tuple[int, int]) -> tuple[str, ...]:
    """Give the functions of Linux that one of vshell.kernel stands for.

    Innermost first.
    """
    if version >= (6, 4) and function in _FRAMES_SINCE_6_4:
        return _FRAMES_SINCE_6_4[function]
    return KERNEL_FRAMES.get(function, ())
