"""The workbooks as a second library reads them, which shares no code with the first."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import Any

import pytest
from python_calamine import CalamineWorkbook

from tests.integration.reports.conftest import Written, read


def plain(value: Any) -> Any:
    """Return a cell's value as both libraries can say it: no empty text, whole numbers whole, a midnight as its day."""
    if isinstance(value, datetime) and value.time() == time():
        return value.date()
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return None if value == "" else value


def filled(rows: list[list[Any]]) -> dict[tuple[int, int], Any]:
    """Return the values by row and column, those that are there."""
    found = {(y, x): plain(value) for y, row in enumerate(rows) for x, value in enumerate(row)}
    return {place: value for place, value in found.items() if value is not None}


@pytest.mark.parametrize("number", [0, 5], ids=["region", "hospital with a long name"])
def test_both_libraries_read_the_same(written: Written, number: int) -> None:
    path = written.paths[number]
    book, expected = CalamineWorkbook.from_path(path), read(path)
    assert book.sheet_names == list(expected)
    for title, rows in expected.items():
        theirs = filled(book.get_sheet_by_name(title).to_python(skip_empty_area=False))
        ours = filled(rows)
        escaped = {place for place, value in ours.items() if isinstance(value, str) and "_x" in value}
        assert theirs.keys() == ours.keys(), title
        assert {p: v for p, v in theirs.items() if v != ours[p]}.keys() <= escaped, title
        assert any(isinstance(value, date) for value in theirs.values()), title
        assert any(isinstance(value, int) for value in theirs.values()), title
