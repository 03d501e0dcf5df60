"""One module in memory: what the loader knows of it, and where its code and variables lie.

Source: include/linux/module.h struct module (v6.1).
"""

from __future__ import annotations

from vshell.abi import state as st
from vshell.kernel.dyndbg import DebugSite
from vshell.kernel.stacktrace import Symbol

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from types import CodeType
    from typing import Any

    from vshell.abi.ko import Function, KoFile
    from vshell.kernel.params import ModuleParam
    from vshell.kernel.task import Task

__all__ = ["INIT_SECTION_SIZE", "Module"]

_GPL_LICENSES = (
    "GPL",
    "GPL v2",
    "GPL and additional rights",
    "Dual BSD/GPL",
    "Dual MIT/GPL",
    "Dual MPL/GPL",
)
_STATE_NAMES = {st.MODULE_STATE_LIVE: "live", st.MODULE_STATE_COMING: "coming"}
_STATE_NAMES |= {st.MODULE_STATE_GOING: "going", st.MODULE_STATE_UNFORMED: "coming"}
INIT_SECTION_SIZE = 0x1000
_PAGE_SIZE = 4096


class Module:
    """One module, from unformed to freed (struct module)."""

    __slots__ = (
        "address",
        "core_size",
        "debug",
        "exit",
        "exports",
        "functions",
        "holders",
        "init",
        "init_size",
        "ko",
        "loader",
        "name",
        "namespace",
        "once",
        "params",
        "refcount",
        "state",
        "taints",
        "uses",
    )

    def __init__(self, name: str, ko: KoFile) -> None:
        """Make an unformed module with the loader's reference on it."""
        self.name = name
        self.ko = ko
        self.state = st.MODULE_STATE_UNFORMED
        self.refcount = 1
        self.taints = 0
        self.namespace: dict[str, Any] = {}
        self.init: Callable[[], object] | None = None
        self.exit: Callable[[], object] | None = None
        self.params: list[ModuleParam] = []
        self.exports: dict[str, tuple[object, str]] = {}
        self.uses: list[Module] = []
        self.holders: list[Module] = []
        self.functions = {f.name: f for f in ko.functions}
        self.address = 0
        self.core_size = 0
        self.init_size = 0
        self.once: set[object] = set()
        self.debug = [
            DebugSite(name, ko.source, function, line, text, "p" if on else "")
            for function, line, on, text in ko.debug
        ]
        self.loader: Task | None = None

    @property
    def state_name(self) -> str:
        """What initstate says: live, coming or going."""
        return _STATE_NAMES[self.state]

    def is_gpl(self) -> bool:
        """Tell whether its licence lets it use GPL-only symbols."""
        return (self.ko.info("license") or "unspecified") in _GPL_LICENSES

    def taint_flags(self) -> str:
        """Give its taints as letters, "" for none."""
        return "".join(st.TAINT_LETTERS[bit] for bit in range(19) if self.taints >> bit & 1)

    def flags_text(self) -> str:
        """Give its taints as "Modules linked in" shows them.

        "(OE)", "(OE+)" while it loads, "(OE-)" while it unloads, "" without taints or change.
        """
        mark = {st.MODULE_STATE_COMING: "+", st.MODULE_STATE_GOING: "-"}.get(self.state, "")
        flags = self.taint_flags() + mark
        return f"({flags})" if flags else ""

    def is_inlined(self, name: str) -> bool:
        """Tell whether a function is part of its only caller and has no frame."""
        function = self.functions.get(name)
        return function is not None and function.inlined

    def symbol(self, code: CodeType, line: int) -> Symbol:
        """Say where in its function a line stands, in the units of a backtrace."""
        function = self.functions.get(code.co_name)
        first = function.first_line if function else code.co_firstlineno
        last = function.last_line if function else line
        size = 16 * (last - first + 1)
        if function is not None and function.section == ".init.text":
            size = INIT_SECTION_SIZE
        symbol = Symbol(code.co_name, 16 * max(line - first, 0) + 5, size, self.name)
        symbol.file = self.ko.source
        symbol.line = line
        if function is not None:
            symbol.text = self._text_of(function)
            symbol.address = self.start_of(function) + symbol.offset
        return symbol

    # Where the code of a function's kind begins; init's lies apart, to be given back.
    def _text_of(self, function: Function) -> int:
        return self.address + (self.core_size if function.section == ".init.text" else 0)

    def start_of(self, function: Function) -> int:
        """Give where a function begins: code lies in the order of the source."""
        text = self._text_of(function)
        first = min(f.first_line for f in self.ko.functions if self._text_of(f) == text)
        return text + 16 * (function.first_line - first)

    def data_address(self, thing: object) -> int:
        """Give where a variable of the module lies, or the one that holds it; 0 if none does."""
        container = getattr(thing, "container", None)
        wanted = (thing, container[0]) if container is not None else (thing,)
        for place, value in enumerate(self.namespace.values()):
            held = value if isinstance(value, (list, tuple)) else (value,)
            if any(one is other for one in held for other in wanted):
                return self.address + self.core_size - _PAGE_SIZE + 64 * place
        return 0

    def function_address(self, code: CodeType) -> int:
        """Give the address of a function of the module."""
        function = self.functions.get(code.co_name)
        return self.start_of(function) if function else self.address + 16 * code.co_firstlineno
