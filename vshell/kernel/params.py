"""Module parameters: their types, the command line that sets them, and their files in /sys.

Source: kernel/params.c (v6.1). Real: 10-params.

A parameter is a variable in the module's own namespace. A value that does not fit leaves it as it was.
"""

from __future__ import annotations

from vshell.abi.errno import EINVAL, ENOENT, ENOSPC, ERANGE, KernelError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import Any

__all__ = ["INTEGER_TYPES", "ModuleParam", "parse_integer", "split_args"]

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


def parse_integer(text: str, bits: int, *, signed: bool) -> int:
    """Read a number as kstrtoint() and its kin do with base 0.

    Args:
        text: decimal, 0x hexadecimal or 0 octal, a sign before it, one newline behind it.
        bits: how wide the variable is.
        signed: whether a minus is allowed.

    Raises:
        KernelError: EINVAL for no number, ERANGE for one that does not fit.
    """
    body = text.removesuffix("\n")
    negative = False
    if body[:1] in ("+", "-"):
        negative = body[0] == "-"
        if negative and not signed:
            raise KernelError(EINVAL)
        body = body[1:]
    base = 10
    if body[:2] in ("0x", "0X"):
        base, body = 16, body[2:]
    elif body[:1] == "0" and len(body) > 1:
        base, body = 8, body[1:]
    if not body or not body.isascii() or not body.isalnum():
        raise KernelError(EINVAL)
    try:
        value = int(body, base)
    except ValueError:
        raise KernelError(EINVAL) from None
    limit = 1 << (bits - 1 if signed else bits)
    if value > limit or (value == limit and not negative):
        raise KernelError(ERANGE)
    return -value if negative else value


def parse_bool(text: str | None) -> bool:
    """Read a truth value as kstrtobool() does; None (no value at all) is true.

    Raises:
        KernelError: EINVAL.
    """
    if text is None or (text[:1] in _TRUE and text):
        return True
    if text[:1] in _FALSE and text:
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
        if text is None and self.kind not in ("bool", "invbool"):
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
            if len(text) > _CHARP_MAX:
                complain(f"{self.name}: string parameter too long")
                raise KernelError(ENOSPC)
            return text
        bits, signed = INTEGER_TYPES[kind]
        return parse_integer(text, bits, signed=signed)

    def _set_array(self, text: str, complain: Callable[[str], None]) -> None:
        values = self._namespace[self.variable]
        count = 0
        for part in text.split(","):
            if count == len(values):
                complain(f"{self.name}: can only take {len(values)} arguments")
                raise KernelError(EINVAL)
            values[count] = self._parse(self.element, part, complain)
            count += 1
        if self.count_variable:
            self._namespace[self.count_variable] = count

    def _set_string(self, text: str, complain: Callable[[str], None]) -> None:
        if len(text) >= self.length_max:
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


def _show(kind: str, value: object) -> str:
    if kind == "bool":
        return "Y" if value else "N"
    if kind == "invbool":
        return "N" if value else "Y"
    if kind == "hexint":
        return f"{int(value):#08x}"  # type: ignore[call-overload,no-any-return]
    return "(null)" if value is None else str(int(value)) if isinstance(value, bool) else str(value)


def split_args(text: str) -> Iterator[tuple[str, str | None]]:
    """Split a module's command line into names and values; double quotes group.

    Yields: name and value, None where there is no "=".
    """
    # Linux: lib/cmdline.c next_arg() (v6.1).
    position = 0
    end = len(text)
    while True:
        while position < end and text[position].isspace():
            position += 1
        if position >= end:
            return
        start = position
        quoted = in_quote = False
        if text[position] == '"':
            start = position = position + 1
            quoted = in_quote = True
        equals = -1
        while position < end and (in_quote or not text[position].isspace()):
            if equals < 0 and text[position] == "=" and position > start:
                equals = position
            if text[position] == '"':
                in_quote = not in_quote
            position += 1
        word = text[start:position]
        if quoted and word.endswith('"'):
            word = word[:-1]
        if equals < 0:
            yield word, None
            continue
        value = word[equals - start + 1 :]
        if value.startswith('"'):
            value = value[1:].removesuffix('"')
        yield word[: equals - start], value


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
