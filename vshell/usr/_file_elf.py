"""What an ELF file is, in the words of file(1).

Source: elf(5); file(1), file-5.44
"""

from __future__ import annotations

import struct

__all__ = ["describe_elf"]

_TYPES = {1: "relocatable", 2: "executable", 3: "shared object", 4: "core file"}
_MIMES = {1: "object", 2: "executable", 3: "sharedlib", 4: "coredump"}
_MACHINES = {3: "Intel 80386", 40: "ARM", 62: "x86-64", 183: "ARM aarch64", 243: "UCB RISC-V"}
_SHT_SYMTAB, _SHT_NOTE = 2, 7
_NT_GNU_BUILD_ID = 3
_STUB = b"vshell program: "
_LOADER = "/lib64/ld-linux-x86-64.so.2"


def describe_elf(data: bytes) -> tuple[str, str]:
    """Give the words and the MIME type for the bytes of an ELF file."""
    if _STUB in data[:64]:
        return _describe_program(data)
    if len(data) < 64 or data[4] != 2 or data[5] != 1:
        return "ELF", "application/octet-stream"
    kind, machine, version = struct.unpack_from("<HHI", data, 16)
    out = ["ELF 64-bit LSB " + _TYPES.get(kind, "unknown type")]
    out.append(_MACHINES.get(machine, "unknown arch"))
    out.append(f"version {version} ({'GNU/Linux' if data[7] == 3 else 'SYSV'})")
    stripped = True
    for section in _sections(data):
        section_type, offset, size = section
        if section_type == _SHT_SYMTAB:
            stripped = False
        elif section_type == _SHT_NOTE:
            identity = _build_id(data[offset : offset + size])
            if identity:
                out.append(f"BuildID[sha1]={identity}")
    out.append("stripped" if stripped else "not stripped")
    return ", ".join(out), f"application/x-{_MIMES.get(kind, 'object')}"


# The programs of the host are stubs; what each stands for has an identity that can be repeated.
def _describe_program(data: bytes) -> tuple[str, str]:
    import hashlib  # noqa: PLC0415 - it loads a library

    identity = hashlib.sha1(data, usedforsecurity=False).hexdigest()
    words = "ELF 64-bit LSB pie executable, x86-64, version 1 (SYSV), dynamically linked, "
    words += f"interpreter {_LOADER}, BuildID[sha1]={identity}, for GNU/Linux 3.2.0, stripped"
    return words, "application/x-pie-executable"


# Type, offset and size of each section.
def _sections(data: bytes) -> list[tuple[int, int, int]]:
    start = struct.unpack_from("<Q", data, 40)[0]
    entry_size, count = struct.unpack_from("<HH", data, 58)
    out = []
    for number in range(count):
        at = start + number * entry_size
        if entry_size < 64 or at + 64 > len(data):
            break
        section_type = struct.unpack_from("<I", data, at + 4)[0]
        offset, size = struct.unpack_from("<QQ", data, at + 24)
        out.append((section_type, offset, size))
    return out


def _build_id(note: bytes) -> str:
    if len(note) < 16:
        return ""
    name_size, size, kind = struct.unpack_from("<III", note)
    if kind != _NT_GNU_BUILD_ID or note[12:15] != b"GNU":
        return ""
    start = 12 + (name_size + 3) // 4 * 4
    return note[start : start + size].hex()
