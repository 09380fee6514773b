"""What the sheets call a hospital."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ers_sync.reports.names import LONGEST, cut, distinct, shortened

LONG = "Государственное бюджетное учреждение здравоохранения Свердловской области «Центральная городская больница {}»"


@pytest.mark.parametrize(
    ("rows", "called"),
    [
        ([(1, "ЦРБ", "1"), (2, "ГБ", "2")], ["ЦРБ", "ГБ"]),
        ([(1, "ЦРБ", "1"), (2, " црб ", "2")], ["ЦРБ (ОГРН 1)", "црб (ОГРН 2)"]),
        ([(1, "ЦРБ", "1"), (2, "ЦРБ", "1")], ["ЦРБ (№ 1 в РАМ)", "ЦРБ (№ 2 в РАМ)"]),
        ([(1, "ЦРБ", None), (2, "ЦРБ", "1")], ["ЦРБ (№ 1 в РАМ)", "ЦРБ (ОГРН 1)"]),
        ([(1, None, None), (2, "  ", None)], ["МО 1", "МО 2"]),
    ],
)
def test_no_two_have_one_name(rows: list[tuple[int, str | None, str | None]], called: list[str]) -> None:
    assert list(distinct(rows).values()) == called


@pytest.mark.parametrize(
    ("name", "short"),
    [
        ("Городская больница № 1 (ОГРН 1026600000003)", "Городская больница № 1 (ОГРН 1026600000003)"),
        ("Государственное учреждение", "Государственное учреждение"),
        (
            "Государственное автономное учреждение здравоохранения «Артинская ЦРБ»",
            "ГАУЗ «Артинская ЦРБ»",
        ),
        (LONG.format("№ 7"), "ГБУЗ Свердловско…ральная городская больница № 7»"),
        ("я" * 250, "я" * 16 + "…" + "я" * 31),
    ],
)
def test_a_long_name_keeps_what_tells_it_apart(name: str, short: str) -> None:
    assert cut(name) == short
    assert len(short) <= LONGEST


def test_two_that_are_cut_to_the_same_have_their_numbers() -> None:
    names = {number: "а" * 20 + middle + "б" * 40 for number, middle in ((3, "в"), (4, "г"))}
    short = shortened(names)
    assert short[3] != short[4]
    assert [name[-4:] for name in short.values()] == [" № 3", " № 4"]


@given(st.lists(st.text(min_size=1, max_size=300), min_size=1, max_size=8))
def test_short_names_are_as_distinct_as_long_ones(names: list[str]) -> None:
    called = distinct((number, name, None) for number, name in enumerate(names))
    short = shortened(called)
    assert len(set(short.values())) == len(set(called.values())) == len(names)
    assert all(len(name) <= LONGEST for name in short.values())
