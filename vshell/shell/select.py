"""``select``: a menu, again and again.

Source: bash(1), "Compound Commands".
"""

from __future__ import annotations

from vshell.shell.builtin.common import write_out
from vshell.shell.state import LoopControl

TYPE_CHECKING = False
if TYPE_CHECKING:
    from vshell.shell.execute import Executor
    from vshell.shell.syntax import Select

__all__ = ["run_select"]

_COLUMNS = 80
_TAB = 8


def run_select(ex: Executor, node: Select) -> int:
    """Show the words as a menu, read an answer, run the body; until break or the input's end."""
    shell = ex.shell
    words = list(shell.positional) if node.words is None else ex.expander.words(node.words)
    if not words:
        return 0
    status = 0
    shell.loop_depth += 1
    show = True
    try:
        while True:
            if show:
                shell.write_error(_menu(words, shell.get("COLUMNS")))
            prompt = shell.get("PS3")
            shell.write_error("#? " if prompt is None else prompt)
            answer = _answer(ex)
            if answer is None:
                write_out(ex, "\n")
                return 1
            show = not answer
            if not answer:
                continue
            number = int(answer) if answer.strip().isdigit() else 0
            shell.set(node.name, words[number - 1] if 0 < number <= len(words) else "")
            try:
                status = ex.run_list(node.body)
            except LoopControl as control:
                if control.levels > 1 and shell.loop_depth > 1:
                    raise LoopControl(control.levels - 1, again=control.again) from None
                status = 0
                if not control.again:
                    return status
    finally:
        shell.loop_depth -= 1


# Read a line into REPLY; None at the input's end.
def _answer(ex: Executor) -> str | None:
    from vshell.shell.builtins import find_builtin  # noqa: PLC0415 - loaded when first used

    read = find_builtin("read")
    assert read is not None
    if read(ex, ["read"]) and not ex.shell.get("REPLY"):
        return None
    return ex.shell.get("REPLY") or ""


# The words with their numbers, in as many columns as fit, downwards; as bash, with tabs between.
def _menu(words: list[str], columns: str | None) -> str:
    width = int(columns) if columns is not None and columns.isdigit() else _COLUMNS
    digits = len(str(len(words)))
    longest = max(len(word) for word in words) + digits + 4
    across = max(1, width // longest)
    rows = -(-len(words) // across)
    across = -(-len(words) // rows)
    if rows == 1:
        rows, across = across, 1
    lines = []
    for row in range(rows):
        line = ""
        position = 0
        for number in range(row, len(words), rows):
            shown = len(str(rows)) if not position else digits
            line += f"{number + 1:>{shown}d}) {words[number]}"
            if number + rows < len(words):
                filled = position + shown + 2 + len(words[number])
                line += _blanks(filled, position + longest)
            position += longest
        lines.append(line + "\n")
    return "".join(lines)


# Tabs and spaces from one column to another.
def _blanks(start: int, end: int) -> str:
    out = ""
    while start < end:
        if end // _TAB > start // _TAB:
            out += "\t"
            start += _TAB - start % _TAB
        else:
            out += " "
            start += 1
    return out
