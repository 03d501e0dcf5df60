"""What has to be deleted and inserted to make one list of lines into another.

The shortest way is found as E. W. Myers describes it ("An O(ND) Difference Algorithm and Its
Variations", 1986), in linear space: two searches, one from each end, meet in the middle of a
shortest way, and what lies before and behind is treated likewise. Afterwards each run of changed
lines is slid as far down as equal lines allow, for that is how people read it, unless it can face a
run of the other list.

Source: diff(1), diffutils 3.8
Differs: lines that are very frequent are not left out first, so large files with many equal lines
may be divided otherwise.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Hashable, Sequence

__all__ = ["Change", "changes_between"]


class Change:
    """Lines of the old list that become ``other_start`` to ``other_end`` of the new one."""

    __slots__ = ("end", "other_end", "other_start", "start")

    def __init__(self, start: int, end: int, other_start: int, other_end: int) -> None:
        """Take two ranges; the ends are not part of them."""
        self.start = start
        self.end = end
        self.other_start = other_start
        self.other_end = other_end


def changes_between(
    old: Sequence[Hashable], new: Sequence[Hashable], context: int = 0
) -> list[Change]:
    """List the changes from one list to another, first to last.

    Args:
        old: lines, or what stands for them.
        new: likewise.
        context: how many lines of what both begin and end with changes may be slid over.
    """
    shorter = min(len(old), len(new))
    head = 0
    while head < shorter and old[head] == new[head]:
        head += 1
    tail = 0
    while tail < shorter - head and old[-1 - tail] == new[-1 - tail]:
        tail += 1
    head = max(head - context, 0)
    tail = max(tail - context, 0)
    a, b = old[head : len(old) - tail], new[head : len(new) - tail]
    gone, come = _marked(a, b)
    _slide(a, gone, come)
    _slide(b, come, gone)
    return _ranges(gone, come, head)


# Which lines of each list the other does not have, in the same order.
def _marked(a: Sequence[Hashable], b: Sequence[Hashable]) -> tuple[list[bool], list[bool]]:
    in_a, in_b = set(a), set(b)
    # What the other list does not hold at all need not be searched for.
    kept_a = [at for at, line in enumerate(a) if line in in_b]
    kept_b = [at for at, line in enumerate(b) if line in in_a]
    gone, come = [True] * len(a), [True] * len(b)
    xs, ys = [a[at] for at in kept_a], [b[at] for at in kept_b]
    for x, y in _Search(xs, ys).common():
        gone[kept_a[x]] = come[kept_b[y]] = False
    return gone, come


class _Search:
    def __init__(self, xs: list[Hashable], ys: list[Hashable]) -> None:
        self.xs = xs
        self.ys = ys

    # The pairs of lines that stay.
    def common(self) -> list[tuple[int, int]]:
        xs, ys = self.xs, self.ys
        pairs = []
        waiting = [(0, len(xs), 0, len(ys))]
        while waiting:
            left, right, top, bottom = waiting.pop()
            while left < right and top < bottom and xs[left] == ys[top]:
                pairs.append((left, top))
                left, top = left + 1, top + 1
            while left < right and top < bottom and xs[right - 1] == ys[bottom - 1]:
                right, bottom = right - 1, bottom - 1
                pairs.append((right, bottom))
            if left < right and top < bottom:
                x, y = self.middle(left, right, top, bottom)
                waiting += [(left, x, top, y), (x, right, y, bottom)]
        return pairs

    # A point on a shortest way through the rectangle. Diagonals are numbered by x - y; ``ahead``
    # and ``back`` hold how far each search has come on them.
    def middle(self, left: int, right: int, top: int, bottom: int) -> tuple[int, int]:
        xs, ys = self.xs, self.ys
        first, last = left - bottom, right - top
        start, goal = left - top, right - bottom
        odd = (start - goal) % 2 == 1
        far = right + bottom + 2
        ahead, back = {start: left}, {goal: right}
        ahead_low = ahead_high = start
        back_low = back_high = goal
        while True:
            ahead_low, ahead_high = _widened(ahead, ahead_low, ahead_high, first, last, -1)
            for diagonal in range(ahead_high, ahead_low - 1, -2):
                below, above = ahead[diagonal - 1], ahead[diagonal + 1]
                x = max(below + 1, above)
                y = x - diagonal
                while x < right and y < bottom and xs[x] == ys[y]:
                    x, y = x + 1, y + 1
                ahead[diagonal] = x
                if odd and back_low <= diagonal <= back_high and back[diagonal] <= x:
                    return x, y
            back_low, back_high = _widened(back, back_low, back_high, first, last, far)
            for diagonal in range(back_high, back_low - 1, -2):
                below, above = back[diagonal - 1], back[diagonal + 1]
                x = min(below, above - 1)
                y = x - diagonal
                while left < x and top < y and xs[x - 1] == ys[y - 1]:
                    x, y = x - 1, y - 1
                back[diagonal] = x
                if not odd and ahead_low <= diagonal <= ahead_high and x <= ahead[diagonal]:
                    return x, y


# One diagonal more on either side, or one less where the rectangle ends.
def _widened(
    reached: dict[int, int], low: int, high: int, first: int, last: int, nowhere: int
) -> tuple[int, int]:
    if low > first:
        low -= 1
        reached[low - 1] = nowhere
    else:
        low += 1
    if high < last:
        high += 1
        reached[high + 1] = nowhere
    else:
        high -= 1
    return low, high


# Slide runs of changed lines; their place in the other list is counted in unchanged lines.
def _slide(lines: Sequence[Hashable], changed: list[bool], other: list[bool]) -> None:
    facing = _Facing(other)
    at = 0
    while at < len(lines):
        if not changed[at]:
            at += 1
            facing.forward()
            continue
        start, end = at, at + 1
        while end < len(lines) and changed[end]:
            end += 1
        start, end = _slide_run(lines, changed, facing, start, end)
        at = end


def _slide_run(
    lines: Sequence[Hashable], changed: list[bool], facing: _Facing, start: int, end: int
) -> tuple[int, int]:
    while True:
        size = end - start
        while start and lines[start - 1] == lines[end - 1]:
            start, end = start - 1, end - 1
            changed[start], changed[end] = True, False
            facing.backward()
            while start and changed[start - 1]:
                start -= 1
        # Where the run's end stands beside changes of the other list, if it does.
        best = end if facing.is_run() else len(lines)
        while end < len(lines) and lines[start] == lines[end]:
            changed[start], changed[end] = False, True
            start, end = start + 1, end + 1
            while end < len(lines) and changed[end]:
                end += 1
            facing.forward()
            if facing.is_run():
                best = end
        if end - start == size:
            break
    while best < end:
        start, end = start - 1, end - 1
        changed[start], changed[end] = True, False
        facing.backward()
    return start, end


class _Facing:
    # A place between two unchanged lines of a list, and whether changed lines stand there.
    def __init__(self, changed: list[bool]) -> None:
        self.runs = [0]
        for one in changed:
            if one:
                self.runs[-1] += 1
            else:
                self.runs.append(0)
        self.place = 0

    def forward(self) -> None:
        self.place += 1

    def backward(self) -> None:
        self.place -= 1

    def is_run(self) -> bool:
        return self.runs[self.place] > 0


def _ranges(gone: list[bool], come: list[bool], head: int) -> list[Change]:
    out = []
    x = y = 0
    while x < len(gone) or y < len(come):
        start, other_start = x, y
        while x < len(gone) and gone[x]:
            x += 1
        while y < len(come) and come[y]:
            y += 1
        if start < x or other_start < y:
            out.append(Change(head + start, head + x, head + other_start, head + y))
        x, y = x + 1, y + 1
    return out
