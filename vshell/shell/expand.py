"""Expansion: words to arguments, in bash's order.

Braces; tildes, parameters, commands, arithmetic; splitting; paths.

An expanded word is a list of *fields*; a field is a list of pieces ``(text, quoted)``.
Quoted pieces are neither split nor matched against files; when all is done, the pieces are
joined and the quotes are gone.

Source: bash(1), "Expansion".

More than 400 lines, one idea: the expansions of a word nest in each other.
"""

from __future__ import annotations

from vshell.abi.errno import KernelError
from vshell.shell.pattern import (
    has_wildcards,
    match_prefix,
    match_suffix,
    paths_matching,
    tokens_of,
)
from vshell.shell.state import Shell, ShellError
from vshell.shell.syntax import (
    ArithmeticPart,
    CommandPart,
    DoubleQuoted,
    Literal,
    ParameterPart,
    Part,
    Quoted,
    Word,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from vshell.shell.syntax import List

    Piece = tuple[str, bool]
    Field = list[Piece]

__all__ = ["Expander", "quote"]

_BRACES_MAX = 100_000


class Expander:
    """Expands words for a shell."""

    def __init__(self, shell: Shell, substitute: Callable[[List], str]) -> None:
        """Expand with a shell's variables.

        Args:
            shell: whose.
            substitute: runs the commands of ``$(...)`` and gives their output.
        """
        self.shell = shell
        self._substitute = substitute

    # -- Whole words ------------------------------------------------------------------------------

    def words(self, words: list[Word]) -> list[str]:
        """Expand words into arguments."""
        arguments: list[str] = []
        for word in words:
            plain = word.plain()
            if plain is not None and _is_simple(plain):
                arguments.append(plain)
                continue
            for one in self._braces(word):
                for field in self._fields(one, split=True):
                    arguments += self._paths(field)
        return arguments

    def text(self, word: Word) -> str:
        """Expand a word into one text: no splitting, no paths.

        So assignments, here-strings and case words are expanded.
        """
        fields = self._fields(word, split=False)
        return " ".join("".join(text for text, _ in field) for field in fields)

    def pieces(self, word: Word) -> Field:
        """Expand a word into one field, keeping what was quoted (patterns)."""
        fields = self._fields(word, split=False)
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
        found = paths_matching(self.shell.sys, field)
        if found:
            return found
        if "failglob" in self.shell.shopt:
            raise ShellError(f"no match: {plain}")
        return [] if "nullglob" in self.shell.shopt else [plain]

    # -- Braces -----------------------------------------------------------------------------------

    def _braces(self, word: Word) -> list[Word]:
        if not any(isinstance(part, Literal) and "{" in part.text for part in word.parts):
            return [word]
        atoms: list[Part | str] = []
        for part in word.parts:
            if isinstance(part, Literal):
                atoms += list(part.text)
            else:
                atoms.append(part)
        return [Word(_joined(one), word.line, word.source) for one in _expand_braces(atoms)]

    # -- Fields -----------------------------------------------------------------------------------

    def _fields(self, word: Word, *, split: bool) -> list[Field]:
        builder = _Builder(self.shell.get("IFS"), split=split)
        for number, part in enumerate(word.parts):
            if isinstance(part, Literal):
                text = part.text
                if number == 0 and text.startswith("~"):
                    text = self._tilde(text, builder, more=len(word.parts) > 1)
                elif not split and ":~" in text:
                    text = self._tildes_in_assignment(text)
                builder.add(text, quoted=False, split=False)
            else:
                self._part(part, builder)
        return builder.finish()

    def _part(self, part: Part, builder: _Builder) -> None:
        if isinstance(part, Quoted):
            builder.add(part.text, quoted=True, split=False)
        elif isinstance(part, DoubleQuoted):
            self._double_quoted(part, builder)
        elif isinstance(part, ParameterPart):
            self._parameter(part, builder, quoted=False)
        elif isinstance(part, CommandPart):
            builder.add(self._command(part), quoted=False, split=True)
        elif isinstance(part, ArithmeticPart):
            builder.add(self._arithmetic(part), quoted=False, split=True)

    def _double_quoted(self, quoted: DoubleQuoted, builder: _Builder) -> None:
        only_list = len(quoted.parts) == 1 and _is_at_list(quoted.parts[0])
        if not only_list:
            builder.add("", quoted=True, split=False)
        for part in quoted.parts:
            if isinstance(part, Quoted):
                builder.add(part.text, quoted=True, split=False)
            elif isinstance(part, ParameterPart):
                self._parameter(part, builder, quoted=True)
            elif isinstance(part, CommandPart):
                builder.add(self._command(part), quoted=True, split=False)
            elif isinstance(part, ArithmeticPart):
                builder.add(self._arithmetic(part), quoted=True, split=False)
            elif isinstance(part, DoubleQuoted):
                self._double_quoted(part, builder)

    def _command(self, part: CommandPart) -> str:
        return self._substitute(part.body).rstrip("\n").replace("\0", "")

    def _arithmetic(self, part: ArithmeticPart) -> str:
        return str(self.shell.arithmetic(self.text(part.expression)))

    def _tilde(self, text: str, builder: _Builder, *, more: bool) -> str:
        name, slash, rest = text[1:].partition("/")
        if not slash and more:
            return text
        home = self.home_of(name)
        if home is None:
            return text
        builder.add(home, quoted=True, split=False)
        return slash + rest

    def _tildes_in_assignment(self, text: str) -> str:
        parts = text.split(":")
        for number, part in enumerate(parts):
            if number and part.startswith("~"):
                name, slash, rest = part[1:].partition("/")
                home = self.home_of(name)
                parts[number] = part if home is None else home + slash + rest
        return ":".join(parts)

    def home_of(self, name: str) -> str | None:
        """Give what ``~name`` stands for, None if there is no such user."""
        shell = self.shell
        if name == "":
            return shell.get("HOME") or self._passwd_home(shell.sys.credentials()[0], "")
        if name == "+":
            return shell.get("PWD")
        if name == "-":
            return shell.get("OLDPWD")
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

    # -- Parameters -------------------------------------------------------------------------------

    def _parameter(self, part: ParameterPart, builder: _Builder, *, quoted: bool) -> None:
        values = self._list_values(part)
        if values is not None:
            self._add_list(part, values, builder, quoted=quoted)
            return
        value = self._scalar(part)
        self._add_scalar(part, value, builder, quoted=quoted)

    # The values of $@, $*, ${a[@]}, ${a[*]}; None for anything else.
    def _list_values(self, part: ParameterPart) -> list[str] | None:
        shell = self.shell
        if part.operator in ("length", "indirect"):
            return None
        index = part.index.plain() if part.index is not None else None
        if part.name in ("@", "*"):
            return list(shell.positional)
        if part.operator == "names":
            return sorted(name for name in shell.variables if name.startswith(part.name))
        if index in ("@", "*"):
            if part.operator == "keys":
                return shell.keys_of(part.name)
            return shell.elements_of(part.name)
        return None

    def _add_list(
        self, part: ParameterPart, values: list[str], builder: _Builder, *, quoted: bool
    ) -> None:
        values = self._slice_list(part, values)
        star = part.name == "*" or (part.index is not None and part.index.plain() == "*")
        operator = part.operator
        if operator in ("-", ":-", "+", ":+", "?", ":?", "=", ":="):
            joined: str | None = " ".join(values) if values else None
            if (operator in ("+", ":+")) == (joined is None) or operator not in (
                "-",
                ":-",
                "+",
                ":+",
            ):
                self._add_scalar(part, joined, builder, quoted=quoted)
                return
            if operator in ("+", ":+"):
                self._add_argument(part.argument, builder, quoted=quoted)
                return
        elif operator not in ("", ":", "names", "keys"):
            values = [self._transform(part, value) for value in values]
        if star and quoted:
            separator = self.shell.get("IFS")
            separator = " " if separator is None else separator[:1]
            builder.add(separator.join(values), quoted=True, split=False)
            return
        for number, value in enumerate(values):
            if number:
                builder.end_field()
            builder.add(value, quoted=quoted, split=not quoted)

    def _slice_list(self, part: ParameterPart, values: list[str]) -> list[str]:
        if part.operator != ":":
            return values
        assert part.argument is not None
        offset = self.shell.arithmetic(self.text(part.argument))
        if part.name in ("@", "*"):
            values = [self.shell.name, *values]
        if offset < 0:
            offset += len(values)
            if offset < 0:
                return []
        if part.second is None:
            return values[offset:]
        return values[offset : offset + self.shell.arithmetic(self.text(part.second))]

    def _value_of(self, name: str) -> str | None:
        shell = self.shell
        if name.isdigit():
            number = int(name)
            if number == 0:
                return shell.name
            return shell.positional[number - 1] if number <= len(shell.positional) else None
        specials: dict[str, Callable[[], str | None]] = {
            "?": lambda: str(shell.status),
            "$": lambda: str(shell.pid),
            "!": lambda: str(shell.last_background) if shell.last_background else None,
            "#": lambda: str(len(shell.positional)),
            "-": lambda: _flags(shell),
        }
        special = specials.get(name)
        if special is not None:
            return special()
        return shell.get(name)

    def _scalar(self, part: ParameterPart) -> str | None:
        if part.operator == "length":
            return self._length(part)
        name = part.name
        if part.operator == "indirect":
            target = self._element(part) or ""
            return self._value_of(target)
        if part.index is not None:
            return self._element(part)
        return self._value_of(name)

    def _length(self, part: ParameterPart) -> str:
        if part.name in ("@", "*"):
            return str(len(self.shell.positional))
        index = part.index.plain() if part.index is not None else None
        if index in ("@", "*"):
            return str(len(self.shell.elements_of(part.name)))
        value = self._element(part) if part.index is not None else self._value_of(part.name)
        return str(len(value or ""))

    def _element(self, part: ParameterPart) -> str | None:
        if part.index is None:
            return self._value_of(part.name)
        variable = self.shell.variables.get(part.name)
        index = self.text(part.index)
        if part.name == "PIPESTATUS":
            statuses = self.shell.pipe_statuses
            number = self.shell.arithmetic(index)
            return str(statuses[number]) if -len(statuses) <= number < len(statuses) else None
        if variable is None:
            return None
        if variable.elements is None:
            return variable.text if self.shell.arithmetic(index) == 0 else None
        return variable.elements.get(self.shell.element_key(variable, index))

    def _add_scalar(
        self, part: ParameterPart, value: str | None, builder: _Builder, *, quoted: bool
    ) -> None:
        operator = part.operator
        missing = value is None or (operator.startswith(":") and operator != ":" and value == "")
        if operator in ("-", ":-") and missing:
            self._add_argument(part.argument, builder, quoted=quoted)
            return
        if operator in ("+", ":+"):
            if not missing:
                self._add_argument(part.argument, builder, quoted=quoted)
            return
        if operator in ("=", ":=") and missing:
            assert part.argument is not None
            value = self.text(part.argument)
            self.shell.set(part.name, value)
        elif operator in ("?", ":?") and missing:
            text = self.text(part.argument) if part.argument is not None else ""
            default = "parameter null or not set" if operator == ":?" else "parameter not set"
            raise ShellError(f"{part.name}: {text or default}", 127)
        if value is None:
            if "u" in self.shell.options and operator not in ("-", ":-", "length", "?", ":?"):
                shown = "$" + part.name if part.name.isdigit() else part.name
                raise ShellError(f"{shown}: unbound variable", 127)
            value = ""
        if operator not in ("", "-", ":-", "=", ":=", "?", ":?", "length", "indirect"):
            value = self._transform(part, value)
        builder.add(value, quoted=quoted, split=not quoted)

    def _add_argument(self, argument: Word | None, builder: _Builder, *, quoted: bool) -> None:
        if argument is None:
            return
        if quoted:
            builder.add(self.text(argument), quoted=True, split=False)
            return
        for number, part in enumerate(argument.parts):
            if isinstance(part, Literal):
                text = part.text
                if number == 0 and text.startswith("~"):
                    text = self._tilde(text, builder, more=len(argument.parts) > 1)
                builder.add(text, quoted=False, split=True)
            else:
                self._part(part, builder)

    # -- What is done to a value ------------------------------------------------------------------

    def _transform(self, part: ParameterPart, value: str) -> str:
        operator = part.operator
        if operator == ":":
            return self._substring(part, value)
        if operator[0] in "#%":
            return self._strip(part, value)
        if operator[0] == "/":
            return self._replace(part, value)
        if operator[0] in "^,":
            change = str.upper if operator[0] == "^" else str.lower
            return change(value) if len(operator) == 2 else change(value[:1]) + value[1:]
        if operator == "@":
            return self._at_operator(part, value)
        return value

    def _substring(self, part: ParameterPart, value: str) -> str:
        assert part.argument is not None
        offset = self.shell.arithmetic(self.text(part.argument))
        if offset < 0:
            offset += len(value)
            if offset < 0:
                return ""
        if part.second is None:
            return value[offset:]
        length = self.shell.arithmetic(self.text(part.second))
        if length < 0:
            end = len(value) + length
            if end < offset:
                raise ShellError(f"{self.text(part.second)}: substring expression < 0")
            return value[offset:end]
        return value[offset : offset + length]

    def _strip(self, part: ParameterPart, value: str) -> str:
        assert part.argument is not None
        tokens = tokens_of(self.pieces(part.argument))
        longest = len(part.operator) == 2
        if part.operator[0] == "#":
            end = match_prefix(tokens, value, longest=longest)
            return value if end < 0 else value[end:]
        start = match_suffix(tokens, value, longest=longest)
        return value if start < 0 else value[:start]

    def _replace(self, part: ParameterPart, value: str) -> str:
        assert part.argument is not None
        tokens = tokens_of(self.pieces(part.argument))
        replacement = self.text(part.second) if part.second is not None else ""
        if not tokens:
            return value
        if part.operator == "/#":
            end = match_prefix(tokens, value, longest=True)
            return value if end < 0 else replacement + value[end:]
        if part.operator == "/%":
            start = match_suffix(tokens, value, longest=True)
            return value if start < 0 else value[:start] + replacement
        out = []
        position = 0
        while position <= len(value):
            end = match_prefix(tokens, value[position:], longest=True)
            if end > 0:
                out.append(replacement)
                position += end
                if part.operator == "/":
                    break
            else:
                out.append(value[position : position + 1])
                position += 1
        return "".join(out) + value[position:]

    def _at_operator(self, part: ParameterPart, value: str) -> str:
        letter = self.text(part.argument) if part.argument is not None else ""
        if letter == "U":
            return value.upper()
        if letter == "u":
            return value[:1].upper() + value[1:]
        if letter == "L":
            return value.lower()
        if letter == "Q":
            return quote(value)
        raise ShellError(f"${{{part.name}@{letter}}}: bad substitution")


class _Builder:
    # Collects the fields of one word.
    def __init__(self, ifs: str | None, *, split: bool) -> None:
        self._ifs = " \t\n" if ifs is None else ifs
        self._split = split
        self._fields: list[Field] = []
        self._current: Field | None = None

    def add(self, text: str, *, quoted: bool, split: bool) -> None:
        if not (split and self._split and not quoted):
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


def quote(text: str) -> str:
    """Quote a text so that the shell reads it back as it is."""
    if text and all(letter.isalnum() or letter in "_@%+=:,./-" for letter in text):
        return text
    if any(ord(letter) < 32 for letter in text):
        escaped = (
            text.replace("\\", "\\\\").replace("'", "\\'").replace("\n", "\\n").replace("\t", "\\t")
        )
        return f"$'{escaped}'"
    return "'" + text.replace("'", "'\\''") + "'"


def _is_simple(text: str) -> bool:
    return not any(letter in "*?[{~(" for letter in text)


def _is_at_list(part: Part) -> bool:
    if not isinstance(part, ParameterPart) or part.operator in ("length", "indirect"):
        return False
    return part.name == "@" or (part.index is not None and part.index.plain() == "@")


def _flags(shell: Shell) -> str:
    letters = "".join(sorted(option for option in shell.options if len(option) == 1))
    return (
        letters
        + "hB"
        + ("i" if shell.interactive else "")
        + ("m" if "m" not in letters and shell.interactive else "")
    )


def _joined(atoms: list[Part | str]) -> list[Part]:
    parts: list[Part] = []
    for atom in atoms:
        if isinstance(atom, str):
            last = parts[-1] if parts else None
            if isinstance(last, Literal):
                parts[-1] = Literal(last.text + atom)
            else:
                parts.append(Literal(atom))
        else:
            parts.append(atom)
    return parts


def _expand_braces(atoms: list[Part | str]) -> list[list[Part | str]]:
    for start, atom in enumerate(atoms):
        if atom != "{":
            continue
        end, commas = _brace_extent(atoms, start)
        if end < 0:
            continue
        alternatives = _alternatives(atoms, start, end, commas)
        if alternatives is None:
            continue
        before = atoms[:start]
        after = _expand_braces(atoms[end + 1 :])
        return [
            before + inner + rest
            for alternative in alternatives
            for inner in _expand_braces(alternative)
            for rest in after
        ]
    return [atoms]


def _brace_extent(atoms: list[Part | str], start: int) -> tuple[int, list[int]]:
    depth = 0
    commas: list[int] = []
    for position in range(start, len(atoms)):
        atom = atoms[position]
        if atom == "{":
            depth += 1
        elif atom == "}":
            depth -= 1
            if depth == 0:
                return position, commas
        elif atom == "," and depth == 1:
            commas.append(position)
    return -1, []


def _alternatives(
    atoms: list[Part | str], start: int, end: int, commas: list[int]
) -> list[list[Part | str]] | None:
    if commas:
        bounds = [start, *commas, end]
        return [atoms[bounds[n] + 1 : bounds[n + 1]] for n in range(len(bounds) - 1)]
    inner = atoms[start + 1 : end]
    if not all(isinstance(atom, str) for atom in inner):
        return None
    sequence = _sequence("".join(str(atom) for atom in inner))
    return None if sequence is None else [list(text) for text in sequence]


def _sequence(text: str) -> list[str] | None:
    parts = text.split("..")
    if len(parts) not in (2, 3):
        return None
    first, last = parts[0], parts[1]
    step = _integer(parts[2]) if len(parts) == 3 else None
    if len(parts) == 3 and step is None:
        return None
    a, b = _integer(first), _integer(last)
    if a is not None and b is not None:
        width = max(len(first), len(last)) if _padded(first) or _padded(last) else 0
        increment = abs(step or 1) or 1
        if abs(b - a) // increment > _BRACES_MAX:
            return None
        numbers = range(a, b + 1, increment) if a <= b else range(a, b - 1, -increment)
        return [f"{number:0{width}d}" for number in numbers]
    if len(first) == 1 and len(last) == 1 and first.isalpha() and last.isalpha():
        increment = abs(step or 1) or 1
        low, high = ord(first), ord(last)
        codes = range(low, high + 1, increment) if low <= high else range(low, high - 1, -increment)
        return [chr(code) for code in codes]
    return None


def _integer(text: str) -> int | None:
    digits = text.removeprefix("-").removeprefix("+")
    return int(text) if digits.isascii() and digits.isdigit() else None


def _padded(text: str) -> bool:
    digits = text.lstrip("+-")
    return len(digits) > 1 and digits.startswith("0")
