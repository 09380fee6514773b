"""Transaction ids as rows store them, and when a mark is of no use."""

from __future__ import annotations

import dataclasses
import json
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ers_sync.ram.snapshot import EPOCH, Mark, why_full, xid_ranges

MARK = Mark(7_311_000_000_000_000_001, 3, 5_000, 5_010, datetime(2026, 3, 2, 9, 0, tzinfo=UTC))


@pytest.mark.parametrize(
    ("first", "last", "inside", "outside"),
    [
        # first, last: 64 bits; inside, outside: what rows store
        (100, 200, [100, 150, 200], [99, 201, 5_000]),
        (100, 100, [100], [99, 101]),
        (EPOCH + 100, EPOCH + 200, [100, 200], [99, 201, EPOCH - 1]),
        (EPOCH - 10, EPOCH + 10, [EPOCH - 10, EPOCH - 1, 3, 10], [EPOCH - 11, 11, 5_000]),
        (EPOCH - 1, EPOCH, [EPOCH - 1], [EPOCH - 2, 3]),
        (5 * EPOCH - 2, 5 * EPOCH + 3, [EPOCH - 2, 3], [EPOCH - 3, 4]),
        (EPOCH, EPOCH + 5, [3, 5], [6, EPOCH - 1]),
    ],
)
def test_ids_of_a_span_over_the_edge_of_an_epoch(first: int, last: int, inside: list[int], outside: list[int]) -> None:
    ranges = xid_ranges(first, last)
    assert all(xid in ranges for xid in inside)
    assert not any(xid in ranges for xid in outside)


@pytest.mark.parametrize("first", [100, EPOCH - 5, EPOCH + 9])
def test_the_ids_that_postgresql_keeps_for_itself_always_count(first: int) -> None:
    assert all(xid in xid_ranges(first, first + 20) for xid in (0, 1, 2))


@given(st.integers(3, 2**40), st.integers(0, 2**31 - 1), st.integers(0, 2**31 - 1), st.integers(1, 2**31))
def test_within_is_within_and_older_is_not(first: int, length: int, offset: int, age: int) -> None:
    ranges = xid_ranges(first, first + length)
    assert (first + min(offset, length)) % EPOCH in ranges
    older = (first - age) % EPOCH
    if older >= 3:
        assert older not in ranges


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({}, None),
        ({"xmin": 9_000, "xmax": 9_001}, None),
        ({"xmin": 5_010}, None),
        ({"system_identifier": 1}, "другой сервер"),
        ({"timeline": 4}, "другая линия времени сервера"),
        ({"xmax": 5_009}, "номера транзакций пошли назад"),
        ({"xmax": 5_000 + 2**31 - 1}, None),
        ({"xmax": 5_000 + 2**31}, "с отметки слишком много транзакций"),
    ],
)
def test_what_makes_a_mark_useless(change: dict[str, int], reason: str | None) -> None:
    assert why_full(MARK, dataclasses.replace(MARK, **change)) == reason  # type: ignore[arg-type]  # a table of ints


def test_without_a_mark_everything_is_read() -> None:
    assert why_full(None, MARK) == "отметки ещё нет"


def test_a_mark_survives_json() -> None:
    assert Mark.from_json(json.loads(json.dumps(MARK.to_json()))) == MARK
