"""What a sed script consists of, and its characters, taken one by one.

Complaints so name the same character as the real one's.

Source: sed(1), GNU sed 4.9
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from vshell.usr._regex import Regex
    from vshell.usr._sed_subst import Replacement

__all__ = ["BLANKS", "Address", "Command", "Letters", "ScriptError"]

BLANKS = " \t"


class ScriptError(Exception):
    """A script is wrong; the text is sed's, place included."""

    def __init__(self, text: str, status: int = 1) -> None:
        """Complain.

        Args:
            text: what stands behind "sed: ".
            status: sed's exit code.
        """
        super().__init__(text)
        self.status = status


class Address:
    """One address: a line number, ``$``, a pattern, FIRST~STEP, +N or ~N."""

    __slots__ = ("kind", "number", "regex", "step")

    def __init__(self, kind: str, number: int = 0, step: int = 0) -> None:
        """Make an address of kind "number", "last", "regex", "step", "plus" or "multiple"."""
        self.kind = kind
        self.number = number
        self.step = step
        self.regex: Regex | None = None


class Command:
    """One command with its addresses and arguments."""

    __slots__ = (
        "closed",
        "filename",
        "first",
        "label",
        "name",
        "negated",
        "number",
        "range_end",
        "replacement",
        "second",
        "table",
        "target",
        "text",
    )

    def __init__(self) -> None:
        """Make a command without addresses."""
        self.first: Address | None = None
        self.second: Address | None = None
        self.negated = False
        self.name = ""
        self.text = ""
        self.label = ""
        self.filename = ""
        self.number: int | None = None
        self.target = 0
        self.replacement: Replacement | None = None
        self.table: dict[int, str] = {}
        # State of a range: the line it ends at, -1 for "not known yet"; None if it is not active.
        self.range_end: int | None = None
        # Whether a range that began at a line number is over for good.
        self.closed = False


class Letters:
    """The characters of the part of a script that is being read."""

    def __init__(self) -> None:
        """Start with nothing."""
        self._source = ""
        self._position = 0
        self._file = ""
        self._expressions = 0

    def fail(self, text: str) -> None:
        """Complain about the character at hand.

        Raises:
            ScriptError: always.
        """
        if self._file:
            line = self._source.count("\n", 0, self._position) + 1
            # A newline that has just been read belongs to the line it ends.
            line -= self._source[self._position - 1 : self._position] == "\n"
            raise ScriptError(f"file {self._file} line {line}: {text}")
        place = f"-e expression #{max(self._expressions, 1)}, char {self._position}"
        raise ScriptError(f"{place}: {text}")

    def take(self) -> str:
        letter = self._source[self._position : self._position + 1]
        self._position += len(letter)
        return letter

    def give_back(self, letter: str) -> None:
        self._position -= len(letter)

    def take_nonblank(self) -> str:
        while True:
            letter = self.take()
            if letter not in BLANKS or not letter:
                return letter

    def integer(self, letter: str) -> int:
        digits = ""
        while letter.isdigit():
            digits += letter
            letter = self.take()
        self.give_back(letter)
        return int(digits)

    def rest_of_line(self) -> str:
        end = self._source.find("\n", self._position)
        end = len(self._source) if end < 0 else end
        text = self._source[self._position : end]
        self._position = min(end + 1, len(self._source))
        return text

    # Read up to the next delimiter that is not escaped, nor in brackets of a pattern; None if there
    # is none.
    def match_slash(self, slash: str, *, regex: bool) -> str | None:
        out: list[str] = []
        while True:
            letter = self.take()
            if not letter or (letter == "\n" and regex):
                self.give_back(letter)
                return None
            if letter == slash:
                return "".join(out)
            if letter == "\\":
                letter = self.take()
                if not letter:
                    return None
                if letter == "n" and regex and slash != "n":
                    out.append("\n")
                elif letter == slash and (regex or letter != "&"):
                    out.append(letter)
                else:
                    out.append("\\" + letter if letter != "\n" or not regex else letter)
            elif letter == "[" and regex:
                out.append("[" + self.bracket())
            else:
                out.append(letter)

    def bracket(self) -> str:
        start = self._position
        source = self._source
        position = start
        position += source[position : position + 1] == "^"
        position += source[position : position + 1] == "]"
        while position < len(source) and source[position] not in "]\n":
            if source[position] == "[" and source[position + 1 : position + 2] in (":", ".", "="):
                end = source.find(source[position + 1] + "]", position + 2)
                position = end + 2 if end >= 0 else len(source)
            else:
                position += 1
        closed = source[position : position + 1] == "]"
        self._position = position + 1 if closed else position
        text = source[start : self._position]
        return text.replace("\\n", "\n")
