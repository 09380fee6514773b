"""Which contract a request names."""

from __future__ import annotations

from datetime import date

import pytest

from ers_sync.domain.content import Kind
from ers_sync.domain.contracts import Contract, for_asking, for_sending, service
from tests.unit.domain.build import CLINIC

CLOSED = Contract(CLINIC, "1", "closed", date(2025, 1, 10), date(2025, 12, 31))
OPEN = Contract(CLINIC, "1", "open", date(2026, 2, 1))
CHILDREN = Contract(CLINIC, "3-1", "children", date(2026, 3, 1), date(2026, 3, 1))


@pytest.mark.parametrize(
    ("kind", "day", "number"),
    [
        ("1", "2025-01-09", None),
        ("1", "2025-01-10", "closed"),
        ("1", "2025-12-31", "closed"),
        ("1", "2026-01-01", None),
        ("1", "2026-01-31", None),
        ("1", "2026-02-01", "open"),
        ("1", "2099-01-01", "open"),
        ("2", "2026-03-01", None),
        ("3-1", "2026-02-28", None),
        ("3-1", "2026-03-01", "children"),
        ("3-1", "2026-03-02", None),
        ("3-2", "2026-03-01", None),
        (None, "2026-02-28", "open"),
        (None, "2026-03-01", "children"),  # any kind; the one that began last is named
        (None, "2026-03-02", "open"),
        (None, "2026-01-15", None),
    ],
)
def test_both_ends_are_inclusive_and_the_latest_is_named(kind: str | None, day: str, number: str | None) -> None:
    found = for_sending([OPEN, CLOSED, CHILDREN], kind, date.fromisoformat(day))
    assert (found.number if found else None) == number


def test_questions_name_the_last_contract_even_an_expired_one() -> None:
    assert for_asking([CLOSED]) == CLOSED
    assert for_asking([CHILDREN, OPEN, CLOSED]) == CHILDREN
    assert for_asking([]) is None


@pytest.mark.parametrize(
    ("kind", "half_year", "kind_of_service"),
    [
        (Kind.CREATE_ERS, None, None),
        (Kind.PUT_VISIT, None, None),
        (Kind.ANNUL_VISIT, None, None),
        (Kind.DISABLE_ERS, None, None),
        (Kind.PUT_TICKET1, None, "1"),
        (Kind.PUT_TICKET2, None, "2"),
        (Kind.PUT_TICKET3, 1, "3-1"),
        (Kind.PUT_TICKET3, 2, "3-2"),
    ],
)
def test_kind_of_service(kind: Kind, half_year: int | None, kind_of_service: str | None) -> None:
    assert service(kind, half_year) == kind_of_service
