"""What the compiler says in gcc's form: place, kind, text, line, caret.

Real: 29-kbuild-errors.
"""

from __future__ import annotations

__all__ = ["Diagnostic", "Diagnostics"]

_TAB_STOP = 8


class Diagnostic:
    """One message about one place."""

    __slots__ = ("column", "function", "kind", "length", "line", "notes", "option", "text")

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
        self.notes: list[tuple[str, int, int, str, str]] = []


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
        """
        message = Diagnostic(kind, line, column, length, text)
        message.function = function
        message.option = option
        self.messages.append(message)
        return message

    def note(
        self, message: Diagnostic, path: str, line: int, column: int, text: str, quoted: str
    ) -> None:
        """Add a note about another place behind a message."""
        message.notes.append((path, line, column, text, quoted))

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
            self.note(message, self.path, line, column, once, "")

    @property
    def has_errors(self) -> bool:
        """Tell whether the file cannot be compiled."""
        return any(message.kind != "warning" for message in self.messages)

    def render(self) -> str:
        """Write all messages, by line, with the function each is in before it."""
        out: list[str] = []
        context = ""
        as_errors = False
        for message in sorted(self.messages, key=self._order):
            if message.function != context:
                context = message.function
                where = f"In function '{context}'" if context else "At top level"
                out.append(f"{self.path}: {where}:")
            option = message.option
            if option:
                as_errors |= message.kind == "error"
                option = f" [-Werror={option}]" if message.kind == "error" else f" [-W{option}]"
            out.append(
                f"{self.path}:{message.line}:{message.column}: "
                f"{message.kind}: {message.text}{option}"
            )
            out += self.quote(message.line, message.column, message.length)
            for path, line, column, text, quoted in message.notes:
                out.append(f"{path}:{line}:{column}: note: {text}")
                if quoted:
                    out += _quote(
                        line, column, len(quoted.split("(")[0].split()[-1].lstrip("*")), quoted
                    )
            if message.kind == "fatal error":
                out.append("compilation terminated.")
                break
        if as_errors:
            out.append("cc1: some warnings being treated as errors")
        return "".join(line + "\n" for line in out)

    # gcc reports function by function, in the order of the source, and the
    # top level's unused names last.
    def _order(self, message: Diagnostic) -> tuple[int, int, int]:
        late = message.option in ("unused-function", "unused-variable") and not message.function
        return int(late), message.line, message.column

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
