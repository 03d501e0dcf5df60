"""The patterns of one grep, as one thing that finds matches in a line.

Source: grep(1), GNU grep 3.8
"""

from __future__ import annotations

from vshell.usr._regex import Regex, RegexError, compile_perl, compile_posix

__all__ = ["Patterns", "compile_patterns"]

_WORDS = "(?<!\\w)(?:{})(?!\\w)"
_LINES = "\\A(?:{})\\Z"
# PCRE2's words for the mistakes that are made most.
_PERL_ERRORS = (
    ("missing ), unterminated subpattern", "missing closing parenthesis"),
    ("unbalanced parenthesis", "unmatched closing parenthesis"),
    ("unterminated character set", "missing terminating ] for character class"),
    ("nothing to repeat", "quantifier does not follow a repeatable item"),
    ("multiple repeat", "quantifier does not follow a repeatable item"),
    ("bad character range", "range out of order in character class"),
    ("invalid group reference", "reference to non-existent subpattern"),
    ("bad escape (end of pattern)", "\\ at end of pattern"),
    ("look-behind requires", "lookbehind assertion is not fixed length"),
)


class Patterns:
    """Patterns any of which may match."""

    def __init__(self, regexes: list[Regex]) -> None:
        """Look for these."""
        self.regexes = regexes
        self.warnings = [warning for regex in regexes for warning in regex.warnings]

    def matches(self, text: str) -> bool:
        """Tell whether one of them is found in a line."""
        return any(regex.matches(text) for regex in self.regexes)

    def spans(self, text: str) -> list[tuple[int, int]]:
        """List where matches that are not empty begin and end: leftmost, then longest."""
        if len(self.regexes) == 1:
            return list(self.regexes[0].spans(text))
        spans: list[tuple[int, int]] = []
        position = 0
        while position < len(text):
            best: tuple[int, int] | None = None
            for regex in self.regexes:
                found = _search_text(regex, text, position)
                if found is not None and (
                    best is None or (found[0], -found[1]) < (best[0], -best[1])
                ):
                    best = found
            if best is None:
                break
            spans.append(best)
            position = best[1]
        return spans


# The first match from a position on that is not empty.
def _search_text(regex: Regex, text: str, position: int) -> tuple[int, int] | None:
    while position < len(text):
        found = regex.search(text, position)
        if found is None or found.end() > found.start():
            return None if found is None else found.span(regex.kept)
        position = found.end() + 1
    return None


def compile_patterns(
    texts: list[str], *, kind: str, ignore_case: bool, words: bool, lines: bool
) -> Patterns:
    """Compile patterns.

    Args:
        texts: the patterns.
        kind: E extended, F fixed, G basic, P Perl's.
        ignore_case: whether upper and lower case are the same.
        words: whether a match must be a whole word.
        lines: whether it must be the whole line.

    Raises:
        RegexError: with grep's text.
    """
    template = _LINES if lines else _WORDS if words else "{}"
    if kind == "F":
        return _fixed(texts, template, ignore_case=ignore_case)
    if kind == "P":
        if len(texts) > 1:
            raise RegexError("the -P option only supports a single pattern")
        return Patterns([_perl(text, template, ignore_case=ignore_case) for text in texts])
    return Patterns(
        [
            compile_posix(
                text,
                extended=kind == "E",
                ignore_case=ignore_case,
                grep=True,
                template=template,
            )
            for text in texts
        ]
    )


# The longest comes first, so that the first that fits is the longest.
def _fixed(texts: list[str], template: str, *, ignore_case: bool) -> Patterns:
    import re  # noqa: PLC0415 - loaded with _regex's patterns anyway

    if not texts:
        return Patterns([])
    source = "|".join(re.escape(text) for text in sorted(set(texts), key=lambda t: (-len(t), t)))
    flags = re.IGNORECASE if ignore_case else 0
    return Patterns([Regex(template.replace("{}", source), flags, ambiguous=False)])


def _perl(text: str, template: str, *, ignore_case: bool) -> Regex:
    import re  # noqa: PLC0415 - loaded with _regex's patterns anyway

    try:
        re.compile(text.replace("\\K", "").replace("\\h", " ").replace("\\R", " "))
    except re.error as error:
        for start, told in _PERL_ERRORS:
            if error.msg.startswith(start):
                raise RegexError(told) from None
    except (OverflowError, RecursionError):
        pass
    return compile_perl(text, ignore_case=ignore_case, template=template)
