"""The daily workbooks: one of the region and one of every hospital, all of one snapshot of the ledger."""

from __future__ import annotations

import gc
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from sqlalchemy import Engine

from ers_sync.reports.book import Heading, open_book
from ers_sync.reports.contents import fill
from ers_sync.reports.figures import Figures, load
from ers_sync.reports.files import day_folder, private_folder, publish, safe_name
from ers_sync.reports.settings import ReportError, ReportSettings
from ers_sync.reports.snapshot import Snapshot, open_snapshot
from ers_sync.reports.source import Source

REGION = "Регион: все МО"
_CAUSES = 10
_OBJECTS = 50_000


def write_days(dsn: str, settings: ReportSettings, business_now: datetime, days: Sequence[date]) -> list[Path]:
    """Write the workbooks of each day as `write_daily` does, and return all paths."""
    return [path for day in days for path in write_daily(dsn, settings, business_now, day)]


def write_daily(
    engine_or_dsn: Engine | str, settings: ReportSettings, business_now: datetime, day: date | None = None
) -> list[Path]:
    """Write the region's workbook and one a hospital into `directory`/YYYY/MM/DD, and return their paths, the region's first.

    `business_now` is aware; `day` is the day to report on, today (in the region's zone) unless a missed day is made up for: then what
    moves is that day's, and what stands is today's. A workbook that fails does not keep back the others.

    Raises:
        ReportError: a workbook could not be written, or its sheets do not agree with each other.
        Exception: a mistake of the program's in one of them.
    """
    day = day or business_now.astimezone(settings.zone).date()
    with _few_collections(), private_folder(settings) as folder, open_snapshot(engine_or_dsn) as snapshot:
        figures = load(snapshot, settings, business_now, day)
        run = _Run(settings, snapshot, folder, business_now)
        written: list[Path] = []
        failures: list[Exception] = []
        for whom in (None, *(hospital.id for hospital in settings.hospitals)):
            try:
                written.append(_write(run, figures, whom))
            except Exception as error:  # noqa: BLE001 - raised below, when the other hospitals have theirs
                failures.append(error)
    if failures:
        raise _worst(failures)
    return written


@contextmanager
def _few_collections() -> Iterator[None]:
    """Look for garbage in cycles seldom: rows leave none, and to look for it took a tenth of the time."""
    before = gc.get_threshold()
    gc.set_threshold(_OBJECTS, *before[1:])
    try:
        yield
    finally:
        gc.set_threshold(*before)


def _worst(failures: Sequence[Exception]) -> Exception:
    """Return what to raise: a mistake of the program's before what a site can mend, and of this every cause once."""
    mistakes = [error for error in failures if not isinstance(error, ReportError)]
    texts = list(dict.fromkeys(map(str, failures)))
    more = [f"и ещё причин: {len(texts) - _CAUSES}"] if len(texts) > _CAUSES else []
    return mistakes[0] if mistakes else ReportError("\n".join([*texts[:_CAUSES], *more]))


@dataclass(frozen=True, slots=True)
class _Run:
    """What the workbooks of one run share."""

    settings: ReportSettings
    snapshot: Snapshot
    folder: Path
    now: datetime


def _write(run: _Run, figures: Figures, organization_id: int | None) -> Path:
    """Write and publish one workbook."""
    settings = run.settings
    if organization_id is None:
        whom, name = REGION, "Регион"
    else:
        whom = figures.names[organization_id]
        name = f"МО {organization_id} {whom}"
    local = run.now.astimezone(settings.zone_of(organization_id))
    heading = Heading(whom, figures.day, local.replace(tzinfo=None, microsecond=0))
    file_name = f"ЭРС {figures.day:%Y-%m-%d} {safe_name(name)}.xlsx"
    made = run.folder / "book.xlsx"
    with open_book(made, heading, settings.rows_per_sheet) as book:
        source = Source(run.snapshot, settings, figures.names, figures.day, organization_id)
        fill(book, source, figures.of(organization_id))
    target = day_folder(settings, figures.day) / file_name
    publish(made, target, settings.group_of(organization_id))
    return target
