"""The module loader: from the bytes of a .ko to a living module, and back.

A load takes these steps, in Linux's order, and each can fail with Linux's errno and log line: read
the container, check vermagic, taint, enter the list as *unformed*, resolve symbols, run the static
initialisers, set parameters, run init while the module is *coming*, become *live*. Unloading:
*going*, run exit, free. A module's code is linked, not imported: the names it took from headers are
put into its namespace from the mirror that was linked to this kernel (``machine.vmlinux``), so that
several kernels can live in one process.

When a module's memory is freed while a task of it still lives, that task faults at its next
instruction, which is when it returns from the kernel function it sleeps in
(``Task.fault``). Real: 05-self-exit.

Rejected: importing modules as Python modules (they would share state between hosts and outlive
unloading); running init without a process (insmod must be seen in D while init sleeps).

More than 400 lines, one idea: a load is one sequence of steps, each undone where it fails.
"""

from __future__ import annotations

import builtins
import marshal
import sys
from itertools import compress

from vshell.abi import dialect
from vshell.abi import state as st
from vshell.abi.errno import (
    EAGAIN,
    EBUSY,
    EEXIST,
    EINVAL,
    ENOENT,
    ENOEXEC,
    EPERM,
    KernelError,
)
from vshell.kernel import costs
from vshell.kernel.addresses import MODULES_VADDR
from vshell.kernel.interrupt import X86_EFLAGS_IF
from vshell.kernel.loaded import INIT_SECTION_SIZE, Module
from vshell.kernel.oops import Oops
from vshell.kernel.params import find_param, split_args
from vshell.kernel.printk import ERR, NOTICE, WARNING
from vshell.kernel.stacktrace import Symbol, task_frames
from vshell.kernel.struct import build_struct
from vshell.kernel.wait import WaitQueue

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from types import FrameType
    from typing import Any

    from vshell.kernel.core import Kernel

__all__ = ["Module", "Modules", "c_divide"]

_PAGE_SIZE = 4096
_WAIT_FOR_OWNER_S = 30
_O_TRUNC = 0o1000


class Modules:
    """All modules of a kernel, the newest first."""

    def __init__(self, kernel: Kernel) -> None:
        """Start with none."""
        self._kernel = kernel
        self.list: list[Module] = []
        self.changed = WaitQueue()
        self.last_unloaded = ""
        self.linker: Callable[[str], dict[str, Any]] | None = None
        self._statuses: dict[str, int] = {}

    def find(self, name: str) -> Module | None:
        """Find a module that is not unformed."""
        for module in self.list:
            if module.name == name:
                return module
        return None

    def calling(self) -> Module:
        """Find the module whose code called the function that asks.

        Raises:
            Oops: no module's code is on the stack.
        """
        frame: FrameType | None = sys._getframe(1)  # noqa: SLF001 - linking needs the caller
        while frame is not None:
            module: Module | None = frame.f_globals.get(dialect.MODULE_HANDLE)
            if module is not None:
                return module
            frame = frame.f_back
        raise Oops("page")

    def linked_in(self) -> str:
        """Give what follows "Modules linked in:" in a report."""
        shown = [m for m in self.list if m.state != st.MODULE_STATE_UNFORMED]
        text = "".join(f" {module.name}{module.flags_text()}" for module in shown)
        return f"{text} [last unloaded: {self.last_unloaded}]" if self.last_unloaded else text

    def symbol_at_address(self, address: int) -> Symbol | None:
        """Find the function of a module that contains an address, or is the last before it."""
        for module in self.list:
            # The init part is given back when init has returned.
            coming = module.state == st.MODULE_STATE_COMING
            size = module.core_size + (module.init_size if coming else 0)
            if module.address <= address < module.address + size:
                before = [f for f in module.ko.functions if module.start_of(f) <= address]
                if before:
                    function = max(before, key=module.start_of)
                    start = module.start_of(function)
                    size = 16 * (function.last_line - function.first_line + 1)
                    return Symbol(function.name, address - start, size, module.name)
        return None

    # -- Loading --------------------------------------------------------------------------------

    def load_module(self, data: bytes, args: str, *, force: bool = False) -> None:
        """Load a module in the calling process.

        Args:
            data: the .ko file's contents.
            args: its command line, "name=value ...".
            force: load it whatever its vermagic says, and taint.

        Raises:
            KernelError: as finit_module(2).

        Context: process context; sleeps as long as the module's init does.
        """
        kernel = self._kernel
        if not kernel.sched.current.process_is_root() or kernel.sysctls.modules_disabled:
            raise KernelError(EPERM)
        kernel.sched.charge(costs.MODULE_LOAD_NS)
        module = self._read(data, force=force)
        if self._twin_has_loaded(module):
            return
        self._enter_list(module)
        status = 0
        try:
            self._finish_loading(module, args)
            self.do_init_module(module)
        except KernelError as error:
            status = error.errno
            self._free(module)
            raise
        finally:
            self._statuses[module.name] = status

    def _read(self, data: bytes, *, force: bool) -> Module:
        from vshell.abi.ko import PYTHON_TAG, KoError, KoFile  # noqa: PLC0415 - insmod only

        printk = self._kernel.printk
        if not data:
            # Linux: fs/kernel_read_file.c kernel_read_file() (v6.1).
            raise KernelError(EINVAL)
        try:
            ko = KoFile.from_bytes(data)
        except KoError as error:
            if str(error):
                printk.emit(ERR, str(error))
            raise KernelError(ENOEXEC) from None
        name = ko.info("name")
        if name is None or not ko.comment.startswith("vshell "):
            raise KernelError(ENOEXEC)
        module = Module(name, ko)
        self._check_vermagic(module, force=force)
        if not ko.comment.endswith(PYTHON_TAG):
            printk.emit(ERR, f"{name}: disagrees about version of symbol module_layout")
            raise KernelError(ENOEXEC)
        return module

    def _check_vermagic(self, module: Module, *, force: bool) -> None:
        # Linux: kernel/module/main.c check_modinfo() (v6.1). With CONFIG_MODVERSIONS only what
        # stands behind the release is compared.
        config = self._kernel.config
        wanted = f"{config.release} {config.vermagic_flags}"
        magic = module.ko.info("vermagic") or ""
        reports = self._kernel.oops
        if force:
            if not reports.taints >> st.TAINT_FORCED_MODULE & 1:
                text = f"{module.name}: module_layout: kernel tainted."
                self._kernel.printk.emit(WARNING, text)
            self._taint(module, st.TAINT_FORCED_MODULE)
        elif magic.partition(" ")[2] != wanted.partition(" ")[2]:
            self._kernel.printk.emit(
                ERR, f"{module.name}: version magic '{magic}' should be '{wanted}'"
            )
            raise KernelError(ENOEXEC)
        first = not reports.taints >> st.TAINT_OOT_MODULE & 1
        if module.ko.info("intree") is None:
            if first:
                text = f"{module.name}: loading out-of-tree module taints kernel."
                self._kernel.printk.emit(WARNING, text)
            self._taint(module, st.TAINT_OOT_MODULE)

    def _taint(self, module: Module, bit: int) -> None:
        self._kernel.oops.taint(bit)
        module.taints |= 1 << bit

    def _taint_by_license(self, module: Module) -> None:
        if module.is_gpl():
            return
        reports = self._kernel.oops
        printk = self._kernel.printk
        if not reports.taints >> st.TAINT_PROPRIETARY_MODULE & 1:
            license_ = module.ko.info("license") or "unspecified"
            printk.emit(WARNING, f"{module.name}: module license '{license_}' taints kernel.")
            printk.emit(WARNING, "Disabling lock debugging due to kernel taint")
            if self._kernel.config.version_code >= (6, 4):
                printk.emit(WARNING, f"{module.name}: module license taints kernel.")
        self._taint(module, st.TAINT_PROPRIETARY_MODULE)

    # A module of this name may be on its way in or out: wait for the first, refuse beside the
    # second. Since 6.5 (9b9879fc0327) one that waited shares the first one's fate; before, it is
    # refused.
    # Linux: kernel/module/main.c module_patient_check_exists() (v6.1.66).
    def _twin_has_loaded(self, module: Module) -> bool:
        kernel = self._kernel
        old = self.find(module.name)
        if old is None:
            return False
        if old.state in (st.MODULE_STATE_COMING, st.MODULE_STATE_UNFORMED):
            kernel.waits.wait_event(
                self.changed, lambda: self._is_settled(module.name), st.TASK_INTERRUPTIBLE
            )
            old = self.find(module.name)
            if kernel.config.version_code >= (6, 5):
                status = self._statuses.get(module.name, EBUSY)
                if status:
                    raise KernelError(status)
                return True
        raise KernelError(
            EEXIST if old is not None and old.state == st.MODULE_STATE_LIVE else EBUSY
        )

    def _enter_list(self, module: Module) -> None:
        kernel = self._kernel
        module.loader = kernel.sched.current
        self.list.insert(0, module)
        reports = kernel.oops
        if not reports.taints >> st.TAINT_UNSIGNED_MODULE & 1:
            text = "module verification failed: signature and/or required key missing"
            kernel.printk.emit(NOTICE, f"{module.name}: {text} - tainting kernel")
        self._taint(module, st.TAINT_UNSIGNED_MODULE)
        self._taint_by_license(module)

    def _is_settled(self, name: str) -> bool:
        module = self.find(name)
        return module is None or module.state in (st.MODULE_STATE_LIVE, st.MODULE_STATE_GOING)

    def _finish_loading(self, module: Module, args: str) -> None:
        self._lay_out(module)
        self._build_namespace(module)
        self._link(module)
        self._run_static_initialisers(module)
        module.state = st.MODULE_STATE_COMING
        self._parse_args(module, args)

    def _lay_out(self, module: Module) -> None:
        config = self._kernel.config
        in_text = any(f.section == ".text" for f in module.ko.functions)
        in_exit = any(f.section == ".exit.text" for f in module.ko.functions)
        base = config.module_size_text if in_text or in_exit else config.module_size_bare
        extra = max(module.ko.text_size() - _PAGE_SIZE, 0)
        module.core_size = base + -(-extra // _PAGE_SIZE) * _PAGE_SIZE
        has_init = any(f.section == ".init.text" for f in module.ko.functions)
        module.init_size = config.module_size_init if has_init else 0
        module.address = self._room_for(module.core_size + module.init_size)

    # The lowest free place: whoever comes after a module lies where that one lay.
    def _room_for(self, size: int) -> int:
        address = MODULES_VADDR
        for other in sorted(self.list, key=lambda module: module.address):
            if not other.address:
                continue
            if other.address - address >= size:
                break
            address = other.address + other.core_size + other.init_size
        return address

    def _build_namespace(self, module: Module) -> None:
        kernel = self._kernel
        allowed = {name: getattr(builtins, name) for name in dialect.BUILTINS}
        allowed["__build_class__"] = build_struct
        module.namespace.update(
            {
                "__builtins__": allowed,
                "__name__": module.name,
                dialect.MODULE_HANDLE: module,
                dialect.HOOK_RUNTIME: kernel.runtime,
                dialect.HOOK_COMPRESS: compress,
                dialect.HOOK_NEXT: next,
                dialect.HOOK_DIVIDE: c_divide,
            }
        )

    # -- Linking --------------------------------------------------------------------------------

    def _link(self, module: Module) -> None:
        assert self.linker is not None
        unknown = 0
        for header, name, local in module.ko.imports:
            namespace = self.linker(header)
            kind = getattr(namespace.get(name), "export_type", "")
            if name not in namespace or (kind.endswith("_GPL") and not module.is_gpl()):
                self._unknown_symbol(module, name)
                unknown += 1
            else:
                module.namespace[local] = namespace[name]
        for name in module.ko.externs:
            if not self._resolve(module, name):
                self._unknown_symbol(module, name)
                unknown += 1
        if unknown:
            raise KernelError(ENOENT)

    def _unknown_symbol(self, module: Module, name: str) -> None:
        self._kernel.printk.emit(WARNING, f"{module.name}: Unknown symbol {name} (err -2)")

    # Linux: kernel/module/main.c resolve_symbol_wait() (v6.1): the owner may still be coming.
    def _resolve(self, module: Module, name: str) -> bool:
        kernel = self._kernel
        owner = self._owner_of(name)
        if owner is not None and owner.state == st.MODULE_STATE_COMING:
            limit = kernel.clock.hz * _WAIT_FOR_OWNER_S

            def settled() -> bool:
                now = self._owner_of(name)
                return now is None or now.state != st.MODULE_STATE_COMING

            left = kernel.waits.wait_event(
                self.changed, settled, st.TASK_INTERRUPTIBLE, timeout_jiffies=limit
            )
            if left <= 0:
                text = f"{module.name}: gave up waiting for init of module {owner.name}."
                kernel.printk.emit(WARNING, text)
                return False
            owner = self._owner_of(name)
        if owner is None or owner.state != st.MODULE_STATE_LIVE:
            return False
        value, kind = owner.exports[name]
        if kind.endswith("_GPL") and not module.is_gpl():
            return False
        module.namespace[name] = value
        if owner not in module.uses:
            owner.refcount += 1
            module.uses.append(owner)
            owner.holders.append(module)
        return True

    def _owner_of(self, name: str) -> Module | None:
        for module in self.list:
            if name in module.exports:
                return module
        return None

    def _run_static_initialisers(self, module: Module) -> None:
        try:
            codes = marshal.loads(module.ko.code)  # noqa: S302 - a .ko is code that will run
        except (ValueError, EOFError, TypeError):
            raise KernelError(ENOEXEC) from None
        for code in codes:
            self._run(exec, code, module.namespace)

    # Run a module's code in the calling process; a fault in it kills the process.
    def _run(self, function: Callable[..., object], *args: object) -> object:
        kernel = self._kernel
        task = kernel.sched.current
        task.kernel_mode += 1
        try:
            return function(*args)
        except Exception as error:
            if kernel.stops_on(error):
                raise
            fault = kernel.oops.die(error, task)
            kernel.processes.die_by_signal(task, fault.kills_by)
        finally:
            task.kernel_mode -= 1

    # -- Parameters -----------------------------------------------------------------------------

    def _parse_args(self, module: Module, args: str) -> None:
        printk = self._kernel.printk
        failed = 0
        for name, value in split_args(args):
            if value is None and name == "--":
                break
            status = self._set_param(module, name, value)
            if not status:
                continue
            what = "too large" if status == 28 else "invalid"
            shown = (value or "").split(",")[0] if self._is_array(module, name) else value or ""
            printk.emit(ERR, f"{module.name}: `{shown}' {what} for parameter `{name}'")
            failed = status
        if failed:
            raise KernelError(failed)

    def _is_array(self, module: Module, name: str) -> bool:
        return any(param.name == name and param.kind == "array" for param in module.params)

    def _set_param(self, module: Module, name: str, value: str | None) -> int:
        printk = self._kernel.printk
        try:
            param = find_param(module.params, name)
        except KernelError:
            if name == "dyndbg":
                return self._set_debug(module, value or "+p")
            shown = name.partition(".")[0]
            printk.emit(WARNING, f"{module.name}: unknown parameter '{shown}' ignored")
            return 0
        refused: list[KernelError] = []

        def set_it() -> None:
            try:
                param.set(value, lambda text: printk.emit(ERR, text))
            except KernelError as error:
                refused.append(error)

        self._run(set_it)
        return refused[0].errno if refused else 0

    def _set_debug(self, module: Module, query: str) -> int:
        try:
            self._kernel.dyndbg.execute(query, module.name, module.debug)
        except KernelError as error:
            return error.errno
        return 0

    # -- Init and exit --------------------------------------------------------------------------

    def do_init_module(self, module: Module) -> None:
        """Run a module's init; the caller frees the module if that fails.

        Raises:
            KernelError: what init returned.
        """
        kernel = self._kernel
        self._trace("module_load", module)
        status = self.do_one_initcall(module) if module.init is not None else 0
        if status < 0:
            module.state = st.MODULE_STATE_GOING
            raise KernelError(-status)
        if status > 0:
            text = (
                f"do_init_module: '{module.name}'->init suspiciously returned {status}, "
                "it should follow 0/-E convention\n"
                "do_init_module: loading module anyway..."
            )
            kernel.printk.emit(WARNING, text)
            kernel.oops.dump_stack(("do_init_module.cold",))
        module.state = st.MODULE_STATE_LIVE
        module.init_size = 0
        module.refcount -= 1
        module.loader = None
        # Linux: kernel/module/main.c do_init_module() (v6.1): work of the system frees init's code.
        if kernel.has("workqueues"):
            kernel.workqueues.note_system_work()
        kernel.waits.wake_up(self.changed, exclusive_max=0)

    def do_one_initcall(self, module: Module) -> int:
        """Call a module's init; check that it left preemption and interrupts as they were.

        Returns:
            What it returned.
        """
        kernel = self._kernel
        task = kernel.sched.current
        count = task.preempt_count
        init = module.init
        assert init is not None
        status = kernel.c_int(self._run(init))
        wrong = ""
        if task.preempt_count != count:
            task.preempt_count = count
            wrong = "preemption imbalance "
        if task.irqs_off:
            wrong += "disabled interrupts "
            kernel.interrupts.local_irq_restore(X86_EFLAGS_IF)
        if wrong:
            name = getattr(init, "__name__", "?")
            text = f"initcall {name}+0x0/{INIT_SECTION_SIZE:#x} [{module.name}]"
            kernel.oops.warn_at("do_one_initcall", "imbalance", f"{text} returned with {wrong}")
        return status

    def delete_module(self, name: str, flags: int) -> None:
        """Unload a module in the calling process.

        Args:
            name: of the module.
            flags: O_TRUNC to force, O_NONBLOCK as always.

        Raises:
            KernelError: as delete_module(2).

        Context: process context; sleeps as long as the module's exit does.
        """
        kernel = self._kernel
        if not kernel.sched.current.process_is_root() or kernel.sysctls.modules_disabled:
            raise KernelError(EPERM)
        kernel.sched.charge(costs.MODULE_FREE_NS)
        module = self.find(name)
        if module is None or module.state == st.MODULE_STATE_UNFORMED:
            raise KernelError(ENOENT)
        if module.holders:
            raise KernelError(EAGAIN)
        if module.state != st.MODULE_STATE_LIVE:
            raise KernelError(EBUSY)
        force = bool(flags & _O_TRUNC)
        if module.init is not None and module.exit is None:
            if not force:
                raise KernelError(EBUSY)
            self._force_unload()
        if module.refcount == 0:
            module.refcount = -1
        elif force:
            self._force_unload()
        else:
            raise KernelError(EAGAIN)
        module.state = st.MODULE_STATE_GOING
        if module.exit is not None:
            self._run(module.exit)
        self.last_unloaded = (
            f"{module.name}({module.taint_flags()})" if module.taints else module.name
        )
        self._free(module)

    def _force_unload(self) -> None:
        reports = self._kernel.oops
        if not reports.taints >> st.TAINT_FORCED_RMMOD & 1:
            self._kernel.printk.emit(WARNING, "Disabling lock debugging due to kernel taint")
        reports.taint(st.TAINT_FORCED_RMMOD)

    def _free(self, module: Module) -> None:
        kernel = self._kernel
        self._trace("module_free", module)
        for owner in module.uses:
            owner.refcount -= 1
            owner.holders.remove(module)
        if module in self.list:
            self.list.remove(module)
        # Linux: kernel/module/main.c free_module() (v6.1): whoever found the module in the list may
        # still be looking at it. Until then its code goes on to run, too.
        kernel.synchronize_rcu()
        self._doom_tasks_in(module)
        if kernel.has("slab"):
            kernel.slab.module_is_gone(module.name)
        kernel.waits.wake_up(self.changed, exclusive_max=0)

    # Whoever is in the middle of the module's functions will find them gone when it returns there.
    def _doom_tasks_in(self, module: Module) -> None:
        kernel = self._kernel
        for task in kernel.tasks:
            if task is kernel.sched.current or task.kthread is None:
                continue
            inside = [
                (frame, line)
                for frame, line in task_frames(kernel, task)
                if frame.f_globals.get(dialect.MODULE_HANDLE) is module
            ]
            starts = task.kthread.threadfn
            if inside:
                frame, line = inside[0]
                address = module.function_address(frame.f_code) + 16 * (
                    line - frame.f_code.co_firstlineno
                )
            elif starts is not None and getattr(starts, "__globals__", None) is module.namespace:
                address = module.function_address(starts.__code__)
            else:
                continue
            task.fault = Oops("page", address + 5, "fetch")

    def _trace(self, name: str, module: Module) -> None:
        kernel = self._kernel
        if kernel.trace.on:
            sched = kernel.sched
            kernel.trace.emit((sched.now_ns, sched.cpu.id, sched.current.pid, name, module.name))


def c_divide(left: Any, right: Any) -> Any:
    """Divide as C does, integers towards zero; anything else as Python."""
    if isinstance(left, int) and isinstance(right, int):
        quotient = abs(left) // abs(right)
        return quotient if (left < 0) == (right < 0) else -quotient
    return left / right
