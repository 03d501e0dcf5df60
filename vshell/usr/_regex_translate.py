"""Translating POSIX regular expressions, with GNU's extensions, to patterns of Python's ``re``.

A pattern is read from left to right into *items*, which are atoms with their repetitions; a frame
on a stack holds the items of each open group.

Source: regex(7), glibc 2.36; grep(1) 3.8 for what is lenient there; gnulib's dfa for the warnings.
Differs: which letters beyond ASCII belong to [:upper:], [:lower:] and [:alpha:] is told for Latin,
Greek and Cyrillic.
"""

from __future__ import annotations

__all__ = ["RegexError", "Translator"]

_REPEATS_MAX = 32767
_UNDECODABLE = "\udc80-\udcff"
_ANY = f"[^{_UNDECODABLE}]"
_SPECIAL = frozenset("\\.^$*+?{}[]|()")
_SET_SPECIAL = frozenset("\\]^-[&~|")
_ESCAPES = {
    "w": r"\w",
    "W": rf"[^\w{_UNDECODABLE}]",
    "s": r"\s",
    "S": rf"[^\s{_UNDECODABLE}]",
}
_ASSERTIONS = {
    "b": r"\b",
    "B": r"(?:(?<=\w)(?=\w)|(?<!\w)(?!\w))",
    "<": r"\b(?=\w)",
    ">": r"\b(?<=\w)",
    "`": r"\A",
    "'": r"\Z",
}
_UPPER = "\u00c0-\u00d6\u00d8-\u00de\u0391-\u03a9\u0400-\u042f"
_LOWER = "\u00df-\u00f6\u00f8-\u00ff\u03ac-\u03ce\u0430-\u045f"
_ALPHA = "A-Za-z\u00aa\u00b5\u00ba\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u02c1"
_ALPHA += "\u0370-\u1fff\u2c00-\ud7ff\uf900-\ufdff"
_CLASSES = {
    "alpha": _ALPHA,
    "digit": "0-9",
    "alnum": "0-9" + _ALPHA,
    "upper": "A-Z" + _UPPER,
    "lower": "a-z" + _LOWER,
    "space": " \\t\\n\\r\\f\\v",
    "blank": " \\t",
    "punct": "!-/:-@\\[-`{-\\~",
    "print": " -\\~\u00a0-\ud7ff\ue000-\U0010ffff",
    "graph": "!-\\~\u00a1-\ud7ff\ue000-\U0010ffff",
    "cntrl": "\\x00-\\x1f\\x7f-\\x9f",
    "xdigit": "0-9A-Fa-f",
}


class RegexError(Exception):
    """A pattern is wrong; the text is glibc's."""


class _Item:
    # An atom, perhaps repeated. ``first`` is the one character it begins with, "" if there are
    # several.
    __slots__ = ("assertion", "first", "group", "repeated", "text")

    def __init__(
        self, text: str, first: str = "", *, group: bool = False, assertion: bool = False
    ) -> None:
        self.text = text
        self.first = first
        self.group = group
        self.assertion = assertion
        self.repeated = False


class _Frame:
    # An open group, or the whole pattern: finished branches and the items of the one being read.
    __slots__ = ("branches", "firsts", "items", "number")

    def __init__(self, number: int) -> None:
        self.number = number
        self.items: list[_Item] = []
        self.branches: list[str] = []
        self.firsts: list[str] = []

    def end_branch(self) -> None:
        self.branches.append("".join(item.text for item in self.items))
        self.firsts.append(self.items[0].first if self.items else "")
        self.items = []


class Translator:
    """Reads one pattern; run() gives Python's."""

    def __init__(
        self,
        pattern: str,
        *,
        extended: bool,
        grep: bool = False,
        multiline: bool = False,
        partial: bool = False,
    ) -> None:
        """Get ready.

        Args:
            pattern: its text.
            extended: whether it is an extended one.
            grep: take literally what makes no sense, as grep does, where others refuse it.
            multiline: whether ^ and $ match at each line of the text.
            partial: whether groups may be left open or closed too often.
        """
        self.pattern = pattern
        self.extended = extended
        self.grep = grep
        self.partial = partial
        self.line_start = r"(?m:^)" if multiline else r"\A"
        self.line_end = r"(?m:$)" if multiline else r"\Z"
        self.position = 0
        self.frames = [_Frame(0)]
        self.groups = 0
        self.closed: set[int] = set()
        self.warnings: list[str] = []
        self.ambiguous = False
        self.repeats = 0
        self.repeated_groups = 0

    def run(self) -> str:
        """Translate.

        Raises:
            RegexError: the pattern is wrong.
        """
        while self.position < len(self.pattern):
            letter = self.pattern[self.position]
            self.position += 1
            if letter == "\\":
                self.escape()
            elif letter == "[":
                self.add(self.bracket())
            elif letter == ".":
                self.add(_ANY)
            elif letter == "*":
                self.repeat("*", 0, None)
            elif letter == "^" and self.is_anchor_start():
                self.assertion(self.line_start)
            elif letter == "$" and self.is_anchor_end():
                self.assertion(self.line_end)
            elif self.extended and letter in "+?{|()":
                self.operator(letter)
            else:
                self.literal(letter)
        return self.finish()

    def finish(self) -> str:
        if len(self.frames) > 1 and not self.partial:
            raise RegexError("Unmatched ( or \\(")
        text = ""
        for frame in reversed(self.frames):
            if text:
                frame.items.append(_Item(text))
            text = ("(" if frame.number else "") + self.joined(frame)
        if self.repeated_groups and self.repeats > 1:
            self.ambiguous = True
        return text

    def joined(self, frame: _Frame) -> str:
        frame.end_branch()
        if len(frame.branches) > 1 and (
            "" in frame.firsts or len(set(frame.firsts)) < len(frame.firsts)
        ):
            self.ambiguous = True
        return "|".join(frame.branches)

    # -- Atoms ------------------------------------------------------------------------------------

    def add(self, text: str, first: str = "") -> None:
        self.frames[-1].items.append(_Item(text, first))

    def literal(self, letter: str) -> None:
        self.add("\\" + letter if letter in _SPECIAL else letter, letter.lower())

    def assertion(self, text: str) -> None:
        self.frames[-1].items.append(_Item(text, assertion=True))

    # Whether nothing stands before that could be repeated.
    def at_start(self) -> bool:
        items = self.frames[-1].items
        return not items or items[-1].assertion

    def is_anchor_start(self) -> bool:
        return self.extended or not self.frames[-1].items

    def is_anchor_end(self) -> bool:
        rest = self.pattern[self.position : self.position + 2]
        return self.extended or not rest or rest in ("\\)", "\\|")

    def escape(self) -> None:
        if self.position >= len(self.pattern):
            raise RegexError("Trailing backslash")
        letter = self.pattern[self.position]
        self.position += 1
        if not self.extended and letter in "+?{|()":
            self.operator(letter)
        elif letter in "123456789":
            self.reference(int(letter))
        elif letter in _ESCAPES:
            self.add(_ESCAPES[letter])
        elif letter in _ASSERTIONS:
            self.assertion(_ASSERTIONS[letter])
        else:
            self.literal(letter)

    def reference(self, number: int) -> None:
        if number not in self.closed and not self.partial:
            raise RegexError("Invalid back reference")
        self.add(f"(?:\\{number})")

    # -- Operators --------------------------------------------------------------------------------

    def operator(self, letter: str) -> None:
        if letter == "(":
            self.groups += 1
            self.frames.append(_Frame(self.groups))
        elif letter == ")":
            self.close()
        elif letter == "|":
            self.frames[-1].end_branch()
        elif letter == "{":
            self.interval()
        else:
            self.repeat(letter, 1 if letter == "+" else 0, 1 if letter == "?" else None)

    def close(self) -> None:
        if len(self.frames) == 1:
            if self.partial:
                self.add(")")
            elif self.grep and self.extended:
                self.literal(")")
            else:
                raise RegexError("Unmatched ) or \\)")
            return
        frame = self.frames.pop()
        text = self.joined(frame)
        self.closed.add(frame.number)
        first = frame.firsts[0] if len(frame.firsts) == 1 else ""
        self.frames[-1].items.append(_Item(f"({text})", first, group=True))

    def interval(self) -> None:
        closing = "}" if self.extended else "\\}"
        end = self.pattern.find(closing, self.position)
        body = self.pattern[self.position : end] if end >= 0 else self.pattern[self.position :]
        low, comma, high = body.partition(",")
        valid = end >= 0 and all(not part or part.isdigit() for part in (low, high))
        valid = valid and bool(low or comma)
        if not valid and self.grep and (self.extended or self.at_start()):
            self.literal("{")
            return
        if self.at_start() and not (self.grep and self.extended) and not self.partial:
            if not self.grep:
                raise RegexError("Invalid preceding regular expression")
            self.literal("{")
            return
        if not valid:
            unmatched = end < 0 and (not comma or not low or low.isdigit())
            raise RegexError("Unmatched \\{" if unmatched else "Invalid content of \\{\\}")
        least = int(low or "0")
        most = int(high) if high else None if comma else least
        if most is not None and most < least:
            raise RegexError("Invalid content of \\{\\}")
        if max(least, most or 0) > _REPEATS_MAX:
            raise RegexError("Regular expression too big")
        self.position = end + len(closing)
        self.repeat("{...}", least, most)

    def repeat(self, shown: str, least: int, most: int | None) -> None:
        items = self.frames[-1].items
        if self.at_start():
            if not self.extended:
                self.literal(shown)
                return
            if self.partial and not items and len(self.frames) == 1:
                # What is repeated stands in the part before.
                self.add(_suffix(least, most))
                return
            if not self.grep:
                raise RegexError("Invalid preceding regular expression")
            if all(item.assertion for item in items):
                self.warnings.append(f"{shown} at start of expression")
            return
        item = items[-1]
        if item.repeated and not self.extended and not self.grep and shown in ("*", "{...}"):
            raise RegexError("Invalid preceding regular expression")
        if item.repeated or item.text.startswith("(?"):
            item.text = f"(?:{item.text})"
        item.text += _suffix(least, most)
        item.repeated = True
        item.first = item.first if least else ""
        self.repeats += 1
        self.repeated_groups += item.group

    # -- Bracket expressions ----------------------------------------------------------------------

    def bracket(self) -> str:
        pattern = self.pattern
        start = self.position
        negated = pattern[self.position : self.position + 1] == "^"
        self.position += negated
        out: list[str] = []
        first = True
        while True:
            letter = self.bracket_letter()
            if letter == "]" and not first:
                break
            first = False
            if letter == "[" and pattern[self.position : self.position + 1] == ":":
                out.append(self.character_class())
                continue
            low = self.collating(letter)
            ahead = pattern[self.position : self.position + 2]
            if ahead[:1] == "-" and ahead[1:] not in ("]", ""):
                self.position += 1
                high = self.collating(self.bracket_letter())
                if high < low:
                    raise RegexError("Invalid range end")
                out.append(f"{_set_letter(low)}-{_set_letter(high)}")
            else:
                out.append(_set_letter(low))
        body = pattern[start : self.position - 1]
        if len(body) > 2 and body[0] == ":" and body[-1] == ":":
            raise RegexError("character class syntax is [[:space:]], not [:space:]")
        return f"[^{''.join(out)}{_UNDECODABLE}]" if negated else f"[{''.join(out)}]"

    def bracket_letter(self) -> str:
        if self.position >= len(self.pattern):
            raise RegexError("Unmatched [, [^, [:, [., or [=")
        self.position += 1
        return self.pattern[self.position - 1]

    def delimited(self, mark: str) -> str:
        end = self.pattern.find(mark + "]", self.position + 1)
        if end < 0:
            raise RegexError("Unmatched [, [^, [:, [., or [=")
        name = self.pattern[self.position + 1 : end]
        self.position = end + 2
        return name

    def character_class(self) -> str:
        name = self.delimited(":")
        if name not in _CLASSES:
            raise RegexError("Invalid character class name")
        return _CLASSES[name]

    # One end of a range: a letter, or [.x.] or [=x=].
    def collating(self, letter: str) -> str:
        mark = self.pattern[self.position : self.position + 1]
        if letter != "[" or mark not in (".", "="):
            return letter
        name = self.delimited(mark)
        if len(name) != 1:
            raise RegexError("Invalid collation character")
        return name


def _suffix(least: int, most: int | None) -> str:
    short = {(0, None): "*", (1, None): "+", (0, 1): "?"}.get((least, most))
    return short or f"{{{least},{'' if most is None else most}}}"


def _set_letter(letter: str) -> str:
    return "\\" + letter if letter in _SET_SPECIAL else letter
