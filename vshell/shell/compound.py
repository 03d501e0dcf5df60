"""Compound commands: if, loops, case, ( ), { }, (( )), [[ ]], functions.

Source: bash(1), "Compound Commands".
"""

from __future__ import annotations

from vshell.shell.jobs import LazyText
from vshell.shell.pattern import match, tokens_of
from vshell.shell.redirect import apply_redirects
from vshell.shell.state import Discard, LoopControl, ShellError
from vshell.shell.syntax import (
    ArithmeticCommand,
    ArithmeticFor,
    Case,
    Conditional,
    Coproc,
    For,
    Function,
    Group,
    If,
    Loop,
    Select,
    Subshell,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from vshell.shell.execute import Executor
    from vshell.shell.syntax import List, Node, Word

__all__ = ["run_compound"]


def run_compound(ex: Executor, node: Node, *, last: bool) -> int:
    """Run a compound command, redirections aside; give its status.

    Args:
        ex: of the shell.
        node: any command but a simple one.
        last: whether nothing follows.
    """
    if isinstance(node, Subshell):
        return _subshell(ex, node, last=last)
    if isinstance(node, Group):
        return ex.run_list(node.body, last=last and ex.substitutes and ex.shell.function_depth > 0)
    if isinstance(node, If):
        return _if(ex, node)
    if isinstance(node, Loop):
        return _loop(ex, node)
    if isinstance(node, Select):
        from vshell.shell.select import run_select  # noqa: PLC0415 - rarely used

        return run_select(ex, node)
    if isinstance(node, For):
        return _for(ex, node)
    if isinstance(node, ArithmeticFor):
        return _arithmetic_for(ex, node)
    if isinstance(node, Case):
        return _case(ex, node)
    if isinstance(node, Function):
        return _define(ex, node)
    if isinstance(node, Coproc):
        from vshell.shell.coproc import run_coproc  # noqa: PLC0415 - rarely used

        return run_coproc(ex, node)
    ex.debug(node)
    if isinstance(node, Conditional):
        from vshell.shell.conditional import evaluate_conditional  # noqa: PLC0415 - [[ only

        return evaluate_conditional(ex, node.condition)
    assert isinstance(node, ArithmeticCommand)
    value = _arithmetic(ex, node.expression, 0)
    return 1 if value is None else int(value == 0)


def _define(ex: Executor, node: Function) -> int:
    shell = ex.shell
    if node.name in shell.readonly_functions:
        shell.complain(f"{node.name}: readonly function")
        return 1
    if not node.name or "$" in node.name or "\\" in node.name or '"' in node.name:
        shell.complain(f"`{node.name}': not a valid identifier")
        return 1
    node.source = "" if shell.at_prompt else shell.source_name()
    if shell.from_command and not shell.frames:
        # What bash calls the place of functions that come from no file.
        node.source = "environment"
    shell.functions[node.name] = node
    return 0


# Evaluate (( )): None if that failed and has been said.
def _arithmetic(ex: Executor, word: Word, empty: int) -> int | None:
    text = ex.expander.text(word)
    if "x" in ex.shell.options:
        from vshell.shell.trace import trace  # noqa: PLC0415 - set -x only

        trace(ex.shell, f"(( {text.strip()} ))")
    try:
        return ex.shell.arithmetic(text) if text.strip() else empty
    except Discard as error:
        plain = str(error).endswith("readonly variable")
        ex.shell.complain(str(error) if plain else f"((: {error}")
        return None


def _subshell(ex: Executor, node: Subshell, *, last: bool) -> int:
    if not ex.shell.trap_running:
        ex.shell.current = node

    def inner(child: Executor) -> int:
        try:
            apply_redirects(child, node.redirects, None)
        except ShellError as error:
            child.shell.complain(str(error))
            return 1
        # The parent's jobs are none of its business.
        child.shell.jobs = [job for job in child.shell.jobs if not job.inherited]
        if child.shell.coprocesses:
            from vshell.shell.coproc import close_in_child  # noqa: PLC0415 - coproc only

            close_in_child(child.shell)
        child.substitutes = False
        return child.run_list(node.body, last=True)

    if last and not any(ex.shell.traps.values()):
        ex.shell.subshell_depth += ex.own is not node
        ex.shell.subshell_level += ex.own is not node
        return inner(ex)
    return ex.run_child(inner, LazyText(node))


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
        while True:
            try:
                if not turns():
                    break
                status = ex.run_list(body)
            except LoopControl as control:
                if control.levels > 1 and shell.loop_depth > 1:
                    raise LoopControl(control.levels - 1, again=control.again) from None
                status = control.status
                shell.pipe_statuses = [status]
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
    if not (node.name.isascii() and node.name.isidentifier()):
        shell.complain(f"`{node.name}': not a valid identifier")
        return 1
    words = list(shell.positional) if node.words is None else ex.expander.words(node.words)
    waiting = iter(words)
    failed = False

    def turn() -> bool:
        nonlocal failed
        word = next(waiting, None)
        if word is None:
            return False
        shell.line = node.line + shell.line_offset
        ex.debug(node)
        if "x" in shell.options:
            from vshell.shell.trace import trace  # noqa: PLC0415 - set -x only

            shown = [word.source for word in node.words] if node.words is not None else ['"$@"']
            trace(shell, f"for {node.name} in {' '.join(shown)}")
        variable = shell.variables.get(node.name)
        try:
            if variable is not None and variable.reference:
                variable.text = word
            else:
                shell.set(node.name, word)
        except Discard as error:
            shell.complain(str(error))
            failed = True
            return False
        return True

    status = _turns(ex, turn, node.body)
    return 1 if failed else status


def _arithmetic_for(ex: Executor, node: ArithmeticFor) -> int:
    failed = False

    def value(word: Word) -> bool:
        nonlocal failed
        ex.shell.line = node.line + ex.shell.line_offset
        found = _arithmetic(ex, word, 1)
        failed = failed or found is None
        return bool(found)

    value(node.init)
    if failed:
        return 1
    status = _turns(
        ex, lambda: not failed and value(node.condition), node.body, lambda: value(node.step)
    )
    return 1 if failed else status


def _case(ex: Executor, node: Case) -> int:
    shell = ex.shell
    ex.debug(node)
    if "x" in shell.options:
        from vshell.shell.trace import trace  # noqa: PLC0415 - set -x only

        trace(shell, f"case {node.word.source} in")
    pieces = ex.expander.pieces(node.word)
    subject = "".join(text for text, _ in pieces)
    fold = "nocasematch" in shell.shopt
    status = 0
    fall_through = False
    for patterns, body, terminator in node.items:
        matched = fall_through or any(
            match(tokens_of(ex.expander.pieces(pattern)), subject, fold=fold)
            for pattern in patterns
        )
        fall_through = False
        if not matched:
            continue
        status = ex.run_list(body) if body.items else 0
        if terminator == ";;":
            return status
        fall_through = terminator == ";&"
    return status
