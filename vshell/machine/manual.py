r"""The manual's pages, written from what the code says of itself.

A program's page comes from its docstrings and its usage text, a kernel function's from the mirror's
docstring. They are sources in the language of man(7), as real ones are; ``man`` formats them.

Sections: 1 programs, 8 programs of the administrator, 9 functions of the kernel.
"""

from __future__ import annotations

import os
from importlib import import_module
from types import FunctionType

from vshell.machine.vmlinux import HEADER_NAMES
from vshell.machine.words import option_words, options_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import ModuleType

__all__ = ["Manual"]

_PACKAGE = os.path.dirname(os.path.dirname(__file__))
_ADMINISTRATORS = frozenset(("sudo",))
_SECTIONS = {
    "Args": "ARGUMENTS",
    "Returns": "RETURN VALUE",
    "Raises": "ERRORS",
    "Context": "CONTEXT",
    "Differs": "DIFFERENCES",
    "Source": "SOURCE",
}
_TITLES = {1: "User Commands", 8: "System Administration", 9: "Kernel API Manual"}
_OPTION_COLUMN = 10


class Manual:
    """All pages, by section and name."""

    def __init__(self, programs: dict[str, str], administration: frozenset[str]) -> None:
        """Take the host's programs.

        Args:
            programs: names, and the names of the files of ``vshell.usr``.
            administration: the files of those that lie in /usr/sbin.
        """
        self._programs = programs
        self._administration = administration | _ADMINISTRATORS
        self._functions: dict[str, str] = {}

    def names(self, section: int) -> list[str]:
        """List the pages of a section."""
        if section == 9:
            return sorted(self._mirror())
        found = (one for one, file in self._programs.items() if self._section(file) == section)
        return sorted(found)

    def page(self, section: int, name: str) -> str | None:
        """Write a page; None if there is none of that name there."""
        if section == 9:
            return self._function_page(name)
        file = self._programs.get(name)
        if file is None or self._section(file) != section:
            return None
        return _program_page(name, file, section)

    def index(self) -> Iterator[tuple[str, int, str]]:
        """Go through all pages: name, section, what it is in one line."""
        for name, file in sorted(self._programs.items()):
            yield name, self._section(file), _summary(_first_line(file))
        for name, header in sorted(self._mirror().items()):
            doc = getattr(import_module(f"vshell.linux.{header}"), name).__doc__
            yield name, 9, _lowered(doc.split("\n")[0])

    def _section(self, file: str) -> int:
        return 8 if file in self._administration else 1

    # The functions and types of the mirror, and their headers.
    def _mirror(self) -> dict[str, str]:
        if not self._functions:
            for header in HEADER_NAMES:
                module = import_module(f"vshell.linux.{header}")
                for name in module.__all__:
                    value = vars(module).get(name)
                    if isinstance(value, (FunctionType, type)) and value.__doc__:
                        self._functions.setdefault(name, header)
        return self._functions

    def _function_page(self, name: str) -> str | None:
        header = self._mirror().get(name)
        if header is None:
            return None
        value = getattr(import_module(f"vshell.linux.{header}"), name)
        summary, parts = _docstring(value.__doc__)
        path = f"linux/{header.replace('.', '/')}.h"
        out = [
            _head(name, 9, path),
            ".SH NAME",
            f"{_quoted(name)} \\- {_quoted(_lowered(summary))}",
        ]
        out += [".SH SYNOPSIS", ".nf", f"\\fB#include <{path}>\\fP", ""]
        prototype = " ".join(parts.pop("C", [f"struct {name}"]))
        end = "" if prototype.startswith("#define") else ";"
        out += [f"\\fB{_quoted(prototype)}{end}\\fP"]
        out += [".fi"]
        body = parts.pop("", [])
        if body:
            out += [".SH DESCRIPTION", *_paragraphs(body)]
        for key, title in _SECTIONS.items():
            if key not in parts:
                continue
            out.append(f".SH {title}")
            out += _arguments(parts[key]) if key in ("Args", "Raises") else _paragraphs(parts[key])
        return "\n".join(out) + "\n"


def _head(name: str, section: int, source: str) -> str:
    shown = name if section == 9 else name.upper()
    return f'.TH "{shown}" {section} "" "{source}" "{_TITLES[section]}"'


def _quoted(text: str) -> str:
    text = text.replace("\\", "\\e").replace("-", "\\-")
    return f"\\&{text}" if text[:1] in (".", "'") else text


# Of "name: what it is" the second part.
def _summary(line: str) -> str:
    return _lowered(line.partition(": ")[2] or line)


def _lowered(line: str) -> str:
    text = line.strip().removesuffix(".")
    second = text[1:2]
    return text if second.isupper() else text[:1].lower() + text[1:]


# -- Docstrings ------------------------------------------------------------------------------------


# Take a docstring apart: its first line, and its parts by their headings ("" for what has none).
def _docstring(text: str) -> tuple[str, dict[str, list[str]]]:
    lines = text.strip().split("\n")
    parts: dict[str, list[str]] = {}
    heading = ""
    for line in lines[1:]:
        stripped = line.strip()
        word, colon, rest = stripped.partition(":")
        indent = len(line) - len(line.lstrip())
        if colon and indent <= 4 and (word in _SECTIONS or word == "C"):
            heading = word
            parts[heading] = [rest.strip()] if rest.strip() else []
        elif heading and stripped and indent <= 4 and heading != "C" and not parts[heading][:1]:
            parts[heading].append(stripped)
        elif indent <= 4 and stripped and heading not in ("", "C", "Source", "Real", "Differs"):
            heading = ""
            parts.setdefault("", []).append(stripped)
        else:
            parts.setdefault(heading, []).append(line[8:] if heading else stripped)
    return lines[0], {key: _trimmed(value) for key, value in parts.items() if any(value)}


def _trimmed(lines: list[str]) -> list[str]:
    while lines and not lines[0].strip():
        lines = lines[1:]
    while lines and not lines[-1].strip():
        lines = lines[:-1]
    return lines


def _paragraphs(lines: list[str]) -> list[str]:
    out = []
    for line in lines:
        stripped = line.strip()
        if not stripped:
            out.append(".PP")
        elif stripped.startswith(("* ", "- ")):
            out += [".IP \\(bu 2", _marked(stripped[2:])]
        else:
            out.append(_marked(stripped))
    return out


# "name: what it is", with further lines indented.
def _arguments(lines: list[str]) -> list[str]:
    out = []
    for line in lines:
        name, colon, rest = line.partition(": ")
        if colon and not line.startswith(" ") and " " not in name:
            out += [".TP", f"\\fI{_quoted(name)}\\fP", _marked(rest)]
        elif line.strip():
            out.append(_marked(line.strip()))
    return out


# Code between double back quotes is bold.
def _marked(text: str) -> str:
    parts = text.split("``")
    out = []
    for number, part in enumerate(parts):
        shown = _quoted(part) if not number else part.replace("\\", "\\e").replace("-", "\\-")
        out.append(f"\\fB{shown}\\fP" if number % 2 else shown)
    return "".join(out)


# -- Programs --------------------------------------------------------------------------------------


def _path(file: str) -> str:
    return os.path.join(_PACKAGE, "shell" if file == "bash" else "usr", f"{file}.py")


# The first line of a program's docstring, without importing it.
def _first_line(file: str) -> str:
    with open(_path(file), encoding="utf-8") as source:
        return source.readline().strip().strip('r"')


def _program_page(name: str, file: str, section: int) -> str:
    module = import_module(f"vshell.{'shell' if file == 'bash' else 'usr'}.{file}")
    summary, parts = _docstring(module.__doc__ or "")
    names = [one.strip() for one in summary.partition(":")[0].split(",")]
    shown = ", ".join(names) if name in names else name
    source = " ".join(parts.get("Source", [])).rpartition("), ")[2].partition(". Real")[0]
    out = [_head(name, section, source.rstrip(".")), ".SH NAME"]
    out += [f"{_quoted(shown)} \\- {_quoted(_summary(summary))}", ".SH SYNOPSIS"]
    out += _synopsis(name, module)
    usage = _usage(module)
    body = [*parts.get("", []), *_description(usage)]
    if body:
        out += [".SH DESCRIPTION", *_paragraphs(body)]
    options = _options(usage, file, module)
    if options:
        out += [".SH OPTIONS", *options]
    if "Differs" in parts:
        out += [".SH DIFFERENCES", *_paragraphs(parts["Differs"])]
    if "Source" in parts:
        # What was recorded is for those who work on vshell.
        told = " ".join(line.strip() for line in parts["Source"]).partition(" Real:")[0]
        out += [".SH SOURCE", _marked(told)]
    return "\n".join(out) + "\n"


def _synopsis(name: str, module: ModuleType) -> list[str]:
    doc = getattr(module, "main").__doc__ or ""  # noqa: B009 - a module has no such attribute
    forms = [part for number, part in enumerate(doc.split("``")) if number % 2] or [name]
    out = []
    for form in forms:
        word, _, rest = form.partition(" ")
        out += [f"\\fB{_quoted(word)}\\fP {_quoted(rest)}", ".br"]
    return out[:-1]


def _usage(module: ModuleType) -> str:
    for key in ("_HELP", "_USAGE", "_OWN_USAGE"):
        text = getattr(module, key, "")
        if isinstance(text, str) and text:
            return text
    return ""


# What a usage text says between its first line and its options.
def _description(usage: str) -> list[str]:
    lines = []
    for line in usage.strip().split("\n")[1:]:
        stripped = line.strip()
        if stripped.startswith("-") or stripped.lower().startswith("options"):
            break
        if stripped.startswith(("Usage", "or:", "Try ", "For more")) or line.startswith(" "):
            continue
        lines.append(stripped)
    return _trimmed(lines)


# The options of a usage text, each with what is said of it; or at least their names.
def _options(usage: str, program: str, module: ModuleType) -> list[str]:
    out: list[str] = []
    for line in usage.split("\n"):
        stripped = line.strip()
        if stripped.startswith("-") and line.startswith(" "):
            name, _, rest = stripped.partition("  ")
            out += [".TP", f"\\fB{_quoted(name)}\\fP", _quoted(rest.strip()) or "\\&"]
        elif out and stripped and line.startswith(" " * _OPTION_COLUMN):
            out.append(_quoted(stripped))
    return out or _named_options(program, module)


def _named_options(program: str, module: ModuleType) -> list[str]:
    table = getattr(module, "_LONG", None)
    if not isinstance(table, dict):
        return []
    out = []
    for long, meaning in sorted(table.items(), key=lambda item: str(item[1]).lower()):
        value = "=VALUE" if long.endswith("=") else "[=VALUE]" if long.endswith("=?") else ""
        option = long.rstrip("=?")
        short = f"-{meaning}, " if isinstance(meaning, str) and len(meaning) == 1 else ""
        out += [".TP", f"\\fB{_quoted(f'{short}--{option}{value}')}\\fP"]
        out.append(_quoted(option_words(program, option)) or "\\&")
    for option, words in options_of(program):
        out += [".TP", f"\\fB{_quoted(option)}\\fP", _quoted(words)]
    return out
