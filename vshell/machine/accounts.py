"""Who there is on a host: its users and groups, their homes, and who may use sudo.

/etc/passwd, /etc/group and /etc/sudoers are written from one list, so that they agree.

The numbers of services' users differ from machine to machine: each package takes the next.

Source: base-passwd's tables of Ubuntu 22.10 and Debian 12, adduser(8), sudoers(5)
"""

from __future__ import annotations

from vshell.kernel.inode import RegularFile

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from vshell.kernel.vfs import Vfs
    from vshell.machine.settings import HostSettings

__all__ = ["Account", "AccountError", "groups_of", "install_accounts", "owners", "read_users"]

SUDO_GID = 27
"""The group whose members may become root."""

_NOGROUP = 65534
_NOLOGIN = "/usr/sbin/nologin"
_FIRST_UID = 1001
_UID_MAX = 4_294_967_294
_NAME_LETTERS_MAX = 32
_KEYS = ("name", "uid", "sudo", "full_name")
# Users of the system itself: number, group, full name, home.
_BASE = {
    "daemon": (1, 1, "daemon", "/usr/sbin"),
    "bin": (2, 2, "bin", "/bin"),
    "sys": (3, 3, "sys", "/dev"),
    "sync": (4, 65534, "sync", "/bin"),
    "games": (5, 60, "games", "/usr/games"),
    "man": (6, 12, "man", "/var/cache/man"),
    "lp": (7, 7, "lp", "/var/spool/lpd"),
    "mail": (8, 8, "mail", "/var/mail"),
    "news": (9, 9, "news", "/var/spool/news"),
    "uucp": (10, 10, "uucp", "/var/spool/uucp"),
    "proxy": (13, 13, "proxy", "/bin"),
    "www-data": (33, 33, "www-data", "/var/www"),
    "backup": (34, 34, "backup", "/var/backups"),
    "list": (38, 38, "Mailing List Manager", "/var/list"),
    "irc": (39, 39, "ircd", "/run/ircd"),
    "_apt": (42, 65534, "", "/nonexistent"),
}
# Users of the services: number, group, home.
_SERVICES = {
    "systemd-network": (100, 102, "/run/systemd"),
    "messagebus": (101, 103, "/nonexistent"),
    "systemd-timesync": (102, 104, "/run/systemd"),
    "syslog": (103, 110, "/home/syslog"),
    "systemd-oom": (108, 116, "/run/systemd"),
    "systemd-resolve": (109, 117, "/run/systemd"),
    "avahi": (114, 121, "/run/avahi-daemon"),
    "rtkit": (116, 124, "/proc"),
    "colord": (120, 128, "/var/lib/colord"),
    "gdm": (127, 133, "/var/lib/gdm3"),
}
_GROUPS = {"adm": 4, "tty": 5, "disk": 6, "kmem": 15, "dialout": 20, "cdrom": 24, "audio": 29}
_GROUPS |= {"dip": 30, "shadow": 42, "utmp": 43, "video": 44, "plugdev": 46, "staff": 50}
_GROUPS |= {"users": 100}

_SUDOERS = """\
#
# This file MUST be edited with the 'visudo' command as root.
#
Defaults\tenv_reset
Defaults\tmail_badpass
Defaults\tsecure_path="{path}"
Defaults\tuse_pty

# User privilege specification
root\tALL=(ALL:ALL) ALL

# Members of the admin group may gain root privileges
%admin ALL=(ALL) ALL

# Allow members of group sudo to execute any command
%sudo\tALL=(ALL:ALL) ALL

@includedir /etc/sudoers.d
"""
_SECURE_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin:/snap/bin"


class AccountError(Exception):
    """A list of users cannot be; the text says why."""


class Account:
    """A user: a line of /etc/passwd."""

    __slots__ = ("full_name", "gid", "home", "may_sudo", "name", "shell", "uid")

    def __init__(
        self, name: str, uid: int, gid: int, full_name: str, home: str, shell: str
    ) -> None:
        """Describe one who may not use sudo."""
        self.name = name
        self.uid = uid
        self.gid = gid
        self.full_name = full_name
        self.home = home
        self.shell = shell
        self.may_sudo = False

    def line(self) -> str:
        """Give the line of /etc/passwd."""
        numbers = f"{self.uid}:{self.gid}"
        return f"{self.name}:x:{numbers}:{self.full_name}:{self.home}:{self.shell}\n"


# -- The setting ----------------------------------------------------------------------------------


def read_users(value: object) -> str:
    """Read the setting ``users``: a list of names, of lines, or of mappings.

    Returns:
        A line per user: name, number, "sudo" or "-", full name.

    Raises:
        AccountError: it is no such list.
    """
    if isinstance(value, str):
        value = value.splitlines()
    if not isinstance(value, list):
        raise AccountError(f"users must be a list, not {value!r}")
    found: list[tuple[str, int, bool, str]] = []
    for one in value:
        name, uid, may_sudo, full_name = _read_user(one)
        taken = {number for _, number, _, _ in found}
        if uid is None:
            uid = next(n for n in range(_FIRST_UID, _UID_MAX) if n not in taken)
        if uid in taken:
            raise AccountError(f"users: {name}: uid {uid} is another's")
        if name in [other for other, _, _, _ in found]:
            raise AccountError(f"users: {name} is there twice")
        found.append((name, uid, may_sudo, full_name))
    return "\n".join(
        f"{name} {uid} {'sudo' if may_sudo else '-'} {full_name}".rstrip()
        for name, uid, may_sudo, full_name in found
    )


def _read_user(value: Any) -> tuple[str, int | None, bool, str]:
    if isinstance(value, str):
        value = _from_line(value)
    if not isinstance(value, dict):
        raise AccountError(f"users: a name, or name, uid, sudo and full_name, not {value!r}")
    for key in value:
        if key not in _KEYS:
            raise AccountError(f"users: there is no key {key!r}, only {', '.join(_KEYS)}")
    name, uid = value.get("name"), value.get("uid")
    may_sudo, full_name = value.get("sudo", False), value.get("full_name", "")
    if not isinstance(name, str) or not _is_name(name):
        raise AccountError(f"users: name must be a user's name, not {name!r}")
    if name == "root" or name in _BASE or name in _SERVICES or name == "nobody":
        raise AccountError(f"users: {name} is there already")
    is_number = isinstance(uid, int) and not isinstance(uid, bool)
    if uid is not None and not (is_number and 0 < uid < _UID_MAX):
        raise AccountError(f"users: uid must be a number above 0, not {uid!r}")
    if not isinstance(may_sudo, bool):
        raise AccountError(f"users: sudo must be true or false, not {may_sudo!r}")
    if not isinstance(full_name, str) or set(full_name) & set(":\n"):
        raise AccountError(f"users: full_name must be text without ':', not {full_name!r}")
    return name, uid, may_sudo, full_name


def _from_line(line: str) -> dict[str, Any]:
    name, _, rest = line.partition(" ")
    found: dict[str, Any] = {"name": name}
    if rest:
        uid, _, rest = rest.partition(" ")
        sudo, _, full_name = rest.partition(" ")
        found["uid"] = int(uid) if uid.isascii() and uid.isdigit() else uid
        found["sudo"] = {"sudo": True, "-": False, "": False}.get(sudo, sudo)
        found["full_name"] = full_name
    return found


# adduser(8): what NAME_REGEX allows.
def _is_name(name: str) -> bool:
    letters = name.replace("_", "a").replace("-", "a")
    is_plain = letters.isascii() and letters.isalnum() and letters == letters.lower()
    return is_plain and 0 < len(name) <= _NAME_LETTERS_MAX and (name[0].isalpha() or name[0] == "_")


# -- The host -------------------------------------------------------------------------------------


def _people(settings: HostSettings) -> Iterator[Account]:
    if settings.user != "root":
        own = Account(
            settings.user,
            settings.uid,
            settings.gid,
            settings.user,
            settings.home_directory,
            "/bin/bash",
        )
        own.may_sudo = settings.sudo
        yield own
    for line in settings.users.splitlines():
        name, uid, sudo, *rest = line.split(" ", 3)
        if name != settings.user:
            one = Account(name, int(uid), int(uid), "".join(rest), f"/home/{name}", "/bin/bash")
            one.may_sudo = sudo == "sudo"
            yield one


def _accounts(settings: HostSettings) -> list[Account]:
    found = [Account("root", 0, 0, "root", "/root", "/bin/bash")]
    # A host with nothing but a shell has only whom the kernel's own files belong to.
    is_bare = settings.init == "shell"
    for name, (uid, gid, full_name, home) in _BASE.items():
        if not is_bare or name == "daemon":
            shell = "/bin/sync" if name == "sync" else _NOLOGIN
            found.append(Account(name, uid, gid, full_name, home, shell))
    found.append(Account("nobody", _NOGROUP, _NOGROUP, "nobody", "/nonexistent", _NOLOGIN))
    if not is_bare:
        for name, (uid, gid, home) in _SERVICES.items():
            found.append(Account(name, uid, gid, "", home, _NOLOGIN))
    return [*found, *_people(settings)]


def owners(settings: HostSettings) -> dict[str, tuple[int, int]]:
    """Give the numbers of all users and of their groups, by name."""
    return {one.name: (one.uid, one.gid) for one in _accounts(settings)}


def groups_of(settings: HostSettings) -> list[int]:
    """Give the numbers of the groups that the session's user is in."""
    if not settings.uid:
        return [0]
    may_sudo = settings.sudo and settings.user != "root"
    return [SUDO_GID, settings.gid] if may_sudo else [settings.gid]


def _group_text(settings: HostSettings, accounts: list[Account]) -> str:
    administrators = ",".join(one.name for one in accounts if one.may_sudo)
    groups = {one.name: one.gid for one in accounts if one.gid != _NOGROUP}
    groups |= _GROUPS if settings.init != "shell" else {"tty": _GROUPS["tty"]}
    groups["nogroup"] = _NOGROUP
    if administrators or settings.init != "shell":
        groups["sudo"] = SUDO_GID
    lines = [
        f"{name}:x:{gid}:{administrators if name == 'sudo' else ''}\n"
        for name, gid in sorted(groups.items(), key=lambda pair: pair[1])
    ]
    return "".join(lines)


def install_accounts(vfs: Vfs, settings: HostSettings) -> None:
    """Write the files in /etc that say who there is, and make the other users' homes."""
    accounts = _accounts(settings)
    vfs.place_text("/etc/passwd", "".join(one.line() for one in accounts))
    vfs.place_text("/etc/group", _group_text(settings, accounts))
    secure_path = _SECURE_PATH if settings.os_name == "Ubuntu" else _SECURE_PATH.rpartition(":")[0]
    text = _SUDOERS.format(path=secure_path)
    if settings.os_name != "Ubuntu":
        head, _, tail = text.partition("# Members of the admin group")
        text = head + tail.partition("ALL=(ALL) ALL\n\n")[2]
    vfs.place("/etc/sudoers", RegularFile(vfs, 0o440, data=text.encode()))
    vfs.make_directories("/etc/sudoers.d").permissions = 0o750
    for one in accounts:
        is_person = one.shell == "/bin/bash" and one.uid
        if is_person and one.home != settings.home_directory:
            vfs.make_directories("/home")
            vfs.make_directories(one.home, one.uid, one.gid).permissions = 0o750
