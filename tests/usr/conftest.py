"""Fixtures: a table of command lines, run by the real tools and on a virtual host, and compared.

What the real tools answered is kept in the folder ``answers``, a file per test. It is what the
virtual host is compared with where the tools are not installed; where they are, they are asked
again, and must answer what is kept. ``VSHELL_RECORD=1`` in the environment keeps what they say.
"""

from __future__ import annotations

import difflib
import json
import os
import shlex
import shutil
import subprocess
from pathlib import Path

import pytest

_PACKAGES = {
    "coreutils": ("ls", "(GNU coreutils) 9.1"),
    "grep": ("grep", "(GNU grep) 3.8"),
    "sed": ("sed", "(GNU sed) 4.9"),
    "findutils": ("find", "(GNU findutils) 4.9.0"),
    "diffutils": ("diff", "(GNU diffutils) 3.8"),
    "util-linux": ("column", "from util-linux 2.38.1"),
    "binutils": ("strings", "(GNU Binutils for Debian) 2.40"),
    "file": ("file", "file-5.44"),
    "xxd": ("xxd", "xxd 2022-01-14"),
    "hostname": ("hostname", "hostname 3.23"),
    "procps": ("ps", "procps-ng 4.0.2"),
    "psmisc": ("killall", "(PSmisc) 23.6"),
    "kmod": ("/usr/sbin/modinfo", "kmod version 30"),
    "less": ("less", "less 590"),
    "mawk": ("mawk", "mawk 1.3.4 20200120"),
    "man-db": ("man", "man 2.11.2"),
    "strace": ("strace", "strace -- version 6.1"),
}
# How a program is asked for its version, where --version is not the way.
_VERSION_WORDS = {"mawk": ["-W", "version"]}
_ANSWERS = Path(__file__).parent / "answers"
# When the files of a virtual host's home directory were last changed, in seconds since 1970.
_INSTALLED_S = 1_710_151_200
# Run by root, the real tools shall not be able to change the machine.
_HARMLESS = ["setpriv", "--bounding-set=-sys_time,-sys_boot,-sys_admin,-sys_module,-net_admin"]
_MARK = "\x1e"
_ENVIRONMENT = {
    "PATH": "/usr/bin:/bin:/usr/sbin",
    "LANG": "C.UTF-8",
    "TZ": "UTC0",
    "TERM": "xterm-256color",
}
_found: dict[str, bool] = {}


def _is_installed(package: str) -> bool:
    if package not in _found:
        tool, version = _PACKAGES[package]
        path = shutil.which(tool)
        told = ""
        if path is not None:
            run = subprocess.run(
                [path, *_VERSION_WORDS.get(package, ["--version"])],
                capture_output=True,
                text=True,
                check=False,
            )
            told = run.stdout + run.stderr
        _found[package] = version in told
    return _found[package]


def _script(commands: list[str]) -> str:
    lines = []
    for number, command in enumerate(commands):
        lines.append(f"cd ~/case{number}; (\n{command}\n)")
        lines.append(f"printf '{_MARK}%d{_MARK}' $?; printf '{_MARK}' >&2")
    return "\n".join(lines) + "\n"


def _results(out: str, err: str) -> list[tuple[str, str, str]]:
    fields = out.split(_MARK)
    return list(zip(fields[::2], err.split(_MARK), fields[1::2], strict=False))


def _real_answers(script: str, home: str) -> list[tuple[str, str, str]]:
    harmless = _HARMLESS if os.geteuid() == 0 and shutil.which("setpriv") else []
    real = subprocess.run(
        [*harmless, "bash", "-c", script],
        env=_ENVIRONMENT | {"HOME": home},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        check=False,
        cwd=home,
    )
    out, err = (
        data.decode("utf-8", "surrogateescape").replace(home, "/home/test")
        for data in (real.stdout, real.stderr)
    )
    return _results(out, err)


class Answers:
    """What the real tools answered to the tables of one test, kept in a file."""

    def __init__(self, name: str) -> None:
        self.path = _ANSWERS / f"{name}.json"
        self.tables: list[dict[str, list[str]]] = []
        if self.path.exists():
            self.tables = json.loads(self.path.read_text())
        self.count = 0

    def next(self) -> dict[str, list[str]]:
        """Give the answers to the test's next table."""
        self.count += 1
        return self.tables[self.count - 1] if self.count <= len(self.tables) else {}

    def keep(self, answers: dict[str, list[str]]) -> None:
        """Keep new answers to the table at hand, a line each."""
        self.tables[self.count - 1 :] = [answers]
        tables = [
            ",\n".join(f"{json.dumps(key)}: {json.dumps(value)}" for key, value in table.items())
            for table in self.tables
        ]
        _ANSWERS.mkdir(exist_ok=True)
        self.path.write_text("[" + ",\n".join(f"{{\n{table}\n}}" for table in tables) + "]\n")


class Both:
    """Runs command lines by the real tools and on the virtual host."""

    def __init__(self, sh, tmp_path, answers: Answers) -> None:
        self.sh = sh
        self.tmp_path = tmp_path
        self.answers = answers

    def __call__(
        self,
        package: str,
        table: str,
        files: dict[str, str | bytes] | None = None,
        **settings: object,
    ) -> None:
        """Assert that both give the same output, errors and exit codes.

        Args:
            package: whose tools these are; where the version meant is not installed, their
                answers are those that have been kept.
            table: a command line per line; each runs in a directory of its own. "#" begins a
                comment.
            files: what is in each directory, by name; a name that ends in "/" is a directory,
                one that ends in "@" a link to what it holds.
            settings: of the virtual host.
        """
        commands = [line for line in table.splitlines() if line.strip() and line[0] != "#"]
        for home in (self.tmp_path / "home", self.tmp_path / "real"):
            shutil.rmtree(home, ignore_errors=True)
            for number in range(len(commands)):
                _lay_out(home / f"case{number}", files or {})
        script = _script(commands)
        kept = self.answers.next()
        if _is_installed(package):
            real = _real_answers(script, str(self.tmp_path / "real"))
            asked = dict(zip(commands, map(list, real), strict=True))
            if os.environ.get("VSHELL_RECORD"):
                self.answers.keep(asked)
                kept = asked
            changed = [one for one in commands if asked[one] != kept.get(one, asked[one])]
            assert not changed, f"kept answers are not the real ones (VSHELL_RECORD=1): {changed}"
            kept = asked
        virtual = self.sh(script, **settings)
        got = [list(one) for one in _results(virtual.out, virtual.err)]
        got += [["", "", ""]] * (len(commands) - len(got))
        wrong = [
            f"$ {command}\n  real    {kept.get(command)}\n  virtual {answer}"
            for command, answer in zip(commands, got, strict=True)
            if kept.get(command) != answer
        ]

        assert not wrong, f"{len(wrong)} of {len(commands)} differ\n" + "\n".join(wrong)


def _lay_out(folder, files: dict[str, str | bytes]) -> None:
    folder.mkdir(parents=True)
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if name.endswith("/"):
            path.mkdir()
        elif name.endswith("@"):
            path.with_name(path.name[:-1]).symlink_to(str(content))
        else:
            path.write_bytes(content if isinstance(content, bytes) else content.encode())
    for path in folder.rglob("*"):
        os.utime(path, (_INSTALLED_S, _INSTALLED_S), follow_symlinks=False)


@pytest.fixture
def both(sh, tmp_path, request) -> Both:
    """Compare command lines with what the real tools do."""
    return Both(sh, tmp_path, Answers(f"{request.path.stem}.{request.node.name}"))


@pytest.fixture
def console(sh, tmp_path):
    """Check what a console shows on the recorded machine: lines "$ COMMAND" and what they print."""

    def check(text: str, files: dict[str, str | bytes] | None = None, **settings: object) -> None:
        for name, content in (files or {}).items():
            data = content if isinstance(content, bytes) else content.encode()
            (tmp_path / "home" / name).write_bytes(data)
        commands = [line[2:] for line in text.splitlines() if line.startswith("$ ")]
        quoted = [shlex.quote(command) for command in commands]
        script = "\n".join(f"echo '$' {word}; eval {word}" for word in quoted)
        result = sh(f"exec 2>&1\n{script}", **({"profile": "debian-12", "folder": ""} | settings))
        lines = difflib.ndiff(text.splitlines(), result.out.splitlines())
        wrong = [line for line in lines if not line.startswith(("  ", "? "))]

        assert text == result.out, "- real, + virtual\n" + "\n".join(wrong)

    return check
