"""Reports: what the kernel prints when a module does what it must not.

And what becomes of the task. An exception in a module's code is an *Oops*: the report is
printed, the task dies, whatever it held stays held, and everything else goes on. What C would
have done decides which report it is (``fault.py``): using None is a NULL pointer, dividing by zero
a divide error, endless recursion a stack overflow. An exception C has no counterpart for is
reported as a BUG(), with one line that names it.

Source: arch/x86/kernel/dumpstack.c, arch/x86/mm/fault.c, kernel/panic.c, lib/dump_stack.c (v6.1).
Real: 05-self-exit, 13-oops, 14-bug-warn, 22-sync-primitives.

More than 400 lines, one idea: all reports are made of the same parts.
"""

from __future__ import annotations

import sys

from vshell.abi import state as st
from vshell.abi.state import taint_text
from vshell.kernel.fault import Oops, classify
from vshell.kernel.panic import KernelPanic
from vshell.kernel.printk import ALERT, CRIT, EMERG, ERR, INFO, WARNING
from vshell.kernel.registers import interrupted_registers, registers, user_registers
from vshell.kernel.stacktrace import (
    Symbol,
    bottom,
    frames_below,
    interrupted,
    symbols_of_frames,
    traceback_frames,
)
from vshell.kernel.symbols import kernel_symbol

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import FrameType

    from vshell.kernel.core import Kernel
    from vshell.kernel.task import Task

__all__ = ["KernelPanic", "Oops", "Reports"]

_WARN_SITES: dict[tuple[str, str], tuple[str, int]] = {
    ("kthread_park", "busy"): ("kernel/kthread.c", 661),
    ("kthread_park", "exiting"): ("kernel/kthread.c", 658),
    ("__kthread_bind", ""): ("kernel/kthread.c", 524),
    ("kthread_should_stop", ""): ("kernel/kthread.c", 75),
    ("kthread_should_park", ""): ("kernel/kthread.c", 75),
    ("kthread_parkme", ""): ("kernel/kthread.c", 75),
    ("refcount_warn_saturate", ""): ("lib/refcount.c", 25),
    ("refcount_warn_saturate", "underflow"): ("lib/refcount.c", 28),
    ("refcount_warn_saturate", "dec"): ("lib/refcount.c", 31),
    ("do_one_initcall", "imbalance"): ("init/main.c", 1284),
    ("add_timer", ""): ("kernel/time/timer.c", 1253),
    ("call_timer_fn", ""): ("kernel/time/timer.c", 1479),
    ("kthread_destroy_worker", ""): ("kernel/kthread.c", 1420),
}
# An address in the first page is taken for a NULL pointer with an offset.
_PAGE_SIZE = 4096
_KERNEL_IMAGE = 0xFFFFFFFF80000000
_MODULES_END = 0xFFFFFFFFFF000000
# What handled a page fault lies on the stack above it; some versions show it.
_FAULT_FRAMES = ("__die", "page_fault_oops", "exc_page_fault", "asm_exc_page_fault")
_FAULT_FRAMES_SINCE = (6, 4)
_FAULT_FRAMES_UNTIL = (6, 12)
_CUT_HERE = "------------[ cut here ]------------"
_STACK_FRAMES_MAX = 512
"""How many frames fit into a kernel stack of 16 KiB, at 32 bytes each."""


class Reports:
    """Prints reports and remembers the taints."""

    def __init__(self, kernel: Kernel) -> None:
        """Start untainted."""
        self._kernel = kernel
        self.taints = 0
        self.oopses = 0
        self.panic_text = ""
        self.report_sequence = 0
        """Of the first record of the report that ended in a panic, once there is one."""
        self._first_block: list[str] = []
        self._first_at: Symbol | None = None

    def taint(self, bit: int) -> None:
        """Set a taint for good."""
        self.taints |= 1 << bit

    # -- Dying ----------------------------------------------------------------------------------

    def die(self, error: BaseException, task: Task) -> Oops:
        """Report what ended a task's module code.

        Args:
            error: the exception that came out of it.
            task: the task; the caller ends it.

        Returns:
            The fault that the exception amounts to.

        Raises:
            KernelPanic: the machine cannot go on.
        """
        kernel = self._kernel
        fault = classify(error)
        frames = traceback_frames(error.__traceback__)
        symbols = symbols_of_frames(kernel, [*frames, *frames_below(frames)])
        if fault.at:
            names = [symbol.name for symbol in symbols]
            if fault.at in names:
                # Its frame, and what stands above it here only.
                del symbols[: names.index(fault.at) + 1]
            symbols.insert(0, Symbol(fault.at, *kernel_symbol(fault.at, "NULL")))
        if fault.kind == "stack":
            # The report shows no more than a stack holds; Python's is larger.
            del symbols[_STACK_FRAMES_MAX:]
        self.oopses += 1
        self.report_sequence = kernel.printk.end_sequence
        self._print_fault(fault, symbols, task)
        self.taint(st.TAINT_DIE)
        in_interrupt = bool(kernel.sched.in_interrupt)
        if in_interrupt or kernel.sysctls.panic_on_oops or fault.kind == "stack":
            raise self.panic("Fatal exception in interrupt" if in_interrupt else "Fatal exception")
        if fault.kind == "page" and task.process is None:
            self._line(INFO, f"note: {task.comm}[{task.pid}] exited with irqs disabled")
        return fault

    def _print_fault(self, fault: Oops, symbols: list[Symbol], task: Task) -> None:
        version = self._kernel.config.version_code
        if fault.kind != "stack":
            self._kernel.printk.console_verbose()
        self._print_cause(fault, symbols)
        self._cpu_lines(task)
        if fault.access == "fetch":
            at = Symbol(f"0x{fault.address:x}", 0, 0)
            at.address = fault.address
            rip = at.name
        else:
            at = symbols.pop(0) if symbols else Symbol("0x0", 0, 0)
            rip = at.with_place()
        block = registers(self._kernel, task, fault, at)
        if not self._first_block:
            self._first_block = block
            self._first_at = at
        for line in (f"RIP: 0010:{rip}", *block):
            self._line(WARNING, line)
        stale = fault.access == "fetch" and fault.address >= _PAGE_SIZE
        if stale:
            symbols = []
        if fault.kind == "page" and _FAULT_FRAMES_SINCE <= version < _FAULT_FRAMES_UNTIL:
            frames = [Symbol(name, *kernel_symbol(name, "", version)) for name in _FAULT_FRAMES]
            for frame in frames:
                frame.reliable = False
            symbols[:0] = frames
        self._call_trace(symbols, task, unsure=stale)
        self.print_modules()
        if fault.kind == "page":
            self._line(WARNING, f"CR2: {fault.address:016x}")
        self._line(WARNING, "---[ end trace 0000000000000000 ]---")
        for line in (f"RIP: 0010:{self._first_place()}", *self._first_block):
            self._line(WARNING, line)

    # What lies now where the first fault was: perhaps another module.
    def _first_place(self) -> str:
        at = self._first_at
        assert at is not None
        if not at.address:
            return at.with_place()
        now = self._kernel.modules.symbol_at_address(at.address)
        if now is None:
            return f"0x{at.address:x}"
        return (at if (now.name, now.module) == (at.name, at.module) else now).with_place()

    def _print_cause(self, fault: Oops, symbols: list[Symbol]) -> None:
        if fault.kind == "page":
            what = "kernel NULL pointer dereference, address"
            if fault.address >= _PAGE_SIZE:
                what = "unable to handle page fault for address"
            self._line(ALERT, f"BUG: {what}: {fault.address:016x}")
            access = {"read": "read access", "write": "write access", "fetch": "instruction fetch"}
            self._line(ALERT, f"#PF: supervisor {access[fault.access]} in kernel mode")
            why = "permissions violation" if fault.present else "not-present page"
            self._line(ALERT, f"#PF: error_code(0x{fault.error_code:04x}) - {why}")
            self._line(INFO, _page_tables(fault))
            self._header(f"{fault.error_code:04x}", "Oops")
        elif fault.kind == "divide":
            self._header("0000", "divide error")
        elif fault.kind == "gp":
            name = "general protection fault, probably for non-canonical address"
            self._header("0000", f"{name} 0x{fault.address:x}")
        elif fault.kind == "stack":
            top = 0xFFFFC90000BE0000
            span = f"{top - 0x4000:016x}..{top:016x}"
            self._line(
                EMERG,
                f"BUG: TASK stack guard page was hit at {top - 0x4008:016x} (stack is {span})",
            )
            self._header("0000", "stack guard page")
        else:
            if fault.kind == "ud2":
                self._line(WARNING, _CUT_HERE)
                where = fault.text or self._source_place(symbols)
                self._line(CRIT, f"kernel BUG at {where}!")
            self._header("0000", "invalid opcode")
        if fault.python:
            self._line(WARNING, f"Python: {fault.python}")

    def _source_place(self, symbols: list[Symbol]) -> str:
        for symbol in symbols:
            if symbol.line:
                return f"{symbol.file}:{symbol.line}"
        return "?:0"

    def _header(self, code: str, name: str) -> None:
        preempt = "PREEMPT SMP NOPTI"
        self._line(WARNING, f"{name}: {code} [#{self.oopses}] {preempt}")

    # -- Warnings -------------------------------------------------------------------------------

    def warn_at(self, function: str, site: str = "", text: str = "") -> None:
        """Print the WARNING of a function of the kernel, called by current.

        Args:
            function: whose WARN_ON() it is.
            site: which one of it.
            text: the line that WARN() puts first.
        """
        file, line = _WARN_SITES[function, site]
        offset, size = kernel_symbol(function, site)
        symbols = self._here()
        if symbols and symbols[0].name == function:
            symbols.pop(0)
        self._print_warning(file, line, Symbol(function, offset, size), symbols, text)

    def warn_in_module(self, text: str = "") -> None:
        """Print the WARNING of current's module code."""
        symbols = self._here()
        here = symbols.pop(0)
        self._print_warning(here.file, here.line, here, symbols, text)

    def _print_warning(
        self, file: str, line: int, where: Symbol, symbols: list[Symbol], text: str
    ) -> None:
        sched = self._kernel.sched
        task = sched.current
        self._line(WARNING, _CUT_HERE)
        if text:
            self._kernel.printk.store(text if text.endswith("\n") else text + "\n", WARNING)
        self._line(
            WARNING, f"WARNING: CPU: {sched.cpu.id} PID: {task.pid} at {file}:{line} {where}"
        )
        self.print_modules()
        self._cpu_lines(task)
        self._line(WARNING, f"RIP: 0010:{where}")
        for register_line in registers(self._kernel, task, None, where):
            self._line(WARNING, register_line)
        self._call_trace(symbols, task)
        # Linux: kernel/panic.c check_panic_on_warn() (v6.1).
        if self._kernel.sysctls.panic_on_warn:
            raise self.panic("kernel: panic_on_warn set ...")
        self._line(WARNING, "---[ end trace 0000000000000000 ]---")
        self.taint(st.TAINT_WARN)

    def dump_stack(self, through: tuple[str, ...] = (), site: str = "") -> None:
        """Print where current is: CPU, hardware and call trace.

        Args:
            through: functions of the kernel nearest to the top, innermost first; one that calls
                from several places says from which behind an @.
            site: from where the function below them calls.
        """
        task = self._kernel.sched.current
        self._cpu_lines(task)
        version = self._kernel.config.version_code
        names = ("dump_stack_lvl", *through)
        parts = [name.partition("@") for name in names]
        symbols = [Symbol(name, *kernel_symbol(name, at, version)) for name, _, at in parts]
        here = self._here()
        # The cold part of a function stands for all of it.
        if here and here[0].name == names[-1].removesuffix(".cold"):
            here.pop(0)
        if site and here:
            here[0].offset = kernel_symbol(here[0].name, site, version)[0]
        self._call_trace(symbols + here, task)

    def scheduling_while_atomic(self) -> None:
        """Report a sleep with preemption off, and let it happen, as Linux does."""
        kernel = self._kernel
        task = kernel.sched.current
        count = kernel.interrupts.preempt_count() + 1 & 0xFFFFFFFF
        self._line(ERR, f"BUG: scheduling while atomic: {task.comm}/{task.pid}/0x{count:08x}")
        self.print_modules(ERR)
        if kernel.sysctls.panic_on_warn:
            raise self.panic("scheduling while atomic: panic_on_warn set ...")
        self.dump_stack(("__schedule_bug.cold", "__schedule@atomic"))
        self.taint(st.TAINT_WARN)

    def wrong_timeout(self, timeout: int) -> None:
        """Report a negative timeout."""
        value = timeout & (1 << 64) - 1
        self._line(ERR, f"schedule_timeout: wrong timeout value {value:x}")
        self.dump_stack(site="wrong")

    def panic(self, text: str) -> KernelPanic:
        """Print that the machine stops, and give the exception that stops it."""
        kernel = self._kernel
        kernel.printk.console_verbose()
        begins = kernel.printk.end_sequence
        self._line(EMERG, f"Kernel panic - not syncing: {text}")
        self.panic_text = text
        if not self.taints >> st.TAINT_DIE & 1:
            # An Oops would have shown where.
            self.report_sequence = begins
            self.dump_stack(("panic",))
        # Linux: arch/x86/kernel/setup.c dump_kernel_offset() (v6.1).
        self._line(EMERG, "Kernel Offset: disabled")
        if kernel.sysctls.panic > 0:
            self._line(EMERG, f"Rebooting in {kernel.sysctls.panic} seconds..")
        else:
            self._line(EMERG, f"---[ end Kernel panic - not syncing: {text} ]---")
        return KernelPanic(text)

    # -- Parts of a report ----------------------------------------------------------------------

    def _line(self, level: int, text: str) -> None:
        self._kernel.printk.emit(level, text)

    def _here(self) -> list[Symbol]:
        frame: FrameType | None = sys._getframe(2)  # noqa: SLF001 - one's own stack
        frames = []
        while frame is not None:
            frames.append((frame, frame.f_lineno))
            frame = frame.f_back
        return symbols_of_frames(self._kernel, frames)

    def cpu_line(self, task: Task) -> str:
        """Give "CPU: 1 PID: 96 Comm: name Tainted: ... release tag"."""
        config = self._kernel.config
        cpu = self._kernel.sched.cpu.id
        tag = (
            f"{config.build_tag}  {config.distribution}"
            if config.distribution
            else config.build_tag
        )
        head = f"CPU: {cpu} PID: {task.pid} Comm: {task.comm:.20s}"
        return f"{head} {taint_text(self.taints)} {config.release} {tag}"

    def _cpu_lines(self, task: Task) -> None:
        self._line(WARNING, self.cpu_line(task))
        self._line(WARNING, f"Hardware name: {self._kernel.config.hardware}")

    def _call_trace(self, symbols: list[Symbol], task: Task, *, unsure: bool = False) -> None:
        kernel = self._kernel
        self._line(WARNING, "Call Trace:")
        if kernel.sched.in_interrupt:
            self._interrupt_trace(symbols, task, unsure=unsure)
            return
        self._line(WARNING, " <TASK>")
        base = bottom(kernel, task, unreliable=True)
        if unsure:
            base = [
                Symbol("kthread", *kernel_symbol("kthread", "", kernel.config.version_code)),
                *base,
            ]
            for symbol in base:
                symbol.reliable = False
        for symbol in symbols + base:
            self._line(WARNING, symbol.trace_line())
        if task.process is not None:
            for line in user_registers(task):
                self._line(WARNING, line)
        self._line(WARNING, " </TASK>")

    # What an interrupt did, and what it came upon.
    def _interrupt_trace(self, symbols: list[Symbol], task: Task, *, unsure: bool) -> None:
        kernel = self._kernel
        version = kernel.config.version_code
        self._line(WARNING, " <IRQ>")
        for symbol in symbols:
            symbol.reliable = symbol.reliable and not unsure
            self._line(WARNING, symbol.trace_line())
        self._line(WARNING, " </IRQ>")
        self._line(WARNING, " <TASK>")
        entry = "asm_sysvec_apic_timer_interrupt"
        self._line(WARNING, Symbol(entry, *kernel_symbol(entry, "", version)).trace_line())
        at, *below = interrupted(kernel, task)
        in_user_space = task.process is not None and not task.kernel_mode
        if in_user_space:
            below = []
        for line in (
            user_registers(task) if in_user_space else interrupted_registers(kernel, task, at)
        ):
            self._line(WARNING, line)
        for symbol in below:
            self._line(WARNING, symbol.trace_line())
        self._line(WARNING, " </TASK>")

    def print_modules(self, level: int = WARNING) -> None:
        """Print "Modules linked in: ..."."""
        self._line(level, "Modules linked in:" + self._kernel.modules.linked_in())


# What the tables that lead to an address hold: only the kernel's and the modules' own are there.
# Linux: arch/x86/mm/fault.c dump_pagetable() (v6.1).
def _page_tables(fault: Oops) -> str:
    if fault.address < _KERNEL_IMAGE:
        return "PGD 0 P4D 0 "
    tables = "PGD 8c15067 P4D 8c15067 PUD 8c17067"
    if fault.address >= _MODULES_END:
        return f"{tables} PMD 0 "
    return f"{tables} PMD 1859067 PTE {'8000000003ba6161' if fault.present else '0'}"
