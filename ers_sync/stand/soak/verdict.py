"""Whether a line that has come to rest kept every promise: the Fund's book against РАМ, and the ledger against the book."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import psycopg2

from ers_sync.stand.expected import expected
from ers_sync.stand.line import Line

Entry = Mapping[str, Any]
UNFINISHED = ("READY", "SENDING", "UNKNOWN", "REGISTERED", "QUARANTINED", "REJECTED")


@dataclass(frozen=True, slots=True)
class Verdict:
    """What is wrong, in words without patients' data; `lost` and `doubled` count what was called for and what was sent twice."""

    lost: int
    doubled: int
    problems: tuple[str, ...]


def judge(line: Line, seed: Mapping[str, Any]) -> Verdict:
    """Hold the Fund's book against what РАМ calls for now, and the ledger against the book."""
    book = line.book()
    called = expected(line.ram_dsn, seed, line.context.clock())
    wanted = Counter(
        (operation, ogrn, _exam(operation, key), snils) for operation, ogrn, snils, key in called.elements()
    )
    standing = _standing(book)
    missing, surplus = wanted - standing, standing - wanted
    doubles = list(_doubles(book))
    problems = [
        *(f"lost: {operation} {key}" for operation, _, key, _ in missing.elements()),
        *(f"not called for: {operation} {key}" for operation, _, key, _ in surplus.elements()),
        *doubles,
        *_against_ledger(line, book),
    ]
    return Verdict(missing.total(), len(doubles), tuple(problems))


def _standing(book: Sequence[Entry]) -> Counter[tuple[str, str, str, str]]:
    """Return what stands at the Fund: what it processed, less the visits that were annulled; a visit is named by its exam."""
    standing: Counter[tuple[str, str, str, str]] = Counter()
    for entry in (entry for entry in book if entry["result"] == "PROCESSED"):
        key = _exam(entry["operation"], entry["key"])
        if entry["operation"] == "annulVisit":
            standing["putVisit", entry["ogrn"], key, entry["snils"]] -= 1
        else:
            standing[entry["operation"], entry["ogrn"], key, entry["snils"]] += 1
    return standing


def _doubles(book: Sequence[Entry]) -> Iterator[str]:
    """Yield what the Fund was sent although it had processed it, and what it processed twice."""
    seen: set[tuple[str, str, str, str]] = set()
    for entry in book:
        what = entry["operation"], entry["ogrn"], entry["snils"], entry["key"]
        if entry["duplicate"]:
            yield f"sent twice: {entry['operation']} {entry['key']} {entry['codes']}"
        elif entry["result"] == "PROCESSED" and entry["operation"] != "createErs":
            if what in seen:
                yield f"processed twice: {entry['operation']} {entry['key']}"
            seen.add(what)
    formed = Counter(entry["snils"] for entry in book if entry["formed"])
    yield from (f"two certificates for one woman ({many})" for many in formed.values() if many > 1)


def _against_ledger(line: Line, book: Sequence[Entry]) -> Iterator[str]:
    """Yield where the ledger says something else than the book, or has not come to rest."""
    for row in line.requests():
        if row["state"] in UNFINISHED:
            yield f"not at rest: {row['kind']} {row['source']} {row['state']} {row['reason']}"
        if row["state"] == "DONE" and row["kind"] == "put_visit" and row["taken_back"]:
            yield f"not taken back: {row['source']}"
    processed = [entry for entry in book if entry["result"] == "PROCESSED" and entry["operation"] == "putVisit"]
    at_fund = {(entry["ogrn"], entry["key"]) for entry in processed}
    annulled = {
        (entry["ogrn"], entry["key"])
        for entry in book
        if entry["result"] == "PROCESSED" and entry["operation"] == "annulVisit"
    }
    rows = line.ledger(
        "select o.ogrn, r.visit_id, r.state from ers.request r join ers.organization o on o.id = r.organization_id "
        "where r.kind = 'put_visit' and r.state in ('DONE', 'ANNULLED')"
    )
    said = {(row["ogrn"], row["visit_id"]) for row in rows}
    yield from (f"accepted in the ledger, not at the Fund: {key}" for _, key in said - at_fund)
    yield from (f"at the Fund, not in the ledger: {key}" for _, key in at_fund - said)
    done = {(row["ogrn"], row["visit_id"]) for row in rows if row["state"] == "DONE"}
    yield from (f"stands in the ledger, annulled at the Fund: {key}" for _, key in done & annulled)
    yield from _contents(line)


def _contents(line: Line) -> Iterator[str]:
    """Yield the visits whose content, as it was sent, is not РАМ's now."""
    sent = line.ledger("select source, content from ers.request where kind = 'put_visit' and state = 'DONE'")
    with psycopg2.connect(line.ram_dsn) as connection, connection.cursor() as cursor:
        cursor.execute("select id, examined_at::date::text, gestation_days from ram.exam")
        now = {f"exam:{id_}": (day, days) for id_, day, days in cursor.fetchall()}
    for row in sent:
        if now.get(row["source"]) != (row["content"]["visit_date"], row["content"]["gestation_days"]):
            yield f"sent otherwise than РАМ has it: {row['source']}"


def _exam(operation: str, key: str) -> str:
    return key.partition("-")[0] if operation in {"putVisit", "annulVisit"} else key
