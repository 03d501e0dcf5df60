r"""The words of an awk program.

A slash begins a regular expression where an operand may stand, which only the parser knows: it asks
for one (``Lexer.regex``) when it finds a slash there.

Source: mawk(1), 1.3.4 20200120
"""

from __future__ import annotations

__all__ = ["AwkError", "Lexer", "Token", "unescape"]

_KEYWORDS = (
    *("BEGIN", "END", "break", "continue", "delete", "do", "else", "exit", "for", "function"),
    *("getline", "if", "in", "next", "nextfile", "print", "printf", "return", "while"),
)
_FUNCTIONS = (
    *("atan2", "close", "cos", "exp", "fflush", "gsub", "index", "int", "length", "log", "match"),
    *("mktime", "rand", "sin", "split", "sprintf", "sqrt", "srand", "strftime", "sub", "substr"),
    *("system", "systime", "tolower", "toupper"),
)
_OPERATORS = (
    *("&&", "||", "==", "!=", "<=", ">=", "!~", ">>", "++", "--"),
    *("+=", "-=", "*=", "/=", "%=", "^="),
    *"{}()[],;+-*/%^!<>|?:~$=",
)
_ESCAPES = {"a": "\a", "b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v"}
_ESCAPES |= {"\\": "\\", '"': '"'}
_HEX = "0123456789abcdefABCDEF"
_SHOWN_MAX = 10


class AwkError(Exception):
    """The program is wrong; the text is mawk's, without its name."""


class Token:
    """One word: its kind, its text or value, and its line."""

    __slots__ = ("kind", "line", "text")

    def __init__(self, kind: str, text: str, line: int) -> None:
        """Describe a word.

        Args:
            kind: "number", "string", "name", "call" (a name and its parenthesis), "builtin",
                "newline", "end", or the keyword or operator itself.
            text: as it is written; of a string, its value.
            line: where it stands.
        """
        self.kind = kind
        self.text = text
        self.line = line


def unescape(text: str) -> str:
    r"""Replace the escapes of a string; a backslash before anything else stays."""
    if "\\" not in text:
        return text
    out = []
    position = 0
    while position < len(text):
        letter = text[position]
        position += 1
        if letter != "\\" or position >= len(text):
            out.append(letter)
            continue
        after = text[position]
        position += 1
        if after in _ESCAPES:
            out.append(_ESCAPES[after])
        elif after in "01234567":
            end = position
            while end < position + 2 and text[end : end + 1] in tuple("01234567"):
                end += 1
            out.append(chr(int(text[position - 1 : end], 8) & 0xFF))
            position = end
        elif after == "x" and text[position : position + 1] in tuple(_HEX):
            end = position + 1 + (text[position + 1 : position + 2] in tuple(_HEX))
            out.append(chr(int(text[position:end], 16)))
            position = end
        elif after != "\n":
            out.append("\\" + after)
    return "".join(out)


class Lexer:
    """Goes through a program, a word at a time."""

    def __init__(self, text: str) -> None:
        """Begin at the first word."""
        self.text = text
        self.position = 0
        self.line = 1

    def next(self) -> Token:
        """Give the next word.

        Raises:
            AwkError: it is none.
        """
        self._skip()
        text, start = self.text, self.position
        if start >= len(text):
            return Token("end", "", self.line)
        letter = text[start]
        if letter == "\n":
            self.position += 1
            self.line += 1
            return Token("newline", "\n", self.line - 1)
        if letter == '"':
            return self._string()
        if letter.isdigit() or (letter == "." and text[start + 1 : start + 2].isdigit()):
            return self._number()
        if letter == "_" or (letter.isascii() and letter.isalpha()):
            return self._name()
        for operator in _OPERATORS:
            if text.startswith(operator, start):
                self.position += len(operator)
                return Token(operator, operator, self.line)
        raise AwkError(f"{self.line}: unexpected character '{letter}'")

    def _skip(self) -> None:
        text = self.text
        while self.position < len(text):
            letter = text[self.position]
            if letter == "#":
                end = text.find("\n", self.position)
                self.position = len(text) if end < 0 else end
            elif letter in " \t\r\f\v":
                self.position += 1
            elif letter == "\\" and text[self.position + 1 : self.position + 2] == "\n":
                self.position += 2
                self.line += 1
            else:
                return

    def _string(self) -> Token:
        text, start, line = self.text, self.position + 1, self.line
        position = start
        while text[position : position + 1] not in ('"', "\n", ""):
            if text[position] == "\\":
                self.line += text[position + 1 : position + 2] == "\n"
                position += 1
            position += 1
        if text[position : position + 1] != '"':
            shown = text[start:position][:_SHOWN_MAX]
            raise AwkError(f'line {line}: runaway string constant "{shown} ...')
        self.position = position + 1
        return Token("string", unescape(text[start:position]), line)

    def regex(self, opening: Token) -> str:
        """Read the regular expression whose slash has just been given.

        Raises:
            AwkError: it does not end on its line.
        """
        text = self.text
        start = position = self.position - len(opening.text) + 1
        # In brackets a slash stands for itself.
        bracket = -1
        while text[position : position + 1] not in ("\n", ""):
            letter = text[position]
            if letter == "/" and bracket < 0:
                break
            if letter == "[" and bracket < 0:
                bracket = position + 1 + (text[position + 1 : position + 2] == "^")
            elif letter == "]" and position > bracket >= 0:
                bracket = -1
            position += 2 if letter == "\\" else 1
        if text[position : position + 1] != "/":
            shown = text[start - 1 :].partition("\n")[0][:_SHOWN_MAX]
            raise AwkError(f"line {self.line}: runaway regular expression {shown} ...")
        self.position = position + 1
        return text[start:position].replace("\\/", "/")

    def _number(self) -> Token:
        text, start = self.text, self.position
        position = start

        def digits(at: int) -> int:
            while at < len(text) and text[at] in "0123456789":
                at += 1
            return at

        position = digits(position)
        if text[position : position + 1] == ".":
            position = digits(position + 1)
        if text[position : position + 1] in ("e", "E"):
            sign = text[position + 1 : position + 2] in ("+", "-")
            end = digits(position + 1 + sign)
            if end > position + 1 + sign:
                position = end
        self.position = position
        return Token("number", text[start:position], self.line)

    def _name(self) -> Token:
        text, start = self.text, self.position
        position = start
        while position < len(text) and (
            text[position] == "_" or (text[position].isascii() and text[position].isalnum())
        ):
            position += 1
        self.position = position
        word = text[start:position]
        if word == "func":
            word = "function"
        if word in _KEYWORDS:
            return Token(word, word, self.line)
        if word in _FUNCTIONS:
            return Token("builtin", word, self.line)
        is_call = text[position : position + 1] == "("
        return Token("call" if is_call else "name", word, self.line)
