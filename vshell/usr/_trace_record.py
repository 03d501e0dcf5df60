"""trace-cmd record and trace-cmd report.

Source: trace-cmd-record(1), trace-cmd-report(1), 3.1.6
"""

from __future__ import annotations

from vshell.abi.errno import EINTR, EINVAL, KernelError, strerror
from vshell.abi.signals import SIG_DFL, SIG_IGN, SIGINT
from vshell.usr._program import Io, getopt
from vshell.usr._spawn import exec_program, wait_for
from vshell.usr._trace_report import cpu_of, report_line

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from vshell.kernel.syscall import Sys
    from vshell.usr._trace_files import Tracing

__all__ = ["record", "report"]

_MAGIC = b"\x17\x08\x44tracing6\0"
_DATA_START = 0x8F000
_PAGE_BYTES = 4096
_RECORD_BYTES = 48


def record(tracing: Tracing, words: list[str]) -> int:
    """Trace while a command runs, or until Ctrl-C, into a file."""
    options, command = getopt(words, "e:p:P:b:C:o:Fqvds:m:", permute=False)
    io = tracing.io
    tracing.begin(options)
    tracing.write("trace", "")
    path = next((value for name, value in options if name == "o"), "trace.dat")
    status = 0
    try:
        if command:
            status = _trace_command(tracing, command, only_it=any(n == "F" for n, _ in options))
        else:
            tracing.write("tracing_on", "1")
            io.out("Hit Ctrl^C to stop recording\n")
            io.flush()
            _wait_for_interrupt(io)
        tracing.write("tracing_on", "0")
        lines = [line for line in tracing.read("trace").splitlines() if line[:1] != "#"]
    finally:
        tracing.end()
        tracing.write("trace", "")
        tracing.write("tracing_on", "1")
    if status:
        return status
    cpus = io.sys.cpus_online()
    data = "".join(f"{line}\n" for line in (f"cpus={cpus}", *lines))
    try:
        io.write_file(path, _MAGIC + data.encode("utf-8", "surrogateescape"), 0o644)
    except KernelError as error:
        tracing.die(error.errno, f"can't open trace.dat file {path}")
    if not any(name == "q" for name, _ in options):
        _tell_sizes(io, lines, cpus)
    return 0


def _tell_sizes(io: Io, lines: list[str], cpus: int) -> None:
    offset = _DATA_START
    for cpu in range(cpus):
        count = sum(cpu_of(line) == cpu for line in lines)
        size = -(-count * _RECORD_BYTES // _PAGE_BYTES) * _PAGE_BYTES
        io.out(f"CPU{cpu} data recorded at offset=0x{offset:x}\n    {size} bytes in size\n")
        offset += size


# The child waits until tracing is on for it, so that its beginning is in the trace.
def _trace_command(tracing: Tracing, command: list[str], *, only_it: bool) -> int:
    io = tracing.io
    gate, opener = io.sys.pipe()
    teller, told = io.sys.pipe()
    for fd in (gate, opener, teller, told):
        io.sys.set_cloexec(fd)

    def child(sys: Sys) -> int:
        sys.sigaction(SIGINT, SIG_DFL)
        sys.close(opener)
        sys.read(gate)
        try:
            exec_program(sys, command, sys.environ())
        except KernelError as error:
            text = f"trace-cmd: {strerror(error.errno)}\n  Failed to exec {command[0]}\n"
            sys.write(2, text.encode("utf-8", "surrogateescape"))
            sys.write(told, b"x")
        return 1

    io.flush()
    old = io.sys.sigaction(SIGINT, SIG_IGN)
    pid = io.sys.fork(child)
    if only_it:
        tracing.write("set_event_pid", str(pid))
    tracing.write("tracing_on", "1")
    for fd in (gate, opener, told):
        io.sys.close(fd)
    wait_for(io, pid)
    io.sys.sigaction(SIGINT, old)
    return len(io.sys.read(teller))


def _wait_for_interrupt(io: Io) -> None:
    stopped = False

    def stop(_signal: int) -> None:
        nonlocal stopped
        stopped = True

    io.sys.sigaction(SIGINT, stop)
    while not stopped:
        try:
            io.sys.sys_pause()
        except KernelError as error:
            if error.errno != EINTR:
                raise


def report(tracing: Tracing, words: list[str]) -> int:
    """Show what is in such a file."""
    options, operands = getopt(words, "i:lRtN", {"cpu=": "cpu"})
    io = tracing.io
    name = next((value for one, value in options if one == "i"), (operands or ["trace.dat"])[0])
    try:
        data = io.read_file(name)
    except KernelError as error:
        io.err(f"trace-cmd: {strerror(error.errno)}\n  opening '{name}'\n\n")
        return 1
    if not data.startswith(_MAGIC):
        tracing.die(EINVAL, f"error reading header for {name}")
    lines = data[len(_MAGIC) :].decode("utf-8", "surrogateescape").splitlines()
    wanted = next((value for one, value in options if one == "cpu"), "")
    cpus = {int(word) for word in wanted.split(",") if word.isdigit()}
    io.out(f"{lines[0]}\n")
    show: Callable[[str], str] = report_line
    if any(one in ("R", "N") for one, _ in options):
        show = str
    for line in lines[1:]:
        if not cpus or cpu_of(line) in cpus:
            io.out(show(line) + "\n")
    return 0
