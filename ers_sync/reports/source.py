"""What every sheet of one workbook is made from."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from ers_sync.reports.settings import ReportSettings
from ers_sync.reports.snapshot import Snapshot


@dataclass(frozen=True, slots=True)
class Source:
    """The snapshot, seen from one hospital (`organization_id`) or from the region (None), on the day of the report.

    `names` is what each hospital is called, by its id.
    """

    snapshot: Snapshot
    settings: ReportSettings
    names: Mapping[int, str]
    today: date
    organization_id: int | None

    @property
    def region(self) -> bool:
        """Whether all hospitals are shown."""
        return self.organization_id is None

    @property
    def zone(self) -> ZoneInfo:
        """The zone of the workbook's times."""
        return self.settings.zone_of(self.organization_id)

    def one(self, query: str, **values: object) -> tuple[Any, ...]:
        """Return the only row of a named query of this hospital or the region."""
        return self.snapshot.all(query, organization_id=self.organization_id, **values)[0]

    def stream(self, query: str, **values: object) -> Iterator[Any]:
        """Yield the rows of a named query of this hospital or the region."""
        return self.snapshot.stream(query, organization_id=self.organization_id, **values)

    def stream_beside(self, query: str) -> Iterator[Any]:
        """Yield the rows of a named query of this hospital or the region, while other things are asked for."""
        return self.snapshot.stream_beside(query, organization_id=self.organization_id)
