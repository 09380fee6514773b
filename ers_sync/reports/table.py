"""A long table on one sheet, or on several where one is too short: heading, totals, filter, frozen header, print titles."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import ceil
from typing import Any

from xlsxwriter.utility import xl_col_to_name

from ers_sync.reports.book import SUMMARY, Book, height_of, letters_in, quoted
from ers_sync.reports.cells import Cell, cell, formula, safe_text
from ers_sync.reports.sheet import Sheet

HEADER_ROW = 4  # counted from 0; the totals stand above it, so that they are seen without scrolling
FIRST_ROW = HEADER_ROW + 1
_BOLD = 0.9  # bold letters to a unit of width
_TWO_LINES = 28  # points
_LINK_WIDTH = 12  # of «← к сводке»


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its heading, width in characters, the kind of its values (see `style.py`), and whether it has a total."""

    title: str
    width: float
    kind: str = "text"
    total: bool = False


class Table:
    """A table written from top to bottom. `totals` are our own figures by column; `rows` is how many will come."""

    def __init__(
        self,
        book: Book,
        title: str,
        columns: Sequence[Column],
        *,
        rows: int,
        totals: Mapping[int, int],
        note: str = "",
        frozen: int = 0,
        parts: int | None = None,
        counted: int | None = None,
        summed: str | None = None,
    ) -> None:
        """Add the sheets.

        `counted` is a column that has a value in every row: then the rows are counted as well. `summed` is the word that ends the labels
        of the rows to be added up (the others are parts of them); without it every row is.
        """
        self.book, self.title, self.columns = book, title, columns
        self.capacity = book.rows_per_sheet - FIRST_ROW
        self.parts = parts or max(1, ceil(rows / self.capacity))
        self.names = [title if part == 0 else f"{title} {part + 1}" for part in range(self.parts)]
        self.sheets = [book.add(name) for name in self.names]
        self._totals, self._note, self._frozen = totals, note, frozen
        self._rows, self._counted, self._summed = rows, counted, summed
        self._ends: list[int] = []
        self._part = 0
        self.row = FIRST_ROW
        self._of_level: dict[str, list[Cell]] = {}
        self._cells = self._cells_of("")
        self._wrapped = [
            (number, letters_in(column.width)) for number, column in enumerate(columns) if column.kind == "wrap"
        ]
        for sheet in self.sheets:
            self._begin(sheet)

    @property
    def sheet(self) -> Sheet:
        """The sheet that takes the next row."""
        return self.sheets[self._part]

    def keep_together(self, rows: int) -> None:
        """Begin the next sheet if the coming rows do not fit on this one."""
        if self.row + rows > self.book.rows_per_sheet and self.row > FIRST_ROW:
            self._next_sheet()

    def write(self, values: Sequence[Any], options: Mapping[str, Any] | None = None) -> None:
        """Write a row as high as its texts need; None is an empty cell. `options` are those of the writer's `set_row`."""
        self.keep_together(1)
        number = self.row + 1
        # The innermost loop of every report.
        cells = [cell(number, value) for cell, value in zip(self._cells, values, strict=True)]
        self._put(values, cells, options)

    def write_group(
        self, values: Sequence[Any], formulas: Mapping[int, str], options: Mapping[str, Any], level: str
    ) -> None:
        """Write a row that sums others up, in the style of its `level`: where there is a formula, the value is what it comes to."""
        cells = []
        for column, (value, plain) in enumerate(zip(values, self._cells_of(level), strict=True)):
            if column in formulas:
                style = self.book.styles.number(self.columns[column].kind, level)
                cells.append(formula(column, self.row + 1, style, formulas[column], value))
            else:
                cells.append(plain(self.row + 1, value))
        self._put(values, cells, options)

    def close(self) -> None:
        """Set the filters once it is known where the rows end."""
        self._ends.append(self.row - 1)
        for sheet, end in zip(self.sheets, self._ends, strict=False):
            sheet.autofilter(HEADER_ROW, 0, max(end, FIRST_ROW), len(self.columns) - 1)

    def mark(self, column: int, criteria: Mapping[str, Any]) -> None:
        """Add a conditional format to a column of every sheet."""
        last = self.book.rows_per_sheet - 1 if self.parts > 1 else FIRST_ROW + max(self._rows, 1) - 1
        for sheet in self.sheets:
            sheet.conditional_format(FIRST_ROW, column, last, column, dict(criteria))

    def _area(self, column: int) -> list[str]:
        """Return where a column's values stand, sheet by sheet."""
        letter = xl_col_to_name(column)
        last = self.book.rows_per_sheet if self.parts > 1 else FIRST_ROW + max(self._rows, 1)
        area = f"${letter}${FIRST_ROW + 1}:${letter}${last}"
        return [f"{quoted(name)}!{area}" for name in self.names] if self.parts > 1 else [area]

    def _total_formula(self, column: int) -> str:
        """Return a column's total: of what the filter leaves to be seen, or of the rows whose label ends with a word."""
        if self._summed is None:
            return "=" + "+".join(f"SUBTOTAL(9,{area})" for area in self._area(column))
        pairs = zip(self._area(0), self._area(column), strict=True)
        return "=" + "+".join(f'SUMIF({labels},"*{self._summed}",{area})' for labels, area in pairs)

    def _count_formula(self, column: int) -> str:
        return '="Итого строк: "&' + "+".join(f"SUBTOTAL(3,{area})" for area in self._area(column))

    def _put(self, values: Sequence[Any], cells: Iterable[str], options: Mapping[str, Any] | None) -> None:
        long = [
            (text, letters)
            for number, letters in self._wrapped
            if (text := values[number]) and (len(text) > letters or "\n" in text)
        ]
        self.sheet.write_cells(self.row, cells, height_of(long) if long else None, options)
        self.row += 1

    def _cells_of(self, level: str) -> list[Cell]:
        """Return what writes the cells of a row of a level, column by column."""
        if level not in self._of_level:
            self._of_level[level] = [
                cell(number, column.kind, self.book.styles.number(column.kind, level))
                for number, column in enumerate(self.columns)
            ]
        return self._of_level[level]

    def _begin(self, sheet: Sheet) -> None:
        styles, heading = self.book.styles, self.book.heading
        for number, column in enumerate(self.columns):
            sheet.set_column(number, number, column.width)
        sheet.set_row(0, 22)
        sheet.write_string(0, 0, sheet.get_name(), styles.title)
        sheet.write_string(1, 0, safe_text(f"на {heading.day:%d.%m.%Y} · {heading.whom}"), styles.note)
        with_summary = self.book.workbook.get_worksheet_by_name(SUMMARY) is not None
        if with_summary:
            sheet.write_url(2, 0, f"internal:{quoted(SUMMARY)}!A1", styles.link, "← к сводке")
        if self._note:
            beside = 1 if self.columns[0].width >= _LINK_WIDTH else 2
            sheet.write_string(2, beside if with_summary else 0, safe_text(self._note), styles.note)
        for number, column in enumerate(self.columns):
            style = styles.cell(column.kind, "total")
            if number == 0 and self._counted is not None:
                sheet.write_formula(
                    3, 0, self._count_formula(self._counted), styles.cell("text", "total"), f"Итого строк: {self._rows}"
                )
            elif number == 0:
                sheet.write_string(3, 0, "Итого", styles.cell("text", "total"))
            elif column.total:
                sheet.write_formula(3, number, self._total_formula(number), style, self._totals.get(number, 0))
            else:
                sheet.write_blank(3, number, None, style)
        long = any(len(column.title) > column.width * _BOLD for column in self.columns)
        sheet.set_row(HEADER_ROW, _TWO_LINES if long else None)
        for number, column in enumerate(self.columns):
            sheet.write_string(HEADER_ROW, number, column.title, styles.header)
        sheet.freeze_panes(FIRST_ROW, self._frozen)
        sheet.repeat_rows(HEADER_ROW)

    def _next_sheet(self) -> None:
        self._ends.append(self.row - 1)
        self._part += 1
        self.row = FIRST_ROW
