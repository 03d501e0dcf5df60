"""bash, the program: options, scripts, ``-c``, the interactive loop.

Source: bash(1). A prompt is asked for through the terminal (``Sys.ask_line``), so that any
front end can edit the line.
"""

from __future__ import annotations

from vshell.abi import signals as sg
from vshell.abi.errno import EISDIR, ENOENT, KernelError, strerror
from vshell.shell import jobs
from vshell.shell.depth import prepare
from vshell.shell.execute import Executor
from vshell.shell.invocation import Invocation
from vshell.shell.lexer import ShellSyntaxError
from vshell.shell.parser import Parser
from vshell.shell.state import Leave, Shell, Variable
from vshell.shell.syntax import Function

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from vshell.kernel.syscall import Sys
    from vshell.shell.syntax import List

    Main = Callable[[list[str], Sys], int]

__all__ = ["aliases_of", "main", "main_of_script", "report_syntax_error", "run_text"]


def main(argv: list[str], sys: Sys) -> int:
    """Run bash.

    Args:
        argv: ``bash [-c TEXT [NAME ARG...]] [-i] [-s] [-e] [-x] [-o NAME] [FILE ARG...]``.
        sys: system calls.

    Returns:
        The exit code.

    Source:
        bash(1), 5.2
    """
    prepare()
    name = argv[0].lstrip("-").rpartition("/")[2] if argv[0].startswith("-") else argv[0]
    shell = Shell(sys, name)
    invocation = Invocation(shell, argv)
    status = invocation.parse()
    if status is not None:
        return status
    _set_defaults(shell)
    executor = Executor(shell)
    words = invocation.words
    if "c" in shell.options:
        return _run_command_text(executor, words)
    if words and "s" not in shell.options:
        return _run_script(executor, words)
    shell.positional = words
    shell.options.add("s")
    shell.interactive = shell.at_prompt = invocation.interactive or (
        sys.isatty(0) and sys.isatty(2)
    )
    if not shell.interactive:
        return _run_input(executor)
    from vshell.shell.interactive import Interactive  # noqa: PLC0415 - not for scripts

    return Interactive(executor, login=invocation.login).run()


def _set_defaults(shell: Shell) -> None:
    sys = shell.sys
    level = shell.get("SHLVL") or "0"
    next_level = max(int(level) + 1, 0) if level.lstrip("-").isdigit() else 1
    old = shell.get("PWD")
    here = sys.getcwd()
    if old is not None and old.startswith("/") and _is_same(sys, old, here):
        here = old
    shell.directory = here
    for key, value in (("PWD", here), ("SHLVL", str(next_level))):
        shell.set(key, value)
        shell.variables[key].exported = True
    if "OLDPWD" not in shell.variables:
        shell.declare("OLDPWD").exported = True
    shell.set("IFS", " \t\n")
    shell.set("OPTIND", "1")
    shell.set("OPTERR", "1")
    shell.set("PS4", "+ ")
    shell.set("COMP_WORDBREAKS", " \t\n\"'><=;|&(:")
    if "POSIXLY_CORRECT" in shell.variables:
        shell.options.add("posix")
    shell.set("BASH", "/bin/bash")
    shell.set("BASH_VERSION", "5.2.2(1)-release")
    shell.set("HOSTNAME", sys.uname().nodename)
    shell.set("HOSTTYPE", "x86_64")
    shell.set("OSTYPE", "linux-gnu")
    shell.set("MACHTYPE", "x86_64-pc-linux-gnu")
    numbers = (
        ("PPID", sys.getppid()),
        ("UID", sys.credentials()[0]),
        ("EUID", sys.credentials()[1]),
    )
    for key, number in numbers:
        variable = shell.variables[key] = Variable(str(number))
        variable.readonly = variable.integer = True
    shell.shopt |= {
        "checkwinsize",
        "cmdhist",
        "complete_fullquote",
        "extquote",
        "force_fignore",
        "globasciiranges",
        "globskipdots",
        "hostcomplete",
        "interactive_comments",
        "patsub_replacement",
        "progcomp",
        "promptvars",
        "sourcepath",
    }
    shell.options.add("interactive-comments")
    if shell.get("PATH") is None:
        shell.set("PATH", "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin")
    shell.last_argument = shell.get("_") or shell.get("BASH")
    shell.variables.pop("_", None)
    _import_functions(shell)
    shell.initial_argument = shell.last_argument
    ignored = sys.ignored_signals()
    if not ignored & sg.mask_of(sg.SIGQUIT):
        sys.sigaction(sg.SIGQUIT, sg.SIG_IGN)
    for number, name in sg.NAMES.items() if ignored else ():
        if ignored & sg.mask_of(number):
            shell.ignored_at_start.add(name)
            shell.traps[name] = ""


# Functions that the parent shell has exported.
def _import_functions(shell: Shell) -> None:
    for key, value in sorted(shell.sys.environ().items()):
        if not (key.startswith("BASH_FUNC_") and key.endswith("%%") and value.startswith("() {")):
            continue
        name = key[len("BASH_FUNC_") : -2]
        try:
            parsed = Parser(f"{name} {value}").next_command()
        except ShellSyntaxError:
            continue
        assert parsed is not None
        node = parsed.items[0][0].first.commands[0]
        if isinstance(node, Function):
            node.source = "environment"
            shell.functions[name] = node
            shell.exported_functions.add(name)


def _is_same(sys: Sys, first: str, second: str) -> bool:
    try:
        a, b = sys.stat(first), sys.stat(second)
    except KernelError:
        return False
    return (a.device, a.inode) == (b.device, b.inode)


def run_text(
    executor: Executor, text: str, line: int, *, kind: str = "", last: bool = False
) -> int:
    """Run a text, command by command, in a shell that goes on afterwards.

    Args:
        executor: of the shell.
        text: the commands.
        line: number of its first line.
        kind: what a syntax error calls it: "-c", "eval", "trap"; "" for a file.
        last: whether the process has nothing else to do.

    Returns:
        The status of the last command, 2 for a syntax error, 0 if there was no command.
    """
    shell = executor.shell
    parser = Parser(text, line, aliases_of(shell))
    lexer = parser.lexer
    input_line = shell.input_line
    status = 0
    try:
        while True:
            begin = lexer.position
            lexer.extglob = "extglob" in shell.shopt
            try:
                command = parser.next_command()
            except ShellSyntaxError as error:
                report_syntax_error(shell, error, text, line, kind=kind)
                return status if error.status is None else error.status
            for number, warning in parser.take_warnings():
                shell.write_error(f"{shell.source_name()}: line {number}: {warning}\n")
            if "v" in shell.options and lexer.position > begin:
                read = lexer.text[begin : lexer.position]
                shell.write_error(read if read.endswith("\n") else read + "\n")
            if command is None:
                return status
            if "n" in shell.options and not shell.interactive:
                continue
            shell.input_line = parser.input_line
            status = _run_one(executor, command, last=last and parser.is_at_end())
            if shell.jobs and not shell.at_prompt:
                jobs.forget_ended(shell)
            if "t" in shell.options:
                raise Leave(status, "shell")
    finally:
        shell.input_line = input_line


def _run_one(executor: Executor, command: List, *, last: bool) -> int:
    shell = executor.shell
    try:
        return executor.run_list(command, last=last)
    except Leave as leaving:
        # An error that ends the line it was read with; a subshell ends with it.
        if leaving.what != "line" or shell.subshell_depth:
            raise
        shell.status = leaving.status
        shell.condition_depth = 0
        return leaving.status


def aliases_of(shell: Shell) -> Callable[[str], str | None]:
    """Give what finds aliases, if they are expanded."""

    def find(name: str) -> str | None:
        on = shell.at_prompt or "expand_aliases" in shell.shopt
        return shell.aliases.get(name) if on else None

    return find


def report_syntax_error(
    shell: Shell, error: ShellSyntaxError, text: str, first_line: int, *, kind: str
) -> None:
    """Say what is wrong with a text.

    Args:
        shell: that reads it.
        error: what is wrong.
        text: the whole text.
        first_line: number of its first line.
        kind: as that of run_text.
    """
    if error.text == " ":
        # bash says nothing about this one.
        return
    name = shell.source_name()
    where = f"{name}: {kind}: " if kind and not (kind == "-c" and shell.frames) else f"{name}: "
    if not shell.interactive or kind:
        where += f"line {error.line}: "
    if error.text:
        shell.write_error(f"{where}{error.text}\n")
    if error.more is not None:
        number, more = error.more
        shell.write_error(f"{where.removesuffix(f'line {error.line}: ')}line {number}: {more}\n")
    if not error.token:
        return
    if error.text:
        shell.write_error(f"{where}{error.token}\n")
        return
    shell.write_error(f"{where}{error.message()}\n")
    if shell.interactive and not kind:
        return
    lines = text.split("\n")
    index = error.line - first_line
    quoted = lines[index] if 0 <= index < len(lines) else ""
    shell.write_error(f"{where}`{quoted}'\n")


def _run_command_text(executor: Executor, words: list[str]) -> int:
    shell = executor.shell
    if not words:
        shell.write_error(f"{shell.name}: -c: option requires an argument\n")
        return 2
    if len(words) > 1:
        shell.name = shell.script_name = words[1]
        shell.positional = words[2:]
    shell.from_command = True
    shell.set("BASH_EXECUTION_STRING", words[0])
    _read_environment_file(executor)
    return executor.run_to_exit(lambda: run_text(executor, words[0], 1, kind="-c", last=True))


def _run_script(executor: Executor, words: list[str]) -> int:
    shell = executor.shell
    path = words[0]
    sys = shell.sys
    found = path
    if "/" not in path and not sys.access(path, 0):
        from vshell.shell.simple import search_path  # noqa: PLC0415 - rarely needed

        found = search_path(shell, path, shell.get("PATH") or "") or path
    try:
        fd = sys.open(found)
        data = sys.read(fd)
        chunks = [data]
        while data:
            data = sys.read(fd)
            chunks.append(data)
        sys.close(fd)
    except KernelError as error:
        if error.errno == EISDIR:
            shell.write_error(f"{path}: {path}: {strerror(error.errno)}\n")
            return 126
        shell.write_error(f"{shell.name}: {path}: {strerror(error.errno)}\n")
        return 127 if error.errno == ENOENT else 126
    shell.name = shell.script_name = path
    shell.positional = words[1:]
    _read_environment_file(executor)
    text = b"".join(chunks)
    if b"\0" in text.split(b"\n")[0]:
        shell.write_error(f"{path}: {path}: cannot execute binary file\n")
        return 126
    return executor.run_to_exit(
        lambda: run_text(executor, text.decode("utf-8", "surrogateescape"), 1)
    )


# BASH_ENV: what a script's shell reads first.
def _read_environment_file(executor: Executor) -> None:
    path = executor.shell.get("BASH_ENV")
    if not path:
        return
    from vshell.shell.builtins import find_builtin  # noqa: PLC0415 - rarely used

    source = find_builtin("source")
    assert source is not None
    if executor.shell.sys.access(path, 4):
        source(executor, ["source", path])


def main_of_script(text: str) -> Main:
    """Make a program that runs a script which is no file of the host.

    It is run as ``bash NAME ARG...``.
    """

    def script(argv: list[str], sys: Sys) -> int:
        prepare()
        shell = Shell(sys, argv[1])
        shell.positional = argv[2:]
        _set_defaults(shell)
        executor = Executor(shell)
        return executor.run_to_exit(lambda: run_text(executor, text, 1))

    return script


def _run_input(executor: Executor) -> int:
    from vshell.shell.script_input import run_input  # noqa: PLC0415 - bash < file only

    return executor.run_to_exit(lambda: run_input(executor))
