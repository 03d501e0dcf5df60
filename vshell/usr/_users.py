"""Users by name or number, what a login needs to know of them, and the groups they are in.

Source: passwd(5), group(5), getgrouplist(3)
"""

from __future__ import annotations

from vshell.usr._names import Names

TYPE_CHECKING = False
if TYPE_CHECKING:
    from vshell.usr._program import Io

__all__ = ["User", "find_user", "group_ids", "may_administer"]


class User:
    """A line of /etc/passwd."""

    __slots__ = ("gid", "home", "name", "shell", "uid")

    def __init__(self, fields: list[str]) -> None:
        """Take its fields."""
        self.name = fields[0]
        self.uid = int(fields[2])
        self.gid = int(fields[3])
        self.home = fields[5]
        self.shell = fields[6]


def find_user(io: Io, text: str, names: Names | None = None) -> User | None:
    """Find a user by name or, if there is no such name, by number.

    Args:
        io: of the program.
        text: name or number.
        names: the tables, if they have been read.
    """
    rows = [row for row in (names or Names(io)).users if len(row) == 7]
    for field in (0, 2):
        for row in rows:
            if row[field] == text:
                return User(row)
    return None


def group_ids(io: Io, user: User, names: Names | None = None) -> list[int]:
    """List the numbers of a user's groups, the primary one first; see ``find_user``."""
    rows = [row for row in (names or Names(io)).groups if user.name in row[3].split(",")]
    return list(dict.fromkeys([user.gid, *(int(row[2]) for row in rows)]))


def may_administer(io: Io, uid: int) -> bool:
    """Tell whether a user may become root: who is root, or in the group sudo."""
    user = find_user(io, str(uid))
    if uid == 0:
        return True
    rows = Names(io).groups
    return user is not None and any(
        row[0] == "sudo" and user.name in row[3].split(",") for row in rows
    )
