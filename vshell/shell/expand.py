"""Expansion: words to arguments, in bash's order.

Braces; tildes, parameters, commands, arithmetic; splitting; paths.

An expanded word is a list of *fields*; a field is a list of pieces ``(text, quoted)``.
Quoted pieces are neither split nor matched against files; when all is done, the pieces are
joined and the quotes are gone. ``parameter`` has what is done to parameters.

Source: bash(1), "Expansion".
"""

from __future__ import annotations

from vshell.abi.errno import KernelError
from vshell.shell.brace import expand_braces
from vshell.shell.parameter import Parameters
from vshell.shell.pattern import has_wildcards, paths_matching
from vshell.shell.state import Discard, Shell, ShellError
from vshell.shell.syntax import (
    ArithmeticPart,
    CommandPart,
    DoubleQuoted,
    Literal,
    ParameterPart,
    Part,
    ProcessPart,
    Quoted,
    Word,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from vshell.shell.parameter import Field

__all__ = ["Expander"]


class Expander:
    """Expands words for a shell."""

    def __init__(
        self,
        shell: Shell,
        substitute: Callable[[CommandPart], str],
        start_process: Callable[[ProcessPart], str],
    ) -> None:
        """Expand with a shell's variables.

        Args:
            shell: whose.
            substitute: runs the commands of ``$(...)`` and gives their output.
            start_process: starts the commands of ``<(...)`` and gives the path to read.
        """
        self.shell = shell
        self.parameters = Parameters(shell, self)
        self._substitute = substitute
        self._start_process = start_process

    # -- Whole words ------------------------------------------------------------------------------

    def words(self, words: list[Word], *, elements: bool = False) -> list[str]:
        """Expand words into arguments, or into an array's elements."""
        arguments: list[str] = []
        for word in words:
            plain = word.plain()
            if plain is not None and _is_simple(plain):
                arguments.append(plain)
                continue
            if word.target is not None:
                word = _whole(word)  # noqa: PLW2901 - here it is a word like any other
            for one in self.braced(word):
                for field in self.fields(one, split=True, elements=elements):
                    arguments += self._paths(field)
        return arguments

    def braced(self, word: Word) -> list[Word]:
        """Expand a word's braces, if the shell does so."""
        return expand_braces(word) if "B" in self.shell.options else [word]

    def text(self, word: Word) -> str:
        """Expand a word into one text: no splitting, no paths.

        So assignments, here-strings and case words are expanded.
        """
        fields = self.fields(word, split=False)
        if len(fields) == 1:
            return "".join(text for text, _ in fields[0])
        return " ".join("".join(text for text, _ in field) for field in fields)

    def assigned(self, word: Word) -> str:
        """Expand what stands behind the "=" of an assignment: as a text, tildes behind colons."""
        return " ".join(
            "".join(text for text, _ in field)
            for field in self.fields(word, split=False, tildes=True)
        )

    def pieces(self, word: Word) -> Field:
        """Expand a word into one field, keeping what was quoted (patterns)."""
        fields = self.fields(word, split=False)
        joined: Field = []
        for number, field in enumerate(fields):
            if number:
                joined.append((" ", True))
            joined += field
        return joined

    def single(self, word: Word) -> str:
        """Expand a word that must become exactly one argument.

        The target of a redirection is one.

        Raises:
            ShellError: it becomes several or none.
        """
        found = self.words([word])
        if len(found) != 1:
            raise ShellError(f"{word.source}: ambiguous redirect")
        return found[0]

    def _paths(self, field: Field) -> list[str]:
        plain = "".join(text for text, _ in field)
        if "f" in self.shell.options or not has_wildcards(field):
            return [plain]
        ignored = self.shell.get("GLOBIGNORE")
        shopt = self.shell.shopt | {"dotglob"} if ignored else self.shell.shopt
        found = paths_matching(self.shell.sys, field, shopt)
        if ignored:
            found = _not_ignored(found, ignored)
        if found:
            return found
        if "failglob" in self.shell.shopt:
            raise Discard(f"no match: {plain}")
        return [] if "nullglob" in self.shell.shopt else [plain]

    # -- Fields -----------------------------------------------------------------------------------

    def fields(
        self, word: Word, *, split: bool, tildes: bool = False, elements: bool = False
    ) -> list[Field]:
        """Expand a word into fields.

        Args:
            word: to be expanded, its braces being done.
            split: whether what is not quoted is split.
            tildes: whether tildes behind colons count too.
            elements: whether it is an array's, where "x=~" is nothing special.
        """
        builder = _Builder(self.shell.get("IFS"), split=split)
        for number, part in enumerate(word.parts):
            if isinstance(part, Literal):
                text = part.text
                more = number < len(word.parts) - 1
                if number == 0 and text.startswith("~"):
                    text = self._tilde(text, builder, more=more, colon=tildes)
                assigns = tildes or (split and not elements and self._assigns(word.parts[0]))
                if number == 0 and not tildes and assigns:
                    name, _, value = text.partition("=")
                    if value.startswith("~"):
                        # As if there were a colon before it.
                        value = self._tildes_behind(":" + value, ":", more=more)[1:]
                    text = f"{name}={value}"
                if assigns and ":~" in text:
                    text = self._tildes_behind(text, ":", more=more)
                builder.add(text, quoted=False, split=False)
            else:
                self._part(part, builder)
        return builder.finish()

    # Whether a word looks like an assignment: tildes behind colons count in it.
    def _assigns(self, part: Part) -> bool:
        if not isinstance(part, Literal) or "=" not in part.text:
            return False
        if "posix" in self.shell.options:
            return False
        name = part.text.partition("=")[0].removesuffix("+")
        if name.endswith("]"):
            name = name.partition("[")[0]
        return _is_name(name)

    def _part(self, part: Part, builder: _Builder) -> None:
        if isinstance(part, Quoted):
            builder.add(part.text, quoted=True, split=False)
        elif isinstance(part, DoubleQuoted):
            self._double_quoted(part, builder)
        elif isinstance(part, ParameterPart):
            self.parameters.add(part, builder, quoted=False)
        elif isinstance(part, CommandPart):
            builder.add(self._command(part), quoted=False, split=True)
        elif isinstance(part, ArithmeticPart):
            builder.add(self._arithmetic(part), quoted=False, split=True)
        elif isinstance(part, ProcessPart):
            builder.add(self._start_process(part), quoted=True, split=False)

    def _double_quoted(self, quoted: DoubleQuoted, builder: _Builder) -> None:
        if not quoted.parts or not all(is_at_list(part) for part in quoted.parts):
            builder.add("", quoted=True, split=False)
        self.add_quoted(quoted.parts, builder)

    def add_quoted(self, parts: list[Part], builder: _Builder) -> None:
        """Expand parts that stand between double quotes."""
        for part in parts:
            if isinstance(part, (Quoted, Literal)):
                builder.add(part.text, quoted=True, split=False)
            elif isinstance(part, ParameterPart):
                self.parameters.add(part, builder, quoted=True)
            elif isinstance(part, CommandPart):
                builder.add(self._command(part), quoted=True, split=False)
            elif isinstance(part, ArithmeticPart):
                builder.add(self._arithmetic(part), quoted=True, split=False)
            elif isinstance(part, DoubleQuoted):
                self._double_quoted(part, builder)

    def add_unquoted(self, word: Word, builder: _Builder) -> None:
        """Expand the word of an unquoted ``${x:-word}``: what is not quoted in it is split."""
        for number, part in enumerate(word.parts):
            if isinstance(part, Literal):
                text = part.text
                if number == 0 and text.startswith("~"):
                    text = self._tilde(text, builder, more=len(word.parts) > 1, colon=False)
                builder.add(text, quoted=False, split=True)
            else:
                self._part(part, builder)

    def _command(self, part: CommandPart) -> str:
        text = self._substitute(part)
        if "\0" in text:
            self.shell.complain("warning: command substitution: ignored null byte in input")
            text = text.replace("\0", "")
        return text.rstrip("\n")

    def _arithmetic(self, part: ArithmeticPart) -> str:
        return str(self.shell.arithmetic(self.text(part.expression)))

    # -- Tildes -----------------------------------------------------------------------------------

    def _tilde(self, text: str, builder: _Builder, *, more: bool, colon: bool) -> str:
        name, slash, rest = text[1:].partition("/")
        if colon and ":" in name:
            name, _, behind = name.partition(":")
            slash, rest = ":", behind + slash + rest
        if not slash and more:
            return text
        home = self.home_of(name)
        if home is None:
            return text
        builder.add(home, quoted=True, split=False)
        return slash + rest

    def _tildes_behind(self, text: str, separator: str, *, more: bool) -> str:
        parts = text.split(separator)
        for number, part in enumerate(parts):
            if number and part.startswith("~"):
                name, slash, rest = part[1:].partition("/")
                if more and not slash and number == len(parts) - 1:
                    continue
                home = self.home_of(name)
                parts[number] = part if home is None else home + slash + rest
        return separator.join(parts)

    def home_of(self, name: str) -> str | None:
        """Give what ``~name`` stands for, None if there is no such user."""
        shell = self.shell
        if name == "":
            home = shell.get("HOME")
            return home if home is not None else self._passwd_home(shell.sys.credentials()[0], "")
        if name == "+":
            return shell.get("PWD")
        if name == "-":
            return shell.get("OLDPWD")
        if name.lstrip("+-").isdigit():
            stack = [shell.get("PWD") or "", *shell.directory_stack]
            number = int(name.lstrip("+-"))
            if number >= len(stack):
                return None
            return stack[-1 - number] if name[0] == "-" else stack[number]
        return self._passwd_home(None, name)

    def _passwd_home(self, uid: int | None, name: str) -> str | None:
        sys = self.shell.sys
        try:
            fd = sys.open("/etc/passwd")
        except KernelError:
            return None
        data = sys.read(fd)
        sys.close(fd)
        for line in data.decode("utf-8", "replace").splitlines():
            fields = line.split(":")
            if len(fields) > 5 and (
                fields[0] == name or (uid is not None and fields[2] == str(uid))
            ):
                return fields[5]
        return None


class _Builder:
    # Collects the fields of one word.
    def __init__(self, ifs: str | None, *, split: bool) -> None:
        self._ifs = " \t\n" if ifs is None else ifs
        self.split = split
        self._fields: list[Field] = []
        self._current: Field | None = None

    def add(self, text: str, *, quoted: bool, split: bool) -> None:
        if not (split and self.split and not quoted):
            if text or quoted:
                self._piece(text, quoted=quoted)
            return
        self._add_split(text)

    def _piece(self, text: str, *, quoted: bool) -> None:
        if self._current is None:
            self._current = []
        self._current.append((text, quoted))

    def _add_split(self, text: str) -> None:
        ifs = self._ifs
        white = [letter for letter in ifs if letter in " \t\n"]
        position = 0
        while position < len(text):
            letter = text[position]
            if letter not in ifs:
                start = position
                while position < len(text) and text[position] not in ifs:
                    position += 1
                self._piece(text[start:position], quoted=False)
                continue
            if letter in white:
                while position < len(text) and text[position] in white:
                    position += 1
                following = text[position : position + 1]
                if following and following in ifs and self._current is not None:
                    position += 1
                    while position < len(text) and text[position] in white:
                        position += 1
                self.end_field()
                continue
            # A separator that is no white space ends a field even if it is empty.
            if self._current is None:
                self._current = []
            position += 1
            while position < len(text) and text[position] in white:
                position += 1
            self.end_field()

    def end_field(self) -> None:
        if self._current is not None:
            self._fields.append(self._current)
            self._current = None

    def finish(self) -> list[Field]:
        self.end_field()
        return self._fields


def is_at_list(part: Part) -> bool:
    """Tell whether a part may become no field at all, even between double quotes."""
    if not isinstance(part, ParameterPart) or part.operator in ("length", "bad"):
        return False
    if part.operator == "indirect" and not (part.index is not None and part.index.plain() == "@"):
        return False
    if part.operator == "names@":
        return True
    return part.name == "@" or (part.index is not None and part.index.plain() == "@")


# A word whose beginning was read as an element's name, where no assignment can be.
def _whole(word: Word) -> Word:
    target = word.target
    assert target is not None
    equals = "]+=" if target.append else "]="
    parts: list[Part] = [Literal(target.name + "["), *target.index.parts, Literal(equals)]
    return Word(parts + word.parts, word.line, word.source)


def _not_ignored(paths: list[str], ignored: str) -> list[str]:
    from vshell.shell.pattern import match, tokens_of  # noqa: PLC0415 - GLOBIGNORE only

    patterns = [tokens_of([(one, False)]) for one in ignored.split(":") if one]
    return [path for path in paths if not any(match(one, path) for one in patterns)]


def _is_simple(text: str) -> bool:
    return not any(letter in "*?[{~(" for letter in text)


def _is_name(text: str) -> bool:
    return text.isascii() and text.isidentifier()
