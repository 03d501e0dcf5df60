"""The table of all recordings, for a terminal and for the README."""

from __future__ import annotations

from typing import NamedTuple

from tests.conformance.compare import HERE, Comparison

README = HERE.parents[1] / "README.md"
BEGIN = "<!-- conformance -->\n"
END = "<!-- /conformance -->\n"
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


def block(comparisons: list[Comparison]) -> str:
    """Write the README's table: what a reader wants to know of each recording."""
    summed = total(comparisons)
    lines = [
        f"Of {summed.lines} lines, {summed.wrong} are wrong and {share(comparisons)} on purpose.",
        "",
        "| recording | lines | equal | on purpose | wrong |",
        "|---|---:|---:|---:|---:|",
    ]
    for one in comparisons:
        counts = (one.lines, one.equal + one.normalised, one.deviating, one.wrong)
        lines.append(f"| {one.name} | " + " | ".join(map(str, counts)) + " |")
    return "\n".join(lines) + "\n"


def replace_block(text: str, new: str) -> str:
    """Put a new table where the old one stands between its marks."""
    before, begin, rest = text.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not end:
        raise ValueError(f"no {BEGIN.strip()} and {END.strip()}")
    return before + begin + new + end + after


def write_page(comparisons: list[Comparison]) -> None:
    """Write the table into the README."""
    README.write_text(replace_block(README.read_text(), block(comparisons)))
