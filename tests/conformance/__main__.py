"""``python -m tests.conformance [NN...] [--page]``: how true the virtual host is, as a table.

The exit status is 1 if a line is wrong or more than 3 % deviate. With NN only those recordings
are run, and what is wrong in them is shown. --page writes the table into the README.
"""

from __future__ import annotations

import sys

from tests.conformance.compare import NAMES, compare
from tests.conformance.table import DEVIATING_MAX, table, total, write_page


def main(words: list[str]) -> int:
    """Run recordings, print the table; give the exit status."""
    chosen = [word for word in words if not word.startswith("--")]
    names = [name for name in NAMES if not chosen or name.startswith(tuple(chosen))]
    comparisons = [compare(name) for name in names]
    for one in comparisons:
        for difference in one.differences:
            print(f"{one.name}: {difference}")
    print(table(comparisons))
    if "--page" in words:
        write_page(comparisons)
    summed = total(comparisons)
    return int(summed.wrong > 0 or summed.deviating > DEVIATING_MAX * summed.lines)


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
