"""Tables of small scripts with what the real bash does with them.

``python tests/shell/table.py [TOPIC...]`` runs every script of ``cases/TOPIC.txt`` by the bash of
this machine, which must be 5.2, and writes what it did into the table; comments stay.

A table has a line of one of these kinds for each line of a case; an empty line ends the case::

    # a comment, before the case
    $ the script's first line; "%" instead of "$": it is run with -c, "<": it is standard input
    > its other lines
    | a line of standard output
    ! a line of standard error
    ? the exit status, if it is not 0

Output that is not whole printable lines is kept as one JSON string, behind ``|@`` or ``!@``.
A script runs as ``../t.sh`` in a directory with the files of ``FILES``. Process ids, which differ
on every machine, are shown as PID where bash itself prints them.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

CASES = Path(__file__).resolve().parent / "cases"
ENVIRONMENT = {
    "HOME": "/home/test",
    "LANG": "C.UTF-8",
    "LOGNAME": "test",
    "PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
    "SHELL": "/bin/bash",
    "TERM": "xterm-256color",
    "USER": "test",
}
FILES = {
    "a.txt": "one\ntwo\nthree\n",
    "b.txt": "beta\n",
    "c file": "with space\n",
    ".hidden": "h\n",
    "d1/x.c": "x\n",
    "d1/y.c": "y\n",
    "d1/.z.c": "z\n",
    "d2/sub/deep.txt": "deep\n",
    "run.sh": 'echo "run:$0:$#:$*"\n',
}
MARK = "\x1e"
_PIDS = (
    (re.compile(r"^(\S+: line \d+:) +\d+( [A-Z][a-z])", re.MULTILINE), r"\1 PID\2"),
    (re.compile(r"^ +\d+( [A-Z][a-z ]+ +\| )", re.MULTILINE), r"      PID\1"),
    # A real machine is not always fast.
    (re.compile(r"^((?:real|user|sys)\t0m0\.)0[0-9]{2}s", re.MULTILINE), r"\g<1>000s"),
    (re.compile(r"(warning: job \d+\[)\d+(\] stopped)"), r"\1PID\2"),
    (re.compile(r"^(\[\d+\][-+ ] +)\d+( [A-Z][a-z])", re.MULTILINE), r"\1PID\2"),
)
_MODES = {
    "$": "bash ../t.sh",
    "%": 'bash -c "$(cat ../t.sh)"',
    "<": "bash < ../t.sh",
}


class Case:
    """A script, how it is run, and what it does."""

    def __init__(self, mode: str, line: int) -> None:
        self.mode = mode
        self.line = line
        self.script = ""
        self.out = ""
        self.err = ""
        self.status = 0

    @property
    def result(self) -> tuple[str, str, int]:
        """Standard output, standard error, exit status."""
        return self.out, self.err, self.status


def read(topic: str) -> list[Case]:
    """Read a table."""
    return [entry for entry in _entries(topic) if isinstance(entry, Case)]


# The cases of a table and the comments between them.
def _entries(topic: str) -> list[Case | str]:
    found: list[Case | str] = []
    case: Case | None = None
    text = (CASES / f"{topic}.txt").read_text(encoding="utf-8")
    for number, line in enumerate(text.split("\n"), 1):
        kind, rest = line[:1], line[2:]
        if kind in _MODES:
            case = Case(kind, number)
            case.script = rest + "\n"
            found.append(case)
        elif kind == "#":
            case = None
            found.append(line)
        elif not kind:
            case = None
        else:
            assert case is not None, f"{topic}:{number}"
            _add_line(case, kind, line)
    return found


def _add_line(case: Case, kind: str, line: str) -> None:
    text = json.loads(line[2:]) if line[1:2] == "@" else line[2:] + "\n"
    if kind == ">":
        case.script += line[2:] + "\n"
    elif kind == "|":
        case.out += text
    elif kind == "!":
        case.err += text
    else:
        assert kind == "?"
        case.status = int(line[2:])


def shown(case: Case) -> str:
    """Write a case as it stands in a table."""
    lines = case.script.removesuffix("\n").split("\n")
    rows = [f"{case.mode} {lines[0]}", *(f"> {line}" for line in lines[1:])]
    for mark, text in (("|", case.out), ("!", case.err)):
        plain = text.replace("\n", "").replace("\t", "")
        if text and (not text.endswith("\n") or not plain.isprintable()):
            rows.append(f"{mark}@ {json.dumps(text)}")
        elif text:
            rows += [f"{mark} {line}" for line in text.removesuffix("\n").split("\n")]
    if case.status:
        rows.append(f"? {case.status}")
    return "\n".join(rows) + "\n"


def lay_out(home: Path, cases: list[Case]) -> None:
    """Make the scripts and the directories in which they run."""
    for number, case in enumerate(cases):
        folder = home / str(number)
        for name, content in FILES.items():
            path = folder / "w" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(content)
        (folder / "t.sh").write_text(case.script, encoding="utf-8", errors="surrogateescape")


def driver(cases: list[Case], home: str) -> str:
    """Write the script that runs all cases, one after the other."""
    lines = []
    for number, case in enumerate(cases):
        lines.append(f"cd {home}/{number}/w; {_MODES[case.mode]}")
        lines.append(f"printf '{MARK}%d{MARK}' $?; printf '{MARK}' >&2")
    return "\n".join(lines) + "\n"


def results(out: str, err: str) -> list[tuple[str, str, int]]:
    """Take apart what the driver has printed."""
    fields = out.split(MARK)
    return [
        (normal(one), normal(two), int(status))
        for one, two, status in zip(fields[::2], err.split(MARK), fields[1::2], strict=False)
    ]


def normal(text: str) -> str:
    """Replace what differs from machine to machine: process ids, times."""
    for pattern, replacement in _PIDS:
        text = pattern.sub(replacement, text)
    return text


def real_bash() -> str | None:
    """Find a bash 5.2, None if there is none."""
    path = shutil.which("bash")
    if path is None:
        return None
    told = subprocess.run([path, "--version"], capture_output=True, text=True, check=False).stdout
    return path if "version 5.2" in told else None


def run_real(cases: list[Case]) -> list[tuple[str, str, int]]:
    """Run cases by the real bash, as nobody if this is root."""
    bash = real_bash()
    assert bash is not None
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        home.chmod(0o755)
        lay_out(home, cases)
        who = {}
        if os.geteuid() == 0:
            who = {"user": 65534, "group": 65534, "extra_groups": []}
            for path in home.rglob("*"):
                os.chown(path, 65534, 65534)
        done = subprocess.run(
            ["bash", "-c", driver(cases, folder)],
            executable=bash,
            env=ENVIRONMENT | {"HOME": folder},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            check=False,
            **who,  # type: ignore[call-overload]
        )
        out, err = (
            stream.decode("utf-8", "surrogateescape").replace(folder, "/home/test")
            for stream in (done.stdout, done.stderr)
        )
    found = results(out, err)
    assert len(found) == len(cases), (len(found), cases[len(found)].script, err[-400:])
    return found


def update(topic: str) -> None:
    """Write what the real bash does into a table."""
    entries = _entries(topic)
    cases = [entry for entry in entries if isinstance(entry, Case)]
    for case, (case.out, case.err, case.status) in zip(cases, run_real(cases), strict=True):
        assert case.script
    blocks: list[str] = []
    for entry in entries:
        if isinstance(entry, Case):
            blocks.append(shown(entry) + "\n")
        elif blocks and blocks[-1].startswith("#"):
            blocks[-1] = blocks[-1].rstrip("\n") + f"\n{entry}\n"
        else:
            blocks.append(entry + "\n")
    text = "".join(blocks).rstrip("\n") + "\n"
    (CASES / f"{topic}.txt").write_text(text, encoding="utf-8", errors="surrogateescape")


# Tables with jobs: on a loaded machine their reports may come in another order, and they take
# seconds of real time.
RACING = ("coprocess", "input", "job", "redirect", "simple", "substitution", "trap", "unparse")
TOPICS = sorted(path.stem for path in CASES.glob("*.txt"))

if __name__ == "__main__":
    for chosen in sys.argv[1:] or TOPICS:
        update(chosen)
