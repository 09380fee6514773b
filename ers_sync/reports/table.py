"""A long table on one sheet, or on several where one is too short: heading, totals, filter, frozen header, print titles."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from inspect import unwrap
from math import ceil
from types import MethodType
from typing import Any

from xlsxwriter.utility import xl_col_to_name

from ers_sync.reports.book import SUMMARY, Book, fit_row, letters_in, quoted, safe_text

HEADER_ROW = 4  # counted from 0; the totals stand above it, so that they are seen without scrolling
FIRST_ROW = HEADER_ROW + 1
_SHORT = 10_000  # letters: no cell is too small for them
_BOLD = 0.9  # bold letters to a unit of width
_TWO_LINES = 28  # points
_LINK_WIDTH = 12  # of «← к сводке»
_NUMBERS = {"int", "id", "money", "seconds"}


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
        self._formats = [book.styles.cell(column.kind) for column in columns]
        self._wrapped = [
            (number, letters_in(column.width)) for number, column in enumerate(columns) if column.kind == "wrap"
        ]
        for sheet in self.sheets:
            self._begin(sheet)
        self._turn(0)

    def keep_together(self, rows: int) -> None:
        """Begin the next sheet if the coming rows do not fit on this one."""
        if self.row + rows > self.book.rows_per_sheet and self.row > FIRST_ROW:
            self._next_sheet()

    def write(self, values: Sequence[Any], options: Mapping[str, Any] | None = None) -> None:
        """Write a row as high as its texts need; None is an empty cell. `options` are those of the writer's `set_row`."""
        self.keep_together(1)
        self._fit(values, options)
        row, string, blank = self.row, self._string, self._blank
        # The innermost loop of every report: most cells are texts that need no mending.
        for number, (value, style, writer) in enumerate(zip(values, self._formats, self._writers, strict=True)):
            if value is None:
                blank(row, number, None, style)
            elif writer is None:
                plain = value.isprintable() and value[:1] != "<" and len(value) < _SHORT
                string(row, number, value if plain else safe_text(value), style)
            else:
                writer(row, number, value, style)
        self._advance()

    def write_group(
        self, values: Sequence[Any], formulas: Mapping[int, str], options: Mapping[str, Any], level: str
    ) -> None:
        """Write a row that sums others up, in the style of its `level`: where there is a formula, the value is what it comes to."""
        self._fit(values, options)
        for number, value in enumerate(values):
            style = self.book.styles.cell(self.columns[number].kind, level)
            if number in formulas:
                self.sheet.write_formula(self.row, number, formulas[number], style, value)
            elif value is None:
                self.sheet.write_blank(self.row, number, None, style)
            elif (writer := self._writers[number]) is None:
                self.sheet.write_string(self.row, number, safe_text(value), style)
            else:
                writer(self.row, number, value, style)
        self._advance()

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

    def _fit(self, values: Sequence[Any], options: Mapping[str, Any] | None) -> None:
        long = [
            (text, letters)
            for number, letters in self._wrapped
            if (text := values[number]) and (len(text) > letters or "\n" in text)
        ]
        if long or options:
            fit_row(self.sheet, self.row, long, options)

    def _advance(self) -> None:
        """Go on to the next row. The writer keeps every row's height for ever: that of the one before, which is in its file, is let go."""
        self.sheet.row_info.pop(self.row - 1, None)
        self.sheet.row_sizes.pop(self.row - 1, None)
        self.row += 1

    def _begin(self, sheet: Any) -> None:
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
        self._turn(self._part + 1)
        self.row = FIRST_ROW

    def _turn(self, part: int) -> None:
        self._part = part
        sheet = self.sheets[part]
        self.sheet = sheet
        self._string, self._blank = _by_number(sheet.write_string), _by_number(sheet.write_blank)
        self._writers = [_writer(sheet, column.kind) for column in self.columns]


def _by_number(method: MethodType) -> Callable[..., Any]:
    """Return a method of the writer without what looks, in every cell, whether its place is a word such as «A1»."""
    return MethodType(unwrap(method.__func__), method.__self__)


def _writer(sheet: Any, kind: str) -> Callable[..., Any] | None:
    """Return what writes a value of this kind, None for a text: that is never guessed to be anything else."""
    if kind in _NUMBERS:
        return _by_number(sheet.write_number)
    if kind in {"date", "datetime"}:
        return _by_number(sheet.write_datetime)
    if kind == "day":  # a day, or the words for a month or year
        return lambda row, column, value, style: (
            sheet.write_string if isinstance(value, str) else sheet.write_datetime
        )(row, column, value, style)
    return None
