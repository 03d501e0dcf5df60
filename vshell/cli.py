"""The command line: picks the prompt, a command text or a script, and the host they run on.

Messages of vshell itself start with "vshell: " on standard error, with exit status 2; everything
else that appears was written by a virtual program. Arguments are read by hand: importing a parser
would cost more than booting the host.
"""

from __future__ import annotations

import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import NoReturn

    from vshell.machine.host import Host

__all__ = ["main"]

_USAGE = """\
usage: vshell [OPTION...]                     the prompt
       vshell [OPTION...] -c 'COMMANDS'       run commands; exit status of the last
       vshell [OPTION...] SCRIPT [ARG...]     run a shell script
       vshell replay PATH...                  check transcripts (see vshell replay --help)
       vshell record FILE [OPTION...] [-c 'COMMANDS' | SCRIPT]
                                              the prompt, or commands, kept as a transcript
       vshell tutorial [NAME] [--restart]     the lessons; a guided one at the prompt

A Linux host that is not there, for learning kernel threads.

options:
  -c COMMANDS          run these commands instead of a prompt
  --workspace DIR      its files are the home directory; what the host writes stays in memory
  --write              what the host writes into the workspace goes to the disk
  --host FILE.yaml     what differs from the default host (hostname, user, release, hz, cpus, ...),
                       or the name of a profile that comes with vshell: debian-12
  --seed N             choose among runnable tasks at random, repeatably
  --speed X            virtual seconds per real second at the prompt (1.0; 0.1 is slow motion)
  --realtime           with -c and scripts: let virtual seconds take real ones
  --trace FILE         write what every thread does, for Perfetto's viewer (Chrome JSON)
  --ftrace FILE        write the kernel's events as /sys/kernel/tracing/trace shows them
  --title TEXT         with record: the transcript's title
  --events             with record: keep the kernel's events beside it
  --cast FILE          with record: keep an asciicast of it, too
  --version            print the version and exit
  --help               print this and exit
"""
_COMMANDS = {"replay": ("vshell.transcript.command", "replay_command")}
_VALUED = (
    *("-c", "--workspace", "--host", "--seed", "--speed", "--title", "--cast"),
    *("--trace", "--ftrace"),
)
_ONLY_RECORD = "--title, --events and --cast belong to 'vshell record FILE'"


class _UsageError(Exception):
    """The command line cannot be; the text says why."""


class _Arguments:
    """What the command line says."""

    def __init__(self) -> None:
        """Start with what an empty one says."""
        self.command: str | None = None
        self.script: list[str] = []
        self.workspace: str | None = None
        self.write = False
        self.host: str | None = None
        self.seed: int | None = None
        self.speed = 1.0
        self.speed_given = False
        self.realtime = False
        self.title = ""
        self.events = False
        self.cast: str | None = None
        self.trace: str | None = None
        self.ftrace: str | None = None
        self.action = "run"


def _parse(words: list[str]) -> _Arguments:
    found = _Arguments()
    words = list(words)
    while words:
        word = words.pop(0)
        if not word.startswith("-") or word == "-":
            found.script = [word, *words]
            break
        name, equals, value = word.partition("=")
        if name in ("--write", "--realtime", "--events", "--version", "--help", "-h"):
            if equals:
                raise _UsageError(f"option '{name}' doesn't allow an argument")
            _set_flag(found, name)
            continue
        if name not in _VALUED:
            raise _UsageError(f"unrecognized option '{word}'")
        if not equals or name == "-c":
            if not words:
                raise _UsageError(f"option '{name}' requires an argument")
            value = words.pop(0)
        _set_value(found, name, value)
        if name == "-c":
            found.script = words if words and not words[0].startswith("-") else []
            if found.script:
                break
    return found


def _set_flag(found: _Arguments, name: str) -> None:
    if name == "--write":
        found.write = True
    elif name == "--realtime":
        found.realtime = True
    elif name == "--events":
        found.events = True
    else:
        found.action = name.lstrip("-")


def _set_value(found: _Arguments, name: str, value: str) -> None:
    if name == "-c":
        found.command = value
    elif name == "--workspace":
        found.workspace = value
    elif name == "--host":
        found.host = value
    elif name == "--title":
        found.title = value
    elif name == "--cast":
        found.cast = value
    elif name == "--trace":
        found.trace = value
    elif name == "--ftrace":
        found.ftrace = value
    elif name == "--seed":
        if not (value.isascii() and value.isdigit()):
            raise _UsageError(f"the seed must be a whole number, not '{value}'")
        found.seed = int(value)
    else:
        try:
            found.speed = float(value)
        except ValueError:
            found.speed = 0.0
        if not 0 < found.speed < 1e9:
            raise _UsageError(f"the speed must be a positive number, not '{value}'")
        found.speed_given = True


# What makes the host; mistakes in the arguments come out here, before anything runs.
def _host_maker(arguments: _Arguments) -> Callable[[], Host]:
    import os  # noqa: PLC0415 - already loaded by the interpreter

    from vshell.machine.host import Host, load_settings  # noqa: PLC0415 - not for --help
    from vshell.machine.settings import SettingsError  # noqa: PLC0415 - not for --help

    try:
        settings = load_settings(arguments.host)
        if arguments.seed is not None:
            settings.update({"seed": arguments.seed}, "--seed")
    except SettingsError as error:
        raise _UsageError(str(error)) from None
    workspace = arguments.workspace
    if workspace is not None and not os.path.isdir(workspace):
        reason = "Not a directory" if os.path.exists(workspace) else "No such file or directory"
        raise _UsageError(f"{workspace}: {reason}")
    return lambda: Host(settings, workspace=workspace, write=arguments.write)


def _run_batch(arguments: _Arguments) -> int:
    from vshell.machine.batch import run_batch  # noqa: PLC0415 - not for --help
    from vshell.machine.failure import HostFailure  # noqa: PLC0415 - not for --help

    argv, main = ["bash"], None
    if arguments.command is not None:
        argv = ["bash", "-c", arguments.command, *arguments.script]
    elif arguments.script:
        from vshell.machine.script import script_main  # noqa: PLC0415 - only for scripts

        argv = ["bash", *arguments.script]
        main = script_main(_read_script(arguments.script[0]))
    realtime = arguments.speed if arguments.realtime else 0.0

    def run(make_host: Callable[[], Host]) -> int:
        try:
            return run_batch(make_host(), argv, main, realtime=realtime)
        except HostFailure as error:
            raise _UsageError(str(error)) from error.__cause__
        except KeyboardInterrupt:
            return 130

    return _run_exported(arguments, run)


# Runs something on a host; its events go to the files that the arguments name.
def _run_exported(arguments: _Arguments, run: Callable[[Callable[[], Host]], int]) -> int:
    make_host = _host_maker(arguments)
    if arguments.trace is None and arguments.ftrace is None:
        return run(make_host)
    from vshell.machine.export import Exports  # noqa: PLC0415 - only for exports

    if arguments.trace == arguments.ftrace:
        raise _UsageError("--trace and --ftrace name the same file")
    try:
        exports = Exports(arguments.trace, arguments.ftrace)
    except OSError as error:
        raise _UsageError(f"{error.filename}: {error.strerror}") from None

    def make_exported() -> Host:
        host = make_host()
        exports.begin(host)
        return host

    failures: list[str] = []
    try:
        status = run(make_exported)
    finally:
        failures += exports.close()
        for failure in failures:
            sys.stderr.write(f"vshell: {failure}\n")
    return 2 if failures else status


def _read_script(path: str) -> str:
    try:
        with open(path, encoding="utf-8", errors="surrogateescape") as file:
            return file.read()
    except OSError as error:
        raise _UsageError(f"{path}: {error.strerror}") from None


def _leave(status: int) -> NoReturn:
    # Unwinding every virtual stack and freeing every object would take longer than a short command.
    import os  # noqa: PLC0415 - already loaded by the interpreter

    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(status)


def main(words: list[str] | None = None) -> int:
    """Run vshell.

    Args:
        words: the arguments; None for those of the process, which then ends here.

    Returns:
        The exit status.
    """
    own = words is None
    words = sys.argv[1:] if words is None else words
    if words and words[0] in _COMMANDS:
        return _run_command(words[0], words[1:])
    try:
        if words[:1] == ["tutorial"]:
            return _run_tutorial(words[1:])
        recorded = words[1:2] if words[:1] == ["record"] else None
        arguments = _parse(words if recorded is None else words[2:])
        if arguments.action != "run":
            return _tell(arguments.action)
        status = _run(arguments) if recorded is None else _run_record(recorded, arguments)
    except _UsageError as error:
        sys.stderr.write(f"vshell: {error}\n")
        if error.__cause__ is not None:
            _tell_bug(error.__cause__)
        status = 2
    if own:
        _leave(status)
    return status


def _run(arguments: _Arguments) -> int:
    if arguments.title or arguments.events or arguments.cast is not None:
        raise _UsageError(_ONLY_RECORD)
    batch = arguments.command is not None or arguments.script or not sys.stdin.isatty()
    return _run_batch(arguments) if batch else _run_prompt(arguments)


def _run_record(files: list[str], arguments: _Arguments) -> int:
    if not files or files[0].startswith("-"):
        raise _UsageError("record needs a FILE to write")
    return _run_exported(arguments, lambda make_host: _record(files[0], arguments, make_host))


def _record(path: str, arguments: _Arguments, make_host: Callable[[], Host]) -> int:
    from vshell.transcript.record_command import (  # noqa: PLC0415 - only to record
        open_recording,
        record_lines,
    )

    try:
        recording = open_recording(
            path,
            title=arguments.title,
            with_events=arguments.events,
            cast_path=arguments.cast,
            workspace=arguments.workspace,
            with_times=arguments.command is None and not arguments.script,
        )
    except OSError as error:
        raise _UsageError(f"{error.filename}: {error.strerror}") from None
    try:
        if arguments.command is not None:
            return record_lines(make_host, [arguments.command], recording)
        if arguments.script:
            text = _read_script(arguments.script[0])
            return record_lines(make_host, text.splitlines(), recording)
        if not sys.stdin.isatty():
            return record_lines(make_host, sys.stdin.read().splitlines(), recording)
        from vshell.console.session import run_prompt  # noqa: PLC0415 - takes a while

        return run_prompt(make_host, arguments.speed, recording)
    finally:
        recording.close()


def _run_tutorial(words: list[str]) -> int:
    from vshell.transcript.tutorial_command import (  # noqa: PLC0415 - only for lessons
        list_lessons,
        open_lesson,
    )

    restart = "--restart" in words
    names = [word for word in words if word != "--restart"]
    if not names:
        list_lessons()
        return 0
    if len(names) > 1 or names[0].startswith("-"):
        raise _UsageError(f"tutorial takes one lesson's name, not '{' '.join(names)}'")
    found = open_lesson(names[0], restart=restart)
    if found is None:
        raise _UsageError(f"no lesson '{names[0]}'; 'vshell tutorial' lists them")
    if not sys.stdin.isatty():
        raise _UsageError("a lesson needs a terminal")
    from vshell.console.session import run_prompt  # noqa: PLC0415 - takes a while
    from vshell.machine.host import Host  # noqa: PLC0415 - not for --help

    lesson, transcript = found

    def make_host() -> Host:
        host = Host()
        for path, text in transcript.files.items():
            host.place_file(path, text)
        return host

    return run_prompt(make_host, 1.0, guide=lesson)


# The other things that vshell does, each with a command line of its own.
def _run_command(name: str, words: list[str]) -> int:
    from importlib import import_module  # noqa: PLC0415 - not for the prompt

    module, function = _COMMANDS[name]
    try:
        status: int = getattr(import_module(module), function)(words)
    except KeyboardInterrupt:
        status = 130
    except BrokenPipeError:
        # Nobody reads any more.
        _leave(141)
    return status


def _tell(action: str) -> int:
    if action == "version":
        from vshell import __version__  # noqa: PLC0415 - only here

        sys.stdout.write(f"vshell {__version__}\n")
    else:
        sys.stdout.write(_USAGE)
    return 0


def _tell_bug(error: BaseException) -> None:
    import traceback  # noqa: PLC0415 - only for a bug

    sys.stderr.write("".join(traceback.format_exception(error)))


def _run_prompt(arguments: _Arguments) -> int:
    from vshell.console.session import run_prompt  # noqa: PLC0415 - prompt_toolkit takes a while

    return _run_exported(arguments, lambda make_host: run_prompt(make_host, arguments.speed))
