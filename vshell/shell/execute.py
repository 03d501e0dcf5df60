"""Execution: commands of the syntax tree, run by a shell process.

What must change the shell itself (builtins, functions, assignments) runs in its own process; everything else is
forked, each stage of a pipeline at the same time as the others. A forked shell that has only one program to run
becomes that program without forking again, as bash does, so that pids agree.
"""

from __future__ import annotations

from vshell.abi import signals as sg
from vshell.abi.errno import ENOENT, ENOEXEC, KernelError, strerror
from vshell.kernel import costs
from vshell.shell import jobs
from vshell.shell.expand import Expander
from vshell.shell.redirect import Saved, apply_redirects
from vshell.shell.state import Leave, LoopControl, Shell, ShellError
from vshell.shell.syntax import (
    AndOr,
    ArithmeticCommand,
    ArithmeticFor,
    Assignment,
    Case,
    Conditional,
    For,
    Function,
    Group,
    If,
    List,
    Loop,
    Node,
    Pipeline,
    Simple,
    Subshell,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from vshell.kernel.syscall import Sys

__all__ = ["Executor"]

_DEPTH_MAX = 250
_DEFAULT_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"


class Executor:
    """Runs commands for one shell process."""

    def __init__(self, shell: Shell) -> None:
        """Serve a shell."""
        self.shell = shell
        self.expander = Expander(shell, self._substitute)

    # -- Lists and pipelines ------------------------------------------------------------------------

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
        status = self._wait_foreground(job)
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

    # -- Processes ------------------------------------------------------------------------------------

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
            shell.sys.setpgid(pid, group)
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
        for signal in (
            sg.SIGINT,
            sg.SIGQUIT,
            sg.SIGTERM,
            sg.SIGTSTP,
            sg.SIGTTIN,
            sg.SIGTTOU,
            sg.SIGCHLD,
        ):
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

    def _wait_foreground(self, job: jobs.Job) -> int:
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

    def _substitute(self, body: List) -> str:
        """Run the commands of $(...) in a subshell and give what they print."""
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

    # -- Commands -----------------------------------------------------------------------------------

    def run_command(self, node: Node, source: str = "", *, last: bool = False) -> int:
        """Run one command; give its status."""
        shell = self.shell
        shell.line = node.line
        shell.sys.work(costs.COMMAND_NS)
        if isinstance(node, Simple):
            status = self._simple(node, source, last=last)
        elif node.redirects and not isinstance(node, Function):
            status = self._with_redirects(node, lambda: self._compound(node, source, last=False))
        else:
            status = self._compound(node, source, last=last)
        shell.status = status
        return status

    def _with_redirects(self, node: Node, run: Callable[[], int]) -> int:
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

    def _compound(self, node: Node, source: str, *, last: bool) -> int:
        if isinstance(node, Subshell):
            return self._subshell(node, source, last=last)
        if isinstance(node, Group):
            return self.run_list(node.body, last=last)
        if isinstance(node, If):
            return self._if(node)
        if isinstance(node, Loop):
            return self._loop(node)
        if isinstance(node, For):
            return self._for(node)
        if isinstance(node, ArithmeticFor):
            return self._arithmetic_for(node)
        if isinstance(node, Case):
            return self._case(node)
        if isinstance(node, Function):
            self.shell.functions[node.name] = node
            return 0
        if isinstance(node, Conditional):
            from vshell.shell.conditional import evaluate_conditional  # noqa: PLC0415 - [[ only

            return evaluate_conditional(self, node.words)
        assert isinstance(node, ArithmeticCommand)
        try:
            return int(self.shell.arithmetic(self.expander.text(node.expression)) == 0)
        except ShellError as error:
            self.shell.complain(f"((: {error}")
            return 1

    def _subshell(self, node: Subshell, source: str, *, last: bool) -> int:
        if last and not self.shell.traps.get("EXIT"):
            return self.run_list(node.body, last=True)

        def inner(child: Executor) -> int:
            return child.run_list(node.body, last=True)

        pid = self.fork(inner, 0, foreground=True)
        job = jobs.add_job(self.shell, [pid], pid, source, foreground=True)
        return self._wait_foreground(job)

    def _condition(self, node: List) -> bool:
        shell = self.shell
        shell.condition_depth += 1
        try:
            return self.run_list(node) == 0
        finally:
            shell.condition_depth -= 1

    def _if(self, node: If) -> int:
        for condition, body in node.branches:
            if self._condition(condition):
                return self.run_list(body)
        return self.run_list(node.otherwise) if node.otherwise is not None else 0

    def _turns(
        self, turns: Callable[[], bool], body: List, step: Callable[[], None] | None = None
    ) -> int:
        """Run a loop's body while turns() says so; break and continue are dealt with here."""
        shell = self.shell
        status = 0
        shell.loop_depth += 1
        try:
            while turns():
                try:
                    status = self.run_list(body)
                except LoopControl as control:
                    if control.levels > 1 and shell.loop_depth > 1:
                        raise LoopControl(control.levels - 1, again=control.again) from None
                    status = 0
                    if not control.again:
                        break
                if step is not None:
                    step()
        finally:
            shell.loop_depth -= 1
        return status

    def _loop(self, node: Loop) -> int:
        return self._turns(lambda: self._condition(node.condition) != node.until, node.body)

    def _for(self, node: For) -> int:
        shell = self.shell
        words = list(shell.positional) if node.words is None else self.expander.words(node.words)
        waiting = iter(words)

        def turn() -> bool:
            word = next(waiting, None)
            if word is None:
                return False
            shell.set(node.name, word)
            return True

        return self._turns(turn, node.body)

    def _arithmetic_for(self, node: ArithmeticFor) -> int:
        def value(word: object) -> int:
            text = self.expander.text(word)  # type: ignore[arg-type]
            return self.shell.arithmetic(text) if text.strip() else 1

        value(node.init)
        return self._turns(
            lambda: bool(value(node.condition)), node.body, lambda: void(value(node.step))
        )

    def _case(self, node: Case) -> int:
        from vshell.shell.pattern import match, tokens_of  # noqa: PLC0415 - case only

        subject = self.expander.text(node.word)
        status = 0
        fall_through = False
        for patterns, body, terminator in node.items:
            matched = fall_through or any(
                match(tokens_of(self.expander.pieces(pattern)), subject) for pattern in patterns
            )
            fall_through = False
            if not matched:
                continue
            status = self.run_list(body) if body.items else 0
            if terminator == ";;":
                return status
            fall_through = terminator == ";&"
        return status

    # -- Simple commands ------------------------------------------------------------------------------

    def _simple(self, node: Simple, source: str, *, last: bool) -> int:
        shell = self.shell
        try:
            arguments = self.expander.words(node.words)
            if "x" in shell.options:
                self._trace(node, arguments)
            if not arguments:
                return self._only_assignments(node)
            return self._dispatch(node, arguments, source, last=last)
        except ShellError as error:
            shell.complain(str(error))
            if error.status == 127 and not shell.interactive:
                raise Leave(127, "shell") from None
            return error.status

    def _only_assignments(self, node: Simple) -> int:
        shell = self.shell
        shell_status = 0
        before = shell.status
        shell.status = 0
        for assignment in node.assignments:
            self.assign(assignment)
        shell_status = shell.status
        if not node.assignments:
            shell.status = before
            shell_status = shell.status if node.words else 0
        if node.redirects:
            return self._with_redirects(node, lambda: shell_status)
        return shell_status

    def assign(self, assignment: Assignment) -> None:
        """Carry out an assignment.

        Raises:
            ShellError: the variable is read-only.
        """
        shell = self.shell
        name = assignment.name
        if assignment.elements is not None:
            self._assign_array(assignment)
            return
        assert assignment.value is not None
        value = self.expander.text(assignment.value)
        if assignment.index is not None:
            index = self.expander.text(assignment.index)
            if assignment.append:
                value = shell.get_arith(name, index) + value
            shell.set_element(name, index, value)
            return
        if assignment.append:
            variable = shell.variables.get(name)
            if variable is not None and variable.integer:
                value = f"{variable.value() or 0}+({value})"
            else:
                value = (shell.get(name) or "") + value
        shell.set(name, value)

    def _assign_array(self, assignment: Assignment) -> None:
        shell = self.shell
        variable = shell.declare(assignment.name)
        if variable.readonly:
            raise ShellError(f"{assignment.name}: readonly variable")
        if variable.elements is None or not assignment.append:
            variable.elements = {}
        position = (
            max((int(key) for key in variable.elements), default=-1) + 1
            if not variable.associative
            else 0
        )
        assert assignment.elements is not None
        for word in assignment.elements:
            plain = word.source
            if plain.startswith("[") and "]=" in plain:
                key, _, _ = plain[1:].partition("]=")
                value = self.expander.text(word).partition("]=")[2]
                shell.set_element(assignment.name, key.strip("'\""), value)
                if not variable.associative:
                    position = shell.arithmetic(key) + 1
                continue
            for value in self.expander.words([word]):
                variable.elements[str(position)] = value
                position += 1

    def _trace(self, node: Simple, arguments: list[str]) -> None:
        from vshell.shell.expand import quote  # noqa: PLC0415 - set -x only

        shell = self.shell
        parts = []
        for one in node.assignments:
            if one.value is not None:
                parts.append(f"{one.name}={quote(self.expander.text(one.value))}")
        parts += [quote(argument) for argument in arguments]
        if parts:
            prefix = shell.get("PS4") or "+ "
            shell.write_error(f"{prefix}{' '.join(parts)}\n")

    def _dispatch(self, node: Simple, arguments: list[str], source: str, *, last: bool) -> int:
        from vshell.shell.builtins import find_builtin  # noqa: PLC0415 - needs this module

        shell = self.shell
        name = arguments[0]
        function = shell.functions.get(name)
        if function is not None:
            return self._with_everything(node, lambda: self.call_function(function, arguments))
        builtin = find_builtin(name)
        if builtin is not None:
            if name == "exec":
                return self._exec(node, arguments)
            if name in _KEEPS_ASSIGNMENTS:
                for assignment in node.assignments:
                    self.assign(assignment)
                return self._with_redirects(node, lambda: builtin(self, arguments))
            return self._with_everything(node, lambda: builtin(self, arguments))
        return self._external(node, arguments, source, last=last)

    # Run with the command's redirections and its assignments in force, and take both back.
    def _with_everything(self, node: Simple, run: Callable[[], int]) -> int:
        shell = self.shell
        if not node.assignments:
            return self._with_redirects(node, run) if node.redirects else run()
        shell.enter_function()
        try:
            for assignment in node.assignments:
                shell.make_local(assignment.name).exported = True
                self.assign(assignment)
            return self._with_redirects(node, run)
        finally:
            shell.leave_function()

    def call_function(self, function: Function, arguments: list[str]) -> int:
        """Call a shell function."""
        shell = self.shell
        if shell.depth >= _DEPTH_MAX:
            text = f"{function.name}: maximum function nesting level exceeded ({_DEPTH_MAX})"
            raise ShellError(text)
        positional, shell.positional = shell.positional, arguments[1:]
        loops, shell.loop_depth = shell.loop_depth, 0
        shell.depth += 1
        shell.function_names.append(function.name)
        shell.enter_function()
        try:
            return self.run_command(function.body)
        except Leave as leaving:
            if leaving.what != "function":
                raise
            return leaving.status
        finally:
            shell.leave_function()
            shell.function_names.pop()
            shell.depth -= 1
            shell.loop_depth = loops
            shell.positional = positional

    def _exec(self, node: Simple, arguments: list[str]) -> int:
        shell = self.shell
        try:
            apply_redirects(shell.sys, self.expander, node.redirects, None)
        except ShellError as error:
            shell.complain(str(error))
            if not shell.interactive:
                raise Leave(1, "shell") from None
            return 1
        if len(arguments) == 1:
            return 0
        extra = {
            a.name: self.expander.text(a.value) for a in node.assignments if a.value is not None
        }
        status = self.become(arguments[1:], extra)
        if not shell.interactive:
            raise Leave(status, "shell")
        return status

    def _external(self, node: Simple, arguments: list[str], source: str, *, last: bool) -> int:
        shell = self.shell
        extra = {
            a.name: self.expander.text(a.value) for a in node.assignments if a.value is not None
        }

        def program(child: Executor) -> int:
            try:
                apply_redirects(
                    child.shell.sys,
                    child.expander,
                    node.redirects,
                    None,
                    noclobber="C" in shell.options,
                )
            except ShellError as error:
                child.shell.complain(str(error))
                return 1
            return child.become(arguments, extra)

        if last and not shell.traps.get("EXIT") and not shell.jobs:
            return program(self)
        pid = self.fork(program, 0, foreground=True)
        job = jobs.add_job(shell, [pid], pid, source or " ".join(arguments), foreground=True)
        return self._wait_foreground(job)

    def become(self, arguments: list[str], extra: dict[str, str] | None = None) -> int:
        """Replace the process by a program; give 126 or 127 if that cannot be, having said why."""
        shell = self.shell
        name = arguments[0]
        path = self.find_program(name)
        if path is None:
            reason = "No such file or directory" if "/" in name else "command not found"
            shell.complain(f"{name}: {reason}")
            return 127
        environment = shell.environment(extra) | {"_": path}
        try:
            shell.sys.execve(path, arguments, environment)
        except KernelError as error:
            if error.errno == ENOEXEC:
                return self._run_script_without_magic(path, arguments)
            if error.errno == ENOENT:
                shell.complain(f"{name}: No such file or directory")
                return 127
            text = "Is a directory" if self._is_directory(path) else strerror(error.errno)
            shell.complain(f"{name}: {text}")
            return 126

    def _run_script_without_magic(self, path: str, arguments: list[str]) -> int:
        shell = self.shell
        fd = shell.sys.open(path)
        head = shell.sys.read(fd, 80)
        shell.sys.close(fd)
        if b"\0" in head.split(b"\n")[0]:
            shell.complain(f"{path}: cannot execute binary file: Exec format error")
            return 126
        shell.sys.execve("/bin/bash", ["bash", path, *arguments[1:]], shell.environment())

    def _is_directory(self, path: str) -> bool:
        try:
            return self.shell.sys.stat(path).mode & 0o170000 == 0o040000
        except KernelError:
            return False

    def find_program(self, name: str) -> str | None:
        """Find the file a command's name stands for; None if there is none."""
        if "/" in name:
            return name if self.shell.sys.access(name, 0) else None
        sys = self.shell.sys
        known = self.shell.hashed.get(name)
        if known is not None and sys.access(known, 1):
            return known
        found = None
        path = self.shell.get("PATH")
        for folder in (_DEFAULT_PATH if path is None else path).split(":"):
            candidate = f"{folder or '.'}/{name}"
            if not sys.access(candidate, 0) or self._is_directory(candidate):
                continue
            if sys.access(candidate, 1):
                self.shell.hashed[name] = candidate
                return candidate
            found = found or candidate
        return found

    # -- Traps and times ------------------------------------------------------------------------------

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
            milliseconds = (after - before) // 1_000_000
            seconds = f"{milliseconds // 60_000}m{milliseconds % 60_000 // 1000}.{milliseconds % 1000:03d}s"
            lines.append(f"{name}\t{seconds}\n")
        self.shell.write_error("\n" + "".join(lines))


_KEEPS_ASSIGNMENTS = frozenset(
    (":", "eval", "export", "readonly", "return", "set", "shift", "trap", "unset", ".")
)


def void(_: object) -> None:
    """Use a value for its effect."""


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
            if error.errno != 4:
                return pid, 0
