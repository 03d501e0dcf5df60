"""The Python that a module may be written in.

It is what ``make`` accepts and the kernel provides.

The compiler (``kbuild``) and the loader (``kernel.module``) must agree on these names, and
know nothing else of each other.
"""

from __future__ import annotations

__all__ = [
    "BUILTINS",
    "HOOK_COMPRESS",
    "HOOK_DIVIDE",
    "HOOK_NEXT",
    "HOOK_PREFIX",
    "HOOK_RUNTIME",
    "INNER_MEMBERS",
    "MODULE_HANDLE",
]

BUILTINS = frozenset(
    [
        "abs",
        "all",
        "any",
        "bin",
        "bool",
        "bytearray",
        "bytes",
        "chr",
        "dict",
        "divmod",
        "enumerate",
        "frozenset",
        "hex",
        "int",
        "isinstance",
        "len",
        "list",
        "max",
        "min",
        "object",
        "oct",
        "ord",
        "pow",
        "range",
        "repr",
        "reversed",
        "round",
        "set",
        "sorted",
        "str",
        "sum",
        "tuple",
        "zip",
    ]
)
"""Built-in functions and types that stand for what C's language itself offers.

No input, no output, no import.
"""

INNER_MEMBERS = frozenset(
    [
        *("gi_frame", "gi_code", "gi_running", "gi_suspended", "gi_yieldfrom"),
        *("f_back", "f_builtins", "f_code", "f_globals", "f_locals", "f_trace"),
        *("gr_context", "gr_frame", "co_code", "co_consts", "tb_frame", "tb_next", "mro"),
        *("context", "ko", "namespace"),
    ]
)
"""Members of Python's and of vshell's own objects that lead out of the kernel into Python itself.

No structure of the mirror has one in C. A module's own structures may.
"""

HOOK_PREFIX = "__vshell"
"""Names that begin so belong to the compiler; a module may not use them."""

HOOK_RUNTIME = "__vshell__"
"""The running kernel's face towards compiled code; its ``turns`` are the running task's."""

HOOK_COMPRESS = "__vshell_compress__"
"""itertools.compress: a ``for`` loop's iterator, each item paid for with a turn."""

HOOK_NEXT = "__vshell_next__"
"""next: takes a turn at a function's entry."""

HOOK_DIVIDE = "__vshell_divide__"
"""C's division: of integers, rounded towards zero."""

MODULE_HANDLE = "__vshell_module__"
"""The loaded module that a function belongs to."""
