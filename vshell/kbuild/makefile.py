r"""Makefiles: what a module's Makefile uses of GNU make's language.

Variables (``=``, ``:=``, ``?=``, ``+=``), references and functions, conditionals,
rules with recipes, ``.PHONY``, ``include``, line continuation. Recipes are not run
here; ``usr.make`` does that.

Source: the GNU make 4.3 manual. Real: 28-kbuild-ok, 29-kbuild-errors.

More than 400 lines, one idea: reading a Makefile and expanding it depend on each other.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["MakeError", "Makefile", "Rule"]

_DEPTH_MAX = 100


class MakeError(Exception):
    """Something make stops for; the text goes behind "make: *** "."""


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
        self._conditions: list[list[bool]] = []
        self._current: list[Rule] = []

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

    def value(self, name: str, local: dict[str, str] | None = None) -> str:
        """Give a variable's value, "" if it is not set."""
        if local and name in local:
            return local[name]
        if name in self._overrides:
            return self._overrides[name]
        text, expanded = self._variables.get(name, ("", True))
        return text if expanded else self.expand(text, local)

    def is_defined(self, name: str) -> bool:
        """Tell whether a variable is set."""
        return name in self._overrides or name in self._variables

    def expand(self, text: str, local: dict[str, str] | None = None, depth: int = 0) -> str:
        """Replace references and functions by their values.

        Args:
            text: any text.
            local: automatic variables.
            depth: how deep inside other references this is.

        Raises:
            MakeError: a variable refers to itself, or a reference has no end.
        """
        if depth > _DEPTH_MAX:
            raise MakeError("Recursive variable references itself (eventually).  Stop.")
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
                out.append(self._reference(text[start + 2 : end], local, depth + 1))
                position = end + 1
            else:
                out.append(self.value(opening, local))
                position = start + 2

    def _reference(self, inner: str, local: dict[str, str] | None, depth: int) -> str:
        word, space, rest = inner.partition(" ")
        if space and word in _FUNCTIONS:
            return self._call(word, rest.lstrip(), local, depth)
        name = self.expand(inner, local, depth)
        variable, colon, substitution = name.partition(":")
        if colon and "=" in substitution:
            old, _, new = substitution.partition("=")
            if "%" not in old:
                old, new = "%" + old, "%" + new
            return _patsubst(old, new, self.value(variable, local))
        return self.value(name, local)

    def _call(self, name: str, text: str, local: dict[str, str] | None, depth: int) -> str:
        if name == "if":
            parts = _split_arguments(text)
            chosen = 1 if self.expand(parts[0], local, depth).strip() else 2
            return self.expand(parts[chosen], local, depth) if chosen < len(parts) else ""
        if name == "foreach":
            variable, words, body = [*_split_arguments(text, 3), "", ""][:3]
            variable = self.expand(variable, local, depth).strip()
            scope = dict(local or {})
            out = []
            for word in self.expand(words, local, depth).split():
                scope[variable] = word
                out.append(self.expand(body, scope, depth))
            return " ".join(out)
        arguments = [self.expand(part, local, depth) for part in _split_arguments(text)]
        if name == "shell":
            output = self._shell(",".join(arguments))
            return output.rstrip("\n").replace("\n", " ")
        if name == "wildcard":
            return " ".join(
                found for pattern in arguments[0].split() for found in self._wildcard(pattern)
            )
        if name == "error":
            raise MakeError(f"{arguments[0]}.  Stop.")
        if name in ("info", "warning"):
            return ""
        function = _FUNCTIONS[name]
        assert function is not None
        return function(arguments)

    def _wildcard(self, pattern: str) -> list[str]:
        if not any(letter in pattern for letter in "*?["):
            return [pattern] if self._read(pattern) is not None else []
        from fnmatch import fnmatchcase  # noqa: PLC0415 - few Makefiles need it

        folder, slash, last = pattern.rpartition("/")
        names = self._names(folder or ".")
        return sorted(folder + slash + name for name in names if fnmatchcase(name, last))

    # -- Reading ----------------------------------------------------------------------------------

    def parse(self, text: str, file: str) -> None:
        """Read a Makefile's text.

        Raises:
            MakeError: as make says it, without "make: *** ".
        """
        lines = text.split("\n")
        number = 0
        while number < len(lines):
            start = number + 1
            line = lines[number]
            number += 1
            recipe = line.startswith("\t")
            while line.endswith("\\") and number < len(lines):
                following = lines[number]
                number += 1
                joined = following.lstrip() if not recipe else following.removeprefix("\t")
                line = f"{line[:-1].rstrip()} {joined}" if not recipe else f"{line}\n{joined}"
            self._line(line, file, start)

    def _line(self, line: str, file: str, number: int) -> None:
        if line.startswith("\t") and self._current:
            if all(all(level[:1]) for level in self._conditions):
                for rule in self._current:
                    rule.recipe.append((number, line[1:]))
            return
        text = _without_comment(line).strip()
        if not text:
            return
        if self._conditional(text, file, number):
            return
        if not all(level[0] for level in self._conditions):
            return
        word = text.split()[0]
        if word in ("include", "-include", "sinclude"):
            names = self.expand(text[len(word) :]).split()
            self._include(names, file, number, required=word == "include")
        elif word in ("export", "unexport"):
            rest = text[len(word) :].strip()
            if "=" in rest:
                self._assign(rest)
        elif not self._assign(text):
            self._rule(line, text, file, number)

    def _conditional(self, text: str, file: str, number: int) -> bool:
        word, _, rest = text.partition(" ")
        if word in ("ifeq", "ifneq", "ifdef", "ifndef"):
            active = all(level[0] for level in self._conditions)
            truth = active and self._truth(word, rest.strip(), file, number)
            self._conditions.append([truth, truth or not active])
        elif word == "else":
            if not self._conditions:
                raise MakeError(f"{file}:{number}: *** extraneous 'else'.  Stop.")
            level = self._conditions[-1]
            level[0] = not level[1]
            if rest.strip() and level[0]:
                kind, _, condition = rest.strip().partition(" ")
                level[0] = self._truth(kind, condition.strip(), file, number)
            level[1] = level[1] or level[0]
        elif word == "endif":
            if not self._conditions:
                raise MakeError(f"{file}:{number}: *** extraneous 'endif'.  Stop.")
            self._conditions.pop()
        else:
            return False
        return True

    def _truth(self, word: str, rest: str, file: str, number: int) -> bool:
        if word in ("ifdef", "ifndef"):
            name = self.expand(rest)
            return (self.is_defined(name) and self.value(name) != "") == (word == "ifdef")
        if rest.startswith("(") and rest.endswith(")"):
            parts = _split_arguments(rest[1:-1], 2)
            if len(parts) == 2:
                equal = self.expand(parts[0]).strip() == self.expand(parts[1]).strip()
                return equal == (word == "ifeq")
        elif rest[:1] in ("'", '"'):
            pieces = rest.split(rest[0])[1::2]
            if len(pieces) == 2:
                return (self.expand(pieces[0]) == self.expand(pieces[1])) == (word == "ifeq")
        raise MakeError(f"{file}:{number}: *** invalid syntax in conditional.  Stop.")

    def _assign(self, text: str) -> bool:
        for operator in (":::=", "::=", ":=", "?=", "+=", "!=", "="):
            name, found, value = text.partition(operator)
            if not found or any(letter in name.strip() for letter in ":#= \t") or not name.strip():
                continue
            self._set(self.expand(name.strip()), operator, value.strip())
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
            added = self.expand(value) if expanded and name in self._variables else value
            self.define(
                name, f"{old} {added}".strip(), expanded=expanded and name in self._variables
            )

    def _include(self, files: list[str], file: str, number: int, *, required: bool) -> None:
        for name in files:
            text = self._read(name)
            if text is not None:
                self.parse(text, name)
            elif required:
                raise MakeError(f"{file}:{number}: {name}: No such file or directory")

    def _rule(self, line: str, text: str, file: str, number: int) -> None:
        expanded = self.expand(text)
        targets, colon, rest = expanded.partition(":")
        if not colon:
            hint = " (did you mean TAB instead of 8 spaces?)" if line.startswith(" " * 8) else ""
            raise MakeError(f"{file}:{number}: *** missing separator{hint}.  Stop.")
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
        position = line.find("#", position + 1)
    return line if position < 0 else line[:position]


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
    raise MakeError("unterminated variable reference.  Stop.")


def _split_arguments(text: str, most: int = 0) -> list[str]:
    parts: list[str] = []
    depth = 0
    start = 0
    for position, letter in enumerate(text):
        if letter in "({":
            depth += 1
        elif letter in ")}":
            depth -= 1
        elif letter == "," and depth == 0 and (not most or len(parts) < most - 1):
            parts.append(text[start:position])
            start = position + 1
    parts.append(text[start:])
    return [part.lstrip() if index else part for index, part in enumerate(parts)]


def _match(pattern: str, word: str) -> str | None:
    before, percent, after = pattern.partition("%")
    if not percent:
        return "" if pattern == word else None
    if len(word) >= len(before) + len(after) and word.startswith(before) and word.endswith(after):
        return word[len(before) : len(word) - len(after)]
    return None


def _patsubst(pattern: str, replacement: str, text: str) -> str:
    out = []
    for word in text.split():
        stem = _match(pattern, word)
        out.append(word if stem is None else replacement.replace("%", stem))
    return " ".join(out)


def _filter(arguments: list[str], *, keep: bool) -> str:
    patterns = arguments[0].split()
    words = arguments[1].split()
    return " ".join(w for w in words if any(_match(p, w) is not None for p in patterns) == keep)


def _word(arguments: list[str]) -> str:
    words = arguments[1].split()
    index = int(arguments[0])
    return words[index - 1] if 0 < index <= len(words) else ""


# None stands for a function that is looked after above.
_FUNCTIONS: dict[str, Callable[[list[str]], str] | None] = {
    "shell": None,
    "wildcard": None,
    "if": None,
    "foreach": None,
    "error": None,
    "info": None,
    "warning": None,
    "patsubst": lambda a: _patsubst(a[0], a[1], a[2]),
    "subst": lambda a: a[2].replace(a[0], a[1]),
    "strip": lambda a: " ".join(a[0].split()),
    "filter": lambda a: _filter(a, keep=True),
    "filter-out": lambda a: _filter(a, keep=False),
    "findstring": lambda a: a[0] if a[0] in a[1] else "",
    "sort": lambda a: " ".join(sorted(set(a[0].split()))),
    "word": _word,
    "words": lambda a: str(len(a[0].split())),
    "firstword": lambda a: (a[0].split() or [""])[0],
    "lastword": lambda a: (a[0].split() or [""])[-1],
    "addprefix": lambda a: " ".join(a[0] + word for word in a[1].split()),
    "addsuffix": lambda a: " ".join(word + a[0] for word in a[1].split()),
    "notdir": lambda a: " ".join(word.rpartition("/")[2] for word in a[0].split()),
    "dir": lambda a: " ".join(
        word.rpartition("/")[0] + "/" if "/" in word else "./" for word in a[0].split()
    ),
    "basename": lambda a: " ".join(
        word.rpartition(".")[0] if "." in word.rpartition("/")[2] else word for word in a[0].split()
    ),
    "abspath": lambda a: a[0],
    "realpath": lambda a: a[0],
}
