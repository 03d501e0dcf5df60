r"""The shell's lexer: characters to tokens.

Words have their quotes and expansions taken apart.

Source: bash(1), "Shell Grammar" and "Quoting"; error texts are bash 5.2's.

More than 400 lines, one idea: quotes and expansions nest, and are read by one another.
"""

from __future__ import annotations

from vshell.shell.syntax import (
    ArithmeticPart,
    CommandPart,
    DoubleQuoted,
    Literal,
    ParameterPart,
    Part,
    Quoted,
    Redirect,
    Word,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from vshell.shell.syntax import List

__all__ = ["Incomplete", "Lexer", "ShellSyntaxError", "Token"]

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
_META = " \t\n|&;()<>"
_NAME_START = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_"
_NAME = _NAME_START + "0123456789"
_SPECIAL_PARAMETERS = "@*#?-$!0123456789"
_DEPTH_MAX = 200


class ShellSyntaxError(Exception):
    """A syntax error; ``token`` stands there, ``text`` is a whole message."""

    def __init__(self, line: int, token: str = "", text: str = "") -> None:
        """Describe the error."""
        super().__init__(token or text)
        self.line = line
        self.token = token
        self.text = text

    def message(self) -> str:
        """Give bash's words, without the shell's name before them."""
        return self.text or f"syntax error near unexpected token `{self.token}'"


class Incomplete(ShellSyntaxError):
    """The text ends amid something: an interactive shell asks for more."""


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
        return {"end": "newline"}.get(self.kind, self.kind)


class Lexer:
    """Reads tokens from a text."""

    def __init__(self, text: str, parse_command: Callable[[Lexer], List], line: int = 1) -> None:
        """Read from the beginning.

        Args:
            text: the source.
            parse_command: parses what stands in ``$(...)``, up to the closing parenthesis.
            line: number of the text's first line.
        """
        self.text = text
        self.position = 0
        self.line = line
        self.depth = 0
        self._parse_command = parse_command
        self._here_documents: list[tuple[Redirect, str, bool, bool]] = []
        self._peeked: Token | None = None

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

    def _read(self) -> Token:
        self._skip_blanks()
        start, line = self.position, self.line
        if start >= len(self.text):
            return Token("end", None, line, start, start)
        if self.text[start] == "\n":
            self.position += 1
            self.line += 1
            self._read_here_documents()
            return Token("\n", None, line, start, self.position)
        for operator in _OPERATORS:
            if self.text.startswith(operator, start):
                self.position += len(operator)
                return Token(operator, None, line, start, self.position)
        word = self.read_word()
        return Token("word", word, line, start, self.position)

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
        self._here_documents.append((redirect, delimiter, redirect.operator == "<<-", quoted))

    def _read_here_documents(self) -> None:
        waiting, self._here_documents = self._here_documents, []
        for redirect, delimiter, strip_tabs, quoted in waiting:
            line = self.line
            body = []
            while True:
                if self.position >= len(self.text):
                    raise Incomplete(
                        self.line,
                        text=f"here-document delimited by end-of-file (wanted `{delimiter}')",
                    )
                end = self.text.find("\n", self.position)
                end = len(self.text) if end < 0 else end
                text = self.text[self.position : end]
                self.position = min(end + 1, len(self.text))
                self.line += 1
                if strip_tabs:
                    text = text.lstrip("\t")
                if text == delimiter:
                    break
                body.append(text + "\n")
            text = "".join(body)
            parts: list[Part] = [Quoted(text)]
            if not quoted:
                parts = [
                    DoubleQuoted(Lexer(text, self._parse_command, line).read_double_quoted(None))
                ]
            redirect.body = Word(parts, line, text)

    @property
    def awaits_here_document(self) -> bool:
        """Tell whether a here-document's body is still to come."""
        return bool(self._here_documents)

    # -- Words ------------------------------------------------------------------------------------

    def read_word(self, stop: str = _META) -> Word:
        """Read a word up to one of the characters in ``stop``."""
        start, line = self.position, self.line
        parts: list[Part] = []
        plain: list[str] = []

        def flush() -> None:
            if plain:
                parts.append(Literal("".join(plain)))
                plain.clear()

        while self.position < len(self.text):
            letter = self.text[self.position]
            if letter in stop:
                if letter == "(" and plain and plain[-1:][0][-1:] in ("@", "?", "*", "+", "!"):
                    plain.append(self._read_extended_pattern())
                    continue
                break
            part = self._read_special(letter)
            if part is None:
                if letter == "\n":
                    self.line += 1
                plain.append(letter)
                self.position += 1
            elif isinstance(part, Literal):
                plain.append(part.text)
            else:
                flush()
                parts.append(part)
        flush()
        return Word(parts, line, self.text[start : self.position])

    # Read what begins with a quote, a backslash, a dollar or a backquote;
    # None for an ordinary letter.
    def _read_special(self, letter: str) -> Part | None:
        if letter == "\\":
            return self._read_backslash()
        if letter == "'":
            return self._read_single_quoted()
        if letter == '"':
            self.position += 1
            return DoubleQuoted(self.read_double_quoted('"'))
        if letter == "$":
            return self._read_dollar(quoted=False)
        if letter == "`":
            return self._read_backquotes(quoted=False)
        return None

    def _read_backslash(self) -> Part:
        following = self.text[self.position + 1 : self.position + 2]
        self.position += 2
        if following == "\n":
            self.line += 1
            return Literal("")
        if not following:
            self.position = len(self.text)
            return Quoted("\\")
        return Quoted(following)

    def _read_single_quoted(self) -> Part:
        end = self.text.find("'", self.position + 1)
        if end < 0:
            raise Incomplete(self.line, text="unexpected EOF while looking for matching `''")
        text = self.text[self.position + 1 : end]
        self.line += text.count("\n")
        self.position = end + 1
        return Quoted(text)

    def read_double_quoted(self, closing: str | None) -> list[Part]:
        """Read parts as between double quotes, up to ``closing``.

        To the end of the text if that is None.
        """
        first_line = self.line
        parts: list[Part] = []
        plain: list[str] = []

        def flush() -> None:
            if plain:
                parts.append(Quoted("".join(plain)))
                plain.clear()

        while True:
            if self.position >= len(self.text):
                if closing is None:
                    flush()
                    return parts
                raise Incomplete(
                    first_line, text=f"unexpected EOF while looking for matching `{closing}'"
                )
            letter = self.text[self.position]
            if letter == closing:
                self.position += 1
                flush()
                return parts
            if letter == "\\":
                following = self.text[self.position + 1 : self.position + 2]
                self.position += 2
                if following == "\n":
                    self.line += 1
                elif following and following in ('$`\\"' if closing else "$`\\"):
                    plain.append(following)
                else:
                    plain.append("\\" + following)
            elif letter in "$`":
                part = (
                    self._read_dollar(quoted=True)
                    if letter == "$"
                    else self._read_backquotes(quoted=True)
                )
                if isinstance(part, Literal):
                    plain.append(part.text)
                else:
                    flush()
                    parts.append(part)
            else:
                if letter == "\n":
                    self.line += 1
                plain.append(letter)
                self.position += 1

    def _read_extended_pattern(self) -> str:
        depth = 0
        start = self.position
        while self.position < len(self.text):
            letter = self.text[self.position]
            depth += (letter == "(") - (letter == ")")
            self.position += 1
            if depth == 0:
                return self.text[start : self.position]
        raise Incomplete(self.line, text="unexpected EOF while looking for matching `)'")

    # -- Expansions -------------------------------------------------------------------------------

    def _read_dollar(self, *, quoted: bool) -> Part:
        text = self.text
        following = text[self.position + 1 : self.position + 2]
        if following == "(":
            if text.startswith("((", self.position + 1):
                arithmetic = self._read_arithmetic()
                if arithmetic is not None:
                    return arithmetic
            self.position += 2
            return CommandPart(self._read_commands())
        if following == "{":
            return self._read_braced(quoted=quoted)
        if following == "'" and not quoted:
            self.position += 1
            return self._read_ansi_quoted()
        if following == '"' and not quoted:
            self.position += 2
            return DoubleQuoted(self.read_double_quoted('"'))
        if following and following in _NAME_START:
            end = self.position + 2
            while end < len(text) and text[end] in _NAME:
                end += 1
            name = text[self.position + 1 : end]
            self.position = end
            return ParameterPart(name)
        if following and following in _SPECIAL_PARAMETERS:
            self.position += 2
            return ParameterPart(following)
        self.position += 1
        return Literal("$")

    def _read_commands(self) -> List:
        self.depth += 1
        if self.depth > _DEPTH_MAX:
            raise ShellSyntaxError(self.line, text="maximum nesting of substitutions reached")
        saved, self._peeked = self._peeked, None
        body = self._parse_command(self)
        self._peeked = saved
        self.depth -= 1
        return body

    # $((...)), unless it turns out to be $( (...) ...).
    def _read_arithmetic(self) -> Part | None:
        start, line = self.position, self.line
        self.position += 3
        word = self.read_arithmetic_text("))")
        if word is None:
            self.position, self.line = start, line
            return None
        return ArithmeticPart(word)

    def read_arithmetic_text(self, closing: str) -> Word | None:
        """Read an arithmetic expression up to ``closing``, None if it is none."""
        start, line = self.position, self.line
        parts: list[Part] = []
        plain: list[str] = []
        depth = 0
        while True:
            if self.position >= len(self.text):
                raise Incomplete(line, text="unexpected EOF while looking for matching `)'")
            letter = self.text[self.position]
            if depth == 0 and self.text.startswith(closing, self.position):
                if plain:
                    parts.append(Quoted("".join(plain)))
                source = self.text[start : self.position]
                self.position += len(closing)
                return Word([DoubleQuoted(parts)], line, source)
            if letter == ")" and depth == 0:
                return None
            if letter in "$`":
                part = (
                    self._read_dollar(quoted=True)
                    if letter == "$"
                    else self._read_backquotes(quoted=True)
                )
                if plain:
                    parts.append(Quoted("".join(plain)))
                    plain.clear()
                parts.append(part)
                continue
            depth += (letter == "(") - (letter == ")")
            if letter == "\n":
                self.line += 1
            if letter != '"':
                plain.append(letter)
            self.position += 1

    def _read_backquotes(self, *, quoted: bool) -> Part:
        start_line = self.line
        self.position += 1
        inner: list[str] = []
        while True:
            if self.position >= len(self.text):
                raise Incomplete(start_line, text="unexpected EOF while looking for matching ``'")
            letter = self.text[self.position]
            self.position += 1
            if letter == "`":
                break
            if letter == "\\" and self.text[self.position : self.position + 1] in (
                "`",
                "\\",
                "$",
            ) + (('"',) if quoted else ()):
                letter = self.text[self.position]
                self.position += 1
            if letter == "\n":
                self.line += 1
            inner.append(letter)
        nested = Lexer("".join(inner) + ")", self._parse_command, start_line)
        nested.depth = self.depth
        return CommandPart(nested._read_commands())

    def _read_ansi_quoted(self) -> Part:
        start = self.position + 1
        position = start
        while position < len(self.text) and self.text[position] != "'":
            position += 2 if self.text[position] == "\\" else 1
        if position >= len(self.text):
            raise Incomplete(self.line, text="unexpected EOF while looking for matching `''")
        from vshell.shell.escapes import ansi_c  # noqa: PLC0415 - rarely used

        text = self.text[start:position]
        self.line += text.count("\n")
        self.position = position + 1
        return Quoted(ansi_c(text))

    # ${...}
    def _read_braced(self, *, quoted: bool) -> Part:
        start, line = self.position, self.line
        self.position += 2
        text = self.text
        prefix = ""
        if text[self.position : self.position + 1] in ("#", "!") and text[
            self.position + 1 : self.position + 2
        ] not in ("}", ""):
            prefix = text[self.position]
            self.position += 1
        name = self._read_parameter_name()
        if not name and prefix:
            name, prefix = prefix, ""
        index = None
        if text[self.position : self.position + 1] == "[":
            self.position += 1
            index = self.read_word("]")
            self.position += 1
        if not name:
            self._bad_substitution(start)
        if text[self.position : self.position + 1] == "}":
            self.position += 1
            operator = {"#": "length", "!": "indirect"}.get(prefix, "")
            return ParameterPart(name, operator, index=index)
        if prefix:
            return self._read_prefixed(name, prefix, index, start)
        operator = self._read_parameter_operator(start)
        argument = self._read_argument(
            quoted=quoted, stop="/}" if operator[0] == "/" else "}", line=line
        )
        second = None
        if operator == ":":
            argument, second = _split_slice(argument)
        elif operator[0] == "/" and text[self.position : self.position + 1] == "/":
            self.position += 1
            second = self._read_argument(quoted=quoted, stop="}", line=line)
        self.position += 1
        return ParameterPart(name, operator, argument, second, index)

    def _read_prefixed(self, name: str, prefix: str, index: Word | None, start: int) -> Part:
        following = self.text[self.position : self.position + 2]
        if prefix == "!" and following in ("*}", "@}"):
            self.position += 2
            return ParameterPart(name, "names", index=index)
        self._bad_substitution(start)
        raise AssertionError

    def _read_parameter_name(self) -> str:
        text = self.text
        start = self.position
        letter = text[start : start + 1]
        if letter and letter in _NAME_START:
            while self.position < len(text) and text[self.position] in _NAME:
                self.position += 1
        elif letter.isdigit():
            while self.position < len(text) and text[self.position].isdigit():
                self.position += 1
        elif letter and letter in _SPECIAL_PARAMETERS:
            self.position += 1
        return text[start : self.position]

    def _read_parameter_operator(self, start: int) -> str:
        for operator in (":-", ":=", ":?", ":+", "##", "%%", "//", "/#", "/%", "^^", ",,"):
            if self.text.startswith(operator, self.position):
                self.position += 2
                return operator
        letter = self.text[self.position : self.position + 1]
        if not letter:
            raise Incomplete(self.line, text="unexpected EOF while looking for matching `}'")
        if letter not in "-=?+#%/:^,@":
            self._bad_substitution(start)
        self.position += 1
        return letter

    def _read_argument(self, *, quoted: bool, stop: str, line: int) -> Word:
        start = self.position
        word = self._read_quoted_argument(stop) if quoted else self.read_word(stop)
        if self.position >= len(self.text):
            raise Incomplete(line, text="unexpected EOF while looking for matching `}'")
        word.source = self.text[start : self.position]
        return word

    # Inside double quotes the word of ${x:-word} is itself as between double quotes.
    def _read_quoted_argument(self, stop: str) -> Word:
        parts: list[Part] = []
        plain: list[str] = []
        line = self.line
        while self.position < len(self.text) and self.text[self.position] not in stop:
            letter = self.text[self.position]
            if letter in "$`":
                part = (
                    self._read_dollar(quoted=True)
                    if letter == "$"
                    else self._read_backquotes(quoted=True)
                )
            elif letter == '"':
                self.position += 1
                part = DoubleQuoted(self.read_double_quoted('"'))
            elif letter == "\\" and self.text[self.position + 1 : self.position + 2] in tuple(
                '$`"\\}'
            ):
                part = Quoted(self.text[self.position + 1])
                self.position += 2
            else:
                plain.append(letter)
                self.position += 1
                continue
            if plain:
                parts.append(Literal("".join(plain)))
                plain.clear()
            parts.append(part)
        if plain:
            parts.append(Literal("".join(plain)))
        return Word(parts, line, "")

    def _bad_substitution(self, start: int) -> None:
        end = self.text.find("}", start)
        shown = self.text[start : end + 1 if end >= 0 else len(self.text)]
        raise ShellSyntaxError(self.line, text=f"{shown}: bad substitution")


def _split_slice(word: Word) -> tuple[Word, Word | None]:
    # ${x:offset:length}: the first colon outside expansions separates them.
    for number, part in enumerate(word.parts):
        if isinstance(part, Literal) and ":" in part.text:
            before, _, after = part.text.partition(":")
            first = Word([*word.parts[:number], Literal(before)], word.line, "")
            return first, Word([Literal(after), *word.parts[number + 1 :]], word.line, "")
    return word, None


def _plain_text(part: Part) -> str:
    if isinstance(part, (Literal, Quoted)):
        return part.text
    if isinstance(part, DoubleQuoted):
        return "".join(_plain_text(one) for one in part.parts)
    return ""
