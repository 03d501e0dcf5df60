"""lsb_release: tell what distribution this is.

Source: lsb_release(1), lsb-release 12.0; os-release(5)
"""

from __future__ import annotations

from vshell.abi.errno import KernelError
from vshell.usr._program import Io, OptionError, getopt, program

__all__ = ["main"]

_USAGE = "Usage: lsb_release [options]\n"
_LONG = {
    "version": "v",
    "id": "i",
    "description": "d",
    "release": "r",
    "codename": "c",
    "all": "a",
    "short": "s",
    "help": "h",
}
_NAMES = {"i": "Distributor ID", "d": "Description", "r": "Release", "c": "Codename"}


@program
def main(io: Io, words: list[str]) -> int:
    """Tell the distribution: ``lsb_release [-acdirsv]``."""
    try:
        options, _ = getopt(words, "vidrcash", _LONG)
    except OptionError as error:
        io.err(f"{_USAGE}\nlsb_release: error: {str(error).replace('invalid', 'no such')}\n")
        return 2
    letters = {letter for letter, _ in options}
    if "h" in letters:
        io.out(_USAGE)
        return 0
    facts = _facts(io)
    values = {
        "i": facts.get("NAME", "n/a").partition(" ")[0],
        "d": facts.get("PRETTY_NAME", "n/a"),
        "r": facts.get("VERSION_ID", "n/a"),
        "c": facts.get("VERSION_CODENAME", "n/a"),
    }
    if not letters - {"s"} or letters & {"a", "v"}:
        io.err("No LSB modules are available.\n")
    for letter, name in _NAMES.items():
        if letter in letters or "a" in letters:
            io.out(values[letter] if "s" in letters else f"{name}:\t{values[letter]}")
            io.out("\n")
    return 0


def _facts(io: Io) -> dict[str, str]:
    try:
        lines = io.read_text("/etc/os-release").splitlines()
    except KernelError:
        return {}
    pairs = (line.partition("=") for line in lines)
    return {name: value.strip('"') for name, _, value in pairs}
