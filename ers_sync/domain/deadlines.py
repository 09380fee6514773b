"""One working day to report an event: Russian production calendar with the government's transfers."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from functools import cache
from typing import TYPE_CHECKING

from holidays import country_holidays

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from holidays import HolidayBase

_END_OF_DAY = time(23, 59, 59)


def deadline(event_day: date, zone: ZoneInfo) -> datetime:
    """Return the end (23:59:59, the hospital's zone) of the first working day after the event's day."""
    day = event_day + timedelta(days=1)
    while not is_working_day(day):
        day += timedelta(days=1)
    return datetime.combine(day, _END_OF_DAY, tzinfo=zone)


def is_working_day(day: date) -> bool:
    """Tell whether Russia works on this day: moved days off and working Saturdays included, as far as they are decreed."""
    return bool(_calendar(day.year).is_working_day(day))


@cache
def _calendar(year: int) -> HolidayBase:
    return country_holidays("RU", years=year)
