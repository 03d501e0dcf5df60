"""nano's keys, and what they do.

Source: nano(1), GNU nano 7.2
"""

from __future__ import annotations

from vshell.usr._nano_editor import Editor

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["do"]


def do(editor: Editor, key: str) -> None:
    """Do what a key says."""
    if key == "end of input":
        editor.is_over = True
        return
    moves = _MOVES.get(key)
    if moves is not None:
        moves(editor)
        editor.text.end_of_typing()
        return
    command = _COMMANDS.get(key)
    if command is not None:
        command(editor)
        return
    change = _CHANGES.get(key)
    if change is None and (len(key) > 1 or key < " "):
        editor.status = "Unbound key"
    elif editor.view:
        editor.status = "Key is invalid in view mode"
    elif change is not None:
        change(editor)
    else:
        editor.text.insert(key)


_MOVES: dict[str, Callable[[Editor], None]] = {}
_COMMANDS: dict[str, Callable[[Editor], None]] = {}
_CHANGES: dict[str, Callable[[Editor], None]] = {}
for _table, _entries in (
    (
        _MOVES,
        (
            (("left", "\x02"), lambda editor: editor.text.left()),
            (("right", "\x06"), lambda editor: editor.text.right()),
            (("up", "\x10"), lambda editor: editor.text.down(-1)),
            (("down", "\x0e"), lambda editor: editor.text.down(1)),
            (("home", "\x01"), lambda editor: editor.text.home()),
            (("end", "\x05"), lambda editor: editor.text.end()),
            (("pageup", "\x19"), lambda editor: editor.page(-1)),
            (("pagedown", "\x16"), lambda editor: editor.page(1)),
            (("alt-\\", "alt-|"), Editor.first_line),
            (("alt-/", "alt-?"), Editor.last_line),
            (("alt- ",), lambda editor: editor.text.word(forward=False)),
            (("\0",), lambda editor: editor.text.word(forward=True)),
        ),
    ),
    (
        _COMMANDS,
        (
            (("\x07",), Editor.help),
            (("\x18",), Editor.leave),
            (("\x0f", "\x13"), Editor.save),
            (("\x17",), Editor.search),
            (("alt-w", "alt-W"), Editor.search_again),
            (("\x03",), Editor.location),
            (("\x1f", "alt-g", "alt-G"), Editor.go_to),
            (("alt-a", "alt-A", "\x1e"), Editor.set_mark),
            (("alt-6", "alt-^"), lambda editor: editor.text.copy()),
            (("alt-n", "alt-N"), Editor.toggle_numbers),
            (("\x0c",), Editor.redraw),
        ),
    ),
    (
        _CHANGES,
        (
            (("\n", "\r"), Editor.new_line),
            (("\t",), lambda editor: editor.text.insert("\t")),
            (("\x7f", "\b"), lambda editor: editor.text.backspace()),
            (("delete", "\x04"), lambda editor: editor.text.delete()),
            (("\x0b",), Editor.cut),
            (("\x15",), Editor.paste),
            (("alt-u", "alt-U"), Editor.undo),
            (("alt-e", "alt-E"), Editor.redo),
            (("\x1c", "alt-r", "alt-R"), Editor.replace),
            (("\x12",), Editor.read_file),
        ),
    ),
):
    for _names, _act in _entries:
        _table |= dict.fromkeys(_names, _act)
