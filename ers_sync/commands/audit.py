"""`audit` and `evidence`: who has looked at what, and the exchanges of one request for a court."""

from __future__ import annotations

import argparse
import hashlib
import os
from pathlib import Path

from ers_sync.commands.base import (
    CommandError,
    Parsers,
    add_common,
    open_context,
    open_recorded,
    parse_day,
    show_json,
    show_table,
    shown_time,
)
from ers_sync.ledger import audit, database, evidence
from ers_sync.ledger.sealing import SealError

LISTED = "опись.json"


def add(commands: Parsers) -> None:
    """Add the commands."""
    listed = commands.add_parser("audit", help="кто и когда смотрел персональные данные и что менял")
    listed.add_argument("--since", type=parse_day, help="с этого дня")
    listed.add_argument("--json", action="store_true", help="для программ")
    add_common(listed)
    listed.set_defaults(run=_audit)
    bytes_of = commands.add_parser(
        "evidence", help="выписать все обмены с Фондом по одному запросу, байт в байт: для суда"
    )
    bytes_of.add_argument("id", type=int, metavar="ЗАПРОС", help="номер запроса (ers-sync requests list)")
    bytes_of.add_argument("--dir", type=Path, required=True, help="новая папка; читать её сможет только владелец")
    add_common(bytes_of)
    bytes_of.set_defaults(run=_evidence)


def _audit(arguments: argparse.Namespace) -> int:
    context = open_context(arguments)
    database.require_schema(context.ledger)
    with context.ledger.connect() as connection:
        found = audit.since(connection, arguments.since)
    if arguments.json:
        show_json([dict(row._mapping) for row in found])  # noqa: SLF001 - SQLAlchemy's public name
        return 0
    lines = [
        (
            shown_time(row.done_at, context.config.timezone),
            row.operator,
            row.host,
            row.command,
            ", ".join(f"{name}: {_shown(value)}" for name, value in row.arguments.items() if name != audit.SECTIONS),
        )
        for row in found
    ]
    show_table(["Когда", "Кто", "Где", "Команда", "С чем"], lines)
    return 0


def _shown(value: object) -> object:
    return " ".join(map(str, value)) if isinstance(value, list) else value


def _evidence(arguments: argparse.Namespace) -> int:
    context = open_recorded(arguments)
    try:
        with context.ledger.connect() as connection:
            found = evidence.of_request(connection, context.seal, arguments.id)
    except SealError as error:
        raise CommandError(str(error)) from error
    if not found:
        raise CommandError(f"Обменов по запросу {arguments.id} нет")
    try:
        arguments.dir.mkdir(mode=0o700, parents=True)
    except OSError as error:
        raise CommandError("Папку не создать: нужна новая, в папке с правом записи") from error
    lines = []
    for row, values in found:
        kept = {f"{row.id}.{row.operation}.{evidence.file_name(column)}": data for column, data in values.items()}
        for name, data in kept.items():
            _write(arguments.dir / name, data)
        told = {name: value for name, value in row._mapping.items() if name not in evidence.COLUMNS}  # noqa: SLF001 - SQLAlchemy's public name
        lines.append(told | {"sha256": {name: hashlib.sha256(data).hexdigest() for name, data in kept.items()}})
    _write(arguments.dir / LISTED, database.to_json(lines).encode())
    print(f"Обменов: {len(found)}. Что есть что, время и SHA-256 каждого файла: {LISTED}")
    return 0


def _write(path: Path, data: bytes) -> None:
    with os.fdopen(os.open(path, os.O_CREAT | os.O_WRONLY | os.O_EXCL, 0o600), "wb") as file:
        file.write(data)
