"""top: show tasks by the CPU time they use, again and again.

Source: top(1), procps 4.0.2

Differs:
    Columns are the default ones, there is one window, and no settings are read or written.
"""

from __future__ import annotations

from vshell.abi.errno import EINTR, KernelError
from vshell.abi.signals import SIGINT
from vshell.usr._durations import duration_ns
from vshell.usr._keys import Keyboard
from vshell.usr._options import Options
from vshell.usr._proc import Task, read_word
from vshell.usr._program import Io, OptionError, getopt, program
from vshell.usr._terminal import terminal_size
from vshell.usr._top_frame import FIELDS, Frame, Look
from vshell.usr._top_keys import TopKeys
from vshell.usr._users import find_user

__all__ = ["main"]

_USAGE = """\

Usage:
 top [options]

Options:
 -b, --batch-mode                run in non-interactive batch mode
 -c, --cmdline-toggle            reverse last remembered 'c' state
 -d, --delay =SECS [.TENTHS]     iterative delay as SECS [.TENTHS]
 -E, --scale-summary-mem =SCALE  set mem as: k,m,g,t,p,e for SCALE
 -e, --scale-task-mem =SCALE     set mem with: k,m,g,t,p for SCALE
 -H, --threads-show              show tasks plus all their threads
 -i, --idle-toggle               reverse last remembered 'i' state
 -n, --iterations =NUMBER        exit on maximum iterations NUMBER
 -O, --list-fields               output all field names, then exit
 -o, --sort-override =FIELD      force sorting on this named FIELD
 -p, --pid =PIDLIST              monitor only the tasks in PIDLIST
 -S, --accum-time-toggle         reverse last remembered 'S' state
 -s, --secure-mode               run with secure mode restrictions
 -U, --filter-any-user =USER     show only processes owned by USER
 -u, --filter-only-euser =USER   show only processes owned by USER
 -w, --width [=COLUMNS]          change print width [,use COLUMNS]
 -1, --single-cpu-toggle         reverse last remembered '1' state

 -h, --help                      display this help text, then exit
 -V, --version                   output version information & exit

For more details see top(1).
"""
_LONG = {
    "batch-mode": "b",
    "cmdline-toggle": "c",
    "delay=": "d",
    "scale-summary-mem=": "E",
    "scale-task-mem=": "e",
    "threads-show": "H",
    "idle-toggle": "i",
    "iterations=": "n",
    "list-fields": "O",
    "sort-override=": "o",
    "pid=": "p",
    "accum-time-toggle": "S",
    "secure-mode": "s",
    "filter-any-user=": "U",
    "filter-only-euser=": "u",
    "width=?": "w",
    "single-cpu-toggle": "1",
    "help": "h",
    "version": "V",
}
_SCALES = "kmgtpe"
_FIRST_NS = 150_000_000
"""How long top looks before it shows its first frame."""
_DELAY_NS = 3_000_000_000
_REVERSE, _NORMAL = "\033[7m", "\033[m"


@program
def main(io: Io, words: list[str]) -> int:
    """Show tasks: ``top [-bcHi1] [-d SECS] [-n NUMBER] [-o FIELD] [-p PIDS] [-u USER]``."""
    for index, word in enumerate(words[:-1]):
        # The width may stand in a word of its own.
        if word == "-w" and words[index + 1].isdigit():
            words[index : index + 2] = [f"-w{words[index + 1]}"]
            break
    try:
        options = Options(*getopt(words, "bcd:E:e:Hin:Oo:p:SsU:u:w::1hV", _LONG))
    except OptionError as error:
        io.complain(str(error))
        return 0
    if options.has("h"):
        io.out(_USAGE)
        return 0
    if options.has("V"):
        io.out("top from procps-ng 4.0.2\n")
        return 0
    if options.has("O"):
        io.out("".join(f"{name}\n" for name in FIELDS))
        return 0
    if options.operands:
        io.die(f"unknown option '{options.operands[0]}'")
    return _Top(io, options).run()


class _Top:
    def __init__(self, io: Io, options: Options) -> None:
        self.io = io
        self.options = options
        self.count = self.number("n", "iterations argument", 0)
        self.pids = self.read_pids()
        self.keys = keys = TopKeys(io)
        keys.uid = self.read_user()
        keys.delay_ns = self.read_delay()
        keys.field = options.value("o", "%CPU")
        if keys.field.lstrip("+-") not in FIELDS:
            io.die(f"unrecognized field name '{keys.field}'")
        keys.units = [self.read_scale(letter, default) for letter, default in (("E", 1), ("e", 0))]
        keys.with_arguments, keys.only_busy = options.has("c"), options.has("i")
        keys.each_cpu = options.has("1")
        if not options.has("b") and not (io.sys.isatty(0) and io.sys.isatty(1)):
            io.die("failed tty get")
        self.stopped = False
        self.redraws = True

    # -- Options ----------------------------------------------------------------------------------

    def number(self, letter: str, what: str, default: int) -> int:
        if not self.options.has(letter):
            return default
        text = self.options.value(letter)
        if not (text.isascii() and text.isdigit() and int(text)):
            self.io.die(f"bad {what} '{text}'")
        return int(text)

    def read_pids(self) -> set[int]:
        pids: set[int] = set()
        for text in self.options.values("p"):
            for word in text.split(","):
                if not (word.isascii() and word.isdigit()):
                    self.io.die(f"bad pid '{word}'")
                pids.add(int(word) or self.io.sys.getpid())
        return pids

    def read_user(self) -> int | None:
        text = self.options.value("u") or self.options.value("U")
        if not text:
            return None
        user = find_user(self.io, text)
        if user is None and not text.isdigit():
            self.io.die("Invalid user")
        return user.uid if user is not None else int(text)

    def read_delay(self) -> int:
        if not self.options.has("d"):
            return _DELAY_NS
        text = self.options.value("d")
        if text.startswith("-"):
            self.io.die("-d requires positive argument")
        found = duration_ns(text)
        if found is None or text[-1:].isalpha():
            self.io.die(f"bad delay interval '{text}'")
        return found

    def read_scale(self, letter: str, default: int) -> int:
        text = self.options.value(letter)
        if text and text not in _SCALES:
            self.io.die(f"bad memory scaling arg '{text}'")
        return _SCALES.index(text) if text else default

    # -- Frames -----------------------------------------------------------------------------------

    def run(self) -> int:
        live = not self.options.has("b")
        if live:
            self.keys.keyboard = Keyboard(self.io)
        else:
            self.io.sys.sigaction(SIGINT, self.stop)
        try:
            self.run_frames(live=live)
        finally:
            if self.keys.keyboard is not None:
                self.keys.keyboard.release()
        if live:
            self.io.out(f"\033[{self.size()[1]};1H\n\033[K")
        return 0

    def stop(self, _signal: int) -> None:
        self.stopped = True

    def run_frames(self, *, live: bool) -> None:
        io = self.io
        threads = self.options.has("H")
        digits = max(len(str(int(read_word(io, "/proc/sys/kernel/pid_max", "32768")) - 1)), 5)
        before = Look(io, threads=threads)
        shown = 0
        self.wait(_FIRST_NS, live=live)
        while not self.is_over:
            now = Look(io, threads=threads)
            frame = Frame(io, before, now, digits)
            self.show(frame, live=live, first=not shown)
            before = now
            shown += 1
            if shown == self.count:
                break
            if live:
                self.wait_with_keys(frame)
            else:
                self.wait(self.keys.delay_ns, live=False)

    @property
    def is_over(self) -> bool:
        return self.stopped or self.keys.is_over

    def chosen(self, frame: Frame) -> list[Task]:
        uid, field = self.keys.uid, self.keys.field
        wanted = [
            task
            for task in frame.now.tasks
            if (not self.pids or task.pid in self.pids) and (uid is None or task.euid == uid)
        ]
        value = FIELDS[field.lstrip("+-")]
        wanted.sort(key=lambda task: task.pid)
        wanted.sort(key=lambda task: value(frame, task), reverse=not field.startswith("-"))
        return wanted

    def show(self, frame: Frame, *, live: bool, first: bool) -> None:
        keys = self.keys
        frame.with_arguments, frame.task_unit = keys.with_arguments, keys.units[1]
        columns, rows = self.size()
        chosen = self.chosen(frame)
        lines = frame.summary(chosen, keys.units[0], each_cpu=keys.each_cpu)
        header = frame.header(columns)
        tasks = [task for task in chosen if not keys.only_busy or self.is_busy(frame, task)]
        if keys.tasks_max:
            tasks = tasks[: keys.tasks_max]
        if not live:
            head = "" if first else "\n"
            body = [*lines, "", header]
            body += [frame.line(task, columns) for task in tasks]
            self.io.out(head + "".join(line + "\n" for line in body))
            return
        keys.default_pid = tasks[0].pid if tasks else 0
        body = [*lines, keys.take_message(), f"{_REVERSE}{header:<{columns}s}{_NORMAL}"]
        body += [frame.line(task, columns) for task in tasks[: max(rows - len(body), 0)]]
        start = "\033[H\033[2J" if first or self.redraws else "\033[H"
        self.redraws = False
        text = "\033[K\n".join([line[:columns] if "\033" not in line else line for line in body])
        self.io.out(f"{start}{text}\033[K\033[J")
        self.io.flush()

    def is_busy(self, frame: Frame, task: Task) -> bool:
        return task.state == "R" or frame.cpu_permille(task) > 0

    def size(self) -> tuple[int, int]:
        environ = self.io.sys.environ()
        columns, rows = (terminal_size(self.io) if self.io.sys.isatty(1) else None) or (80, 24)
        if environ.get("COLUMNS", "").isdigit():
            columns = int(environ["COLUMNS"])
        if self.options.has("w"):
            columns = self.number("w", "width arg", 512) if self.options.value("w") else 512
        return columns, rows

    # -- Waiting ----------------------------------------------------------------------------------

    # Wait for the next frame; each key acts, and shows the frame at hand anew.
    def wait_with_keys(self, frame: Frame) -> None:
        keyboard = self.keys.keyboard
        assert keyboard is not None
        sys = self.io.sys
        start_ns = sys.clock_monotonic_ns()
        while not self.is_over:
            left_ns = start_ns + self.keys.delay_ns - sys.clock_monotonic_ns()
            if left_ns <= 0:
                return
            key = keyboard.take_within(left_ns)
            if keyboard.interrupted:
                self.stopped = True
            elif keyboard.resized:
                keyboard.resized = False
                self.redraws = True
                self.show(frame, live=True, first=False)
            elif key in (" ", "\n", "\r"):
                return
            elif key:
                self.keys.obey(key)
                if not self.is_over:
                    self.redraws = key in ("h", "?")
                    self.show(frame, live=True, first=False)

    def wait(self, delay_ns: int, *, live: bool) -> None:
        sys = self.io.sys
        end_ns = sys.clock_monotonic_ns() + delay_ns
        while not self.stopped and sys.clock_monotonic_ns() < end_ns:
            try:
                sys.sleep_until(end_ns)
            except KernelError as error:
                if error.errno != EINTR:
                    raise
                keyboard = self.keys.keyboard
                self.stopped = self.stopped or (
                    live and keyboard is not None and keyboard.interrupted
                )
