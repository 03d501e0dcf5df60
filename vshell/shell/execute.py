"""Execution: commands of the syntax tree, run by a shell process.

What must change the shell itself (builtins, functions, assignments) runs in its own
process; everything else is forked, each stage of a pipeline at the same time as the others.
A forked shell that has only one program to run becomes that program without forking again,
as bash does, so that pids agree.

More than 400 lines, one idea: a pipeline and the processes it needs are one thing; ``simple`` and
``compound`` hold what stands in it.
"""

from __future__ import annotations

from vshell.abi import signals as sg
from vshell.abi.errno import EACCES, EINTR, KernelError
from vshell.kernel import costs
from vshell.shell import jobs
from vshell.shell.expand import Expander
from vshell.shell.redirect import Saved, apply_redirects
from vshell.shell.simple import run_simple
from vshell.shell.state import Leave, LoopControl, Shell, ShellError
from vshell.shell.syntax import Function, Simple

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from vshell.kernel.syscall import Sys
    from vshell.shell.syntax import AndOr, List, Node, Pipeline

__all__ = ["Executor"]

_RESET_SIGNALS = (sg.SIGINT, sg.SIGQUIT, sg.SIGTERM, sg.SIGTSTP, sg.SIGTTIN, sg.SIGTTOU, sg.SIGCHLD)


class Executor:
    """Runs commands for one shell process."""

    def __init__(self, shell: Shell) -> None:
        """Serve a shell."""
        self.shell = shell
        self.expander = Expander(shell, self._substitute)

    # -- Lists and pipelines ----------------------------------------------------------------------

    def run_list(self, node: List, *, last: bool = False) -> int:
        """Run commands one after the other; give the last one's status.

        Args:
            node: the commands.
            last: whether nothing follows, so that a program may take the shell's place.
        """
        shell = self.shell
        final = len(node.items) - 1
        for number, (command, background, source) in enumerate(node.items):
            if background:
                self._background(command, source)
                shell.status = 0
            else:
                self.run_and_or(command, source, last=last and number == final)
            self._between_commands()
        return shell.status

    def _between_commands(self) -> None:
        shell = self.shell
        if shell.pending_signals:
            self.run_traps()
        if shell.interrupted and shell.interactive:
            raise Leave(130, "command")
        if shell.jobs and not shell.interactive:
            jobs.notify(shell)

    def run_and_or(self, node: AndOr, source: str = "", *, last: bool = False) -> int:
        """Run pipelines joined by && and ||."""
        shell = self.shell
        if not node.rest:
            return self.run_pipeline(node.first, source, last=last)
        shell.condition_depth += 1
        status = self.run_pipeline(node.first, source)
        for number, (operator, pipeline) in enumerate(node.rest):
            final = number == len(node.rest) - 1
            if (operator == "&&") != (status == 0):
                continue
            if final:
                shell.condition_depth -= 1
            try:
                status = self.run_pipeline(pipeline, source, last=last and final)
            finally:
                if final:
                    shell.condition_depth += 1
        shell.condition_depth -= 1
        return status

    def run_pipeline(self, node: Pipeline, source: str = "", *, last: bool = False) -> int:
        """Run a pipeline; give its status."""
        shell = self.shell
        start = self._times() if node.timed else None
        if node.negated:
            shell.condition_depth += 1
        if len(node.commands) == 1:
            status = self.run_command(
                node.commands[0], source, last=last and not node.negated and not node.timed
            )
            shell.pipe_statuses = [status]
        else:
            status = self._run_stages(node, source)
        if node.negated:
            shell.condition_depth -= 1
            status = int(status == 0)
        shell.status = status
        if start is not None:
            self._print_times(start)
        if status and not shell.condition_depth and not node.negated:
            self._failed(status)
        return status

    # set -e, and the ERR trap.
    def _failed(self, status: int) -> None:
        shell = self.shell
        if shell.traps.get("ERR"):
            self.run_trap("ERR")
        if "e" in shell.options:
            raise Leave(status, "shell")

    def _run_stages(self, node: Pipeline, source: str) -> int:
        shell = self.shell
        pids = self._start_stages(node, source, foreground=True)
        job = jobs.add_job(shell, pids, pids[0], source, foreground=True)
        status = self.wait_foreground(job)
        shell.pipe_statuses = [jobs.exit_code(job.statuses.get(pid, 0)) for pid in pids]
        if "pipefail" in shell.options:
            failed = [one for one in shell.pipe_statuses if one]
            status = failed[-1] if failed else 0
        return status

    def _start_stages(self, node: Pipeline, source: str, *, foreground: bool) -> list[int]:
        sys = self.shell.sys
        pids: list[int] = []
        previous: int | None = None
        for number, command in enumerate(node.commands):
            final = number == len(node.commands) - 1
            reader = writer = None
            if not final:
                reader, writer = sys.pipe()
            merged = number in node.merged

            def stage(
                child: Executor,
                command: Node = command,
                ends: tuple[int | None, int | None, int | None] = (previous, reader, writer),
                merged: bool = merged,  # noqa: FBT001 - |&
            ) -> int:
                _connect(child.shell.sys, *ends, merged=merged)
                return child.run_command(command, source, last=True)

            pids.append(self.fork(stage, pids[0] if pids else 0, foreground=foreground))
            if previous is not None:
                sys.close(previous)
            if writer is not None:
                sys.close(writer)
            previous = reader
        return pids

    def _background(self, node: AndOr, source: str) -> None:
        shell = self.shell
        if not node.rest and len(node.first.commands) > 1 and not node.first.negated:
            pids = self._start_stages(node.first, source, foreground=False)
        else:

            def whole(child: Executor) -> int:
                return child.run_and_or(node, source, last=True)

            pids = [self.fork(whole, 0, foreground=False)]
        shell.last_background = pids[-1]
        job = jobs.add_job(shell, pids, pids[0], source, foreground=False)
        if shell.interactive:
            shell.write_error(f"[{job.number}] {pids[-1]}\n")

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
            state.sys = sys
            child = Executor(state)
            child.prepare_child(pgid, control=control, foreground=foreground)
            return child.run_to_exit(lambda: run(child))

        pid = shell.sys.fork(entry)
        if control:
            group = pgid or pid
            try:
                shell.sys.setpgid(pid, group)
            except KernelError as error:
                # It has been faster: it is in its group, and runs its program by now.
                if error.errno != EACCES:
                    raise
            if foreground:
                shell.sys.tcsetpgrp(0, group)
        return pid

    def prepare_child(self, pgid: int, *, control: bool, foreground: bool) -> None:
        """Set up a forked shell: its group, its signals, its standard input."""
        sys = self.shell.sys
        if control:
            sys.setpgid(0, pgid)
            if foreground:
                sys.tcsetpgrp(0, pgid or sys.getpid())
        ignored = {s for s in (sg.SIGINT, sg.SIGQUIT) if not control and not foreground}
        for signal in _RESET_SIGNALS:
            name = sg.NAMES[signal]
            keep = self.shell.traps.get(name) == ""
            sys.sigaction(signal, sg.SIG_IGN if signal in ignored or keep else sg.SIG_DFL)
        if not control and not foreground:
            fd = sys.open("/dev/null")
            if fd != 0:
                sys.dup2(fd, 0)
                sys.close(fd)

    def run_to_exit(self, run: Callable[[], int]) -> int:
        """Run something as the last thing this process does; give its exit code."""
        shell = self.shell
        try:
            status = run()
        except Leave as leaving:
            status = leaving.status
        except LoopControl:
            status = 0
        except ShellError as error:
            shell.complain(str(error))
            status = error.status
        shell.status = status
        if shell.traps.get("EXIT"):
            try:
                self.run_trap("EXIT")
            except Leave as leaving:
                status = leaving.status
        return status

    def wait_foreground(self, job: jobs.Job) -> int:
        """Wait until a foreground job has ended or stopped; give its status.

        Raises:
            Leave: SIGINT has ended it, and with it the script.
        """
        shell = self.shell
        status = jobs.wait_for_job(shell, job)
        if shell.interactive:
            self._take_terminal_back(job)
        elif job.is_done():
            signal = job.status() & 0x7F
            if signal not in (0, sg.SIGINT, sg.SIGPIPE):
                shell.write_error(jobs.killed_line(shell, job))
            if signal == sg.SIGINT:
                shell.interrupted = True
                if not shell.traps.get("INT"):
                    shell.jobs = [one for one in shell.jobs if one is not job]
                    raise Leave(130, "shell")
        jobs.forget_done(shell)
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
                shell.write_error(f"{sg.DESCRIPTIONS.get(signal, '')}\n")

    # Run the commands of $(...) in a subshell and give what they print.
    def _substitute(self, body: List) -> str:
        shell = self.shell
        sys = shell.sys
        reader, writer = sys.pipe()

        def inner(child: Executor) -> int:
            _connect(child.shell.sys, None, reader, writer, merged=False)
            return child.run_list(body, last=True)

        interactive, shell.interactive = shell.interactive, False
        try:
            pid = self.fork(inner, 0, foreground=True)
        finally:
            shell.interactive = interactive
        sys.close(writer)
        chunks = []
        while True:
            data = sys.read(reader)
            if not data:
                break
            chunks.append(data)
        sys.close(reader)
        _, status = _wait_for(sys, pid)
        shell.status = jobs.exit_code(status)
        return b"".join(chunks).decode("utf-8", "surrogateescape")

    # -- Commands ---------------------------------------------------------------------------------

    def run_command(self, node: Node, source: str = "", *, last: bool = False) -> int:
        """Run one command; give its status."""
        shell = self.shell
        shell.line = node.line
        shell.sys.work(costs.COMMAND_NS)
        if isinstance(node, Simple):
            status = run_simple(self, node, source, last=last)
        else:
            from vshell.shell.compound import run_compound  # noqa: PLC0415 - most lines have none

            if node.redirects and not isinstance(node, Function):
                status = self.with_redirects(
                    node, lambda: run_compound(self, node, source, last=False)
                )
            else:
                status = run_compound(self, node, source, last=last)
        shell.status = status
        return status

    def with_redirects(self, node: Node, run: Callable[[], int]) -> int:
        """Run something with a command's redirections; give its status, or 1."""
        shell = self.shell
        saved = Saved(shell.sys)
        try:
            try:
                apply_redirects(
                    shell.sys, self.expander, node.redirects, saved, noclobber="C" in shell.options
                )
            except ShellError as error:
                shell.complain(str(error))
                return 1
            return run()
        finally:
            saved.restore()

    # -- Traps and times --------------------------------------------------------------------------

    def run_traps(self) -> None:
        """Run the traps of signals that have come."""
        shell = self.shell
        while shell.pending_signals:
            signal = shell.pending_signals.pop(0)
            self.run_trap(sg.NAMES[signal])

    def run_trap(self, name: str) -> None:
        """Run a trap's commands; $? is as it was."""
        from vshell.shell.bash import run_text  # noqa: PLC0415 - needs this module

        shell = self.shell
        action = shell.traps.get(name)
        if not action:
            return
        if name == "EXIT":
            del shell.traps[name]
        status = shell.status
        run_text(self, action, shell.line)
        if name != "EXIT":
            shell.status = status

    def _times(self) -> tuple[int, int, int]:
        user, system, children = self.shell.sys.cpu_times_ns()
        return self.shell.sys.clock_monotonic_ns(), user + children, system

    def _print_times(self, start: tuple[int, int, int]) -> None:
        names = ("real", "user", "sys")
        lines = []
        for name, before, after in zip(names, start, self._times(), strict=True):
            seconds, milliseconds = divmod((after - before) // 1_000_000, 1000)
            lines.append(f"{name}\t{seconds // 60}m{seconds % 60}.{milliseconds:03d}s\n")
        self.shell.write_error("\n" + "".join(lines))


# Make a pipeline's stage read the end of the pipe before it and write into the one behind it.
def _connect(
    sys: Sys, previous: int | None, reader: int | None, writer: int | None, *, merged: bool
) -> None:
    if previous is not None:
        sys.dup2(previous, 0)
        sys.close(previous)
    if reader is not None:
        sys.close(reader)
    if writer is not None:
        sys.dup2(writer, 1)
        sys.close(writer)
        if merged:
            sys.dup2(1, 2)


def _wait_for(sys: Sys, pid: int) -> tuple[int, int]:
    while True:
        try:
            return sys.wait4(pid)
        except KernelError as error:
            if error.errno != EINTR:
                return pid, 0
