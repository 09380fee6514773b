"""The request log by month: partitions are made ahead, and what nobody has to keep any more is dropped with its file."""

from __future__ import annotations

from sqlalchemy import Connection, Engine

from ers_sync.ledger.database import rows


def make_ahead(connection: Connection) -> int:
    """Make the partitions of this month and the next ones, and return how many were wanting."""
    return int(rows(connection, "jobs", "make_months")[0].made)


def forget_evidence(ledger: Engine, days: int) -> list[str]:
    """Drop the bytes of the months that ended more than `days` days ago, each in a transaction of its own; return their partitions.

    Raises:
        OperationalError: somebody reads the log for longer than the lock is waited for; nothing is lost by trying again tomorrow.
    """
    return _each(ledger, "months_to_forget", "forget_bytes", days)


def forget_log(ledger: Engine, days: int) -> list[str]:
    """Drop the lines of such months as well, where the bytes have gone before; return their partitions. Raise as `forget_evidence`."""
    return _each(ledger, "log_months_to_forget", "forget_lines", days)


def _each(ledger: Engine, listed: str, forget: str, days: int) -> list[str]:
    with ledger.connect() as connection:
        months = [row.name for row in rows(connection, "jobs", listed, days=days)]
    for month in months:
        with ledger.begin() as connection:
            rows(connection, "jobs", forget, month=month)
    return months
