"""``python -m tests.linux.uncalled``: which functions of the mirror no test has called.

It reads what the last whole run of the tests has measured (``.coverage``); a name that a test
merely mentions does not count. The gate runs it behind the tests.
"""

from __future__ import annotations

import ast
import sys
from pathlib import Path

from coverage import CoverageData

ROOT = Path(__file__).resolve().parents[2]
MIRROR = ROOT / "vshell" / "linux"


def functions(source: str) -> dict[str, set[int]]:
    """Give the lines of each public function's body; one that does nothing has none."""
    found = {}
    for node in ast.parse(source).body:
        if isinstance(node, ast.FunctionDef) and not node.name.startswith("_"):
            body = node.body[1:] if ast.get_docstring(node) is not None else node.body
            lines = {n for one in body for n in range(one.lineno, (one.end_lineno or 0) + 1)}
            if lines:
                found[node.name] = lines
    return found


def uncalled(data: CoverageData, folder: Path) -> list[str]:
    """List functions of which no line of the body has run."""
    found = []
    for path in sorted(folder.rglob("*.py")):
        run = set(data.lines(str(path)) or ())
        found += [
            f"{path.relative_to(folder).as_posix()}: {name}"
            for name, lines in functions(path.read_text()).items()
            if not lines & run
        ]
    return found


def main() -> int:
    """Print the list; give 1 if there is one."""
    data = CoverageData(str(ROOT / ".coverage"))
    data.read()
    found = uncalled(data, MIRROR)
    for line in found:
        print(f"no test calls {line}")
    return int(bool(found))


if __name__ == "__main__":
    sys.exit(main())
