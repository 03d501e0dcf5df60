"""A line of help for what can be completed: programs, options, functions of the kernel.

Read from the sources without importing them: a menu must not wait for the whole userland.
"""

from __future__ import annotations

import os
import re

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["kernel_functions", "option_words", "options_of", "program_summary"]

_PACKAGE = os.path.dirname(os.path.dirname(__file__))
_TABLE = f"{_PACKAGE}/machine/option_words.txt"
_HEAD_BYTES = 400
_SUMMARY_LETTERS_MAX = 70
_FUNCTION = re.compile(
    r'^ *def ([A-Za-z_]\w*)\((?:(?!\n *def |""").)*?\)(?: ->[^\n]*)?:[^\n]*\n'
    r'(?: +#[^\n]*\n)* +r?"""(.*?)(?:\n\n|"""|\n +[A-Z]\w+:)',
    re.MULTILINE | re.DOTALL,
)
_ALL = re.compile(r"^__all__ = [\[(](.*?)[\])]$", re.MULTILINE | re.DOTALL)
_QUOTED = re.compile(r'"(\w+)"')

# What has been read; the files do not change while vshell runs.
_summaries: dict[str, str] = {}
_words: dict[str, dict[str, str]] = {}
_functions: dict[str, str] = {}


def program_summary(name: str) -> str:
    """Give what a program does, in a line; "" if it says nothing.

    Args: name: of a file in ``vshell.usr``.
    """
    if name not in _summaries:
        try:
            with open(f"{_PACKAGE}/usr/{name}.py", encoding="utf-8") as file:
                head = file.read(_HEAD_BYTES)
        except OSError:
            head = ""
        text = head.partition('"""')[2].partition('"""')[0].partition("\n\n")[0]
        _summaries[name] = _line(text.partition(": ")[2])
    return _summaries[name]


def _line(text: str) -> str:
    line = " ".join(text.split()).rstrip(".")
    is_long = len(line) > _SUMMARY_LETTERS_MAX
    return f"{line[: _SUMMARY_LETTERS_MAX - 1]}\u2026" if is_long else line


def _table() -> dict[str, dict[str, str]]:
    if not _words:
        section = _words["*"] = {}
        with open(_TABLE, encoding="utf-8") as file:
            for line in file:
                if line.startswith("["):
                    section = _words.setdefault(line.strip()[1:-1], {})
                elif not line.startswith("#"):
                    name, _, words = line.rstrip("\n").partition("\t")
                    section[name.rstrip("=")] = words
    return _words


def option_words(program: str, option: str) -> str:
    """Give what a long option means in a program, "" if nobody has said it.

    Args:
        program: its name.
        option: without the dashes in front and the "=" behind.
    """
    table = _table()
    return table.get(program, {}).get(option) or table["*"].get(option, "")


def options_of(program: str) -> Iterator[tuple[str, str]]:
    """List the options of a program that have no long name in it, with what they mean."""
    for name, words in _table().get(program, {}).items():
        if name.startswith("-"):
            yield name, words


def kernel_functions() -> dict[str, str]:
    """List the functions and macros of the mirror, each with what it does."""
    if not _functions:
        for folder, _, names in sorted(os.walk(f"{_PACKAGE}/linux")):
            for name in sorted(names):
                if name.endswith(".py"):
                    with open(f"{folder}/{name}", encoding="utf-8") as file:
                        _functions.update(_functions_in(file.read()))
    return _functions


def _functions_in(text: str) -> Iterator[tuple[str, str]]:
    public = _ALL.search(text)
    names = set(_QUOTED.findall(public[1])) if public is not None else set()
    for found in _FUNCTION.finditer(text):
        if found[1] in names:
            yield found[1], _line(found[2])
