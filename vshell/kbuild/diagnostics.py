"""What the compiler says in gcc's form: place, kind, text, line, caret.

Real: 29-kbuild-errors.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from vshell.kbuild.headers import Declaration

__all__ = ["DURING", "END_OF_BLOCK", "END_OF_FUNCTION", "Diagnostic", "Diagnostics", "Note"]

_TAB_STOP = 8

DURING, END_OF_BLOCK, END_OF_FUNCTION = range(3)
"""When in a function gcc says something: as it reads, of its variables, of its end."""


class Note:
    """A remark about another place behind a message; no source is shown where ``quoted`` is ""."""

    __slots__ = ("column", "length", "line", "path", "quoted", "text")

    def __init__(
        self, path: str, line: int, column: int, text: str, quoted: str, length: int
    ) -> None:
        """Make a remark.

        Args:
            path: of the file it is about.
            line: counted from 1.
            column: counted from 1.
            text: the remark.
            quoted: the source line.
            length: how many characters of it are underlined.
        """
        self.path = path
        self.line = line
        self.column = column
        self.text = text
        self.quoted = quoted
        self.length = max(length, 1)


class Diagnostic:
    """One message about one place."""

    __slots__ = (
        "column",
        "function",
        "header",
        "kind",
        "label",
        "length",
        "line",
        "macro",
        "notes",
        "option",
        "phase",
        "quotes",
        "text",
    )

    def __init__(self, kind: str, line: int, column: int, length: int, text: str) -> None:
        """Make a message.

        Args:
            kind: error, warning, note or fatal error.
            line: counted from 1.
            column: counted from 1, in characters.
            length: how many characters are underlined.
            text: the message.
        """
        self.kind = kind
        self.line = line
        self.column = column
        self.length = max(length, 1)
        self.text = text
        self.option = ""
        self.function = ""
        self.phase = DURING
        self.quotes = True
        self.label = ""
        """A type that is shown below the caret."""
        self.header: tuple[str, int] | None = None
        """The header whose macro it goes through, and the line that includes it."""
        self.macro: Declaration | None = None
        """The macro whose definition it is about, if not the source."""
        self.notes: list[Note] = []


class Diagnostics:
    """The messages about one source file."""

    def __init__(self, path: str, source: str) -> None:
        """Start with none.

        Args:
            path: how the file is called in messages.
            source: its text, for the quoted lines.
        """
        self.path = path
        self._lines = source.split("\n")
        self.messages: list[Diagnostic] = []
        self._undeclared_noted = False

    def add(
        self,
        kind: str,
        line: int,
        column: int,
        length: int,
        text: str,
        *,
        function: str = "",
        option: str = "",
        phase: int = DURING,
    ) -> Diagnostic:
        """Add a message.

        Args:
            kind: error, warning or fatal error.
            line: counted from 1.
            column: counted from 1.
            length: characters to underline.
            text: the message, without its option.
            function: the function it is in, "" for the top level.
            option: the warning option behind it: "unused-variable"; an error's becomes -Werror=.
            phase: when in its function it is said.
        """
        message = Diagnostic(kind, line, column, length, text)
        message.function = function
        message.option = option
        message.phase = phase
        self.messages.append(message)
        return message

    def note(self, message: Diagnostic, line: int, column: int, length: int, text: str) -> None:
        """Add a note about another place of the source behind a message."""
        quoted = self._lines[line - 1] if line <= len(self._lines) else ""
        message.notes.append(Note(self.path, line, column, text, quoted, length))

    def note_declaration(self, message: Diagnostic, declaration: Declaration, text: str) -> None:
        """Add a note about a header's line behind a message."""
        column, length = declaration.column(), len(declaration.name)
        path = f"include/{declaration.header}"
        message.notes.append(Note(path, declaration.line, column, text, declaration.text, length))

    def undeclared(self, line: int, column: int, name: str, function: str) -> None:
        """Add gcc's message about a name nobody has declared."""
        if not function:
            text = f"'{name}' undeclared here (not in a function)"
            self.add("error", line, column, len(name), text)
            return
        text = f"'{name}' undeclared (first use in this function)"
        message = self.add("error", line, column, len(name), text, function=function)
        if not self._undeclared_noted:
            self._undeclared_noted = True
            once = (
                "each undeclared identifier is reported only once for each function it appears in"
            )
            message.notes.append(Note(self.path, line, column, once, "", 1))

    @property
    def has_errors(self) -> bool:
        """Tell whether the file cannot be compiled."""
        return any(message.kind != "warning" for message in self.messages)

    # -- Writing ----------------------------------------------------------------------------------

    def render(self) -> str:
        """Write all messages, by line, with the function each is in before it."""
        out: list[str] = []
        context = header = ""
        as_errors = False
        for message in self._in_order():
            if message.header is not None and message.header[0] != header:
                header = message.header[0]
                out.append(f"In file included from {self.path}:{message.header[1]}:")
            if message.function != context:
                context = message.function
                where = f"In function '{context}'" if context else "At top level"
                out.append(f"{self.path}: {where}:")
            as_errors |= message.kind == "error" and bool(message.option)
            out += self._message(message)
            if message.kind == "fatal error":
                out.append("compilation terminated.")
                break
        if as_errors:
            out.append("cc1: some warnings being treated as errors")
        return "".join(line + "\n" for line in out)

    def _message(self, message: Diagnostic) -> list[str]:
        option = message.option
        if option:
            option = f" [-Werror={option}]" if message.kind == "error" else f" [-W{option}]"
        said = f"{message.kind}: {message.text}{option}"
        macro = message.macro
        if macro is None:
            out = [f"{self.path}:{message.line}:{message.column}: {said}"]
            if message.quotes:
                out += self.quote(message.line, message.column, message.length)
        else:
            column = macro.column()
            out = [f"include/{macro.header}:{macro.line}:{column}: {said}"]
            out += _quote(macro.line, column, len(macro.name), macro.text)
            out.append(
                f"{self.path}:{message.line}:{message.column}: "
                f"note: in expansion of macro '{macro.name}'"
            )
            out += self.quote(message.line, message.column, message.length)
        if message.label:
            before = out[-1].index("^")
            out += [f"{'|':>7}{'|':>{before - 6}}", f"{'|':>7}{'':{before - 7}}{message.label}"]
        for note in message.notes:
            out.append(f"{note.path}:{note.line}:{note.column}: note: {note.text}")
            if note.quoted:
                out += _quote(note.line, note.column, note.length, note.quoted)
        return out

    # gcc reports function by function, in the order of the source, and the top level's unused
    # names last, the last one first.
    def _in_order(self) -> list[Diagnostic]:
        begins: dict[str, int] = {}
        for message in self.messages:
            name = message.function
            begins[name] = min(begins.get(name, message.line), message.line)

        def order(message: Diagnostic) -> tuple[int, int, int, int, int]:
            unused = message.option in ("unused-function", "unused-variable")
            if unused and not message.function:
                return 1, 0, 0, -message.line, message.column
            begin = begins[message.function] if message.function else message.line
            return 0, begin, message.phase, message.line, message.column

        return sorted(self.messages, key=order)

    def text_before(self, line: int, offset: int) -> str:
        """Give what stands before a column of the source, without spaces at its end."""
        return self._lines[line - 1][:offset].rstrip()

    def quote(self, line: int, column: int, length: int) -> list[str]:
        """Give the two lines that show a place.

        The source with its number, and the caret below it.
        """
        text = self._lines[line - 1] if line <= len(self._lines) else ""
        return _quote(line, column, length, text)


def _quote(line: int, column: int, length: int, text: str) -> list[str]:
    before = text[: column - 1].expandtabs(_TAB_STOP)
    shown = text.expandtabs(_TAB_STOP)
    underline = " " * len(before) + "^" + "~" * (length - 1)
    return [f"{line:5d} | {shown}", f"      | {underline}"]
