"""The business clock: eligibility, contracts, deadlines and the validity of certificates go by it, and `--at` moves it.

The ledger's clock (leases, pauses) and РАМ's (the scan) are their databases' own; the three are never mixed.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta


class Clock:
    """Tells the business time: the machine's, or one that began at a given moment and runs on from there."""

    def __init__(self, at: datetime | None = None) -> None:
        self._shift = at - datetime.now(UTC) if at else timedelta()

    def __call__(self) -> datetime:
        """Return the business time, aware."""
        return datetime.now(UTC) + self._shift

    @property
    def moved(self) -> bool:
        """Whether this is another time than the machine's."""
        return self._shift != timedelta()
