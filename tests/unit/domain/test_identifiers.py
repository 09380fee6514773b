"""Cleaning of texts and the check digits of СНИЛС, ИНН and ОГРН."""

from __future__ import annotations

import xml.etree.ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ers_sync.domain.identifiers import clean, inn, kpp, ogrn, snils


@pytest.mark.parametrize(
    ("text", "digits"),
    [
        ("112-233-445 95", "11223344595"),
        ("11223344595", "11223344595"),
        ("  112 233 445 95 ", "11223344595"),
        ("112-233-445 96", None),
        ("1122334459", None),
        ("112233445950", None),
        ("СНИЛС 112-233-445 95", "11223344595"),
        ("087-654-303 00", "08765430300"),  # the sum is 202: 202 mod 101 = 0
        ("010-010-203 40", None),
        ("000-000-000 00", None),
        ("001-001-998 00", "00100199800"),  # the last one without check digits
        ("001-001-998 99", "00100199899"),
        ("000-000-001 77", "00000000177"),
        ("001-001-999 00", None),
        ("001-001-999 65", "00100199965"),
        ("", None),
        ("   ", None),
        (None, None),
        ("нет", None),
        ("١١٢٢٣٣٤٤٥٩٥", None),  # digits of another script are no digits
    ],
)
def test_snils(text: str | None, digits: str | None) -> None:
    assert snils(text) == digits


def _weighted(number: str) -> int:
    return sum(int(digit) * (9 - place) for place, digit in enumerate(number))


def _with_sum(total: int) -> str:
    """Return a number above the exempt ones whose weighted sum is just so."""
    return next(f"{n:09}" for n in range(10_000_000, 999_999_999, 97) if _weighted(f"{n:09}") == total)


@pytest.mark.parametrize(
    ("total", "check"), [(99, "99"), (100, "00"), (101, "00"), (102, "01"), (201, "00"), (202, "00")]
)
def test_check_sums_around_the_modulus(total: int, check: str) -> None:
    number = _with_sum(total)
    assert [f"{n:02}" for n in range(100) if snils(f"{number}{n:02}")] == [check]


@given(st.integers(min_value=1_001_999, max_value=999_999_999), st.integers(0, 8), st.integers(1, 9))
def test_no_single_wrong_digit_passes(number: int, place: int, shift: int) -> None:
    digits = f"{number:09}"
    good = next(f"{digits}{check:02}" for check in range(100) if snils(f"{digits}{check:02}"))
    bad = f"{good[:place]}{(int(good[place]) + shift) % 10}{good[place + 1 :]}"
    if int(bad[:9]) > 1_001_998:
        # two sums that differ by less than 101 share check digits only as 100 and 0 do
        same = {_weighted(good[:9]) % 101 % 100, _weighted(bad[:9]) % 101 % 100}
        assert (snils(bad) is None) == (len(same) == 2)


@pytest.mark.parametrize(
    ("text", "digits"),
    [
        ("6658021402", "6658021402"),
        (" 6658021402\t", "6658021402"),
        ("6658021403", None),
        ("500100732259", "500100732259"),
        ("500100732258", None),
        ("66580 21402", None),
        ("665802140", None),
        ("٦٦٥٨٠٢١٤٠٢", None),
        ("", None),
        (None, None),
    ],
)
def test_inn(text: str | None, digits: str | None) -> None:
    assert inn(text) == digits


@pytest.mark.parametrize(
    ("text", "digits"),
    [
        ("1026602336727", "1026602336727"),
        ("\n1026602336727 ", "1026602336727"),
        ("1026602336728", None),
        ("304500116000157", None),  # 15 digits: an entrepreneur's, a hospital has 13
        ("102660233672", None),
        ("1026602336 727", None),
        ("", None),
        (None, None),
    ],
)
def test_ogrn(text: str | None, digits: str | None) -> None:
    assert ogrn(text) == digits


@pytest.mark.parametrize(
    ("text", "cleaned"),
    [
        ("  Ёлкина  ", "Ёлкина"),
        ("=HYPERLINK(1)", "=HYPERLINK(1)"),
        ("Ива\x00но\x1fва", "Иванова"),
        ("\x0b Анна \x07", "Анна"),
        ("две\nстроки\tи табуляция", "две\nстроки\tи табуляция"),
        ("\u00a0\u2003", None),
        ("\x00\x01", None),
        ("a\ud800b\ufffe\uffffc", "abc"),
        ("🤰", "🤰"),
        ("", None),
        (None, None),
    ],
)
def test_clean(text: str | None, cleaned: str | None) -> None:
    assert clean(text) == cleaned


@given(st.text(st.characters()))
def test_what_is_clean_stays_so_and_fits_into_xml(text: str) -> None:
    cleaned = clean(text)
    assert clean(cleaned) == cleaned
    if cleaned is not None:
        element = ET.Element("a")
        element.text = cleaned
        # a parser reads a carriage return as a line feed; nothing else may change
        assert ET.fromstring(ET.tostring(element)).text == cleaned.replace("\r\n", "\n").replace("\r", "\n")  # noqa: S314 - our own text


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("667001001", "667001001"),
        (" 6670AA001 ", "6670AA001"),
        ("66700100", None),
        ("667а01001", None),
        ("", None),
        (None, None),
    ],
)
def test_kpp(text: str | None, expected: str | None) -> None:
    assert kpp(text) == expected
