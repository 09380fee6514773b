"""Who has used which command on this ledger, and when another configuration came into force."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import Connection, Row

from ers_sync.ledger.database import rows, run, to_json

CONFIGURATION = "configuration"
SECTIONS = "sections"  # of its arguments: for the program, and nothing to read


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


def configured(connection: Connection, operator: str, host: str, sections: Mapping[str, object]) -> None:
    """Write down which sections of the configuration are not those of the last start on this host, if any; values are kept as digests."""
    digests = {name: _digest(value) for name, value in sections.items()}
    last = rows(connection, "decisions", "last_configuration", host=host)
    known = last[0].sections if last else {}
    changed = sorted(name for name in digests.keys() | known.keys() if digests.get(name) != known.get(name))
    if changed:
        record(connection, operator, host, CONFIGURATION, {"changed": changed, SECTIONS: digests})


def since(connection: Connection, day: date | None) -> Sequence[Row[Any]]:
    """Return what was done on this ledger from a day on (UTC), oldest first; None: from the beginning."""
    return rows(connection, "decisions", "commands_since", since=day)


def _digest(value: object) -> str:
    return hashlib.sha256(to_json(value).encode()).hexdigest()[:16]
