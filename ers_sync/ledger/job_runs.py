"""What ran, when, and with what result; and who may run what is to run alone."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import date, datetime

from sqlalchemy import Connection, Engine

from ers_sync.ledger.database import rows, run, to_json


@contextmanager
def alone(engine: Engine, lock: str, *, wait: bool) -> Iterator[bool]:
    """Hold a lock on the ledger while the block runs; yield whether it was to be had, after waiting for it or at once."""
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as session:
        locked = bool(rows(session, "jobs", "wait_for_lock" if wait else "lock", lock=lock)[0].locked)
        try:
            yield locked
        finally:
            if locked:
                rows(session, "jobs", "unlock", lock=lock)


def begin(connection: Connection, job: str, longest_seconds: float) -> int:
    """Note that a job begins, and return the number of the run. Its runs that began longer ago and have no end are given up."""
    run(connection, "jobs", "abandon_runs", job=job, longest_seconds=longest_seconds)
    return int(rows(connection, "jobs", "begin_run", job=job)[0].id)


def finish(connection: Connection, run_id: int, *, succeeded: bool, summary: Mapping[str, object]) -> None:
    """Note how a run ended."""
    run(connection, "jobs", "finish_run", id=run_id, succeeded=succeeded, summary=to_json(dict(summary)))


def last_successes(connection: Connection) -> Mapping[str, datetime]:
    """Return when each job last ended well."""
    return {row.job: row.ended_at for row in rows(connection, "jobs", "last_success")}


def last_reported_day(connection: Connection) -> date | None:
    """Return the day up to which the workbooks are written; None if they never were."""
    found = rows(connection, "jobs", "last_reported_day")
    return found[0].day if found else None
