r"""Makefiles: what a module's Makefile uses of GNU make's language.

Variables (``=``, ``:=``, ``?=``, ``+=``), references and functions, conditionals,
rules with recipes, ``.PHONY``, ``include``, line continuation. Recipes are not run
here; ``usr.make`` does that.

Source: the GNU make 4.3 manual. Real: 28-kbuild-ok, 29-kbuild-errors.

More than 400 lines, one idea: reading a Makefile and expanding it depend on each other.
"""

from __future__ import annotations

from vshell.kbuild.make_functions import (
    FUNCTIONS,
    NEEDED,
    MakeError,
    patsubst,
    split_arguments,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["MakeError", "Makefile", "Rule"]

# Functions that need more than their arguments.
_OWN: tuple[str, ...] = (
    "and",
    "call",
    "error",
    "eval",
    "flavor",
    "foreach",
    "if",
    "info",
    "or",
    "origin",
)
_OWN += ("shell", "value", "warning", "wildcard", "abspath", "realpath")


class Rule:
    """A rule: target, prerequisites and recipe."""

    __slots__ = ("file", "line", "prerequisites", "recipe", "target")

    def __init__(self, target: str, prerequisites: list[str], file: str, line: int) -> None:
        """Make a rule without a recipe."""
        self.target = target
        self.prerequisites = prerequisites
        self.recipe: list[tuple[int, str]] = []
        self.file = file
        self.line = line


class Makefile:
    """What has been read: variables and rules."""

    def __init__(
        self,
        environment: dict[str, str],
        overrides: dict[str, str],
        shell: Callable[[str], str],
        read: Callable[[str], str | None],
        names: Callable[[str], list[str]],
    ) -> None:
        """Read nothing yet.

        Args:
            environment: variables from the environment.
            overrides: variables from the command line; they win.
            shell: runs a command, gives its output.
            read: gives a file's text, None if there is none.
            names: lists a directory.
        """
        self._variables: dict[str, tuple[str, bool]] = {
            n: (v, True) for n, v in environment.items()
        }
        self._from_environment = set(environment)
        self._overrides = overrides
        self._shell = shell
        self._read = read
        self._names = names
        self.rules: dict[str, Rule] = {}
        self.phony: set[str] = set()
        self.first_target = ""
        self.say: Callable[[str], None] = lambda _text: None
        self.warn: Callable[[str], None] = lambda _text: None
        self.position: tuple[str, int] | None = None
        """File and line that is being read or run, for messages."""
        self._conditions: list[list[bool]] = []
        self._current: list[Rule] = []
        self._places: dict[str, tuple[str, int] | None] = {}
        self._expanding: list[str] = []
        self._define: tuple[str, list[str]] | None = None
        self._define_start = 0

    # -- Variables --------------------------------------------------------------------------------

    def define(self, name: str, value: str, *, expanded: bool = True) -> None:
        """Set a variable.

        Args:
            name: of the variable.
            value: its text.
            expanded: whether the text stands as it is; else references in
                it are expanded at each use.
        """
        self._variables[name] = (value, expanded)
        self._places[name] = self.position

    def _error(self, text: str) -> MakeError:
        where = f"{self.position[0]}:{self.position[1]}: *** " if self.position else ""
        return MakeError(f"{where}{text}.  Stop.")

    def value(self, name: str, local: dict[str, str] | None = None) -> str:
        """Give a variable's value, "" if it is not set."""
        if local and name in local:
            return local[name]
        if name in self._overrides:
            return self._overrides[name]
        text, expanded = self._variables.get(name, ("", True))
        if expanded:
            return text
        if name in self._expanding:
            self.position = self._places.get(name)
            raise self._error(f"Recursive variable '{name}' references itself (eventually)")
        self._expanding.append(name)
        try:
            return self.expand(text, local)
        finally:
            self._expanding.pop()

    def is_defined(self, name: str) -> bool:
        """Tell whether a variable is set."""
        return name in self._overrides or name in self._variables

    def expand(self, text: str, local: dict[str, str] | None = None) -> str:
        """Replace references and functions by their values.

        Args:
            text: any text.
            local: automatic variables.

        Raises:
            MakeError: a variable refers to itself, or a reference has no end.
        """
        out = []
        position = 0
        while True:
            start = text.find("$", position)
            if start < 0 or start + 1 >= len(text):
                out.append(text[position:])
                return "".join(out)
            out.append(text[position:start])
            opening = text[start + 1]
            if opening == "$":
                out.append("$")
                position = start + 2
            elif opening in "({":
                end = _closing(text, start + 1)
                if end < 0:
                    raise self._error("unterminated variable reference")
                out.append(self._reference(text[start + 2 : end], local))
                position = end + 1
            else:
                out.append(self.value(opening, local))
                position = start + 2

    def _reference(self, inner: str, local: dict[str, str] | None) -> str:
        word, space, rest = inner.partition(" ")
        if space and (word in FUNCTIONS or word in _OWN):
            return self._call(word, rest.lstrip(), local)
        name = self.expand(inner, local)
        variable, colon, substitution = name.partition(":")
        if colon and "=" in substitution:
            old, _, new = substitution.partition("=")
            if "%" not in old:
                old, new = "%" + old, "%" + new
            return patsubst(old, new, self.value(variable, local))
        return self.value(name, local)

    def _call(self, name: str, text: str, local: dict[str, str] | None) -> str:
        parts = split_arguments(text, {"foreach": 3}.get(name, 0))
        if len(parts) < NEEDED.get(name, 1):
            count = f"insufficient number of arguments ({len(parts)})"
            raise self._error(f"{count} to function '{name}'")
        if name in ("if", "or", "and", "foreach", "call"):
            return self._call_lazily(name, parts, local)
        arguments = [self.expand(part, local) for part in parts]
        function = FUNCTIONS.get(name)
        if function is None:
            return self._call_own(name, ",".join(arguments))
        # Further commas belong to the last argument.
        needed = NEEDED.get(name, 1)
        arguments[needed - 1 :] = [",".join(arguments[needed - 1 :])]
        try:
            return function(arguments)
        except MakeError as error:
            raise self._error(str(error)) from None

    # Functions that expand their arguments themselves, if at all.
    def _call_lazily(self, name: str, parts: list[str], local: dict[str, str] | None) -> str:
        if name == "if":
            chosen = 1 if self.expand(parts[0].strip(), local) else 2
            return self.expand(",".join(parts[2:]) if chosen == 2 else parts[1], local)
        if name in ("or", "and"):
            found = ""
            for part in parts:
                found = self.expand(part.strip(), local)
                if bool(found) == (name == "or"):
                    return found
            return found
        scope = dict(local or {})
        if name == "call":
            arguments = [self.expand(part, local) for part in parts]
            scope |= {str(number): one for number, one in enumerate(arguments)}
            text, _ = self._variables.get(arguments[0].strip(), ("", True))
            return self.expand(text, scope)
        variable = self.expand(parts[0], local).strip()
        out = []
        for word in self.expand(parts[1], local).split():
            scope[variable] = word
            out.append(self.expand(parts[2], scope))
        return " ".join(out)

    # Functions that look at the Makefile or outside.
    def _call_own(self, name: str, text: str) -> str:
        if name == "shell":
            return self._shell(text).rstrip("\n").replace("\n", " ")
        if name == "wildcard":
            return " ".join(found for pattern in text.split() for found in self._wildcard(pattern))
        if name in ("abspath", "realpath"):
            return " ".join(_absolute(word, self.value("CURDIR")) for word in text.split())
        if name == "error":
            raise self._error(text)
        if name == "info":
            self.say(f"{text}\n")
        elif name == "warning":
            file, line = self.position or ("", 0)
            self.warn(f"{file}:{line}: {text}\n")
        elif name == "eval":
            self.parse(text, *(self.position or ("", 0)))
        elif name == "value":
            return self._variables.get(text, ("", True))[0]
        elif name == "flavor":
            known = self._variables.get(text)
            return "undefined" if known is None else "simple" if known[1] else "recursive"
        elif name == "origin":
            return self._origin(text)
        return ""

    def _origin(self, name: str) -> str:
        if name in self._overrides:
            return "command line"
        if name not in self._variables:
            return "undefined"
        if self._places.get(name) is not None:
            return "file"
        return "environment" if name in self._from_environment else "default"

    def _wildcard(self, pattern: str) -> list[str]:
        if not any(letter in pattern for letter in "*?["):
            return [pattern] if self._read(pattern) is not None else []
        from fnmatch import fnmatchcase  # noqa: PLC0415 - few Makefiles need it

        folder, slash, last = pattern.rpartition("/")
        names = self._names(folder or ".")
        return sorted(folder + slash + name for name in names if fnmatchcase(name, last))

    # -- Reading ----------------------------------------------------------------------------------

    def parse(self, text: str, file: str, first: int = 0) -> None:
        """Read a Makefile's text.

        Args:
            text: its lines.
            file: its name in messages.
            first: the line it stands in, where it comes out of an expansion.

        Raises:
            MakeError: as make says it, without "make: *** ".
        """
        outside = self.position
        lines = text.removesuffix("\n").split("\n")
        open_conditions = len(self._conditions)
        number = 0
        while number < len(lines):
            start = number + 1
            line = lines[number]
            number += 1
            recipe = line.startswith("\t")
            while line.endswith("\\") and number < len(lines) and self._define is None:
                following = lines[number]
                number += 1
                joined = following.lstrip() if not recipe else following.removeprefix("\t")
                line = f"{line[:-1].rstrip()} {joined}" if not recipe else f"{line}\n{joined}"
            self.position = (file, first or start)
            self._line(line, file, first or start)
        self.position = (file, first or len(lines) + 1)
        if self._define is not None:
            self.position = (file, first or self._define_start)
            raise self._error("missing 'endef', unterminated 'define'")
        if len(self._conditions) > open_conditions:
            raise self._error("missing 'endif'")
        self.position = outside

    def _line(self, line: str, file: str, number: int) -> None:
        if self._define is not None:
            self._define_line(line)
            return
        if line.startswith("\t") and self._current:
            if all(level[0] for level in self._conditions):
                for rule in self._current:
                    rule.recipe.append((number, line[1:]))
            return
        text = _without_comment(line).lstrip()
        if not text.strip() or self._conditional(text.strip()):
            return
        if not all(level[0] for level in self._conditions):
            return
        word, _, rest = text.strip().partition(" ")
        if word in ("include", "-include", "sinclude"):
            names = self.expand(rest).split()
            self._include(names, required=word == "include")
        elif word in ("export", "unexport"):
            if "=" in rest:
                self._assign(text[len(word) :].lstrip())
        elif word == "define":
            self._define = (self.expand(rest).strip().removesuffix("=").strip(), [])
            self._define_start = number
        elif word == "undefine":
            self._variables.pop(self.expand(rest).strip(), None)
        elif word == "override" and "=" in rest:
            name = rest.partition("=")[0].strip(" :?+!")
            self._overrides.pop(self.expand(name), None)
            self._assign(text[len(word) :].lstrip())
        elif not self._assign(text):
            self._rule(line, text.strip(), file, number)

    def _define_line(self, line: str) -> None:
        assert self._define is not None
        name, lines = self._define
        if line.split()[:1] == ["endef"]:
            self._define = None
            self.define(name, "\n".join(lines), expanded=False)
        else:
            lines.append(line)

    # A conditional's state: whether its lines count, whether an else may still, whether one came.
    def _conditional(self, text: str) -> bool:
        word, _, rest = text.partition(" ")
        if word in ("ifeq", "ifneq", "ifdef", "ifndef"):
            active = all(level[0] for level in self._conditions)
            truth = active and self._truth(word, rest.strip())
            self._conditions.append([truth, truth or not active, False])
        elif word == "else":
            if not self._conditions:
                raise self._error("extraneous 'else'")
            level = self._conditions[-1]
            if level[2]:
                raise self._error("only one 'else' per conditional")
            level[0] = not level[1]
            level[2] = not rest.strip()
            if rest.strip() and level[0]:
                kind, _, condition = rest.strip().partition(" ")
                level[0] = self._truth(kind, condition.strip())
            level[1] = level[1] or level[0]
        elif word == "endif":
            if not self._conditions:
                raise self._error("extraneous 'endif'")
            self._conditions.pop()
        else:
            return False
        return True

    def _truth(self, word: str, rest: str) -> bool:
        if word in ("ifdef", "ifndef"):
            name = self.expand(rest)
            return (self.is_defined(name) and self.value(name) != "") == (word == "ifdef")
        if rest.startswith("(") and rest.endswith(")"):
            parts = split_arguments(rest[1:-1], 2)
            if len(parts) == 2:
                equal = self.expand(parts[0]).strip() == self.expand(parts[1]).strip()
                return equal == (word == "ifeq")
        elif rest[:1] in ("'", '"'):
            pieces = rest.split(rest[0])[1::2]
            if len(pieces) == 2:
                return (self.expand(pieces[0]) == self.expand(pieces[1])) == (word == "ifeq")
        raise self._error("invalid syntax in conditional")

    def _assign(self, text: str) -> bool:
        for operator in (":::=", "::=", ":=", "?=", "+=", "!=", "="):
            name, found, value = text.partition(operator)
            if not found or any(letter in name.strip() for letter in ":#= \t") or not name.strip():
                continue
            self._set(self.expand(name.strip()), operator, value.lstrip())
            self._current = []
            return True
        return False

    def _set(self, name: str, operator: str, value: str) -> None:
        if operator in (":=", "::=", ":::="):
            self.define(name, self.expand(value))
        elif operator == "=":
            self.define(name, value, expanded=False)
        elif operator == "!=":
            self.define(name, self._shell(self.expand(value)).rstrip("\n").replace("\n", " "))
        elif operator == "?=":
            if not self.is_defined(name):
                self.define(name, value, expanded=False)
        else:
            old, expanded = self._variables.get(name, ("", False))
            added = self.expand(value) if expanded else value
            self.define(name, f"{old} {added}" if old else added, expanded=expanded)

    def _include(self, files: list[str], *, required: bool) -> None:
        for name in files:
            text = self._read(name)
            if text is not None:
                self.parse(text, name)
            elif required:
                file, number = self.position or ("", 0)
                before = f"{file}:{number}: {name}: No such file or directory\n"
                raise MakeError(f"No rule to make target '{name}'.  Stop.", before)

    def _rule(self, line: str, text: str, file: str, number: int) -> None:
        expanded = self.expand(text)
        targets, colon, rest = expanded.partition(":")
        if not colon:
            if line.startswith("\t"):
                raise self._error("recipe commences before first target")
            if not expanded.strip():
                return
            hint = " (did you mean TAB instead of 8 spaces?)" if line.startswith(" " * 8) else ""
            raise self._error(f"missing separator{hint}")
        rest = rest.lstrip(":")
        prerequisites, semicolon, recipe = rest.partition(";")
        self._current = []
        for target in targets.split():
            if target == ".PHONY":
                self.phony.update(prerequisites.split())
                continue
            rule = self.rules.get(target)
            if rule is None:
                rule = self.rules[target] = Rule(target, [], file, number)
            rule.prerequisites += prerequisites.replace("|", " ").split()
            if semicolon:
                rule.recipe.append((number, recipe.strip()))
            self._current.append(rule)
            if not self.first_target and not target.startswith(".") and "%" not in target:
                self.first_target = target


def _without_comment(line: str) -> str:
    position = line.find("#")
    while position > 0 and line[position - 1] == "\\":
        line = line[: position - 1] + line[position:]
        position = line.find("#", position)
    return line if position < 0 else line[:position]


# Find the parenthesis that closes another one, -1 if none does.
def _closing(text: str, opening: int) -> int:
    pair = {"(": ")", "{": "}"}[text[opening]]
    depth = 0
    for position in range(opening, len(text)):
        if text[position] == text[opening]:
            depth += 1
        elif text[position] == pair:
            depth -= 1
            if depth == 0:
                return position
    return -1


def _absolute(path: str, here: str) -> str:
    parts: list[str] = []
    for part in (path if path.startswith("/") else f"{here}/{path}").split("/"):
        if part == "..":
            parts = parts[:-1]
        elif part not in ("", "."):
            parts.append(part)
    return "/" + "/".join(parts)
