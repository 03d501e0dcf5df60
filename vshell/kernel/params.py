"""Module parameters: their types, their command line, their files in /sys.

Source: kernel/params.c (v6.1). Real: 10-params.

A parameter is a variable in the module's own namespace. A value that does
not fit leaves it as it was.
"""

from __future__ import annotations

from vshell.abi.errno import EINVAL, ENOENT, ENOSPC, ERANGE, KernelError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import Any

__all__ = [
    "INTEGER_TYPES",
    "ModuleParam",
    "find_param",
    "parse_bool",
    "parse_integer",
    "split_args",
]

# Type: bits, signed, how it prints.
INTEGER_TYPES: dict[str, tuple[int, bool]] = {
    "byte": (8, False),
    "short": (16, True),
    "ushort": (16, False),
    "int": (32, True),
    "uint": (32, False),
    "hexint": (32, False),
    "long": (64, True),
    "ulong": (64, False),
    "ullong": (64, False),
}
_TRUE, _FALSE = ("y", "Y", "t", "T", "1"), ("n", "N", "f", "F", "0")
_CHARP_MAX = 1024
_SPACES = " \t\n\v\f\r"


def parse_integer(text: str, bits: int, *, signed: bool, base: int = 0) -> int:
    """Read a number as kstrtoint() and its kin do.

    Args:
        text: the digits, a sign before them, one newline behind them.
        bits: how wide the variable is.
        signed: whether a minus is allowed.
        base: 2 to 16; 0 to tell by 0x (hexadecimal) and 0 (octal).

    Raises:
        KernelError: EINVAL for no number, ERANGE for one that does not fit.
    """
    # Linux: lib/kstrtox.c _kstrtoull() (v6.1): too many digits are told before what is no digit.
    negative = signed and text.startswith("-")
    body = text[1:] if negative or text.startswith("+") else text
    if base == 0:
        base = 10
        if body.startswith("0"):
            is_hex = body[1:2] in ("x", "X") and _digit(body[2:3], 16) is not None
            base = 16 if is_hex else 8
    if base == 16 and body[:2] in ("0x", "0X"):
        body = body[2:]
    value = count = 0
    for letter in body:
        digit = _digit(letter, base)
        if digit is None:
            break
        value = value * base + digit
        count += 1
    if value >> 64:
        raise KernelError(ERANGE)
    if not count or body[count:] not in ("", "\n"):
        raise KernelError(EINVAL)
    limit = 1 << (bits - 1 if signed else bits)
    if value > limit or (value == limit and not negative):
        raise KernelError(ERANGE)
    return -value if negative else value


def _digit(letter: str, base: int) -> int | None:
    value = "0123456789abcdef".find(letter.lower()) if letter else -1
    return value if 0 <= value < base else None


def parse_bool(text: str | None) -> bool:
    """Read a truth value as kstrtobool() does; None (no value at all) is true.

    Raises:
        KernelError: EINVAL.
    """
    if text is None or text[:1] in _TRUE:
        return True
    if text[:1] in _FALSE:
        return False
    if text[:1] in ("o", "O") and text[1:2].lower() in ("n", "f"):
        return text[1:2].lower() == "n"
    raise KernelError(EINVAL)


class ModuleParam:
    """One parameter: how text becomes its value and the other way round."""

    __slots__ = (
        "_get",
        "_namespace",
        "_set",
        "count_variable",
        "element",
        "kind",
        "length_max",
        "mode",
        "name",
        "variable",
    )

    def __init__(
        self, namespace: dict[str, Any], name: str, variable: str, kind: str, mode: int
    ) -> None:
        """Describe a parameter.

        Args:
            namespace: the module's globals.
            name: what the command line and /sys call it.
            variable: the global it sets.
            kind: one of INTEGER_TYPES, bool, invbool, charp, string, array or callback.
            mode: permissions of its file in /sys; 0 for no file.
        """
        self._namespace = namespace
        self.name = name
        self.variable = variable
        self.kind = kind
        self.mode = mode
        self.element = ""
        self.length_max = 0
        self.count_variable = ""
        self._set: Callable[[str], int] | None = None
        self._get: Callable[[], str] | None = None

    def use_callbacks(
        self, setter: Callable[[str], int] | None, getter: Callable[[], str] | None
    ) -> None:
        """Set and read it through functions of the module (module_param_cb)."""
        self._set = setter
        self._get = getter

    # -- Setting --------------------------------------------------------------------------------

    def set(self, text: str | None, complain: Callable[[str], None]) -> None:
        """Give it a value.

        Args:
            text: the value; None if there was not even an "=".
            complain: logs a line at level err.

        Raises:
            KernelError: the value does not fit.
        """
        # Linux: kernel/params.c parse_one() (v6.1): only bool has KERNEL_PARAM_OPS_FL_NOARG.
        if text is None and self.kind != "bool":
            raise KernelError(EINVAL)
        if self.kind == "callback":
            self._set_by_callback(text or "")
        elif self.kind == "array":
            self._set_array(text or "", complain)
        elif self.kind == "string":
            self._set_string(text or "", complain)
        else:
            self._namespace[self.variable] = self._parse(self.kind, text, complain)

    def _set_by_callback(self, text: str) -> None:
        if self._set is None:
            raise KernelError(EINVAL)
        status = self._set(text)
        if status < 0:
            raise KernelError(-status)

    def _parse(self, kind: str, text: str | None, complain: Callable[[str], None]) -> object:
        if kind == "bool":
            return parse_bool(text)
        if kind == "invbool":
            return not parse_bool(text)
        assert text is not None
        if kind == "charp":
            if _bytes_in(text) > _CHARP_MAX:
                complain(f"{self.name}: string parameter too long")
                raise KernelError(ENOSPC)
            return text
        bits, signed = INTEGER_TYPES[kind]
        return parse_integer(text, bits, signed=signed)

    def _set_array(self, text: str, complain: Callable[[str], None]) -> None:
        values = self._namespace[self.variable]
        # Linux: kernel/params.c param_array() (v6.1) counts in place: what fails leaves its mark.
        for count, part in enumerate(text.split(",")):
            if self.count_variable:
                self._namespace[self.count_variable] = count
            if count == len(values):
                complain(f"{self.name}: can only take {len(values)} arguments")
                raise KernelError(EINVAL)
            values[count] = self._parse(self.element, part, complain)
        if self.count_variable:
            self._namespace[self.count_variable] = len(text.split(","))

    def _set_string(self, text: str, complain: Callable[[str], None]) -> None:
        if _bytes_in(text) >= self.length_max:
            complain(f"{self.name}: string doesn't fit in {self.length_max - 1} chars.")
            raise KernelError(ENOSPC)
        self._namespace[self.variable] = text

    # -- Reading --------------------------------------------------------------------------------

    def get(self) -> str:
        """Give the text of its file in /sys, newline included."""
        if self.kind == "callback":
            return (self._get() if self._get is not None else "") + "\n"
        value = self._namespace[self.variable]
        if self.kind == "array":
            count = self._namespace[self.count_variable] if self.count_variable else len(value)
            return ",".join(_show(self.element, one) for one in value[:count]) + "\n"
        return _show(self.kind, value) + "\n"

    def is_writable(self) -> bool:
        """Tell whether anybody may write its file."""
        return bool(self.mode & 0o222)


def _bytes_in(text: str) -> int:
    return len(text.encode("utf-8", "surrogateescape"))


def _show(kind: str, value: object) -> str:
    if kind == "bool":
        return "Y" if value else "N"
    if kind == "invbool":
        return "N" if value else "Y"
    if kind == "hexint":
        return f"{int(value):#08x}"  # type: ignore[call-overload]  # hexint is an integer
    return "(null)" if value is None else str(int(value)) if isinstance(value, bool) else str(value)


def split_args(text: str) -> Iterator[tuple[str, str | None]]:
    """Split a module's command line; double quotes group.

    Yields:
        Name and value, None where there is no "=".
    """
    # Linux: lib/cmdline.c next_arg() (v6.1).
    text = text.lstrip(_SPACES)
    while text:
        quoted = in_quote = text.startswith('"')
        if quoted:
            text = text[1:]
        end = equals = 0
        while end < len(text) and (in_quote or text[end] not in _SPACES):
            if text[end] == "=" and not equals:
                equals = end
            in_quote ^= text[end] == '"'
            end += 1
        word, text = text[:end], text[end + 1 :].lstrip(_SPACES)
        name, value = (word[:equals], word[equals + 1 :]) if equals else (word, None)
        if value is not None and value.startswith('"'):
            # A quote that closes the value does not close the word as well.
            yield name, value[1:].removesuffix('"')
        elif quoted and value is not None:
            yield name, value.removesuffix('"')
        else:
            yield (name.removesuffix('"') if quoted else name), value


def find_param(params: list[ModuleParam], name: str) -> ModuleParam:
    """Find a parameter by name; a dash equals an underscore.

    Raises:
        KernelError: ENOENT.
    """
    wanted = name.replace("-", "_")
    for param in params:
        if param.name.replace("-", "_") == wanted:
            return param
    raise KernelError(ENOENT)
