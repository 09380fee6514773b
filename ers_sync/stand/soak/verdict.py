"""Whether a line that has come to rest kept every promise: the book against РАМ, the ledger against the book, the workbook against both."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import psycopg2

from ers_sync.stand.expected import expected
from ers_sync.stand.line import Line
from ers_sync.stand.soak import shown

Entry = Mapping[str, Any]
Row = tuple[str, str, str, str]  # operation, ОГРН, key, СНИЛС
UNFINISHED = ("READY", "SENDING", "UNKNOWN", "REGISTERED", "QUARANTINED", "REJECTED")
OPERATIONS = {
    "create_ers": "createErs",
    "put_visit": "putVisit",
    "annul_visit": "annulVisit",
    "put_ticket1": "putTicket1",
    "put_ticket2": "putTicket2",
}
# What is DONE although the last word on it was that the Fund still works on it: in the end it agrees with the book by luck.
_TOO_EARLY = """
select r.kind, r.source from ers.request r cross join lateral (
    select status from ers.exchange e where e.request_id = r.id and e.operation = 'getResultById' order by e.id desc limit 1
) last where r.state = 'DONE' and last.status in ('REGISTERED', 'READY_TO_PROCESS', 'PROCESSING')"""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What is wrong, in words without patients' data; `lost` and `doubled` count what was called for and what was sent twice."""

    lost: int
    doubled: int
    problems: tuple[str, ...]


def judge(line: Line, seed: Mapping[str, Any]) -> Verdict:
    """Hold the Fund's book against what РАМ calls for now, and the ledger and the workbook against the book."""
    book = line.book()
    called = expected(line.ram_dsn, seed, line.context.clock())
    wanted = Counter(
        (operation, ogrn, _exam(operation, key), snils) for operation, ogrn, snils, key in called.elements()
    )
    standing, final = _standing(book), set(_diverging(line))
    missing, surplus = (_but_for(rows, final) for rows in (wanted - standing, standing - wanted))
    doubles = list(_doubles(book))
    problems = [
        *(f"lost: {operation} {key}" for operation, _, key, _ in missing.elements()),
        *(f"not called for: {operation} {key}" for operation, _, key, _ in surplus.elements()),
        *doubles,
        *_against_ledger(line, book),
        *shown.problems(line, book),
    ]
    return Verdict(missing.total(), len(doubles), tuple(problems))


def _but_for(rows: Counter[Row], final: set[tuple[str, str]]) -> Counter[Row]:
    """Leave out the certificates and talons that are listed as diverging: what was sent is final, whatever РАМ says now."""
    return Counter({row: many for row, many in rows.items() if (row[0], row[3]) not in final})


def _diverging(line: Line) -> Iterator[tuple[str, str]]:
    """Yield (operation, СНИЛС) of the certificates and talons that are listed as diverging from РАМ."""
    for row in line.ledger(
        "select r.kind, p.snils from ers.finding f join ers.request r on r.id = f.request_id "
        "join ers.pregnancy p on p.id = r.pregnancy_id where f.code = 'diverges' and f.closed_at is null"
    ):
        yield OPERATIONS[row["kind"]], row["snils"]


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
    processed: set[Row] = {
        (entry["operation"], entry["ogrn"], entry["key"], entry["snils"])
        for entry in book
        if entry["result"] == "PROCESSED"
    }
    said: dict[Row, str] = {
        (OPERATIONS[row["kind"]], row["ogrn"], row["key"], row["snils"]): row["state"]
        for row in line.ledger(
            "select r.kind, o.ogrn, p.snils, r.state, case r.kind when 'put_visit' then r.visit_id "
            "when 'annul_visit' then r.content ->> 'visit_id' when 'create_ers' then '' else substr(r.kind, 5) end as key "
            "from ers.request r join ers.organization o on o.id = r.organization_id "
            "join ers.pregnancy p on p.id = r.pregnancy_id where r.state in ('DONE', 'ANNULLED')"
        )
    }
    yield from (f"accepted in the ledger, not at the Fund: {row[0]} {row[2]}" for row in said.keys() - processed)
    yield from (f"at the Fund, not in the ledger: {row[0]} {row[2]}" for row in processed - said.keys())
    for (operation, ogrn, key, snils), state in said.items():
        annulled = ("annulVisit", ogrn, key, snils) in processed
        if operation == "putVisit" and annulled != (state == "ANNULLED"):
            yield f"{state} in the ledger, {'annulled' if annulled else 'standing'} at the Fund: {key}"
    yield from _contents(line)
    for row in line.ledger(_TOO_EARLY):
        yield f"accepted before the Fund said so: {row['kind']} {row['source']}"


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
