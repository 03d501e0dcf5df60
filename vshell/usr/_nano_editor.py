"""nano at work: what its keys do.

Source: nano(1), GNU nano 7.2
"""

from __future__ import annotations

from vshell.abi.errno import KernelError, strerror
from vshell.usr._keys import Keyboard
from vshell.usr._nano_screen import MAIN_KEYS, Screen
from vshell.usr._nano_text import EditedText
from vshell.usr._regex import Regex, RegexError, compile_posix

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from vshell.usr._nano_screen import Keys
    from vshell.usr._program import Io

__all__ = ["Editor"]

_CANCEL: Keys = (("^G", "Help"), ("^C", "Cancel"))
_SEARCH: Keys = (*_CANCEL, ("M-C", "Case Sens"), ("M-R", "Reg.exp."))
_MESSAGE_KEYS = 20
"""How many keys a message stays for."""
_YES_NO: Keys = ((" Y", "Yes"), (" N", "No"), ("", ""), ("^C", "Cancel"))
_YES_NO_ALL: Keys = ((" Y", "Yes"), (" N", "No"), (" A", "All"), ("^C", "Cancel"))
_HELP_KEYS: Keys = (("^X", "Close"),)
_HELP = """\
 Main nano help text

 Text goes in where the cursor is. ^ stands for the Ctrl key, M- for Alt, or for Esc before.

 ^G      (F1)     Display this help text
 ^X      (F2)     Close the buffer and leave nano
 ^O      (F3)     Write the buffer to disk
 ^R               Insert another file
 ^W      (F6)     Search forward for a string or a regular expression
 M-W     (F16)    Search for the same again
 ^\\      (M-R)    Replace a string or a regular expression
 ^K      (F9)     Cut the line, or what is marked, into the cutbuffer
 ^U      (F10)    Paste the contents of the cutbuffer
 M-A     (^6)     Mark text, beginning at the cursor
 M-6              Copy the line, or what is marked
 ^C      (F11)    Report the position of the cursor
 ^/      (M-G)    Go to a line and a column
 M-U  M-E         Undo, redo
 ^A  ^E  ^Y  ^V   The line's beginning, its end, a screen up, a screen down
 M-\\  M-/         The first line, the last line
 M-Space  ^Space  The word before, the next word
 ^D               Delete the character under the cursor
 M-N              Line numbers, or none
 ^L               Draw the screen again
"""


class Editor:
    """One run of nano."""

    def __init__(self, io: Io, path: str, text: str, *, view: bool) -> None:
        """Take the terminal.

        Args:
            io: the program's streams.
            path: of the file, "" for none.
            text: what is in it.
            view: whether it is only looked at.
        """
        self.io = io
        self.path = path
        self.text = EditedText(text)
        self.view = view
        self.status = ""
        self.is_alarm = False
        """Whether the message is one that should be seen."""
        self.keys_left = _MESSAGE_KEYS
        """For how many more keys the message stays."""
        self.autoindent = False
        self.restricted = False
        self.keyboard = Keyboard(io, signal_keys=False)
        self.screen = Screen(io)
        self.pattern: Regex | None = None
        self.searched = ""
        self.ignores_case = True
        self.uses_regex = False
        self.is_over = False

    def run(self, do: Callable[[Editor, str], None]) -> int:
        """Edit until one leaves.

        Args: do: does what a key says.
        """
        self.screen.enter()
        try:
            while not self.is_over:
                self.draw()
                self.obey(self.take(), do)
        finally:
            self.screen.leave()
            self.keyboard.release()
        return 0

    def alarm(self, text: str) -> None:
        self.status = text
        self.is_alarm = True

    def draw(self) -> None:
        title = self.path or "New Buffer"
        if self.view:
            title += " (view)"
        self.screen.draw(title, self.text, self.status, MAIN_KEYS, is_alarm=self.is_alarm)

    # Wait for a key; a window that changes meanwhile is drawn anew.
    def take(self) -> str:
        while True:
            key = self.keyboard.take()
            if self.keyboard.resized:
                self.keyboard.resized = False
                self.screen.measure()
                self.draw()
            if key:
                return key

    def obey(self, key: str, do: Callable[[Editor, str], None]) -> None:
        before, self.status = self.status, ""
        was_alarm, self.is_alarm = self.is_alarm, False
        do(self, key)
        if self.status:
            self.keys_left = _MESSAGE_KEYS
        elif self.keys_left:
            self.keys_left -= 1
            self.status = before if self.keys_left else ""
            self.is_alarm = was_alarm

    # -- Questions --------------------------------------------------------------------------------

    # Have a line typed; None if that is given up.
    def ask(self, question: str, typed: str = "", keys: Keys = _CANCEL) -> str | None:
        self.keys_left = 0
        while True:
            self.screen.ask(question, typed, keys)
            key = self.take()
            if key in ("\n", "\r"):
                return typed
            if key in ("\x03", "end of input"):
                self.status = "Cancelled"
                return None
            if key in ("\x7f", "\b"):
                typed = typed[:-1]
            elif key == "\x0b":
                typed = ""
            elif key == "alt-c":
                self.ignores_case = not self.ignores_case
            elif key == "alt-r":
                self.uses_regex = not self.uses_regex
            elif len(key) == 1 and key >= " ":
                typed += key

    def ask_yes_no(self, question: str, keys: Keys = _YES_NO) -> str:
        while True:
            self.screen.ask(question, "", keys)
            key = self.take().lower()
            if key in ("y", "n", "a"):
                return key
            if key in ("\x03", "end of input", "escape"):
                self.status = "Cancelled"
                return ""

    # -- Files ------------------------------------------------------------------------------------

    def save(self) -> None:
        self.write_out()

    def write_out(self) -> bool:
        if self.view:
            self.status = "Key is invalid in view mode"
            return False
        path = self.ask("File Name to Write: ", self.path, _CANCEL)
        if path is None:
            return False
        if not path or (self.restricted and path != self.path):
            self.status = "Cancelled"
            return False
        if path != self.path and self.io.sys.access(path, 0):
            question = f'File "{path}" exists; OVERWRITE? '
            if self.ask_yes_no(question) != "y":
                return False
        return self.write(path)

    def write(self, path: str) -> bool:
        data = self.text.text().encode("utf-8", "surrogateescape")
        try:
            self.io.write_file(path, data)
        except KernelError as error:
            self.alarm(f"Error writing {path}: {strerror(error.errno)}")
            return False
        if self.text.lines[-1]:
            self.text.lines.append("")
        self.path = path
        self.text.is_modified = False
        count = self.text.line_count
        self.status = f"Wrote {count} line{'s' if count != 1 else ''}"
        return True

    def leave(self) -> None:
        if self.text.is_modified and not self.view:
            answer = self.ask_yes_no("Save modified buffer? ")
            if not answer or (answer == "y" and not self.write_out()):
                return
        self.is_over = True

    def read_file(self) -> None:
        path = self.ask("File to insert [from ./]: ")
        if not path:
            return
        try:
            text = self.io.read_text(path)
        except KernelError as error:
            self.alarm(f"Error reading {path}: {strerror(error.errno)}")
            return
        self.text.insert(text)
        count = text.count("\n") + (not text.endswith("\n") and text != "")
        self.status = f"Read {count} line{'s' if count != 1 else ''}"

    # -- Searching --------------------------------------------------------------------------------

    def ask_pattern(self, question: str) -> bool:
        kinds = " [Case Sensitive]" if not self.ignores_case else ""
        kinds += " [Regexp]" if self.uses_regex else ""
        before = f" [{self.searched}]" if self.searched else ""
        typed = self.ask(f"{question}{kinds}{before}: ", keys=_SEARCH)
        if typed is None:
            return False
        self.searched = typed or self.searched
        if not self.searched:
            self.status = "Cancelled"
            return False
        plain = "".join(f"[{one}]" if one not in "^\\" else f"\\{one}" for one in self.searched)
        source = self.searched if self.uses_regex else plain
        try:
            self.pattern = compile_posix(source, extended=True, ignore_case=self.ignores_case)
        except RegexError as error:
            self.status = f'Bad regex "{self.searched}": {error}'
            return False
        return True

    def search(self) -> None:
        if self.ask_pattern("Search"):
            self.search_again()

    def search_again(self) -> None:
        if self.pattern is None:
            self.status = "No current search pattern"
            return
        before = (self.text.row, self.text.column)
        found = self.text.find(self.pattern)
        if found is None:
            self.alarm(f'"{self.searched}" not found')
            return
        self.text.go(*found)
        if found == before:
            self.status = "This is the only occurrence"
        elif found < before:
            self.status = "Search Wrapped"

    def replace(self) -> None:
        if not self.ask_pattern("Search (to replace)"):
            return
        text = self.ask("Replace with: ")
        if text is None or self.pattern is None:
            return
        start = (self.text.row, self.text.column)
        count = 0
        everywhere = False
        self.text.go(self.text.row, self.text.column - 1)
        if not start[1]:
            self.text.column = -1
        last = start
        while (found := self.text.find(self.pattern)) is not None and found >= last:
            self.text.go(*found)
            if not everywhere:
                self.draw()
                answer = self.ask_yes_no("Replace this instance? ", _YES_NO_ALL)
                if not answer:
                    break
                everywhere = answer == "a"
                if answer == "n":
                    last = (found[0], found[1] + 1)
                    continue
            self.text.replace(self.pattern, text, *found)
            count += 1
            last = (self.text.row, self.text.column)
            self.text.column -= 1
        self.text.go(max(self.text.row, 0), max(self.text.column, 0))
        occurrences = "occurrence" if count == 1 else "occurrences"
        if count or not self.status:
            self.status = f"Replaced {count} {occurrences}"

    # -- Other keys -------------------------------------------------------------------------------

    def new_line(self) -> None:
        line = self.text.line
        margin = line[: len(line) - len(line.lstrip())] if self.autoindent else ""
        self.text.insert("\n" + margin[: self.text.column])

    def cut(self) -> None:
        self.keys_left = 0
        if not self.text.cut():
            self.status = "Nothing was cut"

    def paste(self) -> None:
        self.keys_left = 0
        if not self.text.paste():
            self.status = "Cutbuffer is empty"

    def undo(self) -> None:
        self.status = "Undid the last change" if self.text.undo() else "Nothing to undo"

    def redo(self) -> None:
        self.status = "Redid the change" if self.text.redo() else "Nothing to redo"

    def set_mark(self) -> None:
        text = self.text
        text.mark = None if text.mark is not None else (text.row, text.column)
        self.status = "Mark Set" if text.mark is not None else "Mark Unset"

    def location(self) -> None:
        text = self.text
        lines, columns = len(text.lines), len(text.line) + 1
        letters = sum(len(line) + 1 for line in text.lines) - 1
        before = sum(len(line) + 1 for line in text.lines[: text.row]) + text.column
        wide, deep = max(len(str(letters)), 2), max(len(str(lines)), 2)
        self.status = (
            f"line {text.row + 1:{deep}}/{lines} ({_percent(text.row + 1, lines)}), "
            f"col {text.column + 1:2}/{columns:2} ({_percent(text.column + 1, columns):>4}), "
            f"char {before:{wide}}/{letters} ({_percent(before, letters)})"
        )

    def go_to(self) -> None:
        typed = self.ask("Enter line number, column number: ")
        if not typed:
            return
        row, _, column = typed.replace(" ", ",").partition(",")
        if not row.isdigit():
            self.status = "Invalid line or column number"
            return
        self.text.go(int(row) - 1, int(column) - 1 if column.strip().isdigit() else 0)

    def page(self, direction: int) -> None:
        step = direction * (self.screen.text_rows - 2)
        top = self.screen.top + step
        self.text.down(step)
        self.screen.top = max(0, min(top, self.text.row))

    def first_line(self) -> None:
        self.text.go(0)

    def last_line(self) -> None:
        self.text.go(len(self.text.lines) - 1)
        self.screen.top = max(self.text.row - self.screen.text_rows + 1, 0)

    def help(self) -> None:
        self.screen.show_page("Help", _HELP.split("\n")[:-1], _HELP_KEYS)
        while self.take() not in ("\x18", "q", "escape", "end of input", "\x07"):
            continue
        self.screen.measure()

    def toggle_numbers(self) -> None:
        self.screen.numbers = not self.screen.numbers

    def redraw(self) -> None:
        self.screen.measure()


def _percent(part: int, whole: int) -> str:
    return f"{part * 100 // whole if whole else 0:>2}%"
