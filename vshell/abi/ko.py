"""The .ko container: a small ELF file.

Its sections are what the module loader, modpost and modinfo read.

It is a real ELF64 relocatable, so that ordinary tools recognise it and kmod's own modinfo
prints it. Nothing in it is unpickled; the compiled module is the one section only this
Python can read, and says so.

Sections::

    .modinfo          key=value strings, each closed by a zero byte, in the order of the source
    .text             the compiled module (marshal), of the Python named in .comment
    .comment          "vshell <container version> <Python's bytecode tag>"
    .vshell.imports   one line per name from a header: "header name local-name"
    .vshell.externs   one line per symbol of another module: its name
    .vshell.undefined one line per symbol that the code refers to: its name
    .vshell.exports   one line per exported symbol: "name crc export-type"
    .vshell.functions one line per function: "name first-line last-line section inlined"
    .vshell.debug     one line per pr_debug(): "function line on format", the format escaped
    .vshell.mismatch  one line per reference to another section: "from to offset always"
    .vshell.source    the path of the source file
    .vshell.checksum  CRC-32 of all these but .modinfo: damaged bytecode would end this Python
"""

from __future__ import annotations

import struct
from importlib.util import MAGIC_NUMBER
from zlib import crc32

__all__ = ["CONTAINER_VERSION", "PYTHON_TAG", "Function", "KoError", "KoFile"]

CONTAINER_VERSION = 1
PYTHON_TAG = MAGIC_NUMBER.hex()

_EHDR = struct.Struct("<16sHHIQQQIHHHHHH")
_SHDR = struct.Struct("<IIQQQQIIQQ")
_IDENT = b"\x7fELF\x02\x01\x01" + bytes(9)
_ET_REL, _EM_X86_64 = 1, 62
_SHT_PROGBITS, _SHT_STRTAB = 1, 3
_SHF_ALLOC = 2
_CHECKED = [".comment", ".vshell.imports", ".vshell.externs", ".vshell.exports"]
_CHECKED += [
    ".vshell.undefined",
    ".vshell.functions",
    ".vshell.debug",
    ".vshell.mismatch",
    ".vshell.source",
]
_CHECKED += [".text"]
# Bytecode differs in length from one Python to the next; file sizes should not.
_ALIGN = 4096


class KoError(Exception):
    """A file that is no module; the text is for the kernel log, "" for none."""


class Function:
    """A function of a module and where its source stands."""

    __slots__ = ("first_line", "inlined", "last_line", "name", "section")

    def __init__(
        self, name: str, first_line: int, last_line: int, section: str, *, inlined: bool = False
    ) -> None:
        """Describe a function.

        Args:
            name: in the source.
            first_line: of its definition.
            last_line: of its body.
            section: .text, .init.text or .exit.text.
            inlined: whether it is part of its only caller, as a C compiler makes it.
        """
        self.name = name
        self.inlined = inlined
        self.first_line = first_line
        self.last_line = last_line
        self.section = section


class KoFile:
    """The contents of a .ko file."""

    def __init__(self) -> None:
        """Start empty."""
        self.modinfo: list[tuple[str, str]] = []
        self.code = b""
        self.comment = f"vshell {CONTAINER_VERSION} {PYTHON_TAG}"
        self.imports: list[tuple[str, str, str]] = []
        self.externs: list[str] = []
        self.undefined: list[str] = []
        self.exports: list[tuple[str, int, str]] = []
        self.functions: list[Function] = []
        self.debug: list[tuple[str, int, bool, str]] = []
        self.mismatches: list[tuple[str, str, int, bool]] = []
        self.source = ""

    def info(self, key: str) -> str | None:
        """Give the first .modinfo value of a key."""
        for name, value in self.modinfo:
            if name == key:
                return value
        return None

    def infos(self, key: str) -> list[str]:
        """Give all .modinfo values of a key."""
        return [value for name, value in self.modinfo if name == key]

    def text_size(self) -> int:
        """Estimate the bytes of machine code outside init.

        24 for a source line, 16 for a function.
        """
        lines = [f for f in self.functions if f.section != ".init.text"]
        return sum(24 * (f.last_line - f.first_line + 1) + 16 for f in lines)

    def to_bytes(self) -> bytes:
        """Write the container."""
        imports = "".join(f"{header} {name} {local}\n" for header, name, local in self.imports)
        exports = "".join(f"{name} {crc:#010x} {kind}\n" for name, crc, kind in self.exports)
        functions = "".join(
            f"{f.name} {f.first_line} {f.last_line} {f.section} {int(f.inlined)}\n"
            for f in self.functions
        )
        mismatches = "".join(
            f"{caller} {name} {offset} {int(always)}\n"
            for caller, name, offset, always in self.mismatches
        )
        debug = "".join(
            f"{function} {line} {int(on)} {text.encode('unicode_escape').decode()}\n"
            for function, line, on, text in self.debug
        )
        modinfo = "".join(f"{key}={value}\0" for key, value in self.modinfo)
        sections = [
            (".modinfo", modinfo.encode("utf-8", "surrogateescape")),
            (".comment", self.comment.encode()),
            (".vshell.imports", imports.encode()),
            (".vshell.externs", "".join(f"{name}\n" for name in self.externs).encode()),
            (".vshell.undefined", "".join(f"{name}\n" for name in self.undefined).encode()),
            (".vshell.exports", exports.encode()),
            (".vshell.functions", functions.encode()),
            (".vshell.debug", debug.encode()),
            (".vshell.mismatch", mismatches.encode()),
            (".vshell.source", self.source.encode("utf-8", "surrogateescape")),
            (".text", self.code),
        ]
        sections.append((".vshell.checksum", _checksum(dict(sections))))
        return _write_elf(sections)

    @classmethod
    def from_bytes(cls, data: bytes) -> KoFile:
        """Read a container.

        Raises:
            KoError: it is none; with the line that the kernel logs.
        """
        sections = _read_elf(data)
        if sections.get(".vshell.checksum") != _checksum(sections):
            raise KoError("")
        ko = cls()
        for entry in sections.get(".modinfo", b"").split(b"\0"):
            key, equals, value = entry.decode("utf-8", "surrogateescape").partition("=")
            if equals:
                ko.modinfo.append((key, value))
        ko.comment = sections.get(".comment", b"").decode("utf-8", "replace")
        ko.code = sections.get(".text", b"")
        try:
            for line in _lines(sections, ".vshell.imports"):
                header, name, local = line.split(" ")
                ko.imports.append((header, name, local))
            ko.externs = _lines(sections, ".vshell.externs")
            ko.undefined = _lines(sections, ".vshell.undefined")
            for line in _lines(sections, ".vshell.exports"):
                name, crc, kind = line.split(" ")
                ko.exports.append((name, int(crc, 16), kind))
            for line in _lines(sections, ".vshell.functions"):
                name, first, last, section, inlined = line.split(" ")
                found = Function(name, int(first), int(last), section, inlined=inlined == "1")
                ko.functions.append(found)
            for line in _lines(sections, ".vshell.debug"):
                name, first, on, text = line.split(" ", 3)
                plain = text.encode("ascii").decode("unicode_escape")
                ko.debug.append((name, int(first), on == "1", plain))
            for line in _lines(sections, ".vshell.mismatch"):
                caller, name, offset, always = line.split(" ")
                ko.mismatches.append((caller, name, int(offset), always == "1"))
        except ValueError as error:
            raise KoError("") from error
        ko.source = sections.get(".vshell.source", b"").decode("utf-8", "surrogateescape")
        return ko


def _checksum(sections: dict[str, bytes]) -> bytes:
    value = 0
    for name in _CHECKED:
        data = sections.get(name, b"")
        value = crc32(data, crc32(f"{name} {len(data)} ".encode(), value))
    return f"{value:08x}".encode()


def _lines(sections: dict[str, bytes], name: str) -> list[str]:
    return sections.get(name, b"").decode("utf-8", "replace").splitlines()


def _write_elf(sections: list[tuple[str, bytes]]) -> bytes:
    names = b"\0"
    body = bytearray()
    headers = [bytes(_SHDR.size)]
    for name, data in sections:
        flags = _SHF_ALLOC if name in (".modinfo", ".text") else 0
        offset = _EHDR.size + len(body)
        headers.append(
            _SHDR.pack(len(names), _SHT_PROGBITS, flags, 0, offset, len(data), 0, 0, 1, 0)
        )
        names += name.encode() + b"\0"
        body += data
        body += bytes(-len(body) % 8)
    name_offset = len(names)
    names += b".shstrtab\0"
    body += bytes(-(_EHDR.size + len(body)) % _ALIGN)
    offset = _EHDR.size + len(body)
    headers.append(_SHDR.pack(name_offset, _SHT_STRTAB, 0, 0, offset, len(names), 0, 0, 1, 0))
    body += names + bytes(-len(names) % 8)
    count = len(headers)
    table = _EHDR.size + len(body)
    head = _EHDR.pack(
        _IDENT,
        _ET_REL,
        _EM_X86_64,
        1,
        0,
        0,
        table,
        0,
        _EHDR.size,
        0,
        0,
        _SHDR.size,
        count,
        count - 1,
    )
    return head + bytes(body) + b"".join(headers)


def _read_elf(data: bytes) -> dict[str, bytes]:
    # Linux: kernel/module/main.c elf_validity_check() (v6.1).
    if len(data) < _EHDR.size:
        raise KoError(f"Invalid ELF header len {len(data)}")
    fields = _EHDR.unpack_from(data)
    if data[:4] != b"\x7fELF":
        raise KoError("Invalid ELF header magic: != \x7fELF")
    if fields[1] != _ET_REL:
        raise KoError(f"Invalid ELF header type: {fields[1]} != {_ET_REL}")
    if fields[2] != _EM_X86_64:
        raise KoError(f"Invalid architecture in ELF header: {fields[2]}")
    table, size, count, strings = fields[6], fields[11], fields[12], fields[13]
    if size != _SHDR.size:
        raise KoError("Invalid ELF section header size")
    if table >= len(data) or count * size > len(data) - table:
        raise KoError("Invalid ELF section header overflow")
    if not 0 < strings < count:
        raise KoError(f"Invalid ELF section name index: {strings}")
    headers = [_SHDR.unpack_from(data, table + n * size) for n in range(count)]
    names = data[headers[strings][4] : headers[strings][4] + headers[strings][5]]
    sections = {}
    for number, header in enumerate(headers[1:], 1):
        offset, length = header[4], header[5]
        if offset + length > len(data):
            raise KoError(f"Invalid ELF section offset in section {number}: {offset}")
        end = names.find(b"\0", header[0])
        name = names[header[0] : end].decode("ascii", "replace")
        sections[name] = data[offset : offset + length]
    return sections
