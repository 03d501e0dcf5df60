"""/sys: a directory per module, with its parameters.

Source: kernel/module/sysfs.c, kernel/params.c (v6.1). Real: 09-unload,
10-params, 11-loading-states.
"""

from __future__ import annotations

from vshell.abi import state as st
from vshell.abi.errno import EACCES, EPERM, KernelError
from vshell.kernel.addresses import MODULES_VADDR
from vshell.kernel.generated import GeneratedDirectory
from vshell.kernel.inode import O_ACCMODE, O_WRONLY, ComputedFile, Directory, Inode
from vshell.kernel.params import parse_integer
from vshell.kernel.printk import ERR

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import TypeVar

    from vshell.kernel.core import Kernel
    from vshell.kernel.inode import File
    from vshell.kernel.module import Module
    from vshell.kernel.params import ModuleParam
    from vshell.kernel.process import Process

    R = TypeVar("R")

__all__ = ["populate"]

_DEVICE = 6


# A file of /sys: always a page long, and refused to root too where its mode refuses it.
class _Attribute(ComputedFile):
    device = _DEVICE

    def size(self) -> int:
        return 4096

    # Linux: fs/kernfs/file.c kernfs_fop_open() (v6.1).
    def open(self, process: Process, flags: int) -> File:
        if flags & O_ACCMODE != O_WRONLY and self.read is None:
            raise KernelError(EACCES)
        return super().open(process, flags)


class _Folder(GeneratedDirectory):
    device = _DEVICE
    refuses = EPERM


class _Sys:
    def __init__(self, kernel: Kernel) -> None:
        self.kernel = kernel
        self.vfs = kernel.vfs

    def attribute(
        self, read: Callable[[], str], write: Callable[[str], None] | None = None, mode: int = 0
    ) -> _Attribute:
        mode = mode or (0o444 if write is None else 0o644)

        def write_bytes(data: bytes) -> None:
            if write is None:
                raise KernelError(EACCES)
            write(data.decode("utf-8", "surrogateescape"))

        def read_bytes() -> bytes:
            return read().encode("utf-8", "surrogateescape")

        writable = write_bytes if mode & 0o222 else None
        return _Attribute(self.vfs, mode, read_bytes if mode & 0o444 else None, writable)

    def folder(self, mode: int = 0o755) -> _Folder:
        return _Folder(self.vfs, list, lambda _name: None, mode)

    def make_root(self) -> Directory:
        root = self.folder(0o555)
        root.add("module", self._modules())
        devices = self.folder()
        root.add("devices", devices)
        system = self.folder()
        devices.add("system", system)
        cpus = self.folder()
        system.add("cpu", cpus)
        last = len(self.kernel.sched.cpus) - 1
        span = f"0-{last}\n" if last else "0\n"
        for name in ("online", "possible", "present"):
            cpus.add(name, self.attribute(lambda: span))
        for cpu in self.kernel.sched.cpus:
            cpus.add(f"cpu{cpu.id}", self.folder())
        inner = self.folder()
        root.add("kernel", inner)
        if "kmemleak=on" in self.kernel.config.cmdline.split():
            debug = self.folder(0o700)
            inner.add("debug", debug)
            debug.add("kmemleak", self.attribute(self.kernel.slab.kmemleak_text))
        return root

    # Parts of the kernel that are no modules have parameters, too.
    def _built_in(self) -> dict[str, Directory]:
        stalls = self.kernel.watchdog.stalls

        def write(text: str) -> None:
            stalls.timeout_s = parse_integer(text.strip(), 32, signed=True)

        timeout = self.attribute(lambda: f"{stalls.timeout_s}\n", write)
        folder, parameters = self.folder(), self.folder()
        folder.add("parameters", parameters)
        parameters.add("rcu_cpu_stall_timeout", timeout)
        return {"rcupdate": folder}

    def _modules(self) -> GeneratedDirectory:
        built_in = self._built_in()
        made: dict[str, tuple[Module, GeneratedDirectory]] = {}

        def names() -> list[str]:
            loaded = self.kernel.modules.list
            return [*built_in, *(m.name for m in loaded if m.state != st.MODULE_STATE_UNFORMED)]

        def make(name: str) -> Inode | None:
            if name in built_in:
                return built_in[name]
            module = self.kernel.modules.find(name)
            if module is None or module.state == st.MODULE_STATE_UNFORMED:
                made.pop(name, None)
                return None
            if name not in made or made[name][0] is not module:
                made[name] = (module, self._module(module))
            return made[name][1]

        return _Folder(self.vfs, names, make, 0o755)

    def _module(self, module: Module) -> GeneratedDirectory:
        folder = self.folder()
        folder.add("coresize", self.attribute(lambda: f"{module.core_size}\n"))
        folder.add("holders", self._holders(module))
        folder.add("initsize", self.attribute(lambda: f"{module.init_size}\n"))
        folder.add("initstate", self.attribute(lambda: f"{module.state_name}\n"))
        folder.add("notes", self.folder())
        visible = [param for param in module.params if param.mode]
        if visible:
            folder.add("parameters", self._parameters(visible))
        folder.add("refcnt", self.attribute(lambda: f"{module.refcount}\n"))
        folder.add("sections", self._sections(module))
        for key in ("srcversion", "version"):
            value = module.ko.info(key)
            if value is not None:
                folder.add(key, self.attribute(_fixed(f"{value}\n")))
        folder.add("taint", self.attribute(lambda: f"{module.taint_flags()}\n"))
        folder.add("uevent", self.attribute(_fixed(""), lambda _text: None, 0o200))
        folder.entries = dict(sorted(folder.entries.items()))
        return folder

    def _holders(self, module: Module) -> GeneratedDirectory:
        def make(name: str) -> Inode | None:
            for holder in module.holders:
                if holder.name == name:
                    return self._module(holder)
            return None

        return _Folder(self.vfs, lambda: [h.name for h in module.holders], make, 0o755)

    def _sections(self, module: Module) -> Directory:
        folder = self.folder()
        sections = sorted({function.section for function in module.ko.functions} | {".modinfo"})
        for number, name in enumerate(sections):
            address = (module.address or MODULES_VADDR) + 0x1000 * number
            folder.add(name, self.attribute(_fixed(f"0x{address:016x}\n"), mode=0o400))
        return folder

    def _parameters(self, params: list[ModuleParam]) -> Directory:
        folder = self.folder()
        for param in sorted(params, key=lambda one: one.name):

            def write(text: str, param: ModuleParam = param) -> None:
                self._param_attr_store(param, text)

            def read(param: ModuleParam = param) -> str:
                return self._in_module(param.get)

            folder.add(param.name, self.attribute(read, write, param.mode))
        return folder

    def _param_attr_store(self, param: ModuleParam, text: str) -> None:
        printk = self.kernel.printk
        # A text parameter keeps the newline that echo puts behind it; Linux keeps it too.
        self._in_module(lambda: param.set(text, lambda line: printk.emit(ERR, line)))

    # Run what may be a callback of the module; a fault in it kills the process.
    def _in_module(self, function: Callable[[], R]) -> R:
        kernel = self.kernel
        task = kernel.sched.current
        task.kernel_mode += 1
        try:
            return function()
        except KernelError:
            raise
        except Exception as error:
            if kernel.stops_on(error):
                raise
            fault = kernel.oops.die(error, task)
            kernel.processes.die_by_signal(task, fault.kills_by)
        finally:
            task.kernel_mode -= 1


def _fixed(text: str) -> Callable[[], str]:
    return lambda: text


def populate(kernel: Kernel) -> None:
    """Mount /sys."""
    kernel.vfs.root.add("sys", _Sys(kernel).make_root())
    kernel.vfs.mounts.append(("sysfs", "/sys", "sysfs", "rw,nosuid,nodev,noexec,relatime"))
