"""One working day, by the Russian production calendar."""

from __future__ import annotations

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from ers_sync.domain.deadlines import Calendar, deadline, is_working_day

EKATERINBURG = ZoneInfo("Asia/Yekaterinburg")


@pytest.mark.parametrize(
    ("event", "last"),
    [
        ("2026-03-02", "2026-03-03"),  # Monday
        ("2026-02-27", "2026-03-02"),  # Friday
        ("2026-02-28", "2026-03-02"),  # Saturday
        ("2026-03-01", "2026-03-02"),  # Sunday
        ("2024-04-26", "2024-04-27"),  # a working Saturday follows
        ("2024-04-27", "2024-05-02"),  # worked for the 29th and 30th
        ("2025-10-31", "2025-11-01"),  # a working Saturday follows
        ("2025-11-01", "2025-11-05"),
        ("2024-12-28", "2025-01-09"),  # a working Saturday, then New Year
        ("2025-12-30", "2026-01-12"),  # 31 December 2025 and 9 January 2026 are days off
        ("2026-01-01", "2026-01-12"),
        ("2025-05-01", "2025-05-05"),  # 2 May is a moved day off
        ("2025-05-07", "2025-05-12"),  # so is 8 May
        ("2024-02-22", "2024-02-26"),
        ("2024-02-28", "2024-02-29"),  # a leap day
        ("2024-02-29", "2024-03-01"),
        ("2023-02-28", "2023-03-01"),
        ("0001-01-01", "0001-01-02"),  # a clerk's or a program's impossible date breaks nothing
    ],
)
def test_the_first_working_day_after_the_event(event: str, last: str) -> None:
    found = deadline(date.fromisoformat(event), EKATERINBURG)
    assert (found.date().isoformat(), found.time().isoformat()) == (last, "23:59:59")


@pytest.mark.parametrize(
    ("zone", "moment"),
    [
        ("Asia/Yekaterinburg", datetime(2026, 3, 3, 18, 59, 59, tzinfo=UTC)),
        ("Europe/Kaliningrad", datetime(2026, 3, 3, 21, 59, 59, tzinfo=UTC)),
        ("Asia/Kamchatka", datetime(2026, 3, 3, 11, 59, 59, tzinfo=UTC)),
    ],
)
def test_the_day_ends_in_the_hospitals_zone(zone: str, moment: datetime) -> None:
    assert deadline(date(2026, 3, 2), ZoneInfo(zone)) == moment


@pytest.mark.parametrize(
    ("day", "works"),
    [
        ("2024-04-27", True),
        ("2025-11-01", True),
        ("2024-04-20", False),
        ("2025-11-03", False),
        ("2026-01-09", False),
        ("2026-01-12", True),
    ],
)
def test_working_days(day: str, works: bool) -> None:
    assert is_working_day(date.fromisoformat(day)) is works


@pytest.mark.parametrize(
    ("calendar", "expected"),
    [
        (Calendar(), "2026-03-17"),
        (Calendar(days_off=frozenset({date(2026, 3, 17)})), "2026-03-18"),
        (Calendar(days_off=frozenset({date(2026, 3, 17)}), working_days=frozenset({date(2026, 3, 17)})), "2026-03-17"),
    ],
)
def test_the_sites_own_calendar_comes_first(calendar: Calendar, expected: str) -> None:
    assert deadline(date(2026, 3, 16), ZoneInfo("Asia/Yekaterinburg"), calendar).date().isoformat() == expected


def test_a_working_saturday_of_the_site() -> None:
    calendar = Calendar(working_days=frozenset({date(2026, 3, 21)}))
    assert deadline(date(2026, 3, 20), ZoneInfo("Asia/Yekaterinburg"), calendar).date() == date(2026, 3, 21)
