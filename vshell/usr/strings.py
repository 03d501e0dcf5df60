"""strings: print the text that is in files of any kind.

Source: strings(1), GNU Binutils 2.40
Differs: 16- and 32-bit encodings are not known.
"""

from __future__ import annotations

from vshell.abi.errno import ENOENT, KernelError, strerror
from vshell.usr._files import S_IFDIR, S_IFMT
from vshell.usr._options import Options
from vshell.usr._program import Io, OptionError, getopt, program

__all__ = ["main"]

_LONG = {
    "all": "a",
    "data": "d",
    "print-file-name": "f",
    "bytes=": "n",
    "radix=": "t",
    "include-all-whitespace": "w",
    "encoding=": "e",
    "output-separator=": "s",
    "help": "h",
    "version": "v",
}
_USAGE = """\
Usage: strings [option(s)] [file(s)]
 Print the strings in [file(s)] (stdin by default)
 The options are:
  -a - --all                Look at all of the file [default]
  -f --print-file-name      Print the file's name before each string
  -n <number>               Print strings of at least <number> characters
    --bytes=<number>         (The default is 4).
  -t --radix={o,d,x}        Print where each begins, in base 8, 10 or 16
  -w --include-all-whitespace Let strings go on over all whitespace
  -o                        An alias for --radix=o
  -e --encoding={s,S}       Characters of 7 or 8 bits
  -s --output-separator=<string> What ends each string in the output
  -h --help                 Display this information
  -v -V --version           Print the program's version number
"""
_VERSION = "GNU strings (GNU Binutils for Debian) 2.40\n"
_RADIXES = {"o": "7o", "d": "7d", "x": "7x"}


@program
def main(io: Io, words: list[str]) -> int:
    """Print strings: ``strings [-afow] [-n N] [-t RADIX] [-s SEPARATOR] [FILE...]``."""
    io.write_complaint = ""
    io.write_status = 0
    # "-5" is another way to write "-n 5".
    words = [f"-n{word[1:]}" if word[:1] == "-" and word[1:].isdigit() else word for word in words]
    try:
        items, names = getopt(words, "adfhn:ot:ws:e:vV", _LONG)
    except OptionError as error:
        io.complain(str(error))
        io.err(_USAGE)
        return 1
    options = Options(items, names)
    if options.has("h", "v", "V"):
        io.out(_USAGE if options.has("h") else _VERSION)
        return 0
    if options.value("t", "x") not in _RADIXES or options.value("e", "s") not in ("s", "S"):
        io.err(_USAGE)
        return 1
    return _Strings(io, options).run([name for name in names if name != "-"], names)


class _Strings:
    def __init__(self, io: Io, options: Options) -> None:
        self.io = io
        text = options.value("n", "4")
        if not (text.isascii() and text.isdigit()):
            io.die(f"invalid integer argument {text}")
        self.least = int(text)
        if not self.least:
            io.die(f"invalid minimum string length {self.least}")
        radix = options.last_of("to")
        self.radix = "o" if radix == "o" else options.value("t")
        self.named = options.has("f")
        self.separator = options.value("s", "\n").encode("utf-8", "surrogateescape")
        graphic = set(range(32, 127)) | {9}
        if options.has("w"):
            graphic |= {10, 11, 12, 13}
        if options.value("e") == "S":
            graphic |= set(range(128, 256))
        self.graphic = graphic

    def run(self, names: list[str], given: list[str]) -> int:
        if given and not names:
            self.io.err(_USAGE)
            return 1
        if not names:
            self.show("{standard input}", self.io.read_all(0))
            return 0
        status = 0
        for name in names:
            try:
                if self.io.sys.stat(name).mode & S_IFMT == S_IFDIR:
                    self.io.complain(f"Warning: '{name}' is a directory")
                    status = 1
                    continue
                self.show(name, self.io.read_file(name))
            except KernelError as error:
                missing = error.errno == ENOENT
                text = f"'{name}': No such file" if missing else f"{name}: {strerror(error.errno)}"
                self.io.complain(text)
                status = 1
        return status

    def show(self, name: str, data: bytes) -> None:
        import re  # noqa: PLC0415 - only now is it needed

        letters = b"".join(re.escape(bytes([byte])) for byte in sorted(self.graphic))
        for found in re.finditer(b"[%s]{%d,}" % (letters, self.least), data):
            if self.named:
                self.io.out(f"{name}: ")
            if self.radix:
                self.io.out(f"{found.start():{_RADIXES[self.radix]}} ")
            self.io.out_bytes(found.group() + self.separator)
