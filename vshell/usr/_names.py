"""Names of users and groups.

Source: passwd(5), group(5), getpwuid(3)
"""

from __future__ import annotations

from vshell.abi.errno import KernelError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from vshell.usr._program import Io

__all__ = ["Names"]


class Names:
    """The tables of /etc/passwd and /etc/group, read when they are first needed."""

    def __init__(self, io: Io) -> None:
        """Read nothing yet."""
        self._io = io
        self._users: list[list[str]] | None = None
        self._groups: list[list[str]] | None = None

    def _table(self, path: str) -> list[list[str]]:
        try:
            text = self._io.read_text(path)
        except KernelError:
            return []
        return [line.split(":") for line in text.splitlines() if line.count(":") >= 3]

    @property
    def users(self) -> list[list[str]]:
        """The fields of /etc/passwd, a list per line."""
        if self._users is None:
            self._users = self._table("/etc/passwd")
        return self._users

    @property
    def groups(self) -> list[list[str]]:
        """The fields of /etc/group, a list per line."""
        if self._groups is None:
            self._groups = self._table("/etc/group")
        return self._groups

    def user(self, uid: int) -> str:
        """Give a user's name, the digits of the number if there is none."""
        return next((row[0] for row in self.users if row[2] == str(uid)), str(uid))

    def group(self, gid: int) -> str:
        """Give a group's name, the digits of the number if there is none."""
        return next((row[0] for row in self.groups if row[2] == str(gid)), str(gid))

    def uid(self, text: str) -> int | None:
        """Give the number of a user by name or digits, None if there is no such user."""
        row = next((row for row in self.users if row[0] == text), None)
        if row is not None:
            return int(row[2])
        digits = text.removeprefix("+")
        return int(digits) if digits.isascii() and digits.isdigit() else None

    def gid(self, text: str) -> int | None:
        """Give the number of a group by name or digits, None if there is no such group."""
        row = next((row for row in self.groups if row[0] == text), None)
        if row is not None:
            return int(row[2])
        digits = text.removeprefix("+")
        return int(digits) if digits.isascii() and digits.isdigit() else None

    def login_group(self, uid: int) -> int | None:
        """Give the number of a user's own group."""
        return next((int(row[3]) for row in self.users if row[2] == str(uid)), None)
