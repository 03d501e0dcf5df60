"""The memory of processes: how much they show, and what happens to one that wants too much."""

from __future__ import annotations

from vshell.abi.signals import SIGKILL
from vshell.kernel.printk import ERR

TYPE_CHECKING = False
if TYPE_CHECKING:
    from vshell.kernel.process import Process

__all__ = ["memory_of", "oom_kill"]


def memory_of(exe: str) -> tuple[int, int]:
    """Give VSZ and RSS in KiB of a program: of the order of what the real ones need."""
    name = exe.rpartition("/")[2]
    mixed = 0
    for letter in name:
        mixed = (mixed * 131 + ord(letter)) & 0xFFFF
    if name == "bash":
        return 11124, 5376
    return 5600 + mixed % 900 * 4, 900 + mixed % 300 * 4


def oom_kill(process: Process) -> int:
    """Report that a process is killed because it wants more memory than there is.

    Returns:
        Its wait status.
    """
    # Linux: mm/oom_kill.c __oom_kill_process() (v6.1).
    sizes = f"total-vm:{process.vsz_kib}kB, anon-rss:{process.rss_kib}kB, file-rss:0kB"
    process.kernel.printk.emit(
        ERR,
        f"Out of memory: Killed process {process.pid} ({process.task.comm}) {sizes}, "
        f"shmem-rss:0kB, UID:{process.uid} pgtables:64kB oom_score_adj:0",
    )
    return SIGKILL
