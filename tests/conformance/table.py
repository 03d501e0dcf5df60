"""The table of all recordings, for a terminal and for a page."""

from __future__ import annotations

from typing import NamedTuple

from tests.conformance.compare import HERE, Comparison, deviations

PAGE = HERE / "README.md"
DEVIATING_MAX = 0.03
"""The share of lines that may differ on purpose."""


class Total(NamedTuple):
    """All recordings together."""

    lines: int
    equal: int
    normalised: int
    deviating: int
    wrong: int


def total(comparisons: list[Comparison]) -> Total:
    """Add up."""
    return Total(*(sum(getattr(one, name) for one in comparisons) for name in Total._fields))


def rows(comparisons: list[Comparison]) -> list[tuple[str, ...]]:
    """Give the table's cells, head and total included."""
    head = ("recording", *Total._fields)
    body = [(one.name, *(str(getattr(one, name)) for name in Total._fields)) for one in comparisons]
    return [head, *body, ("total", *(str(number) for number in total(comparisons)))]


def share(comparisons: list[Comparison]) -> str:
    """Say which part deviates."""
    summed = total(comparisons)
    return f"{100 * summed.deviating / max(summed.lines, 1):.1f} % deviate"


def table(comparisons: list[Comparison]) -> str:
    """Write the table for a terminal."""
    cells = rows(comparisons)
    widths = [max(len(row[column]) for row in cells) for column in range(len(cells[0]))]
    lines = [
        "  ".join(
            [
                row[0].ljust(widths[0]),
                *(cell.rjust(width) for cell, width in zip(row[1:], widths[1:], strict=True)),
            ]
        )
        for row in cells
    ]
    return "\n".join([*lines, share(comparisons)])


def page(comparisons: list[Comparison]) -> str:
    """Write the page: the table, and what differs on purpose."""
    head, *body = rows(comparisons)
    parts = [
        "# How true it is",
        "",
        "`python -m tests.conformance --page` writes this page. Each row is a session on a real",
        "kernel (Debian's Linux 6.1 in a virtual machine), repeated on a virtual host with Python",
        "twins of the C modules and compared line by line: lines equal as they stand; equal after",
        "normalising (addresses, registers, stamps: `normalise.py` has every rule and its reason);",
        "deviating on purpose (below); wrong.",
        "",
        "| " + " | ".join(head) + " |",
        "|---|" + "---:|" * (len(head) - 1),
        *("| " + " | ".join(row) + " |" for row in body),
        "",
        f"Of all lines {share(comparisons)}.",
        "",
        "## What differs on purpose",
        "",
    ]
    for name, several in deviations().items():
        reasons = dict.fromkeys(one.why for one in several)
        parts += [f"* {name}: {reason}" for reason in reasons]
    return "\n".join(parts) + "\n"


def write_page(comparisons: list[Comparison]) -> None:
    """Write the page."""
    PAGE.write_text(page(comparisons))
