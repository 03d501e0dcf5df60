"""Builtins for jobs: list, continue, wait for and forget them.

Source: bash(1), "Shell Builtin Commands"; texts are bash 5.2's.
"""

from __future__ import annotations

from vshell.abi import signals as sg
from vshell.shell import jobs
from vshell.shell.builtin.common import options_of, write_out

TYPE_CHECKING = False
if TYPE_CHECKING:
    from vshell.shell.builtins import Builtin
    from vshell.shell.execute import Executor

__all__ = ["BUILTINS", "find_job"]

_JOBS_USAGE = "jobs [-lnprs] [jobspec ...] or jobs -x command [args]"


def find_job(ex: Executor, name: str, text: str) -> jobs.Job | None:
    """Find a job; None if there is none, having said so."""
    try:
        found = jobs.find_job(ex.shell, text)
    except jobs.AmbiguousJobError as error:
        ex.shell.complain(f"{name}: {error}")
        found = None
    if found is None:
        ex.shell.complain(f"{name}: {text}: no such job")
    return found


def _jobs(ex: Executor, argv: list[str]) -> int:
    shell = ex.shell
    options, words = options_of(ex, argv, "lnprsx", _JOBS_USAGE)
    jobs.reap(shell)
    status = 0
    chosen = jobs.listed_jobs(shell)
    if words:
        found = [find_job(ex, "jobs", word) for word in words]
        status = int(None in found)
        chosen = [job for job in found if job is not None]
    for job in chosen:
        if "r" in options and (job.stopped or job.is_done()):
            continue
        if "s" in options and not job.stopped:
            continue
        if "p" in options:
            write_out(ex, f"{job.pids[0]}\n")
        else:
            write_out(ex, jobs.job_line(shell, job, long="l" in options))
        job.notified = job.notified or job.is_done() or job.stopped
    jobs.forget_done(shell)
    return status


def _fg_bg(ex: Executor, argv: list[str]) -> int:
    shell = ex.shell
    if not shell.interactive:
        shell.complain(f"{argv[0]}: no job control")
        return 1
    jobs.reap(shell)
    wanted = argv[1] if len(argv) > 1 else "current"
    if len(argv) > 1:
        job = find_job(ex, argv[0], wanted)
        if job is None:
            return 1
    else:
        job = jobs.find_job(shell, "%+")
    if job is None or job.is_done():
        shell.complain(f"{argv[0]}: {wanted}: no such job")
        return 1
    if argv[0] == "bg":
        return _background(ex, job)
    write_out(ex, job.command + "\n")
    job.stopped = job.notified = False
    job.foreground = True
    if shell.at_prompt:
        shell.sys.tcsetpgrp(0, job.pgid)
    shell.sys.kill(-job.pgid, sg.SIGCONT)
    return ex.wait_foreground(job)


def _background(ex: Executor, job: jobs.Job) -> int:
    shell = ex.shell
    if not job.stopped:
        shell.complain(f"bg: job {job.number} already in background")
        return 0
    mark = jobs.job_line(shell, job).partition("]")[2][:1]
    job.stopped = job.notified = False
    write_out(ex, f"[{job.number}]{mark} {job.command} &\n")
    shell.sys.kill(-job.pgid, sg.SIGCONT)
    return 0


def _wait(ex: Executor, argv: list[str]) -> int:
    status = _wait_for_all(ex, argv)
    if ex.shell.coprocesses:
        from vshell.shell.coproc import close_ended  # noqa: PLC0415 - coproc only

        close_ended(ex.shell)
    return status


def _wait_for_all(ex: Executor, argv: list[str]) -> int:
    shell = ex.shell
    options, words = options_of(ex, argv, "fnp:", "wait [-fn] [-p var] [id ...]")
    if "p" in options:
        shell.unset(options["p"])
    if "n" in options:
        return _wait_next(ex, words, options.get("p"))
    if not words:
        return _wait_all(ex)
    status = 0
    for word in words:
        status = _wait_one(ex, word, options.get("p"))
    jobs.forget_done(shell)
    return status


def _wait_all(ex: Executor) -> int:
    shell = ex.shell
    if shell.last_process:
        _wait_one(ex, str(shell.last_process), None)
        shell.last_process = 0
    jobs.reap(shell)
    for running in list(shell.jobs):
        if running.stopped and not running.inherited:
            shell.complain(f"wait: warning: job {running.number}[{running.pids[-1]}] stopped")
        elif not running.inherited:
            jobs.wait_for_job(shell, running, interruptible=True)
            if shell.pending_signals:
                return _interrupted(ex)
    jobs.notify(shell, shell.line)
    jobs.forget_ended(shell)
    return 0


# A trapped signal ends the waiting: its trap runs when the command is over.
def _interrupted(ex: Executor) -> int:
    return 128 + ex.shell.pending_signals[0]


def _wait_one(ex: Executor, word: str, variable: str | None) -> int:
    shell = ex.shell
    job: jobs.Job | None
    if word.startswith("%"):
        job = find_job(ex, "wait", word)
        if job is None:
            return 127
    elif not word.isdigit():
        shell.complain(f"wait: `{word}': not a pid or valid job spec")
        return 1
    else:
        job = next((one for one in shell.jobs if int(word) in one.pids and not one.inherited), None)
    if job is None:
        return _wait_known(ex, int(word))
    status = jobs.wait_for_job(shell, job, interruptible=True)
    if shell.pending_signals and not job.is_done():
        return _interrupted(ex)
    if job.stopped:
        shell.complain(f"wait: warning: job {job.number}[{job.pids[-1]}] stopped")
        return status
    pid = int(word) if word.isdigit() else job.pids[-1]
    if variable is not None:
        shell.set(variable, str(pid))
    if not job.foreground and not (shell.interactive and shell.at_prompt):
        jobs.notify(shell, shell.line)
    job.notified = True
    return jobs.exit_code(job.statuses.get(pid, 0))


# A child that is in no job: one that has ended and been reported, or of a process substitution.
def _wait_known(ex: Executor, pid: int) -> int:
    shell = ex.shell
    if pid in shell.finished:
        return shell.finished[pid]
    if pid == shell.last_process:
        hidden = jobs.Job(0, [pid], pid, "", foreground=True)
        shell.jobs.append(hidden)
        status = jobs.wait_for_job(shell, hidden, interruptible=True)
        shell.jobs.remove(hidden)
        return status
    shell.complain(f"wait: pid {pid} is not a child of this shell")
    return 127


def _wait_next(ex: Executor, words: list[str], variable: str | None) -> int:
    shell = ex.shell
    chosen = [job for job in shell.jobs if not job.foreground and not job.inherited]
    if words:
        pids = {int(word) for word in words if word.isdigit()}
        named = [find_job(ex, "wait", word) for word in words if word.startswith("%")]
        chosen = [job for job in chosen if job in named or pids & set(job.pids)]
    while chosen:
        jobs.reap(shell)
        done = next((job for job in chosen if job.is_done()), None)
        if done is not None:
            done.notified = True
            status = jobs.exit_code(done.status())
            if variable is not None:
                shell.set(variable, str(done.pids[-1]))
            jobs.forget_done(shell)
            return status
        pid, raw = jobs.wait_any(shell)
        if not pid:
            return _interrupted(ex) if shell.pending_signals else 127
        jobs.record(shell, pid, raw)
    return 127


def _disown(ex: Executor, argv: list[str]) -> int:
    shell = ex.shell
    options, words = options_of(ex, argv, "ahr", "disown [-h] [-ar] [jobspec ... | pid ...]")
    if ("a" in options or "r" in options) and not words:
        chosen = [job for job in jobs.listed_jobs(shell) if "r" not in options or not job.stopped]
    else:
        chosen = []
        for word in words or ["%+"]:
            job = (
                next((one for one in shell.jobs if int(word) in one.pids), None)
                if word.isdigit()
                else jobs.find_job(shell, word)
            )
            if job is None:
                shell.complain(f"disown: {word if words else 'current'}: no such job")
                return 1
            chosen.append(job)
    if "h" not in options:
        shell.jobs = [job for job in shell.jobs if job not in chosen]
    return 0


def _suspend(ex: Executor, argv: list[str]) -> int:
    shell = ex.shell
    options, _ = options_of(ex, argv, "f", "suspend [-f]")
    if not shell.interactive:
        shell.complain("suspend: cannot suspend: no job control")
        return 1
    if "f" not in options and shell.sys.getppid() in (0, 1):
        shell.complain("suspend: cannot suspend a login shell")
        return 1
    shell.sys.kill(shell.sys.getpid(), sg.SIGSTOP)
    return 0


BUILTINS: dict[str, Builtin] = {
    "bg": _fg_bg,
    "disown": _disown,
    "fg": _fg_bg,
    "jobs": _jobs,
    "suspend": _suspend,
    "wait": _wait,
}
"""The builtins of this file, by name."""
