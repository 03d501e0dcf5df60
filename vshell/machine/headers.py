"""The kernel's header files as text: what the mirror offers, for ``make`` and for readers.

They lie in the build tree (/usr/src/linux-headers-RELEASE/include/linux). Each declaration ends in
a comment that the compiler of modules reads (``kbuild.headers``).
"""

from __future__ import annotations

from importlib import import_module
from types import FunctionType

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import ModuleType
    from typing import Any

__all__ = ["header_path", "header_text"]

_VARARGS = 0x04


def header_path(header: str) -> str:
    """Give a header's path below include/: "linux/sched/task.h"."""
    return f"linux/{header.replace('.', '/')}.h"


def header_text(header: str) -> str:
    """Write a header file.

    Args:
        header: as behind ``vshell.linux.``.

    Returns:
        Its text: a comment, an include guard, one line per declaration.
    """
    module = import_module(f"vshell.linux.{header}")
    guard = f"_LINUX_{header.upper().replace('.', '_')}_H"
    summary = (module.__doc__ or "").split("\n")[0]
    lines = ["/* SPDX-License-Identifier: GPL-2.0 */", f"/* {summary} */"]
    lines += [f"#ifndef {guard}", f"#define {guard}", ""]
    lines += [_declaration(module, name) for name in module.__all__]
    return "\n".join([*lines, "", f"#endif /* {guard} */", ""])


def _declaration(module: ModuleType, name: str) -> str:
    value = vars(module).get(name)
    if isinstance(value, FunctionType):
        return _function(name, value)
    if isinstance(value, type):
        members = [key for key, one in vars(value).items() if isinstance(one, property)]
        marked = f" members={','.join(members)}" if members else ""
        return f"struct {name};\t/* @ {name} type 0 *{marked} */"
    shown = f'"{value}"' if isinstance(value, str) else value
    if isinstance(value, int) and not isinstance(value, bool):
        shown = hex(value) if abs(value) > 9 else value
    return f"#define {name} {shown}\t/* @ {name} constant 0 0 */".replace("\001", "\\001")


def _function(name: str, function: FunctionType) -> str:
    code = function.__code__
    defaults = len(function.__defaults__ or ())
    least = code.co_argcount - defaults
    most = "*" if code.co_flags & _VARARGS else str(code.co_argcount)
    marks: dict[str, Any] | None = getattr(function, "macro", None)
    export = getattr(function, "export_type", "")
    kind = "function" if marks is None else "value" if marks.get("value") else "macro"
    prototype = _prototype(function)
    if kind == "function" and not prototype.endswith(";"):
        prototype += ";"
    fields = [name, kind, str(least), most]
    if export:
        fields.append(f"export={export}")
    names = list(code.co_varnames[: code.co_argcount])
    for key in ("lazy", "named"):
        indexes = [str(names.index(one)) for one in (marks or {}).get(key, ())]
        if indexes:
            fields.append(f"{key}={','.join(indexes)}")
    returned = str(function.__annotations__.get("return", ""))
    if returned.isidentifier() and isinstance(function.__globals__.get(returned), type):
        fields.append(f"returns={returned}")
    uses = (marks or {}).get("uses")
    if uses:
        fields.append(f"uses={','.join(uses)}")
    fmt = (marks or {}).get("fmt")
    if fmt:
        fields.append(f"fmt={names.index(fmt)}")
    return f"{prototype}\t/* @ {' '.join(fields)} */"


def _prototype(function: FunctionType) -> str:
    for line in (function.__doc__ or "").split("\n"):
        stripped = line.strip()
        if stripped.startswith("C: "):
            return stripped[3:]
    return f"#define {function.__name__}"
