"""The one command: format, lint, types, import contracts, tests; stops at the first failure.

Behind the tests it looks whether they have called every function of the mirror.

``python -m tests.check [--fix] [--fast] [TEST...]``: --fix formats and applies lint fixes first,
--fast leaves out slow tests and the measurement of coverage.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from time import monotonic

ROOT = Path(__file__).resolve().parent.parent
COVERAGE_LEAST = 95
"""Per cent of the lines and branches of kernel/ and linux/ that the tests must reach."""


def tool(name: str, *words: str) -> list[str]:
    """Give the command line of a tool installed beside this interpreter."""
    return [str(Path(sys.executable).parent / name), *words]


def steps(words: list[str]) -> list[tuple[str, list[str]]]:
    """Give the steps by name."""
    fix = "--fix" in words
    fast = "--fast" in words
    chosen = [word for word in words if not word.startswith("--")]
    pytest = [sys.executable, "-m", "pytest", "-q", "-n", "2", *chosen]
    if fast:
        pytest += ["-m", "not slow"]
    elif not chosen:
        pytest += ["--cov", "--cov-report=term", f"--cov-fail-under={COVERAGE_LEAST}"]
    found = [
        ("format", tool("ruff", "format", *([] if fix else ["--check"]), ".")),
        ("lint", tool("ruff", "check", *(["--fix"] if fix else []), ".")),
        ("types", tool("mypy")),
        ("imports", tool("lint-imports")),
    ]
    found.append(("tests", pytest))
    if "--cov" in pytest:
        found.append(("mirror", [sys.executable, "-m", "tests.linux.uncalled"]))
    return found


def main(words: list[str]) -> int:
    """Run the steps; give 0 if all hold."""
    environment = os.environ | {"PYTHONPATH": str(ROOT), "PYTHONHASHSEED": "random"}
    for name, command in steps(words):
        start_s = monotonic()
        done = subprocess.run(command, cwd=ROOT, env=environment, check=False)
        took_s = monotonic() - start_s
        print(
            f"-- {name}: {'ok' if done.returncode == 0 else 'FAILED'} ({took_s:.1f} s)", flush=True
        )
        if done.returncode:
            return 1
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
