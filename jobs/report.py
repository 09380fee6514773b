"""Writes the administrators' workbooks of the day."""

from __future__ import annotations

from collections.abc import Mapping

from ers_sync.context import Context
from ers_sync.reports.daily import write_daily
from ers_sync.reports.settings import Hospital, Price, ReportSettings


def run(context: Context) -> Mapping[str, object]:
    """Write the region's workbook and one for every hospital, and return how many there are and where."""
    paths = write_daily(context.ledger, settings(context), context.clock())
    return {"workbooks": len(paths), "folder": str(paths[0].parent) if paths else None}


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
    )
