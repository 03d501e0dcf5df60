"""xxd: show bytes in hexadecimal, or make bytes of what it has shown.

Source: xxd(1), xxd 2022-01-14
Differs: EBCDIC (-E) is not known.
"""

from __future__ import annotations

from vshell.abi.errno import KernelError, strerror
from vshell.usr._program import Io, Quit, program

__all__ = ["main"]

_USAGE = """\
Usage:
       xxd [options] [infile [outfile]]
    or
       xxd -r [-s [-]offset] [-c cols] [-ps] [infile [outfile]]
Options:
    -a          one '*' stands for lines of zero bytes
    -b          bits instead of hexadecimal digits
    -C          capital letters in the names of -i
    -c cols     bytes per line: 16 by default, 12 with -i, 30 with -ps
    -d          the offset in decimal
    -e          groups are little-endian numbers
    -g bytes    bytes per group: 2 by default, 4 with -e, 1 with -b
    -h          this text
    -i          as an array in C
    -l len      stop after so many bytes
    -n name     the array's name
    -o off      added to the offsets shown
    -ps         digits only
    -r          the other way round: make bytes
    -s [+][-]seek  begin at this byte; from the end with "-"
    -u          capital hexadecimal digits
    -v          the version
"""
_NUMBERS = {"c": "cols", "g": "group", "l": "len", "o": "off", "s": "seek"}
_COLUMNS_MAX = 256


@program
def main(io: Io, words: list[str]) -> int:
    """Show bytes: ``xxd [-abdeipruC] [-c COLS] [-g BYTES] [-l LEN] [-s SEEK] [IN [OUT]]``."""
    io.write_complaint = "{}"
    io.write_status = 3
    return _Xxd(io, words).run()


class _Xxd:
    def __init__(self, io: Io, words: list[str]) -> None:
        self.io = io
        self.flags: set[str] = set()
        self.numbers: dict[str, int] = {}
        self.from_end = False
        self.variable = ""
        self.files = self.read_options(list(words))
        if len(self.files) > 2:
            self.usage()
        style = next((one for one in "pibe" if one in self.flags), "")
        self.columns = self.numbers.get("c", {"p": 30, "i": 12, "b": 6}.get(style, 16))
        if not self.columns and style != "p":
            self.columns = 16
        # Plain digits may stand in one endless line.
        if style != "p" and not 0 < self.columns <= _COLUMNS_MAX:
            io.die(f"invalid number of columns (max. {_COLUMNS_MAX}).")
        group = self.numbers.get("g", {"b": 1, "e": 4}.get(style, 2))
        self.group = group if 0 < group <= self.columns else self.columns or 1
        if style == "e" and self.group & (self.group - 1):
            io.die("number of octets per group must be a power of 2 with -e.")
        self.upper = "u" in self.flags

    def usage(self) -> None:
        self.io.err(_USAGE)
        raise Quit(1)

    # Options may be written with one or two dashes, and most of them shortened or drawn out.
    def read_options(self, words: list[str]) -> list[str]:
        files: list[str] = []
        while words:
            word = words.pop(0)
            if word == "--":
                return files + words
            if word == "-" or not word.startswith("-"):
                files.append(word)
                continue
            option = word[2:] if word.startswith("--") else word[1:]
            letter = option[:1]
            if letter == "h":
                self.usage()
            elif letter == "v":
                self.io.err("xxd 2022-01-14 by Juergen Weigert et al.\n")
                raise Quit(0)
            elif letter == "n":
                self.variable = self.value(option[1:], "name", words)
            elif letter in _NUMBERS and letter:
                self.number(letter, self.value(option[1:], _NUMBERS[letter], words))
            elif letter in "abCdeipru" and letter:
                self.flags.add(letter)
            else:
                self.usage()
        return files

    def value(self, attached: str, name: str, words: list[str]) -> str:
        if attached and not name.startswith(attached.lstrip("-")) and attached not in name:
            return attached
        if not words:
            self.usage()
        return words.pop(0)

    def number(self, letter: str, text: str) -> None:
        if letter == "s" and text.startswith("-"):
            self.from_end = True
        digits = text.lstrip("+-")
        try:
            value = int(digits, 16 if digits[:2].lower() == "0x" else 10)
        except ValueError:
            value = 0
        self.numbers[letter] = -value if letter == "o" and text.startswith("-") else value

    # -- Files ------------------------------------------------------------------------------------

    def run(self) -> int:
        name = self.files[0] if self.files else "-"
        seek = self.numbers.get("s", 0)
        # A device may go on for ever.
        bounded = "l" in self.numbers and not self.from_end and "r" not in self.flags
        try:
            data = self.io.read_file(name, seek + self.numbers["l"] if bounded else None)
        except KernelError as error:
            self.io.die(f"{name}: {strerror(error.errno)}", 2)
        if len(self.files) > 1 and self.files[1] != "-":
            self.open_output(self.files[1])
        if "r" in self.flags:
            self.io.out_bytes(self.plain_bytes(data) if "p" in self.flags else self.patched(data))
            return 0
        start = max(len(data) - seek, 0) if self.from_end else seek
        if self.from_end and seek > len(data):
            self.io.die("Sorry, cannot seek.", 4)
        data = data[start:]
        if "l" in self.numbers:
            data = data[: self.numbers["l"]]
        if "p" in self.flags:
            self.plain(data)
        elif "i" in self.flags:
            self.array(data, name)
        else:
            self.dump(data, start)
        return 0

    def open_output(self, name: str) -> None:
        sys = self.io.sys
        try:
            sys.dup2(sys.open(name, 0o1101), 1)
        except KernelError as error:
            self.io.die(f"{name}: {strerror(error.errno)}", 3)

    # -- Showing ----------------------------------------------------------------------------------

    def hex(self, data: bytes) -> str:
        return data.hex().upper() if self.upper else data.hex()

    def plain(self, data: bytes) -> None:
        step = self.columns or max(len(data), 1)
        for start in range(0, len(data), step):
            self.io.out(self.hex(data[start : start + step]) + "\n")

    def array(self, data: bytes, file: str) -> None:
        name = self.variable or (file if file != "-" else "")
        name = "".join(one if one.isalnum() and one.isascii() else "_" for one in name)
        name = f"__{name}" if name[:1].isdigit() else name
        length = f"{name}_len"
        if "C" in self.flags:
            name, length = name.upper(), length.upper()
        if name:
            self.io.out(f"unsigned char {name}[] = {{\n")
        digits = "X" if self.upper else "x"
        lines = [
            ", ".join(f"0{digits}{byte:02{digits}}" for byte in data[at : at + self.columns])
            for at in range(0, len(data), self.columns)
        ]
        self.io.out("".join(f"  {line}" for line in [",\n  ".join(lines)] if line))
        self.io.out("\n" if data else "")
        if name:
            self.io.out(f"}};\nunsigned int {length} = {len(data)};\n")

    def dump(self, data: bytes, start: int) -> None:
        offset = start + self.numbers.get("o", 0)
        zero = bytes(self.columns) if "a" in self.flags else b""
        zeros = 0
        for at in range(0, len(data), self.columns):
            line = data[at : at + self.columns]
            if line == zero and zeros and at + self.columns < len(data):
                zeros += 1
                continue
            # A single line left out would not make it shorter.
            if zeros == 2:
                self.show(offset + at - self.columns, zero)
            elif zeros > 2:
                self.io.out("*\n")
            zeros = int(line == zero)
            self.show(offset + at, line)

    def show(self, offset: int, line: bytes) -> None:
        width = 8 if "b" in self.flags else 2
        cells = []
        for at in range(0, self.columns, self.group):
            part = line[at : at + self.group]
            if "b" in self.flags:
                text = "".join(f"{byte:08b}" for byte in part)
            elif "e" in self.flags:
                text = self.hex(part[::-1]).rjust(self.group * width)
            else:
                text = self.hex(part)
            size = min(self.group, self.columns - at)
            cells.append(text.ljust(size * width))
        shown = "".join(chr(byte) if 32 <= byte < 127 else "." for byte in line)
        where = f"{offset:08d}" if "d" in self.flags else f"{offset:08x}"
        self.io.out(f"{where}: {' '.join(cells)}  {shown}\n")

    # -- Making bytes -----------------------------------------------------------------------------

    def plain_bytes(self, data: bytes) -> bytes:
        digits = bytes(byte for byte in data if byte in b"0123456789abcdefABCDEF")
        return bytes.fromhex(digits[: len(digits) // 2 * 2].decode())

    # Each line says where its bytes belong; what is left out is zero.
    def patched(self, data: bytes) -> bytes:
        out = bytearray()
        shift = self.numbers.get("s", 0) * (-1 if self.from_end else 1)
        for line in data.decode("latin-1").splitlines():
            head, colon, rest = line.partition(":")
            try:
                position = int(head.strip(), 16) + shift
            except ValueError:
                continue
            if not colon:
                continue
            digits = rest.partition("  ")[0].replace(" ", "")
            part = bytes.fromhex(digits[: len(digits) // 2 * 2])[: self.columns]
            out.extend(bytes(max(position - len(out), 0)))
            out[position : position + len(part)] = part
        return bytes(out)
