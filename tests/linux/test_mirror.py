from __future__ import annotations

import importlib
import inspect
import re
from pathlib import Path

import pytest

import vshell
from tests.linux.play import HEADERS
from vshell.machine.vmlinux import HEADER_NAMES, Vmlinux

ROOT = Path(__file__).parents[2]
MIRROR = Path(vshell.__file__).parent / "linux"
USED = "\n".join(
    path.read_text()
    for folder in (ROOT / "tests" / "linux", ROOT / "modules")
    for path in sorted(folder.rglob("*.py"))
)
FUNCTIONS = [
    (header, name)
    for header in HEADER_NAMES
    for name in importlib.import_module(f"vshell.linux.{header}").__all__
    if inspect.isfunction(getattr(importlib.import_module(f"vshell.linux.{header}"), name))
]
IDS = [f"{header}.{name}" for header, name in FUNCTIONS]
WORDS = set(re.findall(r"\w+", USED))
# tests/linux/test_atomic.py calls both widths of what STEPS lists.
WORDS |= {
    f"{width}_{name}"
    for name in re.findall(r"\{p\}_(\w+)", USED)
    for width in ("atomic", "atomic64")
}
# Level names are put together in tests/linux/test_printk.py.
WORDS |= {
    f"pr_{level}{form}"
    for level in ("emerg", "alert", "crit", "err", "warn", "notice", "info")
    for form in ("", "_once", "_ratelimited")
}


@pytest.mark.parametrize(("header", "name"), FUNCTIONS, ids=IDS)
def test_every_function_is_used_by_a_test_or_a_module(header, name):
    """No function of the mirror is without a test in tests/linux or a use in modules/."""
    assert name in WORDS


@pytest.mark.parametrize(("header", "name"), FUNCTIONS, ids=IDS)
def test_every_function_says_what_it_is_in_c(header, name):
    """A docstring holds the C prototype with the name, its returns, its context and its source."""
    function = getattr(importlib.import_module(f"vshell.linux.{header}"), name)
    text = inspect.getdoc(function) or ""
    prototype = re.search(r"^C: (.+)$", text, re.MULTILINE)

    assert prototype
    in_c = {"yield_": "yield", **{kind: f"({kind})" for kind in ("u8", "u16", "u32", "u64")}}
    in_c |= {kind: f"({kind})" for kind in ("s8", "s16", "s32", "s64", "size_t")}
    assert in_c.get(name, name) in prototype[1]
    if header != "init":
        assert ["Returns:", "Context:", "Source:"] == re.findall(
            r"^(Returns:|Context:|Source:)$", text, re.MULTILINE
        )


@pytest.mark.parametrize("header", HEADER_NAMES)
def test_every_header_says_what_it_mirrors(header):
    """The module's docstring names the header, and its names are public by __all__ only."""
    module = importlib.import_module(f"vshell.linux.{header}")
    text = inspect.getdoc(module) or ""
    own = {
        name
        for name, value in vars(module).items()
        if inspect.isfunction(value)
        and value.__module__ == module.__name__
        and (not name.startswith("_") or name.startswith("__"))
    }

    assert f"Header: include/linux/{header.replace('.', '/')}.h" in text
    assert set() == own - set(module.__all__)


def test_every_file_of_the_mirror_is_a_header():
    """HEADER_NAMES lists the files of vshell/linux; those with an underscore are parts of one."""
    found = {
        ".".join(path.relative_to(MIRROR).with_suffix("").parts).removesuffix(".__init__")
        for path in MIRROR.rglob("*.py")
        if path.name == "__init__.py" or not path.name.startswith("_")
    } - {"__init__"}

    assert found == set(HEADER_NAMES)


def test_every_name_has_one_home():
    """A name that two headers offer is one and the same thing, as in C."""
    for header in HEADER_NAMES:
        module = importlib.import_module(f"vshell.linux.{header}")
        for name in module.__all__:
            home = importlib.import_module(f"vshell.linux.{HEADERS[name]}")
            assert getattr(home, name) == getattr(module, name), f"{header}.{name}"


def test_every_function_is_marked_macro_or_exported():
    """Each function is a macro or an exported symbol."""
    unmarked = [
        name
        for header, name in FUNCTIONS
        if not any(
            hasattr(getattr(importlib.import_module(f"vshell.linux.{header}"), name), mark)
            for mark in ("macro", "export_type")
        )
    ]

    assert [] == unmarked


def test_linking_gives_each_kernel_its_own_copies(make_bench):
    """Two kernels have two copies of a function, of one code, each with its own kernel."""
    benches = [make_bench(), make_bench()]
    msleep = [bench.kernel.modules.linker("delay")["msleep"] for bench in benches]

    assert msleep[0] is not msleep[1]
    assert msleep[0].__code__ is msleep[1].__code__
    assert [bench.kernel for bench in benches] == [one.__globals__["kernel"] for one in msleep]


def test_there_is_no_header_beside_the_mirror(bench):
    """Linking a header that does not exist gives nothing."""
    assert {} == Vmlinux(bench.kernel).link("time")
