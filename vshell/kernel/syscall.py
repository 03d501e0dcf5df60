"""System calls: the only door from programs to the kernel.

``Sys`` is what a program gets beside its arguments. Every method is one system call (a few are a C library's
thin cover of one); it charges virtual time when it enters, acts upon signals when it leaves, and raises
``KernelError`` with an errno where the real one sets it. Paths are text with undecodable bytes escaped
(surrogateescape); file contents are bytes.

Source: the Linux manual pages, section 2.
"""

from __future__ import annotations

from vshell.abi import signals as sg
from vshell.abi import state as st
from vshell.abi.errno import (
    EBADF,
    EINTR,
    EINVAL,
    ENOSYS,
    ENOTDIR,
    ENOTTY,
    EPERM,
    ESRCH,
    KernelError,
)
from vshell.abi.units import NSEC_PER_SEC
from vshell.kernel import costs
from vshell.kernel.hrtimer import HrTimer
from vshell.kernel.pipe import make_pipe
from vshell.kernel.process import Exec, Process, ProcessExit
from vshell.kernel.tty import Question, TtyFile
from vshell.kernel.vfs import (
    MAY_EXEC,
    O_CLOEXEC,
    O_RDONLY,
    Device,
    Directory,
    Inode,
    RegularFile,
    Symlink,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any, Concatenate, NoReturn, ParamSpec, TypeVar

    from vshell.kernel.core import Kernel
    from vshell.kernel.task import Task

    P = ParamSpec("P")
    R = TypeVar("R")

__all__ = ["Stat", "Sys", "Utsname"]

_READ_BYTES_MAX = 1 << 20


class Stat:
    """What stat() gives: times in nanoseconds since 1970, sizes in bytes."""

    __slots__ = (
        "atime_ns",
        "ctime_ns",
        "device",
        "gid",
        "inode",
        "links",
        "mode",
        "mtime_ns",
        "rdev",
        "size",
        "uid",
    )

    def __init__(self, inode: Inode) -> None:
        """Copy an inode's attributes."""
        self.inode = inode.number
        self.device = inode.device
        self.mode = inode.mode
        self.uid = inode.uid
        self.gid = inode.gid
        self.links = inode.links
        self.size = inode.size()
        self.atime_ns = inode.atime_ns
        self.mtime_ns = inode.mtime_ns
        self.ctime_ns = inode.ctime_ns
        self.rdev = inode.rdev if isinstance(inode, Device) else (0, 0)


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


# A system call's way in and out. A call that a stop or an ignored signal has interrupted starts anew.
def _call(function: Callable[Concatenate[Sys, P], R]) -> Callable[Concatenate[Sys, P], R]:
    def syscall(self: Sys, *args: P.args, **kwargs: P.kwargs) -> R:
        sched = self._sched
        process = self._process
        task = process.task
        sched.charge(costs.SYSCALL_NS)
        while True:
            try:
                result = function(self, *args, **kwargs)
            except KernelError as error:
                ran = task.signal_pending() and self._kernel.processes.deliver_signals(process)
                if error.errno != EINTR or ran:
                    raise
                continue
            if task.signal_pending():
                self._kernel.processes.deliver_signals(process)
            return result

    syscall.__doc__ = function.__doc__
    syscall.__name__ = function.__name__
    return syscall


class Sys:
    """The system calls of one process."""

    def __init__(self, process: Process) -> None:
        """Serve this process."""
        self._process = process
        self._kernel: Kernel = process.kernel
        self._sched = process.kernel.sched
        self._vfs = process.kernel.vfs

    # -- Descriptors ----------------------------------------------------------------------------

    @_call
    def open(self, path: str, flags: int = O_RDONLY, mode: int = 0o666) -> int:
        """Open a file; give its descriptor."""
        self._sched.charge(costs.PATH_NS)
        file = self._vfs.open(self._process, path, flags, mode)
        fd = self._process.install(file)
        if flags & O_CLOEXEC:
            self._process.cloexec.add(fd)
        return fd

    @_call
    def close(self, fd: int) -> None:
        """Close a descriptor."""
        self._process.close(fd)

    @_call
    def read(self, fd: int, count: int = _READ_BYTES_MAX) -> bytes:
        """Read up to ``count`` bytes; b"" is the end. May sleep."""
        file = self._process.file(fd)
        if not file.is_readable():
            raise KernelError(EBADF)
        data = file.read(count)
        self._sched.charge(len(data) * costs.BYTE_NS_PER_KIB >> 10)
        return data

    @_call
    def write(self, fd: int, data: bytes) -> int:
        """Write; give how many bytes were taken. May sleep."""
        file = self._process.file(fd)
        if not file.is_writable():
            raise KernelError(EBADF)
        self._sched.charge(len(data) * costs.BYTE_NS_PER_KIB >> 10)
        return file.write(data)

    @_call
    def lseek(self, fd: int, offset: int, whence: int) -> int:
        """Move a file's position; give the new one."""
        return self._process.file(fd).seek(offset, whence)

    @_call
    def dup(self, fd: int, lowest: int = 0) -> int:
        """Give an open file one more descriptor, the lowest free one from ``lowest`` on."""
        return self._process.install(self._process.file(fd), lowest)

    @_call
    def dup2(self, old: int, new: int) -> None:
        """Make ``new`` lead where ``old`` leads."""
        file = self._process.file(old)
        if old == new:
            return
        if new in self._process.files:
            self._process.close(new)
        self._process.files[new] = file
        file.users += 1

    @_call
    def set_cloexec(self, fd: int, on: bool = True) -> None:  # noqa: FBT001, FBT002 - FD_CLOEXEC is a flag
        """Close the descriptor at exec, or not (fcntl F_SETFD)."""
        self._process.file(fd)
        if on:
            self._process.cloexec.add(fd)
        else:
            self._process.cloexec.discard(fd)

    @_call
    def pipe(self) -> tuple[int, int]:
        """Make a pipe; give the descriptors to read from and to write to."""
        reader, writer = make_pipe(self._kernel, self._vfs)
        return self._process.install(reader), self._process.install(writer)

    @_call
    def fstat(self, fd: int) -> Stat:
        """Give the attributes of an open file."""
        inode = self._process.file(fd).inode
        if inode is None:
            inode = RegularFile(self._vfs, 0o600)
        return Stat(inode)

    @_call
    def ftruncate(self, fd: int, size: int) -> None:
        """Cut or grow an open file."""
        file = self._process.file(fd)
        if not file.is_writable() or not isinstance(file.inode, RegularFile):
            raise KernelError(EINVAL)
        file.inode.truncate(size)

    def descriptors(self) -> list[int]:
        """List the open descriptors (what /proc/self/fd holds)."""
        return sorted(self._process.files)

    # -- Terminals ------------------------------------------------------------------------------

    def isatty(self, fd: int) -> bool:
        """Tell whether a descriptor leads to a terminal."""
        file = self._process.files.get(fd)
        return file is not None and file.is_tty()

    @_call
    def window_size(self, fd: int) -> tuple[int, int]:
        """Give columns and rows of a terminal (TIOCGWINSZ)."""
        tty = self._tty_of(fd)
        return tty.tty.columns, tty.tty.rows

    @_call
    def tcgetpgrp(self, fd: int) -> int:
        """Give a terminal's foreground process group."""
        return self._tty_of(fd).tty.foreground

    @_call
    def tcsetpgrp(self, fd: int, pgid: int) -> None:
        """Set a terminal's foreground process group."""
        self._tty_of(fd).tty.foreground = pgid

    @_call
    def ask_line(self, fd: int, prompt: str, status: int) -> None:
        """Have the terminal's front end edit the next line (vshell's own ioctl).

        Args:
            fd: of the terminal.
            prompt: what stands before the line.
            status: exit status of the last command.
        """
        self._tty_of(fd).tty.ask(Question(prompt, status, self._process.pid))

    @_call
    def tty_interrupts(self, fd: int) -> int:
        """Give how often the terminal's interrupt keys were pressed since its last prompt."""
        return self._tty_of(fd).tty.interrupts

    def tty_name(self, fd: int) -> str | None:
        """Give a terminal's path, None if the descriptor leads to none (ttyname)."""
        file = self._process.files.get(fd)
        return f"/dev/{file.tty.name}" if isinstance(file, TtyFile) else None

    def _tty_of(self, fd: int) -> TtyFile:
        file = self._process.file(fd)
        if not isinstance(file, TtyFile):
            raise KernelError(ENOTTY)
        return file

    # -- Paths ----------------------------------------------------------------------------------

    def _resolve(self, path: str, *, follow: bool = True) -> Inode:
        self._sched.charge(costs.PATH_NS)
        return self._vfs.resolve(self._process, path, follow=follow)

    @_call
    def stat(self, path: str) -> Stat:
        """Give a path's attributes, a link's target's for a link."""
        return Stat(self._resolve(path))

    @_call
    def lstat(self, path: str) -> Stat:
        """Give a path's attributes, a link's own for a link."""
        return Stat(self._resolve(path, follow=False))

    @_call
    def access(self, path: str, mask: int) -> bool:
        """Tell whether the caller may read (4), write (2), execute (1) a path; 0 asks if it exists."""
        try:
            inode = self._resolve(path)
        except KernelError:
            return False
        return not mask or inode.may(self._process, mask)

    @_call
    def listdir(self, path: str) -> list[str]:
        """List a directory's entries, without "." and "..", in the directory's own order."""
        inode = self._resolve(path)
        if not isinstance(inode, Directory):
            raise KernelError(ENOTDIR)
        if not inode.may(self._process, 4):
            raise KernelError(13)
        return inode.names()

    @_call
    def readlink(self, path: str) -> str:
        """Give the path a symbolic link holds."""
        inode = self._resolve(path, follow=False)
        if not isinstance(inode, Symlink):
            raise KernelError(EINVAL)
        return inode.read_target()

    @_call
    def mkdir(self, path: str, mode: int = 0o777) -> None:
        """Make a directory."""
        self._vfs.mkdir(self._process, path, mode)

    @_call
    def rmdir(self, path: str) -> None:
        """Remove an empty directory."""
        self._vfs.rmdir(self._process, path)

    @_call
    def unlink(self, path: str) -> None:
        """Remove a name."""
        self._vfs.unlink(self._process, path)

    @_call
    def rename(self, old: str, new: str) -> None:
        """Move a name."""
        self._vfs.rename(self._process, old, new)

    @_call
    def link(self, old: str, new: str) -> None:
        """Make a hard link."""
        self._vfs.link(self._process, old, new)

    @_call
    def symlink(self, target: str, path: str) -> None:
        """Make a symbolic link."""
        self._vfs.symlink(self._process, target, path)

    @_call
    def chmod(self, path: str, mode: int) -> None:
        """Set permission bits."""
        inode = self._owned(path)
        inode.permissions = mode & 0o7777
        inode.changed()

    @_call
    def chown(self, path: str, uid: int, gid: int) -> None:
        """Set owner and group; -1 leaves one as it is."""
        inode = self._resolve(path)
        if self._process.euid and (uid not in (-1, inode.uid) or self._process.euid != inode.uid):
            raise KernelError(EPERM)
        inode.uid = inode.uid if uid == -1 else uid
        inode.gid = inode.gid if gid == -1 else gid
        inode.changed()

    @_call
    def utimens(self, path: str, atime_ns: int | None, mtime_ns: int | None) -> None:
        """Set times (nanoseconds since 1970; None is now)."""
        inode = self._resolve(path)
        if atime_ns is None and mtime_ns is None:
            if not inode.may(self._process, 2) and self._process.euid != inode.uid:
                raise KernelError(13)
        elif self._process.euid not in (0, inode.uid):
            raise KernelError(EPERM)
        now_ns = self._vfs.wall_ns()
        inode.atime_ns = now_ns if atime_ns is None else atime_ns
        inode.mtime_ns = now_ns if mtime_ns is None else mtime_ns
        inode.changed()

    def _owned(self, path: str) -> Inode:
        inode = self._resolve(path)
        if self._process.euid not in (0, inode.uid):
            raise KernelError(EPERM)
        return inode

    @_call
    def truncate(self, path: str, size: int) -> None:
        """Cut or grow a file."""
        inode = self._resolve(path)
        if not isinstance(inode, RegularFile) or not inode.may(self._process, 2):
            raise KernelError(EINVAL)
        inode.truncate(size)

    @_call
    def chdir(self, path: str) -> None:
        """Change the working directory."""
        inode = self._resolve(path)
        if not isinstance(inode, Directory):
            raise KernelError(ENOTDIR)
        if not inode.may(self._process, MAY_EXEC):
            raise KernelError(13)
        self._process.cwd = inode

    @_call
    def getcwd(self) -> str:
        """Give the working directory's path."""
        return self._vfs.path_of(self._process.cwd)

    @_call
    def umask(self, mask: int) -> int:
        """Set the file mode creation mask; give the old one."""
        old = self._process.umask
        self._process.umask = mask & 0o777
        return old

    @_call
    def filesystem_bytes(self) -> tuple[int, int]:
        """Give the bytes the file system may hold and those it holds (statfs)."""
        return 1 << 30, self._vfs.used_bytes

    # -- Processes ------------------------------------------------------------------------------

    def fork(self, entry: Callable[[Sys], int]) -> int:
        """Make a child that runs ``entry(its own Sys)``; give its pid (clone(2) takes a function too)."""
        self._sched.charge(costs.SYSCALL_NS)
        return self._kernel.processes.fork(self._process, entry).pid

    def execve(self, path: str, argv: list[str], environ: dict[str, str]) -> NoReturn:
        """Replace the program."""
        self._sched.charge(costs.SYSCALL_NS)
        self._kernel.processes.exec(self._process, path, argv, environ)

    def run_here(self, main: Callable[[list[str], Sys], int], argv: list[str]) -> NoReturn:
        """Go on with another program that is already in memory (a script without "#!" in a shell)."""
        raise Exec(main, argv)

    def exit(self, code: int) -> NoReturn:
        """End the process with an exit code."""
        raise ProcessExit((code & 0xFF) << 8)

    @_call
    def wait4(self, pid: int = -1, options: int = 0) -> tuple[int, int]:
        """Wait for a child; give its pid and wait status. May sleep."""
        return self._kernel.processes.do_wait(self._process, pid, options)

    @_call
    def kill(self, pid: int, signal: int) -> None:
        """Send a signal to a process or, with a negative pid, to a group."""
        if not 0 <= signal <= sg.SIGNALS_MAX:
            raise KernelError(EINVAL)
        self._kernel.processes.kill(self._process, pid, signal)

    @_call
    def sigaction(
        self, signal: int, handler: int | Callable[[int], None]
    ) -> int | Callable[[int], None]:
        """Set what a signal does: SIG_DFL, SIG_IGN or a function; give the old setting."""
        if signal in (sg.SIGKILL, sg.SIGSTOP) or not 0 < signal <= sg.SIGNALS_MAX:
            raise KernelError(EINVAL)
        old = self._process.disposition(signal)
        self._process.handlers[signal] = handler
        self._process.update_signal_masks()
        return old

    @_call
    def sigprocmask(self, blocked: int) -> int:
        """Set the mask of blocked signals; give the old one."""
        task = self._process.task
        old = task.sig_blocked
        task.sig_blocked = blocked & ~(sg.mask_of(sg.SIGKILL) | sg.mask_of(sg.SIGSTOP))
        return old

    @_call
    def sys_pause(self) -> None:
        """Sleep until a signal has been handled."""
        task = self._process.task
        task.state = st.TASK_INTERRUPTIBLE
        self._sched.schedule()
        raise KernelError(EINTR)

    @_call
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

    @_call
    def setpgid(self, pid: int, pgid: int) -> None:
        """Put a process (0: the caller) into a group (0: its own)."""
        process = self._process
        if pid and pid != process.pid:
            task = self._kernel.tasks.get(pid)
            if task is None or task.process is None:
                raise KernelError(ESRCH)
            process = task.process
        process.pgid = pgid or process.pid

    @_call
    def setsid(self) -> int:
        """Begin a session without a terminal; give its number."""
        process = self._process
        process.sid = process.pgid = process.pid
        process.tty = None
        return process.sid

    def credentials(self) -> tuple[int, int, int, int, list[int]]:
        """Give uid, effective uid, gid, effective gid and further groups."""
        p = self._process
        return p.uid, p.euid, p.gid, p.egid, list(p.groups)

    @_call
    def set_credentials(self, uid: int, gid: int, groups: list[int]) -> None:
        """Become a user for good (setresuid, setresgid, setgroups); only root may."""
        process = self._process
        if process.euid != 0:
            raise KernelError(EPERM)
        process.uid = process.euid = process.suid = uid
        process.gid = process.egid = gid
        process.groups = list(groups)

    @_call
    def prctl_set_name(self, name: str) -> None:
        """Set the caller's comm."""
        self._process.task.comm = name[:15]

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
        """Use CPU time: what a program computes for itself between its system calls."""
        self._sched.charge(cost_ns)
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

    @_call
    def getpriority(self, pid: int) -> int:
        """Give a task's nice value."""
        return self._task(pid).nice

    @_call
    def setpriority(self, pid: int, nice: int) -> None:
        """Set a task's nice value, cut to -20..19."""
        task = self._task(pid)
        self._may_change(task)
        nice = max(-20, min(19, nice))
        if self._process.euid and nice < task.nice:
            raise KernelError(13)
        task.static_prio = st.DEFAULT_PRIO + nice
        self._sched.change(task)

    @_call
    def sched_getscheduler(self, pid: int) -> tuple[int, int]:
        """Give a task's policy and real-time priority."""
        task = self._task(pid)
        return task.policy, task.rt_priority

    @_call
    def sched_setscheduler(self, pid: int, policy: int, priority: int) -> None:
        """Set a task's policy and real-time priority."""
        task = self._task(pid)
        realtime = policy in (st.SCHED_FIFO, st.SCHED_RR)
        if (realtime and not 1 <= priority <= 99) or (not realtime and priority):
            raise KernelError(EINVAL)
        if realtime and self._process.euid:
            raise KernelError(EPERM)
        self._may_change(task)
        task.policy = policy
        task.rt_priority = priority
        self._sched.change(task)

    @_call
    def sched_getaffinity(self, pid: int) -> int:
        """Give the mask of CPUs a task may run on."""
        return self._task(pid).cpus_mask & self._sched.all_cpus_mask

    @_call
    def sched_setaffinity(self, pid: int, mask: int) -> None:
        """Set the mask of CPUs a task may run on."""
        task = self._task(pid)
        self._may_change(task)
        mask &= self._sched.all_cpus_mask
        if not mask or task.flags & st.PF_NO_SETAFFINITY:
            raise KernelError(EINVAL)
        task.cpus_mask = mask
        self._sched.change(task)

    @_call
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

    @_call
    def sleep_until(self, time_ns: int) -> None:
        """Sleep until a time since boot; a handled signal cuts it short. May sleep."""
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

    @_call
    def sethostname(self, name: str) -> None:
        """Set the host's name."""
        if self._process.euid:
            raise KernelError(EPERM)
        self._kernel.sysctls.hostname = name

    def cpus_online(self) -> int:
        """Give the number of CPUs."""
        return len(self._sched.cpus)

    # -- Modules --------------------------------------------------------------------------------

    @_call
    def sys_finit_module(self, fd: int, args: str, flags: int = 0) -> None:
        """Load a module from an open file. May sleep.

        Args:
            fd: of the .ko.
            args: its command line.
            flags: 3 to ignore versions.
        """
        file = self._process.file(fd)
        inode = file.inode
        if isinstance(inode, Directory):
            raise KernelError(21)
        if not isinstance(inode, RegularFile):
            raise KernelError(EINVAL)
        self._kernel.modules.load_module(inode.read_at(0, inode.size()), args, force=bool(flags))

    @_call
    def sys_delete_module(self, name: str, flags: int) -> None:
        """Unload a module. May sleep."""
        self._kernel.modules.delete_module(name, flags)

    # -- The kernel log ---------------------------------------------------------------------------

    @_call
    def syslog(self, action: int, value: int = 0) -> Any:
        """Read and control the kernel log as syslog(2) does.

        Args:
            action: 3 read all, 4 read all and clear, 5 clear, 6 console off, 7 console on, 8 set the
                console's level, 9 and 10 sizes.
            value: the level.

        Returns:
            bytes for 3 and 4, numbers for 9 and 10.
        """
        kernel = self._kernel
        printk = kernel.printk
        root = self._process.euid == 0
        if not root and (kernel.sysctls.dmesg_restrict or action not in (3, 10)):
            raise KernelError(EPERM)
        if action in (3, 4):
            from vshell.kernel.printk import stamp_text  # noqa: PLC0415 - rarely needed

            lines = []
            for record in printk.records(printk.clear_sequence):
                head = f"<{record.facility << 3 | record.level}>{stamp_text(record.time_ns)}"
                lines += [head + line + "\n" for line in record.text.split("\n")]
            if action == 4:
                printk.clear_sequence = printk.end_sequence
            return "".join(lines).encode("utf-8", "surrogateescape")
        if action == 5:
            printk.clear_sequence = printk.end_sequence
        elif action == 6:
            if printk.saved_loglevel < 0:
                printk.saved_loglevel = printk.console_loglevel
            printk.console_loglevel = 1
        elif action == 7:
            if printk.saved_loglevel >= 0:
                printk.console_loglevel = printk.saved_loglevel
                printk.saved_loglevel = -1
        elif action == 8:
            if not 1 <= value <= 8:
                raise KernelError(EINVAL)
            printk.console_loglevel = value
            printk.saved_loglevel = -1
        elif action in (9, 10):
            return printk.buffer_bytes()
        else:
            raise KernelError(EINVAL)
        return None

    @_call
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
