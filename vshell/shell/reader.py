r"""Reading words: characters to words, whose quotes and expansions are taken apart.

Source: bash(1), "Quoting" and "Expansion"; error texts are bash 5.2's.

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
    ProcessPart,
    Quoted,
    Word,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from vshell.shell.syntax import List

__all__ = ["META", "NAME", "NAME_START", "Incomplete", "ShellSyntaxError", "WordReader"]

META = " \t\n|&;()<>"
NAME_START = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_"
NAME = NAME_START + "0123456789"
_SPECIAL_PARAMETERS = "@*#?-$!0123456789"
_DEPTH_MAX = 200


class ShellSyntaxError(Exception):
    """A syntax error.

    ``token`` stands there, or ``text`` is a whole message. After one with ``status`` None $? is
    as it was.
    """

    status: int | None = 2
    # A second complaint: its line and its text.
    more: tuple[int, str] | None = None

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


class WordReader:
    """Reads words from a text."""

    def __init__(
        self, text: str, parse_command: Callable[[WordReader, str], List], line: int = 1
    ) -> None:
        """Read from the beginning.

        Args:
            text: the source.
            parse_command: parses what stands in ``$(...)``, up to the closing parenthesis.
            line: number of the text's first line.
        """
        self.text = text
        self.position = 0
        self.line = line
        self.first_line = line
        self.depth = 0
        self.inner = False
        self.extglob = False
        self._rewrites: list[tuple[int, int, str]] = []
        self._parse_command = parse_command

    def end_line(self) -> int:
        """Number of the line behind the last one, where the end of the text is found."""
        lines = self.text.count("\n") + (not self.text.endswith("\n"))
        return self.first_line + lines

    def _unmatched(self, line: int, closing: str) -> Incomplete:
        return Incomplete(line, text=f"unexpected EOF while looking for matching `{closing}'")

    # -- Words ------------------------------------------------------------------------------------

    def read_word(self, stop: str = META) -> Word:
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
                following = self.text[self.position + 1 : self.position + 2]
                if letter in "<>" and following == "(" and stop == META:
                    flush()
                    parts.append(self._read_process())
                    continue
                if (
                    letter == "("
                    and self.extglob
                    and plain
                    and plain[-1][-1:] in ("@", "?", "*", "+", "!")
                ):
                    self._read_extended_pattern(parts, plain)
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
        return Word(parts, line, self.source_from(start))

    def source_from(self, start: int) -> str:
        """Give the text from ``start`` up to here, $'...' as bash shows it."""
        out = []
        for begin, end, text in self._rewrites:
            if begin >= start and end <= self.position:
                out += [self.text[start:begin], text]
                start = end
        return "".join(out) + self.text[start : self.position]

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
            raise self._unmatched(self.line, "'")
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
                raise self._unmatched(first_line, closing)
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
                part = self._read_expansion(letter)
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

    def _read_expansion(self, letter: str) -> Part:
        if letter == "$":
            return self._read_dollar(quoted=True)
        return self._read_backquotes(quoted=True)

    # @(a|b) and the like: quotes inside keep their meaning, bars and parentheses are the word's.
    def _read_extended_pattern(self, parts: list[Part], plain: list[str]) -> None:
        plain.append("(")
        self.position += 1
        while True:
            word = self.read_word("()")
            if plain:
                parts.append(Literal("".join(plain)))
                plain.clear()
            parts += word.parts
            if self.position >= len(self.text):
                raise self._unmatched(self.line, ")")
            letter = self.text[self.position]
            if letter == "(":
                self._read_extended_pattern(parts, plain)
                continue
            self.position += 1
            plain.append(")")
            return

    def _read_process(self) -> Part:
        start = self.position
        self.position += 2
        body = self._read_commands()
        return ProcessPart(self.text[start], body, self.text[start : self.position])

    # -- Dollars ----------------------------------------------------------------------------------

    def _read_dollar(self, *, quoted: bool) -> Part:
        text = self.text
        following = text[self.position + 1 : self.position + 2]
        if following == "(":
            line, begun = 0, self.line
            if text.startswith("((", self.position + 1):
                line = self.line
                arithmetic = self._read_arithmetic(3, "))")
                if arithmetic is not None:
                    return arithmetic
            self.position += 2
            try:
                return CommandPart(self._read_commands(), line=begun)
            except Incomplete:
                if line:
                    raise self._unmatched(line, ")") from None
                raise
        if following == "[":
            arithmetic = self._read_arithmetic(2, "]")
            assert arithmetic is not None
            return arithmetic
        if following == "{":
            return self._read_braced(quoted=quoted)
        if following == "'" and not quoted:
            self.position += 1
            return self._read_ansi_quoted()
        if following == '"' and not quoted:
            self.position += 2
            return DoubleQuoted(self.read_double_quoted('"'))
        if following and following in NAME_START:
            end = self.position + 2
            while end < len(text) and text[end] in NAME:
                end += 1
            name = text[self.position + 1 : end]
            self.position = end
            part = ParameterPart(name)
            part.bare = True
            return part
        if following and following in _SPECIAL_PARAMETERS:
            self.position += 2
            part = ParameterPart(following)
            part.bare = True
            return part
        self.position += 1
        return Literal("$")

    def _read_commands(self) -> List:
        self.depth += 1
        if self.depth > _DEPTH_MAX:
            raise ShellSyntaxError(self.line, text="maximum nesting of substitutions reached")
        body = self._parse_command(self, ")")
        self.depth -= 1
        return body

    # $((...)), unless it turns out to be $( (...) ...); $[...].
    def _read_arithmetic(self, length: int, closing: str) -> Part | None:
        start, line = self.position, self.line
        self.position += length
        word = self.read_arithmetic_text(closing)
        if word is None:
            self.position, self.line = start, line
            return None
        return ArithmeticPart(word)

    def read_arithmetic_text(self, closing: str) -> Word | None:
        """Read an arithmetic expression up to ``closing``, None if it is none."""
        start, line = self.position, self.line
        parts: list[Part] = []
        plain: list[str] = []
        depth = brackets = 0
        while True:
            if self.position >= len(self.text):
                raise self._unmatched(line, closing[-1])
            letter = self.text[self.position]
            if depth == 0 and brackets <= 0 and self.text.startswith(closing, self.position):
                if plain:
                    parts.append(Quoted("".join(plain)))
                source = self.text[start : self.position]
                self.position += len(closing)
                return Word([DoubleQuoted(parts)], line, source)
            if letter == ")" and depth == 0 and closing != "]":
                return None
            if letter in "$`":
                part = self._read_expansion(letter)
                if isinstance(part, Literal):
                    plain.append(part.text)
                    continue
                if plain:
                    parts.append(Quoted("".join(plain)))
                    plain.clear()
                parts.append(part)
                continue
            depth += (letter == "(") - (letter == ")")
            if closing == "]":
                brackets += (letter == "[") - (letter == "]")
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
                raise self._unmatched(start_line, "`")
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
        source = "".join(inner)
        nested = type(self)(source, self._parse_command, start_line)
        nested.depth = self.depth + 1
        nested.extglob = self.extglob
        if nested.depth > _DEPTH_MAX:
            raise ShellSyntaxError(self.line, text="maximum nesting of substitutions reached")
        try:
            return CommandPart(self._parse_command(nested, ""))
        except ShellSyntaxError as error:
            # bash reads what stands between backquotes only when it runs it.
            return CommandPart(None, error)

    def _read_ansi_quoted(self) -> Part:
        start = self.position + 1
        position = start
        while position < len(self.text) and self.text[position] != "'":
            position += 2 if self.text[position] == "\\" else 1
        if position >= len(self.text):
            raise self._unmatched(self.line, "'")
        from vshell.shell.escapes import ansi_c  # noqa: PLC0415 - rarely used

        text = self.text[start:position]
        self.line += text.count("\n")
        value = ansi_c(text)
        quoted = value.replace("'", "'\\''")
        self._rewrites.append((self.position - 1, position + 1, f"'{quoted}'"))
        self.position = position + 1
        return Quoted(value)

    # -- Braces: ${...} ---------------------------------------------------------------------------

    def _read_braced(self, *, quoted: bool) -> Part:
        start, line = self.position, self.line
        self.position += 2
        part = self._read_parameter(quoted=quoted, line=line)
        if part is not None:
            return part
        # Not a parameter: what it is turns out to be wrong only when it is expanded.
        self.position, self.line = start + 2, line
        self.read_word("}") if not quoted else self._read_quoted_argument("}")
        if self.position >= len(self.text):
            raise self._unmatched(line, "}")
        self.position += 1
        return ParameterPart(self.text[start : self.position], "bad")

    def _read_parameter(self, *, quoted: bool, line: int) -> Part | None:
        text = self.text
        prefix = ""
        if text[self.position : self.position + 1] in ("#", "!") and (
            text[self.position + 1 : self.position + 2] not in ("}", "")
        ):
            prefix = text[self.position]
            self.position += 1
        name = self._read_parameter_name()
        if (not name and prefix) or (prefix == "#" and name in ("-", "?") and not self._at("}")):
            # ${#-x} and ${!-x} are about $# and $!.
            self.position -= len(name)
            name, prefix = prefix, ""
        if not name:
            return None
        index = self.read_index() if self._at("[") else None
        if self._at("}"):
            self.position += 1
            operator = {"#": "length", "!": "indirect"}.get(prefix, "")
            return ParameterPart(name, operator, index=index)
        indirect = prefix == "!"
        if indirect and self.text[self.position : self.position + 2] in ("*}", "@}"):
            letter = self.text[self.position]
            self.position += 2
            return ParameterPart(name, "names" + letter, index=index)
        if prefix == "#":
            return None
        chosen = self._read_parameter_operator(line)
        if chosen is None:
            return None
        return self._read_operands(name, chosen, index, quoted=quoted, indirect=indirect)

    def _read_operands(
        self, name: str, operator: str, index: Word | None, *, quoted: bool, indirect: bool
    ) -> Part:
        line = self.line
        # Single quotes quote in patterns, even between double quotes.
        plain_quotes = quoted and operator[0] not in "#%/^,~"
        stop = "/}" if operator[0] == "/" else "}"
        anchored = operator in ("/", "//")
        argument = self._read_argument(quoted=plain_quotes, stop=stop, line=line, anchored=anchored)
        second = None
        if operator == ":":
            argument, second = _split_slice(argument)
        elif operator[0] == "/" and self._at("/"):
            self.position += 1
            second = self._read_argument(quoted=False, stop="}", line=line)
        self.position += 1
        part = ParameterPart(name, operator, argument, second, index)
        part.indirect = indirect
        return part

    def _at(self, letter: str) -> bool:
        return self.text.startswith(letter, self.position)

    def read_index(self) -> Word:
        """Read a subscript with its brackets; give what stands between them."""
        line = self.line
        self.position += 1
        start = self.position
        parts: list[Part] = []
        while True:
            word = self.read_word("[]")
            parts += word.parts
            if self.position >= len(self.text):
                raise self._unmatched(line, "]")
            if self._at("]"):
                self.position += 1
                return Word(parts, line, self.text[start : self.position - 1])
            inner = self.read_index()
            parts += [Literal("["), *inner.parts, Literal("]")]

    def _read_parameter_name(self) -> str:
        text = self.text
        start = self.position
        letter = text[start : start + 1]
        if letter and letter in NAME_START:
            while self.position < len(text) and text[self.position] in NAME:
                self.position += 1
        elif letter.isdigit():
            while self.position < len(text) and text[self.position].isdigit():
                self.position += 1
        elif letter and letter in _SPECIAL_PARAMETERS:
            self.position += 1
        return text[start : self.position]

    def _read_parameter_operator(self, line: int) -> str | None:
        for operator in (":-", ":=", ":?", ":+", "##", "%%", "//", "/#", "/%", "^^", ",,", "~~"):
            if self._at(operator):
                self.position += 2
                return operator
        letter = self.text[self.position : self.position + 1]
        if not letter:
            raise self._unmatched(line, "}")
        if letter not in "-=?+#%/:^,~@":
            return None
        self.position += 1
        return letter

    def _read_argument(self, *, quoted: bool, stop: str, line: int, anchored: bool = False) -> Word:
        start = self.position
        first: list[Part] = []
        if stop == "/}" and anchored and self._at("/"):
            # A slash right at the beginning is the pattern's.
            first.append(Literal("/"))
            self.position += 1
        word = self._read_quoted_argument(stop) if quoted else self.read_word(stop)
        if self.position >= len(self.text):
            raise self._unmatched(line, "}")
        word.parts = first + word.parts
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
                part = self._read_expansion(letter)
            elif letter == '"':
                self.position += 1
                part = DoubleQuoted(self.read_double_quoted('"'))
            elif letter == "\\" and self.text[self.position + 1 : self.position + 2] in tuple(
                '$`"\\}'
            ):
                part = Quoted(self.text[self.position + 1])
                self.position += 2
            else:
                self.line += letter == "\n"
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


def _split_slice(word: Word) -> tuple[Word, Word | None]:
    # ${x:offset:length}: the first colon outside expansions and a ?: separates them.
    questions = 0
    for number, part in enumerate(word.parts):
        if not isinstance(part, Literal):
            continue
        for position, letter in enumerate(part.text):
            questions += letter == "?"
            if letter != ":":
                continue
            if questions:
                questions -= 1
                continue
            before, after = part.text[:position], part.text[position + 1 :]
            first = Word([*word.parts[:number], Literal(before)], word.line, "")
            return first, Word([Literal(after), *word.parts[number + 1 :]], word.line, "")
    return word, None
