"""System calls: the only door from programs to the kernel.

``Sys`` is what a program gets beside its arguments. Every method is one system call (a few are a C
library's thin cover of one); it charges virtual time when it enters, acts upon signals when it
leaves, and raises ``KernelError`` with an errno where the real one sets it. Those on files are in
``syscall_file``.

More than 400 lines, one idea: each call is a few lines of checks around what the kernel does.

Source: the Linux manual pages, section 2.
"""

from __future__ import annotations

from vshell.abi import signals as sg
from vshell.abi import state as st
from vshell.abi.errno import (
    EACCES,
    EBADF,
    EINTR,
    EINVAL,
    EISDIR,
    ENOSYS,
    EPERM,
    ESRCH,
    KernelError,
)
from vshell.abi.units import NSEC_PER_SEC
from vshell.kernel import costs
from vshell.kernel.hrtimer import HrTimer
from vshell.kernel.inode import Directory, RegularFile
from vshell.kernel.process import Exec, ProcessExit
from vshell.kernel.ptrace import TraceCalls
from vshell.kernel.syscall_entry import system_call
from vshell.kernel.syscall_file import FileCalls, Stat

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any, NoReturn

    from vshell.kernel.core import Kernel
    from vshell.kernel.task import Task

__all__ = ["Stat", "Sys", "Utsname"]

_HOSTNAME_BYTES_MAX = 64


class Utsname:
    """What uname() gives."""

    __slots__ = ("machine", "nodename", "release", "sysname", "version")

    def __init__(self, kernel: Kernel) -> None:
        """Ask the kernel."""
        self.sysname = "Linux"
        self.nodename = kernel.sysctls.hostname
        self.release = kernel.config.release
        self.version = kernel.config.version
        self.machine = kernel.config.machine


class Sys(FileCalls, TraceCalls):
    """The system calls of one process."""

    # -- Processes ------------------------------------------------------------------------------

    def fork(self, entry: Callable[[Sys], int]) -> int:
        """Make a child that runs ``entry(its own Sys)``; give its pid.

        clone(2) takes a function too.
        """
        self._sched.charge(costs.SYSCALL_NS)
        process = self._process
        tracer = process.tracer
        if tracer is None:
            return self._kernel.processes.fork(process, entry).pid
        tracer.enter(process, "fork", ())
        child = self._kernel.processes.fork(process, entry)
        if tracer.follows:
            tracer.attach(child)
        tracer.leave(process, "fork", child.pid)
        return child.pid

    def execve(self, path: str, argv: list[str], environ: dict[str, str]) -> NoReturn:
        """Replace the program."""
        self._sched.charge(costs.SYSCALL_NS)
        process = self._process
        tracer = process.tracer
        if tracer is not None:
            tracer.enter(process, "execve", (path, argv, environ))
        try:
            self._kernel.processes.exec(process, path, argv, environ)
        except KernelError as error:
            if tracer is not None:
                tracer.leave(process, "execve", None, error.errno)
            raise
        except Exec:
            if tracer is not None:
                tracer.leave(process, "execve", 0)
            raise

    def run_here(self, main: Callable[[list[str], Sys], int], argv: list[str]) -> NoReturn:
        """Go on with another program that is already in memory.

        A shell does so with a script without "#!".
        """
        raise Exec(main, argv)

    def exit(self, code: int) -> NoReturn:
        """End the process with an exit code."""
        raise ProcessExit((code & 0xFF) << 8)

    @system_call
    def wait4(self, pid: int = -1, options: int = 0) -> tuple[int, int]:
        """Wait for a child; give its pid and wait status. May sleep."""
        return self._kernel.processes.do_wait(self._process, pid, options)

    @system_call
    def kill(self, pid: int, signal: int) -> None:
        """Send a signal to a process or, with a negative pid, to a group."""
        if not 0 <= signal <= sg.SIGNALS_MAX:
            raise KernelError(EINVAL)
        self._kernel.processes.kill(self._process, pid, signal)

    @system_call
    def sigaction(
        self, signal: int, handler: int | Callable[[int], None]
    ) -> int | Callable[[int], None]:
        """Set what a signal does: SIG_DFL, SIG_IGN, a function; give the old."""
        if signal in (sg.SIGKILL, sg.SIGSTOP) or not 0 < signal <= sg.SIGNALS_MAX:
            raise KernelError(EINVAL)
        old = self._process.disposition(signal)
        self._process.handlers[signal] = handler
        self._process.update_signal_masks()
        return old

    def ignored_signals(self) -> int:
        """Give the mask of signals the caller ignores (SigIgn of /proc/self/status)."""
        return self._process.task.sig_ignored

    @system_call
    def sigprocmask(self, blocked: int) -> int:
        """Set the mask of blocked signals; give the old one."""
        task = self._process.task
        old = task.sig_blocked
        task.sig_blocked = blocked & ~(sg.mask_of(sg.SIGKILL) | sg.mask_of(sg.SIGSTOP))
        return old

    @system_call
    def sys_pause(self) -> None:
        """Sleep until a signal has been handled."""
        task = self._process.task
        task.state = st.TASK_INTERRUPTIBLE
        self._sched.schedule()
        raise KernelError(EINTR)

    @system_call
    def alarm(self, delay_ns: int) -> None:
        """Have SIGALRM sent after a time; 0 cancels (setitimer)."""
        process = self._process
        if isinstance(process.alarm, HrTimer):
            self._kernel.hrtimers.cancel(process.alarm)
            process.alarm = None
        if delay_ns:
            processes = self._kernel.processes
            timer = HrTimer(
                self._kernel.hrtimers, lambda: processes.send_signal(process.task, sg.SIGALRM)
            )
            self._kernel.hrtimers.start(timer, self._sched.now_ns + delay_ns)
            process.alarm = timer

    def getpid(self) -> int:
        """Give the caller's pid."""
        return self._process.pid

    def getppid(self) -> int:
        """Give the parent's pid, 0 if it has none."""
        return self._process.parent.pid if self._process.parent is not None else 0

    def getpgrp(self) -> int:
        """Give the caller's process group."""
        return self._process.pgid

    @system_call
    def setpgid(self, pid: int, pgid: int) -> None:
        """Put a process (0: the caller) into a group (0: its own)."""
        # Linux: kernel/sys.c setpgid() (v6.1).
        caller = process = self._process
        if pgid < 0:
            raise KernelError(EINVAL)
        if pid and pid != caller.pid:
            task = self._kernel.tasks.get(pid)
            if task is None or task.process not in caller.children:
                raise KernelError(ESRCH)
            process = task.process
            if process.sid != caller.sid:
                raise KernelError(EPERM)
            if process.execed:
                raise KernelError(EACCES)
        if process.sid == process.pid:
            raise KernelError(EPERM)
        group = pgid or process.pid
        if group != process.pid and not self._has_group(group, caller.sid):
            raise KernelError(EPERM)
        process.pgid = group

    def _has_group(self, pgid: int, sid: int | None = None) -> bool:
        return any(p.pgid == pgid and sid in (None, p.sid) for p in self._kernel.processes)

    @system_call
    def setsid(self) -> int:
        """Begin a session without a terminal; give its number."""
        process = self._process
        if self._has_group(process.pid):
            raise KernelError(EPERM)
        process.sid = process.pgid = process.pid
        process.tty = None
        return process.sid

    def credentials(self) -> tuple[int, int, int, int, list[int]]:
        """Give uid, effective uid, gid, effective gid and further groups."""
        p = self._process
        return p.uid, p.euid, p.gid, p.egid, list(p.groups)

    @system_call
    def set_credentials(self, uid: int, gid: int, groups: list[int]) -> None:
        """Become a user for good (setresuid, setresgid, setgroups); only root may."""
        process = self._process
        if process.euid != 0:
            raise KernelError(EPERM)
        process.uid = process.euid = process.suid = uid
        process.gid = process.egid = gid
        process.groups = list(groups)

    @system_call
    def prctl_set_name(self, name: str) -> None:
        """Set the caller's comm."""
        self._kernel.set_task_comm(self._process.task, name)

    def environ(self) -> dict[str, str]:
        """Give the environment the program was started with."""
        return dict(self._process.environ)

    def argv(self) -> list[str]:
        """Give the arguments the program was started with."""
        return list(self._process.argv)

    def cpu_times_ns(self) -> tuple[int, int, int]:
        """Give user and system time of the caller and the time of its children."""
        self._sched.account_running()
        task = self._process.task
        return task.utime_ns, task.sum_exec_ns - task.utime_ns, self._process.children_ns

    def work(self, cost_ns: int) -> None:
        """Use CPU time, as a program does between its system calls."""
        self.charge_call(cost_ns)
        if self._process.task.signal_pending():
            self._kernel.processes.deliver_signals(self._process)

    # -- Scheduling -----------------------------------------------------------------------------

    def _task(self, pid: int) -> Task:
        task = self._process.task if pid == 0 else self._kernel.tasks.get(pid)
        if task is None:
            raise KernelError(ESRCH)
        return task

    def _may_change(self, task: Task) -> None:
        process = self._process
        owner = task.process.uid if task.process is not None else 0
        if process.euid not in (0, owner):
            raise KernelError(EPERM)

    @system_call
    def getpriority(self, pid: int) -> int:
        """Give a task's nice value."""
        return self._task(pid).nice

    @system_call
    def setpriority(self, pid: int, nice: int) -> None:
        """Set a task's nice value, cut to -20..19."""
        task = self._task(pid)
        self._may_change(task)
        nice = max(-20, min(19, nice))
        if self._process.euid and nice < task.nice:
            raise KernelError(EACCES)
        task.static_prio = st.DEFAULT_PRIO + nice
        self._sched.change(task)

    @system_call
    def sched_getscheduler(self, pid: int) -> tuple[int, int]:
        """Give a task's policy and real-time priority."""
        task = self._task(pid)
        return task.policy, task.rt_priority

    @system_call
    def sched_setscheduler(self, pid: int, policy: int, priority: int) -> None:
        """Set a task's policy and real-time priority."""
        task = self._task(pid)
        realtime = policy in (st.SCHED_FIFO, st.SCHED_RR)
        if not realtime and policy not in (st.SCHED_NORMAL, st.SCHED_BATCH, st.SCHED_IDLE):
            raise KernelError(EINVAL)
        if (realtime and not 1 <= priority <= 99) or (not realtime and priority):
            raise KernelError(EINVAL)
        if realtime and self._process.euid:
            raise KernelError(EPERM)
        self._may_change(task)
        task.policy = policy
        task.rt_priority = priority
        self._sched.change(task)

    @system_call
    def sched_getaffinity(self, pid: int) -> int:
        """Give the mask of CPUs a task may run on."""
        return self._task(pid).cpus_mask & self._sched.all_cpus_mask

    @system_call
    def sched_setaffinity(self, pid: int, mask: int) -> None:
        """Set the mask of CPUs a task may run on."""
        task = self._task(pid)
        self._may_change(task)
        mask &= self._sched.all_cpus_mask
        if not mask or task.flags & st.PF_NO_SETAFFINITY:
            raise KernelError(EINVAL)
        task.cpus_mask = mask
        self._sched.change(task)

    @system_call
    def sched_yield(self) -> None:
        """Let others go first."""
        self._sched.yield_()

    # -- Time -----------------------------------------------------------------------------------

    def clock_monotonic_ns(self) -> int:
        """Give the time since boot, nanoseconds."""
        return self._sched.now_ns

    def clock_realtime_ns(self) -> int:
        """Give the date, nanoseconds since 1970 in UTC."""
        return self._kernel.clock.wall_ns(self._sched.now_ns)

    def nanosleep(self, delay_ns: int) -> None:
        """Sleep; a handled signal cuts it short (KernelError EINTR). May sleep."""
        self.sleep_until(self._sched.now_ns + delay_ns)

    @system_call
    def sleep_until(self, time_ns: int) -> None:
        """Sleep until a time since boot; a handled signal cuts it short."""
        self.hrtimer_nanosleep(time_ns)

    def hrtimer_nanosleep(self, time_ns: int) -> None:
        """Sleep in TASK_INTERRUPTIBLE until a time since boot."""
        task = self._process.task
        while self._sched.now_ns < time_ns:
            task.state = st.TASK_INTERRUPTIBLE
            if self._kernel.hrtimers.sleep_until(time_ns) and task.signal_pending():
                raise KernelError(EINTR)

    # -- The system -----------------------------------------------------------------------------

    def uname(self) -> Utsname:
        """Give the system's names."""
        return Utsname(self._kernel)

    @system_call
    def sethostname(self, name: str) -> None:
        """Set the host's name."""
        if self._process.euid:
            raise KernelError(EPERM)
        if len(name.encode("utf-8", "surrogateescape")) > _HOSTNAME_BYTES_MAX:
            raise KernelError(EINVAL)
        self._kernel.sysctls.hostname = name

    def cpus_online(self) -> int:
        """Give the number of CPUs."""
        return len(self._sched.cpus)

    # -- Modules --------------------------------------------------------------------------------

    @system_call
    def sys_finit_module(self, fd: int, args: str, flags: int = 0) -> None:
        """Load a module from an open file. May sleep.

        Args:
            fd: of the .ko.
            args: its command line.
            flags: 3 to ignore versions.
        """
        file = self._process.file(fd)
        inode = file.inode
        if not file.is_readable():
            raise KernelError(EBADF)
        if flags & ~3:
            raise KernelError(EINVAL)
        if isinstance(inode, Directory):
            raise KernelError(EISDIR)
        if not isinstance(inode, RegularFile):
            raise KernelError(EINVAL)
        self._kernel.modules.load_module(inode.read_at(0, inode.size()), args, force=bool(flags))

    @system_call
    def sys_delete_module(self, name: str, flags: int) -> None:
        """Unload a module. May sleep."""
        self._kernel.modules.delete_module(name, flags)

    # -- The kernel log ---------------------------------------------------------------------------

    @system_call
    def syslog(self, action: int, value: int = 0) -> Any:
        """Read and control the kernel log.

        Args:
            action: 3 read all, 4 read all and clear, 5 clear, 6 console off, 7 console on, 8 set
                the console's level, 9 and 10 sizes.
            value: the level.

        Returns:
            bytes for 3 and 4, numbers for 9 and 10.
        """
        kernel = self._kernel
        if self._process.euid and (kernel.sysctls.dmesg_restrict or action not in (3, 10)):
            raise KernelError(EPERM)
        return kernel.printk.syslog(action, value)

    @system_call
    def reboot(self) -> None:
        """Ask the machine to start anew; only root may."""
        if self._process.euid:
            raise KernelError(EPERM)
        self._kernel.reboot_requested = True
        self._kernel.stop_requested = True

    def unsupported(self) -> NoReturn:
        """Refuse a system call that this kernel does not have."""
        raise KernelError(ENOSYS)

    def seconds_since_boot(self) -> int:
        """Give whole seconds since boot (sysinfo)."""
        return self._sched.now_ns // NSEC_PER_SEC
