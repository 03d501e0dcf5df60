"""Fixtures: a table of command lines, run by the real tools and on a virtual host, and compared."""

from __future__ import annotations

import difflib
import shlex
import shutil
import subprocess

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
}
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
            run = subprocess.run([path, "--version"], capture_output=True, text=True, check=False)
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


class Both:
    """Runs command lines by the real tools and on the virtual host."""

    def __init__(self, sh, tmp_path) -> None:
        self.sh = sh
        self.tmp_path = tmp_path

    def __call__(
        self,
        package: str,
        table: str,
        files: dict[str, str | bytes] | None = None,
        **settings: object,
    ) -> None:
        """Assert that both give the same output, errors and exit codes.

        Args:
            package: whose tools these are; the test is skipped where the version meant is not
                installed.
            table: a command line per line; each runs in a directory of its own. "#" begins a
                comment.
            files: what is in each directory, by name; a name that ends in "/" is a directory.
            settings: of the virtual host.
        """
        if not _is_installed(package):
            pytest.skip(f"{_PACKAGES[package][1]} is not installed")
        commands = [line for line in table.splitlines() if line.strip() and line[0] != "#"]
        for number in range(len(commands)):
            for home in (self.tmp_path / "home", self.tmp_path / "real"):
                _lay_out(home / f"case{number}", files or {})
        script = _script(commands)
        real_home = str(self.tmp_path / "real")
        real = subprocess.run(
            ["bash", "-c", script],
            env=_ENVIRONMENT | {"HOME": real_home},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            check=False,
            cwd=real_home,
        )
        expected = _results(
            real.stdout.decode("utf-8", "surrogateescape").replace(real_home, "/home/test"),
            real.stderr.decode("utf-8", "surrogateescape").replace(real_home, "/home/test"),
        )
        virtual = self.sh(script, **settings)
        got = _results(virtual.out, virtual.err)
        wrong = [
            f"$ {command}\n  real    {one}\n  virtual {two}"
            for command, one, two in zip(
                commands, expected, got + [("", "", "")] * len(commands), strict=False
            )
            if one != two
        ]

        assert len(commands) == len(expected)
        assert not wrong, f"{len(wrong)} of {len(commands)} differ\n" + "\n".join(wrong)


def _lay_out(folder, files: dict[str, str | bytes]) -> None:
    folder.mkdir(parents=True)
    for name, content in files.items():
        path = folder / name
        if name.endswith("/"):
            path.mkdir(parents=True)
        else:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content if isinstance(content, bytes) else content.encode())


@pytest.fixture
def both(sh, tmp_path) -> Both:
    """Compare command lines with what the real tools do."""
    return Both(sh, tmp_path)


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
