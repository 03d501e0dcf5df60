"""Key bindings beyond those that prompt_toolkit shares with bash, in emacs and in vi mode."""

from __future__ import annotations

from prompt_toolkit.application import get_app
from prompt_toolkit.completion import CompleteEvent, get_common_complete_suffix
from prompt_toolkit.filters import Condition, has_focus, vi_insert_mode, vi_mode
from prompt_toolkit.key_binding import KeyBindings
from prompt_toolkit.keys import Keys
from prompt_toolkit.shortcuts import CompleteStyle

TYPE_CHECKING = False
if TYPE_CHECKING:
    from prompt_toolkit.key_binding import KeyPressEvent

    from vshell.console.editor import Editor

__all__ = ["make_key_bindings"]


def make_key_bindings(editor: Editor) -> KeyBindings:
    """Make the bindings of an editor.

    Tab completes; Enter goes on with a command that is not whole yet; Ctrl-R searches the history;
    F1 at an empty prompt shows the help, F2 shows the toolbar or does not; Ctrl-Z does nothing at a
    prompt.
    """
    bindings = KeyBindings()
    is_searching = Condition(lambda: editor.search.is_on)
    at_line = has_focus(editor.session.default_buffer)
    _bind_search(bindings, editor, is_searching)

    @bindings.add("enter", filter=at_line & ~is_searching)
    def enter(event: KeyPressEvent) -> None:
        buffer = event.current_buffer
        if editor.is_unfinished(buffer.text):
            buffer.cursor_position = len(buffer.text)
            buffer.insert_text("\n")
        else:
            buffer.validate_and_handle()

    # At once, as in bash: keys pressed after Tab find the word completed. The menu comes when
    # there is nothing more to add.
    @bindings.add("tab", filter=at_line & ~is_searching & (~vi_mode | vi_insert_mode))
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
            # What has a line of help is shown one below the other, each with its own.
            has_help = any(one.display_meta_text for one in found)
            style = CompleteStyle.COLUMN if has_help else CompleteStyle.MULTI_COLUMN
            editor.session.complete_style = style
            buffer.start_completion(select_first=False)

    @bindings.add("f1", filter=Condition(lambda: not get_app().current_buffer.text) & ~is_searching)
    def show_help(event: KeyPressEvent) -> None:
        event.current_buffer.text = "help"
        event.current_buffer.validate_and_handle()

    @bindings.add("f2")
    def toggle_toolbar(event: KeyPressEvent) -> None:
        del event
        editor.toggle_toolbar()

    @bindings.add("c-z")
    def ignore(event: KeyPressEvent) -> None:
        del event

    return bindings


def _bind_search(bindings: KeyBindings, editor: Editor, is_searching: Condition) -> None:
    search = editor.search

    @bindings.add("c-r", filter=~is_searching & has_focus(editor.session.default_buffer))
    def begin(event: KeyPressEvent) -> None:
        del event
        search.begin()

    @bindings.add("c-r", filter=is_searching, eager=True)
    @bindings.add("down", filter=is_searching, eager=True)
    @bindings.add("c-n", filter=is_searching, eager=True)
    def older(event: KeyPressEvent) -> None:
        del event
        search.move(1)

    @bindings.add("c-s", filter=is_searching, eager=True)
    @bindings.add("up", filter=is_searching, eager=True)
    @bindings.add("c-p", filter=is_searching, eager=True)
    def newer(event: KeyPressEvent) -> None:
        del event
        search.move(-1)

    # As in bash, Enter runs what has been found.
    @bindings.add("enter", filter=is_searching, eager=True)
    def run(event: KeyPressEvent) -> None:
        if search.accept():
            event.current_buffer.validate_and_handle()

    @bindings.add("tab", filter=is_searching, eager=True)
    @bindings.add("right", filter=is_searching, eager=True)
    @bindings.add("left", filter=is_searching, eager=True)
    @bindings.add("c-e", filter=is_searching, eager=True)
    @bindings.add("c-a", filter=is_searching, eager=True)
    @bindings.add("escape", filter=is_searching)
    def take(event: KeyPressEvent) -> None:
        del event
        search.accept()

    @bindings.add("c-g", filter=is_searching, eager=True)
    @bindings.add("c-c", filter=is_searching, eager=True)
    @bindings.add(Keys.SIGINT, filter=is_searching, eager=True)
    def give_up(event: KeyPressEvent) -> None:
        del event
        search.give_up()
