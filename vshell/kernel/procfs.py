"""/proc: what the kernel tells about itself and its settings; tasks are in ``procfs_task``.

Every file is computed when it is read. Source: fs/proc/ (v6.1), proc(5). Real: 07-ps-states.
"""

from __future__ import annotations

from vshell.abi import state as st
from vshell.abi.errno import ENOENT, KernelError
from vshell.abi.units import NSEC_PER_SEC
from vshell.kernel.generated import DynamicLink, GeneratedDirectory, fixed_directory, text_file
from vshell.kernel.procfs_task import TaskDirectory

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from vshell.kernel.core import Kernel
    from vshell.kernel.inode import ComputedFile, Directory, Inode
    from vshell.kernel.module import Module
    from vshell.kernel.sched import Cpu
    from vshell.kernel.sysctl import Sysctl

__all__ = ["module_line", "populate"]


class _Proc:
    def __init__(self, kernel: Kernel) -> None:
        self.kernel = kernel
        self.vfs = kernel.vfs
        self._load = [0.0, 0.0, 0.0]
        self._load_ns = kernel.sched.now_ns
        self._busy_ns = sum(self._load_ns - self._idle_ns(cpu) for cpu in kernel.sched.cpus)

    # Make a file from functions on text.
    def file(self, read: Callable[[], str]) -> ComputedFile:
        return text_file(self.vfs, read)

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
        folder = fixed_directory(self.vfs)
        root.add("dynamic_debug", folder)
        dyndbg = self.kernel.dyndbg
        folder.add("control", text_file(self.vfs, dyndbg.control_text, dyndbg.write))
        root.add("self", DynamicLink(self.vfs, self._self_pid))
        root.add(
            "thread-self",
            DynamicLink(self.vfs, lambda: f"{self._self_pid()}/task/{self._self_pid()}"),
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
        sys = fixed_directory(self.vfs)
        folder = fixed_directory(self.vfs)
        sys.add("kernel", folder)
        for name, sysctl in kernel.sysctls.table.items():

            def read(sysctl: Sysctl = sysctl) -> str:
                return sysctl.read() + "\n"

            folder.add(name, text_file(self.vfs, read, sysctl.write))
        random = fixed_directory(self.vfs)
        folder.add("random", random)
        random.add("boot_id", self.file(self._boot_id))
        vm = fixed_directory(self.vfs)
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
                address = module.start_of(function) if shown else 0
                lines.append(f"{address:016x} t {function.name}\t[{module.name}]\n")
        return "".join(lines)

    # How long a CPU has been idle, this moment included.
    def _idle_ns(self, cpu: Cpu) -> int:
        now_ns = self.kernel.sched.now_ns
        return cpu.idle_ns + (now_ns - cpu.clock_ns if cpu.curr is cpu.idle else 0)

    # Linux samples the number of active tasks every 5 s; here it is the
    # average since the last reading.
    def _loadavg(self) -> str:
        kernel = self.kernel
        now_ns = kernel.sched.now_ns
        busy_ns = sum(now_ns - self._idle_ns(cpu) for cpu in kernel.sched.cpus)
        elapsed_ns = now_ns - self._load_ns
        if elapsed_ns >= NSEC_PER_SEC:
            waiting = sum(
                1 for t in kernel.tasks if st.state_letter(t.state) == "D" and t.context is not None
            )
            active = (busy_ns - self._busy_ns) / elapsed_ns + waiting
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
        return "".join(module_line(module, shown=shown) for module in modules)

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
            idle_ns = self._idle_ns(cpu)
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
        idle_ns = sum(self._idle_ns(cpu) for cpu in kernel.sched.cpus)
        centis = [value // 10_000_000 for value in (now_ns, idle_ns)]
        return " ".join(f"{value // 100}.{value % 100:02d}" for value in centis) + "\n"

    def _version(self) -> str:
        config = self.kernel.config
        by = f"({config.builder}) ({config.compiler})"
        return f"Linux version {config.release} {by} {config.version}\n"

    # -- /proc/PID --------------------------------------------------------------------------------

    def _task_entry(self, name: str) -> Inode | None:
        # Linux: fs/proc/util.c name_to_int() (v6.1): no zeros before a number.
        if not name.isascii() or not name.isdigit() or name != str(int(name)):
            return None
        task = self.kernel.tasks.get(int(name))
        if task is None:
            return None
        found = task.proc_directory
        if found is None:
            found = task.proc_directory = TaskDirectory(self.kernel, task)
        found.follow_owner()
        return found


def module_line(module: Module, *, shown: bool) -> str:
    """Write a module's line of /proc/modules.

    One line: name, size in bytes, reference count, users each with a comma or
    "-", state, address, taints.

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


def populate(kernel: Kernel) -> None:
    """Mount /proc."""
    root = _Proc(kernel).make_root()
    kernel.vfs.root.add("proc", root)
    kernel.vfs.mounts.append(("proc", "/proc", "proc", "rw,nosuid,nodev,noexec,relatime"))
