"""nano: edit a file on the terminal.

Source: nano(1), GNU nano 7.2

Differs:
    There are no syntax colours, macros, backups, spell checkers and settings; a file is edited at a
    time. As vi, vim, view or editor it is the same editor, and says so.
"""

from __future__ import annotations

from vshell.abi.errno import ENOENT, KernelError, strerror
from vshell.usr._files import S_IFDIR, S_IFMT
from vshell.usr._program import Io, OptionError, getopt, program

__all__ = ["main"]

_USAGE = """\
Usage: nano [OPTIONS] [+LINE[,COLUMN]] FILE

 -h, --help                    show this help and leave
 -i, --autoindent              begin a new line as far in as the one before
 -l, --linenumbers             show line numbers before the text
 -R, --restricted              files other than this one cannot be read or written
 -v, --view                    show the file, do not change it
 -V, --version                 print the version and leave

Keys: ^O write, ^X leave, ^W search, ^\\ replace, ^K cut, ^U paste, ^C where the cursor is,
^/ go to a line, M-U undo, M-E redo, M-A mark, M-6 copy.
"""
_LONG = {
    "autoindent": "i",
    "help": "h",
    "linenumbers": "l",
    "restricted": "R",
    "version": "V",
    "view": "v",
}
_OTHERS = ("vi", "vim", "view", "editor")


@program
def main(io: Io, words: list[str]) -> int:
    """Edit a file: ``nano [-ilRv] [+LINE[,COLUMN]] [FILE]``."""
    place = next((word[1:] for word in words if word[:1] == "+" and word[1:2].isdigit()), "")
    words = [word for word in words if word[:1] != "+"]
    name = io.name.rpartition("/")[2]
    try:
        options, names = getopt(words, "ABEFGHIKLMNPRSUVWYZabceghijklmnopqtuvwxyz", _LONG)
    except OptionError as error:
        io.complain(str(error))
        io.err("Type 'nano -h' for a list of available options.\n")
        return 1
    given = [one for one, _ in options]
    if "h" in given:
        io.out(_USAGE)
        return 0
    if "V" in given:
        io.out(" GNU nano, version 7.2\n")
        return 0
    if not (io.sys.isatty(0) and io.sys.isatty(1)):
        io.err("Standard input is not a terminal\n" if not io.sys.isatty(0) else "Too small\n")
        return 1
    from vshell.usr._nano_editor import Editor  # noqa: PLC0415 - on a terminal only
    from vshell.usr._nano_keys import do  # noqa: PLC0415 - likewise

    path = names[0] if names else ""
    text, note = _read(io, path)
    editor = Editor(io, path, text, view="v" in given or name == "view")
    editor.status = note
    if name in _OTHERS:
        editor.status = f"{name} is not here: this is nano; ^X leaves"
    editor.screen.numbers = "l" in given
    editor.autoindent = "i" in given
    editor.restricted = "R" in given
    if place:
        row, _, column = place.partition(",")
        editor.text.go(int(row) - 1, int(column) - 1 if column.isdigit() else 0)
    return editor.run(do)


# The text of a file, and what is told of it.
def _read(io: Io, path: str) -> tuple[str, str]:
    if not path:
        return "", "Welcome to nano.  For basic help, type Ctrl+G."
    try:
        if io.sys.stat(path).mode & S_IFMT == S_IFDIR:
            io.die(f'"{path}" is a directory')
        text = io.read_text(path)
    except KernelError as error:
        if error.errno == ENOENT:
            return "", "New File"
        return "", f"Error reading {path}: {strerror(error.errno)}"
    count = text.count("\n") + (not text.endswith("\n") and text != "")
    if not io.sys.access(path, 2):
        return text, f"File '{path}' is unwritable"
    return text, f"Read {count} line{'s' if count != 1 else ''}"
