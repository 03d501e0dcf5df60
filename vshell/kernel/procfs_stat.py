"""What /proc/PID/stat, status, statm, sched and schedstat say of a task.

Source: fs/proc/array.c, kernel/sched/debug.c (v6.1), proc(5). Real: 07-ps-states.
"""

from __future__ import annotations

from vshell.abi import state as st
from vshell.kernel.format import bit_list

TYPE_CHECKING = False
if TYPE_CHECKING:
    from vshell.kernel.core import Kernel
    from vshell.kernel.task import Task

__all__ = ["sched_text", "schedstat_text", "stat_text", "statm_text", "status_text"]

_PAGE_KIB = 4
_NAME_MAX = 64
_INT_MASK = (1 << 31) - 1
_ALL_CAPS = "000001ffffffffff"
_NO_CAPS = "0" * 16


# User and system time of a task; that of a running one must be booked before it is read.
def _times_ns(kernel: Kernel, task: Task) -> tuple[int, int]:
    if task.on_rq and kernel.sched.is_running(task):
        kernel.sched.account(task)
    return task.utime_ns, task.sum_exec_ns - task.utime_ns


def _ppid(task: Task) -> int:
    return task.parent.pid if task.parent is not None else 0


def stat_text(kernel: Kernel, task: Task, *, root: bool) -> str:
    """Write the one line of stat.

    Args:
        kernel: whose.
        task: any.
        root: whether the reader may see where the task sleeps.
    """
    ticks = kernel.clock.user_ticks
    process = task.process
    utime_ns, stime_ns = _times_ns(kernel, task)
    group = session = tty_number = vsz_kib = rss_kib = children_ns = 0
    foreground = -1
    if process is not None:
        group, session, children_ns = process.pgid, process.sid, process.children_ns
        vsz_kib, rss_kib = process.vsz_kib, process.rss_kib
        if process.tty is not None:
            major, minor = process.tty.rdev
            tty_number, foreground = major << 8 | minor, process.tty.foreground
    letter = st.state_letter(task.state, task.exit_state)
    asleep = int(not task.on_rq and root)
    fields: list[object] = [task.pid, f"({task.proc_name[:_NAME_MAX]})", letter, _ppid(task)]
    fields += [group, session, tty_number, foreground, task.flags, 0, 0, 0, 0]
    fields += [ticks(utime_ns), ticks(stime_ns), 0, ticks(children_ns)]
    fields += [task.prio - 100, task.nice, 1, 0, ticks(task.start_ns)]
    fields += [vsz_kib * 1024, rss_kib // _PAGE_KIB, (1 << 64) - 1, *([0] * 5)]
    fields += [task.sig_pending & _INT_MASK, task.sig_blocked & _INT_MASK]
    fields += [task.sig_ignored & _INT_MASK, task.sig_caught & _INT_MASK, asleep, 0, 0, 17]
    fields += [task.cpu.id, task.rt_priority, task.policy, *([0] * 10), task.exit_code]
    return " ".join(map(str, fields)) + "\n"


def status_text(kernel: Kernel, task: Task) -> str:
    """Write status: one line per field, its name, a colon, a tab, its value."""
    lines = _identity_lines(kernel, task)
    process = task.process
    if process is not None:
        lines += [f"VmPeak:\t{process.vsz_kib:8d} kB", f"VmSize:\t{process.vsz_kib:8d} kB"]
        lines += [f"VmHWM:\t{process.rss_kib:8d} kB", f"VmRSS:\t{process.rss_kib:8d} kB"]
    lines += ["Threads:\t1", f"SigQ:\t0/{kernel.config.memory_kib // 256}"]
    masks = {"SigPnd": task.sig_pending, "ShdPnd": task.shared_pending, "SigBlk": task.sig_blocked}
    masks |= {"SigIgn": task.sig_ignored, "SigCgt": task.sig_caught}
    lines += [f"{name}:\t{mask:016x}" for name, mask in masks.items()]
    caps = _ALL_CAPS if process is None or process.euid == 0 else _NO_CAPS
    lines += [f"CapInh:\t{_NO_CAPS}", f"CapPrm:\t{caps}", f"CapEff:\t{caps}"]
    lines += [f"CapBnd:\t{_ALL_CAPS}", f"CapAmb:\t{_NO_CAPS}", "NoNewPrivs:\t0", "Seccomp:\t0"]
    lines += ["Seccomp_filters:\t0", "Speculation_Store_Bypass:\tnot vulnerable"]
    mask = task.cpus_mask & kernel.sched.all_cpus_mask
    lines += ["SpeculationIndirectBranch:\talways enabled", f"Cpus_allowed:\t{mask:x}"]
    lines += [f"Cpus_allowed_list:\t{bit_list(mask)}"]
    nodes = ",".join(["00000000"] * 31 + ["00000001"])
    lines += [f"Mems_allowed:\t{nodes}", "Mems_allowed_list:\t0"]
    lines += [f"voluntary_ctxt_switches:\t{task.nvcsw}"]
    lines += [f"nonvoluntary_ctxt_switches:\t{task.nivcsw}"]
    return "\n".join(lines) + "\n"


def _identity_lines(kernel: Kernel, task: Task) -> list[str]:
    process = task.process
    letter = st.state_letter(task.state, task.exit_state)
    uid = gid = "0\t0\t0\t0"
    groups, group, session, umask = " ", 0, 0, 0o22
    if process is not None:
        uid = f"{process.uid}\t{process.euid}\t{process.suid}\t{process.euid}"
        gid = f"{process.gid}\t{process.egid}\t{process.egid}\t{process.egid}"
        groups = " ".join(map(str, process.groups)) + " "
        group, session, umask = process.pgid, process.sid, process.umask
    pid = task.pid
    lines = [f"Name:\t{task.proc_name}", f"Umask:\t{umask:04o}"]
    lines += [f"State:\t{letter} ({st.STATE_WORDS[letter]})", f"Tgid:\t{pid}", "Ngid:\t0"]
    lines += [f"Pid:\t{pid}", f"PPid:\t{_ppid(task)}", "TracerPid:\t0"]
    lines += [f"Uid:\t{uid}", f"Gid:\t{gid}", "FDSize:\t64", f"Groups:\t{groups}"]
    lines += [f"NStgid:\t{pid}", f"NSpid:\t{pid}", f"NSpgid:\t{group}", f"NSsid:\t{session}"]
    if kernel.config.version_code >= (6, 8):
        lines.append(f"Kthread:\t{int(process is None)}")
    return lines


def statm_text(task: Task) -> str:
    """Write statm: sizes in pages."""
    if task.process is None:
        return "0 0 0 0 0 0 0\n"
    return f"{task.process.vsz_kib // _PAGE_KIB} {task.process.rss_kib // _PAGE_KIB} 0 0 0 0 0\n"


def sched_text(kernel: Kernel, task: Task) -> str:
    """Write sched: what the scheduler keeps about a task.

    Differs: load tracking (se.avg) and NUMA placement do not exist here, and their lines neither.
    """
    _times_ns(kernel, task)
    switches = task.nvcsw + task.nivcsw

    def time(name: str, value_ns: int) -> str:
        return f"{name:<45s}:{value_ns // 1_000_000:14d}.{value_ns % 1_000_000:06d}\n"

    def number(name: str, value: int) -> str:
        return f"{name:<45s}:{value:21d}\n"

    text = f"{task.name} ({task.pid}, #threads: 1)\n" + "-" * 67 + "\n"
    text += time("se.exec_start", task.exec_start_ns) + time("se.vruntime", task.vruntime_ns)
    text += time("se.sum_exec_runtime", task.sum_exec_ns)
    text += number("se.nr_migrations", task.migrations)
    text += number("nr_switches", switches) + number("nr_voluntary_switches", task.nvcsw)
    text += number("nr_involuntary_switches", task.nivcsw)
    text += number("se.load.weight", task.weight * 1024)
    return text + number("policy", task.policy) + number("prio", task.prio)


def schedstat_text(kernel: Kernel, task: Task) -> str:
    """Write schedstat: nanoseconds run, nanoseconds waited, times run."""
    _times_ns(kernel, task)
    return f"{task.sum_exec_ns} 0 {task.nvcsw + task.nivcsw}\n"
