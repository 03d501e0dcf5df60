"""Builtins for jobs: list, continue, wait for and forget them.

Source: bash(1), "Shell Builtin Commands"; texts are bash 5.2's.
"""

from __future__ import annotations

from vshell.abi import signals as sg
from vshell.shell import jobs
from vshell.shell.builtin.common import write_out

TYPE_CHECKING = False
if TYPE_CHECKING:
    from vshell.shell.builtins import Builtin
    from vshell.shell.execute import Executor

__all__ = ["BUILTINS"]


def _jobs(ex: Executor, argv: list[str]) -> int:
    shell = ex.shell
    options = "".join(word[1:] for word in argv[1:] if word.startswith("-"))
    jobs.reap(shell)
    for job in shell.jobs:
        if job.foreground or job.disowned:
            continue
        if "r" in options and (job.stopped or job.is_done()):
            continue
        if "s" in options and not job.stopped:
            continue
        if "p" in options:
            write_out(ex, f"{job.pids[0]}\n")
        else:
            write_out(ex, jobs.job_line(shell, job, long="l" in options))
        job.notified = job.notified or job.is_done()
    jobs.forget_done(shell)
    return 0


def _fg_bg(ex: Executor, argv: list[str]) -> int:
    shell = ex.shell
    if not shell.interactive:
        shell.complain(f"{argv[0]}: no job control")
        return 1
    jobs.reap(shell)
    wanted = argv[1] if len(argv) > 1 else "%+"
    job = jobs.find_job(shell, wanted)
    if job is None or job.is_done():
        shell.complain(f"{argv[0]}: {'current' if len(argv) < 2 else wanted}: no such job")
        return 1
    job.stopped = False
    job.notified = False
    if argv[0] == "bg":
        line = jobs.job_line(shell, job)
        mark = line.partition("]")[2][:1]
        write_out(ex, f"[{job.number}]{mark} {job.command} &\n")
        shell.sys.kill(-job.pgid, sg.SIGCONT)
        return 0
    write_out(ex, job.command + "\n")
    job.foreground = True
    shell.sys.tcsetpgrp(0, job.pgid)
    shell.sys.kill(-job.pgid, sg.SIGCONT)
    return ex.wait_foreground(job)


def _wait(ex: Executor, argv: list[str]) -> int:
    shell = ex.shell
    words = [word for word in argv[1:] if not word.startswith("-")]
    if not words:
        for running in list(shell.jobs):
            if not running.stopped:
                jobs.wait_for_job(shell, running)
                if shell.pending_signals:
                    break
        jobs.notify(shell)
        return 0
    status = 0
    for word in words:
        job = jobs.find_job(shell, word) if word.startswith("%") else _job_of_pid(ex, word)
        if job is None:
            if word.startswith("%"):
                shell.complain(f"wait: {word}: no such job")
            elif word.isdigit():
                shell.complain(f"wait: pid {word} is not a child of this shell")
            else:
                shell.complain(f"wait: `{word}': not a pid or valid job spec")
            status = 127
            continue
        status = jobs.wait_for_job(shell, job)
        if job.is_done():
            job.notified = True
            pid = int(word) if word.isdigit() else job.pids[-1]
            status = jobs.exit_code(job.statuses.get(pid, 0))
    jobs.forget_done(shell)
    return status


def _job_of_pid(ex: Executor, text: str) -> jobs.Job | None:
    if not text.isdigit():
        return None
    return next((job for job in ex.shell.jobs if int(text) in job.pids), None)


def _disown(ex: Executor, argv: list[str]) -> int:
    job = jobs.find_job(ex.shell, argv[1] if len(argv) > 1 else "%+")
    if job is None:
        ex.shell.complain(f"disown: {argv[1] if len(argv) > 1 else 'current'}: no such job")
        return 1
    ex.shell.jobs.remove(job)
    return 0


BUILTINS: dict[str, Builtin] = {
    "bg": _fg_bg,
    "disown": _disown,
    "fg": _fg_bg,
    "jobs": _jobs,
    "wait": _wait,
}
"""The builtins of this file, by name."""
