"""The line editor: prompt_toolkit's session as a shell's prompt wants it."""

from __future__ import annotations

from prompt_toolkit import PromptSession
from prompt_toolkit.auto_suggest import Suggestion
from prompt_toolkit.enums import EditingMode
from prompt_toolkit.formatted_text import ANSI
from prompt_toolkit.output import ColorDepth
from prompt_toolkit.shortcuts import CompleteStyle

from vshell.console.completer import ShellCompleter
from vshell.console.highlight import ShellLexer, style_for
from vshell.console.history import open_history
from vshell.console.keys import make_key_bindings
from vshell.console.search import HistorySearch
from vshell.console.suggest import Suggestions
from vshell.console.toolbar import Toolbar
from vshell.machine.language import is_unfinished

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from prompt_toolkit.formatted_text import AnyFormattedText
    from prompt_toolkit.key_binding import KeyBindings

    from vshell.abi.prompt import Survey
    from vshell.console.looks import Looks
    from vshell.machine.desk import Desk

__all__ = ["Editor"]

_MENU_ROWS = 8
_PLAIN = "> "


class Editor:
    """Edits the lines of one prompt."""

    def __init__(
        self, desk: Desk, looks: Looks, suggestion: Callable[[], str], *, has_toolbar: bool
    ) -> None:
        """Prepare it.

        Args:
            desk: answers what could stand at the cursor, and how the host is.
            looks: how it looks.
            suggestion: the line that is suggested now, "" for none.
            has_toolbar: whether the toolbar is its own: somebody else may need its place.
        """
        self._suggestion = suggestion
        self._lexer = ShellLexer()
        self._more = _PLAIN
        self._is_more = False
        self._message: AnyFormattedText = ""
        self.session: PromptSession[str] = PromptSession(
            lexer=self._lexer,
            style=style_for(looks),
            include_default_pygments_style=False,
            color_depth=None if looks.has_colours else ColorDepth.DEPTH_1_BIT,
            completer=ShellCompleter(desk),
            complete_while_typing=False,
            complete_style=CompleteStyle.MULTI_COLUMN,
            complete_in_thread=True,
            auto_suggest=Suggestions(suggestion, lambda: self.search.is_on),
            history=open_history(),
            prompt_continuation=self._continuation,
            enable_open_in_editor=True,
            enable_suspend=False,
            reserve_space_for_menu=_MENU_ROWS,
        )
        self.search = HistorySearch(self.session.default_buffer)
        self.toolbar: Toolbar | None = None
        if has_toolbar:
            self.toolbar = Toolbar(self.session, desk, self.search, is_wanted=looks.toolbar)
        self.bindings: KeyBindings = make_key_bindings(self)
        self.session.key_bindings = self.bindings

    def is_unfinished(self, text: str) -> bool:
        """Tell whether a text is a command that goes on; what goes on with one is the shell's."""
        return not self._is_more and is_unfinished(text)

    def toggle_toolbar(self) -> None:
        """Show the toolbar, or do not."""
        if self.toolbar is not None:
            self.toolbar.toggle()

    # Before further lines stands what the shell would put there, and nothing where a line wraps.
    def _continuation(self, _width: int, _line: int, wraps: int) -> AnyFormattedText:
        return "" if wraps else ANSI(self._more)

    def _shown(self) -> AnyFormattedText:
        return [("class:searching", "history: ")] if self.search.is_on else self._message

    # An empty line gets its suggestion at once, not only when something is typed.
    def _suggest(self) -> None:
        buffer = self.session.default_buffer
        if not buffer.text and self._suggestion():
            buffer.suggestion = Suggestion(self._suggestion())

    async def ask(self, prompt: str, survey: Survey | None, typed: str, *, is_whole: bool) -> str:
        """Have a line edited.

        Args:
            prompt: what stands before it, with escape codes.
            survey: what is known of the host.
            typed: what the line begins with.
            is_whole: whether that is all of it.

        Raises:
            KeyboardInterrupt: it has been given up.
            EOFError: it is the end of the input.
        """
        if survey is not None:
            self._lexer.commands = frozenset(survey.commands)
            self._more, self._is_more = survey.more, survey.is_more
            is_vi = survey.editing == "vi"
            self.session.editing_mode = EditingMode.VI if is_vi else EditingMode.EMACS
        self._message = ANSI(prompt)
        return await self.session.prompt_async(
            self._shown, default=typed, accept_default=is_whole, pre_run=self._suggest
        )
