"""Endpoints of the Fund that do not answer. The rows are in the database, so a restart does not forget them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from ers_sync.ledger.database import rows, run


@dataclass(frozen=True, slots=True)
class Outage:
    """An outage that goes on; a probe is due or not."""

    id: int
    endpoint: str
    cause: str
    began_at: datetime
    probes: int
    announced: bool
    probe_due: bool


def open_outages(connection: Connection) -> list[Outage]:
    """Return the outages that go on."""
    found = rows(connection, "fund", "open_outages")
    return [Outage(r.id, r.endpoint, r.cause, r.began_at, r.probes, r.announced, r.probe_due) for r in found]


def begin(
    connection: Connection, endpoint: str, cause: str, pause_seconds: float, asked_seconds: float | None = None
) -> None:
    """Close the tap to an endpoint, if it is open; the first probe is due after the pause, or the one that the Fund asked for."""
    run(
        connection,
        "fund",
        "begin_outage",
        endpoint=endpoint,
        cause=cause,
        pause_seconds=pause_seconds,
        asked_seconds=asked_seconds,
    )


def announce(connection: Connection, endpoint: str) -> bool:
    """Note that a probe has failed, and so this is no single message's trouble; return whether that is news."""
    return bool(rows(connection, "fund", "announce_outage", endpoint=endpoint))


def take_probe(connection: Connection, outage: Outage, pause_seconds: float) -> bool:
    """Return whether this worker makes the probe that is due; the next is due after the pause."""
    return bool(rows(connection, "fund", "probe_outage", id=outage.id, pause_seconds=pause_seconds))


def end(connection: Connection, endpoint: str) -> bool:
    """Open the tap again; return whether that is news: the outage had been announced."""
    return any(row.announced for row in rows(connection, "fund", "end_outage", endpoint=endpoint))


def seconds_since_last(connection: Connection) -> float | None:
    """Return how long ago the last outage ended that was announced, by the ledger's clock."""
    seconds = rows(connection, "fund", "recovering")[0].seconds
    return None if seconds is None else float(seconds)
