"""The evidence as a whole: closed anew when the key changes, and what there is of one request."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Engine, Row

from ers_sync.ledger.database import rows, run
from ers_sync.ledger.sealing import Column, Seal, SealError

COLUMNS: tuple[Column, ...] = ("signed_request", "wire_request", "signed_answer", "wire_answer")
AT_ONCE = 200  # exchanges a transaction: some megabytes


@dataclass(frozen=True, slots=True)
class Resealed:
    """What a look at the evidence has done: exchanges closed anew, and those whose key is not there; `finished` if nothing is left."""

    closed: int
    missing: int
    finished: bool


def reseal(ledger: Engine, seal: Seal, stop: Callable[[], bool]) -> Resealed:
    """Close by the key in force what another key closed, or none, from where the last look ended; until done or told to stop.

    What cannot be opened stays as it is and is counted. A change of the keys begins the look anew. Without keys nothing is done.
    """
    closed = missing = 0
    while seal.head is not None:
        with ledger.begin() as connection:
            known = next(iter(rows(connection, "evidence", "evidence_mark", keys=list(seal.names))), None)
            after, missing = (known.up_to, known.missing) if known else (0, 0)
            found = rows(connection, "evidence", "evidence_after", after=after, head=seal.head, many=AT_ONCE)
            stale = [row.id for row in found if row.stale]
            for row in rows(connection, "evidence", "evidence_of", ids=stale) if stale else ():
                done = _close_anew(connection, seal, row)
                closed, missing = closed + done, missing + (not done)
            up_to = found[-1].id if found else after
            run(connection, "evidence", "move_evidence_mark", keys=list(seal.names), up_to=up_to, missing=missing)
        if len(found) < AT_ONCE:
            return Resealed(closed, missing, finished=True)
        if stop():
            return Resealed(closed, missing, finished=False)
    return Resealed(0, 0, finished=True)


def unopened(connection: Connection, seal: Seal) -> int:
    """Return how many exchanges the last look with these keys could not open. Raise SealError if the newest one does not open."""
    for row in rows(connection, "evidence", "evidence_newest"):
        seal.open(row.signed_request, row.id, "signed_request")
    return sum(row.missing for row in rows(connection, "evidence", "evidence_mark", keys=list(seal.names)))


def of_request(connection: Connection, seal: Seal, request_id: int) -> list[tuple[Row[Any], Mapping[Column, bytes]]]:
    """Return every exchange about a request with the bytes that are kept of it. Raise SealError."""
    return [
        (row, opened(seal, row)) for row in rows(connection, "evidence", "evidence_of_request", request_id=request_id)
    ]


def opened(seal: Seal, row: Row[Any]) -> Mapping[Column, bytes]:
    """Return the bytes of a row that has an id and the four columns; what was never there, or is forgotten, is left out."""
    values = {column: seal.open(getattr(row, column), row.id, column) for column in COLUMNS}
    return {column: value for column, value in values.items() if value is not None}


def file_name(column: Column) -> str:
    """Return what the bytes of a column are called as a file: `signed_request` is `request.signed.xml`."""
    form, _, what = column.partition("_")
    return f"{what}.{form}.xml"


def _close_anew(connection: Connection, seal: Seal, row: Row[Any]) -> bool:
    try:
        values = opened(seal, row)
    except SealError:
        return False
    kept = {column: seal.close(values.get(column), row.id, column) for column in COLUMNS}
    run(connection, "evidence", "rewrite_evidence", id=row.id, **kept)
    return True
