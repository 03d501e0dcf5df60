"""Colours for the line that is being edited, and for what stands around it."""

from __future__ import annotations

from prompt_toolkit.lexers import Lexer
from prompt_toolkit.styles import Style

from vshell.machine.language import classify

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from prompt_toolkit.document import Document
    from prompt_toolkit.formatted_text import StyleAndTextTuples

    from vshell.console.looks import Looks

__all__ = ["ShellLexer", "style_for"]

# For a dark background, for a light one, and without colours.
_STYLES = {
    "command": ("bold ansigreen", "bold #005f00", "bold"),
    "unknown": ("ansired", "#a00000", "underline"),
    "keyword": ("bold ansimagenta", "bold #7b007b", "bold"),
    "option": ("ansicyan", "#005f87", ""),
    "string": ("ansiyellow", "#875f00", ""),
    "variable": ("ansimagenta", "#7b007b", ""),
    "operator": ("bold", "bold", "bold"),
    "comment": ("ansibrightblack", "#6c6c6c", ""),
    "auto-suggestion": ("ansibrightblack", "#8a8a8a", "italic"),
    "completion-menu.completion": (
        *("bg:ansibrightblack fg:ansiwhite", "bg:#e4e4e4 fg:#1c1c1c", ""),
    ),
    "completion-menu.completion.current": (
        *("noreverse bg:ansiwhite fg:ansiblack", "noreverse bg:#005f87 fg:#ffffff", "reverse"),
    ),
    "completion-menu.meta.completion": (
        *("bg:ansiblack fg:ansiwhite", "bg:#f2f2f2 fg:#444444", ""),
    ),
    "completion-menu.meta.completion.current": (
        *("bg:ansiwhite fg:ansiblack", "bg:#005f87 fg:#ffffff", "reverse"),
    ),
    "completion-menu.multi-column-meta": (
        *("bg:ansibrightblack fg:ansiwhite", "bg:#e4e4e4 fg:#1c1c1c", ""),
    ),
    "bottom-toolbar": ("noreverse ansibrightblack", "noreverse #585858", "noreverse"),
    "bottom-toolbar.value": ("ansiwhite", "#1c1c1c", ""),
    "bottom-toolbar.alarm": ("bold ansired", "bold #a00000", "bold"),
    "bottom-toolbar.hit": ("ansiwhite", "#1c1c1c", ""),
    "bottom-toolbar.chosen": ("bg:ansiwhite fg:ansiblack", "bg:#005f87 fg:#ffffff", "reverse"),
    "searching": ("ansicyan", "#005f87", ""),
}


def style_for(looks: Looks) -> Style:
    """Give the styles for a terminal's background."""
    which = (1 if looks.is_light else 0) if looks.has_colours else 2
    return Style.from_dict({name: styles[which] for name, styles in _STYLES.items()})


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
