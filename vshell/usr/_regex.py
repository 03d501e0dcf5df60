"""POSIX regular expressions, found as POSIX wants it by means of Python's ``re``.

Python tries alternatives in order and takes the first that fits, POSIX wants the longest match that
begins leftmost. The two differ only where alternatives can begin alike or repeated groups compete
with other repetitions; such patterns are *ambiguous*, and for them ``Regex.search`` asks again for
a match that leaves less of the text, until there is none.

Source: regex(7), glibc 2.36
"""

from __future__ import annotations

from vshell.usr._regex_translate import RegexError, Translator

TYPE_CHECKING = False
if TYPE_CHECKING:
    import re
    from collections.abc import Iterator

__all__ = ["Regex", "RegexError", "basic", "compile_perl", "compile_posix", "extended"]


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

    A group may be left open or closed too often, so that parts of a pattern can be translated one
    by one.

    Raises:
        RegexError: the pattern is wrong.
    """
    return _wrapped(Translator(pattern, extended=True, partial=True).run(), ignore_case)


def basic(pattern: str, *, ignore_case: bool = False) -> str:
    """Translate a basic regular expression to Python's ``re``.

    Raises:
        RegexError: the pattern is wrong.
    """
    return _wrapped(Translator(pattern, extended=False).run(), ignore_case)


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
    translator = Translator(pattern, extended=extended, grep=grep, multiline=multiline)
    source = template.replace("{}", translator.run())
    import re  # noqa: PLC0415 - only programs that search need it

    flags = re.IGNORECASE if ignore_case else 0
    regex = Regex(source, flags, ambiguous=translator.ambiguous)
    regex.warnings = translator.warnings
    return regex


def compile_perl(pattern: str, *, ignore_case: bool = False, template: str = "{}") -> Regex:
    r"""Compile a Perl pattern: Python's own, and \K, \h, \Q...\E besides.

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
