"""A host: a kernel, its files, its programs and its sessions, put together from settings.

Nothing else knows all the parts. A host is an object with no state outside itself; several live in
one process. It runs in whatever thread calls ``run``; ``machine.thread`` gives it one of its own.
"""

from __future__ import annotations

import os
from importlib import import_module

from vshell.abi.errno import KernelError
from vshell.abi.signals import SIGCONT, SIGHUP
from vshell.kernel import devices, procfs, sysfs
from vshell.kernel.core import Kernel
from vshell.kernel.inode import O_RDWR, Directory, RegularFile
from vshell.kernel.policy import Fifo, Seeded
from vshell.kernel.syscall import Sys
from vshell.kernel.tty import Tty, TtyFile
from vshell.machine import tree
from vshell.machine.accounts import groups_of, owners
from vshell.machine.clock import add_clock
from vshell.machine.failure import HostFailure
from vshell.machine.settings import HostSettings
from vshell.machine.vmlinux import Vmlinux
from vshell.machine.workspace import Workspace

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from vshell.kernel.inode import File
    from vshell.kernel.policy import Policy
    from vshell.kernel.process import Process

    Main = Callable[[list[str], Sys], int]

__all__ = ["Host", "default_workspace", "load_settings"]

_PACKAGE = os.path.dirname(os.path.dirname(__file__))
_NSEC_PER_SEC = 1_000_000_000
_INSTALLED_BEFORE_NS = 7 * 24 * 3600 * _NSEC_PER_SEC
_TTYS = {"pts": 136, "ttyS": 4}


def load_settings(path: str | None) -> HostSettings:
    """Read a host file.

    Args: path: of a YAML file, or the name of a profile that comes with vshell; None for the
        default host.

    Raises:
        SettingsError: it cannot be read, or says something that cannot be.
    """
    if path is None:
        return HostSettings()
    from vshell.machine.host_file import read_host_file  # noqa: PLC0415 - only with a host file

    return read_host_file(path)


def default_workspace() -> str:
    """Give the directory of the modules that come with vshell."""
    installed = f"{_PACKAGE}/modules"
    return (
        installed
        if os.path.isdir(installed)
        else os.path.join(os.path.dirname(_PACKAGE), "modules")
    )


class Host:
    """One virtual host."""

    def __init__(
        self,
        settings: HostSettings | None = None,
        *,
        workspace: str | None = None,
        write: bool = False,
        policy: Policy | None = None,
    ) -> None:
        """Put a host together and boot it; its clock then stands at the session's beginning.

        Args:
            settings: None for the default host's.
            workspace: a real directory that becomes the home directory; None for the modules that
            come along.
            write: whether what the host writes there goes to the disk.
            policy: None for what the settings' seed says.
        """
        self.settings = settings = settings or HostSettings()
        if policy is None:
            policy = Fifo() if settings.seed < 0 else Seeded(settings.seed)
        config = settings.kernel_config()
        session_ns, config.uptime_ns = config.uptime_ns, 0
        self.kernel = kernel = Kernel(config, policy)
        self.exit_statuses: dict[int, int] = {}
        self.ttys: list[Tty] = []
        kernel.modules.linker = Vmlinux(kernel).link
        kernel.processes.load_program = self._load_program
        kernel.processes.make_sys = Sys
        kernel.processes.on_exit = self._note_exit
        self._programs: dict[str, Main] = {}
        self._lay_out(workspace or default_workspace(), write=write)
        self._boot(session_ns)

    # -- Putting together -------------------------------------------------------------------------

    def _load_program(self, name: str) -> Main:
        found = self._programs.get(name)
        if found is None:
            path = "vshell.shell.bash" if name == "bash" else f"vshell.usr.{name}"
            found = self._programs[name] = import_module(path).main
        return found

    def _lay_out(self, workspace: str, *, write: bool) -> None:
        kernel, settings = self.kernel, self.settings
        vfs = kernel.vfs
        installed_ns = kernel.config.boot_wall_ns - _INSTALLED_BEFORE_NS
        vfs.installing_ns = installed_ns
        tree.install(kernel, settings)
        home = Workspace(
            vfs, uid=settings.uid, gid=settings.gid, installed_ns=installed_ns, write=write
        )
        vfs.place(settings.home_directory, home.root(workspace))
        vfs.installing_ns = None
        devices.populate(kernel)
        procfs.populate(kernel)
        tree.add_why(kernel)
        tree.add_panel(kernel)
        self.clock = add_clock(kernel, tree.vshell_folder(kernel))
        self.clock.rate = float(settings.speed)
        sysfs.populate(kernel)
        tree.add_tracing(kernel)

    def _boot(self, session_ns: int) -> None:
        kernel, settings = self.kernel, self.settings
        kernel.kthreads.start()
        states = {"S": 1, "I": 0x402}
        for line in settings.kernel_threads.splitlines():
            pid, letter, nice, name = line.split(maxsplit=3)
            kernel.kthreads.add_idle(name, int(pid), states[letter], int(nice))
        kernel.watchdog.start_khungtaskd(settings.khungtaskd_pid)
        facts = settings.facts()
        for line in settings.boot_log.splitlines():
            seconds, level, text = line.split(" ", 2)
            self.run_to(round(float(seconds) * _NSEC_PER_SEC))
            kernel.printk.emit(int(level.strip("<>")), text.format(**facts))
        owner_of = owners(settings) if settings.services else {}
        for line in settings.services.splitlines():
            pid, ppid, user, _, command = line.split(maxsplit=4)
            # Whoever is not known is the session's user, whatever the host file calls him.
            uid, gid = owner_of.get(user, (settings.uid, settings.gid))
            process = self._add_service(int(pid), int(ppid), command)
            process.uid = process.euid = process.suid = uid
            process.gid = process.egid = gid
        self.run_to(session_ns)
        # What led to a thread's state is asked for afterwards (machine.why).
        kernel.trace.start()

    def _add_service(self, pid: int, ppid: int, command: str) -> Process:
        kernel = self.kernel
        argv = command.split()
        name = "systemd" if pid == 1 else argv[0].rpartition("/")[2].strip("@:")
        process = kernel.processes.add_idle(pid, argv, f"/usr/bin/{name}", kernel.vfs.root)
        process.task.start_ns = (pid + 90) * 10_000_000
        for other in kernel.processes:
            if other.pid == ppid:
                process.parent = other
                process.task.parent = other.task
                other.children.append(process)
        if pid == 1:
            kernel.processes.init = process
        return process

    # -- Sessions ---------------------------------------------------------------------------------

    def add_terminal(self) -> Tty:
        """Add a terminal to the host; the first is the settings', the next ones are pts/N."""
        settings = self.settings
        if not self.ttys:
            name = settings.terminal
        else:
            number = len(self.ttys) + (0 if settings.terminal.startswith("pts/") else -1)
            name = f"pts/{number}"
        kind = name.rstrip("0123456789").rstrip("/")
        digits = name[len(name.rstrip("0123456789")) :] or "0"
        base = 64 if kind == "ttyS" else 0
        tty = Tty(self.kernel, name, (_TTYS.get(kind, 4), base + int(digits)))
        tty.columns, tty.rows = settings.columns, settings.rows
        devices.add_tty(self.kernel, tty, settings.uid)
        if not self.ttys and settings.console:
            self.kernel.printk.console = lambda text: tty.output(
                text.encode("utf-8", "surrogateescape")
            )
        self.ttys.append(tty)
        return tty

    def open_session(
        self, argv: list[str], tty: Tty, files: list[File] | None = None, main: Main | None = None
    ) -> Process:
        """Start a session: a process that leads it, on a terminal, in the start folder.

        Args:
            argv: of bash.
            tty: its terminal.
            files: descriptors 0, 1, 2; None for the terminal.
            main: what it runs; None for bash.

        Returns:
            The process; its wait status will be in ``exit_statuses``.
        """
        kernel, settings = self.kernel, self.settings
        processes = kernel.processes
        is_init = settings.init == "shell" and processes.init is None
        process = processes.new_session(
            1 if is_init else None, argv, "/usr/bin/bash", self._start_folder()
        )
        process.environ = self._environment(tty)
        process.uid = process.euid = process.suid = settings.uid
        process.gid = process.egid = settings.gid
        process.groups = groups_of(settings)
        process.tty = tty
        tty.session = tty.foreground = process.pid
        for file in files or [TtyFile(None, O_RDWR, tty)] * 3:
            process.install(file)
        if is_init:
            # It is as old as the system.
            process.task.start_ns = 0
            processes.init = process
        else:
            services = [one for one in processes if one.handlers and one.task.context is None]
            parent = services[-1] if services else processes.init
            if parent is not None:
                process.parent = parent
                process.task.parent = parent.task
                parent.children.append(process)
        processes.start(process, main or self._load_program("bash"), argv)
        return process

    def hang_up(self, tty: Tty) -> None:
        """Close a terminal from outside; its session, bash and all its jobs, gets SIGHUP."""
        processes = self.kernel.processes
        tty.output = lambda _data: None
        tty.hang_up()
        # A bash would pass the signal on to its jobs.
        for process in [one for one in processes if one.sid == tty.session]:
            processes.send_signal(process.task, SIGHUP)
            processes.send_signal(process.task, SIGCONT)

    def _start_folder(self) -> Directory:
        vfs, settings = self.kernel.vfs, self.settings
        home = vfs.make_directories(settings.home_directory)
        folder = home.lookup(settings.folder) if settings.folder else None
        return folder if isinstance(folder, Directory) else home

    def _environment(self, tty: Tty) -> dict[str, str]:
        settings = self.settings
        # A shell that is process 1 has nobody who would have set a locale for it.
        locale = {"LANG": "C.UTF-8"} if settings.init != "shell" else {}
        return locale | {
            "SHELL": "/bin/bash",
            "HOME": settings.home_directory,
            "LOGNAME": settings.user,
            "USER": settings.user,
            "TERM": "linux" if tty.name.startswith("ttyS") else "xterm-256color",
            "PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
            "PS1": settings.prompt,
        }

    def _note_exit(self, process: Process) -> None:
        if (
            process.sid == process.pid
            and process.tty is not None
            and process.tty.session == process.pid
        ):
            self.exit_statuses[process.pid] = process.exit_status
            self.kernel.stop_requested = True

    def place_file(self, path: str, text: str) -> None:
        """Put one more file into the tree, in memory; it belongs to the session's user.

        Args:
            path: relative to the home directory, or absolute.
            text: what is in it; one that begins with "#!" can be executed.

        Raises:
            HostFailure: what is above it is no directory.
        """
        settings, vfs = self.settings, self.kernel.vfs
        whole = path if path.startswith("/") else f"{settings.home_directory}/{path}"
        folder, _, name = whole.rpartition("/")
        mode = 0o755 if text.startswith("#!") else 0o644
        data = text.encode("utf-8", "surrogateescape")
        try:
            parent = vfs.make_directories(folder, settings.uid, settings.gid)
            parent.add(name, RegularFile(vfs, mode, settings.uid, settings.gid, data))
        except (AssertionError, KernelError):
            raise HostFailure(f"{path}: cannot be a file there") from None

    # -- Time -------------------------------------------------------------------------------------

    def run_to(self, time_ns: int) -> None:
        """Let everything happen that is due before a virtual time, and come to that time."""
        self.kernel.run(time_ns)
        self.kernel.advance_to(time_ns)

    def shut_down(self) -> None:
        """Unwind all stacks; the host is done."""
        self.kernel.power_off()
