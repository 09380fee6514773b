"""Who has used which command on this ledger."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import Connection, Row

from ers_sync.ledger.database import rows, run, to_json


def record(connection: Connection, operator: str, host: str, command: str, arguments: Mapping[str, object]) -> None:
    """Write down that somebody begins a command; the arguments hold nothing personal."""
    run(
        connection,
        "decisions",
        "record_command",
        operator=operator,
        host=host,
        command=command,
        arguments=to_json(arguments),
    )


def since(connection: Connection, day: date | None) -> Sequence[Row[Any]]:
    """Return what was done on this ledger from a day on (UTC), oldest first; None: from the beginning."""
    return rows(connection, "decisions", "commands_since", since=day)
