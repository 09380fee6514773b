"""The daily workbooks: one of the region and one of every hospital, all of one snapshot of the ledger."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path

from sqlalchemy import Engine

from ers_sync.reports import periods, summary, titles, words
from ers_sync.reports.book import SUMMARY, Book, Heading, open_book
from ers_sync.reports.figures import COUNTS, Figures, load
from ers_sync.reports.files import day_folder, private_folder, publish, safe_name
from ers_sync.reports.settings import ReportSettings
from ers_sync.reports.snapshot import open_snapshot
from ers_sync.reports.table import Column, Table

REGION = "Регион: все МО"


def write_daily(
    engine_or_dsn: Engine | str, settings: ReportSettings, business_now: datetime, day: date | None = None
) -> list[Path]:
    """Write the region's workbook and one a hospital into `directory`/YYYY/MM/DD, and return their paths, the region's first.

    `business_now` is aware; `day` is the day to report on, today (in the region's zone) unless a missed day is made up for: then what
    moves is that day's, and what stands is today's.

    Raises:
        ReportError: a workbook could not be written, or its sheets do not agree with each other.
    """
    day = day or business_now.astimezone(settings.zone).date()
    with private_folder(settings) as folder, open_snapshot(engine_or_dsn) as snapshot:
        figures = load(snapshot, settings, business_now, day)
        paths = [_write(settings, figures, folder, business_now, None)]
        paths += [_write(settings, figures, folder, business_now, hospital.id) for hospital in settings.hospitals]
    return paths


def _write(
    settings: ReportSettings,
    figures: Figures,
    folder: Path,
    now: datetime,
    organization_id: int | None,
) -> Path:
    if organization_id is None:
        whom, name, zone = REGION, "Регион", settings.zone
    else:
        whom = figures.names.get(organization_id, f"МО {organization_id}")
        name, zone = f"МО {organization_id} {whom}", settings.zone_of(organization_id)
    heading = Heading(whom, figures.day, now.astimezone(zone).replace(tzinfo=None, microsecond=0))
    file_name = f"ЭРС {figures.day:%Y-%m-%d} {safe_name(name)}.xlsx"
    with open_book(folder / "book.xlsx", heading, settings.rows_per_sheet) as book:
        _fill(book, figures.of(organization_id), region=organization_id is None)
    target = day_folder(settings, figures.day) / file_name
    publish(folder / "book.xlsx", target, settings.group_of(organization_id))
    return target


def _fill(book: Book, figures: Figures, *, region: bool) -> None:
    book.add(SUMMARY)
    _hospitals(book, figures)
    summary.write(book, figures, [titles.HOSPITALS], region=region)


def _hospitals(book: Book, figures: Figures) -> None:
    rows = figures.periods(figures.sent, COUNTS)
    columns = periods.columns([Column("М.О.", 60, "wrap")], list(words.MEASURES.values()))
    totals = dict(enumerate(figures.totals(figures.sent, COUNTS), start=2))
    table = Table(book, titles.HOSPITALS, columns, rows=periods.row_count(rows, "day"), totals=totals, frozen=2)
    periods.write(table, rows, "day")
    table.close()
