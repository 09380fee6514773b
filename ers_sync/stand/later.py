"""Lets time pass for a ledger: its clock is PostgreSQL's own and cannot be moved, so everything that waits is moved back instead."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import Engine, text

_WAITING = {
    "request": ("due_at", "lease_until", "state_since"),
    "pregnancy": ("ask_after",),
    "outage": ("probe_after", "ended_at"),
    "refusal": ("probe_after",),
    "rework": ("not_before",),
}


def pass_time(ledger: Engine, time: timedelta) -> None:
    """Move what waits in a ledger back by so much, as if that time had passed. Nobody may be at work on it."""
    with ledger.begin() as connection:
        for table, columns in _WAITING.items():
            moved = ", ".join(f"{column} = {column} - cast(:time as interval)" for column in columns)
            connection.execute(text(f"update ers.{table} set {moved}"), {"time": time})  # noqa: S608 - our own names
