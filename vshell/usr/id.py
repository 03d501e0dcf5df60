"""id: print users' and groups' numbers and names.

Source: id(1), coreutils 9.1
"""

from __future__ import annotations

from vshell.usr._names import Names
from vshell.usr._options import Options, parse
from vshell.usr._program import Io, program
from vshell.usr._quote import quote
from vshell.usr._users import find_user, group_ids

__all__ = ["main"]

_LONG = {
    "context": "Z",
    "group": "g",
    "groups": "G",
    "name": "n",
    "real": "r",
    "user": "u",
    "zero": "z",
}
_USAGE = "[OPTION]... [USER]...\nPrint user and group information for each specified USER."


class _Identity:
    # Numbers of a user: real, effective, and all groups, the primary one first.
    def __init__(self, uids: tuple[int, int], gids: tuple[int, int], groups: list[int]) -> None:
        self.uid, self.euid = uids
        self.gid, self.egid = gids
        self.groups = [self.gid]
        self.groups += [one for one in (self.egid, *groups) if one not in self.groups]


@program
def main(io: Io, words: list[str]) -> int:
    """Print numbers and names: ``id [-agGnruz] [USER...]``."""
    options = parse(io, words, "agnruzGZ", _LONG, usage=_USAGE)
    chosen = {letter for letter, _ in options.items if letter in "ugG"}
    if options.has("Z"):
        io.die("--context (-Z) works only on an SELinux-enabled kernel")
    if len(chosen) > 1:
        io.die('cannot print "only" of more than one choice')
    if not chosen and options.has("n", "r"):
        io.die("cannot print only names or real IDs in default format")
    if not chosen and options.has("z"):
        io.die("option --zero not permitted in default format")
    status = 0
    for identity in _identities(io, options.operands):
        if identity is None:
            status = 1
        else:
            _print(io, identity, chosen, options)
    return status


def _identities(io: Io, names: list[str]) -> list[_Identity | None]:
    if not names:
        uid, euid, gid, egid, groups = io.sys.credentials()
        return [_Identity((uid, euid), (gid, egid), groups)]
    found: list[_Identity | None] = []
    for name in names:
        user = find_user(io, name)
        if user is None:
            io.complain(f"{quote(name)}: no such user")
            found.append(None)
            continue
        groups = group_ids(io, user)
        found.append(_Identity((user.uid, user.uid), (user.gid, user.gid), groups))
    return found


def _print(io: Io, one: _Identity, chosen: set[str], options: Options) -> None:
    names = Names(io)
    real = options.has("r")

    def named(number: int, name: str) -> str:
        return f"{number}({name})" if name != str(number) else name

    if not chosen:
        text = f"uid={named(one.uid, names.user(one.uid))}"
        text += f" gid={named(one.gid, names.group(one.gid))}"
        if one.euid != one.uid:
            text += f" euid={named(one.euid, names.user(one.euid))}"
        if one.egid != one.gid:
            text += f" egid={named(one.egid, names.group(one.egid))}"
        listed = ",".join(named(gid, names.group(gid)) for gid in one.groups)
        io.out(f"{text} groups={listed}\n")
        return
    end = "\0" if options.has("z") else "\n"
    if "u" in chosen:
        numbers = [one.uid if real else one.euid]
    else:
        numbers = one.groups if "G" in chosen else [one.gid if real else one.egid]
    words = [str(number) for number in numbers]
    if options.has("n"):
        words = [names.user(one) if "u" in chosen else names.group(one) for one in numbers]
    io.out(("\0" if options.has("z") else " ").join(words) + end)
