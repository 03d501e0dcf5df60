"""Registers and code as a report shows them: made up, the same in every run.

Nobody can use them, but a report without them would not look like one.

Source: arch/x86/kernel/process_64.c __show_regs(), arch/x86/kernel/dumpstack.c (v6.1).
"""

from __future__ import annotations

from vshell.kernel.addresses import mix64

TYPE_CHECKING = False
if TYPE_CHECKING:
    from vshell.kernel.core import Kernel
    from vshell.kernel.fault import Oops
    from vshell.kernel.stacktrace import Symbol
    from vshell.kernel.task import Task

__all__ = ["interrupted_registers", "registers", "user_registers"]

# Where in the printed bytes of code the instruction itself stands.
_CODE_PROLOGUE = 42
# Code and the general registers; what an interrupt has pushed holds no more.
_PUSHED_LINES = 7


def registers(
    kernel: Kernel, task: Task, fault: Oops | None = None, at: Symbol | None = None
) -> list[str]:
    """Give the code around the instruction and the registers, one line each.

    Args:
        kernel: whose time it is.
        task: that runs.
        fault: what happened to it, if something did.
        at: where it is.
    """
    seed = task.pid << 32 ^ kernel.sched.now_ns
    address = fault.address if fault is not None else 0
    code_line = f"Code: {_code_bytes(seed + 100)}"
    begins = at.address - _CODE_PROLOGUE if at is not None else 0
    if fault is not None and fault.access == "fetch":
        begins = (address - _CODE_PROLOGUE) & (1 << 64) - 1
    elif at is None or not at.text or begins >= at.text:
        begins = 0
    if begins:
        # Reading the code around the instruction faults too, and leaves its address in CR2.
        address = begins
        code_line = f"Code: Unable to access opcode bytes at 0x{begins:x}."
    value = [mix64(seed + n) for n in range(20)]
    heap = [0xFFFF888000000000 | (v & 0xFFFFFFC0) for v in value]
    stack = 0xFFFFC90000000000 | (value[0] & 0xFFFFF8)
    return [
        code_line,
        f"RSP: 0018:{stack:016x} EFLAGS: 00000246",
        f"RAX: {0:016x} RBX: {heap[1]:016x} RCX: {0xC0000000FFFFEFFF:016x}",
        f"RDX: {0:016x} RSI: {value[2] & 0xFFFFFFFF:016x} RDI: {heap[3]:016x}",
        f"RBP: {heap[4]:016x} R08: {0:016x} R09: {stack - 0x158:016x}",
        f"R10: {3:016x} R11: {0xFFFFFFFF82CD4448:016x} R12: {heap[5]:016x}",
        f"R13: {heap[6]:016x} R14: {0:016x} R15: {0:016x}",
        f"FS:  {0:016x}(0000) GS:{0xFFFF88807DC00000:016x}(0000) knlGS:{0:016x}",
        "CS:  0010 DS: 0000 ES: 0000 CR0: 0000000080050033",
        f"CR2: {address:016x} CR3: {value[7] & 0xFFFF000:016x} CR4: 00000000000006f0",
    ]


def interrupted_registers(kernel: Kernel, task: Task, at: Symbol) -> list[str]:
    """Give what an interrupt has pushed of the kernel code that it came upon.

    Args:
        kernel: whose time it is.
        task: that was running.
        at: where it was.
    """
    return [f"RIP: 0010:{at.with_place()}", *registers(kernel, task, None, at)[:_PUSHED_LINES]]


def user_registers(task: Task) -> list[str]:
    """Give where in its own code a process has called the kernel, or was interrupted."""
    value = [mix64(task.pid * 64 + n) for n in range(8)]
    rip = 0x7F0000000000 | (value[0] & 0xFFFFFFFFFF)
    heap = 0x550000000000 | (value[1] & 0xFFFFFFFFF0)
    stack = 0x7FFC00000000 | (value[2] & 0xFFFFFFF8)
    return [
        f"RIP: 0033:0x{rip:x}",
        f"Code: {_code_bytes(task.pid * 99)}",
        f"RSP: 002b:{stack:016x} EFLAGS: 00000246 ORIG_RAX: {0x139:016x}",
        f"RAX: {0xFFFFFFFFFFFFFFDA:016x} RBX: {heap:016x} RCX: {rip:016x}",
        f"RDX: {0:016x} RSI: {heap - 0x1210:016x} RDI: {3:016x}",
        f"RBP: {heap - 0x1210:016x} R08: {0:016x} R09: {0:016x}",
        f"R10: {3:016x} R11: {0x246:016x} R12: {0:016x}",
        f"R13: {0:016x} R14: {heap - 0x40:016x} R15: {heap - 0x1210:016x}",
    ]


# 64 bytes around an instruction, which stands in angle brackets.
def _code_bytes(seed: int) -> str:
    code = [f"{mix64(seed + n) & 0xFF:02x}" for n in range(64)]
    code[_CODE_PROLOGUE] = f"<{code[_CODE_PROLOGUE]}>"
    return " ".join(code)
