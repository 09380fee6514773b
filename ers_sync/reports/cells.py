"""The text that a sheet's file has of a cell (ECMA-376, part 1, 18.3.1.4), by its column, style and the kind of its values."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, datetime, time
from functools import lru_cache
from typing import Any
from xml.sax.saxutils import escape

from xlsxwriter.utility import xl_col_to_name

Cell = Callable[[int, Any], str]  # of the row, counted from 1 as the file does, and the value; None is an empty cell

_NUMBERS = {"int", "id", "money", "seconds"}
_DATES = {"date", "datetime", "day"}
_BEFORE_FIRST_DAY = datetime.fromisoformat("1899-12-30")  # since March 1900: Excel takes that year for a leap year
_FIRST_YEAR = 1901
_SECONDS_A_DAY = 86_400

_LONGEST_TEXT = 32_767  # what a cell of Excel holds
_ODD = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
# A text of this form would be written as raw XML by the writer's constant-memory mode, which takes it for rich text.
_LIKE_RICH_TEXT = re.compile(r"<r>.*</r>", re.DOTALL)
_LIKE_AN_ESCAPE = re.compile(r"_x[0-9a-fA-F]{4}_")
_REMEMBERED = 4_096  # texts and days: most of those in a report come again and again


def cell(column: int, kind: str, style: int) -> Cell:
    """Return what writes the cells of a column (counted from 0) whose values are of a kind (see `style.py`).

    A text is never guessed to be anything else. A day may be the words for a month or year; one before 1901 is written as text, since
    programs do not agree on its number.
    """
    head, mark = f'<c r="{xl_col_to_name(column)}', f'" s="{style}"'
    empty = f"{mark}/>"

    def text(row: int, value: str | None) -> str:
        return (
            f"{head}{row}{empty}" if value is None else f'{head}{row}{mark} t="inlineStr"><is>{_inline(value)}</is></c>'
        )

    def number(row: int, value: float | None) -> str:
        return f"{head}{row}{empty}" if value is None else f"{head}{row}{mark}><v>{value:.16G}</v></c>"

    def day(row: int, value: date | str | None) -> str:
        if isinstance(value, date) and value.year >= _FIRST_YEAR:
            return f"{head}{row}{mark}><v>{_serial(value)}</v></c>"
        return text(row, f"{value:%d.%m.}{value.year:04}" if isinstance(value, date) else value)

    return number if kind in _NUMBERS else day if kind in _DATES else text


def formula(column: int, row: int, style: int, text: str, value: int) -> str:
    """Return the cell of a formula («=…») and what it comes to."""
    return f'<c r="{xl_col_to_name(column)}{row}" s="{style}"><f>{escape(text[1:])}</f><v>{value}</v></c>'


def safe_text(text: str) -> str:
    """Return what a cell can hold of a text: no control characters, no more than a cell's length, never markup."""
    if _ODD.search(text):
        text = _ODD.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))
    if _LIKE_RICH_TEXT.fullmatch(text):
        text += " "
    if len(text) > _LONGEST_TEXT // 2:
        text = _cut(text)
    return text


def _cut(text: str) -> str:
    """Cut a text to a cell's length, which Excel counts in UTF-16 units."""
    if len(text.encode("utf-16-le")) // 2 <= _LONGEST_TEXT:
        return text
    return text.encode("utf-16-le")[: (_LONGEST_TEXT - 1) * 2].decode("utf-16-le", errors="ignore") + "…"


@lru_cache(_REMEMBERED)
def _inline(text: str) -> str:
    safe = safe_text(text)
    written = _LIKE_AN_ESCAPE.sub(r"_x005F\g<0>", escape(safe))
    return f"<t>{written}</t>" if safe == safe.strip() else f'<t xml:space="preserve">{written}</t>'


@lru_cache(_REMEMBERED)
def _serial(day: date) -> str:
    whole = day if isinstance(day, datetime) else datetime.combine(day, time())
    since = whole - _BEFORE_FIRST_DAY
    return f"{since.days + since.seconds / _SECONDS_A_DAY:.16G}"
