"""Who may import what, as far as import-linter does not say it."""

from __future__ import annotations

import ast
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "vshell"

ONE_IMPORTER = {
    "greenlet": ["kernel/context.py"],
    "prompt_toolkit": ["console/"],
    "textual": ["panel/"],
    "rich": ["panel/"],
    "yaml": ["transcript/nodes.py", "machine/host_file.py"],
    "pytest": ["transcript/pytest_plugin.py"],
}


@cache
def imported(path: Path) -> set[str]:
    """Give the modules a file imports, at any depth."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module)
            found |= {f"{node.module}.{alias.name}" for alias in node.names}
    return found


@pytest.mark.parametrize("package", ONE_IMPORTER)
def test_third_party_packages_have_their_place(package):
    """A third-party package is imported only where the house has it."""
    users = [
        path.relative_to(PACKAGE).as_posix()
        for path in sorted(PACKAGE.rglob("*.py"))
        if any(name.split(".")[0] == package for name in imported(path))
    ]

    assert [] == [user for user in users if not user.startswith(tuple(ONE_IMPORTER[package]))]


def test_only_pacing_reads_the_real_clock():
    """Only machine/pacing.py imports time, nobody random: dates come from virtual time."""
    readers = [
        path.relative_to(PACKAGE).as_posix()
        for path in sorted(PACKAGE.rglob("*.py"))
        if imported(path) & {"time", "random", "secrets", "uuid"}
    ]

    assert ["machine/pacing.py"] == readers


def modules_after(code: str) -> set[str]:
    """Give the modules loaded after a piece of code in a fresh interpreter."""
    script = f"import sys\n{code}\nprint(*sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True
    )
    return set(done.stdout.split())


def test_the_command_line_loads_no_front_end():
    """Importing vshell.cli loads neither textual nor prompt_toolkit."""
    loaded = {name.split(".")[0] for name in modules_after("import vshell.cli")}

    assert set() == loaded & {"textual", "prompt_toolkit", "rich", "asyncio", "yaml", "argparse"}


def test_an_empty_command_loads_only_what_it_needs():
    """``vshell -c true`` loads no front end, no compiler, and no slow standard module."""
    code = "from vshell.cli import main\nassert main(['-c', 'true']) == 0"
    loaded = modules_after(code)
    slow = {"argparse", "dataclasses", "inspect", "typing", "enum", "re", "ast", "asyncio", "yaml"}
    slow |= {"threading", "vshell.kbuild.compile", "vshell.linux.kthread"}

    assert set() == loaded & (slow | {"textual", "prompt_toolkit", "rich"})


def test_learners_modules_import_the_mirror_only():
    """Files under modules/ import nothing but vshell.linux."""
    foreign = {
        f"{path.relative_to(ROOT)}: {name}"
        for path in sorted((ROOT / "modules").rglob("*.py"))
        for name in imported(path)
        if not name.startswith("vshell.linux.")
    }

    assert set() == foreign
