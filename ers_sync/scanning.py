"""Works out pregnancies in batches: РАМ's rows against the ledger. One bad pregnancy never stops the others."""

from __future__ import annotations

import logging
from collections import Counter, deque
from collections.abc import Callable, Container, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime
from itertools import islice

from sqlalchemy import Connection

from ers_sync.config import Config
from ers_sync.domain import lasting, plan
from ers_sync.domain.content import Kind
from ers_sync.domain.deadlines import deadline
from ers_sync.domain.facts import Facts, Site
from ers_sync.domain.model import Case, Pregnancy
from ers_sync.domain.scope import as_of
from ers_sync.ledger import changes, compared, facts, pregnancies
from ers_sync.ledger.compared import Note
from ers_sync.ledger.database import rows, run, to_json
from ers_sync.ops.logging_setup import event
from ers_sync.ram.reader import Ram
from ers_sync.ram.rows import BadRow

COMPARED = 2_000  # pregnancies at once by their digests
WORKED_OUT = 100  # pregnancies at once with all their rows: five times as many were 30 MiB more
LEAST_NEW = 200  # new requests of a kind in one scan that no brake looks at

log = logging.getLogger(__name__)

_Ahead = tuple[
    Sequence[int], Callable[[], Mapping[int, bytes]]
]  # pregnancies, and what waits for their digests and returns them


def work_out(connection: Connection, ram: Ram, ids: AbstractSet[int], site: Site, *, full: bool) -> Counter[str]:
    """Work out these pregnancies inside the caller's transaction, and count what was done.

    `full` says that РАМ is compared whole: a visit whose exam is absent counts as missing once more, a pregnancy that is absent is
    worked out as one without any rows, and one that is as the last compare found it at rest is passed over.
    """
    done: Counter[str] = Counter()
    ordered = sorted(ids)
    # before anything else of them is read: what is asked for from here on is asked for again at the next tick
    asked = {row.pregnancy_id: row.since for row in rows(connection, "scan", "rework_seen") if row.pregnancy_id in ids}
    plain = ((id_, b"") for id_ in ordered)
    due = _not_at_rest(connection, ram, ordered, site, asked=asked, done=done) if full else plain
    put_off: set[int] = set()
    while wanted := dict(islice(due, WORKED_OUT)):
        put_off |= _read_and_work_out(connection, ram, wanted, site, done, full=full)
    finished = [{"pregnancy_id": id_, "since": since} for id_, since in asked.items() if id_ not in put_off]
    # at the end, because whoever asks for one of these waits for this transaction from here on
    run(connection, "scan", "rework_done", rows=to_json(finished))
    return done


def _not_at_rest(
    connection: Connection, ram: Ram, ids: Sequence[int], site: Site, *, asked: Container[int], done: Counter[str]
) -> Iterator[tuple[int, bytes]]:
    """Yield what a full compare works out, with its digest: what has changed, or is asked for. Count the others in `done`."""
    around = compared.around(site)
    for batch, of_ram in _digests_ahead(ram, ids):
        digests, same = compared.seen(connection, batch, of_ram, site, around)
        for id_ in batch:
            if id_ in same and id_ not in asked:
                done["unchanged"] += 1
            else:
                yield id_, digests.get(id_, b"")


def _digests_ahead(ram: Ram, ids: Sequence[int]) -> Iterator[_Ahead]:
    """Yield batches of the pregnancies, each with what returns its digests: РАМ makes the next while this one is dealt with."""
    batches = (ids[begin : begin + COMPARED] for begin in range(0, len(ids), COMPARED))
    with ThreadPoolExecutor(1, "digests") as beside:
        coming = deque[_Ahead]()
        for batch in batches:
            coming.append((batch, beside.submit(ram.digests, batch).result))
            if len(coming) > 1:
                yield coming.popleft()
        yield from coming


def _read_and_work_out(
    connection: Connection, ram: Ram, wanted: Mapping[int, bytes], site: Site, done: Counter[str], *, full: bool
) -> set[int]:
    """Read a batch (each with its digest) whole and work it out. Count in `done`; return those that failed, which are put off."""
    read: list[Case] = []
    bad: set[int] = set()
    for row in ram.cases(wanted):
        if isinstance(row, BadRow):
            bad |= {row.pregnancy_id} if row.pregnancy_id is not None else set()
            event(log, logging.ERROR, "ram.bad_row", table=row.table, row=row.id, cause=row.reason)
        else:
            read.append(row)
    notes = None
    if full:
        notes = {
            case.pregnancy.id: Note(wanted[case.pregnancy.id], lasting.holds_until(case, site.rules, site.now))
            for case in read
        }
    cases = [as_of(case, site.rules, site.now) for case in read]
    gone = wanted.keys() - bad - {case.pregnancy.id for case in cases}
    known = {row.id for row in rows(connection, "scan", "links_of", pregnancies=sorted(gone))}
    for id_ in sorted(bad):
        run(connection, "scan", "rework_failed", pregnancy_id=id_)
    done["bad"] += len(bad)
    return bad | _batch(connection, cases, [_vanished(id_) for id_ in sorted(known)], site, done, notes=notes)


def _batch(
    connection: Connection,
    cases: Sequence[Case],
    vanished: Sequence[Case],
    site: Site,
    done: Counter[str],
    *,
    notes: Mapping[int, Note] | None,
) -> set[int]:
    """Work out a batch at once; where that fails, one by one. Count in `done`; return those that raised and were put off.

    `notes` is what to keep of those at rest, in a full compare.
    """
    try:
        with connection.begin_nested():
            done.update(_work_out(connection, cases, vanished, site, notes))
            return set()
    except Exception as error:
        if connection.invalidated:
            raise
        if len(cases) + len(vanished) > 1:
            failed = [_batch(connection, [case], [], site, done, notes=notes) for case in cases]
            failed += [_batch(connection, [], [case], site, done, notes=notes) for case in vanished]
            return set().union(*failed)
        id_ = (*cases, *vanished)[0].pregnancy.id
        event(log, logging.ERROR, "pregnancy.put_off", exc_info=error, pregnancy=id_)
        run(connection, "scan", "rework_failed", pregnancy_id=id_)
        done["failed"] += 1
        return {id_}


def _work_out(
    connection: Connection,
    cases: Sequence[Case],
    vanished: Sequence[Case],
    site: Site,
    notes: Mapping[int, Note] | None,
) -> Counter[str]:
    everything = [*cases, *vanished]
    if notes is not None:
        _count_missing(connection, everything)
    known = facts.of_cases(connection, everything)
    plans = {case.pregnancy.id: plan.work_out(case, known[case.pregnancy.id], site) for case in everything}
    pregnancies.write(connection, cases, plans, site)
    run(connection, "scan", "forget_rows_of", pregnancies=[case.pregnancy.id for case in vanished])
    changed = changes.apply(connection, plans, _annulments_due(site))
    changes.write_findings(connection, plans)
    again = [*_moved_exams(known), *_moved_in_flight(known)]
    if again:
        run(connection, "scan", "ask_rework", pregnancies=sorted(set(again)))
    if notes is not None:
        ids = (
            case.pregnancy.id
            for case in cases
            if lasting.at_rest(case, known[case.pregnancy.id], plans[case.pregnancy.id])
        )
        compared.note(connection, {id_: notes[id_] for id_ in ids}, site)
    return Counter(pregnancies=len(everything), changes=changed)


def brakes(connection: Connection, config: Config) -> list[tuple[int, Kind]]:
    """Stop what one scan would do too much of: visits taken back, and new requests many times the usual number.

    It is asked at the end of a scan, inside its transaction. Return the hospital and kind of every brake that went on.
    """
    limit = config.brake
    found: list[tuple[int, Kind, int, float]] = []
    # what is usual is asked only where a scan has found much: it takes a month of requests to say
    for row in rows(connection, "scan", "taken_back"):
        if row.found > limit.visits:
            standing = rows(connection, "scan", "sent_visits", organization_id=row.organization_id)[0].standing
            allowed = max(limit.visits, standing * limit.percent / 100)
            if row.found > allowed:
                found.append((row.organization_id, Kind.ANNUL_VISIT, row.found, allowed))
    for row in rows(connection, "scan", "new_requests", least=LEAST_NEW):
        for usual in rows(connection, "scan", "usual_requests", organization_id=row.organization_id, kind=row.kind):
            normal = float(usual.usual)
            if row.found > normal * limit.new_events_factor:
                found.append((row.organization_id, Kind(row.kind), row.found, normal))
    text = "слишком много изменений за один просмотр РАМ: нужно подтверждение человека"
    for organization_id, kind, counted, normal in found:
        run(connection, "scan", "open_brake", organization_id=organization_id, kind=kind, counted=counted, usual=normal)
        run(
            connection,
            "scan",
            "hold_by_brake",
            organization_id=organization_id,
            kind=kind,
            details=to_json([{"column": None, "text": text}]),
        )
        event(log, logging.ERROR, "brake.on", hospital=organization_id, kind=kind, counted=counted)
    return [(organization_id, kind) for organization_id, kind, _, _ in found]


def _count_missing(connection: Connection, cases: Sequence[Case]) -> None:
    exams = [f"exam:{exam.id}" for case in cases for exam in case.exams]
    ids = [case.pregnancy.id for case in cases]
    absent = rows(connection, "scan", "visits_of_absent_exams", pregnancies=ids, exams=exams)
    run(connection, "scan", "count_missing", ids=[row.id for row in absent])
    run(connection, "scan", "count_found", exams=exams)


def _moved_exams(known: Mapping[int, Facts]) -> list[int]:
    """Return the pregnancies from which exams of these were sent before they were moved here."""
    visits = (r for hers in known.values() for r in hers.requests if r.kind is Kind.PUT_VISIT)
    return [r.pregnancy_id for r in visits if r.pregnancy_id not in known]


def _moved_in_flight(known: Mapping[int, Facts]) -> list[int]:
    """Return the pregnancies to which an exam was moved while its visit was on its way for another: the answer asks for that one only."""
    return [id_ for id_, hers in known.items() if any(r.pregnancy_id != id_ and r.in_flight for r in hers.requests)]


def _annulments_due(site: Site) -> dict[int, tuple[date, datetime | None]]:
    found: dict[int, tuple[date, datetime | None]] = {}
    for id_, hospital in site.rules.hospitals.items():
        today = hospital.today(site.now)
        found[id_] = (today, deadline(today, hospital.zone, hospital.calendar))
    return found


def _vanished(pregnancy_id: int) -> Case:
    """Return a pregnancy that РАМ no longer has: it calls for nothing."""
    return Case(Pregnancy(pregnancy_id, None, None, None, None, None, None, None, None), None)
