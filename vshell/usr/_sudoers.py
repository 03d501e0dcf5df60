"""Who may do what with sudo: /etc/sudoers and the files that it includes.

Source: sudoers(5), 1.9.11

Differs:
    Aliases of users, hosts and commands are not known, and a host must be ALL or this one.
"""

from __future__ import annotations

from vshell.abi.errno import KernelError
from vshell.usr._users import User, group_ids

TYPE_CHECKING = False
if TYPE_CHECKING:
    from vshell.usr._names import Names
    from vshell.usr._program import Io

__all__ = ["Rule", "Sudoers"]

_PATH = "/etc/sudoers"
_TAGS = ("NOPASSWD:", "PASSWD:", "NOEXEC:", "EXEC:", "SETENV:", "NOSETENV:", "MAIL:", "NOMAIL:")


class Rule:
    """What one line allows somebody: commands, as whom."""

    __slots__ = ("commands", "groups", "tags", "users")

    def __init__(self, users: list[str], groups: list[str], tags: str, commands: list[str]) -> None:
        """Describe it.

        Args:
            users: as whom; none for root.
            groups: with which groups.
            tags: such as "NOPASSWD: ".
            commands: paths, "ALL", each with arguments and with "!" for what is forbidden.
        """
        self.users = users
        self.groups = groups
        self.tags = tags
        self.commands = commands

    def line(self) -> str:
        """Give it as ``sudo -l`` shows it."""
        who = ", ".join(self.users) or "root"
        if self.groups:
            who += f" : {', '.join(self.groups)}"
        return f"    ({who}) {self.tags}{', '.join(self.commands)}\n"

    def verdict(self, words: list[str], target: str) -> bool | None:
        """Tell whether it allows or forbids a command; None if it says nothing of it.

        Args:
            words: the program's path and its arguments.
            target: the user's name as whom it would run.
        """
        if target not in (self.users or ["root"]) and "ALL" not in self.users:
            return None
        found = None
        for command in self.commands:
            pattern = command.removeprefix("!").strip()
            if _matches(pattern, words):
                found = not command.startswith("!")
        return found


def _matches(pattern: str, words: list[str]) -> bool:
    if pattern == "ALL":
        return True
    path, *arguments = pattern.split()
    if path.endswith("/"):
        return words[0].rpartition("/")[0] == path.rstrip("/")
    if not _is_like(words[0], path):
        return False
    if arguments == ['""']:
        return len(words) == 1
    return not arguments or _is_like(" ".join(words[1:]), " ".join(arguments))


def _is_like(text: str, pattern: str) -> bool:
    if not set(pattern) & set("*?["):
        return text == pattern
    from vshell.usr._glob import compile_glob  # noqa: PLC0415 - compiling patterns takes a while

    return compile_glob(pattern).fullmatch(text) is not None


class Sudoers:
    """The files' contents."""

    def __init__(self, io: Io, names: Names) -> None:
        """Read them.

        Args:
            io: of the program.
            names: of users and groups.
        """
        self._io = io
        self._names = names
        self.defaults: list[str] = []
        """What the lines "Defaults" say, each one setting."""
        self._rules: list[tuple[str, Rule]] = []
        self._read(_PATH)

    def _read(self, path: str) -> None:
        try:
            text = self._io.read_text(path)
        except KernelError:
            return
        for line in text.replace("\\\n", " ").splitlines():
            word, _, rest = line.partition(" ")
            if word in ("@includedir", "#includedir"):
                self._read_folder(rest.strip())
            elif word in ("@include", "#include"):
                self._read(rest.strip())
            else:
                self._take(line.partition("#")[0].strip())

    def _read_folder(self, path: str) -> None:
        try:
            names = sorted(self._io.sys.listdir(path))
        except KernelError:
            return
        for name in names:
            if "." not in name and not name.endswith("~"):
                self._read(f"{path}/{name}")

    def _take(self, line: str) -> None:
        who, _, rest = line.replace("\t", " ").partition(" ")
        if who == "Defaults":
            self.defaults += [one.strip().replace('"', "") for one in rest.split(",")]
            return
        hosts, equals, allowed = rest.partition("=")
        here = self._io.sys.uname().nodename
        if not equals or not {"ALL", here} & {one.strip() for one in hosts.split(",")}:
            return
        self._rules.append((who, _rule(allowed.strip())))

    def rules_of(self, user: User) -> list[Rule]:
        """Give what a user is allowed; what stands later counts more."""
        groups = {self._names.group(gid) for gid in group_ids(self._io, user, self._names)}
        names = {"ALL", user.name, f"#{user.uid}", *(f"%{name}" for name in groups)}
        return [rule for who, rule in self._rules if names & set(who.split(","))]


def _rule(text: str) -> Rule:
    users: list[str] = []
    groups: list[str] = []
    if text.startswith("("):
        inside, _, text = text[1:].partition(")")
        before, _, behind = inside.partition(":")
        users, groups = _listed(before), _listed(behind)
        text = text.strip()
    tags = ""
    while tag := next((one for one in _TAGS if text.startswith(one)), ""):
        tags += f"{tag} "
        text = text[len(tag) :].strip()
    return Rule(users, groups, tags, _listed(text))


def _listed(text: str) -> list[str]:
    return [one.strip() for one in text.split(",") if one.strip()]
