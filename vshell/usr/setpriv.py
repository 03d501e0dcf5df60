"""setpriv: run a program as other users and groups.

Source: setpriv(1), util-linux 2.38.1

Differs:
    Real and effective ids cannot be set apart; capabilities, security bits and labels not at all.
"""

from __future__ import annotations

from vshell.abi.errno import ENOENT, ENOSYS, KernelError, strerror
from vshell.usr._names import Names
from vshell.usr._options import Options, usage_error
from vshell.usr._program import Io, OptionError, getopt, program
from vshell.usr._spawn import exec_program
from vshell.usr._users import find_user, group_ids

__all__ = ["main"]

_USAGE = """
Usage:
 setpriv [options] <program> [<argument>...]

Run a program with different privilege settings.

Options:
 -d, --dump                  show current state (and do not exec)
 --nnp, --no-new-privs       disallow granting new privileges
 --ruid <uid|user>           set real uid
 --euid <uid|user>           set effective uid
 --rgid <gid|user>           set real gid
 --egid <gid|group>          set effective gid
 --reuid <uid|user>          set real and effective uid
 --regid <gid|group>         set real and effective gid
 --clear-groups              clear supplementary groups
 --keep-groups               keep supplementary groups
 --init-groups               initialize supplementary groups
 --groups <group,...>        set supplementary groups by UID or name
 --reset-env                 clear all environment and initialize
                               HOME, SHELL, USER, LOGNAME and PATH

 -h, --help                  display this help
 -V, --version               display version

For more details see setpriv(1).
"""
_LONG = {
    "dump": "d",
    "nnp": "nnp",
    "no-new-privs": "nnp",
    "ruid=": "ruid",
    "euid=": "euid",
    "rgid=": "rgid",
    "egid=": "egid",
    "reuid=": "reuid",
    "regid=": "regid",
    "clear-groups": "clear-groups",
    "keep-groups": "keep-groups",
    "init-groups": "init-groups",
    "groups=": "groups",
    "reset-env": "reset-env",
    "help": "h",
    "version": "V",
}
_GROUP_OPTIONS = ("clear-groups", "keep-groups", "init-groups", "groups")


@program
def main(io: Io, words: list[str]) -> int:
    """Run as others: ``setpriv [--reuid U] [--regid G] [--clear-groups] PROGRAM [ARG...]``."""
    try:
        items, command = getopt(words, "dhV", _LONG, permute=False)
    except OptionError as error:
        usage_error(io, str(error))
    options = Options(items, command)
    if options.has("h", "V"):
        io.out(_USAGE if options.has("h") else "setpriv from util-linux 2.38.1\n")
        return 0
    if options.has("d"):
        return _dump(io)
    given = [name for name in _GROUP_OPTIONS if options.has(name)]
    if len(given) > 1:
        listed = " ".join(f"--{name}" for name in _GROUP_OPTIONS)
        io.die(f"mutually exclusive arguments: {listed}")
    uid = _id(io, options, ("reuid", "ruid", "euid"))
    gid = _id(io, options, ("regid", "rgid", "egid"))
    if not command:
        io.die("No program specified")
    if gid is not None and not given:
        name = "--keep-groups, --clear-groups, --init-groups, or --groups"
        io.die(f"--[re]gid requires {name}")
    if given == ["init-groups"] and uid is None:
        io.die("--init-groups requires --ruid or --reuid")
    environ = io.sys.environ()
    if options.has("reset-env"):
        environ = _fresh_environment(io, uid, environ)
    _become(io, options, uid, gid)
    try:
        exec_program(io.sys, command, environ)
    except KernelError as error:
        io.complain(f"failed to execute {command[0]}: {strerror(error.errno)}")
        return 127 if error.errno == ENOENT else 126


def _dump(io: Io) -> int:
    uid, euid, gid, egid, groups = io.sys.credentials()
    listed = ",".join(str(one) for one in groups) or "[none]"
    io.out(f"uid: {uid}\neuid: {euid}\ngid: {gid}\negid: {egid}\n")
    io.out(f"Supplementary groups: {listed}\nno_new_privs: 0\n")
    return 0


def _id(io: Io, options: Options, names: tuple[str, str, str]) -> int | None:
    both, *single = names
    found = None
    for name in names:
        if not options.has(name):
            continue
        text = options.value(name)
        numbers = Names(io)
        found = numbers.uid(text) if both == "reuid" else numbers.gid(text)
        if found is None:
            io.die(f"failed to parse {name}: '{text}'")
    if not options.has(both) and sum(options.has(name) for name in single) == 1:
        what = "setresuid" if both == "reuid" else "setresgid"
        io.die(f"{what} failed: {strerror(ENOSYS)}")
    return found


def _become(io: Io, options: Options, uid: int | None, gid: int | None) -> None:
    own_uid, _, own_gid, _, groups = io.sys.credentials()
    if options.has("clear-groups"):
        groups = []
    elif options.has("init-groups"):
        user = find_user(io, str(uid))
        groups = group_ids(io, user) if user is not None else []
    elif options.has("groups"):
        groups = []
        for word in options.value("groups").split(","):
            number = Names(io).gid(word)
            if number is None:
                io.die(f"Invalid supplementary group id: '{word}'")
            groups.append(number)
    if uid is None and gid is None and not options.has(*_GROUP_OPTIONS):
        return
    new_uid = own_uid if uid is None else uid
    new_gid = own_gid if gid is None else gid
    try:
        io.sys.set_credentials(new_uid, new_gid, groups)
    except KernelError as error:
        what = "setresgid" if gid is not None else "setresuid" if uid is not None else "setgroups"
        io.die(f"{what} failed: {strerror(error.errno)}")


def _fresh_environment(io: Io, uid: int | None, old: dict[str, str]) -> dict[str, str]:
    user = find_user(io, str(io.sys.credentials()[0] if uid is None else uid))
    environ = {"TERM": old["TERM"]} if "TERM" in old else {}
    if user is not None:
        environ |= {"SHELL": user.shell or "/bin/sh", "HOME": user.home}
        environ |= {"USER": user.name, "LOGNAME": user.name}
    environ["PATH"] = "/usr/local/bin:/bin:/usr/bin"
    if user is not None and user.uid == 0:
        environ["PATH"] = "/usr/local/sbin:/usr/local/bin:/sbin:/bin:/usr/sbin:/usr/bin"
    return environ
