"""nl: number the lines of files.

Source: nl(1), coreutils 9.1
"""

from __future__ import annotations

from vshell.usr._files import Inputs
from vshell.usr._options import Options, parse, usage_error
from vshell.usr._program import Io, program
from vshell.usr._quote import quote
from vshell.usr._regex import Regex, RegexError, compile_posix

__all__ = ["main"]

_LONG = {
    "body-numbering=": "b",
    "section-delimiter=": "d",
    "footer-numbering=": "f",
    "header-numbering=": "h",
    "line-increment=": "i",
    "join-blank-lines=": "l",
    "number-format=": "n",
    "no-renumber": "p",
    "number-separator=": "s",
    "starting-line-number=": "v",
    "number-width=": "w",
}
_USAGE = "[OPTION]... [FILE]...\nWrite each FILE to standard output, with line numbers added."
_SECTIONS = {3: "h", 2: "b", 1: "f"}
_SECTION_NAMES = {"h": "header", "b": "body", "f": "footer"}


@program
def main(io: Io, words: list[str]) -> int:
    """Number lines: ``nl [-bhf STYLE] [-ilvw N] [-n FORMAT] [-p] [-s TEXT] [FILE...]``."""
    options = parse(io, words, "h:b:f:v:i:pl:s:w:n:d:", _LONG, usage=_USAGE)
    numberer = _Numberer(io, options)
    inputs = Inputs(io, options.operands)
    for line in inputs.records():
        numberer.line(line.decode("utf-8", "surrogateescape").removesuffix("\n"))
    return inputs.status


class _Numberer:
    def __init__(self, io: Io, options: Options) -> None:
        self.io = io
        self.styles: dict[str, str | Regex] = {}
        for section, default in (("b", "t"), ("h", "n"), ("f", "n")):
            self.styles[section] = self.style(section, options.value(section, default))
        self.start = self.number_option(options, "v", "1", "invalid starting line number", None)
        self.step = self.number_option(options, "i", "1", "invalid line number increment", None)
        what = "invalid line number of blank lines"
        self.join = self.number_option(options, "l", "1", what, 1)
        what = "invalid line number field width"
        self.width = self.number_option(options, "w", "6", what, 1)
        self.form = options.value("n", "rn")
        if self.form not in ("ln", "rn", "rz"):
            usage_error(io, f"invalid line numbering format: {quote(self.form)}")
        self.separator = options.value("s", "\t")
        self.restart = not options.has("p")
        delimiter = options.value("d", "\\:")
        self.delimiter = delimiter + ":" if len(delimiter) == 1 else delimiter
        self.section = "b"
        self.number = self.start
        self.blank = 0

    def style(self, section: str, text: str) -> str | Regex:
        if text in ("a", "t", "n"):
            return text
        if not text.startswith("p"):
            what = f"invalid {_SECTION_NAMES[section]} numbering style"
            usage_error(self.io, f"{what}: {quote(text)}")
        try:
            return compile_posix(text[1:], extended=False)
        except RegexError as error:
            self.io.die(str(error))

    def number_option(
        self, options: Options, letter: str, default: str, what: str, least: int | None
    ) -> int:
        text = options.value(letter, default)
        digits = text.removeprefix("-") if least is None else text
        if not (digits.isascii() and digits.isdigit()):
            self.io.die(f"{what}: {quote(text)}")
        if least is not None and int(text) < least:
            self.io.die(f"{what}: {quote(text)}: Numerical result out of range")
        return int(text)

    def line(self, line: str) -> None:
        count = len(line) // len(self.delimiter) if self.delimiter else 0
        if 1 <= count <= 3 and line == self.delimiter * count:
            self.section = _SECTIONS[count]
            if self.restart:
                self.number = self.start
            self.io.out("\n")
            return
        if self.is_numbered(line):
            digits = str(abs(self.number))
            sign = "-" if self.number < 0 else ""
            shown = sign + digits
            if self.form == "rz":
                shown = sign + digits.rjust(self.width - len(sign), "0")
            shown = shown.ljust(self.width) if self.form == "ln" else shown.rjust(self.width)
            self.io.out(f"{shown}{self.separator}{line}\n")
            self.number += self.step
        else:
            self.io.out(" " * (self.width + len(self.separator)) + line + "\n")

    def is_numbered(self, line: str) -> bool:
        style = self.styles[self.section]
        if style == "a" and self.join > 1:
            # Of a run of blank lines only each join-th counts.
            self.blank = 0 if line else self.blank + 1
            if not line and self.blank == self.join:
                self.blank = 0
                return True
            return bool(line)
        if isinstance(style, str):
            return style == "a" or (style == "t" and bool(line))
        return style.search(line) is not None
