"""What kind of text something is, in the words of file(1).

Source: file(1), file-5.44; the magic files for scripts and sources that come with it
Differs: of the many languages it knows, those of scripts, of C, of make and of Python are told.
"""

from __future__ import annotations

import re

__all__ = ["Text", "text_kind"]

_LINE_MAX = 300
_SEARCHED = 8192
_ENCODING_SEEN = 65536
_CONTROLS = frozenset((7, 8, 9, 10, 11, 12, 13, 27))
_SHELLS = {
    "bash": "Bourne-Again shell script",
    "sh": "POSIX shell script",
    "dash": "a /usr/bin/dash script",
    "ksh": "Korn shell script",
    "zsh": "Paul Falstad's zsh script",
    "awk": "awk script",
    "perl": "Perl script",
    "python": "Python script",
}
_PYTHON = (
    rb"(?m)^[ \t]{0,50}from[ \t\r\f\v]+[\w.]+[ \t\r\f\v]+import\b",
    rb"(?m)^ {0,50}def {1,50}[a-zA-Z_]{1,100} {0,50}\(([a-zA-Z]|,| ){0,255}\):$",
    rb'(?m)""".*"""$',
    rb'(?m)^"""',
)
_SOURCES = (
    (rb"(?m)^#[ \t]*include\b", "C source", "text/x-c"),
    (rb"(?m)^(CFLAGS|VPATH|LDFLAGS|all:|\.PRECIOUS)", "makefile script", "text/x-makefile"),
    (rb"(?m)^(int|void) main ?\(", "C source", "text/x-c"),
    (rb"\Adiff ", "diff output", "text/x-diff"),
    (rb"(?m)\A--- .*\n\+\+\+ ", "unified diff output", "text/x-diff"),
    (rb"(?m)\A\*\*\* .*\n--- ", "context diff output", "text/x-diff"),
    (rb"(?i)\A\s*(<!doctype html|<html|<head|<body)", "HTML document", "text/html"),
)


class Text:
    """What is known of a text: its words, MIME type and character set."""

    def __init__(self, words: str, mime: str, charset: str) -> None:
        """Keep them."""
        self.words = words
        self.mime = mime
        self.charset = charset


def text_kind(data: bytes) -> Text | None:
    """Tell what kind of text some bytes are; None if they are none."""
    found = _encoding(data[:_ENCODING_SEEN])
    if found is None:
        return None
    encoding, charset = found
    if _is_json(data):
        return Text("JSON text data", "application/json", charset)
    kind, mime, executable = _language(data)
    words = f"{encoding} text{' executable' if executable else ''}"
    if kind == "Perl script":
        return Text("Perl script text executable", mime, charset)
    return Text(", ".join(filter(None, (kind, words, *_details(data)))), mime, charset)


def _encoding(data: bytes) -> tuple[str, str] | None:
    if any((byte < 32 and byte not in _CONTROLS) or byte == 127 for byte in set(data)):
        return None
    if data.isascii():
        return "ASCII", "us-ascii"
    try:
        data.decode()
    except UnicodeDecodeError as error:
        # A character may be cut in two at the end.
        if error.start > _ENCODING_SEEN - 4:
            return "Unicode text, UTF-8", "utf-8"
        if any(0x80 <= byte < 0xA0 and byte != 0x85 for byte in set(data)):
            return "Non-ISO extended-ASCII", "unknown-8bit"
        return "ISO-8859", "iso-8859-1"
    mark = " (with BOM)" if data.startswith(b"\xef\xbb\xbf") else ""
    return f"Unicode text, UTF-8{mark}", "utf-8"


def _language(data: bytes) -> tuple[str, str, bool]:
    if data.startswith(b"#!"):
        return _script(data)
    head = data[:_SEARCHED]
    if any(re.search(pattern, head) for pattern in _PYTHON):
        return "Python script", "text/x-script.python", True
    for pattern, words, mime in _SOURCES:
        if re.search(pattern, head):
            return words, mime, False
    return "", "text/plain", False


def _script(data: bytes) -> tuple[str, str, bool]:
    line = data[2:].partition(b"\n")[0].decode("utf-8", "replace").strip()
    words = line.split()
    program = words[0] if words else ""
    if program.endswith("/env") and len(words) > 1:
        program = words[1]
    name = program.rpartition("/")[2]
    kind = _SHELLS.get("python" if name.startswith("python") else name)
    if kind is None:
        return f"a {line} script", "text/plain", True
    if kind == "Python script":
        return kind, "text/x-script.python", True
    return kind, "text/x-perl" if name == "perl" else "text/x-shellscript", True


def _is_json(data: bytes) -> bool:
    if data.lstrip()[:1] not in (b"{", b"["):
        return False
    import json  # noqa: PLC0415 - for what begins like it only

    try:
        json.loads(data)
    except ValueError:
        return False
    return True


# What is peculiar about the lines.
def _details(data: bytes) -> list[str]:
    out = []
    text = data.decode("utf-8", "surrogateescape")
    longest = max(map(len, re.split("\r\n|\n|\r", text)))
    if longest > _LINE_MAX:
        out.append(f"with very long lines ({longest})")
    crlf = data.count(b"\r\n")
    kinds = (("CRLF", crlf), ("CR", data.count(b"\r") - crlf), ("LF", data.count(b"\n") - crlf))
    ends = [name for name, count in kinds if count]
    if not ends:
        out.append("with no line terminators")
    elif ends != ["LF"]:
        out.append(f"with {', '.join(ends)} line terminators")
    if b"\x1b" in data:
        out.append("with escape sequences")
    if b"\b" in data:
        out.append("with overstriking")
    return out
