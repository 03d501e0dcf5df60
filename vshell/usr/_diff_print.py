"""Printing the differences of two files: normally, with context, or unified.

Source: diff(1), diffutils 3.8, "Output Formats" of its manual
"""

from __future__ import annotations

from vshell.usr._dates import moment, strftime

TYPE_CHECKING = False
if TYPE_CHECKING:
    from vshell.usr._diff_lines import Change
    from vshell.usr._program import Io

__all__ = ["Printer", "Side"]

_BOLD, _RED, _GREEN, _CYAN, _PLAIN = "\x1b[1m", "\x1b[31m", "\x1b[32m", "\x1b[36m", "\x1b[0m"
_HEADING_MAX = 40


class Side:
    """One of the two files: its name, its time of change and its lines."""

    def __init__(self, name: str, mtime_ns: int, lines: list[bytes], label: str | None) -> None:
        """Take a file; a label stands for name and time."""
        self.name = name
        self.mtime_ns = mtime_ns
        self.lines = lines
        self.label = label


class Printer:
    """Prints the changes between two sides; ``before`` is printed ahead of the first one."""

    def __init__(self, io: Io, style: str, context: int, *, functions: bool, colored: bool) -> None:
        """Get ready.

        Args:
            io: where to.
            style: "normal", "context" or "unified".
            context: the unchanged lines around a change.
            functions: whether a heading shows the last line that looks like a function's.
            colored: whether to use colours.
        """
        self.io = io
        self.style = style
        self.context = context
        self.functions = functions
        self.colored = colored
        self._heading = (0, "")

    def print(self, old: Side, new: Side, changes: list[Change], before: str) -> None:
        """Print all changes."""
        self.io.out(before)
        if self.style == "normal":
            for change in changes:
                self._normal(old, new, change)
            return
        marks = ("---", "+++") if self.style == "unified" else ("***", "---")
        for mark, side in zip(marks, (old, new), strict=True):
            self._paint(_BOLD, f"{mark} {self._title(side)}")
        self._heading = (0, "")
        for group in self._groups(changes):
            if self.style == "unified":
                self._unified(old, new, group)
            else:
                self._in_context(old, new, group)

    def _title(self, side: Side) -> str:
        if side.label is not None:
            return side.label
        when = strftime("%Y-%m-%d %H:%M:%S.%N %z", moment(self.io, side.mtime_ns))
        return f"{_quoted(side.name)}\t{when}"

    def _paint(self, color: str, text: str) -> None:
        self.io.out(f"{color}{text}{_PLAIN}\n" if self.colored else text + "\n")

    # A line of a file behind its mark; a missing newline is told.
    def _line(self, mark: str, line: bytes, color: str = "") -> None:
        out = self.io.out_bytes
        start, end = (color.encode(), _PLAIN.encode()) if self.colored and color else (b"", b"")
        out(start + mark.encode() + line.removesuffix(b"\n") + end + b"\n")
        if not line.endswith(b"\n"):
            self.io.out("\\ No newline at end of file\n")

    # -- The normal form --------------------------------------------------------------------------

    def _normal(self, old: Side, new: Side, change: Change) -> None:
        gone = old.lines[change.start : change.end]
        come = new.lines[change.other_start : change.other_end]
        letter = "c" if gone and come else "d" if gone else "a"
        left = _plain_range(change.start, change.end)
        right = _plain_range(change.other_start, change.other_end)
        self._paint(_CYAN, f"{left}{letter}{right}")
        for line in gone:
            self._line("< ", line, _RED)
        if letter == "c":
            self.io.out("---\n")
        for line in come:
            self._line("> ", line, _GREEN)

    # -- With context -----------------------------------------------------------------------------

    # Changes whose context touches belong together.
    def _groups(self, changes: list[Change]) -> list[list[Change]]:
        groups: list[list[Change]] = []
        for change in changes:
            if groups and change.start - groups[-1][-1].end <= 2 * self.context:
                groups[-1].append(change)
            else:
                groups.append([change])
        return groups

    def _bounds(self, old: Side, new: Side, group: list[Change]) -> tuple[int, int, int, int]:
        first, last = group[0], group[-1]
        ahead = min(self.context, first.start)
        after = min(self.context, len(old.lines) - last.end)
        return (
            first.start - ahead,
            last.end + after,
            first.other_start - min(ahead, first.other_start),
            min(last.other_end + after, len(new.lines)),
        )

    # The last line before a group that begins like the head of a function.
    def _function(self, old: Side, start: int) -> str:
        if not self.functions:
            return ""
        searched, found = self._heading
        for line in reversed(old.lines[searched:start]):
            first = line[:1].decode("latin-1")
            if (first.isascii() and first.isalpha()) or first in ("_", "$"):
                text = line.decode("utf-8", "surrogateescape").strip()
                found = " " + text[:_HEADING_MAX].rstrip()
                break
        self._heading = (start, found)
        return found

    def _unified(self, old: Side, new: Side, group: list[Change]) -> None:
        start, end, other_start, other_end = self._bounds(old, new, group)
        heading = self._function(old, start)
        where = f"@@ -{_counted(start, end)} +{_counted(other_start, other_end)} @@"
        if self.colored:
            self.io.out(f"{_CYAN}{where}{_PLAIN}{heading}\n")
        else:
            self.io.out(f"{where}{heading}\n")
        at = start
        for change in group:
            for line in old.lines[at : change.start]:
                self._line(" ", line)
            for line in old.lines[change.start : change.end]:
                self._line("-", line, _RED)
            for line in new.lines[change.other_start : change.other_end]:
                self._line("+", line, _GREEN)
            at = change.end
        for line in old.lines[at:end]:
            self._line(" ", line)

    def _in_context(self, old: Side, new: Side, group: list[Change]) -> None:
        start, end, other_start, other_end = self._bounds(old, new, group)
        self.io.out("***************" + self._function(old, start) + "\n")
        self._paint(_CYAN, f"*** {_plain_range(start, end)} ****")
        if any(change.start < change.end for change in group):
            self._side(old.lines, start, end, group, new=False)
        self._paint(_CYAN, f"--- {_plain_range(other_start, other_end)} ----")
        if any(change.other_start < change.other_end for change in group):
            self._side(new.lines, other_start, other_end, group, new=True)

    def _side(
        self, lines: list[bytes], start: int, end: int, group: list[Change], *, new: bool
    ) -> None:
        color = _GREEN if new else _RED
        at = start
        for change in group:
            first = change.other_start if new else change.start
            last = change.other_end if new else change.end
            both = change.start < change.end and change.other_start < change.other_end
            mark = "! " if both else "+ " if new else "- "
            for line in lines[at:first]:
                self._line("  ", line, color)
            for line in lines[first:last]:
                self._line(mark, line, color)
            at = last
        for line in lines[at:end]:
            self._line("  ", line, color)


# Lines as the normal form numbers them; of none, the line before.
def _plain_range(start: int, end: int) -> str:
    return str(end) if end - start <= 1 else f"{start + 1},{end}"


def _counted(start: int, end: int) -> str:
    count = end - start
    if count == 1:
        return str(end)
    return f"{start + 1 if count else start},{count}"


def _quoted(name: str) -> str:
    if not any(letter in '"\\ ' or not letter.isprintable() for letter in name):
        return name
    from vshell.usr._quote import c_escaped  # noqa: PLC0415 - for rare names only

    return f'"{c_escaped(name, chr(34))}"'
