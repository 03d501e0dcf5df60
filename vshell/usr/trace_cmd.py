"""trace-cmd: record and show the kernel's events.

Source: trace-cmd(1), 3.1.6

Differs:
    Of the commands there are record, report, start, stop, restart, reset, clear, show, stat and
    list, with the options that choose events, files and tasks. What ``record`` writes is read by
    ``report`` here, and by no other trace-cmd.
"""

from __future__ import annotations

from vshell.abi.errno import KernelError
from vshell.usr._program import Io, OptionError, getopt, program
from vshell.usr._trace_files import ROOT, Tracing
from vshell.usr._trace_record import record, report

__all__ = ["main"]

_USAGE = """\

trace-cmd version 3.1.6 (not-a-git-repo)

usage:
  trace-cmd [COMMAND] ...

  commands:
     record - record a trace into a trace.dat file
     start - start tracing without recording into a file
     stop - stop the kernel from recording trace data
     restart - restart the kernel trace data recording
     show - show the contents of the kernel tracing buffer
     reset - disable all kernel tracing and clear the trace buffers
     clear - clear the trace buffers
     report - read out the trace stored in a trace.dat file
     stat - show the status of the running tracing (ftrace) system
     list - list the available events, plugins or options

"""
_VERSION = "\ntrace-cmd version 3.1.6 (not-a-git-repo)\n\n"


@program
def main(io: Io, words: list[str]) -> int:
    """Trace the kernel: ``trace-cmd COMMAND [OPTION...]``."""
    if not words:
        io.out(_USAGE)
        return 0
    command, rest = words[0], words[1:]
    if command in ("-V", "version", "--version"):
        io.out(_VERSION)
        return 0
    run = {
        "clear": _clear,
        "list": _list,
        "record": record,
        "report": report,
        "reset": _reset,
        "restart": _restart,
        "show": _show,
        "start": _start,
        "stat": _stat,
        "stop": _stop,
    }.get(command)
    if run is None:
        io.out(_USAGE)
        return 0
    try:
        return run(Tracing(io), rest)
    except OptionError as error:
        io.err(f"{command}: {error}\n")
        io.out(_USAGE)
        return 1


def _start(tracing: Tracing, words: list[str]) -> int:
    options, _ = getopt(words, "e:p:P:b:C:", permute=False)
    tracing.begin(options)
    tracing.write("trace", "")
    tracing.write("tracing_on", "1")
    return 0


def _stop(tracing: Tracing, words: list[str]) -> int:
    del words
    tracing.write("tracing_on", "0")
    return 0


def _restart(tracing: Tracing, words: list[str]) -> int:
    del words
    tracing.write("tracing_on", "1")
    return 0


def _clear(tracing: Tracing, words: list[str]) -> int:
    del words
    tracing.write("trace", "")
    return 0


def _reset(tracing: Tracing, words: list[str]) -> int:
    del words
    tracing.end()
    tracing.write("trace", "")
    tracing.write("current_tracer", "nop")
    tracing.write("tracing_on", "1")
    return 0


def _show(tracing: Tracing, words: list[str]) -> int:
    options, _ = getopt(words, "p")
    io = tracing.io
    name = "trace_pipe" if options else "trace"
    try:
        fd = io.sys.open(f"{ROOT}/{name}")
    except KernelError as error:
        tracing.die(error.errno, f"reading {ROOT}/{name}")
    while data := io.sys.read(fd):
        io.out_bytes(data)
        io.flush()
    return 0


def _stat(tracing: Tracing, words: list[str]) -> int:
    del words
    out = tracing.io.out
    enabled = tracing.read("set_event").splitlines()
    out("\nEvents:\n")
    if not enabled:
        out(" All disabled\n")
    else:
        groups: dict[str, list[str]] = {}
        for line in enabled:
            group, _, name = line.partition(":")
            groups.setdefault(group, []).append(name)
        out(" Individual events:\n")
        for group, names in groups.items():
            out(f"    {group}\n" + "".join(f"        {name}\n" for name in names))
        size = tracing.read("buffer_size_kb").split()[0]
        total = tracing.read("buffer_total_size_kb").split()[0]
        out(f"\nBuffer size in kilobytes (per cpu):\n   {size}\n")
        out(f"\nBuffer total size in kilobytes:\n   {total}\n")
    on = tracing.read("tracing_on").strip() == "1"
    out(f"\nTracing is {'enabled' if on else 'disabled'}\n\n")
    return 0


# -- list ------------------------------------------------------------------------------------------


def _list(tracing: Tracing, words: list[str]) -> int:
    options, operands = getopt(words, "etFCo", {"full": "full"})
    names = [name for name, _ in options]
    out = tracing.io.out
    pattern = operands[0] if operands else ""
    if "e" in names or "F" in names:
        found = _matching(tracing, pattern)
        if "F" in names and not pattern:
            tracing.die_plainly("When specifying event files, an event must be named")
        if "F" not in names:
            out("".join(f"{group}:{name}\n" for group, name in found))
        for group, name in found if "F" in names else []:
            text = tracing.read(f"events/{group}/{name}/format")
            shown = text if "full" in names else text.partition("\nprint fmt:")[0]
            out(f"system: {group}\n{shown}\n")
        return 0
    if "t" in names:
        out(tracing.read("available_tracers"))
        return 0
    if "C" in names:
        out(tracing.read("trace_clock"))
        return 0
    events = tracing.events()
    out("event systems:\n" + "".join(f"{group}\n" for group in dict.fromkeys(g for g, _ in events)))
    out("\nevents:\n" + "".join(f"{group}:{name}\n" for group, name in events))
    out(f"\ntracers:\n{tracing.read('available_tracers')}\noptions:\n")
    return 0


def _matching(tracing: Tracing, pattern: str) -> list[tuple[str, str]]:
    from vshell.usr._regex import RegexError, compile_posix  # noqa: PLC0415 - with a pattern only

    events = tracing.events()
    if not pattern:
        return events
    group, colon, name = pattern.partition(":")
    try:
        if colon:
            one, other = (compile_posix(text, extended=True) for text in (group, name))
            return [pair for pair in events if one.matches(pair[0]) and other.matches(pair[1])]
        regex = compile_posix(pattern, extended=True)
    except RegexError:
        tracing.die_plainly(f"Invalid regex: {pattern}")
    return [pair for pair in events if regex.matches(pair[1])]
