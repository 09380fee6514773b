"""What the reports need of the configuration, as plain values that can be handed to another process."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo


class ReportError(Exception):
    """A report could not be written; the text (Russian) says why and what to do, and names no patient."""


@dataclass(frozen=True, slots=True)
class Price:
    """What the Fund pays for a talon from a day on, roubles."""

    since: date
    ticket1: int
    ticket2: int
    ticket3_1: int
    ticket3_2: int


@dataclass(frozen=True, slots=True)
class Hospital:
    """A hospital that gets a workbook of its own; `group` is the OS group that may read it (None: the common one)."""

    id: int
    zone: ZoneInfo
    group: str | None = None


@dataclass(frozen=True, slots=True)
class ReportSettings:
    """Where the workbooks go, for whom, and what a talon is worth.

    Workbooks lie in `directory`/YYYY/MM/DD and are kept `keep_days`; the request log of a daily workbook covers `log_days`.
    `rows_per_sheet` is what a sheet holds, its heading included (Excel: 1,048,576).
    """

    directory: Path
    zone: ZoneInfo
    hospitals: tuple[Hospital, ...] = ()
    prices: tuple[Price, ...] = ()
    group: str | None = None
    log_days: int = 7
    keep_days: int = 1825
    rows_per_sheet: int = 1_048_576

    def zone_of(self, organization_id: int | None) -> ZoneInfo:
        """Return a hospital's own zone, else the region's; the region's for None."""
        return next((hospital.zone for hospital in self.hospitals if hospital.id == organization_id), self.zone)

    def group_of(self, organization_id: int | None) -> str | None:
        """Return the OS group that may read a hospital's workbook, or the region's for None."""
        own = next((hospital.group for hospital in self.hospitals if hospital.id == organization_id), None)
        return own or self.group

    def zones_json(self) -> str:
        """Return the zones of hospitals for SQL: `[{"organization_id": 1, "zone": "Asia/Yekaterinburg"}]`."""
        return json.dumps([{"organization_id": h.id, "zone": h.zone.key} for h in self.hospitals])

    def prices_json(self) -> str:
        """Return the prices for SQL, a row a talon and period: `[{"kind", "half_year", "since", "until", "roubles"}]`."""
        ordered = sorted(self.prices, key=lambda price: price.since)
        ends = [*(price.since - timedelta(days=1) for price in ordered[1:]), date.max][: len(ordered)]
        rows = [
            {"kind": kind, "half_year": half, "since": str(price.since), "until": str(end), "roubles": roubles}
            for price, end in zip(ordered, ends, strict=True)
            for kind, half, roubles in (
                ("put_ticket1", 0, price.ticket1),
                ("put_ticket2", 0, price.ticket2),
                ("put_ticket3", 1, price.ticket3_1),
                ("put_ticket3", 2, price.ticket3_2),
            )
        ]
        return json.dumps(rows)
