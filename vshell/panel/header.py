"""The first line: whose world it is, what time it is there, how fast it goes, what comes next."""

from __future__ import annotations

from vshell.panel.looks import clean, duration, stamp
from vshell.panel.rows import RowView

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from vshell.panel.looks import Piece, Row
    from vshell.panel.world import World

__all__ = ["Header"]

_NAME_MAX = 28
# How long what stands before the name of the next timer's task can be.
_NEXT_TIMER = 22


class Header(RowView):
    """The host, the clock, the next timer, the markers."""

    def __init__(self, world: World, **options: Any) -> None:
        """Show a world's."""
        super().__init__(**options)
        self.world = world

    def make_rows(self, width: int, height: int) -> list[Row]:
        """Give one line; what there is no room for is left out, from the right."""
        del height
        world = self.world
        if world.hello is None:
            return [((" vshell  ", "bar strong"), (world.lost or "waiting for a host", "bar"))]
        hello, clock = world.hello, world.clock
        parts: list[list[Piece]] = [
            [(" vshell ", "bar strong"), (f" {clean(hello.hostname)} ", "bar")],
            [(f" {stamp(world.moment_ns)} s ", "bar strong")],
            [_pace(world)],
        ]
        if world.lost:
            parts.insert(1, [(f" {clean(world.lost)} ", "bar strong+bad")])
        if world.markers:
            parts.append([(_markers(world), "bar strong")])
        if clock.next_ns >= 0 and world.at_ns is None:
            left = duration(max(clock.next_ns - world.now_ns, 0))
            name = clean(clock.next_name)[:_NAME_MAX]
            used = sum(len(text) for part in parts for text, _ in part)
            if used + len(name) + _NEXT_TIMER > width:
                name = ""
            parts.append([(" next timer in ", "bar dim"), (f"{left} {name} ", "bar")])
        parts.append([(f" {hello.cpus} CPUs  {clean(hello.release)} ", "bar dim")])
        row: list[Piece] = []
        room = width
        for part in parts:
            size = sum(len(text) for text, _ in part)
            if size > room:
                continue
            row += part
            room -= size
        return [(*row, (" " * room, "bar"))]


def _pace(world: World) -> Piece:
    clock = world.clock
    rate = "as fast as can be" if not clock.rate else f"x{clock.rate:g}"
    if world.at_ns is not None:
        return f" \u25c0 the past, {duration(world.now_ns - world.at_ns)} ago ", "bar strong+warn"
    if clock.is_paused:
        return " \u2016 paused ", "bar strong+warn"
    return f" \u25b6 {rate} ", "bar" if clock.is_moving else "bar dim"


def _markers(world: World) -> str:
    marks = world.markers
    if len(marks) == 2:
        between_ns = marks["B"] - marks["A"]
        sign = "-" if between_ns < 0 else ""
        return f" B-A {sign}{stamp(abs(between_ns))} s "
    ((letter, at_ns),) = marks.items()
    return f" {letter} {stamp(at_ns)} "
