"""The business clock: begins at a given time and runs on at the pace of the real one, across restarts too."""

from __future__ import annotations

import time
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo


class BusinessClock:
    """Set once a run (`--at`), or again through the control endpoint; without a setting it is the real time."""

    def __init__(self, zone: ZoneInfo) -> None:
        self._zone = zone
        self._set_at, self._real = datetime.fromtimestamp(0, zone), 0.0

    def set(self, business: datetime, real: float) -> None:
        """From the real moment `real` (Unix seconds) on it is `business`; a time without zone is in the Fund's zone."""
        self._set_at = business if business.tzinfo else business.replace(tzinfo=self._zone)
        self._real = real

    def now(self) -> datetime:
        """The business time in the Fund's zone."""
        return (self._set_at + timedelta(seconds=time.time() - self._real)).astimezone(self._zone)
