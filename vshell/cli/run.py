"""Runs a host: with a prompt, a command text or a script, and writes down its events if asked."""

from __future__ import annotations

import sys

from vshell.abi.plain import plain_text
from vshell.cli.arguments import UsageError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from vshell.cli.arguments import Arguments
    from vshell.cli.panel import MakeLink
    from vshell.machine.host import Host

__all__ = ["read_script", "run", "run_exported"]


# What makes the host; mistakes in the arguments come out here, before anything runs.
def _host_maker(arguments: Arguments) -> Callable[[], Host]:
    import os  # noqa: PLC0415 - already loaded by the interpreter

    from vshell.machine.host import Host, load_settings  # noqa: PLC0415 - not for --help
    from vshell.machine.settings import SettingsError  # noqa: PLC0415 - not for --help

    try:
        settings = load_settings(arguments.host)
        if arguments.seed is not None:
            settings.update({"seed": arguments.seed}, "--seed")
    except SettingsError as error:
        raise UsageError(str(error)) from None
    workspace = arguments.workspace
    if workspace is not None and not os.path.isdir(workspace):
        reason = "Not a directory" if os.path.exists(workspace) else "No such file or directory"
        raise UsageError(f"{workspace}: {reason}")
    return lambda: Host(settings, workspace=workspace, write=arguments.write)


def _run_batch(arguments: Arguments) -> int:
    from vshell.machine.batch import run_batch  # noqa: PLC0415 - not for --help
    from vshell.machine.failure import HostFailure  # noqa: PLC0415 - not for --help

    argv, main = ["bash"], None
    if arguments.command is not None:
        argv = ["bash", "-c", arguments.command, *arguments.script]
    elif arguments.script:
        from vshell.machine.script import script_main  # noqa: PLC0415 - only for scripts

        argv = ["bash", *arguments.script]
        main = script_main(read_script(arguments.script[0]))
    realtime = arguments.speed if arguments.realtime else 0.0

    def run(make_host: Callable[[], Host]) -> int:
        try:
            return run_batch(make_host(), argv, main, realtime=realtime)
        except HostFailure as error:
            raise UsageError(str(error)) from error.__cause__
        except KeyboardInterrupt:
            return 130

    return run_exported(arguments, run)


def run_exported(arguments: Arguments, run: Callable[[Callable[[], Host]], int]) -> int:
    """Run something on a host; its events go to the files that the arguments name.

    Raises:
        UsageError: the host, or a file, cannot be made.
    """
    make_host = _host_maker(arguments)
    if arguments.trace is None and arguments.ftrace is None:
        return run(make_host)
    from vshell.machine.export import Exports  # noqa: PLC0415 - only for exports

    if arguments.trace == arguments.ftrace:
        raise UsageError("--trace and --ftrace name the same file")
    try:
        exports = Exports(arguments.trace, arguments.ftrace)
    except OSError as error:
        raise UsageError(f"{error.filename}: {error.strerror}") from None

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
            sys.stderr.write(plain_text(f"vshell: {failure}\n"))
    return 2 if failures else status


def read_script(path: str) -> str:
    """Give a script's text.

    Raises:
        UsageError: it cannot be read.
    """
    try:
        with open(path, encoding="utf-8", errors="surrogateescape") as file:
            return file.read()
    except OSError as error:
        raise UsageError(f"{path}: {error.strerror}") from None


def run(arguments: Arguments) -> int:
    """Run a command text, a script or a prompt, as the arguments say; give the exit status.

    Raises:
        UsageError: what they say cannot be.
    """
    is_batch = arguments.command is not None or arguments.script or not sys.stdin.isatty()
    return _run_batch(arguments) if is_batch else _run_prompt(arguments)


def _run_prompt(arguments: Arguments) -> int:
    from vshell.console.looks import Looks  # noqa: PLC0415 - only for the prompt
    from vshell.console.opening import run_prompt  # noqa: PLC0415 - as above

    return run_exported(
        arguments,
        lambda make_host: run_prompt(
            make_host,
            arguments.speed,
            show_panel=_show_panel,
            looks=Looks(arguments.theme, toolbar=arguments.toolbar),
        ),
    )


# What the panel needs is loaded when it is wanted, not before the prompt.
async def _show_panel(make_link: MakeLink) -> str:
    from vshell.cli.panel import show_panel  # noqa: PLC0415 - as above

    return await show_panel(make_link)
