"""A run whose events are exported, with the events themselves: what the tests of exports share."""

from __future__ import annotations

from vshell.machine.dialogue import Dialogue
from vshell.machine.export import Exports
from vshell.machine.host import Host, load_settings
from vshell.machine.views import view_kernel

LINES = (
    "make >/dev/null 2>&1",
    "sudo insmod kthread.ko",
    "for n in 1 2 3; do (i=0; while [ $i -lt 60 ]; do i=$((i+1)); done) & done; wait",
    "sleep 3",
    "sleep 100 & sleep 0.1; kill -STOP %1; kill -CONT %1; kill %1; wait",
    "sudo rmmod kthread",
)


class ExportRun:
    """Two threads that park, run and stop beside processes that want more CPUs than there are."""

    def __init__(self, folder, seed=-1):
        """Run it; keep the files' texts, the events and the view before the first."""
        settings = load_settings(None)
        settings.update({"seed": seed}, "test") if seed >= 0 else None
        exports = Exports(str(folder / "trace.json"), str(folder / "trace.txt"))
        host = Host(settings)
        self.view = view_kernel(host)
        self.events = []
        exports.begin(host)
        host.kernel.trace.subscribe(self.events.append)
        dialogue = Dialogue(host)
        for line in LINES:
            dialogue.type(line)
        self.end_ns = host.kernel.now_ns
        self.failures = exports.close()
        host.shut_down()
        self.chrome = (folder / "trace.json").read_text()
        self.ftrace = (folder / "trace.txt").read_text()
