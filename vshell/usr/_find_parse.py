"""Reading find's expressions: operators and parentheses around tests and actions.

Source: find(1), findutils 4.9
"""

from __future__ import annotations

from vshell.usr._find_actions import ACTIONS
from vshell.usr._find_tests import TESTS

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from vshell.usr._find_entry import Entry, Run

    Test = Callable[[Entry], bool]

__all__ = ["FindError", "Parser", "is_expression"]

_BINARY = frozenset(("-a", "-and", "-o", "-or", ","))
_UNARY = frozenset(("!", "-not"))
# Options that hold for the whole run, wherever they stand.
_GLOBAL = frozenset(
    (
        *("-depth", "-d", "-maxdepth", "-mindepth", "-mount", "-xdev", "-noleaf", "-follow"),
        *("-warn", "-nowarn", "-daystart", "-ignore_readdir_race", "-noignore_readdir_race"),
    )
)
_POSITIONAL = frozenset(("-follow", "-warn", "-nowarn", "-daystart"))
_QUIET = frozenset(("-prune", "-quit"))
_DAY_NS = 86400 * 1_000_000_000


class FindError(Exception):
    """The expression is wrong; the text is find's."""


def is_expression(word: str) -> bool:
    """Tell whether the paths end before this word."""
    return (word.startswith("-") and len(word) > 1) or word in ("(", "!")


class Parser:
    """Reads an expression, once."""

    def __init__(self, run: Run, words: list[str]) -> None:
        """Get ready; parse() gives the test."""
        self.run = run
        self.words = words
        self.position = 0
        self.has_action = False
        self.pruning = self.deleting = False
        self.asked_depth = False
        self.last_test = ""

    def parse(self) -> Test:
        """Read the whole expression; what has no action prints.

        Raises:
            FindError: it is wrong.
        """
        test: Test | None = None
        if self.words:
            test = self.comma()
            if self.position < len(self.words):
                self.leftover(self.words[self.position])
        if self.deleting and self.pruning and not self.asked_depth:
            raise FindError(
                "The -delete action automatically turns on -depth, but -prune does nothing when "
                "-depth is in effect.  If you want to carry on anyway, just explicitly use the "
                "-depth option."
            )
        if self.has_action:
            assert test is not None
            return test
        show = ACTIONS["-print"](self.run, self.take_argument)
        if test is None:
            return show
        wanted = test
        return lambda entry: wanted(entry) and show(entry)

    def leftover(self, word: str) -> None:
        if word == ")":
            raise FindError("you have too many ')'")
        raise FindError(f"paths must precede expression: `{word}'")

    def peek(self) -> str | None:
        return self.words[self.position] if self.position < len(self.words) else None

    def take_argument(self) -> str | None:
        word = self.peek()
        self.position += word is not None
        return word

    # -- Operators --------------------------------------------------------------------------------

    def comma(self) -> Test:
        left = self.either()
        while self.peek() == ",":
            self.operator()
            left = _after(left, self.either())
        return left

    def either(self) -> Test:
        left = self.both()
        while self.peek() in ("-o", "-or"):
            self.operator()
            left = _or(left, self.both())
        return left

    def both(self) -> Test:
        left = self.negation()
        while True:
            word = self.peek()
            if word in ("-a", "-and"):
                self.operator()
            elif word is None or word in _BINARY or word == ")":
                return left
            left = _and(left, self.negation())

    def operator(self) -> None:
        word = self.take_argument()
        if self.peek() in (None, ")"):
            raise FindError(f"expected an expression after '{word}'")

    def negation(self) -> Test:
        word = self.peek()
        if word not in _UNARY:
            return self.primary()
        self.position += 1
        if self.peek() in (None, ")"):
            raise FindError(f"expected an expression after '{word}'")
        test = self.negation()
        return lambda entry: not test(entry)

    def primary(self) -> Test:
        word = self.take_argument()
        assert word is not None
        if word == "(":
            return self.group()
        if word in _BINARY:
            text = f"you have used a binary operator '{word}' with nothing before it."
            raise FindError(f"invalid expression; {text}")
        if word == ")":
            raise FindError("invalid expression; you have too many ')'")
        if not word.startswith("-"):
            raise FindError(f"paths must precede expression: `{word}'")
        if word in _GLOBAL:
            return self.option(word)
        return self.predicate(word)

    def group(self) -> Test:
        if self.peek() is None:
            raise FindError(
                "invalid expression; expected to find a ')' but didn't see one. "
                "Perhaps you need an extra predicate after '('"
            )
        if self.peek() == ")":
            raise FindError("invalid expression; empty parentheses are not allowed.")
        test = self.comma()
        if self.take_argument() != ")":
            raise FindError(
                "invalid expression; I was expecting to find a ')' somewhere but did not see one."
            )
        return test

    # -- Words ------------------------------------------------------------------------------------

    def predicate(self, word: str) -> Test:
        self.last_test = word
        if word.startswith("-newer") and len(word) == 8:
            from vshell.usr._find_tests import newer_xy  # noqa: PLC0415 - rare

            return newer_xy(self.run, word, self.take_argument)
        if word in TESTS:
            return TESTS[word](self.run, self.take_argument, word)
        if word not in ACTIONS:
            raise FindError(f"unknown predicate `{word}'")
        self.has_action = self.has_action or word not in _QUIET
        self.pruning = self.pruning or word == "-prune"
        if word == "-delete":
            self.deleting = True
            self.run.depth_first = True
        return ACTIONS[word](self.run, self.take_argument)

    def option(self, word: str) -> Test:
        run = self.run
        if self.last_test and word not in _POSITIONAL and run.io.sys.isatty(0):
            run.io.complain(
                f"warning: you have specified the global option {word} after the argument "
                f"{self.last_test}, but global options are not positional, i.e., {word} affects "
                "tests specified before it as well as those specified after it.  Please specify "
                "global options before other arguments."
            )
        if word in ("-depth", "-d"):
            run.depth_first = self.asked_depth = True
        elif word in ("-maxdepth", "-mindepth"):
            self.depth(word)
        elif word in ("-mount", "-xdev"):
            run.one_device = True
        elif word == "-follow":
            run.follow = "always"
        elif word == "-daystart":
            # Ages count from the end of today.
            run.now_ns += -run.now_ns % _DAY_NS
        return lambda _: True

    def depth(self, word: str) -> None:
        from vshell.usr._quote import quote  # noqa: PLC0415 - for complaints only

        text = self.take_argument()
        if text is None:
            raise FindError(f"missing argument to `{word}'")
        if not (text.isascii() and text.isdigit()):
            what = f"Expected a positive decimal integer argument to {word}"
            raise FindError(f"{what}, but got {quote(text)}")
        if word == "-maxdepth":
            self.run.depth_max = int(text)
        else:
            self.run.depth_min = int(text)


def _and(left: Test, right: Test) -> Test:
    return lambda entry: left(entry) and right(entry)


def _or(left: Test, right: Test) -> Test:
    return lambda entry: left(entry) or right(entry)


def _after(left: Test, right: Test) -> Test:
    def both(entry: Entry) -> bool:
        left(entry)
        return right(entry)

    return both
