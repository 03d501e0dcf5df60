"""POSIX regular expressions, with GNU's extensions, as patterns of Python's ``re``.

A pattern is read from left to right into *items*, which are atoms with their repetitions; a frame on a stack holds
the items of each open group. Python tries alternatives in order and takes the first that fits, POSIX wants
the longest match that begins leftmost. The two differ only where alternatives can begin alike or repeated groups
compete with other repetitions; such patterns are *ambiguous*, and for them ``Regex.search`` asks again for a match
that leaves less of the text, until there is none.

Source: regex(7), glibc 2.36; grep(1) 3.8 for what is lenient there; gnulib's dfa for the warnings.
Differs: which letters beyond ASCII belong to [:upper:], [:lower:] and [:alpha:] is told for Latin, Greek and Cyrillic.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    import re
    from collections.abc import Iterator

__all__ = ["Regex", "RegexError", "basic", "compile_perl", "compile_posix", "extended"]

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
_ALPHA = "A-Za-z\u00aa\u00b5\u00ba\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u02c1\u0370-\u1fff\u2c00-\ud7ff\uf900-\ufdff"
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


class Regex:
    """A compiled pattern that finds the leftmost longest match."""

    def __init__(self, source: str, flags: int, *, ambiguous: bool, kept: str = "") -> None:
        """Compile a pattern of Python's.

        Args:
            source: the pattern.
            flags: re's.
            ambiguous: whether Python's first match may be shorter than the longest.
            kept: the group that stands for the match, "" for all of it.
        """
        import re  # noqa: PLC0415 - only programs that search need it

        self.source = source
        self.flags = flags
        self.kept = kept or 0
        self.warnings: list[str] = []
        self._ambiguous = ambiguous
        self._longer: dict[int, re.Pattern[str]] = {}
        try:
            self.compiled = re.compile(source, flags)
        except (re.error, OverflowError, RecursionError):
            raise RegexError("Invalid regular expression") from None

    @property
    def groups(self) -> int:
        """How many groups it has."""
        return self.compiled.groups

    def matches(self, text: str) -> bool:
        """Tell whether it is found anywhere in a text."""
        return self.compiled.search(text) is not None

    def search(self, text: str, start: int = 0) -> re.Match[str] | None:
        """Find the first match from a position on, and of those that begin there the longest."""
        found = self.compiled.search(text, start)
        while found is not None and self._ambiguous and found.end() < len(text):
            longer = self._leaving(len(text) - found.end() - 1).match(text, found.start())
            if longer is None:
                break
            found = longer
        return found

    # The same pattern, for matches after which at most so many characters are left.
    def _leaving(self, most: int) -> re.Pattern[str]:
        import re  # noqa: PLC0415 - loaded already

        if most not in self._longer:
            source = f"(?:{self.source})(?=[\\s\\S]{{0,{most}}}\\Z)"
            self._longer[most] = re.compile(source, self.flags)
        return self._longer[most]

    def spans(self, text: str) -> Iterator[tuple[int, int]]:
        """List where the matches that are not empty begin and end, from left to right."""
        position = 0
        while position <= len(text):
            found = self.search(text, position)
            if found is None:
                return
            if found.start(self.kept) < found.end(self.kept):
                yield found.span(self.kept)
            position = (
                found.end() if found.end() > max(position, found.start()) else found.end() + 1
            )


def extended(pattern: str, *, ignore_case: bool = False) -> str:
    """Translate an extended regular expression to Python's ``re``.

    A group may be left open or closed too often, so that parts of a pattern can be translated one by one.

    Raises:
        RegexError: the pattern is wrong.
    """
    return _wrapped(_Translator(pattern, extended=True, partial=True).run(), ignore_case)


def basic(pattern: str, *, ignore_case: bool = False) -> str:
    """Translate a basic regular expression to Python's ``re``.

    Raises:
        RegexError: the pattern is wrong.
    """
    return _wrapped(_Translator(pattern, extended=False).run(), ignore_case)


def _wrapped(source: str, ignore_case: bool) -> str:  # noqa: FBT001 - private
    return f"(?i:{source})" if ignore_case else source


def compile_posix(
    pattern: str,
    *,
    extended: bool,
    ignore_case: bool = False,
    grep: bool = False,
    multiline: bool = False,
    template: str = "{}",
) -> Regex:
    """Compile a POSIX pattern.

    Args:
        pattern: its text.
        extended: whether it is an extended one.
        ignore_case: whether upper and lower case are the same.
        grep: take literally what makes no sense, as grep does, where others refuse it.
        multiline: whether ^ and $ match at each line of the text.
        template: a pattern of Python's with "{}" for the translated one.

    Raises:
        RegexError: the pattern is wrong.
    """
    translator = _Translator(pattern, extended=extended, grep=grep, multiline=multiline)
    source = template.replace("{}", translator.run())
    import re  # noqa: PLC0415 - only programs that search need it

    flags = re.IGNORECASE if ignore_case else 0
    regex = Regex(source, flags, ambiguous=translator.ambiguous)
    regex.warnings = translator.warnings
    return regex


def compile_perl(pattern: str, *, ignore_case: bool = False, template: str = "{}") -> Regex:
    """Compile a Perl pattern: Python's own, and \\K, \\h, \\Q...\\E besides.

    Raises:
        RegexError: the pattern is wrong.
    """
    import re  # noqa: PLC0415 - only programs that search need it

    out = []
    kept = ""
    position = 0
    while position < len(pattern):
        two = pattern[position : position + 2]
        position += 1 if two[0] != "\\" else 2
        if two == "\\Q":
            end = pattern.find("\\E", position)
            end = len(pattern) if end < 0 else end
            out.append(re.escape(pattern[position:end]))
            position = end + 2
        elif two == "\\K" and not kept:
            kept = "kept"
            out.append("(?P<kept>")
        else:
            own = {"\\h": r"[ \t]", "\\R": r"(?:\r\n|[\n\r\f\v])", "\\z": r"\Z", "\\E": ""}
            out.append(own.get(two, two if two[0] == "\\" else two[0]))
    if kept:
        out.append(")")
    flags = re.IGNORECASE if ignore_case else 0
    return Regex(template.replace("{}", "".join(out)), flags, ambiguous=False, kept=kept)


class _Item:
    # An atom, perhaps repeated. ``first`` is the one character it begins with, "" if there are several.
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


class _Translator:
    def __init__(
        self,
        pattern: str,
        *,
        extended: bool,
        grep: bool = False,
        multiline: bool = False,
        partial: bool = False,
    ) -> None:
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

    # -- Atoms --------------------------------------------------------------------------------------

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

    # -- Operators ----------------------------------------------------------------------------------

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

    # -- Bracket expressions ------------------------------------------------------------------------

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
