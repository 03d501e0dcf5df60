"""The chosen thread: what it waits for and who will wake it, its flags, where it stands."""

from __future__ import annotations

import re
import textwrap

from vshell.panel.looks import WORDS, clean, cut, duration, stamp
from vshell.panel.rows import RowView, title_row

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from vshell.panel.looks import Row
    from vshell.panel.model import Thread
    from vshell.panel.world import World

__all__ = ["DetailView", "backtrace_rows", "flags_row", "span_rows", "wakeup_rows", "why_rows"]

# What a title needs beside its texts.
_TITLE_MORE = 8


class DetailView(RowView, can_focus=True):
    """A title with the thread's name, its flags in it, the sentences of ``why``, its backtrace."""

    def __init__(self, world: World, **options: Any) -> None:
        """Show the chosen thread of a world."""
        super().__init__(**options)
        self.world = world
        self.top = 0

    def make_rows(self, width: int, height: int) -> list[Row]:
        """Give what there is room for; the sentences come first."""
        world = self.world
        thread = world.thread
        if thread is None:
            return [title_row("no thread is chosen", width, has_focus=self.has_focus)]
        state, since_ns = world.state_of(thread)
        title = f"{thread.pid} {thread.name}"
        if thread.is_kthread:
            right = _fitting_flags(flags_row(thread, state), width - len(title) - _TITLE_MORE)
        else:
            word = (f"{state} {WORDS[state]}", f"state {state}")
            right = (word, (f" since {stamp(since_ns)}", "dim"))
        found = why_rows(world, thread, width)
        found += wakeup_rows(world, thread, width, 1)
        if world.at_ns is not None:
            found += span_rows(world, thread, height)
        found += backtrace_rows(world, thread, width)
        room = max(height - 1, 0)
        self.top = max(0, min(self.top, len(found) - room))
        return [
            title_row(clean(title), width, has_focus=self.has_focus, right=right),
            *found[self.top : self.top + room],
        ]

    def scroll_rows(self, count: int) -> None:
        """Show what comes further down, or up."""
        self.top = max(self.top + count, 0)
        self.update_rows()


def why_rows(world: World, thread: Thread, width: int) -> list[Row]:
    """Give the answer of ``why`` about a thread, or what its history says of an earlier moment."""
    state, since_ns = world.state_of(thread)
    if world.at_ns is not None:
        words = f"At {stamp(world.at_ns)} it is {WORDS[state]}, since {stamp(since_ns)}"
        return _wrap(words + ("." if state != "?" else ": nothing is known of then."), width)
    explanation = world.explanation
    if explanation is None or explanation.pid != thread.pid:
        return []
    rows: list[Row] = []
    lines = re.sub(r"\[ +", "[", explanation.why).splitlines()
    # The title says who it is.
    who, _, rest = lines[0].partition(") ")
    lines[0] = rest[:1].upper() + rest[1:] or who
    for number, line in enumerate(lines):
        rows += _wrap(line.strip(), width, style="strong" if number == 0 else "")
    return rows


def flags_row(thread: Thread, state: str) -> Row:
    """Give the flags of a kernel thread, each with a mark that says whether it is set."""
    flags = (
        ("SHOULD_STOP", "stop" in thread.requests),
        ("SHOULD_PARK", "park" in thread.requests),
        ("PARKED", state == "P"),
        ("EXITED", state == "X"),
    )
    return tuple(
        (f"{'[x]' if is_set else '[ ]'} {name}  ", "warn" if is_set else "dim")
        for name, is_set in flags
    )


def wakeup_rows(world: World, thread: Thread, width: int, count: int) -> list[Row]:
    """Give the thread's last wake-ups until the moment looked at, the newest first."""
    timeline = world.timeline
    start_ns = thread.first_ns
    rows: list[Row] = []
    found = timeline.wakeups_between(start_ns, world.moment_ns + 1)
    for wakeup in reversed(found):
        if wakeup.woken_pid != thread.pid:
            continue
        text = f"  woken at {stamp(wakeup.time_ns)} by {world.name_of(wakeup.waker_pid)}"
        rows.append(((cut(text, width), "dim" if rows else ""),))
        if len(rows) >= count:
            break
    return rows


def backtrace_rows(world: World, thread: Thread, width: int) -> list[Row]:
    """Give the thread's backtrace, the innermost function first."""
    explanation = world.explanation
    if explanation is None or explanation.pid != thread.pid or world.at_ns is not None:
        return []
    return [(("    ", ""), (cut(line, max(width - 4, 0)), "dim")) for line in explanation.backtrace]


def span_rows(world: World, thread: Thread, count: int) -> list[Row]:
    """Give the thread's last states until the moment looked at, the newest first."""
    start_ns = world.timeline.start_ns or 0
    rows: list[Row] = []
    found = list(thread.spans_between(start_ns, world.moment_ns + 1))[-count:]
    for span in reversed(found):
        place = f" on CPU {span.cpu}" if span.cpu >= 0 else ""
        lasted = duration((span.end_ns or world.moment_ns) - span.start_ns)
        text = f"  {stamp(span.start_ns):>12}  {lasted:>6}  "
        word = (f"{span.state} {WORDS[span.state]}", f"state {span.state}")
        rows.append(((text, ""), word, (place, "dim")))
    return rows


# All flags, those of kthread_stop() and kthread_park(), or of these the ones that are set.
def _fitting_flags(flags: Row, room: int) -> Row:
    requests = flags[:2]
    for found in (flags, requests, tuple(one for one in requests if one[1] == "warn")):
        if sum(len(text) for text, _ in found) <= room:
            return found
    return ()


def _wrap(text: str, width: int, style: str = "") -> list[Row]:
    lines = textwrap.wrap(clean(text), max(width - 3, 20))
    return [(("  ", ""), (line, style)) for line in lines]
