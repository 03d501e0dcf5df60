"""What strace's options say.

Source: strace(1), 6.1
"""

from __future__ import annotations

from vshell.abi.signals import NAMES, signal_number
from vshell.usr._options import usage_error
from vshell.usr._strace_calls import CLASSES, LINUX_NAMES

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from vshell.usr._program import Io

__all__ = ["Settings"]

_SORTS = ("calls", "errors", "name", "nothing", "time")
_ALIASES = {"open": "openat", "stat": "newfstatat", "fork": "clone", "vfork": "clone"}
_ALIASES |= {"lstat": "newfstatat", "fstat": "newfstatat", "nanosleep": "clock_nanosleep"}


class Settings:
    """The settings of one run."""

    def __init__(self, io: Io, options: list[tuple[str, str]]) -> None:
        """Read the options.

        Raises:
            Quit: one is wrong; it has been said.
        """
        self.io = io
        self._hint = f"Try '{io.name} -h' for more information.\n"
        names = [name for name, _ in options]
        self.counts = "c" in names or "C" in names
        self.prints = "c" not in names
        self.follows = "f" in names
        self.quiet = names.count("q")
        self.relative = "r" in names
        self.times = min(names.count("t"), 3)
        self.shows_duration = "T" in names
        self.only_successful = "z" in names
        self.only_failed = "Z" in names
        self.output = ""
        self.string_max = 32
        self.column = 40
        self.sort = "time"
        self.environ: dict[str, str] = {}
        self.wants: Callable[[str], bool] = lambda _name: True
        self.wants_signal: Callable[[str], bool] = lambda _name: True
        for name, value in options:
            self._take(name, value)

    def _take(self, name: str, value: str) -> None:
        if name == "o":
            self.output = value
        elif name in ("s", "a"):
            if not value.isdigit():
                usage_error(self.io, f"invalid -{name} argument: '{value}'", hint=self._hint)
            if name == "s":
                self.string_max = int(value)
            else:
                self.column = int(value)
        elif name == "S":
            if value not in _SORTS:
                usage_error(self.io, f"invalid sortby: '{value}'", hint=self._hint)
            self.sort = value
        elif name == "E":
            key, _, text = value.partition("=")
            self.environ[key] = text
        elif name in ("e", "trace", "signal"):
            self._expression(value if name == "e" else f"{name}={value}")

    def _expression(self, text: str) -> None:
        kind, equals, value = text.partition("=")
        if not equals:
            kind, value = "trace", text
        if kind in ("trace", "t"):
            self.wants = self._names(value, self._calls)
        elif kind in ("signal", "signals", "s"):
            self.wants_signal = self._names(value, self._signals)
        elif kind in ("quiet", "q"):
            self.quiet += 1

    def _names(self, value: str, read: Callable[[str], set[str]]) -> Callable[[str], bool]:
        negated = value.startswith("!")
        words = value.removeprefix("!").split(",")
        if words == ["all"]:
            return lambda _name: not negated
        if words == ["none"]:
            return lambda _name: negated
        wanted = {name for word in words for name in read(word)}
        return lambda name: (name in wanted) is not negated

    def _calls(self, word: str) -> set[str]:
        if word.removeprefix("%") in CLASSES and (word[:1] == "%" or word not in _known()):
            return set(CLASSES[word.removeprefix("%")])
        name = _ALIASES.get(word, word).removeprefix("?")
        if name not in _known() and not word.startswith("?"):
            self.io.die(f"invalid system call '{word}'")
        return {name}

    def _signals(self, word: str) -> set[str]:
        number = signal_number(word.upper())
        if number is None:
            self.io.die(f"invalid signal '{word}'")
        return {f"SIG{NAMES[number]}"}


# The calls there are, and those that strace knows and nobody makes here.
def _known() -> set[str]:
    others = "brk mmap munmap mprotect futex arch_prctl exit_group getpid getppid uname getuid"
    others += " geteuid socket connect accept bind listen sendto recvfrom select epoll_wait"
    own = "read write close lseek dup dup2 access mkdir rmdir unlink rename link symlink readlink"
    own += " truncate ftruncate chdir getcwd umask kill wait4 setpgid setsid sethostname execve"
    own += " getpriority setpriority sched_getscheduler sched_setscheduler sched_getaffinity"
    own += " sched_setaffinity sched_yield syslog reboot"
    return {*others.split(), *own.split(), *LINUX_NAMES.values()}
