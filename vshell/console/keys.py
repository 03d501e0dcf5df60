"""Key bindings beyond those that prompt_toolkit shares with bash (emacs mode)."""

from __future__ import annotations

from prompt_toolkit.application import get_app
from prompt_toolkit.completion import CompleteEvent, get_common_complete_suffix
from prompt_toolkit.filters import Condition, is_searching
from prompt_toolkit.key_binding import KeyBindings
from prompt_toolkit.search import accept_search

TYPE_CHECKING = False
if TYPE_CHECKING:
    from prompt_toolkit.key_binding import KeyPressEvent

__all__ = ["make_key_bindings"]


def make_key_bindings() -> KeyBindings:
    """Make the bindings.

    Tab completes; Enter runs the line that a search has found, as in bash; F1 at an empty prompt
    shows the help; Ctrl-Z does nothing at a prompt.
    """
    bindings = KeyBindings()

    @bindings.add("enter", filter=is_searching)
    def accept_found(event: KeyPressEvent) -> None:
        accept_search()
        event.app.current_buffer.validate_and_handle()

    # At once, as in bash: keys pressed after Tab find the word completed. The menu comes when
    # there is nothing more to add.
    @bindings.add("tab")
    def complete(event: KeyPressEvent) -> None:
        buffer = event.current_buffer
        if buffer.complete_state:
            buffer.complete_next()
            return
        request = CompleteEvent(completion_requested=True)
        found = list(buffer.completer.get_completions(buffer.document, request))
        common = get_common_complete_suffix(buffer.document, found)
        if len(found) == 1:
            buffer.delete_before_cursor(-found[0].start_position)
            buffer.insert_text(found[0].text)
        elif common:
            buffer.insert_text(common)
        elif found:
            buffer.start_completion(select_first=False)

    @bindings.add("f1", filter=Condition(lambda: not get_app().current_buffer.text))
    def show_help(event: KeyPressEvent) -> None:
        event.current_buffer.text = "help"
        event.current_buffer.validate_and_handle()

    @bindings.add("c-z")
    def ignore(event: KeyPressEvent) -> None:
        del event

    return bindings
