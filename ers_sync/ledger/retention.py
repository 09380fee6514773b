"""Forgets what has been kept for long enough, each kind after its own time."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import Connection

from ers_sync.ledger.database import run

QUERIES: Mapping[str, str] = {
    "runs": "forget_runs",
    "content": "forget_content",
    "findings": "forget_findings",
    "incidents": "forget_incidents",
    "outages": "forget_outages",
    "brakes": "forget_brakes",
    "decisions": "forget_decisions",
    "audit": "forget_audit",
}


def forget(connection: Connection, days: Mapping[str, int]) -> Mapping[str, int]:
    """Forget of every kind what is older than its days, and return how many rows went, as `runs_forgotten`."""
    return {f"{kind}_forgotten": run(connection, "jobs", QUERIES[kind], days=kept) for kind, kept in days.items()}
