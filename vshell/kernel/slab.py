"""Memory that modules ask for: who has asked for what, and what nobody has given back.

There is nothing to run out of. A module gets an object of the type whose size it named, or bytes,
and the allocator remembers it until kfree(). With ``kmemleak=on`` on the kernel's command line,
what a module leaves behind is reported when it is unloaded.

Source: mm/slub.c, mm/slab_common.c, mm/kmemleak.c (v6.1).
"""

from __future__ import annotations

from vshell.kernel.oops import Oops
from vshell.kernel.printk import INFO

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Self

    from vshell.kernel.core import Kernel

__all__ = ["GFP_DIRECT_RECLAIM", "Allocation", "SizeOf", "Slab"]

GFP_DIRECT_RECLAIM = 0x400
"""The bit of gfp_t that says that the caller may sleep."""


class SizeOf(int):
    """How many bytes something takes, and what it is."""

    kind: type

    def __new__(cls, size: int, kind: type) -> Self:
        """Make a size that remembers its type."""
        self = super().__new__(cls, size)
        self.kind = kind
        return self


class Allocation:
    """One piece of memory that has not been given back."""

    __slots__ = ("comm", "jiffies", "module", "pid", "size", "thing")

    def __init__(
        self, thing: object, size: int, module: str, comm: str, pid: int, jiffies: int
    ) -> None:
        """Note who has asked for it and when."""
        self.thing = thing
        self.size = size
        self.module = module
        self.comm = comm
        self.pid = pid
        self.jiffies = jiffies


class Slab:
    """All memory that modules hold."""

    __slots__ = ("_held", "_kernel")

    def __init__(self, kernel: Kernel) -> None:
        """Start with everything free."""
        self._kernel = kernel
        self._held: dict[int, Allocation] = {}

    def alloc(self, size: int, flags: int, count: int | None = None) -> Any:
        """Give memory.

        Args:
            size: bytes; a SizeOf gives an object of its type.
            flags: gfp_t; whether the caller may sleep.
            count: for so many of them in a row, a list.

        Context: any without GFP_DIRECT_RECLAIM; else process context, may give up the CPU.
        """
        kernel = self._kernel
        if flags & GFP_DIRECT_RECLAIM:
            kernel.sched.might_sleep()
        thing = _fresh(size) if count is None else [_fresh(size) for _ in range(count)]
        task = kernel.sched.current
        try:
            module = kernel.modules.calling().name
        except Oops:
            module = ""
        jiffies = kernel.clock.jiffies(kernel.sched.now_ns)
        total = int(size) * (1 if count is None else count)
        held = Allocation(thing, total, module, task.comm, task.pid, jiffies)
        self._held[id(thing)] = held
        return thing

    def free(self, thing: object) -> None:
        """Take memory back.

        Raises:
            Oops: it is not allocated: freed before, or never asked for.
        """
        if thing is None:
            return
        if self._held.pop(id(thing), None) is None:
            # Linux: mm/slub.c set_freepointer() (v6.1) with CONFIG_SLAB_FREELIST_HARDENED.
            raise Oops("ud2", text="mm/slub.c:379")

    def held_by(self, module: str) -> list[Allocation]:
        """List what a module has not given back, the oldest first."""
        return [one for one in self._held.values() if one.module == module]

    def looks_for_leaks(self) -> bool:
        """Tell whether the host was booted with kmemleak=on."""
        return "kmemleak=on" in self._kernel.config.cmdline.split()

    def module_is_gone(self, module: str) -> None:
        """Report what a module that is being unloaded leaves behind, if leaks are looked for."""
        leaks = self.held_by(module)
        for leak in leaks:
            # Nobody can ask for it again.
            leak.module = ""
        if leaks and self.looks_for_leaks():
            text = f"kmemleak: {len(leaks)} new suspected memory leaks"
            self._kernel.printk.emit(INFO, f"{text} (see /sys/kernel/debug/kmemleak)")

    def kmemleak_text(self) -> str:
        """Give /sys/kernel/debug/kmemleak: one block per piece of memory nobody can free."""
        kernel = self._kernel
        now = kernel.clock.jiffies(kernel.sched.now_ns)
        lines = []
        for leak in self._held.values():
            if leak.module:
                continue
            age_ms = kernel.clock.jiffies_to_msecs(now - leak.jiffies)
            age = f"{age_ms // 1000}.{age_ms % 1000:03d}s"
            address = kernel.addresses.address_of(leak.thing)
            lines += [
                f"unreferenced object 0x{address:016x} (size {leak.size}):",
                f'  comm "{leak.comm}", pid {leak.pid}, jiffies {leak.jiffies} (age {age})',
            ]
        return "".join(line + "\n" for line in lines)


def _fresh(size: int) -> Any:
    return size.kind() if isinstance(size, SizeOf) else bytearray(size)
