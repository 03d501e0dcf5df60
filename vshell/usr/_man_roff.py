r"""Formatting a page of the manual: the language of man(7), to lines of text.

Bold and underlined letters are overstruck, as nroff's are ("x\bx", "_\bx"); ``plain`` takes that
away.

Source: man(7), groff_man(7) 1.22.4
Differs: words are not hyphenated.
"""

from __future__ import annotations

__all__ = ["format_page", "plain"]

_INDENT = 7
_TAG = 7
_CHARACTERS = {
    "aq": "'",
    "bu": "\u2022",
    "co": "\u00a9",
    "dq": '"',
    "em": "\u2014",
    "en": "\u2013",
    "ga": "`",
    "ha": "^",
    "hy": "-",
    "lq": "\u201c",
    "mi": "-",
    "rq": "\u201d",
    "rs": "\\",
    "ti": "~",
    "->": "\u2192",
}
_FONTS = {"B": "B", "I": "I", "R": "R", "P": "", "b": "B"}
_REQUESTS = {
    "TH": "title_line",
    "SH": "section",
    "SS": "subsection",
    "PP": "paragraph",
    "TP": "tagged",
    "IP": "item",
    "RS": "deeper",
    "RE": "back",
    "nf": "as_it_stands",
    "fi": "filled",
    "br": "break_line",
    "sp": "space",
    "LP": "paragraph",
    "P": "paragraph",
    "EX": "as_it_stands",
    "EE": "filled",
}
"""What a request does: the method's name behind "on_"."""
_NO_BREAK = "\u00a0"

# A letter and its font: R, B or I.
Letter = tuple[str, str]


def plain(text: str) -> str:
    """Take overstriking away."""
    out: list[str] = []
    position = 0
    while position < len(text):
        if text[position] == "\b" and out:
            out.pop()
        else:
            out.append(text[position])
        position += 1
    return "".join(out)


def format_page(source: str, width: int, *, adjusts: bool = True) -> str:
    """Format a page.

    Args:
        source: its text, in the language of man(7).
        width: columns of a line.
        adjusts: whether both edges of the text are straight.
    """
    page = _Page(width)
    page.adjusts = adjusts
    for line in source.split("\n"):
        page.take(line)
    return page.finish()


class _Page:
    def __init__(self, width: int) -> None:
        self.width = width
        self.out: list[str] = []
        self.words: list[list[Letter]] = []
        self.indent = _INDENT
        self.base = _INDENT
        self.filling = True
        self.font = "R"
        self.before = "R"
        self.tag: list[Letter] | None = None
        self.tag_follows = False
        self.spread_left = True
        self.adjusts = True
        self.after_heading = False
        self.title: list[str] = []

    # -- Requests ---------------------------------------------------------------------------------

    def take(self, line: str) -> None:
        if line.startswith(('.\\"', "'\\\"", '\\"')):
            return
        if line[:1] in (".", "'") and len(line) > 1:
            name, _, rest = line[1:].strip().partition(" ")
            self.request(name, rest.strip())
        elif not line.strip():
            self.blank()
        elif self.tag_follows:
            self.tag_follows = False
            self.tag = self.letters(line)
        elif not self.filling:
            self.put_line(self.letters(line))
        else:
            self.fill(self.letters(line), begins_with_space=line[:1] == " ")

    def request(self, name: str, rest: str) -> None:
        if name in _REQUESTS:
            getattr(self, f"on_{_REQUESTS[name]}")(rest)
        elif name in ("B", "I", "SB", "SM"):
            self.font_line(rest, name[-1] if name != "SM" else "R")
        elif len(name) == 2 and set(name) <= set("BIR"):
            self.alternate(rest, name)

    def on_title_line(self, rest: str) -> None:
        self.title = [*_arguments(rest), "", "", "", "", ""][:5]
        name, section, _, _, manual = self.title
        side = f"{name}({section})"
        self.out.append(_three_parts(side, manual, side, self.width))

    def on_section(self, rest: str) -> None:
        self.end_paragraph()
        self.blank_line()
        self.filling = True
        self.indent = self.base = _INDENT
        text = " ".join(_arguments(rest)) if rest.startswith('"') else rest
        self.out.append(_struck([(letter, "B") for letter, _ in self.letters(text)]))
        self.after_heading = True

    def on_subsection(self, rest: str) -> None:
        self.end_paragraph()
        self.blank_line()
        self.filling = True
        self.indent = self.base = _INDENT
        text = " ".join(_arguments(rest)) if rest.startswith('"') else rest
        self.out.append("   " + _struck([(letter, "B") for letter, _ in self.letters(text)]))
        self.after_heading = True

    def on_paragraph(self, rest: str) -> None:
        del rest
        self.end_paragraph()
        self.blank_line()
        self.indent = self.base

    def on_tagged(self, rest: str) -> None:
        del rest
        self.end_paragraph()
        self.blank_line()
        self.indent = self.base + _TAG
        self.tag_follows = True

    def on_item(self, rest: str) -> None:
        words = _arguments(rest)
        self.end_paragraph()
        self.blank_line()
        step = int(words[1]) if len(words) > 1 and words[1].isdigit() else _TAG
        self.indent = self.base + step
        self.tag = self.letters(words[0]) if words else []

    def on_deeper(self, rest: str) -> None:
        self.end_paragraph()
        self.base += int(rest) if rest.isdigit() else _TAG
        self.indent = self.base

    def on_back(self, rest: str) -> None:
        del rest
        self.end_paragraph()
        self.base = max(self.base - _TAG, _INDENT)
        self.indent = self.base

    def on_as_it_stands(self, rest: str) -> None:
        del rest
        self.end_paragraph()
        self.filling = False

    def on_filled(self, rest: str) -> None:
        del rest
        self.end_paragraph()
        self.filling = True

    def on_break_line(self, rest: str) -> None:
        del rest
        self.end_paragraph()

    def on_space(self, rest: str) -> None:
        del rest
        self.end_paragraph()
        self.blank_line()

    # A line in one font.
    def font_line(self, rest: str, font: str) -> None:
        text = " ".join(_arguments(rest)) if '"' in rest else rest
        self.text_line([(letter, font) for letter, _ in self.letters(text)])

    # Words in two fonts in turn, without spaces between them.
    def alternate(self, rest: str, fonts: str) -> None:
        letters: list[Letter] = []
        for number, word in enumerate(_arguments(rest)):
            font = fonts[number % 2]
            letters += [(letter, font) for letter, _ in self.letters(word)]
        self.text_line(letters)

    def text_line(self, letters: list[Letter]) -> None:
        if self.tag_follows:
            self.tag_follows = False
            self.tag = letters
        elif self.filling:
            self.fill(letters, begins_with_space=False)
        else:
            self.put_line(letters)

    # -- Text -------------------------------------------------------------------------------------

    # Characters with their fonts; escapes are read.
    def letters(self, text: str) -> list[Letter]:
        out: list[Letter] = []
        position = 0
        while position < len(text):
            letter = text[position]
            position += 1
            if letter != "\\" or position >= len(text):
                out.append((letter, self.font))
                continue
            letter = text[position]
            position += 1
            if letter == "f":
                self.change_font(text[position : position + 1])
                position += 1
            elif letter == "(":
                name = text[position : position + 2]
                position += 2
                out.append((_CHARACTERS.get(name, name), self.font))
            elif letter in ("e", "\\"):
                out.append(("\\", self.font))
            elif letter in ("~", " ", "0"):
                out.append((_NO_BREAK, self.font))
            elif letter == '"':
                break
            elif letter not in "&|^,/c:%":
                out.append((letter, self.font))
        return out

    def change_font(self, name: str) -> None:
        font = _FONTS.get(name, "R") or self.before
        self.before, self.font = self.font, font

    def fill(self, letters: list[Letter], *, begins_with_space: bool) -> None:
        self.after_heading = False
        if begins_with_space:
            self.end_paragraph()
        word: list[Letter] = []
        for letter in [*letters, (" ", "R")]:
            if letter[0] not in " \t":
                word.append(letter)
            elif word:
                self.words.append(word)
                word = []
        if self.words and letters and letters[-1][0] in ".!?":
            self.words[-1] = [*self.words[-1], ("", "sentence")]

    def put_line(self, letters: list[Letter]) -> None:
        self.after_heading = False
        text = _struck(letters)
        self.out.append(f"{self.margin()}{text}".rstrip())

    # The indentation, with the tag in it if one waits.
    def margin(self) -> str:
        if self.tag is None:
            return " " * self.indent
        tag, self.tag = self.tag, None
        outside = " " * self.base
        room = self.indent - self.base
        if len(tag) < room:
            return outside + _struck(tag) + " " * (room - len(tag))
        self.out.append(outside + _struck(tag))
        return " " * self.indent

    def blank(self) -> None:
        self.end_paragraph()
        if self.filling:
            self.blank_line()
        else:
            self.out.append("")

    # Nothing stands between a heading and what follows it.
    def blank_line(self) -> None:
        if self.out and self.out[-1] and not self.after_heading:
            self.out.append("")
        self.after_heading = False

    def end_paragraph(self) -> None:
        words, self.words = self.words, []
        if not words:
            if self.tag is not None:
                self.out.append(self.margin().rstrip())
            return
        line: list[list[Letter]] = []
        used = 0
        room = self.width - self.indent
        for word in words:
            size = _size(word)
            if line and used + 1 + size > room:
                self.put_words(line, room)
                line, used = [], 0
            used += size + bool(line) + (bool(line) and line[-1][-1][1] == "sentence")
            line.append(word)
        self.put_words(line, 0)

    # Both edges of a full line are straight: spaces are added from the right and the left in turn.
    def put_words(self, line: list[list[Letter]], room: int) -> None:
        gaps = [2 if word[-1][1] == "sentence" else 1 for word in line[:-1]]
        missing = room - sum(map(_size, line)) - sum(gaps)
        if self.adjusts and room and gaps and missing > 0:
            share, rest = divmod(missing, len(gaps))
            gaps = [gap + share for gap in gaps]
            order = range(len(gaps)) if self.spread_left else range(len(gaps) - 1, -1, -1)
            for at in list(order)[:rest]:
                gaps[at] += 1
        if room:
            self.spread_left = not self.spread_left
        text = self.margin()
        for word, gap in zip(line, [*gaps, 0], strict=True):
            text += _struck(word) + " " * gap
        self.out.append(text.rstrip())

    def finish(self) -> str:
        self.end_paragraph()
        if self.title:
            name, section, date, source, _ = self.title
            right = f"{name}({section})"
            self.blank_line()
            self.out.append(_three_parts(source, date, right, self.width))
        return "\n".join(self.out) + "\n"


def _three_parts(left: str, middle: str, right: str, width: int) -> str:
    before = (width - len(middle) + 1) // 2 - len(left)
    after = width - len(left) - max(before, 1) - len(middle) - len(right)
    return f"{left}{' ' * max(before, 1)}{middle}{' ' * max(after, 1)}{right}"


def _size(word: list[Letter]) -> int:
    return sum(1 for letter, _ in word if letter)


def _struck(letters: list[Letter]) -> str:
    out = []
    for letter, font in letters:
        shown = " " if letter == _NO_BREAK else letter
        if font == "B" and shown.strip():
            out.append(f"{shown}\b{shown}")
        elif font == "I" and shown.strip():
            out.append(f"_\b{shown}")
        else:
            out.append(shown)
    return "".join(out)


# The arguments of a request; quotes hold spaces.
def _arguments(text: str) -> list[str]:
    found = []
    position = 0
    while position < len(text):
        if text[position] == " ":
            position += 1
        elif text[position] == '"':
            end = text.find('"', position + 1)
            end = len(text) if end < 0 else end
            found.append(text[position + 1 : end])
            position = end + 1
        else:
            end = position
            while end < len(text) and text[end] != " ":
                end += 2 if text[end] == "\\" else 1
            found.append(text[position:end])
            position = end
    return found
