"""Whether the Fund's book holds what РАМ calls for, each once: the demonstration's verdict, by SQL of its own (expected.sql)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import psycopg2
from psycopg2.extensions import cursor as Cursor  # noqa: N812 - psycopg2's own spelling
from psycopg2.extras import execute_values

SCRIPT = Path(__file__).with_name("expected.sql")
ZONE = ZoneInfo("Asia/Yekaterinburg")
LONGEST = 40
"""Lines of differences that are shown."""

Row = tuple[str, str, str, str]
"""Operation, ОГРН, СНИЛС (or an empty text), key: visitId, ticket1 … ticket3-2, or an empty text."""

_SEED_TABLES = """
create temp table moment (local_now timestamp);
create temp table seed_contract (ogrn text, kind text, number text, begins date, ends date);
create temp table seed_certificate (ers_number text, snils text, ogrn text, create_date date, status text);
create temp table seed_ticket (ers_number text, type text, create_date date, ogrn text);
create temp table seed_visit (ers_number text, visit_id text, visit_date date, ogrn text);
"""


def expected(ram_dsn: str, seed: Mapping[str, Any], now: datetime, zone: ZoneInfo = ZONE) -> Counter[Row]:
    """Return what the Fund must have processed, by РАМ and the Fund's seed (the form of `--fund-seed`) at `now`.

    Nothing is left behind in the database. Raise ValueError if `now` has no zone, psycopg2.Error if РАМ has not the
    reference schema.
    """
    if now.tzinfo is None:
        raise ValueError("now has no zone")
    with closing(psycopg2.connect(ram_dsn)) as connection, connection.cursor() as cursor:
        # never committed, so that tables and functions go with the connection
        cursor.execute(_SEED_TABLES)
        _fill(cursor, "moment", [(now.astimezone(zone).replace(tzinfo=None),)])
        for table, rows in _seed_rows(seed).items():
            _fill(cursor, table, rows)
        cursor.execute(SCRIPT.read_text(encoding="utf-8"))
        return Counter(cursor.fetchall())


def differences(
    ram_dsn: str,
    seed: Mapping[str, Any],
    now: datetime,
    book: Sequence[Mapping[str, Any]],
    zone: ZoneInfo = ZONE,
) -> list[str]:
    """Return, in Russian, where the Fund's book is not what РАМ calls for; nothing if it is.

    A refused line and a repeated one are differences as well. No surname and no whole СНИЛС is in the lines; at most
    `LONGEST` of them are told, and how many more there are. Raises what `expected` raises.
    """
    called_for = expected(ram_dsn, seed, now, zone)
    processed = Counter(_row(line) for line in book if line["result"] == "PROCESSED" and not line["duplicate"])
    lines = [*_compared(called_for, processed), *_troubles(book)]
    return lines if len(lines) <= LONGEST else [*lines[:LONGEST], f"… и ещё {len(lines) - LONGEST}"]


def _compared(called_for: Counter[Row], processed: Counter[Row]) -> Iterator[str]:
    for row in sorted(called_for.keys() | processed.keys()):
        if called_for[row] != processed[row]:
            yield f"{_described(row)}: положено {called_for[row]}, обработано Фондом {processed[row]}"


def _troubles(book: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    for line in book:
        codes = ", ".join(map(str, line["codes"])) or "нет"
        if line["duplicate"]:
            yield f"{_described(_row(line))}: отправлено повторно, хотя уже обработано (коды: {codes})"
        elif line["result"] != "PROCESSED":
            yield f"{_described(_row(line))}: отклонено Фондом, {line['result']} (коды: {codes})"


def _row(line: Mapping[str, Any]) -> Row:
    return line["operation"], line["ogrn"], line["snils"], line["key"]


def _described(row: Row) -> str:
    operation, ogrn, snils, key = row
    whose = f"СНИЛС …{snils[-4:]}" if snils else "без СНИЛС"
    return f"{operation}{f' {key}' if key else ''}, ОГРН {ogrn}, {whose}"


def _seed_rows(seed: Mapping[str, Any]) -> dict[str, list[tuple[Any, ...]]]:
    """Return the rows of the seed's tables."""
    known = seed.get("certificates", [])
    return {
        "seed_contract": [
            (hospital["ogrn"], row["kind"], row["number"], row["from"], row.get("to"))
            for hospital in seed.get("organizations", [])
            for row in hospital.get("contracts", [])
        ],
        "seed_certificate": [
            (row["ers_number"], row["snils"], row["ogrn"], row["create_date"], row["status"]) for row in known
        ],
        "seed_ticket": [
            (row["ers_number"], ticket["type"], ticket["create_date"], ticket["ogrn"])
            for row in known
            for ticket in row.get("tickets", [])
        ],
        "seed_visit": [
            (row["ers_number"], visit["visit_id"], visit["visit_date"], visit["ogrn"])
            for row in known
            for visit in row.get("visits", [])
        ],
    }


def _fill(cursor: Cursor, table: str, rows: Sequence[tuple[Any, ...]]) -> None:
    if rows:
        # the names of the tables are this module's own
        execute_values(cursor, f"insert into {table} values %s", rows)  # noqa: S608 - see above
