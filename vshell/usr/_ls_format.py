"""How ls prints: columns, lines with all attributes, names with their quotes and marks.

Source: ls(1), coreutils 9.1
"""

from __future__ import annotations

from vshell.abi.units import NSEC_PER_SEC
from vshell.usr._dates import moment, strftime
from vshell.usr._files import (
    S_IFBLK,
    S_IFCHR,
    S_IFDIR,
    S_IFIFO,
    S_IFLNK,
    S_IFMT,
    S_IFREG,
    S_IFSOCK,
)
from vshell.usr._human import blocks_of, human
from vshell.usr._mode import mode_text
from vshell.usr._quote import c_escaped, is_printable, shell_quoted
from vshell.usr._width import width

TYPE_CHECKING = False
if TYPE_CHECKING:
    from vshell.kernel.syscall import Stat
    from vshell.usr._ls_color import Colors
    from vshell.usr._names import Names
    from vshell.usr._program import Io

__all__ = ["Entry", "Format"]

_HALF_YEAR_S = 31556952 // 2
_MARKS = {S_IFDIR: "/", S_IFLNK: "@", S_IFIFO: "|", S_IFSOCK: "="}


class Entry:
    """A file to be listed: its name, its attributes, and for links where they lead."""

    __slots__ = ("found", "name", "target", "target_found")

    def __init__(self, name: str, found: Stat | None) -> None:
        """Describe a file.

        Args:
            name: as it is to be shown.
            found: its attributes, None if they are not needed.
        """
        self.name = name
        self.found = found
        self.target: str | None = None
        self.target_found: Stat | None = None

    def is_directory(self) -> bool:
        """Tell whether it is a directory."""
        return self.found is not None and self.found.mode & S_IFMT == S_IFDIR


class Format:
    """The settings that say how entries look; ls.py fills them in."""

    def __init__(self, io: Io, names: Names) -> None:
        """Start with the plainest form: one name per line."""
        self.io = io
        self.names = names
        self.style = "single"
        self.colors: Colors | None = None
        self.quoting = "literal"
        self.hide_control = False
        self.marks = ""
        self.inodes = False
        self.blocks = False
        self.numeric = False
        self.owner = self.group = True
        self.human = ""
        self.block_size = 1024
        self.block_suffix = ""
        self.size_block = 1
        self.time_style = "locale"
        self.time_kind = "mtime_ns"
        self.columns = 80
        self.tabs = True
        self.now_ns = io.sys.clock_realtime_ns()

    # -- Names ------------------------------------------------------------------------------------

    def quoted(self, name: str) -> str:
        """Give a name as it is shown, quotes included."""
        if self.quoting == "literal":
            if not self.hide_control:
                return name
            return "".join(letter if is_printable(letter) else "?" for letter in name)
        if self.quoting == "escape":
            return c_escaped(name, " ")
        if self.quoting == "c":
            return '"' + c_escaped(name, '"') + '"'
        return shell_quoted(name, always=self.quoting == "shell-always")

    def name(self, entry: Entry, *, aligned: bool) -> tuple[str, int]:
        """Give an entry's name with colour, mark and inode or blocks before it; and its width.

        Args:
            entry: the file.
            aligned: whether some name here has quotes, so that the others get a space.
        """
        text = self.quoted(entry.name)
        space = " " if aligned and text[:1] not in ("'", '"') else ""
        size = width(space + text)
        found = entry.found
        if self.colors is not None and found is not None:
            orphan = entry.target is not None and entry.target_found is None
            code = self.colors.of(entry.name, found.mode, orphan=orphan)
            text = self.colors.paint(text, code)
        mark = self.mark(found) if self.style != "long" or entry.target is None else ""
        return space + text + mark, size + len(mark)

    def mark(self, found: Stat | None) -> str:
        """Give the character behind a name that tells its type, for -F and -p."""
        if found is None or not self.marks:
            return ""
        kind = found.mode & S_IFMT
        mark = _MARKS.get(kind, "")
        if self.marks == "slash":
            return mark if mark == "/" else ""
        if kind == S_IFREG and found.mode & 0o111 and self.marks == "classify":
            return "*"
        return mark

    def block_text(self, found: Stat | None) -> str:
        """Give how much of the disk a file takes, for -s and the total."""
        return self.block_count(blocks_of(found) if found is not None else 0)

    def block_count(self, blocks: int) -> str:
        """Write a number of 512-byte blocks in the units asked for."""
        if self.human:
            return human(blocks * 512, si=self.human == "si")
        return f"{-(-blocks * 512 // self.block_size)}{self.block_suffix}"

    # -- Listings ---------------------------------------------------------------------------------

    def print_entries(self, entries: list[Entry]) -> None:
        """Print a listing."""
        if not entries:
            return
        aligned = self.needs_alignment(entries)
        prefixes = self.prefixes(entries)
        if self.style == "long":
            self.print_long(entries, prefixes, aligned=aligned)
            return
        cells = []
        for entry, prefix in zip(entries, prefixes, strict=True):
            text, size = self.name(entry, aligned=aligned)
            cells.append((prefix + text, len(prefix) + size))
        if self.style == "columns":
            self.print_columns(cells)
        elif self.style == "across":
            self.print_across(cells)
        elif self.style == "commas":
            self.print_commas(cells)
        else:
            self.io.out("".join(text + "\n" for text, _ in cells))

    def needs_alignment(self, entries: list[Entry]) -> bool:
        if self.quoting != "shell" or self.style not in ("long", "columns", "across"):
            return False
        return any(self.quoted(entry.name)[:1] in ("'", '"') for entry in entries)

    # What stands before the names: inode numbers and blocks.
    def prefixes(self, entries: list[Entry]) -> list[str]:
        prefixes = [""] * len(entries)
        padded = self.style != "commas"
        for wanted, text in ((self.inodes, self.inode_text), (self.blocks, self.block_text)):
            if wanted:
                texts = [text(entry.found) for entry in entries]
                size = max(map(len, texts)) if padded else 0
                prefixes = [
                    f"{old}{new.rjust(size)} " for old, new in zip(prefixes, texts, strict=True)
                ]
        return prefixes

    def inode_text(self, found: Stat | None) -> str:
        return str(found.inode) if found is not None else "?"

    # As many columns as fit, filled from top to bottom.
    def print_columns(self, cells: list[tuple[str, int]]) -> None:
        widths = _arrange([size for _, size in cells], self.columns, down=True)
        rows = -(-len(cells) // len(widths))
        for row in range(rows):
            self.print_row(cells[row::rows], widths)

    def print_across(self, cells: list[tuple[str, int]]) -> None:
        widths = _arrange([size for _, size in cells], self.columns, down=False)
        for start in range(0, len(cells), len(widths)):
            self.print_row(cells[start : start + len(widths)], widths)

    def print_row(self, cells: list[tuple[str, int]], widths: list[int]) -> None:
        out = []
        column = start = 0
        for number, (text, size) in enumerate(cells):
            while column < start:
                # Tabs where they lead on, as long as they do not overshoot.
                if self.tabs and start // 8 > (column + 1) // 8:
                    out.append("\t")
                    column += 8 - column % 8
                else:
                    out.append(" ")
                    column += 1
            out.append(text)
            column = start + size
            start += widths[number]
        self.io.out("".join(out) + "\n")

    def print_commas(self, cells: list[tuple[str, int]]) -> None:
        out = ""
        column = 0
        for number, (text, size) in enumerate(cells):
            if number:
                if column + 2 + size < self.columns or not self.columns:
                    out += ", "
                    column += 2
                else:
                    out += ",\n"
                    column = 0
            out += text
            column += size
        self.io.out(out + "\n")

    # -- The long form ----------------------------------------------------------------------------

    def print_long(self, entries: list[Entry], prefixes: list[str], *, aligned: bool) -> None:
        rows = [self.fields(entry) for entry in entries]
        widths = [max(len(row[n]) for row in rows) for n in range(6)]
        # Sizes and device numbers share a column.
        size_width = max(widths[3], widths[4] + 2 + widths[5] if widths[4] else 0)
        for entry, prefix, row in zip(entries, prefixes, rows, strict=True):
            links, owner, group, size, major, minor, mode, date = row
            if major:
                size = f"{major.rjust(size_width - 2 - widths[5])}, {minor.rjust(widths[5])}"
            parts = [mode, links.rjust(widths[0])]
            if self.owner:
                parts.append(self.padded(owner, widths[1]))
            if self.group:
                parts.append(self.padded(group, widths[2]))
            parts += [size.rjust(size_width), date]
            self.io.out(f"{prefix}{' '.join(parts)} {self.long_name(entry, aligned=aligned)}\n")

    def padded(self, name: str, size: int) -> str:
        return name.rjust(size) if self.numeric else name.ljust(size)

    def fields(self, entry: Entry) -> tuple[str, str, str, str, str, str, str, str]:
        found = entry.found
        if found is None:
            return "?", "?", "?", "?", "", "", "??????????", self.unknown_date()
        owner, group = str(found.uid), str(found.gid)
        if not self.numeric:
            owner, group = self.names.user(found.uid), self.names.group(found.gid)
        size, major, minor = self.size_text(found.size), "", ""
        if found.mode & S_IFMT in (S_IFCHR, S_IFBLK):
            size, major, minor = "", str(found.rdev[0]), str(found.rdev[1])
        return (
            str(found.links),
            owner if self.owner else "",
            group if self.group else "",
            size,
            major,
            minor,
            mode_text(found.mode),
            self.date(getattr(found, self.time_kind)),
        )

    def size_text(self, size: int) -> str:
        if self.human:
            return human(size, si=self.human == "si")
        suffix = self.block_suffix if self.size_block > 1 else ""
        return f"{-(-size // self.size_block)}{suffix}"

    def unknown_date(self) -> str:
        return "?".rjust(len(self.date(0)))

    def date(self, time_ns: int) -> str:
        """Write a date in the style asked for; locale's and iso's differ for older ones."""
        when = moment(self.io, time_ns)
        age_s = (self.now_ns - time_ns) // NSEC_PER_SEC
        recent = self.now_ns >= time_ns and age_s < _HALF_YEAR_S
        style = self.time_style
        if style.startswith("+"):
            old, _, new = style[1:].partition("\n")
            return strftime(new if recent and new else old, when)
        return strftime(
            {
                "full-iso": "%Y-%m-%d %H:%M:%S.%N %z",
                "long-iso": "%Y-%m-%d %H:%M",
                "iso": "%m-%d %H:%M" if recent else "%Y-%m-%d ",
            }.get(style, "%b %e %H:%M" if recent else "%b %e  %Y"),
            when,
        )

    def long_name(self, entry: Entry, *, aligned: bool) -> str:
        text = self.name(entry, aligned=aligned)[0]
        if entry.target is None:
            return text
        shown = self.quoted(entry.target)
        found = entry.target_found
        if self.colors is not None:
            code = self.colors.of(entry.target, found.mode if found else 0, missing=found is None)
            shown = self.colors.paint(shown, code)
        return f"{text} -> {shown}{self.mark(found)}"


# Widths of the columns, two spaces included, for the most columns that fit into a line.
def _arrange(sizes: list[int], line: int, *, down: bool) -> list[int]:
    most = min(max(line // 3, 1), len(sizes)) if line else len(sizes)
    for count in range(most, 1, -1):
        rows = -(-len(sizes) // count)
        widths = [0] * count
        for index, size in enumerate(sizes):
            column = index // rows if down else index % count
            widths[column] = max(widths[column], size + (2 if column < count - 1 else 0))
        widths = [max(size, 3) for size in widths]
        if not line or sum(widths) < line:
            used = -(-len(sizes) // rows) if down else count
            return widths[:used]
    return [max(sizes)]
