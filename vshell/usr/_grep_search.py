"""Searching one file as grep does: which lines are printed, and how.

Source: grep(1), GNU grep 3.8
"""

from __future__ import annotations

from vshell.usr._files import S_IFMT, S_IFREG

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from vshell.usr._grep_patterns import Patterns
    from vshell.usr._program import Io

__all__ = ["Search"]

_READ = 65536
_MATCH, _NAME, _LINE, _SEPARATOR = "01;31", "35", "32", "36"


class Search:
    """The settings of a search, and the state of the one in the file at hand."""

    def __init__(self, io: Io, patterns: Patterns) -> None:
        """Search with these patterns; the attributes are the options."""
        self.io = io
        self.patterns = patterns
        self.invert = False
        self.count = False
        self.listing = ""
        self.only = False
        self.quiet = False
        self.numbers = False
        self.offsets = False
        self.tab = False
        self.null = False
        self.end = b"\n"
        self.line_buffered = False
        self.before = self.after = 0
        self.most: int | None = None
        self.separator: str | None = "--"
        self.binary = "binary"
        self.colored = False
        self.selected = 0
        self._held: list[tuple[int, int, bytes]] = []
        self._last_printed = 0
        self._printed_any = False
        self._binary = self._hidden = False
        # With -T numbers are as wide as the file's size.
        self._width = 0

    def file(self, fd: int, name: str, *, named: bool) -> bool:
        """Search an open file; tell whether a line was selected.

        Raises:
            KernelError: it cannot be read; call finish() then.
        """
        self.selected = 0
        self._held = []
        self._last_printed = 0
        found = self.io.sys.fstat(fd) if self.tab else None
        is_file = found is not None and found.mode & S_IFMT == S_IFREG
        self._width = len(str(found.size)) if found is not None and is_file else 0
        silent = self.quiet or self.count or bool(self.listing)
        prefix = name if named else None
        offset = pending = 0
        self._binary = self._hidden = False
        for number, record in enumerate(self._records(fd), 1):
            if self.most is not None and self.selected >= self.most and not pending:
                break
            line = record.removesuffix(self.end)
            if self._binary and self.binary == "without-match":
                self.selected = 0
                break
            full = self.most is not None and self.selected >= self.most
            text = line.decode("utf-8", "surrogateescape")
            if not full and self.patterns.matches(text) != self.invert:
                self.selected += 1
                if self.quiet or self.listing:
                    break
                if not silent:
                    if self._binary:
                        self._hidden = True
                        break
                    self._print_match(prefix, number, offset, text)
                    pending = self.after
            elif not silent:
                pending = self._context(prefix, number, offset, line, pending, full=full)
            offset += len(record)
        if self._hidden:
            self.io.complain(f"{name}: binary file matches")
        self.finish(name, named=named)
        return self.selected > 0

    # The lines of a file; whether it is binary is decided by what is read at once, as it comes.
    def _records(self, fd: int) -> Iterator[bytes]:
        rest = b""
        while True:
            data = self.io.sys.read(fd, _READ)
            if not data:
                break
            if b"\0" in data and self.end != b"\0" and self.binary != "text":
                self._binary = True
            parts = (rest + data).split(self.end)
            rest = parts.pop()
            for part in parts:
                yield part + self.end
        if rest:
            yield rest

    def finish(self, name: str, *, named: bool) -> None:
        """Print what is known only at a file's end: its count, or its name."""
        if self.quiet:
            return
        if self.listing:
            if (self.selected > 0) == (self.listing == "l"):
                self.io.out(self._color(_NAME, name) + ("\0" if self.null else "\n"))
        elif self.count:
            head = ""
            if named:
                head = self._color(_NAME, name)
                head += "\0" if self.null else self._color(_SEPARATOR, ":")
            self.io.out(f"{head}{self.selected}\n")
        if self.line_buffered:
            self.io.flush()

    def _is_unprintable(self, text: str) -> bool:
        if self.binary == "text" or text.isascii():
            return False
        return any("\udc80" <= letter <= "\udcff" for letter in text)

    def _context(
        self, prefix: str | None, number: int, offset: int, line: bytes, pending: int, *, full: bool
    ) -> int:
        if pending:
            text = line.decode("utf-8", "surrogateescape")
            self._print_line(prefix, number, offset, text, "-")
            return pending - 1
        if self.before and not full:
            self._held.append((number, offset, line))
            if len(self._held) > self.before:
                del self._held[0]
        return 0

    def _print_match(self, prefix: str | None, number: int, offset: int, text: str) -> None:
        held, self._held = self._held, []
        first = held[0][0] if held else number
        apart = first > self._last_printed + 1 or not self._last_printed
        contexts = (self.before or self.after) and self._printed_any
        if contexts and self.separator is not None and apart:
            self.io.out(self._color(_SEPARATOR, self.separator) + "\n")
        for one_number, one_offset, line in held:
            one = line.decode("utf-8", "surrogateescape")
            self._print_line(prefix, one_number, one_offset, one, "-")
        self._print_line(prefix, number, offset, text, ":")

    def _print_line(
        self, prefix: str | None, number: int, offset: int, text: str, mark: str
    ) -> None:
        self._last_printed = number
        self._printed_any = True
        end = self.end.decode()
        if not self.only and self._is_unprintable(text):
            self._hidden = True
            return
        if self.only:
            if mark == ":" and not self.invert:
                for start, stop in self.patterns.spans(text):
                    if self._is_unprintable(text[start:stop]):
                        self._hidden = True
                        continue
                    at = offset + len(text[:start].encode("utf-8", "surrogateescape"))
                    head = self._head(prefix, number, at, mark)
                    self.io.out(head + self._color(_MATCH, text[start:stop]) + end)
        else:
            shown = text
            if self.colored and (mark == ":") != self.invert:
                shown = self._marked(text)
            self.io.out(self._head(prefix, number, offset, mark) + shown + end)
        if self.line_buffered:
            self.io.flush()

    def _marked(self, text: str) -> str:
        out = ""
        position = 0
        for start, stop in self.patterns.spans(text):
            out += text[position:start] + self._color(_MATCH, text[start:stop])
            position = stop
        return out + text[position:]

    # FILE:LINE:OFFSET: with the separators of a match or of context.
    def _head(self, prefix: str | None, number: int, offset: int, mark: str) -> str:
        separator = self._color(_SEPARATOR, mark)
        out = ""
        if prefix is not None:
            out += self._color(_NAME, prefix) + ("\0" if self.null else separator)
        for wanted, value in ((self.numbers, number), (self.offsets, offset)):
            if wanted:
                out += self._color(_LINE, str(value).rjust(self._width)) + separator
        return out + "\t" if self.tab and out else out

    def _color(self, code: str, text: str) -> str:
        return f"\x1b[{code}m\x1b[K{text}\x1b[m\x1b[K" if self.colored and text else text
