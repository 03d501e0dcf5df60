"""House rules about sizes, names and docstrings that no linter knows."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SOURCES = sorted((ROOT / "vshell").rglob("*.py"))
TESTS = sorted((ROOT / "tests").rglob("test_*.py"))
LINES_MAX = 700
LINES_WITHOUT_REASON_MAX = 400
FUNCTION_LINES_MAX = 70
INIT_LINES_MAX = 40
TOP_LEVEL = {"modules", "screenshots", "tests", "vshell", "LICENSE", "README.md", "pyproject.toml"}


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


@pytest.mark.parametrize("path", SOURCES, ids=name_of)
def test_files_are_short(path):
    """A file has at most 700 lines, and over 400 its docstring says why it is one."""
    text = path.read_text()
    lines = text.count("\n")
    docstring = ast.get_docstring(ast.parse(text)) or ""

    assert lines <= LINES_MAX
    assert lines <= LINES_WITHOUT_REASON_MAX or "one idea" in docstring, "say why it is one idea"


@pytest.mark.parametrize("path", SOURCES, ids=name_of)
def test_functions_are_short(path):
    """A function's body has at most 70 lines, its docstring not counted."""
    long = {}
    for node in ast.walk(ast.parse(path.read_text())):
        if not isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            continue
        first = node.body[1] if ast.get_docstring(node) and len(node.body) > 1 else node.body[0]
        size = (node.end_lineno or 0) - first.lineno + 1
        if size > FUNCTION_LINES_MAX:
            long[node.name] = size

    assert {} == long


def test_packages_begin_empty():
    """A package's __init__ has at most 40 lines, those of the mirror's headers excepted."""
    inits = [p for p in SOURCES if p.name == "__init__.py" and p.parent.parent.name != "linux"]

    assert [] == [name_of(p) for p in inits if p.read_text().count("\n") > INIT_LINES_MAX]


@pytest.mark.parametrize("path", SOURCES, ids=name_of)
def test_public_names_are_listed(path):
    """Every file says in __all__ what is public, and has a docstring."""
    tree = ast.parse(path.read_text())
    names = [
        node.targets[0].id
        for node in tree.body
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name)
    ]

    assert ast.get_docstring(tree)
    assert "__all__" in names or path.name in ("__init__.py", "__main__.py")


@pytest.mark.parametrize("path", TESTS, ids=name_of)
def test_tests_are_claims(path):
    """Every test's docstring is a sentence that claims something."""
    bad = []
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
            docstring = ast.get_docstring(node) or ""
            if not docstring.split("\n\n")[0].rstrip().endswith("."):
                bad.append(node.name)

    assert [] == bad


def test_nothing_is_left_for_later():
    """No file holds a note of something to be done later."""
    marks = ("TO" + "DO", "FIX" + "ME", "XX" + "X:")
    found = [name_of(p) for p in [*SOURCES, *TESTS] if any(m in p.read_text() for m in marks)]

    assert [] == found


def test_the_top_level_is_fixed():
    """The top level holds the seven things it is to hold, beside hidden files and caches."""
    kept = {p.name for p in ROOT.iterdir() if not p.name.startswith((".", "__"))}

    assert TOP_LEVEL == kept - {"build", "dist", "vshell.egg-info", "uv.lock"}
