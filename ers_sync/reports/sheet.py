"""A sheet of the writer's that also takes a whole row as the text that its file has of it.

The writer builds every cell out of objects and looks at each in seven ways, which is most of the time of a long table.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from xlsxwriter.worksheet import Worksheet


class Sheet(Worksheet):  # type: ignore[misc]  # the writer says nothing of its types
    """For a workbook in constant memory, where what is written goes to the sheet's file at once and cannot be taken back."""

    def write_cells(
        self, row: int, cells: Iterable[str], height: float | None = None, options: Mapping[str, Any] | None = None
    ) -> None:
        """Write the cells (see `cells.py`) of a row below all others, counted from 0, within the columns written before.

        `height` is in points, `options` are those of the writer's `set_row`.
        """
        self._write_single_row(row)  # the one before it, if that was written cell by cell
        self._check_dimensions(row, self.dim_colmin)
        if height is not None or options:
            self.set_row(row, height, None, dict(options or {}))
        # The writer keeps the height of every row for ever: this one's is in its file now.
        self.row_sizes.pop(row, None)
        self._write_row(row, None, self.row_info.pop(row, None))
        self.fh.write("".join(cells))
        self.fh.write("</row>")
