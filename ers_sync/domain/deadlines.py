"""One working day to report an event: Russian production calendar with the government's transfers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cache, lru_cache
from typing import TYPE_CHECKING

from holidays import country_holidays

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from holidays import HolidayBase

_END_OF_DAY = time(23, 59, 59)


@dataclass(frozen=True, slots=True)
class Calendar:
    """What a site knows better than the calendar of the library: a decree that is newer, a day off of its region."""

    days_off: frozenset[date] = frozenset()
    working_days: frozenset[date] = frozenset()


@lru_cache(maxsize=4096)  # as many days of as many zones as a scan may come upon: events share their days
def deadline(event_day: date, zone: ZoneInfo, calendar: Calendar | None = None) -> datetime:
    """Return the end (23:59:59, the hospital's zone) of the first working day after the event's day."""
    day = event_day + timedelta(days=1)
    while not is_working_day(day, calendar):
        day += timedelta(days=1)
    return datetime.combine(day, _END_OF_DAY, tzinfo=zone)


def is_working_day(day: date, calendar: Calendar | None = None) -> bool:
    """Tell whether Russia works on this day: moved days off and working Saturdays included, as far as they are decreed.

    The site's own calendar comes first.
    """
    if calendar is not None and day in calendar.days_off | calendar.working_days:
        return day in calendar.working_days
    return bool(_calendar(day.year).is_working_day(day))


@cache
def _calendar(year: int) -> HolidayBase:
    return country_holidays("RU", years=year)
