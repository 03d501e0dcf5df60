"""What a shell knows: variables, functions, aliases, options, jobs.

And what a subshell inherits of it.

More than 400 lines, one idea: it is one object; what works on it stands in the other files.
"""

from __future__ import annotations

from vshell.shell.hashing import ARRAY_BUCKETS, SCOPE_BUCKETS, hash_order
from vshell.shell.special import SPECIAL, assign_special, special_elements, special_value

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from vshell.kernel.syscall import Sys
    from vshell.shell.jobs import Job
    from vshell.shell.syntax import Function, Node

__all__ = [
    "Coprocess",
    "Discard",
    "Frame",
    "Leave",
    "LoopControl",
    "Shell",
    "ShellError",
    "Variable",
]


class ShellError(Exception):
    """Something bash complains about and ends the command for.

    The text comes without the shell's name.
    """

    def __init__(self, text: str, status: int = 1) -> None:
        """Describe the error."""
        super().__init__(text)
        self.status = status


class Discard(ShellError):
    """An error that ends not only the command but the line that was read with it."""


class Leave(Exception):
    """Control: exit the shell, or return from a function or a sourced file."""

    def __init__(self, status: int, what: str) -> None:
        """Leave what: "shell", "function", "command" (what was typed at a prompt)."""
        super().__init__(status)
        self.status = status
        self.what = what


class LoopControl(Exception):
    """Control: break or continue so many loops."""

    def __init__(self, levels: int, *, again: bool, status: int = 0) -> None:
        """Leave ``levels`` loops; ``again``: go on with the last one's next turn."""
        super().__init__(levels)
        self.status = status
        self.levels = levels
        self.again = again


class Variable:
    """A variable: its text, or its elements, and its attributes."""

    __slots__ = (
        "associative",
        "case",
        "elements",
        "exported",
        "integer",
        "readonly",
        "reference",
        "text",
        "traced",
        "was_assigned",
    )

    def __init__(self, text: str | None = "") -> None:
        """Make a variable; None makes one that is declared and not set."""
        self.text = text
        self.elements: dict[str, str] | None = None
        self.associative = False
        self.exported = False
        self.readonly = False
        self.integer = False
        self.reference = False
        self.traced = False
        # Whether an array without elements has been assigned: "declare -a x=()".
        self.was_assigned = False
        self.case = ""

    def copy(self) -> Variable:
        """Make one like it."""
        other = Variable(self.text)
        for name in self.__slots__:
            setattr(other, name, getattr(self, name))
        other.elements = dict(self.elements) if self.elements is not None else None
        return other

    def value(self) -> str | None:
        """Give what ``$name`` stands for: the text, or the element 0."""
        return self.text if self.elements is None else self.elements.get("0")

    def is_set(self) -> bool:
        """Tell whether it has any value."""
        return self.text is not None if self.elements is None else bool(self.elements)

    def attributes(self) -> str:
        """Give its attributes' letters, in the order of declare -p."""
        letters = ""
        if self.elements is not None:
            letters += "A" if self.associative else "a"
        letters += "i" if self.integer else ""
        letters += "n" if self.reference else ""
        letters += "r" if self.readonly else ""
        letters += "t" if self.traced else ""
        letters += "x" if self.exported else ""
        return letters + self.case


class Coprocess:
    """What ``coproc`` has started."""

    __slots__ = ("name", "pid", "reader", "writer")

    def __init__(self, name: str, pid: int, reader: int, writer: int) -> None:
        """Note the array's name, the process, and the shell's ends of its pipes."""
        self.name = name
        self.pid = pid
        self.reader = reader
        self.writer = writer


class Frame:
    """A call of a function, or the running of a sourced file."""

    __slots__ = ("called_line", "is_function", "name", "source")

    def __init__(self, name: str, source: str, called_line: int, *, is_function: bool) -> None:
        """Note whose call, in which file it stands, and where it was called."""
        self.name = name
        self.source = source
        self.called_line = called_line
        self.is_function = is_function


class Shell:
    """One shell process's state."""

    def __init__(self, sys: Sys, name: str) -> None:
        """Start with the environment's variables.

        Args:
            sys: its system calls.
            name: $0.
        """
        self.sys = sys
        self.name = self.script_name = name
        self.variables: dict[str, Variable] = {}
        self.scopes: list[dict[str, Variable | None]] = []
        self.functions: dict[str, Function] = {}
        self.exported_functions: set[str] = set()
        self.readonly_functions: set[str] = set()
        self.aliases: dict[str, str] = {}
        self.positional: list[str] = []
        self.options: set[str] = {"h", "B"}
        self.shopt: set[str] = set()
        self.disabled_builtins: set[str] = set()
        self.status = 0
        self.pipe_statuses: list[int] = [0]
        self.last_background = 0
        self.last_process = 0
        self.last_argument: str | None = None
        self.initial_argument: str | None = None
        self.substitution_status = 0
        self.pid = sys.getpid()
        self.jobs: list[Job] = []
        self.finished: dict[int, int] = {}
        self.traps: dict[str, str] = {}
        self.inherited_traps: dict[str, str] | None = None
        # Signals that were ignored when the shell began: they stay so, whatever trap says.
        self.ignored_at_start: set[str] = set()
        # With job control; only the shell at a prompt and what `set -m' says have it.
        self.interactive = False
        # Whether the shell, or the one it was forked from, is at a prompt: it says no lines.
        self.at_prompt = False
        self.from_command = False
        self.line = 1
        # What bash adds to the lines of a $(...) that does not begin where its command ends.
        self.line_offset = 0
        self.input_line = 1
        self.current: Node | None = None
        self.depth = 0
        self.function_depth = 0
        self.frames: list[Frame] = []
        self.sourcing = 0
        self.subshell_depth = 0
        # What BASH_SUBSHELL says: a simple command's process does not count.
        self.subshell_level = 0
        self.directory = ""
        self.loop_depth = 0
        self.condition_depth = 0
        self.trap_running = ""
        self.coprocesses: list[Coprocess] = []
        self.completions: dict[str, object] = {}
        self.trace_depth = 0
        self.history: list[str] = []
        self.hashed: dict[str, list[object]] = {}
        self.pending_signals: list[int] = []
        self.interrupted = False
        self.random_state = self.pid
        self.random_last = 0
        self.unset_specials: set[str] = set()
        self.seconds_base_ns = sys.clock_monotonic_ns()
        self.getopts_position = 1
        self.directory_stack: list[str] = []
        self.process_descriptors: list[int] = []
        self.limits: dict[str, tuple[str, str]] = {}
        for key, value in sys.environ().items():
            if not (key.isascii() and key.isidentifier()):
                continue
            variable = Variable(value)
            variable.exported = True
            self.variables[key] = variable

    # -- Variables --------------------------------------------------------------------------------

    def resolve(self, name: str) -> str:
        """Follow references (declare -n) to the name they end at."""
        seen = {name}
        while True:
            variable = self.variables.get(name)
            if variable is None or not variable.reference or not variable.text:
                return name
            name = variable.text
            if name in seen:
                return name
            seen.add(name)

    def find(self, name: str) -> Variable | None:
        """Find a variable, references followed."""
        variable = self.variables.get(name)
        if variable is not None and variable.reference:
            return self.variables.get(self.resolve(name))
        return variable

    def get(self, name: str) -> str | None:
        """Give a variable's value, None if it is not set."""
        variable = self.variables.get(name)
        if variable is not None:
            if variable.reference and variable.text:
                target = self.resolve(name)
                return self.get_element_text(target) if "[" in target else self.get(target)
            return variable.value()
        return special_value(self, name)

    def get_element_text(self, text: str) -> str | None:
        """Give the value of what is written "name[index]"."""
        name, _, index = text.partition("[")
        return self.get_element(name, index.removesuffix("]"))

    def get_element(self, name: str, index: str) -> str | None:
        """Give an element, None if it is not set."""
        name = self.resolve(name)
        variable = self.variables.get(name)
        if variable is None:
            elements = special_elements(self, name)
            if elements is None:
                self.arithmetic(index)
                return self.get(name) if name in SPECIAL and self.arithmetic(index) == 0 else None
            number = self.arithmetic(index)
            inside = -len(elements) <= number < len(elements)
            return elements[number] if inside else None
        if variable.elements is None:
            number = self.arithmetic(index)
            return variable.text if number in (0, -1) else None
        return variable.elements.get(self.element_key(name, variable, index))

    def set(self, name: str, value: str) -> None:
        """Set a variable.

        Raises:
            Discard: it is read-only, or the value of one with -i is no number.
        """
        variable = self.variables.get(name)
        if variable is not None and variable.reference and variable.text:
            name = self.resolve(name)
            if "[" in name:
                base, _, index = name.partition("[")
                self.set_element(base, index.removesuffix("]"), value)
                return
            variable = self.variables.get(name)
        if variable is None:
            if assign_special(self, name, value):
                return
            variable = self.variables[name] = Variable()
        if variable.readonly:
            raise Discard(f"{name}: readonly variable")
        if "a" in self.options:
            variable.exported = True
        value = self.converted(variable, value)
        if variable.elements is not None:
            variable.elements["0"] = value
        else:
            variable.text = value
        if name == "PATH":
            self.hashed.clear()
        elif name == "OPTIND":
            self.getopts_position = 1

    def converted(self, variable: Variable, value: str) -> str:
        """Give a value as a variable's attributes want it."""
        if variable.integer:
            return str(self.arithmetic(value))
        if variable.case == "l":
            return value.lower()
        if variable.case == "u":
            return value.upper()
        if variable.case == "c":
            return value[:1].upper() + value[1:].lower()
        return value

    def unset(self, name: str) -> bool:
        """Forget a variable; give whether there was one."""
        if name not in self.variables:
            if name in (*SPECIAL, "FUNCNAME") and name not in self.unset_specials:
                self.unset_specials.add(name)
                return True
            return False
        name = self.resolve(name)
        variable = self.variables.get(name)
        if variable is None:
            return True
        if variable.readonly:
            raise ShellError(f"unset: {name}: cannot unset: readonly variable")
        # A function's own variable stays its own; a caller's comes to light again.
        if self.scopes and name in self.scopes[-1]:
            self.variables[name] = Variable(None)
            return True
        for scope in reversed(self.scopes):
            if name in scope:
                hidden = scope.pop(name)
                if hidden is None:
                    self.variables.pop(name, None)
                else:
                    self.variables[name] = hidden
                return True
        self.variables.pop(name)
        if name == "PATH":
            self.hashed.clear()
        return True

    def declare(self, name: str) -> Variable:
        """Find a variable or make one that is not set."""
        name = self.resolve(name)
        variable = self.variables.get(name)
        if variable is None:
            variable = self.variables[name] = Variable(None)
            if "a" in self.options:
                variable.exported = True
        return variable

    def make_local(self, name: str) -> Variable:
        """Make a variable of the running function's own."""
        scope = self.scopes[-1]
        if name not in scope:
            old = scope[name] = self.variables.get(name)
            fresh = Variable(None)
            fresh.exported = old is not None and old.exported
            self.variables[name] = fresh
        elif name not in self.variables:
            self.variables[name] = Variable(None)
        return self.variables[name]

    def enter_function(self) -> None:
        """Begin a scope of local variables."""
        self.scopes.append({})

    def leave_function(self) -> None:
        """End it: what was hidden comes back."""
        for name, old in self.scopes.pop().items():
            if name == "PATH":
                self.hashed.clear()
            if old is None:
                self.variables.pop(name, None)
            else:
                self.variables[name] = old

    def environment(self, extra: dict[str, str] | None = None) -> dict[str, str]:
        """Give the environment of a program: the exported variables and functions.

        It is in bash's order: the command's own assignments, a function's variables, the rest.
        """
        found = {}
        if extra:
            found = {name: extra[name] for name in hash_order(list(extra), SCOPE_BUCKETS)}
        names = [
            name
            for name, variable in self.variables.items()
            if variable.exported and variable.elements is None and variable.text is not None
        ]
        for scope in reversed(self.scopes):
            local = [name for name in scope if name in names]
            names = [name for name in names if name not in scope]
            for name in hash_order(local, SCOPE_BUCKETS):
                found.setdefault(name, self.variables[name].text or "")
        for name in hash_order(names, ARRAY_BUCKETS):
            found.setdefault(name, self.variables[name].text or "")
        for name in sorted(self.exported_functions & set(self.functions)):
            from vshell.shell.unparse import function_text  # noqa: PLC0415 - export -f only

            text = function_text(self.functions[name]).partition("{ \n")[2]
            found[f"BASH_FUNC_{name}%%"] = "() { " + text.rstrip("\n")
        return found

    # -- Arithmetic -------------------------------------------------------------------------------

    def arithmetic(self, text: str) -> int:
        """Evaluate an expression.

        Raises:
            Discard: with bash's text.
        """
        if text.isascii() and text.isdigit() and (text[0] != "0" or text == "0") and len(text) < 19:
            return int(text)
        from vshell.shell.arith import ExpressionError, evaluate  # noqa: PLC0415 - rarely needed

        try:
            return evaluate(text, self)
        except ExpressionError as error:
            raise Discard(str(error)) from None

    def get_arith(self, name: str, index: str | None) -> str:
        """Give a variable's text to an expression."""
        value = self.get(name) if index is None else self.get_element(name, index)
        if value is None and "u" in self.options:
            self.unbound(name if index is None else f"{name}[{index}]")
        return value or ""

    def unbound(self, shown: str) -> None:
        """Complain about a parameter that is not set, with set -u.

        Raises:
            Leave: the shell ends; at a prompt only what was typed.
        """
        self.fatal(f"{shown}: unbound variable")

    def fatal(self, text: str) -> None:
        """Complain and end a script.

        Raises:
            Leave: a script ends with 1, ``bash -c`` with 127; at a prompt what was typed ends.
        """
        self.complain(text)
        if self.interactive:
            raise Leave(1, "command")
        raise Leave(127 if self.from_command and not self.subshell_depth else 1, "shell")

    def set_arith(self, name: str, index: str | None, value: int) -> None:
        """Set a variable from an expression."""
        if index is None:
            self.set(name, str(value))
        else:
            self.set_element(name, index, str(value))

    # -- Arrays -----------------------------------------------------------------------------------

    def element_key(self, name: str, variable: Variable, index: str) -> str:
        """Give an element's key: the text itself, or an expression's number.

        Raises:
            Discard: there can be no such element.
        """
        if variable.associative:
            if not index:
                raise Discard(f"{name}[{index}]: bad array subscript")
            return index
        if not index.strip():
            raise Discard(f"{name}[{index}]: bad array subscript")
        number = self.arithmetic(index)
        if number < 0:
            number += max((int(key) for key in variable.elements or ()), default=-1) + 1
            if number < 0:
                raise Discard(f"{name}[{index}]: bad array subscript")
        return str(number)

    def set_element(self, name: str, index: str, value: str, *, append: bool = False) -> None:
        """Set an element of an array, making the array if need be.

        Args:
            name: of the array.
            index: its subscript, expanded.
            value: the element's, or what is added to it.
            append: whether it is added.
        """
        name = self.resolve(name)
        if name not in self.variables and assign_special(self, name, value):
            return
        variable = self.declare(name)
        if variable.readonly:
            raise Discard(f"{name}: readonly variable")
        if variable.elements is None:
            variable.elements = {} if variable.text is None else {"0": variable.text}
        key = self.element_key(name, variable, index)
        if append:
            old = variable.elements.get(key, "")
            value = f"{old or 0}+({value})" if variable.integer else old + value
        variable.elements[key] = self.converted(variable, value)

    def elements_of(self, name: str) -> list[str]:
        """Give an array's values in order; a plain variable is its only one."""
        name = self.resolve(name)
        variable = self.variables.get(name)
        if variable is None:
            elements = special_elements(self, name)
            if elements is None:
                value = special_value(self, name)
                return [] if value is None else [value]
            return elements
        if variable.elements is None:
            return [] if variable.text is None else [variable.text]
        return [variable.elements[key] for key in self.keys_of(name)]

    def keys_of(self, name: str) -> list[str]:
        """Give an array's keys in order."""
        name = self.resolve(name)
        variable = self.variables.get(name)
        if variable is None:
            return [str(number) for number in range(len(self.elements_of(name)))]
        if variable.elements is None:
            return ["0"] if variable.text is not None else []
        if variable.associative:
            return hash_order(list(variable.elements), ARRAY_BUCKETS)
        return sorted(variable.elements, key=int)

    # -- Messages ---------------------------------------------------------------------------------

    def source_name(self) -> str:
        """Give what a complaint calls the running text: a script's or a sourced file's name."""
        if self.at_prompt:
            return self.name
        return (self.frames[-1].source if self.frames else "") or self.name

    def prefix(self) -> str:
        """Give what stands before a complaint: "bash: line 3: ".

        At a prompt, and in what is forked there, only "bash: ".
        """
        if self.at_prompt:
            return f"{self.name}: "
        return f"{self.source_name()}: line {self.line}: "

    def complain(self, text: str) -> None:
        """Write a complaint to standard error."""
        self.write_error(self.prefix() + text + "\n")

    def write_error(self, text: str) -> None:
        """Write to standard error; nothing helps if that fails."""
        from vshell.abi.errno import KernelError  # noqa: PLC0415 - only complaints need it

        try:
            self.sys.write(2, text.encode("utf-8", "surrogateescape"))
        except KernelError:
            return

    def command_text(self) -> str:
        """Give the running command as BASH_COMMAND shows it."""
        if self.current is None:
            return ""
        from vshell.shell.unparse import command_text  # noqa: PLC0415 - rarely asked for

        return command_text(self.current)

    # -- Subshells --------------------------------------------------------------------------------

    def subshell(self) -> Shell:
        """Make the state of a forked shell: a copy, in which no job is its own.

        ``sys`` is still to be set.
        """
        other = Shell.__new__(Shell)
        other.__dict__.update(self.__dict__)
        other.variables = {name: variable.copy() for name, variable in self.variables.items()}
        other.scopes = [dict(scope) for scope in self.scopes]
        other.jobs = [job.copy() for job in self.jobs if not job.foreground]
        for attribute in _COPIED:
            setattr(other, attribute, getattr(self, attribute).copy())
        other.inherited_traps = {
            name: action for name, action in self.traps.items() if action or name != "EXIT"
        }
        kept = {"ERR"} if "E" in self.options else set()
        kept |= {"DEBUG", "RETURN"} if "T" in self.options else set()
        other.traps = {
            name: action for name, action in self.traps.items() if not action or name in kept
        }
        other.pending_signals = []
        other.process_descriptors = []
        other.interactive = False
        other.interrupted = False
        other.trap_running = ""
        other.random_state = self.random_state + self.subshell_depth + 1
        other.subshell_depth = self.subshell_depth + 1
        other.subshell_level = self.subshell_level + 1
        return other

    # Which signals' handlers belong to this process's own traps.
    def signal_handler(self) -> Callable[[int], None]:
        """Give the function that notes a trapped signal."""
        return self.pending_signals.append


_COPIED = (
    "aliases",
    "completions",
    "coprocesses",
    "directory_stack",
    "disabled_builtins",
    "exported_functions",
    "finished",
    "frames",
    "functions",
    "hashed",
    "history",
    "limits",
    "options",
    "pipe_statuses",
    "positional",
    "readonly_functions",
    "shopt",
    "unset_specials",
)
