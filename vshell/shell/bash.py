"""bash, the program: options, scripts, ``-c``, the interactive loop.

Source: bash(1). A prompt is asked for through the terminal (``Sys.ask_line``), so that any
front end can edit the line.
"""

from __future__ import annotations

from vshell.abi import signals as sg
from vshell.abi.errno import EINTR, KernelError, strerror
from vshell.shell import jobs
from vshell.shell.execute import Executor
from vshell.shell.lexer import Incomplete, ShellSyntaxError
from vshell.shell.parser import Parser
from vshell.shell.state import Leave, LoopControl, Shell, ShellError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from vshell.kernel.syscall import Sys

    Main = Callable[[list[str], Sys], int]

__all__ = ["main", "main_of_script", "run_text"]

_HISTORY_MAX = 2000


def main(argv: list[str], sys: Sys) -> int:
    """Run bash.

    Args:
        argv: ``bash [-c TEXT [NAME ARG...]] [-i] [-e] [-x] [FILE ARG...]``.
        sys: system calls.

    Returns:
        The exit code.

    Source:
        bash(1), 5.2
    """
    words = argv[1:]
    options: set[str] = set()
    text = None
    interactive = False
    login = argv[0].startswith("-")
    while words and words[0][:1] in ("-", "+") and len(words[0]) > 1:
        word = words.pop(0)
        if word in ("--login", "-l"):
            login = True
        elif word == "--version":
            sys.write(1, b"GNU bash, version 5.2.2(1)-release (x86_64-pc-linux-gnu)\n")
            return 0
        elif word in ("--norc", "--noprofile", "--posix"):
            continue
        elif word == "--":
            break
        elif word.startswith("--"):
            sys.write(2, f"bash: {word}: invalid option\n".encode())
            return 2
        else:
            for letter in word[1:]:
                if letter == "c":
                    text = ""
                elif letter == "i":
                    interactive = True
                elif letter in "efnuvxC":
                    options.add(letter)
    name = argv[0].lstrip("-").rpartition("/")[2]
    shell = Shell(sys, name)
    shell.options |= options
    _set_defaults(shell)
    executor = Executor(shell)
    if text is not None:
        return _run_command_text(executor, words)
    if words:
        return _run_script(executor, words)
    shell.interactive = interactive or sys.isatty(0)
    if not shell.interactive:
        return _run_input(executor)
    return _Interactive(executor, login=login).run()


def _set_defaults(shell: Shell) -> None:
    sys = shell.sys
    try:
        path = sys.getcwd()
    except KernelError as error:
        text = "error retrieving current directory: getcwd: cannot access parent directories"
        sys.write(2, f"shell-init: {text}: {strerror(error.errno)}\n".encode())
        path = shell.get("PWD") or "."
    for key, value in (("PWD", path), ("SHLVL", str(int(shell.get("SHLVL") or "0") + 1))):
        shell.set(key, value)
        shell.variables[key].exported = True
    shell.set("IFS", " \t\n")
    shell.set("OPTIND", "1")
    shell.set("PPID", str(sys.getppid()))
    shell.set("UID", str(sys.credentials()[0]))
    shell.set("EUID", str(sys.credentials()[1]))
    shell.set("BASH", "/bin/bash")
    shell.set("BASH_VERSION", "5.2.2(1)-release")
    shell.set("HOSTNAME", sys.uname().nodename)
    shell.set("HOSTTYPE", "x86_64")
    shell.set("OSTYPE", "linux-gnu")
    shell.set("MACHTYPE", "x86_64-pc-linux-gnu")
    if shell.get("PATH") is None:
        shell.set("PATH", "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin")


def run_text(executor: Executor, text: str, line: int, *, last: bool = False) -> int:
    """Run a text, command by command, in a shell that goes on afterwards.

    Args:
        executor: of the shell.
        text: the commands.
        line: number of its first line.
        last: whether the process has nothing else to do.

    Returns:
        The status of the last command, 2 for a syntax error.
    """
    shell = executor.shell
    parser = Parser(text, line, shell.aliases.get if shell.interactive else None)
    shell.status = 0
    while True:
        try:
            command = parser.next_command()
        except ShellSyntaxError as error:
            _report_syntax_error(shell, error, text, line)
            shell.status = 2
            return 2
        if command is None:
            return shell.status
        if "n" in shell.options and not shell.interactive:
            continue
        if "v" in shell.options:
            shell.write_error("\n".join(source for _, _, source in command.items) + "\n")
        executor.run_list(command, last=last and _is_last(parser, text))


# Whether nothing but white space is left of the text.
def _is_last(parser: Parser, text: str) -> bool:
    rest = text[parser._lexer.position :]  # noqa: SLF001 - how far it has read
    return not rest.strip() and parser._lexer._peeked is None  # noqa: SLF001 - nor ahead of that


def _report_syntax_error(shell: Shell, error: ShellSyntaxError, text: str, first_line: int) -> None:
    shell.line = error.line
    name = shell.name
    if shell.interactive:
        shell.write_error(f"{name}: {error.message()}\n")
        return
    where = f"{name}: -c: " if shell.from_command else f"{name}: "
    shell.write_error(f"{where}line {error.line}: {error.message()}\n")
    if error.token:
        lines = text.split("\n")
        index = error.line - first_line
        quoted = lines[index] if 0 <= index < len(lines) else ""
        shell.write_error(f"{where}line {error.line}: `{quoted}'\n")


def _run_command_text(executor: Executor, words: list[str]) -> int:
    shell = executor.shell
    if not words:
        shell.write_error("bash: -c: option requires an argument\n")
        return 2
    if len(words) > 1:
        shell.name = words[1]
        shell.positional = words[2:]
    shell.from_command = True
    return executor.run_to_exit(lambda: run_text(executor, words[0], 1, last=True))


def _run_script(executor: Executor, words: list[str]) -> int:
    shell = executor.shell
    path = words[0]
    shell.name = path
    shell.positional = words[1:]
    sys = shell.sys
    try:
        fd = sys.open(path)
        chunks: list[bytes] = []
        while True:
            data = sys.read(fd)
            if not data:
                break
            chunks.append(data)
        sys.close(fd)
    except KernelError as error:
        name = "bash"
        shell.write_error(f"{name}: {path}: {strerror(error.errno)}\n")
        return 127 if error.errno == 2 else 126
    text = b"".join(chunks)
    if b"\0" in text.split(b"\n")[0]:
        shell.write_error(f"{path}: {path}: cannot execute binary file\n")
        return 126
    return executor.run_to_exit(
        lambda: run_text(executor, text.decode("utf-8", "surrogateescape"), 1)
    )


def main_of_script(text: str) -> Main:
    """Make a program that runs a script which is no file of the host.

    It is run as ``bash NAME ARG...``.
    """

    def script(argv: list[str], sys: Sys) -> int:
        shell = Shell(sys, argv[1])
        shell.positional = argv[2:]
        _set_defaults(shell)
        executor = Executor(shell)
        return executor.run_to_exit(lambda: run_text(executor, text, 1))

    return script


def _run_input(executor: Executor) -> int:
    sys = executor.shell.sys
    chunks = []
    while True:
        data = sys.read(0)
        if not data:
            break
        chunks.append(data)
    text = b"".join(chunks).decode("utf-8", "surrogateescape")
    return executor.run_to_exit(lambda: run_text(executor, text, 1))


class _Interactive:
    # The loop at a prompt.
    def __init__(self, executor: Executor, *, login: bool) -> None:
        self.executor = executor
        self.shell = executor.shell
        self.login = login
        self.shell.options.add("m")
        self.command_number = 1

    def run(self) -> int:
        self._prepare_signals()
        self._read_startup_file()
        return self.executor.run_to_exit(self._loop)

    def _prepare_signals(self) -> None:
        shell = self.shell
        sys = shell.sys
        for signal in (sg.SIGTERM, sg.SIGQUIT, sg.SIGTSTP, sg.SIGTTIN, sg.SIGTTOU):
            sys.sigaction(signal, sg.SIG_IGN)
        sys.sigaction(sg.SIGINT, self._interrupted)
        if sys.getpgrp() != sys.getpid():
            sys.setpgid(0, 0)
        sys.tcsetpgrp(0, sys.getpgrp())

    def _interrupted(self, signal: int) -> None:
        self.shell.interrupted = True
        if self.shell.traps.get("INT"):
            self.shell.pending_signals.append(signal)

    def _read_startup_file(self) -> None:
        path = (self.shell.get("HOME") or "") + "/.bashrc"
        sys = self.shell.sys
        for candidate in ("/etc/bash.bashrc", path):
            if sys.access(candidate, 4):
                from vshell.shell.builtins import find_builtin  # noqa: PLC0415 - as in execute

                source = find_builtin("source")
                assert source is not None
                try:
                    source(self.executor, ["source", candidate])
                except (Leave, LoopControl, ShellError):
                    continue

    def _loop(self) -> int:
        shell = self.shell
        while True:
            shell.interrupted = False
            jobs.notify(shell)
            if shell.pending_signals:
                self.executor.run_traps()
            text = self._read_command()
            if text is None:
                if any(job.stopped for job in shell.jobs) and "leaving" not in shell.shopt:
                    shell.shopt.add("leaving")
                    shell.write_error("exit\nThere are stopped jobs.\n")
                    continue
                shell.write_error("exit\n")
                return shell.status
            if not text.strip():
                continue
            self._remember(text)
            self._run(text)

    def _run(self, text: str) -> None:
        shell = self.shell
        try:
            run_text(self.executor, text, 1)
        except Leave as leaving:
            if leaving.what == "shell":
                raise
            shell.status = leaving.status
        except LoopControl:
            shell.status = 0
        except ShellError as error:
            shell.complain(str(error))
            shell.status = error.status
        if not text.strip().startswith(("exit", "logout")):
            shell.shopt.discard("leaving")
        self.command_number += 1

    # Read lines until they make whole commands.
    def _read_command(self) -> str | None:
        text = ""
        prompt = self.shell.get("PS1") or "\\s-\\v\\$ "
        while True:
            line = self._read_line(prompt)
            if line is None:
                if text:
                    error = "unexpected EOF while looking for matching quote"
                    self.shell.write_error(f"{self.shell.name}: syntax error: {error}\n")
                    return ""
                return None
            if self.shell.interrupted:
                self.shell.interrupted = False
                self.shell.status = 130
                return ""
            text += line
            if not self._is_incomplete(text):
                return text
            prompt = self.shell.get("PS2") or "> "

    def _is_incomplete(self, text: str) -> bool:
        if text.endswith("\\\n") and not text.endswith("\\\\\n"):
            return True
        parser = Parser(text, 1, self.shell.aliases.get)
        try:
            while parser.next_command() is not None:
                continue
        except Incomplete:
            return True
        except ShellSyntaxError:
            return False
        return False

    def _read_line(self, prompt: str) -> str | None:
        shell = self.shell
        sys = shell.sys
        from vshell.shell.prompt import expand_prompt  # noqa: PLC0415 - interactive only

        sys.ask_line(0, expand_prompt(shell, prompt, self.command_number), shell.status)
        chunks: list[bytes] = []
        while True:
            try:
                data = sys.read(0, 65536)
            except KernelError as error:
                if error.errno == EINTR:
                    return "\n"
                raise
            if not data:
                return b"".join(chunks).decode("utf-8", "surrogateescape") if chunks else None
            chunks.append(data)
            if data.endswith(b"\n"):
                return b"".join(chunks).decode("utf-8", "surrogateescape")

    def _remember(self, text: str) -> None:
        shell = self.shell
        line = text.rstrip("\n")
        control = (shell.get("HISTCONTROL") or "ignoreboth").split(":")
        if ("ignoreboth" in control or "ignorespace" in control) and line.startswith(" "):
            return
        if ("ignoreboth" in control or "ignoredups" in control) and shell.history[-1:] == [line]:
            return
        shell.history.append(line)
        del shell.history[:-_HISTORY_MAX]
