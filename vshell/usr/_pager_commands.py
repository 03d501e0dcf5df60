"""The pager's commands, by their keys.

Source: less(1), less 590
"""

from __future__ import annotations

from vshell.abi.errno import EINTR, KernelError
from vshell.usr._pager import HELP, Pager
from vshell.usr._pager_text import PagerText
from vshell.usr._regex import Regex, RegexError, compile_posix

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    Command = Callable[[Pager, int | None], None]

__all__ = ["obey"]

_CLEAR = "\r\x1b[K"
_REVERSE, _NORMAL = "\x1b[7m", "\x1b[27m"
_FOLLOW_NS = 1_000_000_000


def obey(pager: Pager, key: str, number: int | None) -> None:
    """Do what a key says.

    Args:
        pager: whose key it is.
        key: as ``_keys`` names it.
        number: what was typed before it, None for nothing.
    """
    command = _COMMANDS.get(key)
    if command is None:
        pager.put("\r\x1b[K\a")
        return
    command(pager, number)


def _forward_page(pager: Pager, number: int | None) -> None:
    at_end = pager.is_at_end()
    pager.forward(number or pager.page)
    if at_end and (
        pager.looks.quit_at_end == 1 or pager.ends_seen > 1 > 2 - pager.looks.quit_at_end
    ):
        pager.is_over = pager.looks.quit_at_end > 0


def _backward_page(pager: Pager, number: int | None) -> None:
    pager.backward(number or pager.page)


def _forward_line(pager: Pager, number: int | None) -> None:
    pager.forward(number or 1)


def _backward_line(pager: Pager, number: int | None) -> None:
    pager.backward(number or 1)


def _past_end(pager: Pager, number: int | None) -> None:
    pager.forward(number or 1, past_end=True)


def _forward_half(pager: Pager, number: int | None) -> None:
    pager.forward(number or max(pager.rows // 2, 1))


def _backward_half(pager: Pager, number: int | None) -> None:
    pager.backward(number or max(pager.rows // 2, 1))


def _to_line(pager: Pager, number: int | None) -> None:
    line = (number or 1) - 1
    if not pager.text.has_line(line) and line:
        pager.put(_CLEAR)
        pager.say(f"Cannot seek to line number {number}")
        return
    pager.go((line, 0))


def _to_end(pager: Pager, number: int | None) -> None:
    if number is not None:
        _to_line(pager, number)
        return
    pager.go(pager.text.last() or (0, 0))


# To the line that is there at so many per cent of the bytes.
def _to_percent(pager: Pager, number: int | None) -> None:
    pager.text.read_all()
    sizes = [len(line.encode("utf-8", "surrogateescape")) + 1 for line in pager.text.lines]
    left = sum(sizes) * min(number or 0, 100) // 100
    line = 0
    while line + 1 < len(sizes) and left >= sizes[line]:
        left -= sizes[line]
        line += 1
    pager.go((line, 0))


def _redraw(pager: Pager, number: int | None) -> None:
    del number
    pager.draw()


def _leave(pager: Pager, number: int | None) -> None:
    del number
    pager.is_over = True


def _leave_by_two(pager: Pager, number: int | None) -> None:
    del number
    pager.is_over = pager.next_key() == "Z"


def _where(pager: Pager, number: int | None) -> None:
    del number
    text = pager.text
    if pager.names[pager.index] != "-":
        text.read_all()
    bottom = pager.bottom()
    last = (bottom[0] if bottom[1] else bottom[0] - 1) if bottom else len(text.lines) - 1
    name = pager.names[pager.index]
    parts = [name] if name != "-" else []
    if len(pager.names) > 1:
        parts.append(f"(file {pager.index + 1} of {len(pager.names)})")
    total = f"/{len(text.lines)}" if text.ended else ""
    parts.append(f"lines {pager.top[0] + 1}-{last + 1}{total}")
    size = sum(len(line.encode("utf-8", "surrogateescape")) + 1 for line in text.lines)
    seen = text.lines[: last + 1]
    read = sum(len(line.encode("utf-8", "surrogateescape")) + 1 for line in seen)
    parts.append(f"byte {read}/{size}" if text.ended else f"byte {read}")
    if text.ended:
        parts.append("(END)" if bottom is None else f"{read * 100 // max(size, 1)}%")
    pager.put(_CLEAR)
    pager.say(" ".join(parts))


def _compile(pager: Pager, pattern: str) -> Regex | None:
    has_upper = any(letter.isupper() for letter in pattern)
    ignore = pager.looks.always_ignore_case or (pager.looks.ignore_case and not has_upper)
    try:
        return compile_posix(pattern, extended=True, ignore_case=ignore)
    except RegexError:
        pager.say("Invalid pattern")
        return None


def _find(pager: Pager, *, backward: bool, count: int, repeated: bool) -> None:
    assert pager.search is not None
    pattern = pager.search[0]
    pager.text.pattern = pattern
    pager.text.forget_rows()
    line = pager.top[0]
    if repeated:
        line += -1 if backward else 1
    elif backward:
        # A new search begins at the last line on the screen.
        bottom = pager.bottom()
        last = len(pager.text.lines) - 1
        line = last if bottom is None else bottom[0] - (not bottom[1])
    while line >= 0 and pager.text.has_line(line):
        if pattern.matches(pager.text.plain(line)):
            count -= 1
            if not count:
                pager.go((line, 0), past_end=True)
                return
        line += -1 if backward else 1
    pager.draw()
    pager.say("Pattern not found")


def _follow(pager: Pager, number: int | None) -> None:
    del number
    pager.go(pager.text.last() or (0, 0))
    while not (pager.keyboard.interrupted or pager.is_over):
        text = "Waiting for data... (interrupt to abort)"
        pager.put(f"{_CLEAR}{_REVERSE}{text}{_NORMAL}")
        pager.io.flush()
        try:
            pager.io.sys.nanosleep(_FOLLOW_NS)
        except KernelError as error:
            if error.errno != EINTR:
                raise
        if pager.text.try_again():
            pager.forward(len(pager.text.lines))
    pager.keyboard.interrupted = False
    pager.put(_CLEAR)


def _searching(*, backward: bool) -> Command:
    def search(pager: Pager, number: int | None) -> None:
        typed = pager.ask("?" if backward else "/")
        pager.put(_CLEAR)
        if typed is None:
            return
        if typed:
            found = _compile(pager, typed)
            if found is None:
                return
            pager.search = (found, backward)
        if pager.search is None:
            pager.say("No previous regular expression")
            return
        pager.search = (pager.search[0], backward)
        _find(pager, backward=backward, count=number or 1, repeated=not typed)

    return search


def _repeating(*, other_way: bool) -> Command:
    def repeat(pager: Pager, number: int | None) -> None:
        pager.put(_CLEAR)
        if pager.search is None:
            pager.say("No previous regular expression")
            return
        _find(pager, backward=pager.search[1] is not other_way, count=number or 1, repeated=True)

    return repeat


def _forget_found(pager: Pager, number: int | None) -> None:
    del number
    pager.text.pattern = None
    pager.text.forget_rows()
    pager.draw()


def _mark(pager: Pager, number: int | None) -> None:
    del number
    letter = _one_letter(pager, "set mark: ")
    if letter.isalpha():
        pager.marks[letter] = pager.top


def _to_mark(pager: Pager, number: int | None) -> None:
    del number
    letter = _one_letter(pager, "goto mark: ")
    if letter == "^":
        pager.go((0, 0))
    elif letter == "$":
        pager.go(pager.text.last() or (0, 0))
    elif letter in pager.marks:
        pager.go(pager.marks[letter])
    else:
        pager.say("Mark not set")


def _one_letter(pager: Pager, question: str) -> str:
    pager.put(f"\r\x1b[K{question}")
    pager.io.flush()
    letter = pager.next_key()
    pager.put(_CLEAR)
    return letter if len(letter) == 1 else " "


def _colon(pager: Pager, number: int | None) -> None:
    key = _one_letter(pager, " :")
    if key == "n":
        pager.change_file(number or 1)
    elif key == "p":
        pager.change_file(-(number or 1))
    elif key in ("q", "Q"):
        pager.is_over = True
    elif key == "f":
        _where(pager, None)


def _option(pager: Pager, number: int | None) -> None:
    del number
    letter = _one_letter(pager, "-")
    looks = pager.looks
    if letter == "S":
        looks.chop = not looks.chop
        shown = "Chop long lines" if looks.chop else "Fold long lines"
    elif letter == "N":
        looks.numbers = not looks.numbers
        shown = "Constantly display line numbers" if looks.numbers else "Don't use line numbers"
    elif letter in ("i", "I"):
        looks.ignore_case = not looks.ignore_case
        shown = (
            "Ignore case in searches" if looks.ignore_case else "Case is significant in searches"
        )
    else:
        pager.say(f"There is no -{letter} option")
        return
    pager.apply_looks()
    pager.draw()
    pager.say(shown)


def _sideways(direction: int) -> Command:
    def shift(pager: Pager, number: int | None) -> None:
        pager.looks.chop = True
        pager.apply_looks()
        step = (number or max(pager.columns // 2, 1)) * direction
        pager.text.shift = max(pager.text.shift + step, 0)
        pager.text.forget_rows()
        pager.draw()

    return shift


# Help is a text of its own; q leads back.
def _help(pager: Pager, number: int | None) -> None:
    del number
    text, top, title = pager.text, pager.top, pager.looks.title
    helping = PagerText(pager.io, -1)
    helping.ended = True
    helping.lines = HELP.split("\n")[:-1]
    helping.columns = pager.columns
    pager.text, pager.top = helping, (0, 0)
    pager.looks.title = ""
    pager.draw()
    while not pager.is_over:
        done = "HELP -- END -- Press g to see it again, or q when done"
        more = "HELP -- Press RETURN for more, or q when done"
        pager.put(f"\x1b[7m{done if pager.is_at_end() else more}\x1b[27m\x1b[K")
        pager.io.flush()
        key = pager.next_key()
        if key in ("q", "Q", "end of input") or pager.keyboard.interrupted:
            break
        obey(pager, key if key != "h" else "", None)
    pager.is_over = False
    pager.keyboard.interrupted = False
    pager.text, pager.top, pager.looks.title = text, top, title
    pager.is_first_prompt = True
    pager.draw()


_COMMANDS: dict[str, Command] = {}
for _keys, _command in (
    ((" ", "f", "\x06", "\x16", "pagedown", "z"), _forward_page),
    (("b", "\x02", "alt-v", "pageup", "w"), _backward_page),
    (("j", "e", "\x05", "\x0e", "\n", "\r", "down"), _forward_line),
    (("k", "y", "\x19", "\x10", "\x0b", "up"), _backward_line),
    (("J",), _past_end),
    (("d", "\x04"), _forward_half),
    (("u", "\x15"), _backward_half),
    (("g", "<", "alt-<", "home"), _to_line),
    (("G", ">", "alt->", "end"), _to_end),
    (("p", "%"), _to_percent),
    (("r", "R", "\x0c", "\x12"), _redraw),
    (("q", "Q"), _leave),
    (("Z",), _leave_by_two),
    (("=", "\x07"), _where),
    (("/",), _searching(backward=False)),
    (("?",), _searching(backward=True)),
    (("n",), _repeating(other_way=False)),
    (("N",), _repeating(other_way=True)),
    (("alt-u",), _forget_found),
    (("m",), _mark),
    (("'",), _to_mark),
    ((":",), _colon),
    (("-",), _option),
    (("right",), _sideways(1)),
    (("left",), _sideways(-1)),
    (("F",), _follow),
    (("h", "H"), _help),
):
    _COMMANDS |= dict.fromkeys(_keys, _command)
