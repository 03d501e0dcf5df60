"""Reading sed scripts.

Source: sed(1), GNU sed 4.9
"""

from __future__ import annotations

from vshell.usr._regex import Regex, RegexError, compile_posix
from vshell.usr._sed_script import BLANKS, Address, Command, Letters, ScriptError
from vshell.usr._sed_subst import Replacement, unescape_regex, unescape_text

__all__ = ["Parser"]

_SIMPLE = frozenset("=dDFgGhHnNpPzx")
_SPACES = " \t\n\r\f\v"


class Parser(Letters):
    """Reads the parts of a script, one after the other, into a list of commands."""

    def __init__(self, *, extended: bool, posix: bool, sandbox: bool) -> None:
        """Start without commands.

        Args:
            extended: whether patterns are extended regular expressions.
            posix: whether GNU's extensions of the syntax are refused.
            sandbox: whether commands that reach files are refused.
        """
        super().__init__()
        self.extended = extended
        self.posix = posix
        self.sandbox = sandbox
        self.commands: list[Command] = []
        self.quiet = False
        self._blocks: list[int] = []
        self._labels: dict[str, int] = {}
        self._text_of: Command | None = None
        self._parts = 0

    # -- Parts of the script ----------------------------------------------------------------------

    def expression(self, text: str) -> None:
        """Read what stands behind -e."""
        self._expressions += 1
        self._file = ""
        self._read(text)

    def file(self, name: str, text: str) -> None:
        """Read what stands in a script's file."""
        self._file = name
        self._read(text.removesuffix("\n"))

    def finish(self) -> list[Command]:
        """Give the commands, jumps resolved."""
        if self._blocks:
            self._position = 0
            self.fail("unmatched `{'")
        for command in self.commands:
            if command.name in ("b", "t", "T"):
                if command.label and command.label not in self._labels:
                    raise ScriptError(f"can't find label for jump to `{command.label}'", 4)
                command.target = self._labels.get(command.label, len(self.commands))
        return self.commands

    # -- Commands ---------------------------------------------------------------------------------

    def _read(self, source: str) -> None:
        self._source = source
        self._position = 0
        self._parts += 1
        if self._text_of is not None:
            self.read_text(self._text_of)
        while True:
            letter = self.take()
            if not letter:
                return
            if letter == ";" or letter in _SPACES:
                continue
            self.command(letter)

    def command(self, letter: str) -> None:
        command = Command()
        command.first = self.address(letter)
        if command.first is not None:
            if command.first.kind in ("plus", "multiple"):
                self.fail("invalid usage of +N or ~N as first address")
            letter = self.take_nonblank()
            if letter == ",":
                command.second = self.address(self.take_nonblank())
                if command.second is None:
                    self.fail("unexpected `,'")
                letter = self.take_nonblank()
            zero = command.first.kind == "number" and command.first.number == 0
            if zero and (command.second is None or command.second.kind != "regex" or self.posix):
                self.fail("invalid usage of line address 0")
        if letter == "!":
            command.negated = True
            letter = self.take_nonblank()
            if letter == "!":
                self.fail("multiple `!'s")
        command.name = letter
        if self.arguments(command, letter):
            self.commands.append(command)

    # Read the rest of a command; False if nothing is to be done for it.
    def arguments(self, command: Command, letter: str) -> bool:
        if letter == "#":
            self.comment(command)
            return False
        if letter in ("{", "}", ":"):
            return self.structure(command, letter)
        if letter in _SIMPLE and letter:
            self.end_of_command()
        elif letter in ("a", "i", "c"):
            self.text_command(command)
        elif letter in ("b", "t", "T"):
            command.label = self.read_label()
        elif letter in ("q", "Q", "l", "L"):
            if letter in "qQ" and command.second is not None:
                self.fail("command only uses one address")
            following = self.take_nonblank()
            if following.isdigit():
                command.number = self.integer(following)
            else:
                self.give_back(following)
            self.end_of_command()
        elif letter in ("r", "R", "w", "W"):
            self.check_sandbox()
            command.filename = self.read_filename()
        elif letter == "e":
            self.check_sandbox()
            following = self.take_nonblank()
            self.give_back(following)
            command.text = self.rest_of_line()
        elif letter == "s":
            self.substitution(command)
        elif letter == "y":
            self.transliteration(command)
        elif letter == "v":
            self.version()
            return False
        elif not letter:
            self.fail("missing command")
        else:
            self.fail(f"unknown command: `{letter}'")
        return True

    def comment(self, command: Command) -> None:
        if command.first is not None:
            self.fail("comments don't accept any addresses")
        text = self.rest_of_line()
        if text == "n" and self._parts == 1 and self._source.startswith("#n"):
            self.quiet = True

    def structure(self, command: Command, letter: str) -> bool:
        if letter == "{":
            self._blocks.append(len(self.commands))
            return True
        if letter == "}":
            if not self._blocks:
                self.fail("unexpected `}'")
            if command.first is not None:
                self.fail("} doesn't want any addresses")
            self.end_of_command()
            self.commands[self._blocks.pop()].target = len(self.commands)
            return False
        if command.first is not None:
            self.fail(": doesn't want any addresses")
        label = self.read_label()
        if not label:
            self.fail('":" lacks a label')
        self._labels[label] = len(self.commands)
        return False

    def end_of_command(self) -> None:
        letter = self.take_nonblank()
        if letter in ("}", "#"):
            self.give_back(letter)
        elif letter not in ("", "\n", ";"):
            self.fail("extra characters after command")

    def check_sandbox(self) -> None:
        if self.sandbox:
            self.fail("e/r/w commands disabled in sandbox mode")

    def read_label(self) -> str:
        letter = self.take_nonblank()
        label = ""
        while letter and letter not in _SPACES and letter not in ";}":
            label += letter
            letter = self.take()
        self.give_back(letter)
        return label

    def read_filename(self) -> str:
        self.give_back(self.take_nonblank())
        name = self.rest_of_line()
        if not name:
            self.fail("missing filename in r/R/w/W commands")
        return name

    def version(self) -> None:
        words = self.rest_of_line().partition(";")[0].split()
        wanted = [int(part) if part.isdigit() else 0 for part in (words or ["4.9"])[0].split(".")]
        if wanted > [4, 9]:
            self._position = len(self._source)
            self.fail("expected newer version of sed")

    # -- Addresses --------------------------------------------------------------------------------

    def address(self, letter: str) -> Address | None:
        if letter in ("/", "\\"):
            slash = self.take() if letter == "\\" else letter
            text = self.match_slash(slash, regex=True)
            if text is None:
                self.fail("unterminated address regex")
            return self.regex_address(text or "")
        if letter.isdigit() and letter:
            number = self.integer(letter)
            following = self.take_nonblank()
            if following != "~":
                self.give_back(following)
                return Address("number", number)
            step = self.optional_integer()
            return Address("step", number, step) if step else Address("number", number)
        if letter in ("+", "~") and letter:
            return Address("plus" if letter == "+" else "multiple", self.optional_integer())
        return Address("last") if letter == "$" else None

    def optional_integer(self) -> int:
        letter = self.take_nonblank()
        if letter.isdigit():
            return self.integer(letter)
        self.give_back(letter)
        return 0

    def regex_address(self, text: str) -> Address:
        flags = ""
        while True:
            letter = self.take_nonblank()
            if letter not in ("I", "M"):
                self.give_back(letter)
                break
            flags += letter
        address = Address("regex")
        address.regex = self.compile(text, flags)
        return address

    # Compile a pattern; None stands for the one used last.
    def compile(self, text: str, flags: str) -> Regex | None:
        if not text:
            return None
        try:
            return compile_posix(
                unescape_regex(text),
                extended=self.extended,
                ignore_case="I" in flags,
                multiline="M" in flags,
            )
        except RegexError as error:
            if str(error).startswith("character class syntax"):
                raise ScriptError(str(error), 4) from None
            self.fail(str(error))
            return None

    # -- a, i, c ----------------------------------------------------------------------------------

    def text_command(self, command: Command) -> None:
        letter = self.take_nonblank()
        if not letter:
            self.fail("expected \\ after `a', `c' or `i'")
        if letter == "\\":
            letter = self.take()
            if letter in BLANKS and letter:
                # "a\" may be followed by blanks; before a text on the same line they belong to it.
                start = self._position - 1
                letter = self.take_nonblank()
                if letter != "\n":
                    self._position = start
                    letter = ""
            if letter and letter != "\n":
                self.give_back(letter)
            elif not letter and self._position >= len(self._source):
                self._text_of = command
                return
        else:
            if self.posix:
                self.fail("expected \\ after `a', `c' or `i'")
            self.give_back(letter)
        self.read_text(command)

    # A line that ends in a backslash goes on in the next, perhaps in the next -e.
    def read_text(self, command: Command) -> None:
        self._text_of = None
        out = []
        while True:
            letter = self.take()
            if letter == "\\":
                following = self.take()
                if not following:
                    self._text_of = command
                    break
                out.append("\\" + following)
            elif not letter or letter == "\n":
                break
            else:
                out.append(letter)
        text = unescape_text("".join(out))
        command.text += text + "\n"

    # -- s and y ----------------------------------------------------------------------------------

    def substitution(self, command: Command) -> None:
        slash = self.take()
        pattern = self.match_slash(slash, regex=True)
        text = self.match_slash(slash, regex=False) if pattern is not None else None
        if slash in ("", "\n", "\\") or pattern is None or text is None:
            self.fail("unterminated `s' command")
        replacement = command.replacement = Replacement(text or "")
        flags = self.substitution_flags(command, replacement)
        regex = self.compile(pattern or "", flags)
        replacement.regex = regex
        if regex is not None and replacement.highest > regex.groups:
            self.fail(f"invalid reference \\{replacement.highest} on `s' command's RHS")

    def substitution_flags(self, command: Command, replacement: Replacement) -> str:
        flags = ""
        while True:
            letter = self.take()
            if letter in ("i", "I", "m", "M"):
                flags += letter.upper()
            elif letter == "e":
                self.check_sandbox()
                replacement.execute = True
            elif letter in ("p", "g"):
                if letter in flags:
                    self.fail(f"multiple `{letter}' options to `s' command")
                flags += letter
            elif letter == "w":
                self.check_sandbox()
                command.filename = self.read_filename()
                break
            elif letter.isdigit():
                if replacement.number:
                    self.fail("multiple number options to `s' command")
                replacement.number = self.integer(letter)
                if not replacement.number:
                    self.fail("number option to `s' command may not be zero")
            elif letter in ("}", "#"):
                self.give_back(letter)
                break
            elif letter in ("", "\n", ";"):
                break
            elif letter not in " \t\r":
                self.fail("unknown option to `s'")
        replacement.everywhere = "g" in flags
        replacement.print = "p" in flags
        return flags

    def transliteration(self, command: Command) -> None:
        slash = self.take()
        parts = []
        for _ in range(2):
            text = self.match_slash(slash, regex=False)
            if text is None:
                self.fail("unterminated `y' command")
            parts.append(self.letters(text or ""))
        if len(parts[0]) != len(parts[1]):
            self.fail("strings for `y' command are different lengths")
        for old, new in zip(*parts, strict=True):
            command.table.setdefault(ord(old), new)
        self.end_of_command()

    def letters(self, text: str) -> list[str]:
        text = unescape_regex(text, plain=True)
        out = []
        position = 0
        while position < len(text):
            letter = text[position]
            position += 1
            following = text[position : position + 1]
            if letter == "\\" and following:
                letter = "\n" if following == "n" else following
                position += 1
            out.append(letter)
        return out
