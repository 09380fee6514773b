"""Tables fit the terminal and lose nothing."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from ers_sync.commands.table import fitted

ROWS = [("17", "put_visit", "пациентке нужен номер полиса и дата выдачи документа"), ("9", "create_ers", None)]
HEADERS = ["№", "Запрос", "Причина"]


def test_without_a_terminal_a_row_is_a_line() -> None:
    lines = fitted(HEADERS, ROWS, None)
    assert len(lines) == 4
    assert lines[2] == "17  put_visit   пациентке нужен номер полиса и дата выдачи документа"


def test_what_is_long_goes_on_below() -> None:
    assert fitted(HEADERS, ROWS, 40) == [
        "№   Запрос      Причина",
        "──  ──────────  ────────────────────────",
        "17  put_visit   пациентке нужен номер",
        "                полиса и дата выдачи",
        "                документа",
        "9   create_ers",
    ]


@given(
    st.lists(st.tuples(*[st.text("абв где", max_size=60)] * 3), min_size=1, max_size=5),
    st.integers(min_value=40, max_value=120),
)
def test_a_table_fits_and_keeps_every_letter(rows: list[tuple[str, ...]], width: int) -> None:
    lines = fitted(["А", "Б", ""], rows, width)
    assert max(map(len, lines)) <= width
    shown = "".join("".join(lines[2:]).split())
    assert sorted(shown) == sorted("".join("".join(row) for row in rows).replace(" ", ""))
