"""The interactive shell: prompts, what is typed, what is told between commands.

A prompt is asked for through the terminal (``Sys.ask_line``), so that any front end can edit the
line.

Source: bash(1), "Invocation", "Prompting", "History".
"""

from __future__ import annotations

from vshell.abi import signals as sg
from vshell.abi.errno import EINTR, KernelError
from vshell.shell import jobs
from vshell.shell.bash import report_syntax_error, run_text
from vshell.shell.lexer import Incomplete, ShellSyntaxError
from vshell.shell.parser import Parser
from vshell.shell.state import Leave, LoopControl, ShellError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from vshell.shell.execute import Executor

__all__ = ["Interactive"]

_HISTORY_MAX = 2000


class Interactive:
    """A shell at a prompt."""

    def __init__(self, executor: Executor, *, login: bool) -> None:
        """Make one; ``login`` tells whether it is a login shell."""
        self.executor = executor
        self.shell = executor.shell
        self.login = login
        self.shell.options |= {"m", "H", "history", "emacs"}
        self.shell.shopt.add("expand_aliases")
        self.command_number = 1

    def run(self) -> int:
        """Read and run lines until the end; give the exit code."""
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
        for candidate in ("/etc/bash.bashrc", path):
            if self.shell.sys.access(candidate, 4):
                self._run(f". {candidate}\n")

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
            # What has ended while the prompt waited is no zombie for what is run now.
            jobs.reap(shell)
            if not text.strip():
                continue
            self._remember(text)
            self._run(text)
            if not text.strip().startswith(("exit", "logout")):
                shell.shopt.discard("leaving")
            self.command_number += 1

    def _run(self, text: str) -> None:
        shell = self.shell
        try:
            shell.status = run_text(self.executor, text, 1)
        except Leave as leaving:
            if leaving.what in ("shell", "signal"):
                raise
            shell.status = leaving.status
        except LoopControl:
            shell.status = 0
        except ShellError as error:
            shell.complain(str(error))
            shell.status = error.status
        # Whatever was going on when the command was given up is over.
        shell.condition_depth = shell.loop_depth = shell.depth = 0
        shell.trap_running = ""

    # Read lines until they make whole commands.
    def _read_command(self) -> str | None:
        text = ""
        prompt = self.shell.get("PS1")
        prompt = "\\s-\\v\\$ " if prompt is None else prompt
        if self.shell.get("PROMPT_COMMAND"):
            status = self.shell.status
            self._run((self.shell.get("PROMPT_COMMAND") or "") + "\n")
            self.shell.status = status
        while True:
            line = self._read_line(prompt, is_more=bool(text))
            if self.shell.interrupted:
                self.shell.interrupted = False
                self.shell.status = 130
                if self.shell.pending_signals:
                    self.executor.run_traps()
                return ""
            if line is None:
                if text:
                    self._report_end(text)
                    return ""
                return None
            text += line
            if self._is_incomplete(text) is None:
                return text
            prompt = self.shell.get("PS2") or "> "

    # What is wrong with a text that ended in the middle of a command.
    def _report_end(self, text: str) -> None:
        error = self._is_incomplete(text)
        if error is not None:
            report_syntax_error(self.shell, error, text, 1, kind="")
            if "unexpected end of file" not in error.text:
                end = ShellSyntaxError(1, text="syntax error: unexpected end of file")
                report_syntax_error(self.shell, end, text, 1, kind="")
        self.shell.status = 2

    def _is_incomplete(self, text: str) -> ShellSyntaxError | None:
        if text.endswith("\\\n") and not text.endswith("\\\\\n"):
            return Incomplete(1, text="syntax error: unexpected end of file")
        parser = Parser(text, 1, self.shell.aliases.get, more_to_come=True)
        try:
            while parser.next_command() is not None:
                continue
        except Incomplete as error:
            return error
        except ShellSyntaxError:
            return None
        return None

    # Ask for a line and wait for it; None at the end of the input.
    def _read_line(self, prompt: str, *, is_more: bool) -> str | None:
        shell = self.shell
        sys = shell.sys
        from vshell.shell.prompt import expand_prompt  # noqa: PLC0415 - interactive only

        def expanded(text: str) -> str:
            return expand_prompt(shell, text, self.command_number, self.executor.expander)

        more = prompt if is_more else shell.get("PS2") or "> "
        editing = next((one for one in ("vi", "emacs") if one in shell.options), "")
        # What stands before the line is expanded once, as what it runs may tell.
        shown = expanded(prompt)
        more = shown if is_more else expanded(more) if set(more) & set("$`\\") else more
        sys.ask_line(0, shown, shell.status, editing=editing, more=more, is_more=is_more)
        chunks: list[bytes] = []
        while True:
            try:
                data = sys.read(0, 65536)
            except KernelError as error:
                if error.errno == EINTR:
                    if not shell.interrupted and not shell.pending_signals:
                        continue
                    if not shell.interrupted:
                        self.executor.run_traps()
                        continue
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
