"""System calls as strace writes them.

What a program asks of ``Sys`` is shown as the call of Linux that does it; where the C library needs
several, as the main one.

Source: strace(1), 6.1
"""

from __future__ import annotations

import zlib

from vshell.abi import signals as sg
from vshell.abi.errno import ENOENT, name_of, strerror
from vshell.usr._files import S_IFBLK, S_IFCHR, S_IFDIR, S_IFIFO, S_IFLNK, S_IFMT, S_IFREG

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    Args = tuple[Any, ...]
    Shown = tuple[str, str]

__all__ = ["CLASSES", "LINUX_NAMES", "Call", "text_of"]

_STRING_MAX = 32
_KINDS = {
    S_IFREG: "S_IFREG",
    S_IFDIR: "S_IFDIR",
    S_IFLNK: "S_IFLNK",
    S_IFCHR: "S_IFCHR",
    S_IFBLK: "S_IFBLK",
    S_IFIFO: "S_IFIFO",
}
_OPEN_FLAGS = (
    (0o100, "O_CREAT"),
    (0o200, "O_EXCL"),
    (0o400, "O_NOCTTY"),
    (0o1000, "O_TRUNC"),
    (0o2000, "O_APPEND"),
    (0o4000, "O_NONBLOCK"),
    (0o200000, "O_DIRECTORY"),
    (0o400000, "O_NOFOLLOW"),
    (0o2000000, "O_CLOEXEC"),
)
_ESCAPES = {7: "\\a", 8: "\\b", 9: "\\t", 10: "\\n", 11: "\\v", 12: "\\f", 13: "\\r"}
_ESCAPES |= {34: '\\"', 92: "\\\\"}
_WAIT_FLAGS = ((1, "WNOHANG"), (2, "WSTOPPED"), (8, "WCONTINUED"))
_DELETE_FLAGS = ((0o4000, "O_NONBLOCK"), (0o1000, "O_TRUNC"))
_NSEC = 1_000_000_000

LINUX_NAMES = {
    "alarm": "setitimer",
    "can_read": "poll",
    "chmod": "fchmodat",
    "chown": "fchownat",
    "clock_monotonic_ns": "clock_gettime",
    "filesystem_bytes": "statfs",
    "fork": "clone",
    "fstat": "newfstatat",
    "listdir": "getdents64",
    "lstat": "newfstatat",
    "open": "openat",
    "pipe": "pipe2",
    "prctl_set_name": "prctl",
    "set_cloexec": "fcntl",
    "set_credentials": "setresuid",
    "set_tty_echo": "ioctl",
    "set_tty_raw": "ioctl",
    "set_window_size": "ioctl",
    "sigaction": "rt_sigaction",
    "sigprocmask": "rt_sigprocmask",
    "sleep_until": "clock_nanosleep",
    "stat": "newfstatat",
    "sys_delete_module": "delete_module",
    "sys_finit_module": "finit_module",
    "sys_pause": "pause",
    "tcgetpgrp": "ioctl",
    "tcsetpgrp": "ioctl",
    "tty_echo": "ioctl",
    "utimens": "utimensat",
    "window_size": "ioctl",
    "ask_line": "ioctl",
    "tty_interrupts": "ioctl",
}
"""What Linux calls a call of ``Sys``, where that is another name."""

CLASSES = {
    "desc": (
        *("openat", "close", "read", "write", "lseek", "dup", "dup2", "fcntl", "pipe2", "ioctl"),
        *("ftruncate", "getdents64", "newfstatat", "poll", "finit_module"),
    ),
    "file": (
        *("execve", "openat", "newfstatat", "access", "readlink", "mkdir", "rmdir", "unlink"),
        *("rename", "link", "symlink", "fchmodat", "fchownat", "utimensat", "truncate", "chdir"),
        *("getcwd", "statfs"),
    ),
    "process": ("clone", "execve", "exit_group", "wait4", "kill"),
    "signal": ("kill", "rt_sigaction", "rt_sigprocmask", "pause"),
}
"""The calls that a word with a percent sign stands for."""


def text_of(data: bytes | str, most: int = _STRING_MAX) -> str:
    """Write a string, cut after so many bytes."""
    if isinstance(data, str):
        data = data.encode("utf-8", "surrogateescape")
    out = []
    for at, byte in enumerate(data[:most]):
        if byte in _ESCAPES:
            out.append(_ESCAPES[byte])
        elif 32 <= byte < 127:
            out.append(chr(byte))
        else:
            # As short as can be, unless a digit follows.
            follows = data[at + 1 : at + 2]
            out.append(f"\\{byte:03o}" if follows.isdigit() and at + 1 < most else f"\\{byte:o}")
    return f'"{"".join(out)}"' + ("..." if len(data) > most else "")


def _path(path: str) -> str:
    return text_of(path, 4096)


def _pointer(what: object) -> str:
    return f"0x7ffd{zlib.crc32(repr(what).encode()) & 0xFFFFFFF0:08x}"


def _flags(value: int, table: tuple[tuple[int, str], ...], none: str = "0") -> str:
    names = [name for bit, name in table if value & bit]
    return "|".join(names) or none


def _open_flags(flags: int) -> str:
    access = ("O_RDONLY", "O_WRONLY", "O_RDWR", "O_ACCMODE")[flags & 3]
    rest = _flags(flags & ~3, _OPEN_FLAGS, "")
    return f"{access}|{rest}" if rest else access


def _stat(stat: Any) -> str:
    kind = _KINDS.get(stat.mode & S_IFMT, "0")
    if stat.mode & S_IFMT in (S_IFCHR, S_IFBLK):
        major, minor = stat.rdev
        size = f"st_rdev=makedev({major:#x}, {minor:#x})"
    else:
        size = f"st_size={stat.size}"
    return f"{{st_mode={kind}|{stat.mode & 0o7777:#04o}, {size}, ...}}".replace("|0o", "|0")


def _signal(number: int) -> str:
    return f"SIG{sg.NAMES[number]}" if number in sg.NAMES else str(number)


def _time(ns: int) -> str:
    return f"{{tv_sec={ns // _NSEC}, tv_nsec={ns % _NSEC}}}"


def _signals(mask: int) -> str:
    names = [sg.NAMES[number] for number in sorted(sg.NAMES) if mask & sg.mask_of(number)]
    return f"[{' '.join(names)}]"


def _handler(handler: object) -> str:
    named = {0: "SIG_DFL", 1: "SIG_IGN"}
    word = named.get(handler) if isinstance(handler, int) else None
    shown = word or _pointer(getattr(handler, "__qualname__", ""))
    return f"{{sa_handler={shown}, sa_mask=[], sa_flags=0}}"


def _status(status: int) -> str:
    signal = status & 0x7F
    if status & 0xFF == 0x7F:
        return f"[{{WIFSTOPPED(s) && WSTOPSIG(s) == {_signal(status >> 8 & 0xFF)}}}]"
    if signal:
        return f"[{{WIFSIGNALED(s) && WTERMSIG(s) == {_signal(signal)}}}]"
    return f"[{{WIFEXITED(s) && WEXITSTATUS(s) == {status >> 8 & 0xFF}}}]"


class Call:
    """One call: what is written before it is done, and behind that."""

    def __init__(self, name: str, args: Args, time_ns: int, string_max: int) -> None:
        """Take what is known before."""
        self.own_name = name
        self.name = LINUX_NAMES.get(name, name)
        self.args = args
        self.time_ns = time_ns
        self.string_max = string_max

    def before(self) -> str:
        """Write the arguments that are known before the call is done."""
        writer = _BEFORE.get(self.own_name)
        if writer is not None:
            return writer(self)
        if self.own_name in _AFTER:
            return ""
        return ", ".join(map(self.argument, self.args))

    def after(self, result: Any, errno: int) -> str:
        """Write the arguments that are known when it is done."""
        writer = _AFTER.get(self.own_name)
        return writer(self, result, bool(errno)) if writer is not None else ""

    def result(self, result: Any, errno: int) -> str:
        """Write what it gave."""
        if self.own_name == "access" and result is False:
            errno = ENOENT
        if errno:
            return f"-1 {name_of(errno)} ({strerror(errno)})"
        if self.own_name == "readlink":
            return str(len(result.encode("utf-8", "surrogateescape")))
        if self.own_name == "getcwd":
            return str(len(result.encode("utf-8", "surrogateescape")) + 1)
        if self.own_name == "umask":
            return f"{result:#o}".replace("0o", "0")
        if self.own_name == "wait4":
            return str(result[0])
        if self.own_name == "can_read":
            return "1 ([{fd=0, revents=POLLIN}])" if result else "0 (Timeout)"
        if isinstance(result, bytes):
            return str(len(result))
        if isinstance(result, int) and not isinstance(result, bool) and self.own_name in _NUMBERS:
            return str(result)
        return "0"

    def argument(self, value: object) -> str:
        """Write one argument as its type has it."""
        if isinstance(value, str):
            return _path(value)
        if isinstance(value, bytes):
            return text_of(value, self.string_max)
        return "NULL" if value is None else str(int(value) if isinstance(value, bool) else value)


_NUMBERS = (
    *("open", "write", "lseek", "dup", "fork", "setsid", "getpriority", "sched_getaffinity"),
    *("syslog",),
)


def _open(call: Call) -> str:
    path, flags, mode = [*call.args, 0, 0o666][:3] if len(call.args) < 3 else call.args
    shown = f", {mode:#o}".replace("0o", "0") if flags & 0o100 else ""
    return f"AT_FDCWD, {_path(path)}, {_open_flags(flags)}{shown}"


def _write(call: Call) -> str:
    fd, data = call.args
    return f"{fd}, {text_of(data, call.string_max)}, {len(data)}"


def _after_read(call: Call, result: Any, failed: bool) -> str:  # noqa: FBT001 - a table's
    count = call.args[1] if len(call.args) > 1 else 131072
    shown = _pointer(call.args) if failed else text_of(result, call.string_max)
    return f"{shown}, {count}"


def _after_stat(call: Call, result: Any, failed: bool) -> str:  # noqa: FBT001 - a table's
    shown = _pointer(call.args) if failed else _stat(result)
    flags = {"fstat": "AT_EMPTY_PATH", "lstat": "AT_SYMLINK_NOFOLLOW"}.get(call.own_name, "0")
    return f"{shown}, {flags}"


def _after_wait(call: Call, result: Any, failed: bool) -> str:  # noqa: FBT001 - a table's
    options = call.args[1] if len(call.args) > 1 else 0
    nothing = failed or not result[0]
    shown = _pointer("status") if nothing else _status(result[1])
    return f"{shown}, {_flags(options, _WAIT_FLAGS)}, NULL"


def _after_size(call: Call, result: Any, failed: bool) -> str:  # noqa: FBT001 - a table's
    if failed:
        return _pointer(call.args)
    columns, rows = result
    return f"{{ws_row={rows}, ws_col={columns}, ws_xpixel=0, ws_ypixel=0}}"


def _access(call: Call) -> str:
    path, mask = call.args
    return f"{_path(path)}, {_flags(mask, ((4, 'R_OK'), (2, 'W_OK'), (1, 'X_OK')), 'F_OK')}"


def _whence(call: Call) -> str:
    fd, offset, whence = call.args
    names = ("SEEK_SET", "SEEK_CUR", "SEEK_END", "SEEK_DATA", "SEEK_HOLE")
    return f"{fd}, {offset}, {names[whence] if 0 <= whence < 5 else whence}"


def _sleep(call: Call) -> str:
    # What the way into the kernel took belongs to it.
    left = -(-max(call.args[0] - call.time_ns, 0) // 1000) * 1000
    return f"CLOCK_REALTIME, 0, {_time(left)}, {_pointer('rem')}"


def _exec(call: Call) -> str:
    path, argv, environ = call.args
    words = ", ".join(text_of(word) for word in argv)
    vars_ = f"/* {len(environ)} var{'s' if len(environ) != 1 else ''} */"
    return f"{_path(path)}, [{words}], {_pointer(tuple(argv))} {vars_}"


def _module(call: Call) -> str:
    fd, text, flags = [*call.args, 0][:3]
    return f"{fd}, {text_of(text)}, {flags}"


def _times(call: Call) -> str:
    path, atime, mtime = call.args
    if atime is None and mtime is None:
        return f"AT_FDCWD, {_path(path)}, NULL, 0"
    parts = ", ".join("UTIME_NOW" if one is None else _time(one) for one in (atime, mtime))
    return f"AT_FDCWD, {_path(path)}, [{parts}], 0"


def _octal(value: int) -> str:
    return f"{value:#o}".replace("0o", "0")


_BEFORE: dict[str, Callable[[Call], str]] = {
    "access": _access,
    "alarm": lambda call: (
        f"ITIMER_REAL, {{it_interval={_time(0)}, it_value={_time(call.args[0])}}}"
    ),
    "ask_line": lambda call: f"{call.args[0]}, TCSETSW, {{...}}",
    "can_read": lambda call: f"[{{fd={call.args[0]}, events=POLLIN}}], 1, 0",
    "chmod": lambda call: f"AT_FDCWD, {_path(call.args[0])}, {_octal(call.args[1])}",
    "chown": lambda call: f"AT_FDCWD, {_path(call.args[0])}, {call.args[1]}, {call.args[2]}, 0",
    "execve": _exec,
    "fork": lambda call: (
        "child_stack=NULL, flags=CLONE_CHILD_CLEARTID|CLONE_CHILD_SETTID|SIGCHLD, "
        f"child_tidptr={_pointer(call.name)}"
    ),
    "fstat": lambda call: f'{call.args[0]}, "", ',
    "kill": lambda call: f"{call.args[0]}, {_signal(call.args[1])}",
    "listdir": lambda call: f"{_path(call.args[0])}, ",
    "lseek": _whence,
    "lstat": lambda call: f"AT_FDCWD, {_path(call.args[0])}, ",
    "mkdir": lambda call: f"{_path(call.args[0])}, {_octal([*call.args, 0o777][1])}",
    "open": _open,
    "prctl_set_name": lambda call: f"PR_SET_NAME, {text_of(call.args[0])}",
    "read": lambda call: f"{call.args[0]}, ",
    "readlink": lambda call: f"{_path(call.args[0])}, ",
    "set_cloexec": lambda call: (
        f"{call.args[0]}, F_SETFD, {'FD_CLOEXEC' if [*call.args, True][1] else '0'}"
    ),
    "set_credentials": lambda call: ", ".join([str(call.args[0])] * 3),
    "set_tty_echo": lambda call: f"{call.args[0]}, TCSETS, {{...}}",
    "set_tty_raw": lambda call: f"{call.args[0]}, TCSETSW, {{...}}",
    "sigaction": lambda call: f"{_signal(call.args[0])}, {_handler(call.args[1])}, ",
    "sigprocmask": lambda call: f"SIG_SETMASK, {_signals(call.args[0])}, ",
    "sleep_until": _sleep,
    "stat": lambda call: f"AT_FDCWD, {_path(call.args[0])}, ",
    "sys_delete_module": lambda call: (
        f"{text_of(call.args[0])}, {_flags(call.args[1], _DELETE_FLAGS)}"
    ),
    "sys_finit_module": _module,
    "tcgetpgrp": lambda call: f"{call.args[0]}, TIOCGPGRP, ",
    "tcsetpgrp": lambda call: f"{call.args[0]}, TIOCSPGRP, [{call.args[1]}]",
    "tty_echo": lambda call: f"{call.args[0]}, TCGETS, {{...}}",
    "umask": lambda call: _octal(call.args[0]),
    "utimens": _times,
    "wait4": lambda call: f"{[*call.args, -1][0]}, ",
    "window_size": lambda call: f"{call.args[0]}, TIOCGWINSZ, ",
    "write": _write,
}
_AFTER: dict[str, Callable[[Call, Any, bool], str]] = {
    "filesystem_bytes": lambda _call, _result, _failed: '"/", {f_type=EXT2_SUPER_MAGIC, ...}',
    "fstat": _after_stat,
    "getcwd": lambda call, result, failed: (
        f"{_pointer(call.name) if failed else _path(result)}, 4096"
    ),
    "listdir": lambda call, result, failed: (
        f"{_pointer(call.args)} /* {0 if failed else len(result) + 2} entries */, 32768"
    ),
    "lstat": _after_stat,
    "pipe": lambda _call, result, failed: (
        f"{_pointer('pipe') if failed else list(result)}, O_CLOEXEC".replace(", O_CLOEXEC", ", 0")
    ),
    "read": _after_read,
    "readlink": lambda call, result, failed: (
        f"{_pointer(call.args) if failed else _path(result)}, 4095"
    ),
    "sigaction": lambda _call, result, failed: "NULL, 8" if failed else f"{_handler(result)}, 8",
    "sigprocmask": lambda _call, result, failed: f"{'NULL' if failed else _signals(result)}, 8",
    "stat": _after_stat,
    "tcgetpgrp": lambda call, result, failed: _pointer(call.args) if failed else f"[{result}]",
    "wait4": _after_wait,
    "window_size": _after_size,
}
