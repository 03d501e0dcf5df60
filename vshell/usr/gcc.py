"""gcc: tell which compiler the host has; modules are compiled by make.

Source: gcc(1), gcc 12.2

Differs:
    It compiles nothing: whatever is to be compiled here is a module, and make does that.
"""

from __future__ import annotations

from vshell.usr._program import Io, program

__all__ = ["main"]

_COPYRIGHT = """\
Copyright (C) 2022 Free Software Foundation, Inc.
This is free software; see the source for copying conditions.  There is NO
warranty; not even for MERCHANTABILITY or FITNESS FOR A PARTICULAR PURPOSE.

"""
_TARGET = "x86_64-linux-gnu"
_VERSION_FILE = f"/usr/lib/gcc/{_TARGET}/12/version"


@program
def main(io: Io, words: list[str]) -> int:
    """Tell the version: ``gcc --version | -v | -dumpversion | -dumpfullversion | -dumpmachine``."""
    first = io.read_text(_VERSION_FILE).strip()
    full = first.rpartition(" ")[2]
    if "--version" in words:
        name = io.name.rpartition("/")[2]
        io.out(f"{name} {first.partition(' ')[2]}\n{_COPYRIGHT}")
        return 0
    answers = {
        "-dumpversion": full.partition(".")[0],
        "-dumpfullversion": full,
        "-dumpmachine": _TARGET,
    }
    for word in words:
        if word in answers:
            io.out(answers[word] + "\n")
            return 0
    if words == ["-v"]:
        vendor = first.partition("(")[2].partition(")")[0]
        io.err(f"Using built-in specs.\nCOLLECT_GCC={io.name}\nTarget: {_TARGET}\n")
        io.err(f"Thread model: posix\ngcc version {full} ({vendor}) \n")
        return 0
    inputs = [word for word in words if not word.startswith("-")]
    missing = [word for word in inputs if not io.sys.access(word, 0)]
    if not inputs:
        io.complain("fatal error: no input files")
    elif missing:
        io.err(f"cc1: fatal error: {missing[0]}: No such file or directory\n")
    else:
        io.complain(f"fatal error: {inputs[0]}: this compiler only serves make")
    io.err("compilation terminated.\n")
    return 1
