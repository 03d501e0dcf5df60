"""The pager: a screen of text, moved by keys.

Source: less(1), less 590
"""

from __future__ import annotations

from vshell.abi.errno import KernelError, strerror
from vshell.usr._keys import Keyboard
from vshell.usr._pager_text import PagerText
from vshell.usr._terminal import terminal_size

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from vshell.usr._program import Io
    from vshell.usr._regex import Regex

    Place = tuple[int, int]

__all__ = ["HELP", "Looks", "Pager"]

_ENTER = "\x1b[?1049h\x1b[22;0;0t\x1b[?1h\x1b=\r"
_LEAVE = "\r\x1b[K\x1b[?1l\x1b>\x1b[?1049l\x1b[23;0;0t"
_CLEAR_LINE = "\r\x1b[K"
_REVERSE, _NORMAL = "\x1b[7m", "\x1b[27m"
_TILDE = "\x1b[1m~\x1b[0m"
_BELL = "\a"
HELP = """\
                  THE PAGER'S KEYS

 A number N may stand before most of them.

  q  :q  Q  ZZ        leave
  space  f  ^F  ^V    forward a window (N lines)
  b  ^B  M-v          backward a window (N lines)
  e  ^E  j  ^N  CR    forward a line (N lines)
  y  ^Y  k  ^K  ^P    backward a line (N lines)
  d  ^D               forward half a window
  u  ^U               backward half a window
  left right          to the sides, half a window of columns
  g  <  M-<           to the first line (line N)
  G  >  M->           to the last line (line N)
  p  %                to N per cent of the text
  /PATTERN            search forward
  ?PATTERN            search backward
  n                   repeat the search
  N                   repeat it in the other direction
  M-u                 stop showing what was found
  m LETTER            remember this place by a letter
  ' LETTER            go to such a place; '' to the one before
  F                   go to the end and wait for more, until ^C
  :n  :p              the next file, the one before
  =  ^G               where this is
  -S  -N  -i          lines cut or folded; numbers; upper and lower case alike
  r  ^L               draw the screen again
"""


class Looks:
    """How text is shown: what options say."""

    def __init__(self) -> None:
        """Begin with less's defaults."""
        self.chop = False
        self.colours = False
        self.numbers = False
        self.ignore_case = False
        self.always_ignore_case = False
        self.long_prompt = False
        self.no_screen = False
        self.quit_if_one_screen = False
        self.quit_at_end = 0
        self.quit_on_interrupt = False
        self.title = ""
        """What the prompt calls the text, if it is to be told where in it one is."""
        self.command = ""
        """Keys pressed at the beginning."""


class Pager:
    """A pager on the terminal."""

    def __init__(self, io: Io, names: list[str], looks: Looks) -> None:
        """Take the terminal.

        Args:
            io: the program's streams.
            names: of files; "-" is standard input.
            looks: how to show them.

        Raises:
            KernelError: there is no terminal.
        """
        self.io = io
        self.names = names
        self.looks = looks
        self.keyboard = Keyboard(io)
        self.index = 0
        self.texts: dict[int, PagerText] = {}
        self.text: PagerText
        self.top: Place = (0, 0)
        self.shown = 0
        """How many rows of text are on the screen."""
        self.is_first_prompt = True
        self.message = ""
        self.search: tuple[Regex, bool] | None = None
        self.marks: dict[str, Place] = {}
        self.ends_seen = 0
        self.is_over = False
        self.waiting = list(looks.command)
        self.measure()

    # -- The screen -------------------------------------------------------------------------------

    def measure(self) -> None:
        self.columns, self.rows = terminal_size(self.io) or (80, 24)
        self.page = max(self.rows - 1, 1)

    def apply_looks(self) -> None:
        for text in self.texts.values():
            text.columns = self.columns
            text.chop, text.numbers = self.looks.chop, self.looks.numbers
            text.colours = self.looks.colours
            text.forget_rows()

    def put(self, text: str) -> None:
        self.io.out(text)

    # The place behind the last row on the screen, None if there is none.
    def bottom(self) -> Place | None:
        if not self.text.has_line(0):
            return None
        place: Place | None = self.top
        for _ in range(self.page):
            if place is None:
                return None
            place = self.text.after(place)
        return place

    def is_at_end(self) -> bool:
        return self.bottom() is None

    # Draw everything; a text that begins shorter than the screen ends where it ends.
    def draw(self, *, fill: bool = True) -> None:
        out = [_CLEAR_LINE]
        if fill:
            out.append("\x1b[H\x1b[2J")
        place: Place | None = self.top if self.text.has_line(self.top[0]) else None
        self.shown = 0
        for _ in range(self.page):
            if place is not None:
                out.append(self.text.row(place) + "\n")
                self.shown += 1
                place = self.text.after(place)
            elif fill:
                out.append(_TILDE + "\n")
        self.put("".join(out))
        if fill:
            self.shown = self.page

    def forward(self, count: int, *, past_end: bool = False) -> None:
        if count >= self.page * 2:
            place = self.top
            for _ in range(count):
                place = self.text.after(place) or place
            self.go(place)
            return
        out = []
        for _ in range(count):
            place_below = self.bottom()
            if place_below is None and not past_end:
                break
            after = self.text.after(self.top)
            if after is None:
                break
            if place_below is not None:
                out.append(self.text.row(place_below) + "\n")
            else:
                out.append(_TILDE + "\n")
            self.top = after
        if not self.text.has_line(0):
            self.draw()
        self.put(_CLEAR_LINE + ("".join(out) or _BELL))
        if not out:
            self.ends_seen += 1

    def backward(self, count: int) -> None:
        if count >= self.page * 2:
            place = self.top
            for _ in range(count):
                place = self.text.before(place) or place
            self.go(place)
            return
        out = []
        for _ in range(count):
            before = self.text.before(self.top)
            if before is None:
                break
            self.top = before
            out.append(f"\x1b[H\x1bM{self.text.row(before)}\n")
        if not out and self.shown < self.page:
            self.draw()
        if out:
            out.append(f"\x1b[{self.rows};1H")
        self.put(_CLEAR_LINE + ("".join(out) + _CLEAR_LINE if out else _BELL))

    # Show the text from a place on; not past the end, unless that is wanted.
    def go(self, place: Place, *, past_end: bool = False) -> None:
        self.marks["'"] = self.top
        self.top = place
        if not past_end:
            self.pull_up()
        self.draw()

    # Have the screen full if the text is long enough.
    def pull_up(self) -> None:
        place: Place | None = self.top
        missing = self.page
        while place is not None and missing:
            missing -= 1
            place = self.text.after(place)
        while missing:
            before = self.text.before(self.top)
            if before is None:
                return
            self.top = before
            missing -= 1

    # -- The prompt -------------------------------------------------------------------------------

    def prompt(self) -> str:
        if self.message:
            return f"{_REVERSE}{self.message}{_NORMAL}"
        at_end = self.is_at_end()
        if self.looks.title:
            return f"{_REVERSE} {self.where(at_end=at_end)}{_NORMAL}"
        parts = []
        name = self.names[self.index]
        if self.is_first_prompt and name != "-":
            parts.append(name)
            if len(self.names) > 1:
                parts.append(f"(file {self.index + 1} of {len(self.names)})")
        if at_end:
            parts.append("(END)")
            if self.index + 1 < len(self.names):
                parts.append(f"- Next: {self.names[self.index + 1]}")
        return f"{_REVERSE}{' '.join(parts)}{_NORMAL}" if parts else ":"

    def where(self, *, at_end: bool) -> str:
        end = " (END)" if at_end else ""
        total = f"/{len(self.text.lines)}" if self.text.ended else ""
        line = f"line {self.top[0] + 1}{total}"
        return f"{self.looks.title} {line}{end} (press h for help or q to quit)"

    def show_prompt(self) -> None:
        self.put(f"{self.prompt()}\x1b[K")
        self.io.flush()
        self.is_first_prompt = False

    def say(self, text: str) -> None:
        self.message = f"{text}  (press RETURN)"

    # -- Files ------------------------------------------------------------------------------------

    # Open a file of the list; tell whether it could be.
    def open(self, index: int) -> bool:
        if index not in self.texts:
            name = self.names[index]
            try:
                fd = 0 if name == "-" else self.io.sys.open(name)
            except KernelError as error:
                self.say(f"{name}: {strerror(error.errno)}")
                return False
            self.texts[index] = PagerText(self.io, fd)
        self.text = self.texts[index]
        self.index = index
        self.top = (0, 0)
        self.is_first_prompt = True
        self.marks.clear()
        self.apply_looks()
        return True

    def change_file(self, step: int) -> None:
        index = self.index + step
        if not 0 <= index < len(self.names):
            self.say("No next file" if step > 0 else "No previous file")
        elif self.open(index):
            self.draw()

    # -- Running ----------------------------------------------------------------------------------

    def run(self, commands: Callable[[Pager, str, int | None], None]) -> None:
        """Show the text until one leaves.

        Args:
            commands: obeys a key, with the number that was typed before it.
        """
        if not self.open(0):
            # What cannot be read was looked at before.
            return
        short = self.looks.quit_if_one_screen and self.is_at_end()
        if not self.looks.no_screen and not short:
            self.put(_ENTER)
        self.draw(fill=False)
        if short:
            self.put(_CLEAR_LINE)
            return
        try:
            while not self.is_over:
                self.turn(commands)
        finally:
            self.put(_CLEAR_LINE if self.looks.no_screen else _LEAVE)

    def turn(self, commands: Callable[[Pager, str, int | None], None]) -> None:
        if not self.waiting:
            self.show_prompt()
        key, number = self.key_and_number()
        if self.keyboard.resized:
            self.keyboard.resized = False
            self.measure()
            self.apply_looks()
            self.draw()
        if self.keyboard.interrupted:
            self.keyboard.interrupted = False
            self.is_over = self.is_over or self.looks.quit_on_interrupt
            self.put(_CLEAR_LINE)
        elif key == "end of input":
            self.is_over = True
        elif self.message:
            wrapped = len(self.message) > self.columns
            self.message = ""
            if wrapped:
                self.draw()
            else:
                self.put(_CLEAR_LINE)
            if key not in ("\n", "\r", ""):
                commands(self, key, number)
        elif key:
            commands(self, key, number)
        else:
            self.put(_CLEAR_LINE)

    def next_key(self) -> str:
        return self.waiting.pop(0) if self.waiting else self.keyboard.take()

    # A key, and the number typed before it.
    def key_and_number(self) -> tuple[str, int | None]:
        digits = ""
        key = self.next_key()
        while len(key) == 1 and key in "0123456789":
            digits += key
            self.message = ""
            self.put("" if self.waiting else f"{_CLEAR_LINE}:{digits}")
            self.io.flush()
            key = self.next_key()
        return key, int(digits) if digits else None

    # Have a line typed in the place of the prompt; None if it is given up.
    def ask(self, before: str) -> str | None:
        typed = ""
        while True:
            if not self.waiting:
                self.put(f"{_CLEAR_LINE}{before}{typed}")
                self.io.flush()
            key = self.next_key()
            if key in ("\n", "\r"):
                return typed
            if key in ("\x7f", "\b"):
                if not typed:
                    return None
                typed = typed[:-1]
            elif key == "\x15":
                typed = ""
            elif key in ("escape", "end of input") or self.keyboard.interrupted:
                self.keyboard.interrupted = False
                return None
            elif len(key) == 1 and key >= " ":
                typed += key
