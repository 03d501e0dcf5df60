"""A forgiving look at a command line that may not be finished: for colours and completion.

The shell's own lexer refuses what is incomplete; this one goes as far as it can.
"""

from __future__ import annotations

import re

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["KEYWORDS", "Span", "classify", "current_command", "is_unfinished", "spans"]

_BEFORE_COMMAND = frozenset(
    "if then else elif while until do time { !".split()  # noqa: SIM905 - a table of words
)
KEYWORDS = _BEFORE_COMMAND.union(
    "fi for done case esac in select function } [[ ]]".split()  # noqa: SIM905 - a table of words
)
"""The shell's reserved words."""

# A digit belongs to a redirection only where nothing stands between: 2> but not 2 >.
_REDIRECTION = re.compile(r"\d*(?:&>>?|<<<|<<-?|>>|[<>]&|<>|>\||[<>](?!\())")
_OPERATOR = re.compile(r"&&|\|\||;;&?|;&|\|&|[<>]\(|[;|&()]")
# Commands behind which another command stands.
_PREFIXES = frozenset(
    ("sudo", "time", "nohup", "exec", "command", "builtin", "env", "watch", "nice", "strace")
)


class Span:
    """A piece of a command line: where it stands and what it is.

    ``kind`` is space, operator, comment or word; ``role`` of a word is command, argument, keyword,
    assignment or target (of a redirection).
    """

    __slots__ = ("end", "kind", "role", "start", "text")

    def __init__(self, kind: str, start: int, end: int, text: str) -> None:
        """Describe a piece."""
        self.kind = kind
        self.start = start
        self.end = end
        self.text = text
        self.role = ""

    def plain(self) -> str:
        """Give the word without its quotes and backslashes."""
        return _unquote(self.text)


def spans(text: str) -> list[Span]:
    """Cut a command line into pieces; together they are the whole text."""
    found = list(_cut(text))
    _give_roles(found)
    return found


def _cut(text: str) -> Iterator[Span]:
    position = 0
    while position < len(text):
        start = position
        letter = text[position]
        if letter in " \t\n":
            while position < len(text) and text[position] in " \t\n":
                position += 1
            kind = "operator" if "\n" in text[start:position] else "space"
        elif letter == "#":
            end = text.find("\n", position)
            position = len(text) if end < 0 else end
            kind = "comment"
        else:
            operator = _REDIRECTION.match(text, position) or _OPERATOR.match(text, position)
            position = operator.end() if operator else _end_of_word(text, position)
            kind = "operator" if operator else "word"
        yield Span(kind, start, position, text[start:position])


def _end_of_word(text: str, position: int) -> int:
    quote = ""
    depth = 0
    while position < len(text):
        letter = text[position]
        if quote:
            if letter == "\\" and quote == '"':
                position += 1
            elif letter == quote:
                quote = ""
        elif letter == "\\":
            position += 1
        elif letter in "'\"`":
            quote = letter
        elif letter == "$" and text[position + 1 : position + 2] in ("(", "{"):
            depth += 1
            position += 1
        elif depth and letter in ")}":
            depth -= 1
        elif not depth and letter in " \t\n;|&()<>":
            break
        position += 1
    return min(position, len(text))


def _give_roles(found: list[Span]) -> None:
    expects = after_target = "command"
    for span in found:
        if span.kind == "operator":
            if _REDIRECTION.fullmatch(span.text):
                after_target, expects = expects, "target"
            else:
                expects = "command"
        if span.kind != "word":
            continue
        if expects == "target":
            span.role, expects = "target", after_target
        elif expects == "command":
            name = span.text.partition("=")[0]
            if span.text in KEYWORDS:
                span.role = "keyword"
                expects = "command" if span.text in _BEFORE_COMMAND else "argument"
            elif "=" in span.text and name.isidentifier():
                span.role = "assignment"
            else:
                span.role = "command"
                expects = "prefixed" if span.text in _PREFIXES else "argument"
        elif expects == "prefixed" and not span.text.startswith("-") and "=" not in span.text:
            span.role = "command"
            expects = "prefixed" if span.text in _PREFIXES else "argument"
        else:
            span.role = "keyword" if span.text in ("in", "]]") else "argument"


def current_command(text: str) -> tuple[list[str], Span]:
    """Find the command that the end of a text belongs to.

    Args:
        text: what stands before the cursor.

    Returns: The plain words before the one at the cursor, the command's name first (what stands
        before it, as sudo does, is left out), and the word at the cursor, which may be empty.
    """
    found = spans(text)
    if found and found[-1].kind == "word":
        last = found.pop()
    else:
        last = Span("word", len(text), len(text), "")
        trial = spans(text + "x")
        last.role = trial[-1].role
    words: list[str] = []
    for span in found:
        if span.kind == "operator" and not _REDIRECTION.fullmatch(span.text):
            words = []
        elif span.kind == "word" and span.role == "command":
            words = [span.plain()]
        elif span.kind == "word" and span.role == "argument":
            words.append(span.plain())
    return words, last


def _unquote(text: str) -> str:
    out = []
    quote = ""
    position = 0
    while position < len(text):
        letter = text[position]
        if quote == "'":
            quote = "" if letter == "'" else quote
            out.append("" if letter == "'" else letter)
        elif letter == "\\" and position + 1 < len(text):
            position += 1
            out.append(text[position])
        elif letter in "'\"":
            quote = "" if quote == letter else quote or letter
        else:
            out.append(letter)
        position += 1
    return "".join(out)


def classify(text: str, commands: frozenset[str]) -> Iterator[tuple[str, str]]:
    """Cut a command line into coloured pieces.

    Args:
        text: the line, finished or not.
        commands: every word that can stand as a command; empty if unknown.

    Yields: A kind (command, unknown, keyword, option, string, variable, operator, comment or "")
        and a piece of text.
    """
    for span in spans(text):
        if span.kind in ("operator", "comment", "space"):
            yield ("" if span.kind == "space" else span.kind), span.text
        elif span.role == "keyword":
            yield "keyword", span.text
        elif span.role == "command":
            word = span.plain()
            known = not commands or word in commands or "/" in word or "$" in word
            yield ("command" if known else "unknown"), span.text
        elif span.text.startswith("-"):
            yield "option", span.text
        else:
            yield from _pieces(span.text)


# Quotes and variables inside a word.
def _pieces(text: str) -> Iterator[tuple[str, str]]:
    start = position = 0
    while position < len(text):
        letter = text[position]
        if letter not in "'\"$":
            position += 1
            continue
        if start < position:
            yield "", text[start:position]
        start = position
        position += 1
        if letter == "$":
            while position < len(text) and (
                text[position].isalnum() or text[position] in "_{}?!#@*"
            ):
                position += 1
            yield "variable", text[start:position]
        else:
            while position < len(text) and text[position] != letter:
                position += 2 if text[position] == "\\" and letter == '"' else 1
            position = min(position + 1, len(text))
            yield "string", text[start:position]
        start = position
    if start < len(text):
        yield "", text[start:]


def is_unfinished(text: str) -> bool:
    """Tell whether a command goes on: an open quote, a loop without end, a backslash at the end.

    Args: text: the lines so far, without the last newline.
    """
    from vshell.shell.lexer import Incomplete, ShellSyntaxError  # noqa: PLC0415 - only at a prompt
    from vshell.shell.parser import Parser  # noqa: PLC0415 - as above

    body = text.rstrip("\\")
    if (len(text) - len(body)) % 2:
        return True
    parser = Parser(f"{text}\n", 1, lambda _name: None, more_to_come=True)
    try:
        while parser.next_command() is not None:
            continue
    except Incomplete:
        return True
    except ShellSyntaxError:
        return False
    return False
