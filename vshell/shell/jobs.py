"""Jobs: what runs in the background or has been stopped.

And how the shell waits for it and reports.

Source: bash(1), "Job Control"; messages are bash 5.2's. Real: 02-park-edges,
05-self-exit, 11-loading-states.
"""

from __future__ import annotations

from vshell.abi import signals as sg
from vshell.abi.errno import ECHILD, EINTR, KernelError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from vshell.shell.state import Shell

__all__ = [
    "Job",
    "add_job",
    "current_jobs",
    "exit_code",
    "find_job",
    "forget_done",
    "job_line",
    "killed_line",
    "notify",
    "reap",
    "record",
    "wait_for_job",
]

_WNOHANG, _WUNTRACED, _WCONTINUED = 1, 2, 8
_STATE_WIDTH = 24


class Job:
    """A pipeline that the shell knows by number."""

    def __init__(
        self, number: int, pids: list[int], pgid: int, command: str, *, foreground: bool
    ) -> None:
        """Note a running job."""
        self.number = number
        self.pids = pids
        self.pgid = pgid
        self.command = command
        self.foreground = foreground
        self.statuses: dict[int, int] = {}
        self.stopped = False
        self.stop_signal = 0
        self.notified = False
        self.disowned = False
        self.line = 0

    def is_done(self) -> bool:
        """Tell whether all of its processes have ended."""
        return all(pid in self.statuses for pid in self.pids)

    def status(self) -> int:
        """Give the wait status of its last process."""
        return self.statuses.get(self.pids[-1], 0)

    def state_text(self) -> str:
        """Say what it does: Running, Stopped, Done, Exit 1, Killed."""
        if self.stopped:
            return (
                "Stopped"
                if self.stop_signal in (0, sg.SIGTSTP)
                else sg.DESCRIPTIONS[self.stop_signal]
            )
        if not self.is_done():
            return "Running"
        status = self.status()
        if status & 0x7F:
            return sg.DESCRIPTIONS.get(status & 0x7F, f"Signal {status & 0x7F}")
        return f"Exit {status >> 8}" if status >> 8 else "Done"


def exit_code(status: int) -> int:
    """Turn a wait status into $?: the exit code, or 128 and the signal."""
    return 128 + (status & 0x7F) if status & 0x7F else status >> 8 & 0xFF


def current_jobs(shell: Shell) -> tuple[Job | None, Job | None]:
    """Give the current and the previous job.

    Stopped ones come before running ones, the newest first.
    """
    listed = [job for job in shell.jobs if not job.foreground and not job.disowned]
    ordered = sorted(listed, key=lambda job: (job.stopped, job.number), reverse=True)
    return (ordered[0] if ordered else None), (ordered[1] if len(ordered) > 1 else None)


def job_line(shell: Shell, job: Job, *, long: bool = False) -> str:
    """Write a job's line: "[1]+  Running                 sleep 9 &"."""
    current, previous = current_jobs(shell)
    mark = "+" if job is current else "-" if job is previous else " "
    ampersand = " &" if not job.stopped and not job.is_done() else ""
    state = f"{job.state_text():<{_STATE_WIDTH}s}"
    pid = f"{job.pids[0]:>5d} " if long else " "
    return f"[{job.number}]{mark} {pid}{state}{job.command}{ampersand}\n"


def add_job(shell: Shell, pids: list[int], pgid: int, command: str, *, foreground: bool) -> Job:
    """Give a new job the lowest number above all others."""
    number = max((job.number for job in shell.jobs), default=0) + 1
    job = Job(number, pids, pgid, command, foreground=foreground)
    job.line = shell.line
    shell.jobs.append(job)
    return job


def find_job(shell: Shell, text: str) -> Job | None:
    """Find a job by %1, %%, %+, %-, %command or %?text."""
    body = text.removeprefix("%")
    current, previous = current_jobs(shell)
    if body in ("", "%", "+"):
        return current
    if body == "-":
        return previous or current
    if body.isdigit():
        return next((job for job in shell.jobs if job.number == int(body)), None)
    if body.startswith("?"):
        return next((job for job in shell.jobs if body[1:] in job.command), None)
    return next((job for job in shell.jobs if job.command.startswith(body)), None)


def record(shell: Shell, pid: int, status: int) -> None:
    """Note what wait4() told about a child."""
    for job in shell.jobs:
        if pid not in job.pids:
            continue
        if status & 0xFF == 0x7F:
            job.stopped = True
            job.stop_signal = status >> 8
            job.notified = False
        elif status == 0xFFFF:
            job.stopped = False
        else:
            job.statuses[pid] = status
            job.stopped = False
        return


def reap(shell: Shell) -> None:
    """Take note of all children that have ended or stopped meanwhile."""
    while shell.jobs:
        try:
            pid, status = shell.sys.wait4(-1, _WNOHANG | _WUNTRACED | _WCONTINUED)
        except KernelError:
            return
        if not pid:
            return
        record(shell, pid, status)


def wait_for_job(shell: Shell, job: Job) -> int:
    """Wait until a job has ended or stopped; give its exit code.

    A job that Ctrl-C cannot end, because it sleeps uninterruptibly in the kernel, is left to
    itself at the second Ctrl-C.
    """
    sys = shell.sys
    while not job.is_done() and not job.stopped:
        left = [pid for pid in job.pids if pid not in job.statuses]
        try:
            pid, status = sys.wait4(left[-1] if len(left) == 1 else -1, _WUNTRACED)
        except KernelError as error:
            if error.errno == ECHILD:
                for pid in left:
                    job.statuses.setdefault(pid, 0)
                break
            if error.errno == EINTR and _is_stuck(shell, job):
                break
            continue
        record(shell, pid, status)
    if job.stopped:
        return 128 + (job.stop_signal or sg.SIGTSTP)
    return exit_code(job.status()) if job.is_done() else 130


def _is_stuck(shell: Shell, job: Job) -> bool:
    if not shell.interactive or not job.foreground:
        return False
    try:
        return shell.sys.tty_interrupts(0) > 1
    except KernelError:
        return False


def notify(shell: Shell) -> None:
    """Report jobs that have changed.

    At a prompt all of them, in a script only those that a signal killed.
    """
    reap(shell)
    for job in list(shell.jobs):
        if job.foreground or job.notified or not (job.is_done() or job.stopped):
            continue
        job.notified = True
        if shell.interactive:
            shell.write_error(job_line(shell, job))
        elif job.is_done() and job.status() & 0x7F not in (0, sg.SIGINT, sg.SIGPIPE):
            shell.write_error(killed_line(shell, job))
    forget_done(shell)


def killed_line(shell: Shell, job: Job) -> str:
    """Say that a job of a script was killed.

    "x.sh: line 3:   123 Killed                  cmd".
    """
    core = " (core dumped)" if job.status() & 0x80 else ""
    what = f"{job.state_text()}{core}"
    pid = next((p for p in job.pids if job.statuses.get(p, 0) & 0x7F), job.pids[-1])
    return f"{shell.name}: line {shell.line}: {pid:>5d} {what:<{_STATE_WIDTH}s}{job.command}\n"


def forget_done(shell: Shell) -> None:
    """Drop jobs that have ended and been reported."""
    shell.jobs = [
        job for job in shell.jobs if not (job.is_done() and (job.notified or job.foreground))
    ]
