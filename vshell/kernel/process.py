"""User processes: fork, exec, exit, wait, rights, descriptors, signals.

A process is a task whose code is a program: a Python function ``main(argv, sys)`` that knows
nothing but its system calls. fork() cannot copy a stack here, so it takes the function that the
child is to run, as clone(2) does in C; exec() unwinds the stack and starts the new program on it.

A signal is noted when it is sent and acted upon when the process is about to leave the kernel,
as on Linux; a process that sleeps uninterruptibly therefore dies only when its system call
ends (Real: 11-loading-states).

More than 400 lines, one idea: a process's life, descriptors and signals hang on each other.
"""

from __future__ import annotations

from vshell.abi import signals as sg
from vshell.abi import state as st
from vshell.abi.errno import (
    EACCES,
    EAGAIN,
    EBADF,
    ECHILD,
    EINTR,
    ELOOP,
    EMFILE,
    ENOEXEC,
    EPERM,
    ESRCH,
    KernelError,
    strerror,
)
from vshell.abi.signals import SIG_DFL, SIG_IGN, mask_of
from vshell.kernel import costs
from vshell.kernel.context import TaskExit, VshellBug
from vshell.kernel.inode import MAY_EXEC, S_ISUID, Directory, File, RegularFile
from vshell.kernel.process_memory import memory_of, oom_kill
from vshell.kernel.wait import WaitQueue

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import NoReturn

    from vshell.kernel.core import Kernel
    from vshell.kernel.ptrace import Tracer
    from vshell.kernel.syscall import Sys
    from vshell.kernel.task import Task
    from vshell.kernel.tty import Tty

    Main = Callable[[list[str], Sys], int]
    Handler = Callable[[int], None]

__all__ = [
    "DESCRIPTORS_MAX",
    "PROGRAM_MAGIC",
    "WCONTINUED",
    "WNOHANG",
    "WUNTRACED",
    "Exec",
    "Process",
    "ProcessExit",
    "Processes",
]

PROGRAM_MAGIC = b"\x7fELF\x02\x01\x01"
_PROGRAM_MARK = b"vshell program: "
DESCRIPTORS_MAX = 1024
_PROCESSES_MAX = 30_000
_SCRIPT_DEPTH_MAX = 5

WNOHANG, WUNTRACED, WCONTINUED = 1, 2, 8

# What does not end a process at once: it stops it, is ignored, or dumps its core first.
_NOT_FATAL = sg.STOPPING | sg.IGNORED_BY_DEFAULT | sg.DUMPING


class ProcessExit(TaskExit):
    """Control: the process ends with this wait status."""

    def __init__(self, status: int) -> None:
        """End with a wait status: exit code << 8, or the number of a signal."""
        super().__init__(status)
        self.status = status


class Exec(TaskExit):
    """Control: the process goes on with another program."""

    def __init__(self, main: Main, argv: list[str]) -> None:
        """Run ``main(argv, sys)`` from the bottom of the stack."""
        super().__init__()
        self.main = main
        self.argv = argv


class Process:
    """A task of userland, and what it owns."""

    def __init__(self, kernel: Kernel, task: Task, cwd: Directory) -> None:
        """Make the process of a task; the caller hands on what it inherits."""
        self.kernel = kernel
        self.task = task
        self.argv: list[str] = []
        self.environ: dict[str, str] = {}
        self.exe = ""
        self.cwd = cwd
        self.umask = 0o022
        self.uid = self.euid = self.suid = 0
        self.gid = self.egid = 0
        self.groups: list[int] = []
        self.files: dict[int, File] = {}
        self.cloexec: set[int] = set()
        self.pgid = task.pid
        self.sid = task.pid
        self.tty: Tty | None = None
        self.parent: Process | None = None
        self.children: list[Process] = []
        self.child_changed = WaitQueue()
        self.exit_status = 0
        self.stop_signal = 0
        self.stop_reported = True
        self.continued = False
        self.handlers: dict[int, int | Handler] = {}
        self.handled = 0
        self.vsz_kib = 0
        self.rss_kib = 0
        self.children_ns = 0
        self.execed = False
        self.alarm: object = None
        self.tracer: Tracer | None = None

    @property
    def pid(self) -> int:
        """The process's number."""
        return self.task.pid

    def file(self, fd: int) -> File:
        """Find an open file.

        Raises:
            KernelError: EBADF.
        """
        found = self.files.get(fd)
        if found is None:
            raise KernelError(EBADF)
        return found

    def install(self, file: File, lowest: int = 0) -> int:
        """Give an open file the lowest free descriptor.

        Raises:
            KernelError: EMFILE.
        """
        fd = lowest
        while fd in self.files:
            fd += 1
        if fd >= DESCRIPTORS_MAX:
            raise KernelError(EMFILE)
        self.files[fd] = file
        file.users += 1
        return fd

    def close(self, fd: int) -> None:
        """Close a descriptor."""
        file = self.file(fd)
        del self.files[fd]
        self.cloexec.discard(fd)
        file.users -= 1
        if file.users == 0:
            file.release()

    def disposition(self, signal: int) -> int | Handler:
        """Give SIG_DFL, SIG_IGN or the function that handles a signal."""
        return self.handlers.get(signal, SIG_DFL)

    def update_signal_masks(self) -> None:
        """Bring the task's ignored and caught masks in line with the handlers."""
        task = self.task
        task.sig_ignored = task.sig_caught = 0
        for signal, handler in self.handlers.items():
            if handler == SIG_IGN:
                task.sig_ignored |= mask_of(signal)
            elif handler != SIG_DFL:
                task.sig_caught |= mask_of(signal)


class Processes:
    """All processes of a kernel."""

    def __init__(self, kernel: Kernel) -> None:
        """Start with none; the host makes init."""
        self._kernel = kernel
        self._by_pid: dict[int, Process] = {}
        self.init: Process | None = None
        self.load_program: Callable[[str], Main] | None = None
        self.make_sys: Callable[[Process], Sys] | None = None
        self.on_exit: Callable[[Process], None] = lambda _process: None

    def __iter__(self) -> Iterator[Process]:
        """Go through all processes by rising pid, zombies included."""
        return iter([self._by_pid[pid] for pid in sorted(self._by_pid)])

    def forget(self, task: Task) -> None:
        """Take note that a task is gone for good."""
        self._by_pid.pop(task.pid, None)

    # -- Birth ----------------------------------------------------------------------------------

    def add_idle(self, pid: int, argv: list[str], exe: str, cwd: Directory) -> Process:
        """Make a process that only sleeps: it has a line in ps and no stack."""
        kernel = self._kernel
        task = kernel.new_task(exe.rpartition("/")[2] or argv[0], pid=pid)
        process = task.process = self._by_pid[pid] = Process(kernel, task, cwd)
        process.argv = argv
        process.exe = exe
        process.vsz_kib, process.rss_kib = memory_of(exe)
        # Nobody is there to wait for its children.
        process.handlers[sg.SIGCHLD] = SIG_IGN
        task.state = st.TASK_INTERRUPTIBLE
        return process

    def new_session(self, pid: int | None, argv: list[str], exe: str, cwd: Directory) -> Process:
        """Make a process with a session of its own; start() lets it run.

        It is root's and has no descriptors.

        Args:
            pid: None for the next one.
            argv: its arguments.
            exe: the path of its program.
            cwd: its directory.
        """
        task = self._kernel.new_task(exe.rpartition("/")[2], pid=pid)
        process = task.process = self._by_pid[task.pid] = Process(self._kernel, task, cwd)
        process.argv = list(argv)
        process.exe = exe
        process.vsz_kib, process.rss_kib = memory_of(exe)
        process.execed = True
        return process

    def fork(self, parent: Process, entry: Callable[[Sys], int]) -> Process:
        """Make a child that runs ``entry(sys)`` and ends with what it returns.

        Raises:
            KernelError: EAGAIN.
        """
        kernel = self._kernel
        kernel.sched.charge(costs.FORK_NS)
        # Whom a signal to its group has just killed makes no child that would survive it.
        # Linux: kernel/fork.c copy_process() (v6.1).
        if parent.task.signal_pending():
            self.deliver_signals(parent)
        if len(self._by_pid) >= _PROCESSES_MAX:
            raise KernelError(EAGAIN)
        task = kernel.new_task(parent.task.comm)
        child = self._inherit(parent, task)
        if kernel.trace.on:
            sched = kernel.sched
            event = (sched.now_ns, sched.cpu.id, parent.pid, "sched_process_fork")
            kernel.trace.emit((*event, parent.task.name, parent.pid, task.name, task.pid))
        self.start(child, lambda _argv, sys: entry(sys), [])
        return child

    def _inherit(self, parent: Process, task: Task) -> Process:
        child = task.process = self._by_pid[task.pid] = Process(self._kernel, task, parent.cwd)
        child.argv = list(parent.argv)
        child.environ = dict(parent.environ)
        for name in ("exe", "umask", "uid", "euid", "suid", "gid", "egid", "pgid", "sid", "tty"):
            setattr(child, name, getattr(parent, name))
        for name in ("vsz_kib", "rss_kib"):
            setattr(child, name, getattr(parent, name))
        child.groups = list(parent.groups)
        child.handlers = dict(parent.handlers)
        child.cloexec = set(parent.cloexec)
        for fd, file in parent.files.items():
            child.files[fd] = file
            file.users += 1
        child.parent = parent
        parent.children.append(child)
        task.parent = parent.task
        task.sig_blocked = parent.task.sig_blocked
        task.static_prio = parent.task.static_prio
        task.policy = parent.task.policy
        task.rt_priority = parent.task.rt_priority
        task.cpus_mask = parent.task.cpus_mask
        task.set_priorities()
        child.update_signal_masks()
        return child

    def start(self, process: Process, main: Main, argv: list[str]) -> None:
        """Give a process its stack and make it runnable."""
        kernel = self._kernel
        assert self.make_sys is not None
        sys = self.make_sys(process)
        kernel.kthreads.spawn(process.task, lambda: self._bottom(process, main, argv, sys))
        kernel.sched.wake_up_new_task(process.task)

    # The bottom of every process's stack.
    def _bottom(self, process: Process, main: Main, argv: list[str], sys: Sys) -> None:
        while True:
            try:
                status = (main(argv, sys) & 0xFF) << 8
            except Exec as following:
                main, argv = following.main, following.argv
                continue
            except ProcessExit as leaving:
                status = leaving.status
            except (TaskExit, VshellBug):
                raise
            except RecursionError:
                # A program that calls itself without end comes to the end of its stack.
                status = sg.SIGSEGV
            except MemoryError:
                status = oom_kill(process)
            except KernelError as error:
                self._complain(process, argv, error)
                status = 1 << 8
            except Exception as error:
                if self._kernel.stops_on(error):
                    raise
                name = argv[0] if argv else process.task.comm
                raise VshellBug(
                    f"program {name!r} failed: {type(error).__name__}: {error}"
                ) from error
            break
        try:
            self._exit(process, status)
        except ProcessExit:
            return

    def _complain(self, process: Process, argv: list[str], error: KernelError) -> None:
        try:
            name = argv[0] if argv else process.task.comm
            process.file(2).write(f"{name}: {strerror(error.errno)}\n".encode())
        except KernelError:
            return

    # -- exec -----------------------------------------------------------------------------------

    def exec(
        self, process: Process, path: str, argv: list[str], environ: dict[str, str]
    ) -> NoReturn:
        """Replace the calling process's program.

        Raises:
            Exec: it goes on there.
            KernelError: as execve(2).
        """
        kernel = self._kernel
        kernel.sched.charge(costs.EXEC_NS)
        main, argv, exe, setuid = self._find_program(process, path, argv, _SCRIPT_DEPTH_MAX)
        process.argv = argv
        process.environ = environ
        process.exe = exe
        process.execed = True
        kernel.set_task_comm(process.task, path.rstrip("/").rpartition("/")[2])
        process.vsz_kib, process.rss_kib = memory_of(exe)
        # Linux: security/commoncap.c cap_bprm_creds_from_file() (v6.1): not under a tracer.
        if setuid is not None and (process.tracer is None or not process.euid):
            process.euid = process.suid = setuid
        for fd in sorted(process.cloexec):
            process.close(fd)
        # Handlers belong to the old program; what is ignored stays ignored.
        process.handlers = {s: h for s, h in process.handlers.items() if h == SIG_IGN}
        process.update_signal_masks()
        if kernel.trace.on:
            sched = kernel.sched
            event = (sched.now_ns, sched.cpu.id, process.pid, "sched_process_exec")
            kernel.trace.emit((*event, exe, process.pid))
        raise Exec(main, argv)

    def _find_program(
        self, process: Process, path: str, argv: list[str], depth: int
    ) -> tuple[Main, list[str], str, int | None]:
        vfs = self._kernel.vfs
        inode = vfs.resolve(process, path)
        if isinstance(inode, Directory) or not inode.may(process, MAY_EXEC):
            raise KernelError(EACCES)
        if not isinstance(inode, RegularFile):
            raise KernelError(EACCES)
        head = inode.read_at(0, 256)
        if head.startswith(PROGRAM_MAGIC) and _PROGRAM_MARK in head:
            name = head.partition(_PROGRAM_MARK)[2].split(b"\n")[0].decode()
            assert self.load_program is not None
            setuid = inode.uid if inode.permissions & S_ISUID else None
            return self.load_program(name), argv, path, setuid
        if head.startswith(b"#!"):
            if not depth:
                raise KernelError(ELOOP)
            line = head[2:].split(b"\n")[0].decode("utf-8", "surrogateescape").strip()
            interpreter, _, argument = line.partition(" ")
            if not interpreter:
                raise KernelError(ENOEXEC)
            argument = argument.strip()
            rest = [argument] if argument else []
            return self._find_program(
                process, interpreter, [interpreter, *rest, path, *argv[1:]], depth - 1
            )
        raise KernelError(ENOEXEC)

    # -- Death and waiting ------------------------------------------------------------------------

    def _exit(self, process: Process, status: int) -> None:
        kernel = self._kernel
        task = process.task
        if not kernel.dying:
            kernel.sched.charge(costs.EXIT_NS)
        task.flags |= st.PF_EXITING
        process.exit_status = status
        task.exit_code = status
        if process.tracer is not None:
            process.tracer.ended(process, status)
        for fd in sorted(process.files):
            process.close(fd)
        for child in list(process.children):
            self._reparent(child)
        process.children.clear()
        self.on_exit(process)
        parent = process.parent
        unwanted = parent is None or parent.disposition(sg.SIGCHLD) == SIG_IGN
        if unwanted and parent is not None:
            parent.children.remove(process)
        if not unwanted and parent is not None:
            self.send_signal(parent.task, sg.SIGCHLD)
            kernel.waits.wake_up(parent.child_changed, exclusive_max=0)
        kernel.bury(task, autoreap=unwanted)

    def _reparent(self, child: Process) -> None:
        init = self.init
        child.parent = init
        child.task.parent = init.task if init is not None else None
        if init is None or (child.task.exit_state and init.disposition(sg.SIGCHLD) == SIG_IGN):
            if child.task.exit_state:
                self._kernel.release(child.task)
            return
        init.children.append(child)
        if child.task.exit_state:
            self._kernel.waits.wake_up(init.child_changed, exclusive_max=0)

    def do_wait(self, process: Process, pid: int, options: int) -> tuple[int, int]:
        """Wait for a child to end, stop or go on.

        Args:
            process: the caller.
            pid: a child, -1 for any, 0 for any of the caller's group, -g for any of group g.
            options: WNOHANG, WUNTRACED, WCONTINUED.

        Returns:
            The child's pid and wait status; pid 0 with WNOHANG when nothing has happened.

        Raises:
            KernelError: ECHILD, EINTR.
        """
        kernel = self._kernel
        found: list[tuple[int, int]] = []

        def look() -> bool:
            waited_for = [c for c in process.children if _matches(process, c, pid)]
            if not waited_for:
                raise KernelError(ECHILD)
            report = self._report(waited_for, options)
            if report is not None:
                found.append(report)
            return bool(found)

        if look():
            return found[0]
        if options & WNOHANG:
            return 0, 0
        status = kernel.waits.wait_event(process.child_changed, look, st.TASK_INTERRUPTIBLE)
        if status < 0:
            raise KernelError(EINTR)
        return found[0]

    def _report(self, children: list[Process], options: int) -> tuple[int, int] | None:
        for child in children:
            if child.task.exit_state == st.EXIT_ZOMBIE:
                parent = child.parent
                assert parent is not None
                parent.children.remove(child)
                parent.children_ns += child.task.sum_exec_ns + child.children_ns
                self._kernel.release(child.task)
                return child.pid, child.exit_status
            if options & WUNTRACED and not child.stop_reported:
                child.stop_reported = True
                return child.pid, child.stop_signal << 8 | 0x7F
            if options & WCONTINUED and child.continued:
                child.continued = False
                return child.pid, 0xFFFF
        return None

    def die_by_signal(self, task: Task, signal: int) -> NoReturn:
        """End the current process as if a signal had killed it.

        A system call of its has met a fault.

        Raises:
            ProcessExit: always.
        """
        del task
        raise ProcessExit(signal)

    # -- Signals --------------------------------------------------------------------------------

    def kill(self, sender: Process, pid: int, signal: int) -> None:
        """Send a signal, as the system call does.

        Args:
            sender: whose rights count.
            pid: a task, 0 for the sender's group, -g for group g, -1 for all that may be signalled.
            signal: 1 to 64, 0 to ask only whether one may.

        Raises:
            KernelError: ESRCH, EPERM, EINVAL.
        """
        if pid > 0:
            task = self._kernel.tasks.get(pid)
            if task is None:
                raise KernelError(ESRCH)
            self._kill_one(sender, task, signal)
            return
        group = sender.pgid if pid == 0 else -pid
        targets = [p for p in self if p.pgid == group]
        if pid == -1:
            targets = [p for p in self if p.pid > 1 and p is not sender]
        if not targets:
            raise KernelError(ESRCH)
        allowed = [p for p in targets if _may_signal(sender, p.task)]
        if not allowed:
            raise KernelError(EPERM)
        if signal:
            for process in allowed:
                self.send_signal(process.task, signal)

    def _kill_one(self, sender: Process, task: Task, signal: int) -> None:
        if not _may_signal(sender, task) and not (
            signal == sg.SIGCONT and task.process is not None and task.process.sid == sender.sid
        ):
            raise KernelError(EPERM)
        if signal:
            self.send_signal(task, signal)

    def signal_group(self, pgid: int, signal: int) -> None:
        """Send a signal to every process of a group."""
        for process in list(self):
            if process.pgid == pgid:
                self.send_signal(process.task, signal)

    def send_signal(self, task: Task, signal: int, *, to_thread: bool = False) -> None:
        """Send a signal to a task; it acts upon it when it leaves the kernel.

        Args:
            task: whom.
            signal: 1 to 64.
            to_thread: whether a kernel thread gets it as its own, not as its process's.
        """
        if task.exit_state:
            return
        sched = self._kernel.sched
        bit = mask_of(signal)
        if self._kernel.trace.on:
            event = (sched.now_ns, sched.cpu.id, sched.current.pid, "signal_generate")
            self._kernel.trace.emit((*event, signal, task.name, task.pid))
        process = task.process
        if process is None:
            if not task.sig_ignored & bit:
                if to_thread:
                    task.sig_pending |= bit
                else:
                    task.shared_pending |= bit
                sched.try_to_wake_up(task, st.TASK_INTERRUPTIBLE)
            return
        if process is self.init and process.disposition(signal) == SIG_DFL:
            return
        if signal in (sg.SIGCONT, sg.SIGKILL):
            self._continue(process, signal)
        handler = process.disposition(signal)
        ignored = handler == SIG_IGN or (handler == SIG_DFL and signal in sg.IGNORED_BY_DEFAULT)
        if ignored and signal not in (sg.SIGKILL, sg.SIGSTOP) and not task.sig_blocked & bit:
            return
        task.shared_pending |= bit
        states = st.TASK_INTERRUPTIBLE
        if process.stop_signal and signal != sg.SIGKILL:
            # Linux: kernel/signal.c wants_signal() (v6.1): it is taken when the process goes on.
            return
        fatal = handler == SIG_DFL and signal not in _NOT_FATAL
        if signal == sg.SIGKILL or (fatal and not task.sig_blocked & bit):
            # Linux: kernel/signal.c complete_signal() (v6.1): what ends the process counts as
            # SIGKILL for the sleeps that only SIGKILL ends.
            task.sig_pending |= mask_of(sg.SIGKILL)
            if not process.exit_status:
                process.exit_status = signal
            states |= st.TASK_WAKEKILL
        sched.try_to_wake_up(task, states)

    def _continue(self, process: Process, signal: int) -> None:
        task = process.task
        for stopping in sg.STOPPING:
            task.shared_pending &= ~mask_of(stopping)
        if process.stop_signal:
            process.stop_signal = 0
            process.stop_reported = True
            if signal == sg.SIGCONT:
                process.continued = True
                if process.parent is not None:
                    self._kernel.waits.wake_up(process.parent.child_changed, exclusive_max=0)
            self._kernel.sched.try_to_wake_up(task, st.TASK_STOPPED & ~st.TASK_WAKEKILL)

    def deliver_signals(self, process: Process) -> bool:
        """Act upon the signals that wait for the current process.

        It is about to leave the kernel.

        Returns:
            Whether a handler of the program ran.

        Raises:
            ProcessExit: a signal ended it.
        """
        task = process.task
        ran = False
        while True:
            waiting = (task.shared_pending | task.sig_pending) & ~task.sig_blocked
            if not waiting:
                return ran
            signal = (waiting & -waiting).bit_length()
            if waiting & mask_of(sg.SIGKILL):
                if process.tracer is not None:
                    process.tracer.signalled(process, process.exit_status or sg.SIGKILL)
                raise ProcessExit(process.exit_status or sg.SIGKILL)
            task.shared_pending &= ~mask_of(signal)
            task.sig_pending &= ~mask_of(signal)
            handler = process.disposition(signal)
            if process.tracer is not None:
                process.tracer.signalled(process, signal)
            if not isinstance(handler, int):
                ran = True
                process.handled += 1
                blocked = task.sig_blocked
                task.sig_blocked |= mask_of(signal)
                try:
                    handler(signal)
                finally:
                    task.sig_blocked = blocked
            elif handler == SIG_IGN or signal in sg.IGNORED_BY_DEFAULT:
                continue
            elif signal in sg.STOPPING:
                # Linux: kernel/signal.c get_signal() (v6.1): nobody could ever let it go on.
                if signal == sg.SIGSTOP or not self.is_orphaned(process.pgid):
                    self.do_signal_stop(process, signal)
            else:
                raise ProcessExit(signal)

    def is_orphaned(self, pgid: int) -> bool:
        """Tell whether no shell looks after a group.

        No member has a parent in another group of its session.
        """
        members = [p for p in self if p.pgid == pgid and not p.task.exit_state]
        parents = [(p.parent, p.sid) for p in members if p.parent is not None]
        return not any(
            parent.pgid != pgid and parent.sid == sid and parent is not self.init
            for parent, sid in parents
        )

    def do_signal_stop(self, process: Process, signal: int) -> None:
        """Stop the current process until SIGCONT. May sleep."""
        kernel = self._kernel
        process.stop_signal = signal
        process.stop_reported = False
        process.continued = False
        parent = process.parent
        if parent is not None:
            self.send_signal(parent.task, sg.SIGCHLD)
            kernel.waits.wake_up(parent.child_changed, exclusive_max=0)
        while process.stop_signal:
            process.task.state = st.TASK_STOPPED
            kernel.sched.schedule()
            if process.task.sig_pending & mask_of(sg.SIGKILL):
                return


def _matches(process: Process, child: Process, pid: int) -> bool:
    if pid > 0:
        return child.pid == pid
    if pid == -1:
        return True
    return child.pgid == (process.pgid if pid == 0 else -pid)


def _may_signal(sender: Process, task: Task) -> bool:
    if sender.euid == 0:
        return True
    target = task.process
    if target is None:
        return False
    return sender.euid in (target.uid, target.suid) or sender.uid in (target.uid, target.suid)
