"""Parameter expansion: ``$name`` and ``${name...}``.

Source: bash(1), "Parameters" and "Parameter Expansion".

More than 400 lines, one idea: the operators of ``${...}`` apply to values, lists and elements.
"""

from __future__ import annotations

from vshell.shell.pattern import match, match_prefix, match_suffix, tokens_of
from vshell.shell.quote import double_quote, single_quote
from vshell.shell.state import Discard, Shell
from vshell.shell.syntax import ParameterPart

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from vshell.shell.expand import Expander, _Builder
    from vshell.shell.syntax import Word

    Piece = tuple[str, bool]
    Field = list[Piece]

__all__ = ["Parameters", "flags_of"]

_ABOUT_MISSING = ("-", ":-", "+", ":+", "?", ":?", "=", ":=")


class Parameters:
    """Expands parameters for an expander."""

    def __init__(self, shell: Shell, expander: Expander) -> None:
        """Serve an expander."""
        self.shell = shell
        self.expander = expander

    def add(self, part: ParameterPart, builder: _Builder, *, quoted: bool) -> None:
        """Expand a parameter and add what it stands for.

        Args:
            part: the parameter and what is done with it.
            builder: collects fields.
            quoted: whether it stands between double quotes.
        """
        if part.operator == "bad":
            raise Discard(f"{part.name}: bad substitution")
        if part.indirect:
            part = self._target_of(part)
        values = self._list_values(part)
        if values is not None:
            self._add_list(part, values, builder, quoted=quoted)
            return
        if part.operator == "indirect":
            part = self._target_of(part)
            values = self._list_values(part)
            if values is not None:
                self._add_list(part, values, builder, quoted=quoted)
                return
        self._add_scalar(part, self._scalar(part), builder, quoted=quoted)

    # What ${!x...} is about: the parameter that x names.
    def _target_of(self, part: ParameterPart) -> ParameterPart:
        shell = self.shell
        operator = "" if part.operator == "indirect" else part.operator
        variable = shell.variables.get(part.name)
        if variable is not None and variable.reference and part.operator == "indirect":
            # ${!ref} is the name a reference stands for.
            target = ParameterPart("", "reference")
            target.name = variable.text or ""
            return target
        text = self._element(part)
        if part.index is not None and part.index.plain() in ("@", "*"):
            text = " ".join(shell.elements_of(part.name))
        if text is None:
            if part.name in ("#", "?", "-") or part.name.isdigit():
                text = ""
            else:
                raise Discard(f"{part.name}: invalid indirect expansion")
        name, bracket, index = text.partition("[")
        valid = (
            (name.isascii() and name.isidentifier()) or name.isdigit() or name in tuple("@*#?$!-")
        )
        if not valid or (bracket and not index.endswith("]")):
            raise Discard(f"{text}: invalid variable name")
        found = ParameterPart(name, operator, part.argument, part.second)
        if bracket:
            from vshell.shell.syntax import Literal, Word  # noqa: PLC0415 - rarely needed

            body = index.removesuffix("]")
            found.index = Word([Literal(body)], 0, body)
        return found

    # -- Lists ------------------------------------------------------------------------------------

    # The values of $@, $*, ${a[@]}, ${a[*]}; None for anything else.
    def _list_values(self, part: ParameterPart) -> list[str] | None:
        shell = self.shell
        if part.operator in ("length", "reference"):
            return None
        if part.operator[:5] == "names":
            from vshell.shell.special import ARRAYS, SPECIAL  # noqa: PLC0415 - rarely asked for

            made = [name for name in (*SPECIAL, *ARRAYS) if name not in shell.variables]
            kept = [name for name, variable in shell.variables.items() if variable.is_set()]
            return sorted(name for name in made + kept if name.startswith(part.name))
        index = part.index.plain() if part.index is not None else None
        if index in ("@", "*"):
            if part.operator == "indirect":
                return shell.keys_of(part.name)
            variable = shell.find(part.name)
            if part.operator == "@" and self.expander.text(part.argument or _EMPTY) == "A":
                return None
            return (
                self._slice_elements(part, variable)
                if part.operator == ":"
                else (shell.elements_of(part.name))
            )
        if part.operator == "indirect":
            return None
        if part.index is None:
            if part.name in ("@", "*"):
                return self._slice_positional(part)
            variable = shell.variables.get(part.name)
            if (
                variable is not None
                and variable.reference
                and (variable.text or "").endswith("[@]")
            ):
                return shell.elements_of((variable.text or "")[:-3])
        return None

    def _add_list(
        self, part: ParameterPart, values: list[str], builder: _Builder, *, quoted: bool
    ) -> None:
        operator = part.operator
        star = part.name == "*" or (part.index is not None and part.index.plain() == "*")
        star = star or operator == "names*"
        if operator in _ABOUT_MISSING:
            missing = not values or (operator[0] == ":" and not any(values) and len(values) == 1)
            if operator[-1] == "+":
                if not missing:
                    self._add_argument(part.argument, builder, quoted=quoted)
                return
            if missing:
                self._add_scalar(part, None, builder, quoted=quoted)
                return
        elif operator == "@":
            values = self._transform_list(part, values)
        elif operator not in ("", ":", "names*", "names@", "indirect"):
            values = [self._transform(part, value) for value in values]
        ifs = self.shell.get("IFS")
        separator = " " if ifs is None else ifs[:1]
        if not builder.split and not quoted and not star:
            builder.add(" ".join(values), quoted=False, split=False)
            return
        if (star and (quoted or not builder.split)) or (not quoted and separator):
            builder.add(separator.join(values), quoted=quoted, split=not quoted)
            return
        for number, value in enumerate(values):
            if number:
                builder.end_field()
            builder.add(value, quoted=quoted, split=not quoted)

    def _transform_list(self, part: ParameterPart, values: list[str]) -> list[str]:
        letter = self.expander.text(part.argument or _EMPTY)
        if letter in ("K", "k") and part.index is not None:
            keys = self.shell.keys_of(part.name)
            pairs = list(zip(keys, values, strict=True))
            if letter == "k":
                return [text for pair in pairs for text in pair]
            return [" ".join(f"{key} {double_quote(value)}" for key, value in pairs)]
        if letter == "a" and part.index is not None:
            variable = self.shell.find(part.name)
            return [variable.attributes() if variable is not None else ""] * len(values)
        return [self._transform(part, value) for value in values]

    # A number of ${x:offset:length}.
    def _number(self, part: ParameterPart, text: str) -> int:
        try:
            return self.shell.arithmetic(text)
        except Discard as error:
            raise Discard(f"{_shown(part)}: {error}") from None

    def _bounds(self, part: ParameterPart, size: int) -> tuple[int, int]:
        assert part.argument is not None
        offset = self._number(part, self.expander.text(part.argument))
        if offset < 0:
            offset += size
            if offset < 0:
                return 0, 0
        if part.second is None:
            return offset, size
        text = self.expander.text(part.second)
        length = self._number(part, text)
        if length < 0:
            raise Discard(f"{part.second.source or text}: substring expression < 0")
        return offset, offset + length

    def _slice_positional(self, part: ParameterPart) -> list[str]:
        values = list(self.shell.positional)
        if part.operator != ":":
            return values
        values = [self.shell.name, *values]
        start, end = self._bounds(part, len(values))
        return values[start:end]

    # Offsets into an array are subscripts, not places.
    def _slice_elements(self, part: ParameterPart, variable: object) -> list[str]:
        shell = self.shell
        found = shell.find(part.name)
        del variable
        values = shell.elements_of(part.name)
        if found is not None and found.associative:
            # They are counted from 1, as the positional parameters are.
            start, end = self._bounds(part, len(values) + 1)
            counted = int(start > 0)
            return values[start - counted : end - counted]
        if found is None or found.elements is None:
            start, end = self._bounds(part, len(values))
            return values[start:end]
        keys = [int(key) for key in shell.keys_of(part.name)]
        start, end = self._bounds(part, max(keys, default=-1) + 1)
        if part.second is None:
            return [value for key, value in zip(keys, values, strict=True) if key >= start]
        chosen = [value for key, value in zip(keys, values, strict=True) if key >= start]
        return chosen[: end - start]

    # -- Single values ----------------------------------------------------------------------------

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
            "-": lambda: flags_of(shell),
        }
        special = specials.get(name)
        return special() if special is not None else shell.get(name)

    def _scalar(self, part: ParameterPart) -> str | None:
        if part.operator == "length":
            return self._length(part)
        if part.operator == "reference":
            return part.name
        if part.operator == "@" and self.expander.text(part.argument or _EMPTY) == "A":
            return self._declaration(part)
        return self._element(part)

    def _length(self, part: ParameterPart) -> str:
        shell = self.shell
        if part.name in ("@", "*"):
            return str(len(shell.positional))
        index = part.index.plain() if part.index is not None else None
        if index in ("@", "*"):
            return str(len(shell.elements_of(part.name)))
        value = self._element(part)
        if value is None and "u" in shell.options:
            shell.unbound(_shown(part))
        return str(len(value or ""))

    def _element(self, part: ParameterPart) -> str | None:
        if part.index is None:
            return self._value_of(part.name)
        if part.index.plain() in ("@", "*"):
            return " ".join(self.shell.elements_of(part.name)) or None
        index = self.expander.text(part.index)
        try:
            return self.shell.get_element(part.name, index)
        except Discard as error:
            if "bad array subscript" not in str(error):
                raise
            # bash says so, and goes on with nothing.
            self.shell.complain(f"{part.name}: bad array subscript")
            return ""

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
            value = self._assign_default(part)
        elif operator in ("?", ":?") and missing:
            text = self.expander.text(part.argument) if part.argument is not None else ""
            default = "parameter null or not set" if operator == ":?" else "parameter not set"
            self.shell.fatal(f"{_shown(part)}: {text or default}")
        if value is None:
            if "u" in self.shell.options and part.name not in ("@", "*"):
                shown = _shown(part)
                self.shell.unbound("$" + shown if part.bare and not shown.isidentifier() else shown)
            if operator == "@":
                self._known_letter(part)
                return
            value = ""
        if operator not in ("", *_ABOUT_MISSING, "length", "indirect", "reference"):
            value = self._transform(part, value)
        builder.add(value, quoted=quoted, split=not quoted)

    def _assign_default(self, part: ParameterPart) -> str:
        assert part.argument is not None
        value = self.expander.text(part.argument)
        if not (part.name.isascii() and part.name.isidentifier()):
            raise Discard(f"${part.name}: cannot assign in this way")
        if part.index is not None:
            self.shell.set_element(part.name, self.expander.text(part.index), value)
        else:
            self.shell.set(part.name, value)
        return value

    def _add_argument(self, argument: Word | None, builder: _Builder, *, quoted: bool) -> None:
        if argument is None:
            return
        if quoted:
            builder.add("", quoted=True, split=False) if not _only_lists(argument) else None
            self.expander.add_quoted(argument.parts, builder)
            return
        self.expander.add_unquoted(argument, builder)

    # -- What is done to a value ------------------------------------------------------------------

    def _transform(self, part: ParameterPart, value: str) -> str:
        operator = part.operator
        if operator == ":":
            return self._substring(part, value)
        if operator[0] in "#%":
            return self._strip(part, value)
        if operator[0] == "/":
            return self._replace(part, value)
        if operator[0] in "^,~":
            return self._change_case(part, value)
        if operator == "@":
            return self._at_operator(part, value)
        return value

    def _change_case(self, part: ParameterPart, value: str) -> str:
        change = {"^": str.upper, ",": str.lower, "~": str.swapcase}[part.operator[0]]
        pieces = self.expander.pieces(part.argument or _EMPTY)
        tokens = tokens_of(pieces) if pieces else None
        letters = list(value)
        for number, letter in enumerate(letters):
            if tokens is None or match(tokens, letter):
                letters[number] = change(letter)
            if len(part.operator) == 1:
                break
        return "".join(letters)

    def _substring(self, part: ParameterPart, value: str) -> str:
        assert part.argument is not None
        offset = self._number(part, self.expander.text(part.argument))
        if offset < 0:
            offset += len(value)
            if offset < 0:
                return ""
        if part.second is None:
            return value[offset:]
        text = self.expander.text(part.second)
        length = self._number(part, text)
        if length < 0:
            end = len(value) + length
            if end < offset:
                raise Discard(f"{text}: substring expression < 0")
            return value[offset:end]
        return value[offset : offset + length]

    def _strip(self, part: ParameterPart, value: str) -> str:
        assert part.argument is not None
        tokens = tokens_of(self.expander.pieces(part.argument))
        longest = len(part.operator) == 2
        if part.operator[0] == "#":
            end = match_prefix(tokens, value, longest=longest)
            return value if end < 0 else value[end:]
        start = match_suffix(tokens, value, longest=longest)
        return value if start < 0 else value[:start]

    def _replace(self, part: ParameterPart, value: str) -> str:
        assert part.argument is not None
        tokens = tokens_of(self.expander.pieces(part.argument))
        replacement = self.expander.pieces(part.second) if part.second is not None else []
        if part.operator == "/#":
            end = match_prefix(tokens, value, longest=True)
            return value if end < 0 else self._with(replacement, value[:end]) + value[end:]
        if part.operator == "/%":
            start = match_suffix(tokens, value, longest=True)
            return value if start < 0 else value[:start] + self._with(replacement, value[start:])
        if not tokens:
            return value
        out = []
        position = 0
        while position <= len(value):
            end = match_prefix(tokens, value[position:], longest=True)
            if end > 0 or (end == 0 and not value):
                out.append(self._with(replacement, value[position : position + end]))
                position += end
                if part.operator == "/" or not value:
                    break
            else:
                out.append(value[position : position + 1])
                position += 1
        return "".join(out) + value[position:]

    # The replacement, "&" in it being what matched.
    def _with(self, replacement: Field, matched: str) -> str:
        if "patsub_replacement" not in self.shell.shopt:
            return "".join(text for text, _ in replacement)
        out = []
        for text, quoted in replacement:
            if quoted:
                out.append(text)
                continue
            out.append(text.replace("\\&", "\0").replace("&", matched).replace("\0", "&"))
        return "".join(out)

    def _known_letter(self, part: ParameterPart) -> str:
        letter = self.expander.text(part.argument) if part.argument is not None else ""
        if letter not in tuple("UuLQEPAKak"):
            raise Discard(f"${{{part.name}@{letter}}}: bad substitution")
        return letter

    def _at_operator(self, part: ParameterPart, value: str) -> str:
        letter = self._known_letter(part)
        if letter == "U":
            return value.upper()
        if letter == "u":
            return value[:1].upper() + value[1:]
        if letter == "L":
            return value.lower()
        if letter in "QKk":
            return single_quote(value)
        if letter == "a":
            variable = self.shell.find(part.name)
            return variable.attributes() if variable is not None else ""
        if letter == "E":
            from vshell.shell.escapes import ansi_c  # noqa: PLC0415 - rarely used

            return ansi_c(value)
        if letter == "P":
            from vshell.shell.prompt import expand_prompt  # noqa: PLC0415 - rarely used

            return expand_prompt(self.shell, value, len(self.shell.history) + 1, self.expander)
        return value

    # ${x@A}: the command that would make the variable as it is.
    def _declaration(self, part: ParameterPart) -> str | None:
        variable = self.shell.find(part.name)
        if variable is None or not variable.is_set():
            return None
        attributes = variable.attributes()
        if variable.elements is not None and part.index is not None:
            from vshell.shell.builtin.variable import array_text  # noqa: PLC0415 - @A only

            return f"declare -{attributes} {part.name}={array_text(self.shell, part.name)}"
        text = f"{part.name}={single_quote(variable.value() or '')}"
        return f"declare -{attributes} {text}" if attributes else text


def _make_empty() -> Word:
    from vshell.shell.syntax import Word  # noqa: PLC0415 - beside its only use

    return Word([], 0, "")


_EMPTY = _make_empty()


def _only_lists(word: Word) -> bool:
    from vshell.shell.expand import is_at_list  # noqa: PLC0415 - expand imports this module
    from vshell.shell.syntax import DoubleQuoted  # noqa: PLC0415 - as above

    parts = list(word.parts)
    if len(parts) == 1 and isinstance(parts[0], DoubleQuoted):
        parts = parts[0].parts
    return bool(parts) and all(is_at_list(part) for part in parts)


# How a complaint names a parameter.
def _shown(part: ParameterPart) -> str:
    if part.index is None:
        return part.name
    return f"{part.name}[{part.index.source}]"


def flags_of(shell: Shell) -> str:
    """Give what $- stands for: the letters of the options that are set."""
    letters = {option for option in shell.options if len(option) == 1}
    if shell.at_prompt:
        letters.add("i")
    order = "abefhikmnprtuvxBCEHPTcs"
    return "".join(letter for letter in order if letter in letters)
