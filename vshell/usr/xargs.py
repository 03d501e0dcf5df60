"""xargs: run a command with arguments from standard input.

Source: xargs(1), findutils 4.9
Differs: --process-slot-var and --show-limits are not known.
"""

from __future__ import annotations

from vshell.abi.errno import ENOENT, KernelError, strerror
from vshell.usr._options import Options, parse, usage_error
from vshell.usr._program import Io, Quit, program
from vshell.usr._quote import quote, shell_quoted
from vshell.usr._spawn import start_program, wait_for
from vshell.usr._xargs_words import QuoteError, delimited, parse_delimiter, words_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from vshell.kernel.syscall import Sys

__all__ = ["main"]

_LONG = {
    "null": "0",
    "arg-file=": "a",
    "delimiter=": "d",
    "eof=?": "e",
    "replace=?": "i",
    "max-lines=?": "l",
    "max-args=": "n",
    "open-tty": "o",
    "max-procs=": "P",
    "interactive": "p",
    "no-run-if-empty": "r",
    "max-chars=": "s",
    "verbose": "t",
    "exit": "x",
}
_USAGE = (
    "[OPTION]... COMMAND [INITIAL-ARGS]...\n"
    "Run COMMAND with arguments INITIAL-ARGS and more arguments read from input."
)
_COMMAND_BYTES = 131072


@program
def main(io: Io, words: list[str]) -> int:
    """Run a command: ``xargs [-0prtx] [-a FILE] [-d C] [-E EOF] [-I R] [-LnPs N] [COMMAND...]``."""
    short = "0a:d:E:e::I:i::L:l::n:oP:prs:tx"
    package = "(GNU findutils) 4.9.0"
    options = parse(io, words, short, _LONG, usage=_USAGE, package=package, permute=False)
    return _Xargs(io, options).run()


class _Xargs:
    def __init__(self, io: Io, options: Options) -> None:
        self.io = io
        self.options = options
        self.command = options.operands or ["echo"]
        self.replace = ""
        self.lines = self.count = 0
        self.bytes = _COMMAND_BYTES
        self.slots = 1
        self.end_word: str | None = None
        self.delimiter: bytes | None = None
        for name, value in options.items:
            self.option(name, value)
        self.initial_bytes = sum(len(_bytes(word)) + 1 for word in self.command)
        if self.initial_bytes > self.bytes:
            io.die("cannot fit single argument within argument list size limit")
        self.exact = options.has("x") or bool(self.replace)
        self.running: set[int] = set()
        self.status = 0
        self.fd = 0
        self.null_warned = False

    def option(self, name: str, value: str) -> None:
        if name in ("I", "i"):
            self.exclude("--replace/-I/-i", "replace")
            self.replace = value or "{}"
            self.count = self.lines = 0
        elif name in ("L", "l"):
            self.exclude("-L" if name == "L" else "--max-lines/-l", "max-lines")
            self.lines = self.number(value or "1", name)
            self.count, self.replace = 0, ""
        elif name == "n":
            count = self.number(value, name)
            # One argument at a time is what -I means anyway.
            if not (self.replace and count == 1):
                self.exclude("--max-args/-n", "max-args")
                self.count, self.lines, self.replace = count, 0, ""
        elif name == "s":
            self.bytes = min(self.number(value, name), _COMMAND_BYTES)
        elif name == "P":
            self.slots = self.number(value, name, 0)
        elif name in ("E", "e"):
            self.end_word = value or None
        elif name == "0":
            self.delimiter = b"\0"
        elif name == "d":
            self.delimiter = parse_delimiter(value)
            if self.delimiter is None:
                self.io.die(
                    f"Invalid input delimiter specification {value}: the delimiter must be either "
                    "a single character or an escape sequence starting with \\."
                )

    # Of -I, -L and -n the last one counts.
    def exclude(self, option: str, itself: str) -> None:
        given = (("replace", self.replace), ("max-lines", self.lines), ("max-args", self.count))
        for name, value in given:
            if value and name != itself:
                self.io.complain(
                    f"warning: options --{name} and {option} are mutually exclusive, "
                    f"ignoring previous --{name} value"
                )

    def number(self, text: str, letter: str, least: int = 1) -> int:
        digits = text.removeprefix("-").removeprefix("+")
        if not (digits.isascii() and digits.isdigit()):
            usage_error(self.io, f'invalid number "{text}" for -{letter} option')
        if int(text) < least:
            usage_error(self.io, f"value {int(text)} for -{letter} option should be >= {least}")
        return int(text)

    # -- Reading ----------------------------------------------------------------------------------

    def run(self) -> int:
        name = self.options.value("a", "-")
        try:
            self.fd = 0 if name == "-" else self.io.sys.open(name)
        except KernelError as error:
            self.io.die(f"Cannot open input file {quote(name)}: {strerror(error.errno)}")
        if self.fd:
            self.io.sys.set_cloexec(self.fd)
        try:
            self.run_all()
        except QuoteError as error:
            self.wait_all()
            self.io.die(str(error))
        self.wait_all()
        return self.status

    def words(self) -> Iterator[tuple[str, bool]]:
        if self.delimiter is not None:
            for word in delimited(self.io, self.fd, self.delimiter):
                yield word, False
            return
        for word, more in words_of(self.io, self.fd, whole_lines=bool(self.replace)):
            if self.end_word is not None and word == self.end_word:
                return
            yield self.without_null(word), more

    # An argument of C ends at a zero byte.
    def without_null(self, word: str) -> str:
        if "\0" not in word:
            return word
        if not self.null_warned:
            self.null_warned = True
            self.io.complain(
                "WARNING: a NUL character occurred in the input.  It cannot be passed through in "
                "the argument list.  Did you mean to use the --null option?"
            )
        return word.partition("\0")[0]

    def run_all(self) -> None:
        if self.replace:
            for word, _ in self.words():
                self.start([one.replace(self.replace, word) for one in self.command])
            return
        waiting: list[str] = []
        size = self.initial_bytes
        lines = 0
        started = False
        try:
            for word, more in self.words():
                length = len(_bytes(word)) + 1
                if length > self.bytes - self.initial_bytes:
                    self.io.die("argument line too long")
                if size + length > self.bytes:
                    if self.exact or self.lines:
                        self.io.die("argument list too long")
                    self.start(self.command + waiting)
                    waiting, size, started = [], self.initial_bytes, True
                waiting.append(word)
                size += length
                lines += not more
                if len(waiting) == self.count or (self.lines and lines == self.lines):
                    self.start(self.command + waiting)
                    waiting, size, lines, started = [], self.initial_bytes, 0, True
        except QuoteError:
            if waiting:
                self.start(self.command + waiting)
            raise
        if waiting or not (started or self.options.has("r")):
            self.start(self.command + waiting)

    # -- Running ----------------------------------------------------------------------------------

    def start(self, argv: list[str]) -> None:
        sys = self.io.sys
        if self.options.has("t", "p"):
            shown = " ".join(shell_quoted(word) for word in argv)
            if self.options.has("p"):
                self.io.err(f"{shown}?...")
                if not self.is_wanted():
                    return
            else:
                self.io.err(shown + "\n")
        while self.slots and len(self.running) >= self.slots:
            self.wait_one()
        redirections = {}
        if not self.options.has("a"):
            # Standard input is for xargs alone.
            path = "/dev/tty" if self.options.has("o") else "/dev/null"
            redirections[0] = sys.open(path)
            sys.set_cloexec(redirections[0])
        pid = start_program(self.io, argv, on_failure=self.failed, redirections=redirections)
        for fd in redirections.values():
            sys.close(fd)
        self.running.add(pid)
        if self.slots == 1:
            self.wait_one()

    def is_wanted(self) -> bool:
        try:
            fd = self.io.sys.open("/dev/tty")
        except KernelError as error:
            self.io.die(f"failed to open /dev/tty for reading: {strerror(error.errno)}")
        answer = self.io.sys.read(fd)
        self.io.sys.close(fd)
        return answer[:1] in (b"y", b"Y")

    def failed(self, sys: Sys, error: KernelError) -> int:
        text = f"{self.io.name}: {self.command[0]}: {strerror(error.errno)}\n"
        sys.write(2, text.encode("utf-8", "surrogateescape"))
        return 127 if error.errno == ENOENT else 126

    def wait_all(self) -> None:
        while self.running:
            self.wait_one()

    def wait_one(self) -> None:
        pid, status = wait_for(self.io)
        self.running.discard(pid)
        code = status >> 8 & 0xFF
        name = self.command[0]
        if status & 0x7F:
            self.io.complain(f"{name}: terminated by signal {status & 0x7F}")
            self.leave(125)
        elif code == 255:
            self.io.complain(f"{name}: exited with status 255; aborting")
            self.leave(124)
        elif code in (126, 127):
            self.leave(code)
        elif code:
            self.status = 123

    def leave(self, status: int) -> None:
        self.status = status
        raise Quit(status)


def _bytes(word: str) -> bytes:
    return word.encode("utf-8", "surrogateescape")
