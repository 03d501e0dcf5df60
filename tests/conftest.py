"""Fixtures: a shell that runs one command text per call, and a dialogue with a prompt."""

from __future__ import annotations

import os

import pytest

from vshell.kernel.devices import SinkFile, SourceFile
from vshell.machine.dialogue import Dialogue
from vshell.machine.free import run_free
from vshell.machine.host import Host, load_settings

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


class Result:
    """What a command text did: its standard output and error as text, and its exit status."""

    def __init__(self, out: str, err: str, status: int) -> None:
        self.out = out
        self.err = err
        self.status = status

    def __repr__(self) -> str:
        return f"Result(out={self.out!r}, err={self.err!r}, status={self.status})"


class Sh:
    """Runs ``bash -c`` on a fresh host for each call."""

    def __init__(self, **options: object) -> None:
        self.options = options
        self.host: Host | None = None

    def __call__(self, command: str, stdin: bytes | str = b"", **settings: object) -> Result:
        """Run a command text.

        Args:
            command: what ``bash -c`` gets.
            stdin: its standard input.
            settings: changes to the host's settings.
        """
        chosen = load_settings(str(settings.pop("profile")) if "profile" in settings else None)
        chosen.update(settings, "test")
        host = self.host = Host(chosen, **self.options)  # type: ignore[arg-type]
        out: list[bytes] = []
        err: list[bytes] = []
        data = stdin.encode() if isinstance(stdin, str) else stdin
        chunks = [data] if data else []
        source = SourceFile(lambda count: chunks.pop() if chunks else b"")
        files = [source, SinkFile(out.append), SinkFile(err.append)]
        process = host.open_session(["bash", "-c", command], host.add_terminal(), files)
        run_free(host, lambda: process.pid in host.exit_statuses)
        status = host.exit_statuses[process.pid]
        host.shut_down()
        return Result(
            b"".join(out).decode("utf-8", "surrogateescape"),
            b"".join(err).decode("utf-8", "surrogateescape"),
            128 + (status & 0x7F) if status & 0x7F else status >> 8,
        )


@pytest.fixture
def sh(tmp_path) -> Sh:
    """Run command texts on hosts whose home directory is an empty one."""
    workspace = tmp_path / "home"
    workspace.mkdir()
    return Sh(workspace=str(workspace))


@pytest.fixture
def modules_sh() -> Sh:
    """Run command texts on hosts whose home directory holds the modules that come with vshell."""
    return Sh()


@pytest.fixture
def make_dialogue() -> Iterator[Callable[..., Dialogue]]:
    """Make dialogues at prompts; their hosts are shut down after the test."""
    hosts: list[Host] = []

    def make(workspace: str | None = None, profile: str | None = None, **settings: object) -> Dialogue:
        chosen = load_settings(profile)
        chosen.update(settings, "test")
        hosts.append(Host(chosen, workspace=workspace and os.fspath(workspace)))
        return Dialogue(hosts[-1])

    yield make
    for host in hosts:
        host.shut_down()
