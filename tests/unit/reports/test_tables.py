"""Tables cell by cell, without a ledger: groups and their sums, parts, texts, heights, memory."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl.utils.escape import unescape

from ers_sync.reports import periods
from ers_sync.reports.book import Heading, lines_of, open_book
from ers_sync.reports.cells import safe_text
from ers_sync.reports.periods import Period
from ers_sync.reports.table import Column, Table

HEADING = Heading("ГБ № 1 & Ко", date(2026, 6, 15), datetime.fromisoformat("2026-06-15T06:00"))


def period(day: str, count: int, hospital: int = 1, name: str = "ГБ") -> Period:
    return Period((hospital,), (name,), date.fromisoformat(day), (count,))


SOME = [
    period("2026-06-15", 1),
    period("2026-06-02", 2),
    period("2026-01-09", 4),
    period("2025-12-31", 8),
    period("2026-06-15", 16, hospital=2),
]


def written(path: Path, rows: list[Period], finest: str, *, rows_per_sheet: int = 1000) -> openpyxl.Workbook:
    with open_book(path, HEADING, rows_per_sheet) as book:
        total = sum(row.counts[0] for row in rows)
        columns = periods.columns([Column("М.О.", 10, "wrap")], ["Число"])
        count = periods.parts(rows, finest, rows_per_sheet - 5)
        table = Table(book, "МО", columns, rows=len(rows) * 3, totals={2: total}, parts=count, summed=periods.YEAR)
        assert periods.write(table, rows, finest) == (total,)
    return openpyxl.load_workbook(path)


def test_groups_by_year_month_and_day(tmp_path: Path) -> None:
    sheet = written(tmp_path / "b.xlsx", SOME, "day")["МО"]
    found = [
        (row[0].value, row[2].value, sheet.row_dimensions[number].outlineLevel)
        for number, row in enumerate(sheet.iter_rows(min_row=6), start=6)
    ]
    assert found == [
        ("2026 год", "=SUM(C7,C10)", 0),
        ("июнь 2026", "=SUM(C8:C9)", 1),
        (datetime.fromisoformat("2026-06-15"), 1, 2),
        (datetime.fromisoformat("2026-06-02"), 2, 2),
        ("январь 2026", "=SUM(C11:C11)", 1),
        (datetime.fromisoformat("2026-01-09"), 4, 2),
        ("2025 год", "=SUM(C13:C13)", 0),
        ("декабрь 2025", "=SUM(C14:C14)", 1),
        (datetime.fromisoformat("2025-12-31"), 8, 2),
        ("2026 год", "=SUM(C16:C16)", 0),
        ("июнь 2026", "=SUM(C17:C17)", 1),
        (datetime.fromisoformat("2026-06-15"), 16, 2),
    ]
    assert sheet["C4"].value == '=SUMIF($A$6:$A$20,"*год",$C$6:$C$20)'


@pytest.mark.parametrize(
    ("finest", "rows", "formula"),
    [
        ("month", [period("2026-06-01", 3), period("2026-01-01", 4)], "=SUM(C7:C8)"),
        ("year", [period("2026-01-01", 7)], 7),
    ],
)
def test_coarser_periods(tmp_path: Path, finest: str, rows: list[Period], formula: object) -> None:
    assert written(tmp_path / "b.xlsx", rows, finest)["МО"]["C6"].value == formula


def test_cached_sums_are_right(tmp_path: Path) -> None:
    written(tmp_path / "b.xlsx", SOME, "day")
    sheet = openpyxl.load_workbook(tmp_path / "b.xlsx", data_only=True)["МО"]
    assert [row[2].value for row in sheet.iter_rows(min_row=6)] == [7, 3, 1, 2, 4, 4, 8, 8, 8, 16, 16, 16]
    assert sheet["C4"].value == 31


def test_a_year_stays_on_one_sheet(tmp_path: Path) -> None:
    book = written(tmp_path / "b.xlsx", SOME, "day", rows_per_sheet=12)
    assert book.sheetnames == ["МО", "МО 2"]
    assert [book[name].max_row for name in book.sheetnames] == [11, 11]
    assert book["МО 2"]["A6"].value == "2025 год"
    assert (
        book["МО 2"]["C4"].value
        == "=SUMIF('МО'!$A$6:$A$12,\"*год\",'МО'!$C$6:$C$12)+SUMIF('МО 2'!$A$6:$A$12,\"*год\",'МО 2'!$C$6:$C$12)"
    )


@settings(deadline=None, max_examples=40)
@given(st.lists(st.text(st.characters(), max_size=60), min_size=1, max_size=20))
def test_any_text_is_read_back_as_it_is_shown(tmp_path_factory: pytest.TempPathFactory, texts: list[str]) -> None:
    path = tmp_path_factory.mktemp("b") / "b.xlsx"
    with open_book(path, HEADING, 1000) as book:
        table = Table(book, "Лист", [Column("Текст", 10)], rows=len(texts), totals={})
        for text in texts:
            table.write((text,))
        table.close()
    sheet = openpyxl.load_workbook(path)["Лист"]
    shown = [unescape(str(sheet.cell(6 + number, 1).value or "")) for number in range(len(texts))]
    assert shown == [safe_text(text).replace("\r", "\n") for text in texts]
    assert all(sheet.cell(6 + number, 1).data_type in {"s", "inlineStr", "n"} for number in range(len(texts)))


@pytest.mark.parametrize(
    ("text", "safe"),
    [
        ("=1+1", "=1+1"),
        ("a\x00b\x0bc\ufffed", "abcd"),
        ("два\r\nряда", "два\nряда"),
        ("<r><t>x</t></r>", "<r><t>x</t></r> "),
        ("я" * 32_767, "я" * 32_767),
        ("я" * 32_768, "я" * 32_766 + "…"),
        ("😀" * 16_384, "😀" * 16_383 + "…"),
    ],
)
def test_safe_text(text: str, safe: str) -> None:
    assert safe_text(text) == safe


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("", 1),
        ("десятьбукв", 1),
        ("десять буквы", 2),
        ("десятьбукв десятьбукв", 2),
        ("одиннадцать", 2),
        ("да одиннадцать", 3),
        ("раз два три четыре пять", 3),
        ("да\nнет\nодиннадцать", 4),
    ],
)
def test_lines_of_ten_letters(text: str, lines: int) -> None:
    assert lines_of(text, 10) == lines


def test_rows_are_as_high_as_their_texts_and_the_writer_forgets_them(tmp_path: Path) -> None:
    with open_book(tmp_path / "b.xlsx", HEADING, 10_000) as book:
        table = Table(book, "Лист", [Column("Текст", 10, "wrap")], rows=2000, totals={})
        for _ in range(1000):
            table.write(("два слова и ещё три слова",))
            table.write(("слово",))
        assert len(table.sheet.row_info) < 10
        table.close()
    sheet = openpyxl.load_workbook(tmp_path / "b.xlsx")["Лист"]
    heights = [sheet.row_dimensions[row].height for row in range(6, 2006)]
    assert set(heights[::2]) == {heights[0]}
    assert heights[0] is not None
    assert heights[0] > 36
    assert set(heights[1::2]) == {None}


def test_what_the_writer_keeps_meanwhile_lies_beside_the_workbook(tmp_path: Path) -> None:
    with open_book(tmp_path / "b.xlsx", HEADING, 100) as book:
        book.add("Лист").write_string(0, 0, "Иванова")
        assert len(list(tmp_path.iterdir())) == 1
    assert list(tmp_path.iterdir()) == [tmp_path / "b.xlsx"]


def test_a_hospitals_ampersand_is_no_code_of_the_page_header(tmp_path: Path) -> None:
    with open_book(tmp_path / "b.xlsx", HEADING, 100) as book:
        book.add("Лист")
    header = openpyxl.load_workbook(tmp_path / "b.xlsx")["Лист"].HeaderFooter.oddHeader
    assert "№ 1 && Ко" in header.left.text
