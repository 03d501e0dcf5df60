"""Fixtures: a shell that runs one command text per call, and a dialogue with a prompt."""

from __future__ import annotations

import os
import textwrap

import pytest

from vshell.abi.errno import KernelError
from vshell.abi.ko import KoFile
from vshell.kbuild.compile import compile_source
from vshell.kbuild.headers import Headers
from vshell.kernel.config import KernelConfig
from vshell.kernel.core import Kernel
from vshell.kernel.devices import SinkFile, SourceFile
from vshell.kernel.inode import O_NONBLOCK
from vshell.kernel.syscall import Sys
from vshell.machine.dialogue import Dialogue
from vshell.machine.free import run_free
from vshell.machine.headers import header_path, header_text
from vshell.machine.host import Host, load_settings
from vshell.machine.vmlinux import HEADER_NAMES, Vmlinux

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from vshell.kernel.process import Process


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

    def __init__(self, workspace: Path | None = None, **options: object) -> None:
        self.workspace = workspace
        self.options = options | ({} if workspace is None else {"workspace": str(workspace)})
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
        files = [source, SinkFile(host.kernel, out.append), SinkFile(host.kernel, err.append)]
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
    return Sh(workspace)


@pytest.fixture
def modules_sh() -> Sh:
    """Run command texts on hosts whose home directory holds the modules that come with vshell."""
    return Sh()


@pytest.fixture
def make_dialogue() -> Iterator[Callable[..., Dialogue]]:
    """Make dialogues at prompts; their hosts are shut down after the test."""
    hosts: list[Host] = []

    def make(
        workspace: str | None = None, profile: str | None = None, **settings: object
    ) -> Dialogue:
        chosen = load_settings(profile)
        chosen.update(settings, "test")
        hosts.append(Host(chosen, workspace=workspace and os.fspath(workspace)))
        return Dialogue(hosts[-1])

    yield make
    for host in hosts:
        host.shut_down()


_HEADERS: list[Headers] = []


def compiled(source: str, name: str) -> KoFile:
    """Compile and link a module's source; the compiler's messages fail the test."""
    if not _HEADERS:
        paths = {header_path(header): header for header in HEADER_NAMES}
        _HEADERS.append(Headers(lambda path: header_text(paths[path]) if path in paths else None))
    result = compile_source(source, f"/home/test/{name}.py", name, _HEADERS[0])
    assert result.object is not None, result.messages
    ko = KoFile.from_bytes(result.object.to_bytes())
    ko.modinfo += [("name", name), ("vermagic", "6.7.9 SMP preempt mod_unload modversions ")]
    return ko


class Bench:
    """A kernel without a host: processes are functions, modules come from source text."""

    def __init__(self, **config: object) -> None:
        self.kernel = kernel = Kernel(KernelConfig(**config))
        kernel.kthreads.start()
        kernel.modules.linker = Vmlinux(kernel).link
        kernel.processes.make_sys = Sys
        self.seen = kernel.printk.end_sequence
        self._failed: list[BaseException] = []

    def process(
        self, function: Callable[[Sys], object], name: str = "test", uid: int = 0
    ) -> Process:
        """Start a process that runs ``function(sys)``; it runs when time passes."""
        processes = self.kernel.processes
        process = processes.new_session(None, [name], f"/bin/{name}", self.kernel.vfs.root)
        process.uid = process.euid = process.suid = process.gid = process.egid = uid

        def main(argv: list[str], sys: Sys) -> int:
            try:
                function(sys)
            except Exception as error:
                self._failed.append(error)
                raise
            return 0

        processes.start(process, main, [name])
        return process

    def call(
        self, function: Callable[[Sys], object], uid: int = 0, seconds: float = 1000
    ) -> object:
        """Run ``function(sys)`` in a process; give what it returned or raise its error."""
        result: list[object] = []
        process = self.process(lambda sys: result.append(function(sys)), uid=uid)
        end_ns = self.kernel.now_ns + round(seconds * 1e9)
        while not process.task.exit_state and self.kernel.peek() <= end_ns:
            self.kernel.run(self.kernel.peek())
        if self._failed:
            raise self._failed.pop()
        return result[0] if result else None

    def ko(self, source: str, name: str = "mod") -> KoFile:
        """Compile and link a module's source text."""
        return compiled(textwrap.dedent(source), name)

    def load(self, source: str, args: str = "", name: str = "mod") -> int:
        """Load a module from its source text; give 0 or -errno."""
        return self.insmod(self.ko(source, name).to_bytes(), args)

    def insmod(self, data: bytes, args: str = "", *, uid: int = 0, force: bool = False) -> int:
        """Load a module from the bytes of its file; give 0 or -errno."""

        def insmod(sys: Sys) -> int:
            try:
                self.kernel.modules.load_module(data, args, force=force)
            except KernelError as error:
                return -error.errno
            return 0

        return int(self.call(insmod, uid=uid) or 0)  # type: ignore[call-overload]

    def unload(self, name: str = "mod", flags: int = O_NONBLOCK) -> int:
        """Unload a module; give 0 or -errno."""

        def rmmod(sys: Sys) -> int:
            try:
                self.kernel.modules.delete_module(name, flags)
            except KernelError as error:
                return -error.errno
            return 0

        return int(self.call(rmmod) or 0)  # type: ignore[call-overload]

    def pass_time(self, seconds: float) -> None:
        """Let virtual time pass."""
        end_ns = self.kernel.now_ns + round(seconds * 1e9)
        self.kernel.run(end_ns)
        self.kernel.advance_to(end_ns)

    def log(self) -> list[str]:
        """Give the texts of the kernel log since last asked."""
        records = self.kernel.printk.records(self.seen)
        self.seen = self.kernel.printk.end_sequence
        return [record.text for record in records]

    def own_log(self) -> list[str]:
        """Give the log without what the loader says about foreign modules."""
        return [text for text in self.log() if "taint" not in text]

    def jiffies(self) -> int:
        """Give jiffies since boot."""
        clock = self.kernel.clock
        return clock.jiffies(self.kernel.now_ns) - clock.initial_jiffies


@pytest.fixture
def make_bench() -> Iterator[Callable[..., Bench]]:
    """Make kernels with a configuration; every stack is unwound after the test."""
    benches: list[Bench] = []

    def make(**config: object) -> Bench:
        benches.append(Bench(**config))
        return benches[-1]

    yield make
    for bench in benches:
        bench.kernel.power_off()


@pytest.fixture
def bench(make_bench: Callable[..., Bench]) -> Bench:
    """A kernel with the default configuration: 2 CPUs, HZ 250, a jiffy of 4 ms."""
    return make_bench()
