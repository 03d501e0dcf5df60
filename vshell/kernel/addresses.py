"""Addresses: what pointers look like where nothing has one.

Every thing that a module prints with %p or that a report names gets a made-up but lasting address,
handed out in order of first use, so that they repeat from run to run.
"""

from __future__ import annotations

from vshell.kernel.symbols import kernel_symbol

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import CodeType
    from typing import Any

    from vshell.kernel.core import Kernel

__all__ = ["KERNEL_TEXT", "MODULES_VADDR", "Addresses", "mix64"]

KERNEL_TEXT = 0xFFFFFFFF81000000
MODULES_VADDR = 0xFFFFFFFFC0000000
_DIRECT_MAP = 0xFFFF888004000000
_MASK = (1 << 64) - 1


def mix64(value: int) -> int:
    """Scatter a number over 64 bits, always the same way."""
    value = (value + 0x9E3779B97F4A7C15) & _MASK
    value = ((value ^ (value >> 30)) * 0xBF58476D1CE4E5B9) & _MASK
    value = ((value ^ (value >> 27)) * 0x94D049BB133111EB) & _MASK
    return value ^ (value >> 31)


class Addresses:
    """Hands out addresses and explains them."""

    __slots__ = ("_kernel", "_key", "_known", "_next", "_next_text")

    def __init__(self, kernel: Kernel) -> None:
        """Start with none handed out."""
        self._kernel = kernel
        # Kept alive with their addresses, so that a number is never given twice.
        self._known: dict[int, tuple[object, int]] = {}
        self._next = _DIRECT_MAP
        self._next_text = KERNEL_TEXT
        self._key = mix64(kernel.config.boot_wall_ns ^ kernel.policy.seed)

    def address_of(self, thing: object) -> int:
        """Give a thing's address.

        None is 0, a number is itself, an error pointer its errno.
        """
        if thing is None:
            return 0
        if isinstance(thing, int):
            return thing & _MASK
        errno: int | None = getattr(thing, "error_pointer", None)
        if errno is not None:
            return errno & _MASK
        found = self._known.get(id(thing))
        if found is None:
            found = (thing, self._allot(thing))
            self._known[id(thing)] = found
        return found[1]

    def _allot(self, thing: object) -> int:
        code: CodeType | None = getattr(thing, "__code__", None)
        if code is not None:
            module = self.module_of(thing)
            if module is not None:
                return int(module.function_address(code))
            address = self._next_text
            self._next_text += kernel_symbol(code.co_name)[1]
            return address
        address = self._next
        self._next += 0x40
        return address

    def module_of(self, thing: object) -> Any:
        """Find the module whose code a function is; None if it is the kernel's."""
        return getattr(thing, "__globals__", {}).get("__vshell_module__")

    def hashed(self, address: int) -> str:
        """Give what %p prints: 8 digits that do not tell the address.

        Before there are random numbers there is no key for them.
        """
        if not self._kernel.random.has_pointer_key():
            return "(____ptrval____)"
        return f"00000000{mix64(address ^ self._key) & 0xFFFFFFFF:08x}"

    def restricted(self, address: int) -> str:
        """Give what %pK prints, by /proc/sys/kernel/kptr_restrict."""
        restrict = self._kernel.sysctls.kptr_restrict
        if restrict == 0:
            return self.hashed(address)
        privileged = restrict == 1 and self._kernel.sched.current.process_is_root()
        return f"{address:016x}" if privileged else "0" * 16

    # A module's variable that a thing is, by its name and the module's.
    def _variable(self, thing: object) -> tuple[str, str] | None:
        if thing is None or isinstance(thing, (int, str)):
            return None
        for module in self._kernel.modules.list:
            for name, value in module.namespace.items():
                if value is thing and not name.startswith("__"):
                    return name, module.name
        return None

    def symbol_at(self, thing: object, *, offset: bool, backtrace: bool) -> str:
        """Give what %pS, %ps or %pB print for a pointer.

        "f+0x0/0xd [mod]", with %ps "f [mod]".
        """
        code: CodeType | None = getattr(thing, "__code__", None)
        if code is None or backtrace:
            variable = self._variable(thing) if code is None else None
            if variable is not None:
                return f"{variable[0]}{'+0x0/0x8' * offset} [{variable[1]}]"
            address = self.address_of(thing)
            # Linux: a backtrace holds return addresses; what they belong to is the call before.
            named = self._kernel.modules.symbol_at_address(address - backtrace)
            if named is None:
                return f"0x{address:x}"
            named.offset += backtrace
            return (
                str(named)
                if offset
                else named.name + (f" [{named.module}]" if named.module else "")
            )
        module = self.module_of(thing)
        suffix = f" [{module.name}]" if module is not None else ""
        size = (
            module.symbol(code, code.co_firstlineno).size
            if module
            else kernel_symbol(code.co_name)[1]
        )
        return f"{code.co_name}+0x0/{size:#x}{suffix}" if offset else code.co_name + suffix
