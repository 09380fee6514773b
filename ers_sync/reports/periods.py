"""Counts by year, month and day of each hospital, doctor or woman, as groups that open and close: the manual's summary report."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import Any

from xlsxwriter.utility import xl_col_to_name

from ers_sync.reports import words
from ers_sync.reports.table import Column, Table

YEAR = "год"  # by this word the totals find the rows of years


@dataclass(frozen=True, slots=True)
class Period:
    """The counts of one hospital (and doctor or woman) in one period, which begins on `day`.

    `ids` tell two of one name apart; `key` is what stands in the columns.
    """

    ids: tuple[int | None, ...]
    key: tuple[Any, ...]
    day: date
    counts: tuple[int, ...]


Periods = Iterable[Period]


def columns(keys: Sequence[Column], measures: Sequence[str]) -> list[Column]:
    """Return the columns of such a sheet: «Дата», whom it is about, and the counts."""
    return [Column("Дата", 15, "day"), *keys, *(Column(title, 12, "int", total=True) for title in measures)]


def parts(periods: Periods, finest: str, capacity: int) -> int:
    """Return how many sheets `write` will need: a year of one hospital or doctor stays on one sheet."""
    sheets, left = 1, capacity
    for block in _blocks(periods, finest):
        if len(block) > left:
            sheets, left = sheets + 1, capacity
        left -= len(block)
    return sheets


def write(table: Table, periods: Periods, finest: str, *, shown: int = 0) -> tuple[int, ...]:
    """Write the periods (sorted by key, the latest day first) and return the sums of the counts.

    Years and months above the finest period are formulas over the rows below them. Groups are folded but for the levels up to `shown`:
    0 years, 1 months, 2 days.
    """
    for sheet in table.sheets:
        sheet.outline_settings(symbols_below=False)
    sums = (0,) * sum(column.total for column in table.columns)
    for block in _blocks(periods, finest):
        table.keep_together(len(block))
        for line in block:
            _write_line(table, line, shown)
        sums = tuple(a + b for a, b in zip(sums, block[0].counts, strict=True))
    table.close()
    return sums


@dataclass(frozen=True, slots=True)
class _Line:
    """A row; `below` is where the rows that it sums up stand, counted from its own: none for the finest period."""

    key: tuple[Any, ...]
    label: str | date
    counts: tuple[int, ...]
    level: int
    below: tuple[int, ...] = ()


def _blocks(periods: Periods, finest: str) -> Iterator[list[_Line]]:
    """Yield the rows of one year of one key at a time."""
    for (_, year), days in groupby(periods, key=lambda period: (period.ids, period.day.year)):
        block = list(days)
        yield _block(block[0].key, year, block, finest)


def _block(key: tuple[Any, ...], year: int, periods: list[Period], finest: str) -> list[_Line]:
    lines: list[_Line] = []
    months: list[int] = []
    for _, group in groupby(periods, key=lambda period: period.day.month):
        days = list(group)
        if finest != "year":
            months.append(len(lines) + 1)
            below = range(1, len(days) + 1) if finest == "day" else ()
            lines.append(_Line(key, words.month(days[0].day), _sum(days), 1, tuple(below)))
        if finest == "day":
            lines += [_Line(key, day.day, day.counts, 2) for day in days]
    return [_Line(key, f"{year} {YEAR}", _sum(periods), 0, tuple(months)), *lines]


def _sum(periods: Sequence[Period]) -> tuple[int, ...]:
    return tuple(map(sum, zip(*(period.counts for period in periods), strict=True)))


def _write_line(table: Table, line: _Line, shown: int) -> None:
    options = {"level": line.level, "hidden": line.level > shown, "collapsed": bool(line.below) and line.level >= shown}
    if not line.below:
        table.write((line.label, *line.key, *line.counts), options if line.level else None)
        return
    first = 1 + len(line.key)
    sums = [_formula(number, table.row, line.below) for number in range(first, first + len(line.counts))]
    level = "subgroup" if line.level else "group"
    table.write_group((line.label, *line.key, *line.counts), dict(enumerate(sums, start=first)), options, level)


def _formula(column: int, row: int, below: Sequence[int]) -> str:
    """Return a sum of other rows: no SUBTOTAL, because LibreOffice takes folded rows under a filter for filtered out."""
    letter = xl_col_to_name(column)
    if below[-1] - below[0] + 1 == len(below):
        return f"=SUM({letter}{row + 1 + below[0]}:{letter}{row + 1 + below[-1]})"
    return f"=SUM({','.join(f'{letter}{row + 1 + offset}' for offset in below)})"
