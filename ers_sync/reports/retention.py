"""How long reports are kept, and which days a report must make up for."""

from __future__ import annotations

from contextlib import suppress
from datetime import date, datetime, timedelta

from ers_sync.reports.settings import ReportSettings

_MAKE_UP_DAYS = 31
_OURS = {".xlsx", ".pdf"}


def missed_days(last: date | None, today: date) -> list[date]:
    """Return the days to report on now: today, and before it every day since the last successful report, 31 at most."""
    first = today if last is None else max(last + timedelta(days=1), today - timedelta(days=_MAKE_UP_DAYS - 1))
    return [first + timedelta(days=number) for number in range((today - first).days)] + [today]


def remove_old(settings: ReportSettings, today: date) -> int:
    """Remove the workbooks of days that are `keep_days` past, and folders that are empty then; return how many files went."""
    oldest = today - timedelta(days=settings.keep_days)
    removed = 0
    for folder in sorted(settings.directory.glob("[0-9]*/[0-9]*/[0-9]*")):
        day = _day("-".join(folder.relative_to(settings.directory).parts))
        if day is None or day >= oldest:
            continue
        for file in folder.iterdir():
            if file.suffix in _OURS and file.is_file():
                file.unlink()
                removed += 1
        with suppress(OSError):  # somebody else's file is in it, or another day of the month
            for empty in (folder, folder.parent, folder.parent.parent):
                empty.rmdir()
    return removed


def _day(text: str) -> date | None:
    try:
        return datetime.strptime(text, "%Y-%m-%d").date()  # noqa: DTZ007  # a folder's name is a day, not a moment
    except ValueError:
        return None
