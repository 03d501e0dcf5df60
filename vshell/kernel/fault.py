"""Faults: which exception of the processor an exception of Python amounts to.

Following None is following a NULL pointer, and so is following a number that is an address or an
error pointer; where in a structure the field lies that was asked for decides at which address the
access fails. What C has no counterpart for is a BUG().

Source: arch/x86/mm/fault.c, arch/x86/kernel/traps.c (v6.1). Real: 13-oops.
"""

from __future__ import annotations

from vshell.abi import dialect

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import TracebackType
    from typing import Any

__all__ = ["Oops", "classify", "offset_of"]

_MASK = (1 << 64) - 1
_PAGE_SIZE = 4096
# A number below is no address but an index, a count or the like.
_ADDRESS_MIN = 1 << 32
# The upper bits of an address repeat bit 47; one where they do not is no address at all.
_CANONICAL_BITS = 47
# Behind the pages of any module.
_BEYOND_MODULES = 0xFFFFFFFFC0C00000
_POINTER_SIZE = 8


class Oops(Exception):
    """A fault of the running code, as the hardware would report it.

    ``kind`` is "page", "divide", "ud2" (BUG), "opcode" (ud2 where no BUG stands), "gp" or "stack".
    """

    def __init__(
        self,
        kind: str,
        address: int = 0,
        access: str = "read",
        text: str = "",
        *,
        present: bool = False,
    ) -> None:
        """Describe the fault.

        Args:
            kind: which exception of the processor.
            address: what was accessed.
            access: "read", "write" or "fetch".
            text: what a BUG() says first: "FILE:LINE".
            present: whether the page is there and forbids the access.
        """
        super().__init__(kind, address, access, text)
        self.kind = kind
        self.address = address
        self.access = access
        self.text = text
        self.present = present
        self.python = ""
        self.at: str = ""

    @property
    def kills_by(self) -> int:
        """The signal that a process which faults dies of."""
        return 9 if self.kind == "page" else 11

    @property
    def error_code(self) -> int:
        """What the processor says about a page fault."""
        return {"read": 0, "write": 2, "fetch": 0x10}[self.access] | int(self.present)


def classify(error: BaseException) -> Oops:
    """Decide which fault of C an exception of Python amounts to."""
    if isinstance(error, Oops):
        return error
    if isinstance(error, ZeroDivisionError):
        return Oops("divide")
    if isinstance(error, RecursionError):
        return Oops("stack")
    pointer = _pointer_used(error)
    if pointer is not None:
        if not _is_canonical(pointer):
            return Oops("gp", pointer)
        return Oops("page", pointer, _access(error))
    if isinstance(error, TypeError) and "object does not support item assignment" in str(error):
        namespace = _namespace(error)
        module = namespace.get(dialect.MODULE_HANDLE)
        literal = (module.address if module is not None else 0) + _PAGE_SIZE + 0xA4
        return Oops("page", literal, "write", present=True)
    if isinstance(error, IndexError):
        fault = Oops("page", _BEYOND_MODULES, _access(error))
    else:
        fault = Oops("ud2")
    fault.python = f"{type(error).__name__}: {error}"
    return fault


# The address behind the pointer that was not one: near 0 for None, an errno's for an error pointer.
def _pointer_used(error: BaseException) -> int | None:
    if isinstance(error, AttributeError):
        subject = getattr(error, "obj", None)
        if subject is None and "'NoneType'" not in str(error):
            # Python does not say whose attribute could not be set.
            subject = _stored_into(error)
        base: int | None = getattr(subject, "error_pointer", None)
        if subject is None:
            base = 0
        elif type(subject) is int and subject >= _ADDRESS_MIN:
            base = subject
        if base is None:
            return None
        return (base + offset_of(_field(error), _namespace(error))) & _MASK
    if isinstance(error, TypeError) and "'NoneType'" in str(error):
        return 0
    return None


# Which field was asked for: "'NoneType' object has no attribute 'x'".
def _field(error: AttributeError) -> str:
    return error.name or str(error).rpartition(" '")[2].rstrip("'")


# The object of a statement "OBJECT.x = ..." that failed, if it is a constant or a variable.
def _stored_into(error: BaseException) -> object:
    from dis import get_instructions  # noqa: PLC0415 - only a report needs it

    traceback = _innermost(error)
    if traceback is not None:
        frame = traceback.tb_frame
        before = None
        for one in get_instructions(frame.f_code):
            if one.offset == traceback.tb_lasti and one.opname == "STORE_ATTR" and before:
                if before.opname == "LOAD_CONST":
                    return before.argval
                return frame.f_locals.get(before.argval, frame.f_globals.get(before.argval, ""))
            before = one
    return ""


def _is_canonical(address: int) -> bool:
    upper = address >> _CANONICAL_BITS
    return upper in (0, _MASK >> _CANONICAL_BITS)


# The variables of the file whose code failed.
def _namespace(error: BaseException) -> dict[str, Any]:
    traceback = _innermost(error)
    return traceback.tb_frame.f_globals if traceback is not None else {}


# Where it failed; what an error pointer does when it is written through is part of the statement.
def _innermost(error: BaseException) -> TracebackType | None:
    traceback = error.__traceback__
    while traceback is not None and traceback.tb_next is not None:
        if traceback.tb_next.tb_frame.f_code.co_name == "__setattr__":
            break
        traceback = traceback.tb_next
    return traceback


def offset_of(field: str, namespace: dict[str, Any]) -> int:
    """Give where in its structure a field lies.

    Args:
        field: its name.
        namespace: of the file; the structure is the first class there that has such a field.

    Returns:
        Bytes from the structure's beginning, 0 if no class is known to have the field.
    """
    for structure in list(namespace.values()):
        if isinstance(structure, type):
            offset = 0
            for name, size, align in _fields(structure):
                offset = -(-offset // align) * align
                if name == field:
                    return offset
                offset += size
    return 0


# Name, size and alignment of what a class declares: its variables, then what __init__ sets.
def _fields(structure: type) -> list[tuple[str, int, int]]:
    found: dict[str, tuple[int, int]] = {}
    for name, value in vars(structure).items():
        if not name.startswith("__") and not callable(value):
            found[name] = _size(value)
    init = getattr(vars(structure).get("__init__"), "__code__", None)
    if init is not None:
        from dis import get_instructions  # noqa: PLC0415 - only a report needs it

        for one in get_instructions(init):
            if one.opname == "STORE_ATTR":
                found.setdefault(one.argval, (_POINTER_SIZE, _POINTER_SIZE))
    return [(name, size, align) for name, (size, align) in found.items()]


# As C lays out what a default value stands for.
def _size(value: object) -> tuple[int, int]:
    if isinstance(value, bool):
        return 1, 1
    if isinstance(value, int):
        return 4, 4
    if isinstance(value, (bytes, bytearray)):
        return len(value), 1
    if isinstance(value, list):
        size, align = _size(value[0]) if value else (_POINTER_SIZE, _POINTER_SIZE)
        return size * len(value), align
    return _POINTER_SIZE, _POINTER_SIZE


# Tell from the instruction that failed whether it read, wrote or called.
def _access(error: BaseException) -> str:
    from opcode import opname  # noqa: PLC0415 - only a report needs it

    if "not callable" in str(error):
        return "fetch"
    traceback = _innermost(error)
    if traceback is None or traceback.tb_lasti < 0:
        return "read"
    name = opname[traceback.tb_frame.f_code.co_code[traceback.tb_lasti]]
    return "write" if name.startswith(("STORE", "DELETE")) else "read"
