"""The shell's syntax tree: words and their parts, redirections, commands.

More than 400 lines, one idea: it is one tree, a class for every kind of node.
"""

from __future__ import annotations

__all__ = [
    "AndOr",
    "ArithmeticCommand",
    "ArithmeticFor",
    "ArithmeticPart",
    "Assignment",
    "Case",
    "CommandPart",
    "Condition",
    "Conditional",
    "Coproc",
    "DoubleQuoted",
    "For",
    "Function",
    "Group",
    "If",
    "List",
    "Literal",
    "Loop",
    "Node",
    "ParameterPart",
    "Part",
    "Pipeline",
    "ProcessPart",
    "Quoted",
    "Redirect",
    "Select",
    "Simple",
    "Subshell",
    "Target",
    "Word",
]


class Part:
    """A part of a word."""

    __slots__ = ()


class Literal(Part):
    """Unquoted text: patterns and tildes in it mean something."""

    __slots__ = ("text",)

    def __init__(self, text: str) -> None:
        """Hold text."""
        self.text = text


class Quoted(Part):
    """Text that stands for itself."""

    __slots__ = ("text",)

    def __init__(self, text: str) -> None:
        """Hold text."""
        self.text = text


class DoubleQuoted(Part):
    """Parts between double quotes: expanded, but neither split nor matched."""

    __slots__ = ("parts",)

    def __init__(self, parts: list[Part]) -> None:
        """Hold the parts."""
        self.parts = parts


class ParameterPart(Part):
    """``$name`` or ``${name...}``.

    ``operator`` is "" or one of ``- :- = := ? :? + :+ # ## % %% / // /# /% : ^ ^^
    , ,, ~ ~~ @ length indirect names* names@ bad``; with ``indirect`` it is about the parameter
    that this one names. ``bare`` is a name without braces: braces behind it may make it longer.
    """

    __slots__ = ("argument", "bare", "index", "indirect", "name", "operator", "second")

    def __init__(
        self,
        name: str,
        operator: str = "",
        argument: Word | None = None,
        second: Word | None = None,
        index: Word | None = None,
    ) -> None:
        """Name a parameter and what is done with it."""
        self.name = name
        self.operator = operator
        self.argument = argument
        self.second = second
        self.index = index
        self.indirect = False
        self.bare = False


class CommandPart(Part):
    """``$(...)`` or backquotes."""

    __slots__ = ("body", "error", "line")

    def __init__(self, body: List | None, error: Exception | None = None, line: int = 0) -> None:
        """Hold the commands, or the syntax error between the backquotes; ``line``: of the ``$``."""
        self.body = body
        self.error = error
        self.line = line


class ProcessPart(Part):
    """``<(...)`` or ``>(...)``."""

    __slots__ = ("body", "direction", "source")

    def __init__(self, direction: str, body: List, source: str) -> None:
        """Hold the commands, "<" or ">", and the text."""
        self.direction = direction
        self.body = body
        self.source = source


class ArithmeticPart(Part):
    """``$((...))``."""

    __slots__ = ("expression",)

    def __init__(self, expression: Word) -> None:
        """Hold the expression, to be expanded before it is evaluated."""
        self.expression = expression


class Target:
    """``name[index]=`` or ``name[index]+=`` before a word."""

    __slots__ = ("append", "index", "name")

    def __init__(self, name: str, index: Word, *, append: bool) -> None:
        """Name an element; the name is "" inside ``name=(...)``."""
        self.name = name
        self.index = index
        self.append = append


class Word:
    """A word: its parts, and where it begins.

    ``target`` is set if an element's name stands before it, ``assignment`` if it is an argument of
    declare that assigns.
    """

    __slots__ = ("assignment", "line", "parts", "source", "target")

    def __init__(self, parts: list[Part], line: int, source: str) -> None:
        """Hold the parts.

        Args:
            parts: in order; none for an empty unquoted word.
            line: of its first character.
            source: as written.
        """
        self.parts = parts
        self.line = line
        self.source = source
        self.target: Target | None = None
        self.assignment: Assignment | None = None

    def plain(self) -> str | None:
        """Give the text of a word of one unquoted part, None for any other."""
        if len(self.parts) == 1 and self.target is None and isinstance(self.parts[0], Literal):
            return self.parts[0].text
        return None


class Assignment:
    """``name=value``, ``name+=value``, ``name[index]=value``, ``name=(...)``."""

    __slots__ = ("append", "elements", "index", "name", "source", "value")

    def __init__(
        self,
        name: str,
        value: Word | None,
        *,
        append: bool,
        index: Word | None,
        elements: list[Word] | None,
        source: str = "",
    ) -> None:
        """Hold an assignment; ``elements`` is set for an array, ``source`` is as written."""
        self.name = name
        self.value = value
        self.append = append
        self.index = index
        self.elements = elements
        self.source = source


class Redirect:
    """A redirection.

    ``operator`` is one of ``< > >> <> >| <& >& << <<- <<< &> &>>``; ``variable`` is the name in
    ``{name}>file``.
    """

    __slots__ = ("body", "fd", "operator", "target", "variable")

    def __init__(self, fd: int | None, operator: str, target: Word) -> None:
        """Hold it; a here-document's body is set when the parser has read it."""
        self.fd = fd
        self.operator = operator
        self.target = target
        self.body: Word | None = None
        self.variable = ""


class Node:
    """A command."""

    __slots__ = ("line", "redirects")

    def __init__(self, line: int) -> None:
        """Note where it begins."""
        self.line = line
        self.redirects: list[Redirect] = []


class Simple(Node):
    """Assignments, words, redirections."""

    __slots__ = ("assignments", "words")

    def __init__(self, line: int) -> None:
        """Start empty."""
        super().__init__(line)
        self.assignments: list[Assignment] = []
        self.words: list[Word] = []


class Pipeline(Node):
    """Commands joined by pipes; ``negated`` by ``!``, ``timed`` by ``time``."""

    __slots__ = ("commands", "merged", "negated", "posix_time", "timed")

    def __init__(self, line: int, commands: list[Node]) -> None:
        """Hold the commands; ``merged`` are the indexes of those with ``|&``."""
        super().__init__(line)
        self.commands = commands
        self.merged: set[int] = set()
        self.negated = False
        self.timed = False
        self.posix_time = False


class AndOr(Node):
    """Pipelines joined by ``&&`` and ``||``."""

    __slots__ = ("first", "rest")

    def __init__(self, line: int, first: Pipeline) -> None:
        """Hold the first pipeline; ``rest`` has an operator and a pipeline each."""
        super().__init__(line)
        self.first = first
        self.rest: list[tuple[str, Pipeline]] = []


class List(Node):
    """Commands one after the other; those marked go to the background."""

    __slots__ = ("items",)

    def __init__(self, line: int) -> None:
        """Start empty. An item is a command and whether it goes to the background."""
        super().__init__(line)
        self.items: list[tuple[AndOr, bool]] = []


class Subshell(Node):
    """``( ... )``."""

    __slots__ = ("body",)

    def __init__(self, line: int, body: List) -> None:
        """Hold the body."""
        super().__init__(line)
        self.body = body


class Group(Node):
    """``{ ...; }``."""

    __slots__ = ("body",)

    def __init__(self, line: int, body: List) -> None:
        """Hold the body."""
        super().__init__(line)
        self.body = body


class If(Node):
    """``if ...; then ...; elif ...; else ...; fi``."""

    __slots__ = ("branches", "otherwise")

    def __init__(self, line: int) -> None:
        """Start empty; a branch is a condition and a body."""
        super().__init__(line)
        self.branches: list[tuple[List, List]] = []
        self.otherwise: List | None = None


class Loop(Node):
    """``while`` and ``until``."""

    __slots__ = ("body", "condition", "until")

    def __init__(self, line: int, condition: List, body: List, *, until: bool) -> None:
        """Hold both lists."""
        super().__init__(line)
        self.condition = condition
        self.body = body
        self.until = until


class For(Node):
    """``for name in words; do ...; done``; ``words`` is None without ``in``."""

    __slots__ = ("body", "name", "words")

    def __init__(self, line: int, name: str, words: list[Word] | None, body: List) -> None:
        """Hold the parts."""
        super().__init__(line)
        self.name = name
        self.words = words
        self.body = body


class Select(For):
    """``select name in words; do ...; done``."""

    __slots__ = ()


class ArithmeticFor(Node):
    """``for ((a; b; c)); do ...; done``."""

    __slots__ = ("body", "condition", "init", "step")

    def __init__(self, line: int, init: Word, condition: Word, step: Word, body: List) -> None:
        """Hold the parts."""
        super().__init__(line)
        self.init = init
        self.condition = condition
        self.step = step
        self.body = body


class Case(Node):
    """``case word in pattern) ...;; esac``.

    An item is its patterns, its body and its terminator.
    """

    __slots__ = ("items", "word")

    def __init__(self, line: int, word: Word) -> None:
        """Start without items."""
        super().__init__(line)
        self.word = word
        self.items: list[tuple[list[Word], List, str]] = []


class Coproc(Node):
    """``coproc [NAME] command``."""

    __slots__ = ("body", "name")

    def __init__(self, line: int, name: str, body: Node) -> None:
        """Hold the command, and the array that its pipes are named in."""
        super().__init__(line)
        self.name = name
        self.body = body


class Function(Node):
    """``name() command``."""

    __slots__ = ("body", "name", "source")

    def __init__(self, line: int, name: str, body: Node) -> None:
        """Hold a definition; ``source`` is the file it stands in, when it is carried out."""
        super().__init__(line)
        self.body = body
        self.name = name
        self.source = ""


class Conditional(Node):
    """``[[ ... ]]``."""

    __slots__ = ("condition",)

    def __init__(self, line: int, condition: Condition) -> None:
        """Hold the condition between the brackets."""
        super().__init__(line)
        self.condition = condition


class Condition:
    """A condition, or several joined.

    ``operator`` is ``&&``, ``||``, ``!`` or ``(`` with conditions as operands; else a test such as
    ``-f`` or ``==`` with words.
    """

    __slots__ = ("conditions", "line", "operator", "words")

    def __init__(
        self, line: int, operator: str, conditions: list[Condition], words: list[Word]
    ) -> None:
        """Hold an operator and its operands."""
        self.line = line
        self.operator = operator
        self.conditions = conditions
        self.words = words


class ArithmeticCommand(Node):
    """``(( ... ))``."""

    __slots__ = ("expression",)

    def __init__(self, line: int, expression: Word) -> None:
        """Hold the expression."""
        super().__init__(line)
        self.expression = expression
