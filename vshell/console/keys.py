"""Key bindings beyond those that prompt_toolkit shares with bash (emacs mode)."""

from __future__ import annotations

from prompt_toolkit.key_binding import KeyBindings

TYPE_CHECKING = False
if TYPE_CHECKING:
    from prompt_toolkit.key_binding import KeyPressEvent

__all__ = ["make_key_bindings"]


def make_key_bindings() -> KeyBindings:
    """Make the bindings: Enter accepts, F1 shows the help, Ctrl-Z does nothing at a prompt."""
    bindings = KeyBindings()

    @bindings.add("enter")
    def accept(event: KeyPressEvent) -> None:
        event.current_buffer.validate_and_handle()

    @bindings.add("f1")
    def show_help(event: KeyPressEvent) -> None:
        event.current_buffer.text = "help"
        event.current_buffer.validate_and_handle()

    @bindings.add("c-z")
    def ignore(event: KeyPressEvent) -> None:
        del event

    return bindings
