"""Takes the views that observers hold (``abi.views``) from a host's kernel.

Call it while the kernel stands still: in the host's thread, between two steps of the hub.
"""

from __future__ import annotations

from vshell.abi import state as st
from vshell.abi.views import KernelView, LogLine, ModuleView, TaskView
from vshell.kernel.kthread import SHOULD_PARK, SHOULD_STOP
from vshell.kernel.stacktrace import wchan
from vshell.machine.why_place import module_task_is_in

TYPE_CHECKING = False
if TYPE_CHECKING:
    from vshell.kernel.core import Kernel
    from vshell.kernel.module import Module
    from vshell.kernel.task import Task
    from vshell.machine.host import Host

__all__ = ["view_kernel", "view_modules"]

_MODULE_WORDS = {st.MODULE_STATE_LIVE: "Live", st.MODULE_STATE_COMING: "Loading"}
_REQUESTS = ((SHOULD_STOP, "stop"), (SHOULD_PARK, "park"))


def view_kernel(host: Host) -> KernelView:
    """Take a view of a host's kernel as it is now."""
    kernel = host.kernel
    return KernelView(
        now_ns=kernel.now_ns,
        tasks=tuple(_view_task(kernel, task) for task in kernel.tasks),
        modules=view_modules(host),
        log=tuple(LogLine(one.time_ns, one.level, one.text) for one in kernel.printk.records()),
        cpus=len(kernel.sched.cpus),
    )


def view_modules(host: Host) -> tuple[ModuleView, ...]:
    """Take a view of a host's modules as they are now."""
    modules = host.kernel.modules.list
    return tuple(_view_module(one) for one in modules if one.state != st.MODULE_STATE_UNFORMED)


def _view_task(kernel: Kernel, task: Task) -> TaskView:
    letter = st.state_letter(task.state, task.exit_state)
    place = wchan(kernel, task)
    flags = task.kthread.flags if task.kthread is not None else 0
    is_running = kernel.sched.is_running(task)
    module = module_task_is_in(kernel, task)
    return TaskView(
        pid=task.pid,
        comm=task.comm,
        name=task.name,
        state=letter,
        state_word=st.STATE_WORDS[letter],
        state_since_ns=task.state_since_ns,
        cpu=task.cpu.id,
        wchan="" if place == "0" else place,
        is_kthread=task.process is None,
        parent_pid=task.parent.pid if task.parent is not None else 0,
        started_ns=task.start_ns,
        is_running=is_running,
        is_queued=task.on_rq and not is_running,
        requests=tuple(word for bit, word in _REQUESTS if flags & bit),
        module=module.name if module is not None else "",
    )


def _view_module(module: Module) -> ModuleView:
    return ModuleView(
        name=module.name,
        state=_MODULE_WORDS.get(module.state, "Unloading"),
        refs=module.refcount,
        used_by=tuple(holder.name for holder in reversed(module.holders)),
        size=module.core_size + module.init_size,
        taints=module.taint_flags(),
    )
