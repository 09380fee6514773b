"""One workbook: the writer's settings, the document's properties, and texts that stay texts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

import xlsxwriter
from xlsxwriter.exceptions import FileCreateError

from ers_sync.reports.cells import safe_text
from ers_sync.reports.names import cut
from ers_sync.reports.settings import ReportError
from ers_sync.reports.sheet import Sheet
from ers_sync.reports.style import FONT, Styles

SUMMARY = "Сводка"

_LINE_POINTS = 12
_FULLNESS = 1.05  # letters to a unit of column width, as our fonts are
_INDENT = 1.5
_MOST_LINES = 31  # the highest row of Excel: 409 points
_LONGEST_HEADER = 80  # Excel: 255 for all of a page's header
_REMEMBERED = 4_096  # texts: most of those in a report come again and again


@dataclass(frozen=True, slots=True)
class Heading:
    """What stands over every sheet: whom the workbook is for, which day it shows, and when it was made (naive local time)."""

    whom: str
    day: date
    made_at: datetime


class Book:
    """A workbook that is written row by row in constant memory; `rows_per_sheet` counts the heading."""

    def __init__(self, workbook: Any, heading: Heading, rows_per_sheet: int) -> None:
        self.workbook = workbook
        self.heading = heading
        self.rows_per_sheet = rows_per_sheet
        self.styles = Styles(workbook)

    def add(self, title: str) -> Sheet:
        """Add a sheet that prints on A4 landscape with page numbers, the date and the hospital."""
        sheet: Sheet = self.workbook.add_worksheet(title, Sheet)
        sheet.hide_gridlines(2)
        sheet.set_landscape()
        sheet.set_paper(9)
        sheet.set_margins(left=0.3, right=0.3, top=0.6, bottom=0.55)
        sheet.fit_to_pages(1, 0)
        whom = cut(self.heading.whom, _LONGEST_HEADER)
        whom = safe_text(whom).replace("&", "&&")
        sheet.set_header(f'&L&"{_PRINT_FONT}"&9{whom}&R&"{_PRINT_FONT}"&9{title}, {self.heading.day:%d.%m.%Y}')
        sheet.set_footer(
            f'&L&"{_PRINT_FONT}"&9Составлено {self.heading.made_at:%d.%m.%Y %H:%M}&R&"{_PRINT_FONT}"&9Стр. &P из &N'
        )
        return sheet


_PRINT_FONT = "Arial,Regular"


@contextmanager
def open_book(path: Path, heading: Heading, rows_per_sheet: int) -> Iterator[Book]:
    """Write a workbook to `path`; the writer's temporary files lie in the same folder. Raise ReportError if there is no room for it."""
    options = {
        "constant_memory": True,
        "tmpdir": str(path.parent),
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
        "default_format_properties": dict(FONT),  # the writer adds to it
        "default_row_height": 17,
    }
    try:
        with xlsxwriter.Workbook(str(path), options) as workbook:
            workbook.set_properties(
                {
                    "title": f"Электронные родовые сертификаты, {heading.day:%d.%m.%Y}",
                    "subject": "Отправка сведений в Фонд и их получение",
                    "author": "ers_sync",
                    "company": safe_text(heading.whom),
                    "keywords": "ЭРС, родовой сертификат, Фонд",
                    "comments": "Содержит персональные данные: не пересылайте по открытой почте.",
                    "created": heading.made_at,
                }
            )
            yield Book(workbook, heading, rows_per_sheet)
    except (OSError, FileCreateError) as error:
        reason = error if isinstance(error, OSError) else error.args[0]
        raise ReportError(f"Отчёт не записан в {path.parent.parent}: {reason.strerror}") from error


def letters_in(width: float) -> int:
    """Return how many letters a line of a column so many characters wide takes."""
    return int((width - _INDENT) * _FULLNESS)


def height_of(texts: Iterable[tuple[str, int]]) -> int | None:
    """Return how high, in points, a row is whose wrapped texts come with the letters of a line; None for a row of one line.

    Programs that open a workbook do not measure for themselves, or not all of them.
    """
    lines = max((lines_of(*measured) for measured in texts), default=1)
    return min(lines, _MOST_LINES) * _LINE_POINTS + 1 if lines > 1 else None


@lru_cache(_REMEMBERED)
def lines_of(text: str, letters: int) -> int:
    """Count the lines that a text takes, wrapped at blanks, and within a word that is longer than a line."""
    lines, end = 1, len(text)
    newline = text.find("\n")
    if newline >= 0:
        return sum(lines_of(paragraph, letters) for paragraph in text.split("\n"))
    begin = 0
    while end - begin > letters:
        blank = text.rfind(" ", begin + 1, begin + letters + 1)
        begin = begin + letters if blank < 0 else blank + 1
        lines += 1
    return lines


def quoted(title: str) -> str:
    """Return a sheet's title as formulas want it."""
    return "'" + title.replace("'", "''") + "'"
