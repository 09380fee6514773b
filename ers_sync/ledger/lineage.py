"""Notices that the ledger went back in time: restored from a backup, or failed over to a copy that lags.

What was sent since then is not in it, so nothing of that time goes out before the Fund was asked. The server's identity, its timeline
and the database's own id tell of a restore into another place and of a promotion. A copy of the whole machine tells of nothing:
`ers-sync migrate --restored` says it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection

from ers_sync.ledger import requests
from ers_sync.ledger.database import rows, run


@dataclass(frozen=True, slots=True)
class Lineage:
    """The age of the ledger: how often it went back in time. Events up to `doubted_until` may have been sent by a lost one."""

    age: int
    doubted_until: date | None

    def doubts(self, event_on: date | None, asked_in: int) -> bool:
        """Tell whether a lost ledger may have sent a request for an event of this day, which was last asked about at this age."""
        if self.doubted_until is None or asked_in >= self.age:
            return False
        return event_on is None or event_on <= self.doubted_until


def known(connection: Connection) -> Lineage:
    """Return the ledger's lineage as it was last looked at."""
    found = rows(connection, "lineage", "known")
    return Lineage(found[0].age, found[0].doubted_until) if found else Lineage(0, None)


def look(connection: Connection, today: date, *, restored: bool = False) -> int | None:
    """Compare what is remembered with what is found. If the ledger went back in time, or a person says so, doubt what may have been sent.

    Args:
        connection: a transaction of its own.
        today: the business day; events up to the day after it are doubted (a hospital's day may be ahead).
        restored: a person says that a backup was restored.

    Returns:
        How many requests became of unknown fate; None if the ledger is what it was.
    """
    seen = rows(connection, "lineage", "look")[0]
    here = {
        "system_identifier": seen.system_identifier,
        "timeline": seen.timeline,
        "database_oid": seen.database_oid,
    }
    if seen.is_new:
        run(connection, "lineage", "begin", **here)
    if not (restored or (seen.is_other and not seen.is_new)):
        return None
    doubted_until = date.fromordinal(today.toordinal() + 1)
    if not rows(connection, "lineage", "grow_older", **here, age=seen.age or 0, doubted_until=doubted_until):
        return None  # another daemon was first
    run(connection, "lineage", "forget_mark")
    run(connection, "lineage", "ask_everybody")
    return requests.doubt_all(connection)
