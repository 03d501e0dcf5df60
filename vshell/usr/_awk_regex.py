r"""Regular expressions of awk: extended ones with escapes, without {n,m}, on bytes.

Source: mawk(1), 1.3.4 20200120. Its {n,m} are ordinary characters.
"""

from __future__ import annotations

from vshell.usr._regex import Regex
from vshell.usr._regex_translate import RegexError, Translator

__all__ = ["RegexError", "awk_regex"]

_ESCAPES = {"a": "\a", "b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v"}
_CLASSES = {
    "alpha": "A-Za-z",
    "digit": "0-9",
    "alnum": "0-9A-Za-z",
    "upper": "A-Z",
    "lower": "a-z",
    "space": " \\t\\n\\r\\f\\v",
    "blank": " \\t",
    "punct": "!-/:-@\\[-`{-\\~",
    "print": " -\\~",
    "graph": "!-\\~",
    "cntrl": "\\x00-\\x1f\\x7f",
    "xdigit": "0-9A-Fa-f",
}


class _Translator(Translator):
    def escape(self) -> None:
        if self.position >= len(self.pattern):
            self.literal("\\")
            return
        self.literal(self.escaped())

    # The character that a backslash and what stands behind it mean.
    def escaped(self) -> str:
        letter = self.pattern[self.position]
        self.position += 1
        if letter in "01234567":
            digits = letter
            while len(digits) < 3 and self.pattern[self.position : self.position + 1] in tuple(
                "01234567"
            ):
                digits += self.pattern[self.position]
                self.position += 1
            return chr(int(digits, 8) & 0xFF)
        return _ESCAPES.get(letter, letter)

    def operator(self, letter: str) -> None:
        if letter == "{":
            self.literal(letter)
            return
        if letter == ")" and len(self.frames) == 1:
            raise RegexError("missing '('")
        super().operator(letter)

    def bracket(self) -> str:
        pattern = self.pattern
        negated = pattern[self.position : self.position + 1] == "^"
        self.position += negated
        out: list[str] = []
        while True:
            letter = self.bracket_letter()
            if letter == "]" and out:
                break
            if letter == "[" and pattern[self.position : self.position + 1] == ":":
                out.append(self.character_class())
                continue
            low = self.one(letter)
            ahead = pattern[self.position : self.position + 2]
            if ahead[:1] == "-" and ahead[1:] not in ("]", ""):
                self.position += 1
                high = self.one(self.bracket_letter())
                if high >= low:
                    out.append(f"{_quoted(low)}-{_quoted(high)}")
            else:
                out.append(_quoted(low))
        return f"[{'^' if negated else ''}{''.join(out)}]"

    def one(self, letter: str) -> str:
        return self.escaped() if letter == "\\" and self.position < len(self.pattern) else letter

    def character_class(self) -> str:
        name = self.delimited(":")
        if name not in _CLASSES:
            raise RegexError("Invalid character class name")
        return _CLASSES[name]

    def finish(self) -> str:
        if len(self.frames) > 1:
            raise RegexError("missing ')'")
        return super().finish()


def _quoted(letter: str) -> str:
    return "\\" + letter if letter in "\\]^-[&~|" else letter


def awk_regex(pattern: str) -> Regex:
    """Compile a pattern.

    Raises:
        RegexError: it is wrong; the text is mawk's where mawk has one.
    """
    translator = _Translator(pattern, extended=True)
    try:
        source = translator.run()
    except RegexError as error:
        if "preceding" in str(error):
            raise RegexError("missing operand") from None
        raise
    import re  # noqa: PLC0415 - only programs that search need it

    return Regex(source, re.DOTALL, ambiguous=translator.ambiguous)
