"""Jobs: what runs in the background or has been stopped.

And how the shell waits for it and reports.

Source: bash(1), "Job Control"; messages are bash 5.2's. Real: 02-park-edges,
05-self-exit, 11-loading-states.
"""

from __future__ import annotations

from vshell.abi import signals as sg
from vshell.abi.errno import ECHILD, EINTR, KernelError
from vshell.shell.state import Leave, ShellError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from vshell.shell.state import Shell
    from vshell.shell.syntax import AndOr, Node, Pipeline

__all__ = [
    "AmbiguousJobError",
    "Job",
    "LazyText",
    "add_job",
    "current_jobs",
    "exit_code",
    "find_job",
    "forget_done",
    "forget_ended",
    "job_line",
    "listed_jobs",
    "notify",
    "reap",
    "record",
    "report_foreground",
    "wait_any",
    "wait_for_job",
]

_WNOHANG, _WUNTRACED, _WCONTINUED = 1, 2, 8
_STATE_WIDTH = 24
_FINISHED_MAX = 1024


class AmbiguousJobError(ShellError):
    """Several jobs are meant by a text."""


class LazyText:
    """A command's text, made from its tree only when somebody wants to see it."""

    __slots__ = ("_node",)

    def __init__(self, node: AndOr | Pipeline | Node) -> None:
        """Hold the tree."""
        self._node = node

    def __str__(self) -> str:
        """Make the text."""
        from vshell.shell.unparse import command_text  # noqa: PLC0415 - few jobs are ever shown

        return command_text(self._node)

    def stages(self) -> list[str]:
        """Make the texts of a pipeline's stages."""
        from vshell.shell.unparse import stage_texts  # noqa: PLC0415 - as above

        return stage_texts(self._node)


class Job:
    """A pipeline that the shell knows by number."""

    def __init__(
        self, number: int, pids: list[int], pgid: int, text: LazyText | str, *, foreground: bool
    ) -> None:
        """Note a running job."""
        self.number = number
        self.pids = pids
        self.pgid = pgid
        self.text = text
        self.foreground = foreground
        self.statuses: dict[int, int] = {}
        self.stopped = False
        self.stop_signal = 0
        self.notified = False
        self.waited = False
        # It is the parent shell's: it is shown, and nothing else can be done with it.
        self.inherited = False
        self.folder = ""

    @property
    def command(self) -> str:
        """The command, as bash shows it."""
        return str(self.text)

    def copy(self) -> Job:
        """Make one like it, for a subshell."""
        other = Job(self.number, self.pids, self.pgid, self.text, foreground=self.foreground)
        other.statuses = dict(self.statuses)
        other.stopped = self.stopped
        other.stop_signal = self.stop_signal
        other.notified = self.notified
        other.inherited = True
        return other

    def is_done(self) -> bool:
        """Tell whether all of its processes have ended."""
        return all(pid in self.statuses for pid in self.pids)

    def status(self) -> int:
        """Give the wait status of its last process."""
        return self.statuses.get(self.pids[-1], 0)

    def state_text(self, *, long: bool = False) -> str:
        """Say what it does: Running, Stopped, Done, Exit 1, Killed; ``long`` with the reason."""
        if self.stopped:
            plain = self.stop_signal in (0, sg.SIGTSTP) or not long
            return "Stopped" if plain else sg.DESCRIPTIONS[self.stop_signal]
        return status_text(self.status()) if self.is_done() else "Running"


def status_text(status: int) -> str:
    """Say how a process has ended: Done, Exit 1, Killed, Segmentation fault (core dumped)."""
    if status & 0x7F:
        text = sg.DESCRIPTIONS.get(status & 0x7F, f"Signal {status & 0x7F}")
        return text + (" (core dumped)" if status & 0x80 else "")
    return f"Exit {status >> 8}" if status >> 8 else "Done"


def exit_code(status: int) -> int:
    """Turn a wait status into $?: the exit code, or 128 and the signal."""
    return 128 + (status & 0x7F) if status & 0x7F else status >> 8 & 0xFF


def listed_jobs(shell: Shell) -> list[Job]:
    """List the jobs that ``jobs`` shows."""
    return [job for job in shell.jobs if not job.foreground]


def current_jobs(shell: Shell) -> tuple[Job | None, Job | None]:
    """Give the current and the previous job.

    Stopped ones come before running ones, those before ended ones, the newest first.
    """
    ordered = sorted(
        listed_jobs(shell),
        key=lambda job: (job.stopped, not job.is_done(), job.number),
        reverse=True,
    )
    return (ordered[0] if ordered else None), (ordered[1] if len(ordered) > 1 else None)


def job_line(shell: Shell, job: Job, *, long: bool = False) -> str:
    """Write a job's line: "[1]+  Running                 sleep 9 &"."""
    current, previous = current_jobs(shell)
    mark = "+" if job is current else "-" if job is previous else " "
    ampersand = " &" if not job.stopped and not job.is_done() else ""
    state = f"{job.state_text(long=long):<{_STATE_WIDTH}s}"
    head = f"[{job.number}]{mark} "
    if not long:
        return f"{head} {state}{job.command}{ampersand}\n"
    stages = job.text.stages() if isinstance(job.text, LazyText) else [job.command]
    if len(job.pids) == 1 or len(stages) != len(job.pids):
        return f"{head}{job.pids[0]:>5d} {state}{job.command}{ampersand}\n"
    lines = [f"{head}{job.pids[0]:>5d} {state}{stages[0]}"]
    lines += [
        f"     {pid:>5d} {'':<{_STATE_WIDTH}s}| {stage}"
        for pid, stage in zip(job.pids[1:], stages[1:], strict=True)
    ]
    return "\n".join(lines) + ampersand + "\n"


def add_job(
    shell: Shell, pids: list[int], pgid: int, text: LazyText | str, *, foreground: bool
) -> Job:
    """Give a new job the lowest number above all others."""
    if any(job.inherited for job in shell.jobs):
        shell.jobs = [job for job in shell.jobs if not job.inherited]
    number = max((job.number for job in shell.jobs), default=0) + 1
    job = Job(number, pids, pgid, text, foreground=foreground)
    shell.jobs.append(job)
    return job


def find_job(shell: Shell, text: str) -> Job | None:
    """Find a job by %1, %%, %+, %-, %command or %?text.

    Raises:
        AmbiguousJobError: several could be meant.
    """
    body = text.removeprefix("%")
    current, previous = current_jobs(shell)
    if body in ("", "%", "+"):
        return current
    if body == "-":
        return previous or current
    listed = listed_jobs(shell)
    if body.isdigit():
        return next((job for job in listed if job.number == int(body)), None)
    if body.startswith("?"):
        found = [job for job in listed if body[1:] in job.command]
    else:
        found = [job for job in listed if job.command.startswith(body)]
    if len(found) > 1:
        raise AmbiguousJobError(f"{body}: ambiguous job spec")
    return found[0] if found else None


def record(shell: Shell, pid: int, status: int) -> None:
    """Note what wait4() told about a child."""
    for job in shell.jobs:
        if pid not in job.pids or job.inherited:
            continue
        if status & 0xFF == 0x7F:
            job.stopped = True
            job.stop_signal = status >> 8
            job.notified = False
        elif status == 0xFFFF:
            job.stopped = job.notified = False
        else:
            job.statuses[pid] = status
            job.notified = job.notified and not job.stopped
            job.stopped = False
            shell.finished[pid] = exit_code(status)
            if len(shell.finished) > _FINISHED_MAX:
                del shell.finished[next(iter(shell.finished))]
        return
    if status & 0xFF != 0x7F and status != 0xFFFF:
        shell.finished[pid] = exit_code(status)


def reap(shell: Shell) -> None:
    """Take note of all children that have ended or stopped meanwhile."""
    # Process substitutions are children, too, and no jobs.
    while shell.jobs or shell.last_process:
        try:
            changes = _WUNTRACED | _WCONTINUED if shell.interactive else 0
            pid, status = shell.sys.wait4(-1, _WNOHANG | changes)
        except KernelError:
            return
        if not pid:
            return
        record(shell, pid, status)


def wait_for_job(shell: Shell, job: Job, *, interruptible: bool = False) -> int:
    """Wait until a job has ended or stopped; give its exit code.

    A job that Ctrl-C cannot end, because it sleeps uninterruptibly in the kernel, is left to
    itself at the second Ctrl-C.

    Args:
        shell: whose job.
        job: which.
        interruptible: whether a trapped signal ends the waiting, as that of ``wait``.

    Raises:
        Leave: a signal has come that ends the shell.
    """
    sys = shell.sys
    while not job.is_done() and not job.stopped:
        if interruptible and shell.pending_signals:
            break
        left = [pid for pid in job.pids if pid not in job.statuses]
        try:
            changes = _WUNTRACED if shell.interactive else 0
            pid, status = sys.wait4(left[-1] if len(left) == 1 else -1, changes)
        except KernelError as error:
            if error.errno == ECHILD:
                for pid in left:
                    job.statuses.setdefault(pid, 127 << 8)
                break
            if error.errno == EINTR:
                _check_end(shell)
                if _is_stuck(shell, job) or (interruptible and _interrupts(shell)):
                    break
            continue
        record(shell, pid, status)
    if job.stopped:
        return 128 + (job.stop_signal or sg.SIGTSTP)
    return exit_code(job.status()) if job.is_done() else 130


# A signal that the shell only caught to run its EXIT trap ends it at once.
def _check_end(shell: Shell) -> None:
    for signal in shell.pending_signals:
        if sg.NAMES[signal] not in shell.traps:
            raise Leave(128 + signal, "signal")


def _interrupts(shell: Shell) -> bool:
    return bool(shell.pending_signals) or shell.interrupted


def _is_stuck(shell: Shell, job: Job) -> bool:
    if not shell.interactive or not job.foreground:
        return False
    try:
        return shell.sys.tty_interrupts(0) > 1
    except KernelError:
        return False


def notify(shell: Shell, line: int | None = None) -> None:
    """Report jobs that have changed.

    At a prompt all of them, in a script only those that a signal killed.

    Args:
        shell: whose jobs.
        line: the line a script's report names; None for the one read last.
    """
    reap(shell)
    for job in list(shell.jobs):
        if job.foreground or job.notified or job.inherited:
            continue
        if not (job.is_done() or job.stopped):
            continue
        if shell.at_prompt and shell.interactive:
            shell.write_error(job_line(shell, job))
        elif not job.is_done() or not job.status() & 0x7F:
            # A script is not told; `jobs' will say it. With -c, the job is forgotten.
            if not (job.is_done() and shell.from_command):
                continue
        elif not _report_killed(shell, job, line) and shell.interactive:
            shell.write_error(job_line(shell, job))
        job.notified = True
    forget_done(shell)


def report_foreground(shell: Shell, job: Job) -> None:
    """Say how a script's foreground job was killed, if it was; and which others were."""
    if not _report_killed(shell, job, None):
        signal = job.status() & 0x7F
        if signal not in (0, sg.SIGINT, sg.SIGPIPE):
            shell.write_error(status_text(job.status()) + "\n")
    notify(shell)


# Say that a job of a script was killed; give whether there was anything to say:
# "x.sh: line 3:   123 Killed                  cmd".
def _report_killed(shell: Shell, job: Job, line: int | None) -> bool:
    silent = (0, sg.SIGINT, sg.SIGPIPE, sg.SIGTERM)
    signal = job.status() & 0x7F
    if signal in silent or sg.NAMES.get(signal) in shell.traps:
        return False
    stages = job.text.stages() if isinstance(job.text, LazyText) else [job.command]
    if len(stages) != len(job.pids):
        stages = [job.command] * len(job.pids)
    lines = []
    for number, (pid, stage) in enumerate(zip(job.pids, stages, strict=True)):
        state = status_text(job.statuses.get(pid, 0))
        lines.append(
            f"{'     ' if number else ''}{pid:>5d} {state:<{_STATE_WIDTH}s}"
            f"{'| ' if number else ''}{stage}\n"
        )
    where = "" if shell.at_prompt else f"line {shell.input_line if line is None else line}: "
    shell.write_error(f"{shell.source_name()}: {where}{''.join(lines)}")
    return True


def forget_ended(shell: Shell) -> None:
    """Drop what has ended: a script can ask for its jobs' ends until the line is over."""
    for job in shell.jobs:
        job.notified = job.notified or (job.is_done() and not job.inherited)
    forget_done(shell)


def forget_done(shell: Shell) -> None:
    """Drop jobs that have ended and been reported."""
    shell.jobs = [
        job for job in shell.jobs if not (job.is_done() and (job.notified or job.foreground))
    ]


def wait_any(shell: Shell) -> tuple[int, int]:
    """Wait for any child; give its pid and wait status, pid 0 if a signal came or none is left."""
    try:
        return shell.sys.wait4(-1, _WUNTRACED)
    except KernelError as error:
        if error.errno == EINTR:
            _check_end(shell)
            if not _interrupts(shell):
                return wait_any(shell)
        return 0, 0
