"""Header files: what a module may take, as the compiler sees it.

The kernel's headers lie in the build tree, ``include/linux/*.h``. Each line that declares something
ends in a comment the compiler reads: ``/* @ name kind least most key=value ... */``. What is no
header there cannot be imported.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    ReadHeader = Callable[[str], str | None]

__all__ = ["ANY", "Declaration", "Header", "Headers"]

_MARK = "/* @ "

ANY = 1 << 30
"""As many arguments as one likes."""


class Declaration:
    """One name of a header.

    ``kind`` is function, macro, value (a macro without parentheses), type or constant. ``least``
    and ``most`` bound the number of arguments.
    """

    __slots__ = (
        "export",
        "fmt",
        "header",
        "kind",
        "lazy",
        "least",
        "line",
        "members",
        "most",
        "name",
        "named",
        "returns",
        "text",
        "uses",
    )

    def __init__(self, header: str, line: int, text: str, fields: list[str]) -> None:
        """Read a marked line.

        Args:
            header: "linux/kthread.h".
            line: its number.
            text: the declaration in C.
            fields: what stands behind the mark.
        """
        self.header = header
        self.line = line
        self.text = text
        self.name, self.kind = fields[0], fields[1]
        self.least = int(fields[2])
        self.most = ANY if fields[3] == "*" else int(fields[3])
        options = dict(field.split("=", 1) for field in fields[4:] if "=" in field)
        self.export = options.get("export", "")
        self.lazy = [int(n) for n in options.get("lazy", "").split(",") if n]
        self.named = [int(n) for n in options.get("named", "").split(",") if n]
        self.returns = options.get("returns", "")
        self.members = [name for name in options.get("members", "").split(",") if name]
        self.uses = [name for name in options.get("uses", "").split(",") if name]
        self.fmt = int(options.get("fmt", "-1"))

    def column(self) -> int:
        """Give the column of the name in the line, counted from 1."""
        return self.text.find(self.name) + 1

    def parameter_types(self) -> list[str]:
        """Give the C types of the parameters that the declaration names."""
        inner = self.text.partition("(")[2].rpartition(")")[0]
        return (
            [part.strip() for part in inner.split(",")] if inner and self.kind == "function" else []
        )


class Header:
    """One header file."""

    __slots__ = ("declarations", "name")

    def __init__(self, name: str, text: str) -> None:
        """Read a header's text."""
        self.name = name
        self.declarations: dict[str, Declaration] = {}
        for number, line in enumerate(text.split("\n"), 1):
            code, mark, rest = line.partition(_MARK)
            if mark:
                fields = rest.removesuffix("*/").split()
                declaration = Declaration(name, number, code.rstrip(), fields)
                self.declarations[declaration.name] = declaration


class Headers:
    """The headers of a build tree, each read once."""

    def __init__(self, read: ReadHeader) -> None:
        """Read headers through ``read``.

        Args:
            read: gives a header's text by its name, None if there is none.
        """
        self._read = read
        self._known: dict[str, Header | None] = {}

    def get(self, name: str) -> Header | None:
        """Find a header: "linux/kthread.h"."""
        if name not in self._known:
            text = self._read(name)
            self._known[name] = None if text is None else Header(name, text)
        return self._known[name]
