"""Execution: commands of the syntax tree, run by a shell process.

What must change the shell itself (builtins, functions, assignments) runs in its own
process; everything else is forked, each stage of a pipeline at the same time as the others.
A shell that has only one program left to run becomes that program without forking again,
as bash does, so that pids agree. ``process`` has what forks.
"""

from __future__ import annotations

from vshell.abi import signals as sg
from vshell.kernel import costs
from vshell.shell import jobs
from vshell.shell.depth import DEPTH_USUAL, deepen, surface
from vshell.shell.expand import Expander
from vshell.shell.process import Forks
from vshell.shell.redirect import Saved, apply_redirects
from vshell.shell.simple import run_simple
from vshell.shell.state import Discard, Leave, LoopControl, Shell, ShellError
from vshell.shell.syntax import ArithmeticCommand, Conditional, Function, Simple, Subshell

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from vshell.shell.syntax import AndOr, List, Node, Pipeline

__all__ = ["Executor"]

# Commands whose failure counts for set -e; the others fail because one of these has failed.
_CAN_FAIL = (Simple, Subshell, ArithmeticCommand, Conditional)
# Commands inside each other: bash's stack of 8 MB is full at about so many.
_DEPTH_MAX = 20_000


class Executor(Forks):
    """Runs commands for one shell process."""

    def __init__(self, shell: Shell) -> None:
        """Serve a shell."""
        super().__init__(shell)
        self.expander = Expander(shell, self.substitute, self.start_process)
        # The command this process was forked for: it may become its program, redirections or not.
        self.own: Node | None = None
        # Whether this process was forked for $(...).
        self.substitutes = False

    # -- Lists and pipelines ----------------------------------------------------------------------

    def run_list(self, node: List, *, last: bool = False) -> int:
        """Run commands one after the other; give the last one's status.

        Args:
            node: the commands.
            last: whether nothing follows, so that a program may take the shell's place.
        """
        shell = self.shell
        final = len(node.items) - 1
        for number, (command, background) in enumerate(node.items):
            if background:
                self._background(command)
                shell.status = 0
            else:
                self.run_and_or(command, last=last and number == final)
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

    def run_and_or(self, node: AndOr, *, last: bool = False) -> int:
        """Run pipelines joined by && and ||."""
        shell = self.shell
        if not node.rest:
            return self.run_pipeline(node.first, last=last)
        depth = shell.condition_depth
        try:
            shell.condition_depth = depth + 1
            status = self.run_pipeline(node.first)
            for number, (operator, pipeline) in enumerate(node.rest):
                if (operator == "&&") != (status == 0):
                    continue
                final = number == len(node.rest) - 1
                shell.condition_depth = depth + (not final)
                status = self.run_pipeline(pipeline, last=last and final)
        finally:
            shell.condition_depth = depth
        return status

    def run_pipeline(self, node: Pipeline, *, last: bool = False) -> int:
        """Run a pipeline; give its status."""
        shell = self.shell
        start = self._times() if node.timed else None
        depth = shell.condition_depth
        command = node.commands[0]
        try:
            # Behind "!" nothing ends a shell with -e; the ERR trap runs all the same.
            shell.condition_depth = depth + (node.negated and "e" in shell.options)
            if len(node.commands) == 1:
                last = last and not node.negated and not node.timed
                status = self.run_command(command, last=last)
                if isinstance(command, _CAN_FAIL):
                    shell.pipe_statuses = [status]
            else:
                status = self.run_stages(node)
                failed = shell.pipe_statuses[-1]
                conditional = shell.condition_depth or "e" in shell.options
                if failed and isinstance(node.commands[-1], Subshell) and not conditional:
                    # bash runs the trap for a subshell that is the last stage, too.
                    shell.status = failed
                    self._run_error_trap()
        finally:
            shell.condition_depth = depth
        if node.negated:
            status = int(status == 0)
        shell.status = status
        if start is not None:
            self._print_times(start, posix=node.posix_time)
        if (
            status
            and not depth
            and not node.negated
            and (len(node.commands) > 1 or isinstance(command, _CAN_FAIL))
        ):
            self._failed(status)
        return status

    # set -e, and the ERR trap.
    def _failed(self, status: int) -> None:
        shell = self.shell
        self._run_error_trap()
        if "e" in shell.options:
            raise Leave(status, "shell")

    def _run_error_trap(self) -> None:
        if self.shell.traps.get("ERR") and "ERR" not in self.shell.trap_running:
            self.run_trap("ERR")

    def _background(self, node: AndOr) -> None:
        shell = self.shell
        # The text is made here: the commands may have changed what it is made from later.
        text = jobs.LazyText(node)
        if not node.rest and len(node.first.commands) > 1 and not node.first.negated:
            pids = self.start_stages(node.first, foreground=False)
        else:

            def whole(child: Executor) -> int:
                if node.rest or node.first.timed:
                    return child.run_and_or(node, last=True)
                # bash does not negate what it runs in the background.
                command = child.own = node.first.commands[0]
                child.shell.subshell_level -= isinstance(command, Simple)
                return child.run_command(command, last=isinstance(command, (Simple, Subshell)))

            pids = [self.fork(whole, 0, foreground=False)]
        shell.last_background = pids[-1]
        job = jobs.add_job(shell, pids, pids[0], text, foreground=False)
        if shell.interactive and shell.at_prompt:
            shell.write_error(f"[{job.number}] {pids[-1]}\n")

    # -- Commands ---------------------------------------------------------------------------------

    def run_command(self, node: Node, *, last: bool = False) -> int:
        """Run one command; give its status."""
        shell = self.shell
        shell.line = node.line + shell.line_offset
        shell.sys.work(costs.COMMAND_NS)
        shell.depth += 1
        opened = len(shell.process_descriptors)
        if "n" in shell.options and not shell.at_prompt:
            shell.depth -= 1
            return shell.status
        try:
            if shell.depth > DEPTH_USUAL:
                if shell.depth > _DEPTH_MAX:
                    self.overflow()
                deepen(shell.depth)
            if isinstance(node, Simple):
                status = run_simple(self, node, last=last)
            else:
                status = self._run_compound(node, last=last)
        except Discard as error:
            shell.complain(str(error))
            self._leave_command(opened)
            raise Leave(1, "line") from None
        except Exception:
            # Not what exec raises: the descriptors then belong to the new program.
            self._leave_command(opened)
            raise
        self._leave_command(opened)
        shell.status = status
        return status

    def _leave_command(self, opened: int) -> None:
        self.shell.depth -= 1
        if self.shell.depth == DEPTH_USUAL:
            surface()
        if len(self.shell.process_descriptors) > opened:
            self.close_processes(opened)

    def _run_compound(self, node: Node, *, last: bool) -> int:
        from vshell.shell.compound import run_compound  # noqa: PLC0415 - most lines have none

        if not node.redirects or isinstance(node, Function):
            return run_compound(self, node, last=last)
        if isinstance(node, Subshell):
            # A subshell's redirections are its own: a fault in them is, too.
            return run_compound(self, node, last=last)
        return self.with_redirects(node, lambda: run_compound(self, node, last=False))

    def with_redirects(self, node: Node, run: Callable[[], int]) -> int:
        """Run something with a command's redirections; give its status, or 1."""
        shell = self.shell
        saved = Saved(shell.sys)
        try:
            try:
                apply_redirects(self, node.redirects, saved)
            except Discard:
                raise
            except ShellError as error:
                shell.complain(str(error))
                saved.restore()
                return 1
            status = run()
        except Exception:
            # Not what exec raises: where the descriptors lead is then the new program's.
            saved.restore()
            raise
        saved.restore()
        return status

    # A stack too deep: bash knows no limit and dies of it.
    def overflow(self) -> None:
        """Die as of a stack overflow. Never returns."""
        sys = self.shell.sys
        sys.sigaction(sg.SIGSEGV, sg.SIG_DFL)
        sys.kill(sys.getpid(), sg.SIGSEGV)

    # -- The end ----------------------------------------------------------------------------------

    def run_to_exit(self, run: Callable[[], int]) -> int:
        """Run something as the last thing this process does; give its exit code."""
        shell = self.shell
        killed = 0
        try:
            status = run()
            if shell.pending_signals:
                self.run_traps()
        except Leave as leaving:
            status = leaving.status
            killed = status - 128 if leaving.what == "signal" else 0
        except LoopControl:
            status = shell.status
        except ShellError as error:
            shell.complain(str(error))
            status = error.status
        # A trap run because of a signal sees the $? of the command before.
        status = self.run_exit_trap(shell.status if killed else status)
        if killed:
            shell.sys.sigaction(killed, sg.SIG_DFL)
            shell.sys.kill(shell.sys.getpid(), killed)
        return status

    def run_exit_trap(self, status: int) -> int:
        """Run the EXIT trap, once; give the exit code."""
        shell = self.shell
        shell.status = status
        if not shell.traps.get("EXIT"):
            return status
        try:
            self.run_trap("EXIT")
        except Leave as leaving:
            return leaving.status
        except LoopControl:
            return status
        finally:
            shell.traps.pop("EXIT", None)
        return status

    # -- Traps and times --------------------------------------------------------------------------

    def run_traps(self) -> None:
        """Run the traps of signals that have come.

        Raises:
            Leave: one has come that ends the shell, which only waited to run its EXIT trap.
        """
        shell = self.shell
        while shell.pending_signals:
            signal = shell.pending_signals.pop(0)
            name = sg.NAMES[signal]
            if name not in shell.traps:
                raise Leave(128 + signal, "signal")
            self.run_trap(name)

    def run_trap(self, name: str) -> None:
        """Run a trap's commands; $? is as it was."""
        from vshell.shell.bash import run_text  # noqa: PLC0415 - needs this module

        shell = self.shell
        action = shell.traps.get(name)
        if not action:
            return
        if name == "EXIT":
            del shell.traps[name]
        status, line, running = shell.status, shell.line, shell.trap_running
        statuses, current = shell.pipe_statuses, shell.current
        shell.trap_running = f"{running} {name}".lstrip()
        try:
            run_text(self, action, line if name in ("ERR", "DEBUG") else 1, kind="trap")
        finally:
            shell.trap_running = running
            shell.line, shell.pipe_statuses, shell.current = line, statuses, current
        shell.status = status

    def debug(self, node: Node) -> None:
        """Run the DEBUG trap before a command."""
        shell = self.shell
        if not shell.trap_running:
            shell.current = node
        if shell.traps.get("DEBUG") and "DEBUG" not in shell.trap_running:
            self.run_trap("DEBUG")

    def _times(self) -> tuple[int, int, int]:
        user, system, children = self.shell.sys.cpu_times_ns()
        return self.shell.sys.clock_monotonic_ns(), user + children, system

    def _print_times(self, start: tuple[int, int, int], *, posix: bool) -> None:
        template = None if posix else self.shell.get("TIMEFORMAT")
        if template is not None:
            from vshell.shell.timing import format_times  # noqa: PLC0415 - TIMEFORMAT only

            elapsed = [after - before for before, after in zip(start, self._times(), strict=True)]
            try:
                self.shell.write_error(format_times(template, elapsed))
            except ShellError as error:
                self.shell.complain(str(error))
            return
        names = ("real", "user", "sys")
        lines = []
        for name, before, after in zip(names, start, self._times(), strict=True):
            seconds, milliseconds = divmod((after - before) // 1_000_000, 1000)
            if posix:
                lines.append(f"{name} {seconds}.{milliseconds // 10:02d}\n")
            else:
                lines.append(f"{name}\t{seconds // 60}m{seconds % 60}.{milliseconds:03d}s\n")
        self.shell.write_error(("" if posix else "\n") + "".join(lines))
