"""Writes the administrators' workbooks of the day, and of the days that were missed before it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from ers_sync.config import read_secret
from ers_sync.context import Context
from ers_sync.ledger import job_runs
from ers_sync.ops.apart import apart
from ers_sync.reports.retention import missed_days
from ers_sync.reports.settings import Hospital, Price, ReportSettings


def run(context: Context) -> Mapping[str, object]:
    """Write the region's workbook and one for every hospital, and return how many there are, the last day, and where it lies."""
    now = context.clock()
    with context.ledger.connect() as connection:
        last = job_runs.last_reported_day(connection)
    days = missed_days(last, now.astimezone(context.config.timezone).date())
    dsn = read_secret(context.config.ledger.dsn_file)
    paths: list[Path] = apart("ers_sync.reports.daily:write_days", dsn, settings(context), now, days)
    return {"workbooks": len(paths), "day": str(days[-1]), "folder": str(paths[-1].parent)}


def settings(context: Context) -> ReportSettings:
    """Return what the configuration says of reports."""
    config = context.config
    prices = (Price(row.since, row.ticket1, row.ticket2, row.ticket3_1, row.ticket3_2) for row in config.prices)
    return ReportSettings(
        directory=config.reports.dir,
        zone=config.timezone,
        hospitals=tuple(Hospital(row.id, config.zone_of(row), row.report_group) for row in config.hospitals),
        prices=tuple(prices),
        group=config.reports.group,
        keep_days=config.retention.reports_days,
    )
