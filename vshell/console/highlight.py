"""Colours for the line that is being edited."""

from __future__ import annotations

from prompt_toolkit.lexers import Lexer
from prompt_toolkit.styles import Style

from vshell.machine.language import classify

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from prompt_toolkit.document import Document
    from prompt_toolkit.formatted_text import StyleAndTextTuples

__all__ = ["STYLE", "ShellLexer"]

STYLE = Style.from_dict(
    {
        "command": "bold ansigreen",
        "unknown": "ansired",
        "keyword": "bold ansimagenta",
        "option": "ansicyan",
        "string": "ansiyellow",
        "variable": "ansimagenta",
        "operator": "bold",
        "comment": "ansibrightblack",
        "auto-suggestion": "ansibrightblack",
        "completion-menu.completion": "bg:ansibrightblack fg:ansiwhite",
        "completion-menu.completion.current": "bg:ansiwhite fg:ansiblack",
        "completion-menu.multi-column-meta": "bg:ansibrightblack fg:ansiwhite",
    }
)


class ShellLexer(Lexer):
    """Colours words by what they are to the shell."""

    def __init__(self) -> None:
        """Know no commands yet."""
        self.commands: frozenset[str] = frozenset()

    def lex_document(self, document: Document) -> Callable[[int], StyleAndTextTuples]:
        """Give a function that styles a line of the document."""
        styled: list[StyleAndTextTuples] = [[]]
        for kind, text in classify(document.text, self.commands):
            for number, part in enumerate(text.split("\n")):
                if number:
                    styled.append([])
                if part:
                    styled[-1].append((f"class:{kind}" if kind else "", part))
        return lambda line: styled[line] if line < len(styled) else []
