"""Compound commands: if, loops, case, ( ), { }, (( )), [[ ]], functions.

Source: bash(1), "Compound Commands".
"""

from __future__ import annotations

from vshell.shell import jobs
from vshell.shell.pattern import match, tokens_of
from vshell.shell.state import LoopControl, ShellError
from vshell.shell.syntax import (
    ArithmeticCommand,
    ArithmeticFor,
    Case,
    Conditional,
    For,
    Function,
    Group,
    If,
    Loop,
    Subshell,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from vshell.shell.execute import Executor
    from vshell.shell.syntax import List, Node, Word

__all__ = ["run_compound"]


def run_compound(ex: Executor, node: Node, source: str, *, last: bool) -> int:
    """Run a compound command, redirections aside; give its status.

    Args:
        ex: of the shell.
        node: any command but a simple one.
        source: its text, for a job's line.
        last: whether nothing follows.
    """
    if isinstance(node, Subshell):
        return _subshell(ex, node, source, last=last)
    if isinstance(node, Group):
        return ex.run_list(node.body, last=last)
    if isinstance(node, If):
        return _if(ex, node)
    if isinstance(node, Loop):
        return _loop(ex, node)
    if isinstance(node, For):
        return _for(ex, node)
    if isinstance(node, ArithmeticFor):
        return _arithmetic_for(ex, node)
    if isinstance(node, Case):
        return _case(ex, node)
    if isinstance(node, Function):
        ex.shell.functions[node.name] = node
        return 0
    if isinstance(node, Conditional):
        from vshell.shell.conditional import evaluate_conditional  # noqa: PLC0415 - [[ only

        return evaluate_conditional(ex, node.words)
    assert isinstance(node, ArithmeticCommand)
    try:
        return int(ex.shell.arithmetic(ex.expander.text(node.expression)) == 0)
    except ShellError as error:
        ex.shell.complain(f"((: {error}")
        return 1


def _subshell(ex: Executor, node: Subshell, source: str, *, last: bool) -> int:
    if last and not ex.shell.traps.get("EXIT"):
        return ex.run_list(node.body, last=True)

    def inner(child: Executor) -> int:
        return child.run_list(node.body, last=True)

    pid = ex.fork(inner, 0, foreground=True)
    job = jobs.add_job(ex.shell, [pid], pid, source, foreground=True)
    return ex.wait_foreground(job)


def _condition(ex: Executor, node: List) -> bool:
    shell = ex.shell
    shell.condition_depth += 1
    try:
        return ex.run_list(node) == 0
    finally:
        shell.condition_depth -= 1


def _if(ex: Executor, node: If) -> int:
    for condition, body in node.branches:
        if _condition(ex, condition):
            return ex.run_list(body)
    return ex.run_list(node.otherwise) if node.otherwise is not None else 0


# Run a loop's body while turns() says so. Break and continue are dealt with here.
def _turns(
    ex: Executor, turns: Callable[[], bool], body: List, step: Callable[[], object] | None = None
) -> int:
    shell = ex.shell
    status = 0
    shell.loop_depth += 1
    try:
        while turns():
            try:
                status = ex.run_list(body)
            except LoopControl as control:
                if control.levels > 1 and shell.loop_depth > 1:
                    raise LoopControl(control.levels - 1, again=control.again) from None
                status = 0
                if not control.again:
                    break
            if step is not None:
                step()
    finally:
        shell.loop_depth -= 1
    return status


def _loop(ex: Executor, node: Loop) -> int:
    return _turns(ex, lambda: _condition(ex, node.condition) != node.until, node.body)


def _for(ex: Executor, node: For) -> int:
    shell = ex.shell
    words = list(shell.positional) if node.words is None else ex.expander.words(node.words)
    waiting = iter(words)

    def turn() -> bool:
        word = next(waiting, None)
        if word is None:
            return False
        shell.set(node.name, word)
        return True

    return _turns(ex, turn, node.body)


def _arithmetic_for(ex: Executor, node: ArithmeticFor) -> int:
    def value(word: Word) -> int:
        text = ex.expander.text(word)
        return ex.shell.arithmetic(text) if text.strip() else 1

    value(node.init)
    return _turns(ex, lambda: bool(value(node.condition)), node.body, lambda: value(node.step))


def _case(ex: Executor, node: Case) -> int:
    subject = ex.expander.text(node.word)
    status = 0
    fall_through = False
    for patterns, body, terminator in node.items:
        matched = fall_through or any(
            match(tokens_of(ex.expander.pieces(pattern)), subject) for pattern in patterns
        )
        fall_through = False
        if not matched:
            continue
        status = ex.run_list(body) if body.items else 0
        if terminator == ";;":
            return status
        fall_through = terminator == ";&"
    return status
