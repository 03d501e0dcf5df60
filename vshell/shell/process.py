"""What a shell forks: the stages of pipelines, subshells, substitutions.

Source: bash(1), "Pipelines", "Command Substitution", "Process Substitution", "Job Control".
"""

from __future__ import annotations

from vshell.abi import signals as sg
from vshell.abi.errno import KernelError
from vshell.shell import jobs
from vshell.shell.pipe import connect, read_all, wait_for
from vshell.shell.reader import ShellSyntaxError
from vshell.shell.state import Leave, Shell, ShellError
from vshell.shell.syntax import Simple, Subshell

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from vshell.kernel.syscall import Sys
    from vshell.shell.execute import Executor
    from vshell.shell.syntax import CommandPart, List, Node, Pipeline, ProcessPart

__all__ = ["ENDING_SIGNALS", "Forks"]

_RESET_SIGNALS = (sg.SIGINT, sg.SIGQUIT, sg.SIGTERM, sg.SIGTSTP, sg.SIGTTIN, sg.SIGTTOU)
ENDING_SIGNALS = (sg.SIGHUP, sg.SIGINT, sg.SIGQUIT, sg.SIGTERM, sg.SIGUSR1, sg.SIGUSR2, sg.SIGALRM)
"""What ends a shell that only catches it to run its EXIT trap first."""
_HIGHEST_DESCRIPTOR = 63


class Forks:
    """The part of an executor that makes processes."""

    def __init__(self, shell: Shell) -> None:
        """Serve a shell."""
        self.shell = shell

    # -- Pipelines --------------------------------------------------------------------------------

    def run_stages(self, node: Pipeline) -> int:
        """Run a pipeline of several commands; give its status."""
        shell = self.shell
        if not shell.trap_running:
            shell.current = node.commands[-1]
        if "lastpipe" in shell.shopt and not shell.interactive:
            return self._run_last_here(node)
        pids = self.start_stages(node, foreground=True)
        job = jobs.add_job(shell, pids, pids[0], jobs.LazyText(node), foreground=True)
        self.wait_foreground(job)
        if job.stopped or not job.is_done():
            return 128 + (job.stop_signal or sg.SIGTSTP) if job.stopped else 130
        return self._pipe_status([jobs.exit_code(job.statuses.get(pid, 0)) for pid in pids])

    def _pipe_status(self, statuses: list[int]) -> int:
        self.shell.pipe_statuses = statuses
        if "pipefail" in self.shell.options:
            failed = [one for one in statuses if one]
            return failed[-1] if failed else 0
        return statuses[-1]

    # shopt -s lastpipe: the last stage runs in the shell itself.
    def _run_last_here(self, node: Pipeline) -> int:
        shell = self.shell
        sys = shell.sys
        reader, writer = sys.pipe()
        pids = self.start_stages(node, foreground=True, output=writer, count=len(node.commands) - 1)
        sys.close(writer)
        saved = sys.dup(0, 10)
        sys.set_cloexec(saved)
        sys.dup2(reader, 0)
        sys.close(reader)
        try:
            status = self.executor().run_command(node.commands[-1])
        finally:
            sys.dup2(saved, 0)
            sys.close(saved)
        job = jobs.add_job(shell, pids, pids[0], jobs.LazyText(node), foreground=True)
        self.wait_foreground(job)
        return self._pipe_status(
            [*(jobs.exit_code(job.statuses.get(pid, 0)) for pid in pids), status]
        )

    def executor(self) -> Executor:
        """Give this object as what it is."""
        return self  # type: ignore[return-value]  # Executor is the only subclass.

    def start_stages(
        self, node: Pipeline, *, foreground: bool, output: int | None = None, count: int = 0
    ) -> list[int]:
        """Fork the stages of a pipeline; give their pids.

        Args:
            node: the pipeline.
            foreground: whether it may read the terminal and take Ctrl-C.
            output: where the last of them writes; None for where the shell does.
            count: how many stages; 0 for all.
        """
        sys = self.shell.sys
        pids: list[int] = []
        previous: int | None = None
        commands = node.commands[: count or len(node.commands)]
        for number, command in enumerate(commands):
            final = number == len(commands) - 1
            reader, writer = (None, output) if final else sys.pipe()
            merged = number in node.merged

            def stage(
                child: Executor,
                command: Node = command,
                ends: tuple[int | None, int | None, int | None] = (previous, reader, writer),
                merged: bool = merged,  # noqa: FBT001 - |&
            ) -> int:
                connect(child.shell.sys, *ends, merged=merged)
                child.own = command
                if command is commands[-1] and node.negated and isinstance(command, Subshell):
                    child.shell.condition_depth -= "e" in child.shell.options
                child.shell.subshell_level -= isinstance(command, Simple)
                return child.run_command(command, last=isinstance(command, (Simple, Subshell)))

            pids.append(self.fork(stage, pids[0] if pids else 0, foreground=foreground))
            if previous is not None:
                sys.close(previous)
            if writer is not None and not final:
                sys.close(writer)
            previous = reader
        return pids

    # -- Processes --------------------------------------------------------------------------------

    def fork(self, run: Callable[[Executor], int], pgid: int, *, foreground: bool) -> int:
        """Fork a subshell that runs something; give its pid.

        Args:
            run: gets the subshell's executor, gives an exit code.
            pgid: the process group to join under job control, 0 for a new one.
            foreground: whether it may read the terminal and take Ctrl-C.
        """
        shell = self.shell
        control = shell.interactive

        # The copy is taken here and now: the child may run much later.
        state = shell.subshell()

        def entry(sys: Sys) -> int:
            from vshell.shell.execute import Executor  # noqa: PLC0415 - needs this module

            state.sys = sys
            child = Executor(state)
            child.prepare_child(pgid, control=control, foreground=foreground)
            return child.run_to_exit(lambda: run(child))

        pid = self._fork_ignoring(entry) if not (control or foreground) else shell.sys.fork(entry)
        if control:
            group = pgid or pid
            shell.sys.setpgid(pid, group)
            if foreground and shell.at_prompt:
                shell.sys.tcsetpgrp(0, group)
        return pid

    # Without job control, what runs in the background is deaf to the keys from its first moment on.
    def _fork_ignoring(self, entry: Callable[[Sys], int]) -> int:
        sys = self.shell.sys
        old = sys.sigaction(sg.SIGINT, sg.SIG_IGN)
        pid = sys.fork(entry)
        sys.sigaction(sg.SIGINT, old)
        return pid

    def prepare_child(self, pgid: int, *, control: bool, foreground: bool) -> None:
        """Set up a forked shell: its group, its signals, its standard input."""
        shell = self.shell
        sys = shell.sys
        if control:
            sys.setpgid(0, pgid)
            if foreground and shell.at_prompt:
                sys.tcsetpgrp(0, pgid or sys.getpid())
        ignored = {s for s in (sg.SIGINT, sg.SIGQUIT) if not control and not foreground}
        inherited = shell.inherited_traps or {}
        trapped = {sg.NUMBERS[name] for name in inherited if name in sg.NUMBERS}
        if "EXIT" in inherited:
            # Those that would have run the parent's trap first.
            trapped |= set(ENDING_SIGNALS)
        for signal in sorted({*_RESET_SIGNALS, *trapped}):
            name = sg.NAMES[signal]
            keep = shell.traps.get(name) == "" or name in shell.ignored_at_start
            sys.sigaction(signal, sg.SIG_IGN if signal in ignored or keep else sg.SIG_DFL)
        if inherited.get("EXIT") is not None:
            shell.inherited_traps = {
                name: text for name, text in inherited.items() if name != "EXIT"
            }
        if not control and not foreground:
            fd = sys.open("/dev/null")
            if fd != 0:
                sys.dup2(fd, 0)
                sys.close(fd)

    def wait_foreground(self, job: jobs.Job) -> int:
        """Wait until a foreground job has ended or stopped; give its status.

        Raises:
            Leave: SIGINT has ended it, and with it the script.
        """
        shell = self.shell
        status = jobs.wait_for_job(shell, job)
        if shell.interactive and shell.at_prompt:
            self._take_terminal_back(job)
        elif job.is_done():
            jobs.report_foreground(shell, job)
            signal = job.status() & 0x7F
            if signal == sg.SIGINT and not shell.traps.get("INT"):
                shell.jobs = [one for one in shell.jobs if one is not job]
                # bash takes the interrupt for its own only if it got one.
                if shell.interrupted:
                    raise Leave(128 + sg.SIGINT, "signal")
        elif job.stopped:
            job.foreground = False
        jobs.forget_done(shell)
        if shell.coprocesses:
            from vshell.shell.coproc import close_ended  # noqa: PLC0415 - coproc only

            close_ended(shell)
        return status

    def _take_terminal_back(self, job: jobs.Job) -> None:
        shell = self.shell
        shell.sys.tcsetpgrp(0, shell.sys.getpgrp())
        if job.stopped:
            job.foreground = False
            job.notified = True
            shell.write_error("\n" + jobs.job_line(shell, job))
        elif not job.is_done():
            job.foreground = False
            shell.interrupted = True
            text = f"`{job.command}' is waiting in the kernel and cannot be interrupted"
            shell.write_error(f"\nvshell: {text}; it goes on as job [{job.number}]\n")
        else:
            signal = job.status() & 0x7F
            if signal == sg.SIGINT:
                shell.interrupted = True
                shell.write_error("\n")
            elif signal not in (0, sg.SIGPIPE):
                core = " (core dumped)" if job.status() & 0x80 else ""
                shell.write_error(f"{sg.DESCRIPTIONS.get(signal, '')}{core}\n")

    # -- Substitutions ----------------------------------------------------------------------------

    def substitute(self, part: CommandPart) -> str:
        """Run the commands of $(...) in a subshell and give what they print."""
        shell = self.shell
        sys = shell.sys
        if part.body is None:
            from vshell.shell.bash import report_syntax_error  # noqa: PLC0415 - needs this module

            assert isinstance(part.error, ShellSyntaxError)
            report_syntax_error(shell, part.error, "", 1, kind="command substitution")
            shell.substitution_status = shell.status = 0
            return ""
        path = self._only_input(part.body)
        if path is not None:
            return self._read_file(path)
        body = part.body
        reader, writer = sys.pipe()

        def inner(child: Executor) -> int:
            connect(child.shell.sys, None, reader, writer, merged=False)
            child.shell.trace_depth += 1
            child.shell.line_offset += max(shell.line - part.line, 0) if part.line else 0
            if "inherit_errexit" not in child.shell.shopt:
                child.shell.options.discard("e")
            child.substitutes = True
            return child.run_list(body, last=True)

        interactive, shell.interactive = shell.interactive, False
        try:
            pid = self.fork(inner, 0, foreground=True)
        finally:
            shell.interactive = interactive
        sys.close(writer)
        data = read_all(sys, reader)
        sys.close(reader)
        status = wait_for(sys, pid)
        if shell.interrupted and shell.interactive:
            # Ctrl-C at a prompt gives up the command that wants the output, too.
            shell.write_error("\n")
            raise Leave(128 + sg.SIGINT, "command")
        shell.substitution_status = shell.status = jobs.exit_code(status)
        return data.decode("utf-8", "surrogateescape")

    # $(< file) reads the file without any process.
    def _only_input(self, body: List) -> str | None:
        if len(body.items) != 1:
            return None
        command, background = body.items[0]
        if background or command.rest or len(command.first.commands) != 1 or command.first.negated:
            return None
        node = command.first.commands[0]
        if not isinstance(node, Simple) or node.words or node.assignments:
            return None
        if len(node.redirects) != 1 or node.redirects[0].operator != "<":
            return None
        if node.redirects[0].fd not in (None, 0) or node.redirects[0].variable:
            return None
        return self.executor().expander.single(node.redirects[0].target)

    def _read_file(self, path: str) -> str:
        from vshell.abi.errno import strerror  # noqa: PLC0415 - an error's text only

        shell = self.shell
        sys = shell.sys
        try:
            fd = sys.open(path)
            data = read_all(sys, fd)
            sys.close(fd)
        except KernelError as error:
            shell.complain(f"{path}: {strerror(error.errno)}")
            shell.substitution_status = shell.status = 1
            return ""
        shell.substitution_status = shell.status = 0
        return data.decode("utf-8", "surrogateescape")

    def start_process(self, part: ProcessPart) -> str:
        """Start the commands of <(...) or >(...); give the path that leads to them."""
        shell = self.shell
        sys = shell.sys
        reader, writer = sys.pipe()
        ours, theirs = (reader, writer) if part.direction == "<" else (writer, reader)
        others = list(shell.process_descriptors)

        def inner(child: Executor) -> int:
            for fd in (*others, ours):
                child.shell.sys.close(fd)
            target = 1 if part.direction == "<" else 0
            child.shell.sys.dup2(theirs, target)
            child.shell.sys.close(theirs)
            return child.run_list(part.body, last=True)

        interactive, shell.interactive = shell.interactive, False
        try:
            pid = self.fork(inner, 0, foreground=True)
        finally:
            shell.interactive = interactive
        sys.close(theirs)
        fd = _HIGHEST_DESCRIPTOR
        used = set(sys.descriptors())
        while fd in used:
            fd -= 1
        sys.dup2(ours, fd)
        sys.close(ours)
        shell.process_descriptors.append(fd)
        shell.last_background = shell.last_process = pid
        return f"/dev/fd/{fd}"

    def close_processes(self, kept: int) -> None:
        """Close the descriptors of process substitutions that a command had, but the first."""
        shell = self.shell
        while len(shell.process_descriptors) > kept:
            fd = shell.process_descriptors.pop()
            if fd in shell.sys.descriptors():
                shell.sys.close(fd)

    def run_child(self, run: Callable[[Executor], int], text: jobs.LazyText | str) -> int:
        """Fork something in the foreground and wait for it; give its status."""
        shell = self.shell
        try:
            pid = self.fork(run, 0, foreground=True)
        except KernelError as error:
            from vshell.abi.errno import strerror  # noqa: PLC0415 - an error's text only

            raise ShellError(f"fork: {strerror(error.errno)}", 254) from None
        job = jobs.add_job(shell, [pid], pid, text, foreground=True)
        return self.wait_foreground(job)
