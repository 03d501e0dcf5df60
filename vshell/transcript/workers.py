"""Does jobs in several processes; one that is killed takes its own job with it, and no other.

The standard library's pool waits for ever for the answer of a process that was killed, and its
processes outlive a parent that was. Here each has a pipe of its own: whoever is at the other end
sees it close.
"""

from __future__ import annotations

import signal
from collections import deque
from multiprocessing import get_context
from multiprocessing.connection import wait

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from multiprocessing.connection import Connection
    from multiprocessing.context import ForkProcess
    from typing import Any, TypeVar

    J = TypeVar("J")
    R = TypeVar("R")

__all__ = ["in_processes"]


class _Worker:
    # A process, our end of its pipe, and the number of the job it does.
    def __init__(self, process: ForkProcess, pipe: Connection[Any, Any]) -> None:
        self.process = process
        self.pipe = pipe
        self.number = -1


def in_processes(
    function: Callable[[J], R], jobs: Sequence[J], count: int, killed: Callable[[J, int], R]
) -> Iterator[R]:
    """Do jobs in processes that are forked, so that what has been imported is theirs at once.

    Args:
        function: does one.
        jobs: what it is called with.
        count: of processes.
        killed: gives the result of a job whose process was ended, by its exit code.

    Returns:
        The results, in the jobs' order.
    """
    waiting = deque(range(len(jobs)))
    done: dict[int, R] = {}
    workers: list[_Worker] = []
    try:
        for number in range(len(jobs)):
            while number not in done:
                while waiting and len(workers) < count:
                    workers.append(_start(function, jobs, workers))
                    _assign(workers[-1], waiting)
                _take(workers, waiting, done, jobs, killed)
            yield done.pop(number)
    finally:
        for worker in workers:
            worker.process.terminate()
            worker.process.join()
            worker.pipe.close()


def _start(function: Callable[[J], R], jobs: Sequence[J], others: Sequence[_Worker]) -> _Worker:
    context = get_context("fork")
    ours, theirs = context.Pipe()
    held = [ours, *(other.pipe for other in others)]
    process = context.Process(target=_work, args=(function, jobs, theirs, held), daemon=True)
    process.start()
    theirs.close()
    return _Worker(process, ours)


# In the new process: do what is asked for, until nobody asks any more.
def _work(
    function: Callable[[J], R],
    jobs: Sequence[J],
    pipe: Connection[Any, Any],
    held: Sequence[Connection[Any, Any]],
) -> None:
    # Ctrl-C is for the one that waits for the results.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    for one in held:
        # Pipes of others; with these ends open they would never see them close.
        one.close()
    try:
        while True:
            pipe.send(function(jobs[pipe.recv()]))
    except (EOFError, OSError):
        return


# Give a worker the next job, if there is one.
def _assign(worker: _Worker, waiting: deque[int]) -> None:
    worker.number = waiting.popleft() if waiting else -1
    if worker.number >= 0:
        try:
            worker.pipe.send(worker.number)
        except ConnectionError:
            # It was ended while it had nothing to do; another one does the job.
            waiting.appendleft(worker.number)
            worker.number = -1


# Wait for results, and for ends.
def _take(
    workers: list[_Worker],
    waiting: deque[int],
    done: dict[int, R],
    jobs: Sequence[J],
    killed: Callable[[J, int], R],
) -> None:
    for pipe in wait([worker.pipe for worker in workers]):
        worker = next(one for one in workers if one.pipe is pipe)
        try:
            done[worker.number] = worker.pipe.recv()
        except (EOFError, OSError):
            worker.process.join()
            worker.pipe.close()
            workers.remove(worker)
            if worker.number >= 0:
                done[worker.number] = killed(jobs[worker.number], worker.process.exitcode or 0)
            continue
        _assign(worker, waiting)
