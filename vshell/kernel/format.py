"""printk's formats: the kernel's vsnprintf(), not C's.

Source: lib/vsprintf.c, Documentation/core-api/printk-formats.rst (v6.1). Real: 19-printk-formats.

Arguments are Python values: an ``int`` is cut to the width its conversion names, as a C value would
have been; ``%s`` takes text or bytes; ``%p`` takes anything that has an address.

More than 400 lines, one idea: a format is one loop over its conversions, and there are many.
"""

from __future__ import annotations

from vshell.abi.errno import NAMES

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Protocol

    class Addresses(Protocol):
        """What formats ask the kernel about pointers."""

        def address_of(self, thing: object) -> int:
            """Give a thing's address."""
            ...

        def hashed(self, address: int) -> str:
            """Give what %p prints for an address."""
            ...

        def restricted(self, address: int) -> str:
            """Give what %pK prints for an address."""
            ...

        def symbol_at(self, thing: object, *, offset: bool, backtrace: bool) -> str:
            """Give what %pS, %ps or %pB print."""
            ...


__all__ = ["as_int", "bit_list", "bytes_of", "vsprintf"]

_WIDTHS = {"hh": 8, "h": 16, "": 32, "l": 64, "ll": 64, "L": 64, "z": 64, "t": 64}
_LETTERS = frozenset("diuxXocsp%")
_MAX_ERRNO = 4095


class _Spec:
    # One conversion: flags, width, precision, length modifier and letter.
    __slots__ = (
        "alternate",
        "left",
        "letter",
        "modifier",
        "plus",
        "precision",
        "space",
        "width",
        "zero",
    )

    def __init__(self) -> None:
        self.left = self.plus = self.space = self.alternate = self.zero = False
        self.width = 0
        self.precision = -1
        self.modifier = ""
        self.letter = ""


def vsprintf(addresses: Addresses, template: str, args: Sequence[object]) -> str:
    """Format as the kernel does.

    Args:
        addresses: the kernel, for the ``%p`` conversions.
        template: the format; it ends at a conversion that the kernel does not know.
        args: the values; a missing one prints as 0 or (null), one too many is left out.

    Returns:
        The text, not shortened.
    """
    if "%" not in template:
        return template
    values = _Values(args)
    out: list[str] = []
    position = 0
    while True:
        percent = template.find("%", position)
        if percent < 0:
            out.append(template[position:])
            return "".join(out)
        out.append(template[position:percent])
        spec, position = _parse(template, percent + 1, values)
        if spec.letter not in _LETTERS:
            # Linux: vsnprintf() gives up here: what follows would take the wrong arguments.
            return "".join(out)
        out.append(_convert(addresses, spec, values, template, position))
        if spec.letter == "p":
            position = _pointer_end(template, position)


class _Values:
    # The arguments, handed out one by one; when they run out, what an
    # uninitialised register might hold: 0.
    __slots__ = ("_args", "_next")

    def __init__(self, args: Sequence[object]) -> None:
        self._args = args
        self._next = 0

    def take(self) -> object:
        if self._next >= len(self._args):
            return 0
        self._next += 1
        return self._args[self._next - 1]

    def take_int(self) -> int:
        return as_int(self.take())


def as_int(value: object) -> int:
    """Read a value as a C integer; truth values are 0 and 1, None is 0."""
    if isinstance(value, int):
        return int(value)
    if value is None:
        return 0
    if isinstance(value, str) and len(value) == 1:
        return ord(value)
    index = getattr(value, "__int__", None)
    return int(index()) if index is not None else 0


def _parse(template: str, position: int, values: _Values) -> tuple[_Spec, int]:
    spec = _Spec()
    end = len(template)
    while position < end and template[position] in "-+ #0":
        flag = template[position]
        spec.left |= flag == "-"
        spec.plus |= flag == "+"
        spec.space |= flag == " "
        spec.alternate |= flag == "#"
        spec.zero |= flag == "0"
        position += 1
    spec.width, position = _number(template, position, values)
    if spec.width < 0:
        spec.left = True
        spec.width = -spec.width
    if position < end and template[position] == ".":
        spec.precision, position = _number(template, position + 1, values)
        spec.precision = max(spec.precision, 0)
    start = position
    if template[position : position + 2] in {"hh", "ll"}:
        position += 2
    elif template[position : position + 1] in {"h", "l", "L", "z", "t"}:
        position += 1
    spec.modifier = template[start:position]
    if position < end:
        spec.letter = template[position]
        position += 1
    return spec, position


def _number(template: str, position: int, values: _Values) -> tuple[int, int]:
    if template[position : position + 1] == "*":
        return values.take_int(), position + 1
    start = position
    while template[position : position + 1].isdigit():
        position += 1
    return int(template[start:position] or "0"), position


def _convert(addresses: Addresses, spec: _Spec, values: _Values, template: str, end: int) -> str:
    letter = spec.letter
    if letter == "%":
        return "%"
    if letter == "c":
        return _pad(spec, chr(values.take_int() & 0xFF))
    if letter == "s":
        return _pad(spec, _string(spec, values.take()))
    if letter == "p":
        return _pointer(addresses, spec, values, template, end)
    return _integer(spec, values.take_int())


def _integer(spec: _Spec, value: int) -> str:
    letter = spec.letter
    bits = _WIDTHS[spec.modifier]
    value &= (1 << bits) - 1
    sign = ""
    if letter in "di":
        if value >> (bits - 1):
            value -= 1 << bits
        if value < 0:
            sign = "-"
            value = -value
        elif spec.plus:
            sign = "+"
        elif spec.space:
            sign = " "
        digits = str(value)
    elif letter == "u":
        digits = str(value)
    elif letter == "o":
        digits = f"{value:o}"
        sign = "0" if spec.alternate and value else ""
    else:
        digits = f"{value:x}"
        sign = "0x" if spec.alternate else ""
        if letter == "X":
            digits, sign = digits.upper(), sign.upper()
    digits = digits.rjust(max(spec.precision, 0), "0")
    if spec.zero and not spec.left:
        digits = digits.rjust(spec.width - len(sign), "0")
    text = sign + digits
    return text.ljust(spec.width) if spec.left else text.rjust(spec.width)


def _pad(spec: _Spec, text: str) -> str:
    return text.ljust(spec.width) if spec.left else text.rjust(spec.width)


def _string(spec: _Spec, value: object) -> str:
    if value is None or (isinstance(value, int) and value == 0):
        text = "(null)"
    elif isinstance(value, (bytes, bytearray)):
        text = bytes(value).split(b"\0")[0].decode("utf-8", "surrogateescape")
    elif isinstance(value, str):
        text = value.split("\0")[0]
    elif isinstance(value, list):
        # A C array of characters.
        text = "".join(chr(as_int(one)) for one in value).split("\0")[0]
    else:
        text = "(efault)"
    return text if spec.precision < 0 else text[: spec.precision]


# -- Pointers -----------------------------------------------------------------------------------


def _pointer_end(template: str, position: int) -> int:
    # The kernel eats every letter and digit behind %p, known or not.
    while template[position : position + 1].isalnum():
        position += 1
    return position


def _pointer(addresses: Addresses, spec: _Spec, values: _Values, template: str, end: int) -> str:
    kind = template[end : _pointer_end(template, end)]
    value = values.take()
    handler = _POINTERS.get(kind[:1])
    if handler is not None:
        text = handler(addresses, kind, spec, value)
        if text is not None:
            return _pad(spec, text) if kind[:1] not in "hbE" else text
    return _plain_pointer(addresses, spec, value)


def _plain_pointer(addresses: Addresses, spec: _Spec, value: object) -> str:
    address = addresses.address_of(value)
    if not address or address > (1 << 64) - 1 - _MAX_ERRNO:
        return _pad(spec, f"{address:016x}")
    return _pad(spec, addresses.hashed(address))


def _symbol(addresses: Addresses, kind: str, spec: _Spec, value: object) -> str:
    del spec
    return addresses.symbol_at(value, offset=kind[0] in "SB", backtrace=kind[0] == "B")


def _raw(addresses: Addresses, kind: str, spec: _Spec, value: object) -> str:
    del kind, spec
    return f"{addresses.address_of(value):016x}"


def _secret(addresses: Addresses, kind: str, spec: _Spec, value: object) -> str:
    del kind, spec
    address = addresses.address_of(value)
    return f"{address:016x}" if not address else addresses.restricted(address)


def _error(addresses: Addresses, kind: str, spec: _Spec, value: object) -> str | None:
    del kind, spec
    number = (1 << 64) - addresses.address_of(value)
    return f"-{NAMES.get(number, number)}" if number <= _MAX_ERRNO else None


def bytes_of(value: object) -> bytes:
    """Give the bytes that a pointer points to: of text, bytes or an array of numbers."""
    if isinstance(value, (bytes, bytearray)):
        return bytes(value)
    if isinstance(value, str):
        return value.encode()
    if isinstance(value, (list, tuple)):
        return bytes(as_int(one) & 0xFF for one in value)
    return b""


def _hex_string(addresses: Addresses, kind: str, spec: _Spec, value: object) -> str:
    del addresses
    separator = {"C": ":", "D": "-", "N": ""}.get(kind[1:2], " ")
    data = bytes_of(value)[: min(max(spec.width, 1), 64)]
    return separator.join(f"{byte:02x}" for byte in data)


def _mac(addresses: Addresses, kind: str, spec: _Spec, value: object) -> str:
    del addresses, spec
    data = bytes_of(value)[:6]
    if kind[1:2] == "R":
        data = data[::-1]
    separator = "" if kind[0] == "m" else "-" if kind[1:2] == "F" else ":"
    return separator.join(f"{byte:02x}" for byte in data)


def _ipv4(addresses: Addresses, kind: str, spec: _Spec, value: object) -> str | None:
    del addresses, spec
    if kind[1:2] != "4":
        return None
    width = "03" if kind[0] == "i" else ""
    return ".".join(f"{byte:{width}d}" for byte in bytes_of(value)[:4])


def _uuid(addresses: Addresses, kind: str, spec: _Spec, value: object) -> str:
    del addresses, spec
    data = bytes_of(value)[:16].ljust(16, b"\0")
    if kind[1:2] in ("l", "L"):
        # Little-endian: the first three groups are stored the other way round.
        data = data[3::-1] + data[5:3:-1] + data[7:5:-1] + data[8:]
    digits = data.hex()
    text = "-".join((digits[:8], digits[8:12], digits[12:16], digits[16:20], digits[20:]))
    return text.upper() if kind[1:2] in ("L", "B") else text


def _escaped(addresses: Addresses, kind: str, spec: _Spec, value: object) -> str:
    del addresses, kind
    out = []
    for byte in bytes_of(value)[: max(spec.width, 1)]:
        if 32 <= byte < 127:
            out.append(chr(byte))
        elif byte == 0:
            out.append("\\0")
        elif byte < 32:
            out.append(f"\\{byte:03o}")
        else:
            out.append(f"\\x{byte:02x}")
    return "".join(out)


def _bitmap(addresses: Addresses, kind: str, spec: _Spec, value: object) -> str:
    del addresses
    mask = as_int(value[0]) if isinstance(value, (list, tuple)) else as_int(value)
    count = max(spec.width, 0)
    mask &= (1 << count) - 1
    if kind[1:2] == "l":
        return bit_list(mask)
    groups = []
    while count > 0:
        take = min(count, 32)
        groups.append(f"{mask & (1 << take) - 1:0{-(-take // 4)}x}")
        mask >>= take
        count -= take
    return ",".join(reversed(groups))


def bit_list(mask: int) -> str:
    """Write a mask's bits as ranges: "0,2,4,6-7"."""
    parts = []
    bit = 0
    while mask >> bit:
        if mask >> bit & 1:
            first = bit
            while mask >> (bit + 1) & 1:
                bit += 1
            parts.append(str(first) if bit == first else f"{first}-{bit}")
        bit += 1
    return ",".join(parts)


def _resource(addresses: Addresses, kind: str, spec: _Spec, value: object) -> str:
    del addresses, kind, spec
    return f"0x{as_int(value):016x}"


def _structure(addresses: Addresses, kind: str, spec: _Spec, value: object) -> str | None:
    del addresses, kind, spec
    return "(null)" if value is None else None


_POINTERS = {
    "S": _symbol,
    "s": _symbol,
    "B": _symbol,
    "x": _raw,
    "K": _secret,
    "e": _error,
    "h": _hex_string,
    "M": _mac,
    "m": _mac,
    "I": _ipv4,
    "i": _ipv4,
    "U": _uuid,
    "E": _escaped,
    "b": _bitmap,
    "a": _resource,
    "d": _structure,
    "t": _structure,
    "V": _structure,
}
