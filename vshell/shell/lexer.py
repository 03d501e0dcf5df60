"""The shell's lexer: characters to tokens.

Source: bash(1), "Shell Grammar"; error texts are bash 5.2's.
"""

from __future__ import annotations

from vshell.shell.reader import (
    NAME,
    NAME_START,
    Incomplete,
    ShellSyntaxError,
    WordReader,
)
from vshell.shell.syntax import DoubleQuoted, Literal, Part, Quoted, Redirect, Target, Word

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from vshell.shell.syntax import List

__all__ = ["DECLARATIONS", "Incomplete", "Lexer", "ShellSyntaxError", "Token"]

_OPERATORS = (
    "<<<",
    "<<-",
    "&>>",
    ";;&",
    "&&",
    "||",
    ";;",
    ";&",
    "|&",
    "<<",
    ">>",
    "<&",
    ">&",
    "<>",
    ">|",
    "&>",
    "(",
    ")",
    "<",
    ">",
    "|",
    "&",
    ";",
)
_REDIRECTING = frozenset(("<", ">", ">>", "<>", ">|", "<&", ">&", "<<", "<<-", "<<<", "&>", "&>>"))
# Words behind which a command begins.
_OPENING = frozenset(
    ("if", "then", "elif", "else", "while", "until", "do", "{", "!", "time", "}", "fi", "done")
)
DECLARATIONS = frozenset(("declare", "typeset", "local", "export", "readonly", "alias"))
"""Commands whose arguments may be assignments."""


class Token:
    """One token: ``kind`` is word, an operator, newline or end."""

    __slots__ = ("end", "kind", "line", "start", "word")

    def __init__(self, kind: str, word: Word | None, line: int, start: int, end: int) -> None:
        """Make a token from a stretch of the text."""
        self.kind = kind
        self.word = word
        self.line = line
        self.start = start
        self.end = end

    def plain(self) -> str | None:
        """Give an unquoted word's text, None for anything else."""
        return self.word.plain() if self.word is not None else None

    def shown(self) -> str:
        """Give what an error message calls it."""
        if self.kind == "word" and self.word is not None:
            return self.word.source
        return {"end": "newline", "\n": "newline"}.get(self.kind, self.kind)


class Lexer(WordReader):
    """Reads tokens from a text."""

    def __init__(
        self, text: str, parse_command: Callable[[WordReader, str], List], line: int = 1
    ) -> None:
        """Read from the beginning, as WordReader does."""
        super().__init__(text, parse_command, line)
        self.warnings: list[tuple[int, str]] = []
        self.here_documents_may_end = True
        self.last_line = line
        self._here_documents: list[tuple[Redirect, str, bool, bool, int]] = []
        self._peeked: Token | None = None
        # Whether the next word can be an assignment: "yes", "argument" of declare, "no".
        self._assigning = "yes"

    # -- Tokens -----------------------------------------------------------------------------------

    def peek(self) -> Token:
        """Look at the next token."""
        if self._peeked is None:
            self._peeked = self._read()
        return self._peeked

    def take(self) -> Token:
        """Take the next token."""
        token = self.peek()
        self._peeked = None
        return token

    def rewind(self, token: Token) -> None:
        """Go back to before a token that was the last one read."""
        self._peeked = None
        self.position = token.start
        self.line = token.line

    def begin_command(self) -> None:
        """Take note that the next word begins a command."""
        self._assigning = "yes"

    def suspend(self) -> tuple[Token | None, str]:
        """Put aside what has been peeked at, as a substitution is read."""
        saved = self._peeked, self._assigning
        self._peeked, self._assigning = None, "yes"
        return saved

    def resume(self, saved: tuple[Token | None, str]) -> None:
        """Take it back."""
        self._peeked, self._assigning = saved

    def _read(self) -> Token:
        self._skip_blanks()
        text = self.text
        start, line = self.position, self.line
        if start >= len(text):
            if self._here_documents:
                self._read_here_documents()
            return Token("end", None, line, start, start)
        if text[start] == "\n":
            self.position += 1
            self.line += 1
            self.last_line = line
            self._read_here_documents()
            self._assigning = "yes"
            return Token("\n", None, line, start, self.position)
        if text[start] not in "<>" or text[start + 1 : start + 2] != "(":
            for operator in _OPERATORS:
                if text.startswith(operator, start):
                    self.position += len(operator)
                    if operator not in _REDIRECTING:
                        self._assigning = "yes"
                    return Token(operator, None, line, start, self.position)
        return self._read_word_token(start, line)

    def _read_word_token(self, start: int, line: int) -> Token:
        target = self._read_target() if self._assigning != "no" else None
        word = self.read_word()
        if target is not None:
            word.target = target
            word.source = self.source_from(start)
        token = Token("word", word, line, start, self.position)
        if self._assigning == "yes":
            plain = word.plain()
            if plain in DECLARATIONS:
                self._assigning = "argument"
            elif target is None and plain not in _OPENING and not _is_assignment(word):
                self._assigning = "no"
        return token

    # Read "name[subscript]=" or "name[subscript]+=", if that stands here.
    def _read_target(self) -> Target | None:
        start, line = self.position, self.line
        end = start
        while self.text[end : end + 1] and self.text[end] in NAME:
            end += 1
        if self.text[end : end + 1] != "[" or self.text[start] not in NAME_START:
            return None
        return self.read_target_from(start, end, line)

    def read_target_from(self, start: int, end: int, line: int) -> Target | None:
        """Read "[subscript]=" behind a name; None, and nothing read, if it is not that.

        Args:
            start: where the name begins.
            end: where it ends.
            line: where that is.
        """
        self.position = end
        try:
            index = self.read_index()
        except Incomplete:
            self.position, self.line = start, line
            return None
        for equals in ("=", "+="):
            if self.text.startswith(equals, self.position):
                self.position += len(equals)
                return Target(self.text[start:end], index, append=equals == "+=")
        self.position, self.line = start, line
        return None

    def _skip_blanks(self) -> None:
        text = self.text
        while self.position < len(text):
            letter = text[self.position]
            if letter in " \t":
                self.position += 1
            elif letter == "\\" and text[self.position + 1 : self.position + 2] == "\n":
                self.position += 2
                self.line += 1
            elif letter == "#":
                end = text.find("\n", self.position)
                self.position = len(text) if end < 0 else end
            else:
                return

    # -- Here-documents ---------------------------------------------------------------------------

    def expect_here_document(self, redirect: Redirect) -> None:
        """Note a here-document whose body begins on the next line."""
        quoted = any(not isinstance(part, Literal) for part in redirect.target.parts)
        delimiter = "".join(_plain_text(part) for part in redirect.target.parts)
        self._here_documents.append(
            (redirect, delimiter, redirect.operator == "<<-", quoted, self.line)
        )

    def _read_here_documents(self) -> None:
        waiting, self._here_documents = self._here_documents, []
        for redirect, delimiter, strip_tabs, quoted, begun in waiting:
            line = self.line
            body = []
            while True:
                if self.position >= len(self.text):
                    self._end_here_document(delimiter, begun)
                    break
                end = self.text.find("\n", self.position)
                end = len(self.text) if end < 0 else end
                text = self.text[self.position : end]
                at_end = end >= len(self.text)
                if self.inner and text.lstrip("\t" if strip_tabs else "") == delimiter + ")":
                    # $(cat <<E ... E) on one line.
                    self.position = end - 1
                    break
                self.position = min(end + 1, len(self.text))
                self.line += not at_end
                if strip_tabs:
                    text = text.lstrip("\t")
                if text == delimiter:
                    break
                body.append(text + "\n")
            text = "".join(body)
            parts: list[Part] = [Quoted(text)]
            if not quoted:
                inner = Lexer(text, self._parse_command, line)
                parts = [DoubleQuoted(inner.read_double_quoted(None))]
            redirect.body = Word(parts, line, text)

    def _end_here_document(self, delimiter: str, begun: int) -> None:
        text = f"here-document at line {begun} delimited by end-of-file (wanted `{delimiter}')"
        if not self.here_documents_may_end:
            raise Incomplete(self.line, text=text)
        self.warnings.append((max(self.end_line() - 1, begun), f"warning: {text}"))

    @property
    def awaits_here_document(self) -> bool:
        """Tell whether a here-document's body is still to come."""
        return bool(self._here_documents)

    @property
    def has_peeked(self) -> bool:
        """Tell whether a token has been looked at and not been taken."""
        return self._peeked is not None and self._peeked.kind != "end"


def _is_assignment(word: Word) -> bool:
    first = word.parts[0] if word.parts else None
    if not isinstance(first, Literal):
        return False
    name, equals, _ = first.text.partition("=")
    name = name.removesuffix("+")
    return bool(equals) and name.isascii() and name.isidentifier()


def _plain_text(part: Part) -> str:
    if isinstance(part, (Literal, Quoted)):
        return part.text
    if isinstance(part, DoubleQuoted):
        return "".join(_plain_text(one) for one in part.parts)
    return ""
