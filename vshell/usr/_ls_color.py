"""Colours of ls: by file type and by the end of the name.

Source: ls(1), dircolors(1), coreutils 9.1
"""

from __future__ import annotations

from vshell.usr._files import (
    S_IFBLK,
    S_IFCHR,
    S_IFDIR,
    S_IFIFO,
    S_IFLNK,
    S_IFMT,
    S_IFREG,
    S_IFSOCK,
)

__all__ = ["Colors"]

_DEFAULTS = {
    "di": "01;34",
    "ln": "01;36",
    "pi": "33",
    "so": "01;35",
    "bd": "01;33",
    "cd": "01;33",
    "or": "",
    "mi": "",
    "ex": "01;32",
    "su": "37;41",
    "sg": "30;43",
    "tw": "30;42",
    "ow": "34;42",
    "st": "37;44",
    "fi": "",
    "no": "",
    "rs": "0",
}
_KINDS = {S_IFLNK: "ln", S_IFIFO: "pi", S_IFSOCK: "so", S_IFBLK: "bd", S_IFCHR: "cd"}


class Colors:
    """The colours in force, from LS_COLORS."""

    def __init__(self, text: str) -> None:
        """Read LS_COLORS, such as "di=01;34:*.gz=01;31"."""
        self._kinds = dict(_DEFAULTS)
        self._endings: list[tuple[str, str]] = []
        self.started = False
        for part in text.split(":"):
            name, equals, code = part.partition("=")
            if equals and name.startswith("*"):
                self._endings.append((name[1:], code))
            elif equals:
                self._kinds[name] = code

    def of(self, name: str, mode: int, *, orphan: bool = False, missing: bool = False) -> str:
        """Give the code of a file, "" for none.

        Args:
            name: for the ending.
            mode: type and permissions.
            orphan: whether it is a link that leads nowhere.
            missing: whether it is the target of such a link.
        """
        kinds = self._kinds
        if missing:
            return kinds["mi"]
        kind = mode & S_IFMT
        if kind == S_IFREG:
            code = self._of_file(mode)
            if code:
                return code
            for ending, own in reversed(self._endings):
                if name.endswith(ending):
                    return own
            return kinds["fi"]
        if kind == S_IFDIR:
            return self._of_directory(mode)
        if orphan and kinds["or"]:
            return kinds["or"]
        return kinds[_KINDS.get(kind, "or")]

    def _of_file(self, mode: int) -> str:
        kinds = self._kinds
        if mode & 0o4000 and kinds["su"]:
            return kinds["su"]
        if mode & 0o2000 and kinds["sg"]:
            return kinds["sg"]
        return kinds["ex"] if mode & 0o111 else ""

    def _of_directory(self, mode: int) -> str:
        kinds = self._kinds
        sticky, writable = mode & 0o1000, mode & 0o002
        if sticky and writable and kinds["tw"]:
            return kinds["tw"]
        if writable and kinds["ow"]:
            return kinds["ow"]
        return kinds["st"] if sticky and kinds["st"] else kinds["di"]

    def paint(self, text: str, code: str) -> str:
        """Put a text between the sequences of a colour."""
        if not code or not text:
            return text
        # The first colour of all resets the terminal before.
        start = "" if self.started else f"\x1b[{self._kinds['rs']}m"
        self.started = True
        return f"{start}\x1b[{code}m{text}\x1b[{self._kinds['rs']}m"
