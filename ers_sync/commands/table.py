"""Tables for people: columns under their headers, no wider than the terminal."""

from __future__ import annotations

import shutil
import sys
import textwrap
from collections.abc import Sequence
from itertools import zip_longest

GAP = "  "
LEAST = 8  # a column is not made narrower than this, nor than its header


def show(headers: Sequence[str], lines: Sequence[Sequence[object]]) -> None:
    """Print a table; at a terminal it is as wide as that, into a file or a pipe every row is one line."""
    width = shutil.get_terminal_size().columns if sys.stdout.isatty() else None
    print("\n".join(fitted(headers, lines, width)))


def fitted(headers: Sequence[str], lines: Sequence[Sequence[object]], width: int | None) -> list[str]:
    """Return the lines of a table, at most `width` characters each (None: as long as they are); long cells go on below."""
    cells = [["" if value is None else str(value) for value in line] for line in lines]
    widths = [max(1, *(len(row[i]) for row in [headers, *cells])) for i in range(len(headers))]
    if width is not None:
        _narrow(widths, [max(LEAST, len(header)) for header in headers], width - len(GAP) * (len(headers) - 1))
    table = [list(headers), ["─" * columns for columns in widths], *cells]
    return [line for row in table for line in _row(row, widths)]


def _narrow(widths: list[int], least: Sequence[int], room: int) -> None:
    """Take from the widest column until all fit, or none can be narrower."""
    while sum(widths) > room:
        widest = max(range(len(widths)), key=lambda i: (widths[i] > least[i], widths[i]))
        if widths[widest] <= least[widest]:
            return
        widths[widest] -= 1


def _row(row: Sequence[str], widths: Sequence[int]) -> list[str]:
    wrapped = [textwrap.wrap(value, columns) or [""] for value, columns in zip(row, widths, strict=True)]
    return [
        GAP.join(part.ljust(columns) for part, columns in zip(parts, widths, strict=True)).rstrip()
        for parts in zip_longest(*wrapped, fillvalue="")
    ]
