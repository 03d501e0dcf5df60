"""What the module tools share: kmod's texts and complaints, and what the kernel says of modules.

Source: libkmod, kmod 30. Real: 08-init-errors, 09-unload, 26-kmod-tools.
"""

from __future__ import annotations

from vshell.abi.errno import EIO, ENOENT, ENOSYS, KernelError, strerror

TYPE_CHECKING = False
if TYPE_CHECKING:
    from vshell.usr._program import Io

__all__ = [
    "FORCE_LOAD",
    "VERSION",
    "Tool",
    "holders",
    "insert_error",
    "insert_module",
    "module_name",
    "module_state",
    "refcount",
    "remove_module",
]

VERSION = "kmod version 30\n+ZSTD +XZ -ZLIB +LIBCRYPTO -EXPERIMENTAL\n"
"""What --version prints."""

FORCE_LOAD = 3
"""Flags of finit_module(2): ignore versions of symbols, and the kernel's."""

_INSERT_TEXTS = {
    8: "Invalid module format",
    2: "Unknown symbol in module",
    3: "Module has wrong symbol version",
    22: "Invalid parameters",
}
_SUFFIXES = (".ko.xz", ".ko.zst", ".ko.gz", ".ko")
_MAX_ERRNO = 4095
_O_NONBLOCK, _O_TRUNC = 0o4000, 0o1000
_O_WRONLY = 1


class Tool:
    """Where a tool complains: on standard error or, with -s, in the system's log.

    Where no process keeps such a log, the C library writes to the console instead.
    """

    def __init__(self, io: Io) -> None:
        """Complain on standard error."""
        self.io = io
        self.name = io.name.rpartition("/")[2]
        self.to_syslog = False
        self.is_quiet = False

    def say(self, level: str, text: str) -> None:
        """Complain: "insmod: ERROR: text"; ``level`` is FATAL, ERROR or WARNING."""
        if self.is_quiet:
            return
        if not self.to_syslog:
            self.io.flush_quietly()
            self.io.err(f"{self.name}: {level}: {text}\n")
            return
        if _init_keeps_log(self.io):
            return
        line = f"{self.name}: {level}: {text}\n\r\n"
        for path in ("/dev/console", "/dev/tty"):
            try:
                fd = self.io.sys.open(path, _O_WRONLY)
            except KernelError:
                continue
            self.io.sys.write(fd, line.encode("utf-8", "surrogateescape"))
            self.io.sys.close(fd)
            return

    def error(self, text: str) -> None:
        """Complain about a failure."""
        self.say("ERROR", text)


def _init_keeps_log(io: Io) -> bool:
    try:
        return io.read_text("/proc/1/comm").strip() in ("systemd", "init")
    except KernelError:
        return False


def insert_error(errno: int) -> str:
    """Give insmod's words for an error of finit_module(2)."""
    return _INSERT_TEXTS.get(errno) or strerror(errno)


def insert_module(io: Io, path: str, args: str, flags: int = 0) -> int:
    """Load a module from a file; give 0 or an errno. May sleep."""
    try:
        fd = io.sys.open(path)
    except KernelError as error:
        return error.errno
    errno = _load(io, fd, args, flags)
    if errno == ENOSYS:
        # libkmod falls back from finit_module(2) to init_module(2).
        errno = _load(io, fd, args, flags)
    io.sys.close(fd)
    return errno


def _load(io: Io, fd: int, args: str, flags: int) -> int:
    try:
        io.sys.sys_finit_module(fd, args, flags)
    except KernelError as error:
        # The C library takes what init gives below -4095 for no error and leaves errno alone, in
        # which an earlier search for a file has left ENOENT. Real: 08-init-errors.
        return error.errno if error.errno <= _MAX_ERRNO else ENOENT
    return 0


def module_name(text: str) -> str:
    """Give the name of the module that a file name or a name with dashes means."""
    base = text.rpartition("/")[2]
    for suffix in _SUFFIXES:
        base = base.removesuffix(suffix)
    return base.replace("-", "_")


def remove_module(tool: Tool, name: str, *, force: bool = False) -> int:
    """Unload a module; give 0 or an errno, which libkmod has said in its own words. May sleep."""
    try:
        tool.io.sys.sys_delete_module(name, _O_NONBLOCK | (_O_TRUNC if force else 0))
    except KernelError as error:
        where = "../libkmod/libkmod-module.c:856 kmod_module_remove_module()"
        tool.error(f"{where} could not remove '{name}': {strerror(error.errno)}")
        return error.errno or EIO
    return 0


# -- /sys/module ----------------------------------------------------------------------------------


def module_state(io: Io, name: str) -> str:
    """Give a module's state, live, coming or going; "" if it is not loaded."""
    return _attribute(io, name, "initstate")


def refcount(io: Io, name: str) -> int:
    """Give by how many a module is used, 0 if it is not loaded."""
    return int(_attribute(io, name, "refcnt") or 0)


def holders(io: Io, name: str) -> list[str]:
    """List the modules that use a module."""
    try:
        return io.sys.listdir(f"/sys/module/{name}/holders")
    except KernelError:
        return []


def _attribute(io: Io, name: str, attribute: str) -> str:
    try:
        return io.read_text(f"/sys/module/{name}/{attribute}").strip()
    except KernelError:
        return ""
