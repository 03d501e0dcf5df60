"""pstree: show processes as a tree.

Source: pstree(1), PSmisc 23.6
Differs: there are no threads of processes, namespaces or security contexts to show.
"""

from __future__ import annotations

from vshell.usr._proc import Task, printable, tasks
from vshell.usr._program import Io, OptionError, getopt, program
from vshell.usr._terminal import is_utf8, terminal_size
from vshell.usr._users import find_user

TYPE_CHECKING = False
if TYPE_CHECKING:
    from vshell.usr._options import Options

__all__ = ["main"]

_USAGE = """\
Usage: pstree [-acglpsStTuZ] [ -h | -H PID ] [ -n | -N type ]
              [ -A | -G | -U ] [ PID | USER ]
   or: pstree -V

Display a tree of processes.

  -a, --arguments     show command line arguments
  -A, --ascii         use ASCII line drawing characters
  -c, --compact-not   don't compact identical subtrees
  -g, --show-pgids    show process group ids; implies -c
  -G, --vt100         use VT100 line drawing characters
  -h, --highlight-all highlight current process and its ancestors
  -H PID, --highlight-pid=PID
                      highlight this process and its ancestors
  -l, --long          don't truncate long lines
  -n, --numeric-sort  sort output by PID
  -p, --show-pids     show PIDs; implies -c
  -s, --show-parents  show parents of the selected process
  -t, --thread-names  show full thread names
  -T, --hide-threads  hide threads, show only processes
  -u, --uid-changes   show uid transitions
  -U, --unicode       use UTF-8 (Unicode) line drawing characters
  -V, --version       display version information

  PID    start at this PID; default is 1 (init)
  USER   show only trees rooted at processes of this user

"""
_LONG = {
    "arguments": "a",
    "ascii": "A",
    "compact-not": "c",
    "show-pgids": "g",
    "vt100": "G",
    "highlight-all": "h",
    "highlight-pid=": "H",
    "long": "l",
    "numeric-sort": "n",
    "show-pids": "p",
    "show-parents": "s",
    "thread-names": "t",
    "hide-threads": "T",
    "uid-changes": "u",
    "unicode": "U",
    "version": "V",
}
# Before a further child, beside one, before the last, between a parent and its one child, and
# before the first of several.
_ASCII = ("|-", "| ", "`-", "---", "-+-")
_UNICODE = ("\u251c\u2500", "\u2502 ", "\u2514\u2500", "\u2500\u2500\u2500", "\u2500\u252c\u2500")
_VT100 = tuple(f"\x1b(0\x0f{text}\x1b(B" for text in ("tq", "x", "mq", "qqq", "qwq"))
_VT100_SPACED = tuple(text + " " if "x" in text else text for text in _VT100)
_WIDTH = 132
_BOLD, _NORMAL = "\x1b[1m", "\x1b[0m"


@program
def main(io: Io, words: list[str]) -> int:
    """Show a tree: ``pstree [-acglpsTu] [-h | -H PID] [-n] [-A | -G | -U] [PID | USER]``."""
    from vshell.usr._options import Options  # noqa: PLC0415 - with getopt's words only

    try:
        options = Options(*getopt(words, "aAcC:gGhH:lnN:psStTuUVZ", _LONG))
    except OptionError as error:
        io.complain(str(error))
        io.err(_USAGE)
        return 1
    if options.has("V"):
        io.err("pstree (PSmisc) 23.6\n")
        return 0
    return _Tree(io, options).run()


class _Tree:
    def __init__(self, io: Io, options: Options) -> None:
        self.io = io
        self.tasks = {task.pid: task for task in tasks(io)}
        self.children: dict[int, list[Task]] = {}
        for task in self.tasks.values():
            self.children.setdefault(task.ppid, []).append(task)
        self.arguments = options.has("a")
        self.pids, self.groups = options.has("p"), options.has("g")
        self.users = options.has("u")
        self.compact = not options.has("c", "p", "g", "a")
        for found in self.children.values():
            found.sort(key=lambda task: task.pid)
            if not options.has("n"):
                found.sort(key=lambda task: task.name)
        self.operand = options.operands[0] if options.operands else "1"
        self.with_parents = options.has("s")
        size = terminal_size(io) if io.sys.isatty(1) else None
        columns = io.sys.environ().get("COLUMNS", "")
        self.width = size[0] if size else int(columns) if columns.isdigit() else _WIDTH
        self.is_cut = not options.has("l")
        self.marks = self.line_marks(options, on_terminal=size is not None)
        self.bold: set[int] = set()
        if options.has("h") or options.has("H"):
            pid = options.value("H")
            self.highlight(int(pid) if pid.isdigit() else io.sys.getpid())

    def line_marks(self, options: Options, *, on_terminal: bool) -> tuple[str, ...]:
        chosen = options.last_of("AGU")
        if not chosen:
            chosen = "U" if on_terminal and is_utf8(self.io) else "A"
        return {"A": _ASCII, "G": _VT100_SPACED, "U": _UNICODE}[chosen]

    def highlight(self, pid: int) -> None:
        while pid in self.tasks and pid not in self.bold:
            self.bold.add(pid)
            pid = self.tasks[pid].ppid

    def run(self) -> int:
        if self.operand.isdigit():
            task = self.tasks.get(int(self.operand))
            if task is not None:
                self.show(task)
            return 0
        user = find_user(self.io, self.operand)
        if user is None:
            self.io.err(f"No such user name: {self.operand}\n")
            return 1
        roots = [
            task
            for task in self.tasks.values()
            if task.euid == user.uid
            and (task.ppid not in self.tasks or self.tasks[task.ppid].euid != user.uid)
        ]
        for number, task in enumerate(roots):
            self.io.out("\n" if number else "")
            self.show(task)
        return 0

    # The tree of a task, and with -s what leads to it.
    def show(self, task: Task) -> None:
        above = []
        pid = task.ppid
        while self.with_parents and pid in self.tasks:
            above.append(self.tasks[pid])
            pid = self.tasks[pid].ppid
        for child, parent in zip([task, *above], above, strict=False):
            self.children[parent.pid] = [child]
        root = above[-1] if above else task
        if self.arguments:
            self.print_lines(root, "", "", None)
            return
        for line in self.lines(root, None):
            self.put(line)

    def put(self, line: str) -> None:
        shown = line
        plain_length = len(line.replace(_BOLD, "").replace(_NORMAL, ""))
        if self.is_cut and plain_length > self.width and self.marks is not _VT100_SPACED:
            shown = line[: self.width - 1] + "+"
        self.io.out(shown + "\n")

    # -- What a task is called --------------------------------------------------------------------

    def label(self, task: Task, parent: Task | None) -> str:
        name = printable(task.name)
        if task.is_kernel_thread and self.arguments:
            name = f"[{name}]"
        notes = []
        if self.pids:
            notes.append(str(task.pid))
        if self.groups:
            notes.append(str(task.pgrp))
        if self.users and task.euid != (parent.euid if parent is not None else 0):
            user = find_user(self.io, f"{task.euid}")
            notes.append(user.name if user is not None else str(task.euid))
        shown = f"{name},{','.join(notes)}" if self.arguments and notes else name
        if notes and not self.arguments:
            shown = f"{name}({','.join(notes)})"
        if self.arguments:
            shown = " ".join([shown, *map(printable, task.words()[1:])])
        return f"{_BOLD}{shown}{_NORMAL}" if task.pid in self.bold else shown

    # -- Without arguments: the first child stands beside its parent ------------------------------

    def lines(self, task: Task, parent: Task | None) -> list[str]:
        label = self.label(task, parent)
        groups = self.grouped(task)
        if not groups:
            return [label]
        branch, beside, last, single, first = self.marks
        indent = " " * len(label.replace(_BOLD, "").replace(_NORMAL, ""))
        out = []
        for number, (count, subtree) in enumerate(groups):
            block = subtree
            is_last = number == len(groups) - 1
            if not number:
                head = label + (single if is_last else first)
            else:
                head = f"{indent} {last if is_last else branch}"
            tail = f"{indent} {'  ' if is_last else beside}"
            if count > 1:
                head += f"{count}*["
                tail += " " * len(f"{count}*[")
                block = [block[0] + "]", *block[1:]]
            out += [head + block[0], *(tail + line for line in block[1:])]
        return out

    # The subtrees of the children, each with how many there are that look so.
    def grouped(self, task: Task) -> list[tuple[int, list[str]]]:
        found: list[tuple[int, list[str]]] = []
        for child in self.children.get(task.pid, []):
            block = self.lines(child, task)
            same = [at for at, (_, one) in enumerate(found) if self.compact and one == block]
            if same:
                found[same[0]] = (found[same[0]][0] + 1, block)
            else:
                found.append((1, block))
        return found

    # -- With arguments: each on its own line -----------------------------------------------------

    def print_lines(self, task: Task, head: str, tail: str, parent: Task | None) -> None:
        self.put_cut(head + self.label(task, parent))
        branch, beside, last, _, _ = self.marks
        children = self.children.get(task.pid, [])
        for number, child in enumerate(children):
            is_last = number == len(children) - 1
            mark, below = (last, "  ") if is_last else (branch, beside)
            self.print_lines(child, f"{tail}  {mark}", f"{tail}  {below}", task)

    def put_cut(self, line: str) -> None:
        self.io.out((line[: self.width] if self.is_cut else line) + "\n")
