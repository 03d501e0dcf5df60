"""What a shell knows: variables, functions, aliases, options, jobs.

And what a subshell inherits of it.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from vshell.kernel.syscall import Sys
    from vshell.shell.jobs import Job
    from vshell.shell.syntax import Function

__all__ = ["Leave", "LoopControl", "Shell", "ShellError", "Variable"]


class ShellError(Exception):
    """Something bash complains about and ends the command for.

    The text comes without the shell's name.
    """

    def __init__(self, text: str, status: int = 1) -> None:
        """Describe the error."""
        super().__init__(text)
        self.status = status


class Leave(Exception):
    """Control: exit the shell, or return from a function or a sourced file."""

    def __init__(self, status: int, what: str) -> None:
        """Leave what: "shell", "function"."""
        super().__init__(status)
        self.status = status
        self.what = what


class LoopControl(Exception):
    """Control: break or continue so many loops."""

    def __init__(self, levels: int, *, again: bool) -> None:
        """Leave ``levels`` loops; ``again``: go on with the last one's next turn."""
        super().__init__(levels)
        self.levels = levels
        self.again = again


class Variable:
    """A variable: its text, or its elements, and its attributes."""

    __slots__ = ("associative", "elements", "exported", "integer", "readonly", "text")

    def __init__(self, text: str | None = "") -> None:
        """Make a variable; None makes one that is declared and not set."""
        self.text = text
        self.elements: dict[str, str] | None = None
        self.associative = False
        self.exported = False
        self.readonly = False
        self.integer = False

    def copy(self) -> Variable:
        """Make one like it."""
        other = Variable(self.text)
        other.elements = dict(self.elements) if self.elements is not None else None
        other.associative = self.associative
        other.exported = self.exported
        other.readonly = self.readonly
        other.integer = self.integer
        return other

    def value(self) -> str | None:
        """Give what ``$name`` stands for: the text, or the element 0."""
        return self.text if self.elements is None else self.elements.get("0")


class Shell:
    """One shell process's state."""

    def __init__(self, sys: Sys, name: str) -> None:
        """Start with the environment's variables.

        Args:
            sys: its system calls.
            name: $0.
        """
        self.sys = sys
        self.name = name
        self.variables: dict[str, Variable] = {}
        self.scopes: list[dict[str, Variable | None]] = []
        self.functions: dict[str, Function] = {}
        self.aliases: dict[str, str] = {}
        self.positional: list[str] = []
        self.options: set[str] = set()
        self.shopt: set[str] = {"expand_aliases", "sourcepath"}
        self.status = 0
        self.pipe_statuses: list[int] = [0]
        self.last_background = 0
        self.pid = sys.getpid()
        self.jobs: list[Job] = []
        self.traps: dict[str, str] = {}
        self.interactive = False
        self.from_command = False
        self.line = 1
        self.depth = 0
        self.function_names: list[str] = []
        self.subshell_depth = 0
        self.loop_depth = 0
        self.condition_depth = 0
        self.history: list[str] = []
        self.hashed: dict[str, str] = {}
        self.pending_signals: list[int] = []
        self.interrupted = False
        self.random_state = self.pid
        self.seconds_base_ns = sys.clock_monotonic_ns()
        self.getopts_position = 1
        self.directory_stack: list[str] = []
        for key, value in sys.environ().items():
            variable = Variable(value)
            variable.exported = True
            self.variables[key] = variable

    # -- Variables --------------------------------------------------------------------------------

    def get(self, name: str) -> str | None:
        """Give a variable's value, None if it is not set."""
        variable = self.variables.get(name)
        if variable is not None:
            return variable.value()
        special = _SPECIAL.get(name)
        return special(self) if special is not None else None

    def set(self, name: str, value: str) -> None:
        """Set a variable.

        Raises:
            ShellError: it is read-only.
        """
        variable = self.variables.get(name)
        if variable is None:
            variable = self.variables[name] = Variable()
            if "a" in self.options:
                variable.exported = True
        if variable.readonly:
            raise ShellError(f"{name}: readonly variable")
        if variable.integer:
            value = str(self.arithmetic(value))
        if variable.elements is not None:
            variable.elements["0"] = value
        else:
            variable.text = value
        if name == "PATH":
            self.hashed.clear()

    def unset(self, name: str) -> bool:
        """Forget a variable; give whether there was one."""
        variable = self.variables.get(name)
        if variable is not None and variable.readonly:
            raise ShellError(f"unset: {name}: cannot unset: readonly variable")
        return self.variables.pop(name, None) is not None

    def declare(self, name: str) -> Variable:
        """Find a variable or make one that is not set."""
        variable = self.variables.get(name)
        if variable is None:
            variable = self.variables[name] = Variable(None)
        return variable

    def make_local(self, name: str) -> Variable:
        """Make a variable of the running function's own."""
        scope = self.scopes[-1]
        if name not in scope:
            scope[name] = self.variables.get(name)
            fresh = Variable(None)
            old = scope[name]
            fresh.exported = old is not None and old.exported
            self.variables[name] = fresh
        return self.variables[name]

    def enter_function(self) -> None:
        """Begin a scope of local variables."""
        self.scopes.append({})

    def leave_function(self) -> None:
        """End it: what was hidden comes back."""
        for name, old in self.scopes.pop().items():
            if old is None:
                self.variables.pop(name, None)
            else:
                self.variables[name] = old

    def environment(self, extra: dict[str, str] | None = None) -> dict[str, str]:
        """Give the environment of a program: the exported variables."""
        found = {}
        for name, variable in self.variables.items():
            value = variable.value()
            if variable.exported and value is not None and variable.elements is None:
                found[name] = value
        return found | (extra or {})

    # -- Arithmetic -------------------------------------------------------------------------------

    def arithmetic(self, text: str) -> int:
        """Evaluate an expression.

        Raises:
            ShellError: with bash's text.
        """
        from vshell.shell.arith import ExpressionError, evaluate  # noqa: PLC0415 - rarely needed

        try:
            return evaluate(text, self)
        except ExpressionError as error:
            raise ShellError(str(error)) from None

    def get_arith(self, name: str, index: str | None) -> str:
        """Give a variable's text to an expression."""
        if index is None:
            return self.get(name) or ""
        variable = self.variables.get(name)
        if variable is None or variable.elements is None:
            return (self.get(name) or "") if index.strip() in ("0", "") else ""
        return variable.elements.get(self.element_key(variable, index), "")

    def set_arith(self, name: str, index: str | None, value: int) -> None:
        """Set a variable from an expression."""
        if index is None:
            self.set(name, str(value))
        else:
            self.set_element(name, index, str(value))

    # -- Arrays -----------------------------------------------------------------------------------

    def element_key(self, variable: Variable, index: str) -> str:
        """Give an element's key: the text itself, or an expression's number."""
        if variable.associative:
            return index
        number = self.arithmetic(index)
        if number < 0 and variable.elements:
            number += max(int(key) for key in variable.elements) + 1
        if number < 0:
            raise ShellError(f"{index}: bad array subscript")
        return str(number)

    def set_element(self, name: str, index: str, value: str) -> None:
        """Set an element of an array, making the array if need be."""
        variable = self.declare(name)
        if variable.readonly:
            raise ShellError(f"{name}: readonly variable")
        if variable.elements is None:
            variable.elements = {} if variable.text is None else {"0": variable.text}
        variable.elements[self.element_key(variable, index)] = value

    def elements_of(self, name: str) -> list[str]:
        """Give an array's values in order; a plain variable is its only one."""
        variable = self.variables.get(name)
        if name == "PIPESTATUS":
            return [str(status) for status in self.pipe_statuses]
        if variable is None:
            return []
        if variable.elements is None:
            return [] if variable.text is None else [variable.text]
        return [variable.elements[key] for key in self.keys_of(name)]

    def keys_of(self, name: str) -> list[str]:
        """Give an array's keys in order."""
        variable = self.variables.get(name)
        if variable is None or variable.elements is None:
            return ["0"] if variable is not None and variable.text is not None else []
        if variable.associative:
            return list(variable.elements)
        return sorted(variable.elements, key=int)

    # -- Messages ---------------------------------------------------------------------------------

    def prefix(self) -> str:
        """Give what stands before a complaint: "bash: line 3: ".

        At a prompt only "bash: ".
        """
        if self.interactive:
            return f"{self.name}: "
        return f"{self.name}: line {self.line}: "

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

    # -- Subshells --------------------------------------------------------------------------------

    def subshell(self) -> Shell:
        """Make the state of a forked shell: a copy, in which no job is its own.

        ``sys`` is still to be set.
        """
        other = Shell.__new__(Shell)
        other.__dict__.update(self.__dict__)
        other.variables = {name: variable.copy() for name, variable in self.variables.items()}
        other.scopes = [dict(scope) for scope in self.scopes]
        other.functions = dict(self.functions)
        other.aliases = dict(self.aliases)
        other.positional = list(self.positional)
        other.options = set(self.options)
        other.shopt = set(self.shopt)
        other.pipe_statuses = list(self.pipe_statuses)
        other.jobs = []
        other.traps = {name: action for name, action in self.traps.items() if action == ""}
        other.hashed = dict(self.hashed)
        other.pending_signals = []
        other.function_names = list(self.function_names)
        other.interactive = False
        other.from_command = self.from_command or self.interactive
        other.subshell_depth = self.subshell_depth + 1
        return other


def _random(shell: Shell) -> str:
    # bash 5.2's generator is the "minimal standard" one; only that it repeats matters here.
    shell.random_state = (shell.random_state * 16807 + 1) % 2147483647
    return str((shell.random_state ^ shell.random_state >> 16) & 32767)


def _seconds(shell: Shell) -> str:
    return str((shell.sys.clock_monotonic_ns() - shell.seconds_base_ns) // 1_000_000_000)


_SPECIAL: dict[str, Callable[[Shell], str | None]] = {
    "RANDOM": _random,
    "SECONDS": _seconds,
    "LINENO": lambda shell: str(shell.line),
    "BASHPID": lambda shell: str(shell.sys.getpid()),
    "BASH_SUBSHELL": lambda shell: str(shell.subshell_depth),
    "EPOCHSECONDS": lambda shell: str(shell.sys.clock_realtime_ns() // 1_000_000_000),
    "FUNCNAME": lambda shell: shell.function_names[-1] if shell.function_names else None,
    "PIPESTATUS": lambda shell: str(shell.pipe_statuses[0]),
}
