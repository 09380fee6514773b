"""What the demonstration leaves behind: the ledger's end as JSON, one exchange of each operation byte for byte, a closing table."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from sqlalchemy import Engine

from ers_sync.context import Context
from ers_sync.ledger.database import rows
from ers_sync.ledger.evidence import file_name, opened

KINDS = {
    "create_ers": "Запрос ЭРС",
    "put_visit": "Посещения",
    "annul_visit": "Аннулирования",
    "put_ticket1": "Талон 1",
    "put_ticket2": "Талон 2",
    "put_ticket3": "Талон 3",
    "disable_ers": "Закрытие ЭРС",
}
STATES = {"DONE": "Принято", "HELD": "Ждёт", "CANCELLED": "Не нужно", "REJECTED": "Отказ", "ANNULLED": "Аннулировано"}


def write_state(context: Context, path: Path) -> None:
    """Write every request of the ledger: kind, source, revision, hospital, state, reason, details in words, number, deadline."""
    with context.ledger.connect() as connection:
        found = rows(connection, "requests", "all_requests")
    zones = {id_: hospital.zone for id_, hospital in context.rules.hospitals.items()}
    listed = [
        {
            "kind": row.kind,
            "source": row.source,
            "revision": row.revision,
            "organization_id": row.organization_id,
            "status": row.state,
            "reason": row.reason,
            "details": "; ".join(_detail(one) for one in row.details),
            "ers_number": row.ers_number,
            "deadline": _local(row.deadline, zones.get(row.organization_id, context.config.timezone)),
        }
        for row in found
    ]
    path.write_text(json.dumps(listed, ensure_ascii=False, indent=1), encoding="utf-8")


def write_exchanges(context: Context, folder: Path) -> None:
    """Write the first successful exchange of each operation, the exact bytes."""
    folder.mkdir(exist_ok=True)
    with context.ledger.connect() as connection:
        for row in rows(connection, "requests", "first_exchanges"):
            for column, data in opened(context.seal, row).items():
                (folder / f"{row.operation}.{file_name(column)}").write_bytes(data)


def closing_table(engine: Engine) -> Iterator[str]:
    """Yield the lines of a table: how many requests of each kind ended how."""
    with engine.connect() as connection:
        found = rows(connection, "requests", "by_kind_and_state")
    counted = {(row.kind, row.state): row.many for row in found}
    yield ""
    yield f"{'':16}" + "".join(f"{word:>14}" for word in STATES.values())
    for kind, word in KINDS.items():
        if any(key[0] == kind for key in counted):
            yield f"{word:16}" + "".join(f"{counted.get((kind, state), 0):>14}" for state in STATES)
    yield ""


def _detail(one: dict[str, str | None]) -> str:
    return f"{one['column']}: {one['text']}" if one.get("column") else str(one["text"])


def _local(moment: datetime | None, zone: ZoneInfo) -> str | None:
    return moment.astimezone(zone).isoformat() if moment else None
