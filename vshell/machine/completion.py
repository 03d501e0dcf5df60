"""Completion: what could stand at the cursor, from the live state of the host.

Commands, files, variables; and by command: names of loaded modules, module files and their
parameters, pids, targets of a Makefile, options. Called in the host's thread; changes nothing.
"""

from __future__ import annotations

from importlib import import_module

from vshell.abi import signals
from vshell.abi.errno import KernelError
from vshell.abi.ko import KoError, KoFile
from vshell.kernel.inode import MAY_EXEC, Directory, RegularFile
from vshell.machine.language import KEYWORDS, Span, current_command
from vshell.machine.words import kernel_functions, option_words, options_of, program_summary
from vshell.shell.builtin.option import OPTION_NAMES
from vshell.shell.builtins import builtin_names

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from vshell.kernel.process import Process
    from vshell.kernel.task import Task
    from vshell.machine.host import Host

__all__ = ["Candidate", "complete", "list_commands"]

_SPECIAL = " \t'\"\\$&;|<>()*?[]#`!{}"
_PATH = ("/usr/sbin", "/usr/bin")
_LEVELS = ("emerg", "alert", "crit", "err", "warn", "notice", "info", "debug")
_TRACE_COMMANDS = (
    *("record", "report", "start", "stop", "restart", "show", "reset", "clear", "stat", "list"),
)
_CLOCK_COMMANDS = ("pause", "resume", "speed", "step", "until")
_CLOCK_STATES = ("exited", "parked", "running", "sleeping", "stopped", "woken")
_INFO_FIELDS = (
    "author",
    "depends",
    "description",
    "filename",
    "license",
    "name",
    "parm",
    "vermagic",
)


class Candidate:
    """One thing that could stand at the cursor: it replaces the text from ``start`` on."""

    __slots__ = ("meta", "shown", "start", "text")

    def __init__(self, text: str, start: int, shown: str = "", meta: str = "") -> None:
        """Describe a candidate.

        Args:
            text: what to put in, quoted for the shell.
            start: index in the line of the first character it replaces.
            shown: what a menu shows.
            meta: what it is, in a word or two.
        """
        self.text = text
        self.start = start
        self.shown = shown or text
        self.meta = meta


def list_commands(host: Host, pid: int) -> list[str]:
    """List every word that can stand as a command."""
    del pid
    names = {*builtin_names(), *KEYWORDS, "ll", "la"}
    for folder in _PATH:
        names |= set(host.kernel.vfs.make_directories(folder).names())
    return sorted(names)


def complete(host: Host, pid: int, text: str) -> list[Candidate]:
    """Find candidates.

    Args:
        host: whose state is looked at.
        pid: of the shell that asks for the line.
        text: the line up to the cursor.

    Returns:
        Candidates in the order of a menu.
    """
    task = host.kernel.tasks.get(pid)
    if task is None or task.process is None:
        return []
    return _Completion(host, task.process, text).run()


class _Completion:
    def __init__(self, host: Host, process: Process, text: str) -> None:
        self.host = host
        self.process = process
        self.words, self.span = current_command(text)
        self.prefix = self.span.plain()

    def run(self) -> list[Candidate]:
        span = self.span
        if "$" in span.text and span.text.rpartition("$")[2].replace("_", "a").isalnum():
            return self.variables(span)
        if span.text.endswith("$"):
            return self.variables(span)
        if span.role in ("command", "keyword", "assignment"):
            if "/" in self.prefix:
                return list(self.files(executable=True))
            return self.commands()
        if span.role == "target" or not self.words:
            return list(self.files())
        return self.arguments()

    # -- Kinds of candidates -----------------------------------------------------------------------

    def plain(self, names: list[str], meta: str = "") -> list[Candidate]:
        found = [name for name in names if name.startswith(self.prefix)]
        return [Candidate(_quote(name) + " ", self.span.start, name, meta) for name in found]

    def commands(self) -> list[Candidate]:
        if not self.prefix:
            return []
        found = self.plain([*list_commands(self.host, 0)])
        builtins = set(builtin_names())
        for one in found:
            one.meta = "shell builtin" if one.shown in builtins else program_summary(one.shown)
        return found

    # What there are pages about: commands, and the functions that modules call.
    def topics(self) -> list[Candidate]:
        functions = [
            Candidate(f"{name} ", self.span.start, name, words)
            for name, words in kernel_functions().items()
            if self.prefix and name.startswith(self.prefix)
        ]
        return [*self.commands(), *functions]

    def variables(self, span: Span) -> list[Candidate]:
        before, _, name = span.text.rpartition("$")
        start = span.start + len(before)
        known = sorted({*self.process.environ, "?", "$", "!", "PWD", "RANDOM", "SECONDS", "LINENO"})
        return [Candidate(f"${one}", start) for one in known if one.startswith(name)]

    def files(
        self, *, executable: bool = False, accept: Callable[[str], bool] | None = None
    ) -> Iterator[Candidate]:
        folder_text, slash, base = self.prefix.rpartition("/")
        place = folder_text + slash
        expanded = place
        if place.startswith("~/"):
            expanded = self.host.settings.home_directory + place[1:]
        try:
            folder = self.host.kernel.vfs.resolve(self.process, expanded or ".")
            names = sorted(folder.names()) if isinstance(folder, Directory) else []
        except KernelError:
            return
        for name in names:
            if not name.startswith(base) or (name.startswith(".") and not base.startswith(".")):
                continue
            try:
                inode = self.host.kernel.vfs.resolve(self.process, expanded + name)
            except KernelError:
                continue
            is_folder = isinstance(inode, Directory)
            if not is_folder and accept is not None and not accept(name):
                continue
            if not is_folder and executable and not inode.may(self.process, MAY_EXEC):
                continue
            shown = name + ("/" if is_folder else "")
            text = _quote(place + name, keep_tilde=True) + ("/" if is_folder else " ")
            yield Candidate(text, self.span.start, shown)

    # -- By command --------------------------------------------------------------------------------

    def arguments(self) -> list[Candidate]:
        name = self.words[0].rpartition("/")[2]
        before = self.words[-1] if len(self.words) > 1 else ""
        if name in ("kill", "set") and (special_found := self.signals_or_options(name, before)):
            return special_found
        if self.prefix.startswith("-"):
            return self.options(name)
        special: dict[str, Callable[[], list[Candidate]]] = {
            "cd": lambda: list(self.files(accept=lambda _: False)),
            "clock": self.clock,
            "dmesg": lambda: self.dmesg(before),
            "insmod": self.insmod,
            "kill": self.pids,
            "make": self.make,
            "man": self.topics,
            "modinfo": lambda: self.modinfo(before),
            "modprobe": self.modprobe,
            "panel": list,
            "ps": lambda: self.pids() if before in ("-p", "--pid", "-q") else [],
            "rmmod": self.loaded,
            "trace-cmd": lambda: self.plain([*_TRACE_COMMANDS]) if not self.words[1:] else [],
            "type": lambda: self.plain(list_commands(self.host, 0)),
            "whatis": self.topics,
            "why": self.why,
            "which": lambda: self.plain(list_commands(self.host, 0)),
            "help": lambda: self.plain(sorted(builtin_names())),
        }
        return special[name]() if name in special else list(self.files())

    def options(self, name: str) -> list[Candidate]:
        try:
            long = getattr(import_module(f"vshell.usr.{name}"), "_LONG", {})
        except ImportError:
            return []
        start, found = self.span.start, []
        for key, letter in sorted(long.items()):
            word = key.rstrip("?=")
            if not f"--{word}".startswith(self.prefix):
                continue
            short = f"-{letter}, " if isinstance(letter, str) and len(letter) == 1 else ""
            end = "=" if key.endswith("=") else " "
            words = option_words(name, word)
            found.append(Candidate(f"--{word}{end}", start, f"{short}--{word}", words))
        for word, words in options_of(name):
            if word.startswith(self.prefix):
                found.append(Candidate(f"{word} ", start, word, words))
        return found

    def signals_or_options(self, name: str, before: str) -> list[Candidate]:
        if name == "set":
            return self.plain(sorted(OPTION_NAMES)) if before in ("-o", "+o") else []
        if not self.prefix.startswith("-"):
            return []
        return self.plain([f"-{one}" for one in signals.NAMES.values()])

    def loaded(self) -> list[Candidate]:
        modules = self.host.kernel.modules.list
        return [
            Candidate(module.name + " ", self.span.start, module.name, _use_text(module.refcount))
            for module in modules
            if module.name.startswith(self.prefix)
        ]

    def insmod(self) -> list[Candidate]:
        operands = [word for word in self.words[1:] if not word.startswith("-")]
        if operands:
            return self.parameters(operands[0])
        return list(self.files(accept=lambda name: name.endswith(".ko")))

    def parameters(self, path: str) -> list[Candidate]:
        found = self.module_file(path)
        if found is None:
            return []
        descriptions = dict(v.split(":", 1) for k, v in found.modinfo if k == "parm" and ":" in v)
        names = [v.split(":", 1)[0] for k, v in found.modinfo if k == "parmtype"]
        return [
            Candidate(f"{name}=", self.span.start, name, descriptions.get(name, ""))
            for name in names
            if name.startswith(self.prefix)
        ]

    def module_file(self, path: str) -> KoFile | None:
        try:
            inode = self.host.kernel.vfs.resolve(self.process, path)
            if isinstance(inode, RegularFile):
                return KoFile.from_bytes(inode.read_at(0, inode.size()))
        except (KernelError, KoError):
            return None
        return None

    def modinfo(self, before: str) -> list[Candidate]:
        if before in ("-F", "--field"):
            return self.plain([*_INFO_FIELDS])
        return [*self.loaded(), *self.files(accept=lambda name: name.endswith(".ko"))]

    def modprobe(self) -> list[Candidate]:
        if "-r" in self.words or "--remove" in self.words:
            return self.loaded()
        names = []
        base = f"/lib/modules/{self.host.settings.release}"
        for line in self.read(f"{base}/modules.dep").splitlines():
            file = line.partition(":")[0].rpartition("/")[2]
            names.append(file.partition(".")[0])
        return self.plain(sorted(names))

    def read(self, path: str) -> str:
        try:
            inode = self.host.kernel.vfs.resolve(self.process, path)
        except KernelError:
            return ""
        if not isinstance(inode, RegularFile):
            return ""
        return inode.read_at(0, inode.size()).decode("utf-8", "replace")

    def pids(self) -> list[Candidate]:
        return [
            Candidate(f"{task.pid} ", self.span.start, str(task.pid), task.name)
            for task in self.host.kernel.tasks
            if str(task.pid).startswith(self.prefix)
        ]

    # Whatever can be explained: tasks by number, kernel threads by name, modules.
    def why(self) -> list[Candidate]:
        names = {task.name: task.pid for task in self.host.kernel.tasks if task.kthread is not None}
        threads = [
            Candidate(_quote(name) + " ", self.span.start, name, f"thread {pid}")
            for name, pid in sorted(names.items())
            if self.prefix and name.startswith(self.prefix)
        ]
        return [*self.pids(), *self.loaded(), *threads]

    def clock(self) -> list[Candidate]:
        words = self.words[1:]
        if not words:
            return self.plain([*_CLOCK_COMMANDS])
        if words == ["speed"]:
            return self.plain(["max"])
        if words == ["until"]:
            threads = [task.name for task in self.host.kernel.tasks if _is_of_module(task)]
            return self.plain(["next wakeup", "log", *sorted(threads)])
        return self.plain([*_CLOCK_STATES]) if words[0] == "until" and len(words) == 2 else []

    def dmesg(self, before: str) -> list[Candidate]:
        return self.plain([*_LEVELS]) if before in ("-l", "--level", "-n") else []

    def make(self) -> list[Candidate]:
        targets = []
        for line in self.read("Makefile").splitlines():
            target, colon, rest = line.partition(":")
            if colon and not rest.startswith("=") and target and target[0] not in "\t#. ":
                targets += target.split()
        return self.plain(sorted(set(targets)))


# The kernel's own threads have no function here.
def _is_of_module(task: Task) -> bool:
    return task.kthread is not None and task.kthread.threadfn is not None


def _use_text(refcount: int) -> str:
    return f"used {refcount}" if refcount else ""


def _quote(text: str, *, keep_tilde: bool = False) -> str:
    start = "~/" if keep_tilde and text.startswith("~/") else ""
    body = text[len(start) :]
    return start + "".join("\\" + letter if letter in _SPECIAL else letter for letter in body)
