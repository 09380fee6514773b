"""What a site decides about eligibility: its hospitals and a few switches (from `config.yaml`)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from zoneinfo import ZoneInfo

from ers_sync.domain.deadlines import Calendar


@dataclass(frozen=True, slots=True)
class Hospital:
    """A hospital that this daemon reports for: events before `start_from` are not sent."""

    id: int
    start_from: date
    zone: ZoneInfo
    calendar: Calendar | None = None

    def today(self, now: datetime) -> date:
        """The hospital's local day at an aware time."""
        return now.astimezone(self.zone).date()

    def has_come(self, moment: datetime, now: datetime) -> bool:
        """Tell whether a wall-clock moment of the hospital has come at an aware time."""
        return moment <= _wall_clock(now, self.zone)


@dataclass(frozen=True, slots=True)
class Rules:
    """The site's choices; gestation in weeks, the rest in days."""

    hospitals: Mapping[int, Hospital]
    backfill_certificates: bool = False
    form_at_delivery: bool = False
    closed_days: int = 60
    ticket1_min_observation_weeks: int = 0


@lru_cache(maxsize=256)  # of one moment in every zone there is: it is asked for with each row
def _wall_clock(now: datetime, zone: ZoneInfo) -> datetime:
    return now.astimezone(zone).replace(tzinfo=None)
