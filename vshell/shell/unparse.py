"""The tree back to text: how bash shows functions, jobs and BASH_COMMAND.

Source: bash 5.2's output, recorded in tests/shell/cases/unparse.txt.
"""

from __future__ import annotations

from vshell.shell.syntax import (
    AndOr,
    ArithmeticCommand,
    ArithmeticFor,
    Case,
    Conditional,
    Coproc,
    For,
    Function,
    Group,
    If,
    List,
    Loop,
    Pipeline,
    Select,
    Simple,
    Subshell,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from vshell.shell.syntax import Condition, Node, Redirect

__all__ = ["command_text", "condition_text", "function_text", "stage_texts"]

_STEP = 4


def command_text(node: Node) -> str:
    """Write a command on as few lines as bash does for jobs."""
    printer = _Printer(inside=False)
    printer.skip = True
    printer.node(node)
    printer.here_documents("")
    return printer.text()


def stage_texts(node: Node) -> list[str]:
    """Write the stages of a pipeline, each by itself."""
    pipeline = node.first if isinstance(node, AndOr) and not node.rest else node
    if not isinstance(pipeline, Pipeline) or len(pipeline.commands) < 2:
        return [command_text(node)]
    return [
        command_text(stage) + (" 2>&1" if number in pipeline.merged else "")
        for number, stage in enumerate(pipeline.commands)
    ]


def function_text(function: Function) -> str:
    """Write a function's definition, as ``declare -f`` does; with a newline at the end."""
    printer = _Printer(inside=True)
    printer.out(f"{function.name} () \n")
    printer.function_body(function)
    return printer.text() + "\n"


def condition_text(condition: Condition) -> str:
    """Write what stands between [[ and ]]."""
    parts = [condition_text(one) for one in condition.conditions]
    operator = condition.operator
    if operator in ("&&", "||"):
        return f"{parts[0]} {operator} {parts[1]}"
    if operator == "!":
        return f"! {parts[0]}"
    if operator == "(":
        return f"( {parts[0]} )"
    words = [word.source for word in condition.words]
    return f"{operator} {words[0]}" if len(words) == 1 else f"{words[0]} {operator} {words[1]}"


class _Printer:
    def __init__(self, *, inside: bool) -> None:
        # Inside a function each command has a line of its own.
        self.inside = inside
        self.indentation = 0
        self.skip = False
        self.waiting: list[Redirect] = []
        # Behind a here-document bash forgets one semicolon.
        self.after_document = False
        self._out: list[str] = []

    def text(self) -> str:
        return "".join(self._out)

    def out(self, text: str) -> None:
        if text:
            self._out.append(text)

    def newline(self, text: str) -> None:
        self.out("\n" + " " * self.indentation + text)

    def semicolon(self) -> None:
        if self._out and self._out[-1][-1] in "&\n":
            return
        self.out(";")

    # What bash prints at the beginning of every command: its indentation, unless it stands behind
    # something on the same line.
    def begin(self) -> None:
        if not self.skip:
            self.out(" " * self.indentation)
        self.skip = False

    def here_documents(self, before: str) -> None:
        if not self.waiting:
            return
        self.out(before + "\n")
        self.after_document = True
        for redirect in self.waiting:
            body = redirect.body.source if redirect.body is not None else ""
            delimiter = redirect.target.source.strip("'\"").lstrip("\\")
            self.out(f"{body}{delimiter}\n")
        self.waiting.clear()

    # -- Lists ------------------------------------------------------------------------------------

    def list(self, node: List) -> None:
        for number, (command, background) in enumerate(node.items):
            last = number == len(node.items) - 1
            self.node(command)
            if background:
                self.out(" &")
                if not last:
                    self.out(" ")
                    self.skip = True
                continue
            if last:
                continue
            if self.waiting:
                self.here_documents("" if self.inside else ";")
            elif self.after_document:
                self.after_document = False
            else:
                self.out(";")
            if self.inside:
                self.out("\n")
            else:
                self.out(" ")
                self.skip = True

    def node(self, node: Node) -> None:
        if isinstance(node, List):
            self.list(node)
        elif isinstance(node, AndOr):
            self.node(node.first)
            for operator, pipeline in node.rest:
                if self.waiting:
                    self.here_documents(f" {operator}")
                    self.out("  ")
                else:
                    self.out(f" {operator} ")
                self.skip = True
                self.node(pipeline)
        elif isinstance(node, Pipeline):
            self.pipeline(node)
        else:
            self.begin()
            self.command(node)

    def pipeline(self, node: Pipeline) -> None:
        if node.timed:
            self.begin()
            self.out("time -p " if node.posix_time else "time ")
            self.skip = True
        if node.negated:
            self.begin()
            self.out("! ")
            self.skip = True
        for number, command in enumerate(node.commands):
            if number:
                if self.waiting:
                    self.here_documents(" |")
                    self.out("  ")
                else:
                    self.out(" | ")
                self.skip = True
            self.node(command)
            if number in node.merged:
                self.out(" 2>&1")

    # -- Commands ---------------------------------------------------------------------------------

    def command(self, node: Node) -> None:
        if isinstance(node, Simple):
            words = [one.source for one in node.assignments] + [one.source for one in node.words]
            self.out(" ".join(words))
            self.redirects(node, space=bool(words))
            return
        if isinstance(node, Function):
            self.out(f"function {node.name} () \n" + " " * self.indentation)
            self.function_body(node)
            return
        if isinstance(node, Group):
            self.group(node)
        elif isinstance(node, Subshell):
            self.out("( ")
            self.skip = True
            self.list(node.body)
            self.here_documents("")
            self.out(" )")
        elif isinstance(node, If):
            self.conditional(node, 0)
        elif isinstance(node, Loop):
            self.out("until " if node.until else "while ")
            self.skip = True
            self.list(node.condition)
            self.semicolon()
            self.out(" do\n")
            self.loop_body(node.body)
        elif isinstance(node, For):
            words = [one.source for one in node.words] if node.words is not None else ['"$@"']
            keyword = "select" if isinstance(node, Select) else "for"
            self.out(f"{keyword} {node.name} in {' '.join(words)};")
            self.newline("do\n")
            self.loop_body(node.body)
        elif isinstance(node, ArithmeticFor):
            parts = [one.source.lstrip() or "1" for one in (node.init, node.condition, node.step)]
            self.out(f"for (({'; '.join(parts[:2])}; {parts[2]}))".replace(" ; ", " ; "))
            self.newline("do\n")
            self.loop_body(node.body)
        elif isinstance(node, Case):
            self.case(node)
        elif isinstance(node, Coproc):
            self.out(f"coproc {node.name} ")
            self.skip = True
            self.node(node.body)
        elif isinstance(node, Conditional):
            self.out(f"[[ {condition_text(node.condition)} ]]")
        elif isinstance(node, ArithmeticCommand):
            self.out(f"(({node.expression.source}))")
        self.redirects(node, space=True)

    def group(self, node: Group) -> None:
        self.out("{ ")
        if self.inside:
            self.out("\n")
            self.indentation += _STEP
        else:
            self.skip = True
        self.list(node.body)
        if self.inside:
            self.here_documents("")
            self.indentation -= _STEP
            self.newline("}")
        else:
            self.semicolon()
            self.out(" }")

    def conditional(self, node: If, number: int) -> None:
        condition, body = node.branches[number]
        self.out("if ")
        self.skip = True
        self.list(condition)
        self.semicolon()
        self.out(" then\n")
        self.indentation += _STEP
        self.list(body)
        self.semicolon()
        self.indentation -= _STEP
        more = number + 1 < len(node.branches)
        if more or node.otherwise is not None:
            self.newline("else\n")
            self.indentation += _STEP
            if more:
                self.begin()
                self.conditional(node, number + 1)
            elif node.otherwise is not None:
                self.list(node.otherwise)
            self.semicolon()
            self.indentation -= _STEP
        self.newline("fi")

    def loop_body(self, body: List) -> None:
        self.indentation += _STEP
        self.list(body)
        self.semicolon()
        self.indentation -= _STEP
        self.newline("done")

    def case(self, node: Case) -> None:
        self.out(f"case {node.word.source} in ")
        self.indentation += _STEP
        for patterns, body, terminator in node.items:
            self.newline(" | ".join(one.source for one in patterns) + ")\n")
            self.indentation += _STEP
            self.list(body)
            self.indentation -= _STEP
            self.newline(terminator)
        self.indentation -= _STEP
        self.newline("esac")

    def function_body(self, node: Function) -> None:
        self.out("{ \n")
        inside, self.inside = self.inside, True
        self.indentation += _STEP
        if isinstance(node.body, Group):
            self.list(node.body.body)
        else:
            redirects, node.body.redirects = node.body.redirects, []
            self.node(node.body)
            node.body.redirects = redirects
        self.here_documents("")
        self.indentation -= _STEP
        self.newline("}")
        self.inside = inside
        self.redirects(node.body, space=True)

    # -- Redirections -----------------------------------------------------------------------------

    def redirects(self, node: Node, *, space: bool) -> None:
        for number, redirect in enumerate(node.redirects):
            self.out(" " if space or number else "")
            self.out(_redirect_text(redirect))
            if redirect.operator in ("<<", "<<-"):
                self.waiting.append(redirect)


def _redirect_text(redirect: Redirect) -> str:
    operator = redirect.operator
    head = f"{{{redirect.variable}}}" if redirect.variable else ""
    default = 0 if operator[0] == "<" else 1
    target = redirect.target.source
    if not head and operator in ("<&", ">&"):
        known = target.isdigit() or target.endswith("-")
        fd = default if redirect.fd is None else redirect.fd
        head = str(fd) if known or redirect.fd is not None else ""
        operator = ">&" if target == "-" else operator
    elif redirect.fd is not None and redirect.fd != default:
        head = str(redirect.fd)
    space = "" if operator in ("<&", ">&", "<<", "<<-") else " "
    return f"{head}{operator}{space}{redirect.target.source}"
