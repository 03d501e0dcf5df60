"""Runs lines of module code on a bench, so that a test shows only the lines that matter.

A play is the text of a module without its imports, its licence and its module_init(): those are
added. Functions ``start`` and ``stop`` become its init and exit; an exit that does nothing is added
where there is none. Imports share the first line of the
module with the licence, so line N of a play is line N + 1 of ``mod.py``.
"""

from __future__ import annotations

import importlib
import re
import textwrap
from types import SimpleNamespace

from vshell.machine.vmlinux import HEADER_NAMES

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

__all__ = ["HEADERS", "evaluate", "mirrored", "play", "source", "start"]


def mirrored() -> dict[str, str]:
    """Tell of every public name of the mirror which header has it."""
    found: dict[str, str] = {}
    for header in HEADER_NAMES:
        for name in importlib.import_module(f"vshell.linux.{header}").__all__:
            found.setdefault(name, header)
    return found


HEADERS = mirrored()


def source(text: str) -> str:
    """Complete a play to the source of a module."""
    body = textwrap.dedent(text).strip("\n")
    words = set(re.findall(r"[A-Za-z_]\w*", body)) | {"MODULE_LICENSE"}
    if re.search(r"^def start\b", body, re.MULTILINE) and "def stop(" not in body:
        body += "\ndef stop():\n    pass"
    calls = []
    for hook, function in (("module_init", "start"), ("module_exit", "stop")):
        if re.search(rf"^def {function}\b", body, re.MULTILINE):
            words.add(hook)
            calls.append(f"{hook}({function})")
    own = set(re.findall(r"^(?:def )?(\w+) *(?:=|\(.*\):$)", body, re.MULTILINE))
    names = sorted(word for word in words - own if word in HEADERS)
    imports = [f"from vshell.linux.{HEADERS[name]} import {name}" for name in names]
    head = "; ".join([*imports, 'MODULE_LICENSE("GPL")'])
    return "\n".join([head, body, *calls]) + "\n"


def play(
    bench: Any, text: str, args: str = "", *, name: str = "mod", seconds: float = 0, status: int = 0
) -> SimpleNamespace:
    """Load a play, check what its init returned, and let time pass.

    Args:
        bench: the kernel.
        text: the play.
        args: module parameters.
        name: the module's name.
        seconds: virtual time to pass afterwards.
        status: what loading it must give.

    Returns:
        The variables of the module as they are when this returns, lists and the like for good.
    """
    assert status == bench.load(source(text), args, name)
    if seconds:
        bench.pass_time(seconds)
    module = bench.kernel.modules.find(name)
    return SimpleNamespace(**module.namespace) if module is not None else SimpleNamespace()


def start(bench: Any, lines: str, globals_: str = "") -> list[Any]:
    """Run lines as a module's init; give what they appended to ``seen``."""
    body = textwrap.indent(textwrap.dedent(lines).strip("\n"), "    ")
    return list(play(bench, f"seen = []\n{globals_}\ndef start():\n{body}\n    return 0").seen)


def evaluate(bench: Any, expression: str) -> Any:
    """Evaluate one expression in a module's init."""
    return start(bench, f"seen.append({expression})")[0]
