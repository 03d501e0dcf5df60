"""Where the sockets are by which viewers find running machines, and whom to trust there.

They lie in a directory that is the user's alone, below $XDG_RUNTIME_DIR or in /tmp. A directory of
somebody else's, or one that others may enter, is refused: what is in it could be anybody's. The
name of a socket is the process that serves it.
"""

from __future__ import annotations

import os
import socket
import stat
import struct

__all__ = ["PlaceError", "folders", "is_own_peer", "is_served", "make_folder", "sockets_in"]

_SUFFIX = ".sock"
# sun_path has 108 bytes with its closing zero; a name here has up to 20.
_FOLDER_BYTES_MAX = 107 - 21
_CREDENTIALS = struct.Struct("3i")


class PlaceError(Exception):
    """The place for sockets is not safe to use; the text is for the user."""


def folders() -> list[str]:
    """Give the directories in which this user's sockets can be, the one for new ones first."""
    uid = os.geteuid()
    runtime = os.environ.get("XDG_RUNTIME_DIR", "")
    found = [f"{runtime}/vshell"] if runtime.startswith("/") and os.path.isdir(runtime) else []
    for folder in (f"/run/user/{uid}/vshell", f"/tmp/vshell-{uid}"):  # noqa: S108 - it is checked
        if folder not in found and (folder.startswith("/tmp") or found):  # noqa: S108 - as above
            found.append(folder)
    return [one for one in found if len(os.fsencode(one)) <= _FOLDER_BYTES_MAX]


def check_folder(folder: str) -> None:
    """Make sure that a directory is this user's alone.

    Raises:
        PlaceError: it is not.
        FileNotFoundError: there is none.
    """
    status = os.lstat(folder)
    if not stat.S_ISDIR(status.st_mode):
        raise PlaceError(f"{folder}: not a directory")
    if status.st_uid != os.geteuid():
        raise PlaceError(f"{folder}: belongs to another user")
    if status.st_mode & 0o077:
        raise PlaceError(f"{folder}: open to others (mode {stat.S_IMODE(status.st_mode):04o})")


def make_folder() -> str:
    """Give the directory for new sockets, made if need be.

    Raises:
        PlaceError: it cannot be made, or is not this user's alone.
    """
    folder = folders()[0]
    try:
        os.mkdir(folder, 0o700)
    except FileExistsError:
        pass
    except OSError as error:
        raise PlaceError(f"{folder}: {error.strerror}") from None
    check_folder(folder)
    return folder


def sockets_in(folder: str) -> list[str]:
    """Give the paths of the sockets in a directory, the newest first; none if there is none.

    Raises:
        PlaceError: the directory is not this user's alone.
    """
    try:
        check_folder(folder)
        names = [name for name in os.listdir(folder) if name.endswith(_SUFFIX)]
    except FileNotFoundError:
        return []
    found = []
    for name in names:
        path = f"{folder}/{name}"
        try:
            status = os.lstat(path)
        except OSError:
            continue
        if stat.S_ISSOCK(status.st_mode):
            found.append((status.st_mtime_ns, path))
    return [path for _, path in sorted(found, reverse=True)]


def pid_of(path: str) -> int:
    """Give the process that serves a socket, by its name; 0 if the name is another's."""
    digits = os.path.basename(path).removesuffix(_SUFFIX).partition("-")[0]
    return int(digits) if digits.isascii() and digits.isdigit() else 0


def name_for(pid: int, turn: int) -> str:
    """Give a socket's name for a process's first (0), second ... machine."""
    return f"{pid}-{turn}{_SUFFIX}" if turn else f"{pid}{_SUFFIX}"


def is_served(path: str) -> bool:
    """Tell whether somebody listens at a socket; one whose process has died refuses."""
    with socket.socket(socket.AF_UNIX) as probe:
        # Somebody whose queue is full is there, too.
        probe.setblocking(False)
        try:
            probe.connect(path)
        except (ConnectionRefusedError, FileNotFoundError):
            return False
        except OSError:
            return True
    return True


def is_own_peer(connection: socket.socket) -> bool:
    """Tell whether the process at the other end is this user's."""
    data = connection.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, _CREDENTIALS.size)
    _, uid, _ = _CREDENTIALS.unpack(data)
    return bool(uid == os.geteuid())
