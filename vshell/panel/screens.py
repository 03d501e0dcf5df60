"""What covers the panel for a while: all about one thread, and the help."""

from __future__ import annotations

from textual.screen import Screen

from vshell.panel.detail import backtrace_rows, flags_row, span_rows, wakeup_rows, why_rows
from vshell.panel.looks import FILLINGS, LEGEND, WORDS, clean, cut
from vshell.panel.rows import RowView, title_row
from vshell.panel.source import source_rows

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Any

    from textual.app import ComposeResult

    from vshell.panel.looks import Row
    from vshell.panel.model import Thread
    from vshell.panel.world import World

__all__ = ["HelpScreen", "ThreadScreen"]

_WAKEUPS = 10
_SPANS = 40


class _Page(RowView, can_focus=True):
    # Rows that may be more than the screen has.
    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.top = 0

    def all_rows(self, width: int) -> list[Row]:
        raise NotImplementedError

    def title(self) -> str:
        raise NotImplementedError

    def make_rows(self, width: int, height: int) -> list[Row]:
        found = self.all_rows(width)
        room = max(height - 1, 0)
        self.top = max(0, min(self.top, len(found) - room))
        below = max(len(found) - room - self.top, 0)
        note = f"{below} more below, " if below else ""
        right: Row = ((f"{note}escape closes", "dim"),)
        return [
            title_row(self.title(), width, has_focus=True, right=right),
            *found[self.top : self.top + room],
        ]

    def scroll_rows(self, count: int) -> None:
        self.top = max(self.top + count, 0)
        self.update_rows()


class _ThreadPage(_Page):
    def __init__(self, world: World, **options: Any) -> None:
        super().__init__(**options)
        self.world = world

    def title(self) -> str:
        thread = self.world.thread
        return "no thread" if thread is None else clean(f"{thread.pid} {thread.name}")

    def all_rows(self, width: int) -> list[Row]:
        world, thread = self.world, self.world.thread
        if thread is None:
            return []
        state, _ = world.state_of(thread)
        rows: list[Row] = [
            (("  ", ""), (f"{state} {WORDS[state]}", f"state {state}"), _facts(world, thread)),
            (),
            *why_rows(world, thread, width),
        ]
        if thread.is_kthread:
            rows += [(), (("  ", ""), *flags_row(thread, state))]
        rows += _section("backtrace", backtrace_rows(world, thread, width))
        rows += _section("source", _source(world, width))
        rows += _section("woken", wakeup_rows(world, thread, width, _WAKEUPS))
        rows += _section("states, the newest first", span_rows(world, thread, _SPANS))
        return rows


def _facts(world: World, thread: Thread) -> tuple[str, str]:
    parent = world.name_of(thread.parent_pid) if thread.parent_pid else "nobody"
    module = f"  module {thread.module}" if thread.module else ""
    text = f"  CPU {thread.cpu}  woken {thread.wakeups} times{module}  made by {parent}"
    return clean(text), "dim"


def _section(name: str, rows: list[Row]) -> list[Row]:
    return [(), ((f"  {name}", "head"),), *rows] if rows else []


def _source(world: World, width: int) -> list[Row]:
    explanation = world.explanation
    if explanation is None or explanation.pid != world.chosen or explanation.source is None:
        return []
    source = explanation.source
    lines = source.text.splitlines()
    return source_rows(lines, source.line, max(source.line - 8, 0), 15, width)


class ThreadScreen(Screen[None]):
    """All about the thread that is chosen, as it changes."""

    def __init__(self, world: World) -> None:
        """Show it."""
        super().__init__()
        self.world = world

    def compose(self) -> ComposeResult:
        """One page."""
        yield _ThreadPage(self.world, classes="page")


class _HelpPage(_Page):
    def __init__(self, keys: Iterable[tuple[str, str]], **options: Any) -> None:
        super().__init__(**options)
        self._keys = list(keys)

    def title(self) -> str:
        return "help"

    def all_rows(self, width: int) -> list[Row]:
        rows: list[Row] = [()]
        for keys, text in self._keys:
            rows.append(((f"  {keys:<14}", "strong"), (cut(text, max(width - 16, 0)), "")))
        rows += [(), (("  states", "head"),)]
        for letter, word in LEGEND.items():
            lane = letter + FILLINGS[letter] * 7
            rows.append((("  ", ""), (lane, f"lane {letter}"), (f"  {word}", "")))
        rows += [
            (),
            (("  In a lane, ", ""), ("\u25b8", "marker"), (" stands before a wake-up;", "")),
            (("  the lanes of the CPUs show the number of the thread that ran there, * for", ""),),
            (
                (
                    "  any other task, \u00b7 for nobody. Letters and fillings say all.",
                    "",
                ),
            ),
        ]
        return rows


class HelpScreen(Screen[None]):
    """The keys and the states."""

    def __init__(self, keys: Iterable[tuple[str, str]]) -> None:
        """Show these keys with what they do."""
        super().__init__()
        self._keys = list(keys)

    def compose(self) -> ComposeResult:
        """One page."""
        yield _HelpPage(self._keys, classes="page")
