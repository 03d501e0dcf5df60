"""/proc: what the kernel tells about tasks, itself and its settings.

Every file is computed when it is read. Source: fs/proc/ (v6.1), proc(5). Real: 07-ps-states.
"""

from __future__ import annotations

from vshell.abi import state as st
from vshell.abi.errno import EACCES, EINVAL, ENOENT, KernelError
from vshell.abi.units import NSEC_PER_SEC
from vshell.kernel.format import bit_list
from vshell.kernel.stacktrace import task_stack, wchan
from vshell.kernel.vfs import ComputedFile, Directory, Inode, Symlink

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from vshell.kernel.core import Kernel
    from vshell.kernel.task import Task
    from vshell.kernel.vfs import Vfs

__all__ = ["GeneratedDirectory", "module_line", "populate"]

_PAGE_KIB = 4
_STAT_NAME_MAX = 64


class GeneratedDirectory(Directory):
    """A directory whose entries are computed; what is made once stays the same inode."""

    device = 5

    def __init__(
        self,
        vfs: Vfs,
        names: Callable[[], list[str]],
        make: Callable[[str], Inode | None],
        mode: int = 0o555,
    ) -> None:
        """Make a directory from two functions.

        Args:
            vfs: whose.
            names: lists the entries.
            make: gives an entry's inode, None if there is none.
            mode: permissions.
        """
        super().__init__(vfs, mode)
        self._names = names
        self._make = make

    def size(self) -> int:
        """Computed directories have none."""
        return 0

    def names(self) -> list[str]:
        """List the entries."""
        return [*self._names(), *self.entries]

    def lookup(self, name: str) -> Inode | None:
        """Make or find an entry."""
        found = self.entries.get(name)
        if found is None:
            found = self._make(name)
            if isinstance(found, Directory):
                found.parent = self
        return found

    def add(self, name: str, inode: Inode) -> None:
        """Enter a fixed entry."""
        self.entries[name] = inode
        if isinstance(inode, Directory):
            inode.parent = self

    def create_file(self, name: str, mode: int, uid: int, gid: int) -> Inode:
        """Refuse: nobody makes files here."""
        raise KernelError(EACCES if name else ENOENT)

    def create_directory(self, name: str, mode: int, uid: int, gid: int) -> Directory:
        """Refuse: nobody makes directories here."""
        raise KernelError(EACCES if name else ENOENT)

    def remove(self, name: str) -> None:
        """Refuse: nobody removes anything here."""
        raise KernelError(1)


class _DynamicLink(Symlink):
    # A link whose target is computed, such as /proc/self.
    def __init__(
        self, vfs: Vfs, target: Callable[[], str], direct: Callable[[], Inode | None] | None = None
    ):
        super().__init__(vfs, "")
        self._target = target
        self._direct = direct

    def size(self) -> int:
        return 0

    def read_target(self) -> str:
        return self._target()

    def follow(self) -> Inode | None:
        return self._direct() if self._direct is not None else None


class _Proc:
    def __init__(self, kernel: Kernel) -> None:
        self.kernel = kernel
        self.vfs = kernel.vfs
        self._load = [0.0, 0.0, 0.0]
        self._load_ns = kernel.sched.now_ns
        self._busy_ns = 0
        self.tasks: dict[int, GeneratedDirectory] = {}

    def file(
        self, read: Callable[[], str], write: Callable[[str], None] | None = None, mode: int = 0
    ):
        """Make a file from functions on text."""
        mode = mode or (0o444 if write is None else 0o644)

        def write_bytes(data: bytes) -> None:
            assert write is not None
            write(data.decode("utf-8", "surrogateescape"))

        return ComputedFile(
            self.vfs,
            mode,
            lambda: read().encode("utf-8", "surrogateescape"),
            write_bytes if write is not None else None,
        )

    # -- The root of /proc ------------------------------------------------------------------------

    def make_root(self) -> GeneratedDirectory:
        kernel = self.kernel
        root = GeneratedDirectory(
            self.vfs, lambda: [str(p) for p in kernel.tasks.pids()], self._task_entry
        )
        files = {
            "cmdline": lambda: kernel.config.cmdline + "\n",
            "cpuinfo": self._cpuinfo,
            "devices": lambda: (
                "Character devices:\n  1 mem\n  5 /dev/tty\n136 pts\n\nBlock devices:\n  8 sd\n"
            ),
            "filesystems": lambda: (
                "nodev\tsysfs\nnodev\tproc\nnodev\tdevtmpfs\nnodev\ttmpfs\n\text4\n"
            ),
            "kallsyms": self._kallsyms,
            "loadavg": self._loadavg,
            "meminfo": self._meminfo,
            "modules": self._modules,
            "mounts": self._mounts,
            "stat": self._stat,
            "uptime": self._uptime,
            "version": self._version,
        }
        for name, read in files.items():
            root.add(name, self.file(read))
        root.add("sys", self._sys())
        root.add("self", _DynamicLink(self.vfs, self._self_pid))
        root.add(
            "thread-self",
            _DynamicLink(self.vfs, lambda: f"{self._self_pid()}/task/{self._self_pid()}"),
        )
        return root

    def _self_pid(self) -> str:
        process = self.kernel.sched.current.process
        if process is None:
            raise KernelError(ENOENT)
        return str(process.pid)

    def _reader_is_root(self) -> bool:
        return self.kernel.sched.current.process_is_root()

    def _sys(self) -> Directory:
        kernel = self.kernel
        sys = Directory(self.vfs, 0o555)
        folder = Directory(self.vfs, 0o555)
        sys.add("kernel", folder)
        for name, sysctl in kernel.sysctls.table.items():

            def read(sysctl=sysctl) -> str:
                return sysctl.read() + "\n"

            folder.add(name, self.file(read, sysctl.write))
        random = Directory(self.vfs, 0o555)
        folder.add("random", random)
        random.add("boot_id", self.file(self._boot_id))
        vm = Directory(self.vfs, 0o555)
        sys.add("vm", vm)
        vm.add("swappiness", self.file(lambda: "60\n"))
        return sys

    def _boot_id(self) -> str:
        from vshell.kernel.addresses import mix64  # noqa: PLC0415 - rarely needed

        seed = self.kernel.config.boot_wall_ns ^ self.kernel.policy.seed
        digits = f"{mix64(seed):016x}{mix64(seed + 1):016x}"
        return (
            "-".join((digits[:8], digits[8:12], digits[12:16], digits[16:20], digits[20:])) + "\n"
        )

    def _cpuinfo(self) -> str:
        config = self.kernel.config
        blocks = []
        for cpu in self.kernel.sched.cpus:
            fields = {
                "processor\t": cpu.id,
                "vendor_id\t": "GenuineIntel",
                "cpu family\t": 6,
                "model\t\t": 158,
                "model name\t": config.cpu_model,
                "stepping\t": 9,
                "cpu MHz\t\t": f"{config.cpu_mhz}.000",
                "cache size\t": "6144 KB",
                "physical id\t": 0,
                "siblings\t": config.cpus,
                "core id\t\t": cpu.id,
                "cpu cores\t": config.cpus,
                "apicid\t\t": cpu.id * 2,
                "fpu\t\t": "yes",
                "bogomips\t": f"{2 * config.cpu_mhz}.00",
                "clflush size\t": 64,
            }
            blocks.append("".join(f"{name}: {value}\n" for name, value in fields.items()))
        return "\n".join(blocks) + "\n"

    def _kallsyms(self) -> str:
        lines = []
        shown = self._reader_is_root()
        for module in self.kernel.modules.list:
            for function in module.ko.functions:
                address = module.address + 16 * function.first_line if shown else 0
                lines.append(f"{address:016x} t {function.name}\t[{module.name}]\n")
        return "".join(lines)

    # Linux samples the number of active tasks every 5 s; here it is the average since the last reading.
    def _loadavg(self) -> str:
        kernel = self.kernel
        now_ns = kernel.sched.now_ns
        busy_ns = sum(task.sum_exec_ns for task in kernel.tasks)
        elapsed_ns = now_ns - self._load_ns
        if elapsed_ns >= NSEC_PER_SEC:
            waiting = sum(
                1 for t in kernel.tasks if st.state_letter(t.state) == "D" and t.context is not None
            )
            active = max(busy_ns - self._busy_ns, 0) / elapsed_ns + waiting
            for index, minutes in enumerate((1, 5, 15)):
                kept = 2.718281828 ** (-elapsed_ns / (minutes * 60 * NSEC_PER_SEC))
                self._load[index] = self._load[index] * kept + active * (1 - kept)
            self._load_ns, self._busy_ns = now_ns, busy_ns
        running = sum(1 for task in kernel.tasks if task.on_rq)
        load = " ".join(f"{value:.2f}" for value in self._load)
        newest = max(kernel.tasks.pids(), default=0)
        return f"{load} {running}/{len(kernel.tasks)} {newest}\n"

    def _meminfo(self) -> str:
        kernel = self.kernel
        total = kernel.config.memory_kib
        used = sum(process.rss_kib for process in kernel.processes) + kernel.vfs.used_bytes // 1024
        used += total // 20
        cached = total // 4
        free = total - used - cached
        values = {
            "MemTotal": total,
            "MemFree": free,
            "MemAvailable": free + cached,
            "Buffers": cached // 20,
            "Cached": cached - cached // 20,
            "SwapCached": 0,
            "Active": used // 2 + cached // 2,
            "Inactive": used // 2 + cached // 2,
            "SwapTotal": 2097148,
            "SwapFree": 2097148,
            "Dirty": 0,
            "Slab": total // 60,
            "KernelStack": 16 * len(kernel.tasks),
        }
        return "".join(f"{name + ':':<15s} {value:>8d} kB\n" for name, value in values.items())

    def _modules(self) -> str:
        shown = self._reader_is_root()
        modules = [m for m in self.kernel.modules.list if m.state != st.MODULE_STATE_UNFORMED]
        return "".join(module_line(module, shown) for module in modules)

    def _mounts(self) -> str:
        return "".join(
            f"{source} {target} {kind} {options} 0 0\n"
            for source, target, kind, options in self.vfs.mounts
        )

    def _stat(self) -> str:
        kernel = self.kernel
        now_ns = kernel.sched.now_ns
        lines = []
        ticks = kernel.clock.user_ticks
        totals = [0] * 10
        for cpu in kernel.sched.cpus:
            idle_ns = cpu.idle_ns + (now_ns - cpu.clock_ns if cpu.curr is cpu.idle else 0)
            busy_ns = max(now_ns - idle_ns, 0)
            row = [0, 0, ticks(busy_ns), ticks(idle_ns), 0, 0, 0, 0, 0, 0]
            totals = [a + b for a, b in zip(totals, row, strict=True)]
            lines.append(f"cpu{cpu.id} {' '.join(map(str, row))}\n")
        lines.insert(0, f"cpu  {' '.join(map(str, totals))}\n")
        switches = sum(cpu.switches for cpu in kernel.sched.cpus)
        lines.append(f"ctxt {switches}\nbtime {kernel.clock.boot_wall_ns // NSEC_PER_SEC}\n")
        lines.append(f"processes {max(kernel.tasks.pids(), default=0)}\n")
        running = sum(1 for task in kernel.tasks if task.on_rq)
        lines.append(f"procs_running {running}\nprocs_blocked 0\n")
        return "".join(lines)

    def _uptime(self) -> str:
        kernel = self.kernel
        now_ns = kernel.sched.now_ns
        idle_ns = 0
        for cpu in kernel.sched.cpus:
            idle_ns += cpu.idle_ns + (now_ns - cpu.clock_ns if cpu.curr is cpu.idle else 0)
        centis = [value // 10_000_000 for value in (now_ns, idle_ns)]
        return " ".join(f"{value // 100}.{value % 100:02d}" for value in centis) + "\n"

    def _version(self) -> str:
        config = self.kernel.config
        by = f"({config.builder}) ({config.compiler})"
        return f"Linux version {config.release} {by} {config.version}\n"

    # -- /proc/PID --------------------------------------------------------------------------------

    def _task_entry(self, name: str) -> Inode | None:
        if not name.isascii() or not name.isdigit():
            return None
        task = self.kernel.tasks.get(int(name))
        if task is None:
            self.tasks.pop(int(name), None)
            return None
        found = self.tasks.get(task.pid)
        if found is None or getattr(found, "task", None) is not task:
            found = self.tasks[task.pid] = self._make_task(task)
        return found

    def _make_task(self, task: Task) -> GeneratedDirectory:
        entries: dict[str, Inode] = {}
        folder = GeneratedDirectory(self.vfs, list, lambda name: None)
        folder.task = task  # type: ignore[attr-defined]  # to notice when a pid is handed out again
        if task.process is not None:
            folder.uid, folder.gid = task.process.euid, task.process.egid
        kernel = self.kernel
        texts: dict[str, Callable[[], str]] = {
            "cgroup": lambda: "" if task.process is None else "0::/\n",
            "cmdline": lambda: _cmdline(task),
            "io": lambda: "rchar: 0\nwchar: 0\nsyscr: 0\nsyscw: 0\nread_bytes: 0\nwrite_bytes: 0\n",
            "limits": _limits,
            "loginuid": lambda: "4294967295",
            "maps": lambda: "",
            "oom_score": lambda: "0\n",
            "oom_score_adj": lambda: "0\n",
            "sched": lambda: self._sched(task),
            "schedstat": lambda: self._schedstat(task),
            "stat": lambda: self._task_stat(task),
            "statm": lambda: _statm(task),
            "status": lambda: self._status(task),
            "syscall": lambda: "running\n" if task.on_rq else "0 " + "0x0 " * 7 + "0x0\n",
            "wchan": lambda: wchan(kernel, task) if self._reader_is_root() else "0",
        }
        for name, read in texts.items():
            entries[name] = self.file(read)
        entries["comm"] = self.file(
            lambda: task.name + "\n", lambda text: _set_comm(task, text), 0o644
        )
        entries["environ"] = self.file(lambda: _environ(task), mode=0o400)
        entries["stack"] = self.file(lambda: self._stack(task), mode=0o400)
        entries["cwd"] = _DynamicLink(
            self.vfs, lambda: self._cwd(task), lambda: self._cwd_inode(task)
        )
        entries["exe"] = _DynamicLink(self.vfs, lambda: _exe(task))
        entries["root"] = _DynamicLink(self.vfs, lambda: "/")
        entries["fd"] = self._descriptors(task)
        entries["task"] = GeneratedDirectory(
            self.vfs,
            lambda: [str(task.pid)],
            lambda name: folder if name == str(task.pid) else None,
        )
        for name in sorted(entries):
            folder.add(name, entries[name])
        folder.parent = self.vfs.root
        return folder

    def _cwd(self, task: Task) -> str:
        return self.vfs.path_of(task.process.cwd) if task.process is not None else "/"

    def _cwd_inode(self, task: Task) -> Inode | None:
        return task.process.cwd if task.process is not None else self.vfs.root

    def _descriptors(self, task: Task) -> GeneratedDirectory:
        def names() -> list[str]:
            return (
                [str(fd) for fd in sorted(task.process.files)] if task.process is not None else []
            )

        def make(name: str) -> Inode | None:
            if task.process is None or not name.isdigit() or int(name) not in task.process.files:
                return None
            file = task.process.files[int(name)]
            tty = getattr(file, "tty", None)
            kind = "pipe" if type(file).__name__.startswith("Pipe") else "anon_inode"
            number = file.inode.number if file.inode is not None else 0
            target = f"/dev/{tty.name}" if tty is not None else f"{kind}:[{number}]"
            return _DynamicLink(self.vfs, lambda: target, lambda: file.inode)

        return GeneratedDirectory(self.vfs, names, make, 0o500)

    def _stack(self, task: Task) -> str:
        return "".join(f"[<0>] {symbol}\n" for symbol in task_stack(self.kernel, task))

    # The CPU time of a running task must be booked before it is read.
    def _times_ns(self, task: Task) -> tuple[int, int]:
        if task.on_rq and self.kernel.sched.is_running(task):
            self.kernel.sched.account(task)
        return task.utime_ns, task.sum_exec_ns - task.utime_ns

    def _task_stat(self, task: Task) -> str:
        ticks = self.kernel.clock.user_ticks
        process = task.process
        utime_ns, stime_ns = self._times_ns(task)
        tty, group, session, tty_number, foreground = None, 0, 0, 0, -1
        if process is not None:
            tty, group, session = process.tty, process.pgid, process.sid
        if tty is not None:
            major, minor = tty.rdev
            tty_number, foreground = major << 8 | minor, tty.foreground
        mask = (1 << 31) - 1
        asleep = int(not task.on_rq and self._reader_is_root())
        fields: list[object] = [task.pid, f"({task.name[:_STAT_NAME_MAX]})"]
        fields += [
            st.state_letter(task.state, task.exit_state),
            _ppid(task),
            group,
            session,
            tty_number,
        ]
        fields += [foreground, task.flags, 0, 0, 0, 0, ticks(utime_ns), ticks(stime_ns)]
        fields += [0, ticks(process.children_ns) if process is not None else 0]
        fields += [task.prio - 100, task.nice, 1, 0, ticks(task.start_ns)]
        vsz, rss = (process.vsz_kib, process.rss_kib) if process is not None else (0, 0)
        fields += [vsz * 1024, rss // _PAGE_KIB, (1 << 64) - 1, *([0] * 5)]
        fields += [task.sig_pending & mask, task.sig_blocked & mask]
        fields += [task.sig_ignored & mask, task.sig_caught & mask, asleep, 0, 0, 17]
        fields += [task.cpu.id, task.rt_priority, task.policy, *([0] * 10), task.exit_code]
        return " ".join(map(str, fields)) + "\n"

    def _status(self, task: Task) -> str:
        process = task.process
        letter = st.state_letter(task.state, task.exit_state)
        uid = gid = "0\t0\t0\t0"
        groups = " "
        if process is not None:
            uid = f"{process.uid}\t{process.euid}\t{process.suid}\t{process.euid}"
            gid = f"{process.gid}\t{process.egid}\t{process.egid}\t{process.egid}"
            groups = " ".join(map(str, process.groups)) + " "
        caps = "000001ffffffffff" if process is None or process.euid == 0 else "0" * 16
        pid = task.pid
        group, session = (process.pgid, process.sid) if process is not None else (0, 0)
        lines = [f"Name:\t{task.name}", f"Umask:\t{process.umask if process else 0o22:04o}"]
        lines += [f"State:\t{letter} ({st.STATE_WORDS[letter]})", f"Tgid:\t{pid}", "Ngid:\t0"]
        lines += [
            f"Pid:\t{pid}",
            f"PPid:\t{_ppid(task)}",
            "TracerPid:\t0",
            f"Uid:\t{uid}",
            f"Gid:\t{gid}",
        ]
        lines += ["FDSize:\t64", f"Groups:\t{groups}", f"NStgid:\t{pid}", f"NSpid:\t{pid}"]
        lines += [f"NSpgid:\t{group}", f"NSsid:\t{session}"]
        if self.kernel.config.version_code >= (6, 8):
            lines.append(f"Kthread:\t{int(process is None)}")
        if process is not None:
            lines += [f"VmPeak:\t{process.vsz_kib:8d} kB", f"VmSize:\t{process.vsz_kib:8d} kB"]
            lines += [f"VmHWM:\t{process.rss_kib:8d} kB", f"VmRSS:\t{process.rss_kib:8d} kB"]
        lines += ["Threads:\t1", f"SigQ:\t0/{self.kernel.config.memory_kib // 256}"]
        masks = {
            "SigPnd": task.sig_pending,
            "ShdPnd": task.shared_pending,
            "SigBlk": task.sig_blocked,
        }
        masks |= {"SigIgn": task.sig_ignored, "SigCgt": task.sig_caught}
        lines += [f"{name}:\t{mask:016x}" for name, mask in masks.items()]
        lines += [f"CapInh:\t{'0' * 16}", f"CapPrm:\t{caps}", f"CapEff:\t{caps}"]
        lines += [
            "CapBnd:\t000001ffffffffff",
            f"CapAmb:\t{'0' * 16}",
            "NoNewPrivs:\t0",
            "Seccomp:\t0",
        ]
        lines += ["Seccomp_filters:\t0", "Speculation_Store_Bypass:\tnot vulnerable"]
        mask = task.cpus_mask & self.kernel.sched.all_cpus_mask
        lines += ["SpeculationIndirectBranch:\talways enabled", f"Cpus_allowed:\t{mask:x}"]
        lines += [f"Cpus_allowed_list:\t{bit_list(mask)}"]
        lines += [
            "Mems_allowed:\t" + ",".join(["00000000"] * 31 + ["00000001"]),
            "Mems_allowed_list:\t0",
        ]
        lines += [
            f"voluntary_ctxt_switches:\t{task.nvcsw}",
            f"nonvoluntary_ctxt_switches:\t{task.nivcsw}",
        ]
        return "\n".join(lines) + "\n"

    def _sched(self, task: Task) -> str:
        self._times_ns(task)
        switches = task.nvcsw + task.nivcsw

        def time(name: str, value_ns: int) -> str:
            return f"{name:<45s}:{value_ns // 1_000_000:14d}.{value_ns % 1_000_000:06d}\n"

        def number(name: str, value: int) -> str:
            return f"{name:<45s}:{value:21d}\n"

        head = f"{task.name} ({task.pid}, #threads: 1)\n"
        text = head + "-" * 67 + "\n"
        text += time("se.exec_start", task.exec_start_ns) + time("se.vruntime", task.vruntime_ns)
        text += time("se.sum_exec_runtime", task.sum_exec_ns) + number("se.nr_migrations", 0)
        text += number("nr_switches", switches) + number("nr_voluntary_switches", task.nvcsw)
        text += number("nr_involuntary_switches", task.nivcsw)
        text += number("se.load.weight", task.weight * 1024)
        return text + number("policy", task.policy) + number("prio", task.prio)

    def _schedstat(self, task: Task) -> str:
        self._times_ns(task)
        return f"{task.sum_exec_ns} 0 {task.nvcsw + task.nivcsw}\n"


def module_line(module, shown: bool) -> str:  # noqa: ANN001, FBT001 - a Module
    """Write a module's line of /proc/modules.

    One line: name, size in bytes, reference count, users each with a comma or "-", state, address, taints.

    Args:
        module: any but unformed.
        shown: whether the reader may see addresses.
    """
    users = "".join(f"{holder.name}," for holder in reversed(module.holders))
    if module.init is not None and module.exit is None and module.state == st.MODULE_STATE_LIVE:
        users += "[permanent],"
    words = {st.MODULE_STATE_LIVE: "Live", st.MODULE_STATE_COMING: "Loading"}
    state = words.get(module.state, "Unloading")
    address = module.address if shown else 0
    flags = module.taint_flags()
    flags = (
        f" ({flags}{'+' if state == 'Loading' else '-' if state == 'Unloading' else ''})"
        if flags
        else ""
    )
    size = module.core_size + module.init_size
    return (
        f"{module.name} {size} {module.refcount} {users or '-'} {state} 0x{address:016x}{flags}\n"
    )


def _ppid(task: Task) -> int:
    return task.parent.pid if task.parent is not None else 0


def _cmdline(task: Task) -> str:
    return (
        "".join(argument + "\0" for argument in task.process.argv)
        if task.process is not None
        else ""
    )


def _environ(task: Task) -> str:
    if task.process is None:
        return ""
    return "".join(f"{name}={value}\0" for name, value in task.process.environ.items())


def _exe(task: Task) -> str:
    if task.process is None or not task.process.exe:
        raise KernelError(ENOENT)
    return task.process.exe


def _statm(task: Task) -> str:
    if task.process is None:
        return "0 0 0 0 0 0 0\n"
    return f"{task.process.vsz_kib // _PAGE_KIB} {task.process.rss_kib // _PAGE_KIB} 0 0 0 0 0\n"


def _set_comm(task: Task, text: str) -> None:
    if task.process is None:
        raise KernelError(EINVAL)
    task.comm = text.rstrip("\n")[:15]


def _limits() -> str:
    rows = [("Limit", "Soft Limit", "Hard Limit", "Units")]
    endless = ("unlimited", "unlimited")
    rows += [("Max cpu time", *endless, "seconds"), ("Max file size", *endless, "bytes")]
    rows += [
        ("Max data size", *endless, "bytes"),
        ("Max stack size", "8388608", "unlimited", "bytes"),
    ]
    rows += [
        ("Max core file size", "0", "unlimited", "bytes"),
        ("Max resident set", *endless, "bytes"),
    ]
    rows += [
        ("Max processes", "30000", "30000", "processes"),
        ("Max open files", "1024", "1048576", "files"),
    ]
    return "".join(f"{a:<25s} {b:<20s} {c:<20s} {d:<10s}\n" for a, b, c, d in rows)


def populate(kernel: Kernel) -> None:
    """Mount /proc."""
    root = _Proc(kernel).make_root()
    kernel.vfs.root.add("proc", root)
    kernel.vfs.mounts.append(("proc", "/proc", "proc", "rw,nosuid,nodev,noexec,relatime"))
