"""Endpoints of the Fund that do not answer. The rows are in the database, so a restart does not forget them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from ers_sync.ledger.database import rows


@dataclass(frozen=True, slots=True)
class Outage:
    """An outage that goes on; a probe is due or not."""

    id: int
    endpoint: str
    cause: str
    began_at: datetime
    probes: int
    probe_due: bool


def open_outages(connection: Connection) -> list[Outage]:
    """Return the outages that go on."""
    found = rows(connection, "fund", "open_outages")
    return [Outage(r.id, r.endpoint, r.cause, r.began_at, r.probes, r.probe_due) for r in found]


def begin(connection: Connection, endpoint: str, cause: str, pause_seconds: float) -> bool:
    """Close the tap to an endpoint; return whether this is news. The first probe is due after the pause."""
    made = rows(connection, "fund", "begin_outage", endpoint=endpoint, cause=cause, pause_seconds=pause_seconds)
    return bool(made)


def take_probe(connection: Connection, outage: Outage, pause_seconds: float) -> bool:
    """Return whether this worker makes the probe that is due; the next is due after the pause."""
    return bool(rows(connection, "fund", "probe_outage", id=outage.id, pause_seconds=pause_seconds))


def end(connection: Connection, endpoint: str) -> bool:
    """Open the tap again; return whether it was closed."""
    return bool(rows(connection, "fund", "end_outage", endpoint=endpoint))
