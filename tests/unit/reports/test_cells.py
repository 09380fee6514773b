"""The text of cells and rows: the same, byte by byte, as the writer makes of the same values one cell at a time."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import xlsxwriter
from hypothesis import given, settings
from hypothesis import strategies as st

from ers_sync.reports.cells import cell, formula, safe_text
from ers_sync.reports.sheet import Sheet

KINDS = ("text", "int", "seconds", "date", "datetime", "day")
texts = st.one_of(
    st.text(max_size=40),
    st.sampled_from(["", " a", "a ", "\n", "a\nb", "&<>\"'", "_x0041_", "_x004_", "a\tb", "а\u00a0"]),
)
days = st.dates(date(1901, 1, 1), date(9999, 12, 31))
times = st.datetimes(datetime.fromisoformat("1901-01-01"), datetime.fromisoformat("9999-12-31")).map(
    lambda time: time.replace(microsecond=0)
)
rows = st.tuples(
    st.none() | texts,
    st.none() | st.integers(-(10**14), 10**14),
    st.none() | st.floats(0, 10**6),
    st.none() | days,
    st.none() | times,
    st.none() | days | texts,
)
heights = st.tuples(
    st.none() | st.integers(1, 409),
    st.none()
    | st.fixed_dictionaries({"level": st.integers(0, 2), "hidden": st.booleans(), "collapsed": st.booleans()}),
)


def one_by_one(sheet: Any, row: int, values: tuple[Any, ...], style: Any) -> None:
    """Write a row as the writer's own methods do."""
    for column, value in enumerate(values):
        if value is None:
            sheet.write_blank(row, column, None, style)
        elif isinstance(value, str):
            sheet.write_string(row, column, safe_text(value), style)
        elif isinstance(value, int | float):
            sheet.write_number(row, column, value, style)
        else:
            sheet.write_datetime(row, column, value, style)


def at_once(sheet: Any, row: int, values: tuple[Any, ...], style: Any) -> list[str]:
    return [
        cell(column, kind, style._get_xf_index())(row + 1, value)
        for column, (kind, value) in enumerate(zip(KINDS, values, strict=True))
    ]


def xml_of(path: Path, fill: Callable[[Any, Any], None]) -> bytes:
    options = {"constant_memory": True, "tmpdir": str(path.parent), "default_row_height": 17}
    with xlsxwriter.Workbook(str(path), options) as workbook:
        sheet, style = workbook.add_worksheet("Лист", Sheet), workbook.add_format({"bold": True})
        one_by_one(sheet, 0, ("заголовок",) * len(KINDS), style)
        fill(sheet, style)
    with zipfile.ZipFile(path) as archive:
        return archive.read("xl/worksheets/sheet1.xml")


@settings(deadline=None, max_examples=60)
@given(st.lists(st.tuples(rows, heights), min_size=1, max_size=8))
def test_a_row_is_what_the_writer_makes_of_its_cells(
    tmp_path_factory: pytest.TempPathFactory, lines: list[tuple[tuple[Any, ...], tuple[Any, Any]]]
) -> None:
    def by_cell(sheet: Any, style: Any) -> None:
        for row, (values, (height, options)) in enumerate(lines, start=1):
            if height is not None or options:
                sheet.set_row(row, height, None, options)
            one_by_one(sheet, row, values, style)

    def by_row(sheet: Any, style: Any) -> None:
        for row, (values, (height, options)) in enumerate(lines, start=1):
            sheet.write_cells(row, at_once(sheet, row, values, style), height, options)

    folder = tmp_path_factory.mktemp("b")
    assert xml_of(folder / "rows.xlsx", by_row) == xml_of(folder / "cells.xlsx", by_cell)


def test_rows_and_cells_may_follow_each_other(tmp_path: Path) -> None:
    values = ("Иванова", 1, 0.5, date(2026, 6, 15), datetime.fromisoformat("2026-06-15T12:30"), "июнь 2026")

    def mixed(sheet: Any, style: Any) -> None:
        sheet.write_cells(1, at_once(sheet, 1, values, style))
        one_by_one(sheet, 2, values, style)
        sheet.write_cells(4, at_once(sheet, 4, values, style))

    def cells(sheet: Any, style: Any) -> None:
        for row in (1, 2, 4):
            one_by_one(sheet, row, values, style)

    assert xml_of(tmp_path / "a.xlsx", mixed) == xml_of(tmp_path / "b.xlsx", cells)


def test_a_sum_is_a_formula_with_its_value(tmp_path: Path) -> None:
    def by_cell(sheet: Any, style: Any) -> None:
        sheet.write_formula(1, 0, '=SUMIF(A1:A2,"*год<&",B1:B2)', style, 7)

    def by_row(sheet: Any, style: Any) -> None:
        sheet.write_cells(1, [formula(0, 2, style._get_xf_index(), '=SUMIF(A1:A2,"*год<&",B1:B2)', 7)])

    assert xml_of(tmp_path / "a.xlsx", by_row) == xml_of(tmp_path / "b.xlsx", by_cell)


@pytest.mark.parametrize(
    ("day", "shown"),
    [
        (date(1, 1, 1), "01.01.0001"),
        (date(1900, 12, 31), "31.12.1900"),
        (date(1901, 1, 1), datetime.fromisoformat("1901-01-01")),
        (date(2024, 2, 29), datetime.fromisoformat("2024-02-29")),
    ],
)
def test_a_day_before_1901_is_a_text(tmp_path: Path, day: date, shown: object) -> None:
    path = tmp_path / "b.xlsx"
    with xlsxwriter.Workbook(str(path), {"constant_memory": True, "tmpdir": str(tmp_path)}) as workbook:
        sheet, style = workbook.add_worksheet("Лист", Sheet), workbook.add_format({"num_format": "dd.mm.yyyy"})
        sheet.write_string(0, 0, "Д.Р.")
        sheet.write_cells(1, [cell(0, "date", style._get_xf_index())(2, day)])
    assert openpyxl.load_workbook(path)["Лист"]["A2"].value == shown


def test_nothing_of_a_row_stays_in_memory(tmp_path: Path) -> None:
    with xlsxwriter.Workbook(str(tmp_path / "b.xlsx"), {"constant_memory": True, "tmpdir": str(tmp_path)}) as workbook:
        sheet = workbook.add_worksheet("Лист", Sheet)
        sheet.write_string(0, 0, "заголовок")
        for row in range(1, 100):
            sheet.write_cells(row, [cell(0, "text", 0)(row + 1, "Иванова")], 25, {"level": 1})
        assert (len(sheet.row_info), len(sheet.row_sizes), len(sheet.table)) == (0, 0, 0)
    assert len(re.findall(b"<row ", zipfile.ZipFile(tmp_path / "b.xlsx").read("xl/worksheets/sheet1.xml"))) == 100
