"""What the terminal can do and which characters the locale has.

Source: terminfo(5), setlocale(3)
"""

from __future__ import annotations

from vshell.abi.errno import KernelError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from vshell.usr._program import Io

__all__ = ["has_colors", "is_utf8", "read_terminfo", "terminal_size"]

_FOLDERS = ("/etc/terminfo", "/lib/terminfo", "/usr/share/terminfo")
# Capabilities and where their values stand among numbers or strings.
_CAPABILITIES = {
    "colors": ("number", 13),
    "clear": ("string", 5),
    "el": ("string", 6),
    "cup": ("string", 10),
    "civis": ("string", 13),
    "cnorm": ("string", 16),
    "bold": ("string", 27),
    "dim": ("string", 30),
    "rev": ("string", 34),
    "smul": ("string", 36),
    "sgr0": ("string", 39),
    "rmul": ("string", 44),
    "setaf": ("string", 359),
    "setab": ("string", 360),
}


def is_utf8(io: Io) -> bool:
    """Tell whether characters are UTF-8 (else ASCII), by LC_ALL, LC_CTYPE and LANG."""
    environ = io.sys.environ()
    names = (environ.get(name, "") for name in ("LC_ALL", "LC_CTYPE", "LANG"))
    locale = next((name for name in names if name), "")
    return locale.upper().replace("-", "").endswith("UTF8")


def has_colors(io: Io) -> bool:
    """Tell whether the terminal that TERM names is known to have colours."""
    term = io.sys.environ().get("TERM", "")
    terminal = read_terminfo(io, term) if term and "/" not in term else None
    colors = terminal.get("colors", 0) if terminal is not None else 0
    return isinstance(colors, int) and colors > 1


def terminal_size(io: Io) -> tuple[int, int] | None:
    """Give columns and rows of the first standard stream that is a terminal, None if none is."""
    for fd in (1, 2, 0):
        try:
            columns, rows = io.sys.window_size(fd)
        except KernelError:
            continue
        if columns > 0 and rows > 0:
            return columns, rows
    return None


def read_terminfo(io: Io, term: str) -> dict[str, int | str] | None:
    """Read what a compiled description says; None if there is none.

    Returns:
        Numbers and strings by the names of their capabilities (those of ``_CAPABILITIES``), and
        ``longname``.
    """
    for folder in _FOLDERS:
        try:
            data = io.read_file(f"{folder}/{term[:1]}/{term}")
        except KernelError:
            continue
        return _parse_terminfo(data)
    return None


# Source: term(5). Names, flags, numbers and strings follow a head of six words.
def _parse_terminfo(data: bytes) -> dict[str, int | str]:
    def words(start: int, count: int) -> list[int]:
        pairs = range(start, start + 2 * count, 2)
        return [int.from_bytes(data[at : at + 2], "little", signed=True) for at in pairs]

    _, names, flags, numbers, strings, _ = words(0, 6)
    text = data[12 : 12 + names].rstrip(b"\0").decode()
    start = 12 + names + flags
    start += start % 2
    values = words(start, numbers)
    offsets = words(start + 2 * numbers, strings)
    table = data[start + 2 * (numbers + strings) :]
    found: dict[str, int | str] = {"longname": text.rpartition("|")[2]}
    for name, (kind, index) in _CAPABILITIES.items():
        if kind == "number" and index < numbers and values[index] >= 0:
            found[name] = values[index]
        elif kind == "string" and index < strings and offsets[index] >= 0:
            found[name] = table[offsets[index] :].partition(b"\0")[0].decode()
    return found
