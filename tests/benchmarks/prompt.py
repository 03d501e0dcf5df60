"""How soon the prompt appears, and how soon a key is on the screen.

``python -m tests.benchmarks.prompt``. The floor of the first prompt is a bare prompt_toolkit prompt
in the same kind of terminal, that of a key the same prompt's echo. The first prompt is there before
the line editor; until when it can be edited is told beside it.
"""

from __future__ import annotations

import select
import statistics
import sys
import tempfile
from pathlib import Path
from time import perf_counter

from tests.benchmarks.figure import ROUNDS, Figure, in_turn, ratios, table
from tests.console.terminal import Terminal

RUNS = 11
KEYS = 40
THREADS = 1000
FIRST_MAX = 1.3
KEY_MS_MAX = 30.0

BARE = "from prompt_toolkit import PromptSession; PromptSession().prompt('ready$ ')"
MANY = f"""
from vshell.linux.delay import msleep
from vshell.linux.err import IS_ERR
from vshell.linux.kthread import kthread_run, kthread_should_stop, kthread_stop
from vshell.linux.module import MODULE_LICENSE, module_exit, module_init


def worker(data):
    while not kthread_should_stop():
        msleep(data)
    return 0


def start():
    global tasks
    tasks = []
    for number in range({THREADS}):
        tasks.append(kthread_run(worker, 500 + number, "worker/%d", number))
    return 0


def stop():
    for task in tasks:
        kthread_stop(task)


module_init(start)
module_exit(stop)
MODULE_LICENSE("GPL")
"""
MAKEFILE = """obj-m += many.o
all:
\tmake -C /lib/modules/$(shell uname -r)/build M=$(PWD) modules
"""


class Timed(Terminal):
    """A terminal that knows how long things take."""

    def __init__(self, *words, home, **options):
        """Start, and take the time."""
        self.started_s = perf_counter()
        super().__init__(*words, home=home, **options)

    def prompt_s(self):
        """Give the seconds until the first prompt, and until it can be edited."""
        self.wait_for(lambda: self.lines[-1].endswith("$"))
        shown_s = perf_counter() - self.started_s
        self.wait_for(lambda: b"\x1b[?2004h" in self.raw)
        return shown_s, perf_counter() - self.started_s

    def key_ms(self, key):
        """Press a key; give the milliseconds until the terminal hears of its letter."""
        self.drain()
        before = len(self.raw)
        began_s = perf_counter()
        self.type(key)
        self.wait_for(lambda: key.encode() in self.raw[before:])
        return (perf_counter() - began_s) * 1000

    def drain(self):
        """Read what there is."""
        while select.select([self.fd], [], [], 0.02)[0]:
            before = len(self.raw)
            self.wait_for(lambda start=before: len(self.raw) > start)


def bare(home):
    """Start a bare prompt."""
    return Timed(home=home, command=[sys.executable, "-c", BARE], **_cached(home))


def vshell(home, *words, **variables):
    """Start vshell, with its toolbar."""
    return Timed(*words, home=home, **(_cached(home) | {"VSHELL_TOOLBAR": "on"} | variables))


# Byte code is cached as after an installation; the first run of each fills the cache.
def _cached(home):
    return {"PYTHONPYCACHEPREFIX": f"{home}/cache", "PYTHONDONTWRITEBYTECODE": ""}


def prompt_s(start, home):
    """Give the seconds until a prompt appears, and until it can be edited."""
    terminal = start(home)
    try:
        return terminal.prompt_s()
    finally:
        terminal.close()


def with_threads(home):
    """Start vshell, and many kernel threads in it."""
    workspace = Path(home, "work")
    (workspace / "many").mkdir(parents=True, exist_ok=True)
    (workspace / "many" / "many.py").write_text(MANY)
    (workspace / "many" / "Makefile").write_text(MAKEFILE)
    terminal = vshell(home, "--workspace", str(workspace))
    terminal.prompt_s()
    terminal.enter(
        "cd ~/many; make >/dev/null 2>&1; sudo insmod ./many.ko; ps -e | grep -c ' worker/'"
    )
    terminal.wait_for(lambda: str(THREADS) in terminal.lines, "not all threads")
    return terminal


def key_latencies(home, keys=KEYS):
    """Give the milliseconds from key to screen: a bare prompt, vshell, and with many threads."""
    terminals = {"bare": bare(home), "vshell": vshell(home), "threads": with_threads(home)}
    for name in ("bare", "vshell"):
        terminals[name].prompt_s()
    took_ms = {name: [] for name in terminals}
    for number in range(keys):
        for name, terminal in terminals.items():
            if number % 30 == 0:
                terminal.type("\x15")
            took_ms[name].append(terminal.key_ms("qwxyz"[number % 5]))
    for terminal in terminals.values():
        terminal.close()
    return took_ms


# So many keys that one in twenty may be slower.
def _high(times):
    return statistics.quantiles(times, n=20)[18]


def figures(*, full: bool = False) -> list[Figure]:
    """Measure the first prompt and a key."""
    del full
    with tempfile.TemporaryDirectory() as home:
        editable = []

        def first():
            shown_s, editable_s = prompt_s(vshell, home)
            editable.append(editable_s)
            return shown_s

        cases = {"bare": lambda: prompt_s(bare, home)[0], "vshell": first}
        for case in cases.values():
            case()
        editable.clear()
        found, noise = in_turn(cases, RUNS)
        keys, key_noise = in_turn({"keys": lambda: key_latencies(home)}, ROUNDS)
    shown = ratios(found["vshell"], found["bare"])
    medians = {
        name: [statistics.median(one[name]) for one in keys["keys"]]
        for name in ("bare", "vshell", "threads")
    }
    high = [_high(one["threads"]) for one in keys["keys"]]
    return [
        Figure("a bare prompt_toolkit prompt", [1000 * one for one in found["bare"]], "ms"),
        Figure("the first prompt, to the bare one", shown, "x", at_most=FIRST_MAX, noise=noise),
        Figure("until it can be edited", ratios(editable, found["bare"]), "x", noise=noise),
        Figure("a key at a bare prompt", medians["bare"], "ms", noise=key_noise),
        Figure("a key at vshell's", medians["vshell"], "ms", noise=key_noise),
        Figure(f"a key, {THREADS} threads alive", medians["threads"], "ms", noise=key_noise),
        Figure("the slowest of 20 such", high, "ms", at_most=KEY_MS_MAX, noise=key_noise),
    ]


if __name__ == "__main__":
    print(table(figures()))
