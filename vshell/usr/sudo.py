"""sudo: run a command as another user, for those whom /etc/sudoers lets.

Source: sudo(8), sudoers(5), 1.9.11 on Ubuntu, 1.9.13 on Debian

Differs:
    No password is asked for: who sits here owns the host.
"""

from __future__ import annotations

from vshell.abi.errno import KernelError, strerror
from vshell.usr._names import Names
from vshell.usr._program import Io, OptionError, getopt, program
from vshell.usr._sudoers import Sudoers
from vshell.usr._users import User, find_user, group_ids

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import NoReturn

__all__ = ["main"]

_COLUMNS = 80
_KEPT = ("TERM", "LANG", "COLUMNS", "LINES", "TZ")
_SHORT = "bEHKknNPSshiVlvu:U:g:D:p:C:T:"
_LONG = {
    "background": "b",
    "preserve-env": "E",
    "set-home": "H",
    "remove-timestamp": "K",
    "reset-timestamp": "k",
    "non-interactive": "n",
    "preserve-groups": "P",
    "stdin": "S",
    "shell": "s",
    "help": "h",
    "login": "i",
    "version": "V",
    "list": "l",
    "validate": "v",
    "user=": "u",
    "other-user=": "U",
    "group=": "g",
    "chdir=": "D",
    "prompt=": "p",
}


@program
def main(io: Io, words: list[str]) -> int:
    """Run a command as another user: ``sudo [-u USER] [-i|-s] [VAR=value...] COMMAND [ARG...]``."""
    try:
        options, rest = getopt(words, _SHORT, _LONG, permute=False)
    except OptionError as error:
        io.complain(str(error))
        return _misused(io)
    values = dict(options)
    if "V" in values:
        io.out(f"Sudo version {_version(io)}\n")
        return 0
    if "h" in values:
        from vshell.usr._sudo_help import HELP  # noqa: PLC0415 - only when asked

        io.out(HELP)
        return 0
    if "U" in values and "l" not in values:
        io.complain("the -U option may only be used with the -l option")
        return _misused(io)
    if values.keys() & {"k", "K"} and not rest:
        return 0
    if not rest and not values.keys() & {"i", "s", "l", "v"}:
        return _misused(io)
    return _Call(io, values, rest).run()


def _misused(io: Io) -> int:
    from vshell.usr._sudo_help import USAGE  # noqa: PLC0415 - only when misused

    io.err(USAGE)
    return 1


def _version(io: Io) -> str:
    try:
        is_debian = "\nID=debian\n" in io.read_text("/etc/os-release")
    except KernelError:
        is_debian = False
    return "1.9.13p3" if is_debian else "1.9.11p3"


class _Call:
    # One call of sudo by a user who may or may not.
    def __init__(self, io: Io, values: dict[str, str], rest: list[str]) -> None:
        self.io = io
        self.values = values
        self.uid = io.sys.credentials()[0]
        self.names = Names(io)
        caller = find_user(io, str(self.uid), self.names)
        if caller is None:
            io.die(f"you do not exist in the passwd database: {self.uid}")
        self.caller = caller
        self.target = self.user(values.get("u", "root"))
        self.gid = self.group() if "g" in values else self.target.gid
        self.host = io.sys.uname().nodename
        self.sudoers = Sudoers(io, self.names)
        self.rules = self.sudoers.rules_of(caller)
        self.given: dict[str, str] = {}
        while rest and "=" in rest[0] and not rest[0].startswith("="):
            key, _, value = rest[0].partition("=")
            self.given[key] = value
            rest = rest[1:]
        self.words = rest

    def user(self, name: str) -> User:
        found = find_user(self.io, name.removeprefix("#"), self.names)
        if found is None:
            self.io.complain(f"unknown user {name}")
            self.io.die("error initializing audit plugin sudoers_audit")
        return found

    def group(self) -> int:
        name = self.values["g"]
        is_known = any(row[0] == name for row in self.names.groups)
        gid = self.names.gid(name) if is_known else None
        if gid is None and name.removeprefix("#").isdigit() and name.startswith("#"):
            gid = int(name[1:])
        if gid is None:
            self.io.complain(f"unknown group {name}")
            self.io.die("error initializing audit plugin sudoers_audit")
        return gid

    def refuse(self, text: str) -> NoReturn:
        from vshell.usr._program import Quit  # noqa: PLC0415 - only when refused

        self.io.flush_quietly()
        self.io.err(text + "\n")
        raise Quit(1)

    def run(self) -> int:
        values = self.values
        if "l" in values and not self.words:
            return self.tell_rights()
        if not self.rules:
            if values.keys() & {"l", "v"}:
                self.refuse(f"Sorry, user {self.caller.name} may not run sudo on {self.host}.")
            told = "" if _version(self.io) == "1.9.13p3" else "  This incident will be reported."
            self.refuse(f"{self.caller.name} is not in the sudoers file.{told}")
        if "v" in values:
            # There is no time stamp to renew: no password is asked for.
            return 0
        environment = self.environment() | self.given
        argv = self.argv()
        path = self.find(argv[0], environment["PATH"])
        if path is None:
            self.io.die(f"{argv[0]}: command not found")
        called = [path, *argv[1:]]
        is_allowed = self.may(called)
        if "l" in values:
            if is_allowed:
                self.io.out(" ".join(called) + "\n")
            return 0 if is_allowed else 1
        if not is_allowed:
            self.refuse(
                f"Sorry, user {self.caller.name} is not allowed to execute "
                f"'{' '.join(called)}' as {self.target.name} on {self.host}."
            )
        environment["SUDO_COMMAND"] = " ".join(called)
        return self.execute(path, argv, environment)

    # The last rule that says something counts.
    def may(self, called: list[str]) -> bool:
        verdicts = [rule.verdict(called, self.target.name) for rule in self.rules]
        said = [one for one in verdicts if one is not None]
        return bool(said) and said[-1]

    # -- Listing ----------------------------------------------------------------------------------

    def tell_rights(self) -> int:
        user, rules = self.caller, self.rules
        if "U" in self.values:
            user = self.user(self.values["U"])
            if user.uid != self.uid:
                if not self.may(["list"]):
                    self.refuse(
                        f"Sorry, user {self.caller.name} is not allowed to execute 'list' "
                        f"as {self.target.name} on {self.host}."
                    )
                rules = self.sudoers.rules_of(user)
                if not rules:
                    self.io.out(f"User {user.name} is not allowed to run sudo on {self.host}.\n")
                    return 0
        if not rules:
            self.refuse(f"Sorry, user {user.name} may not run sudo on {self.host}.")
        if self.sudoers.defaults:
            self.io.out(f"Matching Defaults entries for {user.name} on {self.host}:\n")
            self.io.out(_folded(self.sudoers.defaults) + "\n")
        self.io.out(f"User {user.name} may run the following commands on {self.host}:\n")
        for rule in rules:
            self.io.out(rule.line())
        return 0

    # -- Running ----------------------------------------------------------------------------------

    def argv(self) -> list[str]:
        if not self.values.keys() & {"i", "s"}:
            return self.words
        is_login = "i" in self.values
        shell = self.target.shell if is_login else self.io.sys.environ().get("SHELL", "/bin/sh")
        # What the shell would take for its own is escaped, so that it gets the words as they were.
        command = " ".join("".join(map(_escaped, word)) for word in self.words)
        return [shell or "/bin/sh", *(["-c", command] if self.words else [])]

    def environment(self) -> dict[str, str]:
        caller, target = self.caller, self.target
        old = self.io.sys.environ()
        names = _KEPT if "E" not in self.values else tuple(old)
        kept = {key: old[key] for key in names if key in old}
        path = next((one for one in self.sudoers.defaults if one.startswith("secure_path=")), "")
        new = kept | {
            "PATH": path.partition("=")[2] or old.get("PATH", "/usr/bin:/bin"),
            "LOGNAME": target.name,
            "USER": target.name,
            "HOME": target.home,
            "SHELL": target.shell,
            "MAIL": f"/var/mail/{target.name}",
            "SUDO_USER": caller.name,
            "SUDO_UID": str(caller.uid),
            "SUDO_GID": str(caller.gid),
        }
        if "i" not in self.values and "PWD" in old:
            new["PWD"] = old["PWD"]
        return new

    def find(self, name: str, path: str) -> str | None:
        if "/" in name:
            return name if self.io.sys.access(name, 0) else None
        for folder in path.split(":"):
            candidate = f"{folder}/{name}"
            if self.io.sys.access(candidate, 1):
                return candidate
        return None

    def execute(self, path: str, argv: list[str], environment: dict[str, str]) -> NoReturn:
        io, sys, target = self.io, self.io.sys, self.target
        groups = sys.credentials()[4] if "P" in self.values else group_ids(io, target, self.names)
        sys.set_credentials(target.uid, self.gid, groups)
        folder = self.values.get("D", target.home if "i" in self.values else "")
        if folder:
            try:
                sys.chdir(folder)
            except KernelError as error:
                io.die(f"unable to change directory to {folder}: {strerror(error.errno)}")
        if "i" in self.values:
            argv = [f"-{path.rpartition('/')[2]}", *argv[1:]]
        try:
            sys.execve(path, argv, environment)
        except KernelError as error:
            io.die(f"unable to execute {path}: {strerror(error.errno)}")


def _escaped(letter: str) -> str:
    return letter if letter.isalnum() or letter in "_-$" else f"\\{letter}"


# Settings, as many on a line as the terminal has room for.
def _folded(settings: list[str]) -> str:
    lines = [""]
    for number, one in enumerate(settings):
        name, equals, value = one.partition("=")
        word = f"{name}{equals}{value.replace(':', chr(92) + ':')}"
        word += "," if number < len(settings) - 1 else ""
        if lines[-1] and len(lines[-1]) + 1 + len(word) + 4 > _COLUMNS:
            lines.append("")
        lines[-1] += f" {word}" if lines[-1] else word
    return "".join(f"    {line}\n" for line in lines)
