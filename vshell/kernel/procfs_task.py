"""/proc/PID: a directory per task.

Every file is computed when it is read. What concerns memory, namespaces and security modules is
there as on a machine that uses none of it. Source: fs/proc/base.c (v6.1), proc(5).
Real: 06-names, 07-ps-states.
"""

from __future__ import annotations

from vshell.abi.errno import EACCES, EINVAL, EIO, ENOENT, KernelError
from vshell.kernel import procfs_stat
from vshell.kernel.generated import DynamicLink, GeneratedDirectory, fixed_directory, text_file
from vshell.kernel.inode import S_IFIFO, ComputedFile, Directory, Inode
from vshell.kernel.stacktrace import task_stack, wchan

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from vshell.kernel.core import Kernel
    from vshell.kernel.inode import File
    from vshell.kernel.process import Process
    from vshell.kernel.task import Task
    from vshell.kernel.vfs import Vfs

__all__ = ["TaskDirectory"]

# Files that say the same of every task, and that which they say.
_FIXED = {
    "arch_status": "",
    "autogroup": "/autogroup-0 nice 0\n",
    "cpu_resctrl_groups": "",
    "cpuset": "/\n",
    "gid_map": "         0          0 4294967295\n",
    "io": "rchar: 0\nwchar: 0\nsyscr: 0\nsyscw: 0\nread_bytes: 0\nwrite_bytes: 0\n"
    "cancelled_write_bytes: 0\n",
    "ksm_merging_pages": "0\n",
    "ksm_stat": "ksm_rmap_items 0\n",
    "loginuid": "4294967295",
    "maps": "",
    "mountstats": "",
    "numa_maps": "",
    "oom_adj": "0\n",
    "oom_score": "0\n",
    "oom_score_adj": "0\n",
    "pagemap": "",
    "patch_state": "-1\n",
    "personality": "00000000\n",
    "projid_map": "         0          0 4294967295\n",
    "sessionid": "4294967295",
    "setgroups": "allow\n",
    "smaps": "",
    "smaps_rollup": "",
    "timens_offsets": "monotonic           0         0\nboottime            0         0\n",
    "timers": "",
    "timerslack_ns": "50000\n",
    "uid_map": "         0          0 4294967295\n",
}
# Namespaces in the order of their inode numbers; every task is in the first of each kind.
_NAMESPACES = {
    "cgroup": 4026531835,
    "ipc": 4026531839,
    "mnt": 4026531841,
    "net": 4026531840,
    "pid": 4026531836,
    "pid_for_children": 4026531836,
    "time": 4026531834,
    "time_for_children": 4026531834,
    "user": 4026531837,
    "uts": 4026531838,
}
_ATTRIBUTES = ("current", "exec", "fscreate", "keycreate", "prev", "sockcreate")


class TaskDirectory(GeneratedDirectory):
    """/proc/PID of one task."""

    def __init__(self, kernel: Kernel, task: Task) -> None:
        """Make the directory of a task."""
        super().__init__(kernel.vfs, list, lambda _name: None)
        self.task = task
        self._kernel = kernel
        entries: dict[str, Inode] = {}
        for name, text in _FIXED.items():
            entries[name] = text_file(self.vfs, lambda text=text: text)  # type: ignore[misc]
        for name, read in self._texts().items():
            entries[name] = text_file(self.vfs, read)
        self._add_others(entries)
        for name in sorted(entries):
            self.add(name, entries[name])
        self.parent = self.vfs.root

    def follow_owner(self) -> None:
        """Give all files the task's owner, whoever that is by now."""
        process = self.task.process
        owner = (process.euid, process.egid) if process is not None else (0, 0)
        if owner != (self.uid, self.gid):
            _give(self, *owner)

    def _texts(self) -> dict[str, Callable[[], str]]:
        kernel, task = self._kernel, self.task
        is_process = task.process is not None
        return {
            "cgroup": lambda: "0::/\n" if is_process else "",
            "cmdline": lambda: _cmdline(task),
            "coredump_filter": lambda: "00000033\n" if is_process else "",
            "limits": _limits,
            "mountinfo": self._mounts,
            "mounts": self._mounts,
            "sched": lambda: procfs_stat.sched_text(kernel, task),
            "schedstat": lambda: procfs_stat.schedstat_text(kernel, task),
            "stat": lambda: procfs_stat.stat_text(kernel, task, root=self._reader_is_root()),
            "statm": lambda: procfs_stat.statm_text(task),
            "status": lambda: procfs_stat.status_text(kernel, task),
            "syscall": lambda: "running\n" if task.on_rq else "0 " + "0x0 " * 7 + "0x0\n",
            "wchan": lambda: wchan(kernel, task) if self._reader_is_root() else "0",
        }

    def _add_others(self, entries: dict[str, Inode]) -> None:
        vfs, task = self.vfs, self.task
        entries["auxv"] = ComputedFile(vfs, 0o400, lambda: b"")
        entries["clear_refs"] = ComputedFile(vfs, 0o200, None, lambda _data: None)
        entries["mem"] = ComputedFile(vfs, 0o600, _refuse_memory)
        entries["comm"] = text_file(vfs, lambda: task.proc_name + "\n", self._set_comm)
        entries["environ"] = text_file(vfs, lambda: _environ(task), mode=0o400)
        entries["stack"] = text_file(vfs, self._stack, mode=0o400)
        entries["cwd"] = DynamicLink(vfs, self._cwd, self._cwd_inode)
        entries["exe"] = DynamicLink(vfs, self._exe)
        entries["root"] = DynamicLink(vfs, self._root)
        entries["fd"] = GeneratedDirectory(vfs, self._descriptors, self._descriptor, 0o500)
        entries["fdinfo"] = GeneratedDirectory(vfs, self._descriptors, self._info, 0o555)
        entries["task"] = GeneratedDirectory(
            vfs, lambda: [str(task.pid)], lambda name: self if name == str(task.pid) else None
        )
        entries["map_files"] = fixed_directory(vfs, 0o500)
        entries["net"] = fixed_directory(vfs)
        entries["attr"] = folder = fixed_directory(vfs)
        for name in _ATTRIBUTES:
            text = "unconfined\n" if name == "current" else ""
            folder.add(name, text_file(vfs, lambda text=text: text))  # type: ignore[misc]
        entries["ns"] = folder = fixed_directory(vfs, 0o511)
        for name, number in _NAMESPACES.items():
            target = f"{name.removesuffix('_for_children')}:[{number}]"
            folder.add(name, DynamicLink(vfs, lambda target=target: target))  # type: ignore[misc]

    def _reader_is_root(self) -> bool:
        return self._kernel.sched.current.process_is_root()

    def _mounts(self) -> str:
        mounts = self.vfs.mounts
        return "".join(f"{dev} {where} {kind} {how} 0 0\n" for dev, where, kind, how in mounts)

    # Linux: fs/proc/base.c proc_pid_stack() (v6.1).
    def _stack(self) -> str:
        if not self._reader_is_root():
            raise KernelError(EACCES)
        return "".join(f"[<0>] {symbol}\n" for symbol in task_stack(self._kernel, self.task))

    # Where a task is and what it runs is told to its owner and root (ptrace_may_access()).
    def _check_reader(self) -> None:
        reader, process = self._kernel.sched.current.process, self.task.process
        owner = process.uid if process is not None else 0
        if reader is not None and reader.euid not in (0, owner):
            raise KernelError(EACCES)

    def _exe(self) -> str:
        self._check_reader()
        process = self.task.process
        if process is None or not process.exe:
            raise KernelError(ENOENT)
        return process.exe

    def _root(self) -> str:
        self._check_reader()
        return "/"

    # Only a task itself may change its name, the newline that echo writes included.
    def _set_comm(self, text: str) -> None:
        task = self.task
        if task.process is None or task is not self._kernel.sched.current:
            raise KernelError(EINVAL)
        self._kernel.set_task_comm(task, text)

    def _cwd(self) -> str:
        return self.vfs.path_of(self._cwd_inode())

    def _cwd_inode(self) -> Directory:
        self._check_reader()
        # A kernel thread shares its directory with kthreadd, and that with process 1 (CLONE_FS).
        process = self.task.process or self._kernel.processes.init
        return process.cwd if process is not None else self.vfs.root

    # -- Descriptors ------------------------------------------------------------------------------

    def _descriptors(self) -> list[str]:
        process = self.task.process
        return [] if process is None else [str(fd) for fd in sorted(process.files)]

    def _file(self, name: str) -> File | None:
        process = self.task.process
        if process is None or not (name.isascii() and name.isdigit()):
            return None
        return process.files.get(int(name))

    def _descriptor(self, name: str) -> Inode | None:
        file = self._file(name)
        if file is None:
            return None
        inode = file.inode if file.inode is not None else _Stream(self.vfs, self, file)
        link = DynamicLink(self.vfs, lambda: self._target(file), lambda: inode)
        _give(link, self.uid, self.gid)
        return link

    def _target(self, file: File) -> str:
        tty = getattr(file, "tty", None)
        if tty is not None:
            return f"/dev/{tty.name}"
        inode = file.inode
        if isinstance(inode, Directory):
            return self.vfs.path_of(inode)
        path = self.vfs.path_of_file(file)
        return path or f"pipe:[{inode.number if inode is not None else 0}]"

    def _info(self, name: str) -> Inode | None:
        file = self._file(name)
        if file is None:
            return None
        text = f"pos:\t{file.position}\nflags:\t0{file.flags:o}\nmnt_id:\t15\n"
        return text_file(self.vfs, lambda: text)


# What the machine connects a descriptor to: opening it again gives the same open file.
class _Stream(Inode):
    kind = S_IFIFO

    def __init__(self, vfs: Vfs, owner: TaskDirectory, file: File) -> None:
        super().__init__(vfs, 0o600, owner.uid, owner.gid)
        self._file = file

    def open(self, process: Process, flags: int) -> File:
        del process, flags
        return self._file


def _give(inode: Inode, uid: int, gid: int) -> None:
    inode.uid, inode.gid = uid, gid
    if isinstance(inode, Directory):
        for entry in inode.entries.values():
            _give(entry, uid, gid)


def _cmdline(task: Task) -> str:
    if task.process is None:
        return ""
    return "".join(argument + "\0" for argument in task.process.argv)


def _environ(task: Task) -> str:
    if task.process is None:
        return ""
    return "".join(f"{name}={value}\0" for name, value in task.process.environ.items())


def _refuse_memory() -> bytes:
    raise KernelError(EIO)


def _limits() -> str:
    endless = ("unlimited", "unlimited")
    rows = [
        ("Limit", "Soft Limit", "Hard Limit", "Units"),
        ("Max cpu time", *endless, "seconds"),
        ("Max file size", *endless, "bytes"),
        ("Max data size", *endless, "bytes"),
        ("Max stack size", "8388608", "unlimited", "bytes"),
        ("Max core file size", "0", "unlimited", "bytes"),
        ("Max resident set", *endless, "bytes"),
        ("Max processes", "30000", "30000", "processes"),
        ("Max open files", "1024", "1048576", "files"),
        ("Max locked memory", "1028788224", "1028788224", "bytes"),
        ("Max address space", *endless, "bytes"),
        ("Max file locks", *endless, "locks"),
        ("Max pending signals", "30000", "30000", "signals"),
        ("Max msgqueue size", "819200", "819200", "bytes"),
        ("Max nice priority", "0", "0", ""),
        ("Max realtime priority", "0", "0", ""),
        ("Max realtime timeout", *endless, "us"),
    ]
    return "".join(f"{a:<25s} {b:<20s} {c:<20s} {d:<10s}\n" for a, b, c, d in rows)
