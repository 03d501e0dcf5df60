"""All about one task, for a viewer that has chosen it: why, backtrace, flags, source."""

from __future__ import annotations

from vshell.abi import state as st
from vshell.abi.errno import KernelError
from vshell.abi.wire import Explanation, Source
from vshell.kbuild.modpost import srcversion
from vshell.kernel.inode import Directory, RegularFile
from vshell.kernel.kthread import IS_PER_CPU, SHOULD_PARK, SHOULD_STOP
from vshell.kernel.stacktrace import symbols_of_frames, task_frames, task_stack
from vshell.machine.why import Why

TYPE_CHECKING = False
if TYPE_CHECKING:
    from vshell.kernel.core import Kernel
    from vshell.kernel.stacktrace import Symbol
    from vshell.kernel.task import Task
    from vshell.machine.host import Host

__all__ = ["Explainer"]

_FLAGS = ((IS_PER_CPU, "IS_PER_CPU"), (SHOULD_STOP, "SHOULD_STOP"), (SHOULD_PARK, "SHOULD_PARK"))
_SOURCE_BYTES_MAX = 1_000_000


class Explainer:
    """Explains the tasks of one host. In the host's thread only."""

    def __init__(self, host: Host) -> None:
        """Follow the host's events."""
        self._kernel = host.kernel
        self._why = Why(host.kernel)

    def explain(self, pid: int) -> Explanation | None:
        """Explain a task that there is or has been; None if there was none."""
        if not self._why.has_task(pid):
            return None
        kernel = self._kernel
        task = kernel.tasks.get(pid)
        why = self._why.task(pid)
        if task is None:
            return Explanation(pid, why, (), ("EXITED",), None)
        stack = task_stack(kernel, task) or symbols_of_frames(kernel, task_frames(kernel, task))
        backtrace = tuple(symbol.with_place() for symbol in stack)
        return Explanation(pid, why, backtrace, _flags(task), _source(kernel, stack))


def _flags(task: Task) -> tuple[str, ...]:
    found = []
    if task.kthread is not None:
        found = [name for flag, name in _FLAGS if task.kthread.flags & flag]
    if st.state_letter(task.state) == "P":
        found.append("PARKED")
    if task.exit_state:
        found.append("EXITED")
    return tuple(found)


# The file in which the innermost function of a module stands, if it is there.
def _source(kernel: Kernel, stack: list[Symbol]) -> Source | None:
    for symbol in stack:
        if not symbol.module:
            continue
        try:
            text = _read(kernel, symbol.file)
        except KernelError:
            text = None
        if text is None:
            return None
        module = kernel.modules.find(symbol.module)
        version = module.ko.info("srcversion") if module is not None else None
        is_current = version is None or version == srcversion(text)
        return Source(symbol.file, symbol.line, text, is_current)
    return None


def _read(kernel: Kernel, path: str) -> str | None:
    inode = kernel.vfs.root
    *folders, name = path.strip("/").split("/")
    for folder in folders:
        inside = inode.lookup(folder)
        if not isinstance(inside, Directory):
            return None
        inode = inside
    file = inode.lookup(name)
    if not isinstance(file, RegularFile) or file.size() > _SOURCE_BYTES_MAX:
        return None
    return file.read_at(0, file.size()).decode("utf-8", "replace")
