"""The actions of find: printing, running commands, deleting.

Source: find(1), findutils 4.9
Differs: -fprint, -fprintf, -fls and -files0-from are not known.
"""

from __future__ import annotations

from vshell.abi.errno import KernelError, strerror
from vshell.usr._program import Quit
from vshell.usr._quote import quote

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from vshell.kernel.syscall import Sys
    from vshell.usr._find_entry import Entry, Run

    Test = Callable[[Entry], bool]
    Take = Callable[[], str | None]

__all__ = ["ACTIONS"]

_BATCH_BYTES_MAX = 128 * 1024


def _print(run: Run, take: Take) -> Test:
    del take
    return _printer(run, "\n")


def _print0(run: Run, take: Take) -> Test:
    del take
    return _printer(run, "\0")


def _printer(run: Run, end: str) -> Test:
    def show(entry: Entry) -> bool:
        run.io.out(entry.path + end)
        return True

    return show


def _printf(run: Run, take: Take) -> Test:
    from vshell.usr._find_printf import compile_format  # noqa: PLC0415 - with -printf only

    template = take()
    if template is None:
        run.io.die("missing argument to `-printf'")
    return compile_format(run, template)


def _ls(run: Run, take: Take) -> Test:
    del take
    from vshell.usr._find_printf import list_entry  # noqa: PLC0415 - with -ls only

    def show(entry: Entry) -> bool:
        run.io.out(list_entry(run, entry))
        return True

    return show


def _prune(run: Run, take: Take) -> Test:
    del take

    def prune(entry: Entry) -> bool:
        if entry.is_directory() and not run.depth_first:
            run.prune()
        return True

    return prune


def _quit(run: Run, take: Take) -> Test:
    del take

    def leave(entry: Entry) -> bool:
        del entry
        for finish in run.finishers:
            finish()
        raise Quit(run.status)

    return leave


def _delete(run: Run, take: Take) -> Test:
    del take
    sys = run.io.sys

    def delete(entry: Entry) -> bool:
        if entry.path == ".":
            return True
        try:
            if entry.is_directory():
                sys.rmdir(entry.path)
            else:
                sys.unlink(entry.path)
        except KernelError as error:
            run.io.complain(f"cannot delete {quote(entry.path)}: {strerror(error.errno)}")
            run.status = 1
            return False
        return True

    return delete


# -- Commands ---------------------------------------------------------------------------------


def _exec(run: Run, take: Take) -> Test:
    return _command(run, take, "-exec")


def _execdir(run: Run, take: Take) -> Test:
    return _command(run, take, "-execdir")


def _ok(run: Run, take: Take) -> Test:
    return _command(run, take, "-ok")


def _okdir(run: Run, take: Take) -> Test:
    return _command(run, take, "-okdir")


def _command(run: Run, take: Take, word: str) -> Test:
    words: list[str] = []
    while True:
        one = take()
        if one is None:
            run.io.die(f"missing argument to `{word}'")
        if one == ";":
            break
        if one == "+" and words and words[-1] == "{}":
            if any("{}" in other for other in words[:-1]):
                run.io.die(f"Only one instance of {{}} is supported with {word} ... +")
            return _Batch(run, words[:-1], word).add
        words.append(one)
    if not words:
        run.io.die(f"invalid argument `;' to `{word}'")
    return _Single(run, words, word).run_for


class _Single:
    # One command for each file.
    def __init__(self, run: Run, words: list[str], word: str) -> None:
        self.run = run
        self.words = words
        self.asking = word.startswith("-ok")
        self.in_folder = word.endswith("dir")

    def run_for(self, entry: Entry) -> bool:
        io = self.run.io
        if self.asking:
            io.flush()
            io.err(f"< {self.words[0]} ... {entry.path} > ? ")
            if not _is_yes(io.sys):
                return False
        shown = f"./{entry.name}" if self.in_folder else entry.path
        argv = [word.replace("{}", shown) for word in self.words]
        return _status(self.run, argv, entry.folder if self.in_folder else "") == 0


class _Batch:
    # One command for as many files as fit.
    def __init__(self, run: Run, words: list[str], word: str) -> None:
        self.run = run
        self.words = words
        self.in_folder = word.endswith("dir")
        self.folder = ""
        self.waiting: list[str] = []
        self.size = 0
        run.finishers.append(self.finish)

    def add(self, entry: Entry) -> bool:
        folder = entry.folder if self.in_folder else ""
        name = f"./{entry.name}" if self.in_folder else entry.path
        if folder != self.folder or self.size + len(name) > _BATCH_BYTES_MAX:
            self.finish()
        self.folder = folder
        self.waiting.append(name)
        self.size += len(name) + 1
        return True

    def finish(self) -> None:
        if self.waiting:
            waiting, self.waiting, self.size = self.waiting, [], 0
            if _status(self.run, [*self.words, *waiting], self.folder):
                self.run.status = 1


# Run a command, perhaps in a directory; give its exit code.
def _status(run: Run, argv: list[str], folder: str) -> int:
    from vshell.usr._spawn import exit_code, run_program  # noqa: PLC0415 - with -exec only

    io = run.io

    def failed(sys: Sys, error: KernelError) -> int:
        text = f"{io.name}: {quote(argv[0])}: {strerror(error.errno)}\n"
        sys.write(2, text.encode("utf-8", "surrogateescape"))
        return 1

    here = io.sys.getcwd() if folder else ""
    if folder:
        io.sys.chdir(folder)
    try:
        return exit_code(run_program(io, argv, on_failure=failed))
    finally:
        if here:
            io.sys.chdir(here)


def _is_yes(sys: Sys) -> bool:
    answer = b""
    while not answer.endswith(b"\n"):
        byte = sys.read(0, 1)
        if not byte:
            break
        answer += byte
    return answer[:1] in (b"y", b"Y")


ACTIONS: dict[str, Callable[[Run, Take], Test]] = {
    "-print": _print,
    "-print0": _print0,
    "-printf": _printf,
    "-ls": _ls,
    "-prune": _prune,
    "-quit": _quit,
    "-delete": _delete,
    "-exec": _exec,
    "-execdir": _execdir,
    "-ok": _ok,
    "-okdir": _okdir,
}
