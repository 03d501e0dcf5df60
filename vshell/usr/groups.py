"""groups: print the groups that users are in.

Source: groups(1), coreutils 9.1
"""

from __future__ import annotations

from vshell.usr._names import Names
from vshell.usr._options import parse
from vshell.usr._program import Io, program
from vshell.usr._quote import quote
from vshell.usr._users import find_user, group_ids

__all__ = ["main"]

_USAGE = "[OPTION]... [USERNAME]...\nPrint group memberships for each USERNAME."


@program
def main(io: Io, words: list[str]) -> int:
    """Print groups: ``groups [USER...]``."""
    options = parse(io, words, "", usage=_USAGE)
    names = Names(io)
    if not options.operands:
        _, _, gid, egid, groups = io.sys.credentials()
        io.out(_listed(names, [gid, egid, *groups]) + "\n")
    status = 0
    for name in options.operands:
        user = find_user(io, name)
        if user is None:
            io.complain(f"{quote(name)}: no such user")
            status = 1
        else:
            io.out(f"{name} : {_listed(names, group_ids(io, user))}\n")
    return status


def _listed(names: Names, numbers: list[int]) -> str:
    return " ".join(names.group(gid) for gid in dict.fromkeys(numbers))
