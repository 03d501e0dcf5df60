"""sudo: run a command as root, for users who may.

Source: sudo(8), 1.9.11. No password is asked for: who sits here owns the host.
"""

from __future__ import annotations

from vshell.abi.errno import KernelError, strerror
from vshell.usr._program import Io, OptionError, getopt, program
from vshell.usr._users import User, find_user, group_ids, may_administer

__all__ = ["main"]

_SECURE_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin:/snap/bin"
_USAGE = """\
usage: sudo -h | -K | -k | -V
usage: sudo -v [-knS] [-u user]
usage: sudo -l [-knS] [-u user]
usage: sudo [-bEHknS] [-u user] [VAR=value] [-i | -s] [command [arg ...]]
"""
_PRIVILEGES = """\
Matching Defaults entries for {user} on {host}:
    env_reset, mail_badpass,
    secure_path=/usr/local/sbin\\:/usr/local/bin\\:/usr/sbin\\:/usr/bin\\:/sbin\\:/bin\\:/snap/bin,
    use_pty

User {user} may run the following commands on {host}:
    (ALL : ALL) ALL
"""


@program
def main(io: Io, words: list[str]) -> int:
    """Run a command as another user: ``sudo [-u USER] [-i|-s] [VAR=value...] COMMAND [ARG...]``."""
    try:
        long = {"user=": "u", "login": "i", "shell": "s", "help": "h", "version": "V", "list": "l"}
        options, rest = getopt(words, "bEHKknSshiVlvu:", long, permute=False)
    except OptionError as error:
        io.complain(str(error))
        io.err(_USAGE)
        return 1
    values = dict(options)
    if "V" in values:
        io.out("Sudo version 1.9.11p3\n")
        return 0
    if "h" in values:
        io.out("sudo - execute a command as another user\n\n" + _USAGE)
        return 0
    uid = io.sys.credentials()[0]
    caller = find_user(io, str(uid))
    if caller is None or not may_administer(io, uid):
        name = caller.name if caller is not None else "?"
        io.die(f"{name} is not in the sudoers file.")
    if (values.keys() & {"k", "K"} and not rest) or "v" in values:
        # There is no time stamp to renew or to forget: no password is asked for.
        return 0
    if "l" in values:
        io.out(_PRIVILEGES.format(user=caller.name, host=io.sys.uname().nodename))
        return 0
    wanted = values.get("u", "root")
    target = find_user(io, wanted.removeprefix("#"))
    if target is None:
        io.die(f"unknown user {wanted}")
    environment = _environment(io, caller, target, login="i" in values)
    while rest and "=" in rest[0] and not rest[0].startswith("="):
        key, _, value = rest.pop(0).partition("=")
        environment[key] = value
    if "i" in values or "s" in values:
        rest = [
            "-bash" if "i" in values else "/bin/bash",
            *(["-c", " ".join(rest)] if rest else []),
        ]
    if not rest:
        io.err(_USAGE)
        return 1
    return _run(io, rest, target, environment)


def _environment(io: Io, caller: User, target: User, *, login: bool) -> dict[str, str]:
    old = io.sys.environ()
    kept = {key: old[key] for key in ("TERM", "LANG", "COLUMNS", "LINES", "TZ") if key in old}
    new = kept | {
        "PATH": _SECURE_PATH,
        "LOGNAME": target.name,
        "USER": target.name,
        "HOME": target.home,
        "SHELL": target.shell,
        "MAIL": f"/var/mail/{target.name}",
        "SUDO_USER": caller.name,
        "SUDO_UID": str(caller.uid),
        "SUDO_GID": str(caller.gid),
    }
    if not login and "PWD" in old:
        new["PWD"] = old["PWD"]
    return new


def _run(io: Io, command: list[str], target: User, environment: dict[str, str]) -> int:
    sys = io.sys
    path = _find(io, command[0], environment["PATH"])
    if path is None:
        io.die(f"{command[0]}: command not found")
    environment["SUDO_COMMAND"] = " ".join([path, *command[1:]])
    sys.set_credentials(target.uid, target.gid, group_ids(io, target))
    if command[0] == "-bash":
        sys.chdir(target.home)
    try:
        sys.execve(path, command, environment)
    except KernelError as error:
        io.die(f"unable to execute {path}: {strerror(error.errno)}")


def _find(io: Io, name: str, path: str) -> str | None:
    if name == "-bash":
        return "/bin/bash"
    if "/" in name:
        return name if io.sys.access(name, 0) else None
    for folder in path.split(":"):
        candidate = f"{folder}/{name}"
        if io.sys.access(candidate, 1):
            return candidate
    return None
