"""The mark of a scan, and which rows of РАМ a later scan must read again.

`updated_at` alone loses rows: it is stamped before the transaction commits, so a row can become visible with a stamp older
than rows already read. What tells is the transaction that wrote the row. A row that a snapshot did not see was written by a
transaction that was running then or began later; the id of either, a subtransaction's too, is at least the snapshot's xmin.
So a scan reads the rows written by a transaction >= the xmin of the *previous* snapshot; `updated_at` merely bounds how
many rows it looks at. Rows are thus read twice now and then, and never missed. (`pg_visible_in_snapshot` would not do: a
snapshot does not list subtransactions.)
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, Self

if TYPE_CHECKING:
    from collections.abc import Mapping

EPOCH = 2**32
"""Transaction ids are 64 bits wide; a row stores the low 32."""
_COMPARABLE = 2**31
_FIRST_NORMAL = 3


@dataclass(frozen=True, slots=True)
class Mark:
    """Where a scan stood; the next one goes on from here. Transaction ids are 64 bits wide, `taken_at` is РАМ's clock."""

    system_identifier: int
    timeline: int
    xmin: int
    xmax: int
    taken_at: datetime

    def to_json(self) -> dict[str, Any]:
        """Return the mark as plain JSON values."""
        return asdict(self) | {"taken_at": self.taken_at.isoformat()}

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> Self:
        """Return the mark that `to_json` gave; raise KeyError, TypeError or ValueError if it is not one."""
        return cls(**dict(stored) | {"taken_at": datetime.fromisoformat(stored["taken_at"])})


def why_full(since: Mark | None, now: Mark) -> str | None:
    """Return why everything has to be read, in Russian words, or None if the changes since the mark are enough."""
    if since is None:
        return "отметки ещё нет"
    if since.system_identifier != now.system_identifier:
        return "другой сервер"
    if since.timeline != now.timeline:
        return "другая линия времени сервера"
    if now.xmax < since.xmax:
        return "номера транзакций пошли назад"
    if now.xmax - since.xmin >= _COMPARABLE:
        return "с отметки слишком много транзакций"
    return None


@dataclass(frozen=True, slots=True)
class XidRanges:
    """The 32-bit ids, as rows store them, of the transactions of a span: inclusive, two ranges as the span may wrap around."""

    low: int
    high: int
    low_wrapped: int
    high_wrapped: int

    def __contains__(self, row_xid: int) -> bool:
        return self.low <= row_xid <= self.high or self.low_wrapped <= row_xid <= self.high_wrapped


def xid_ranges(first: int, last: int) -> XidRanges:
    """Return the 32-bit ids of the transactions `first` to `last` (64-bit, inclusive, fewer than 2^32 of them).

    Ids below 3 are PostgreSQL's own (a frozen row of old has 2): they cannot be compared, so they always count as within.
    """
    low, high = first % EPOCH, last % EPOCH
    if low <= high:
        return XidRanges(low, high, 0, _FIRST_NORMAL - 1)
    return XidRanges(low, EPOCH - 1, 0, max(high, _FIRST_NORMAL - 1))
