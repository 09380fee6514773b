"""What the ledger knows of a batch of pregnancies, as `domain/plan.py` wants it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Row

from ers_sync.domain import identifiers
from ers_sync.domain.content import Kind
from ers_sync.domain.contracts import service
from ers_sync.domain.facts import Facts
from ers_sync.domain.matching import Certificate, CertificateStatus, TicketSeen, VisitSeen
from ers_sync.domain.model import Case
from ers_sync.domain.request import Request
from ers_sync.domain.states import State
from ers_sync.grouping import grouped
from ers_sync.ledger.database import rows

_OF_VISITS = {Kind.PUT_VISIT, Kind.ANNUL_VISIT}
MISSING_COMPARES = 2  # full compares in a row after which a vanished exam takes its visit back


def of_cases(connection: Connection, cases: Sequence[Case]) -> Mapping[int, Facts]:
    """Return the facts of each case by pregnancy id. A visit belongs to the case that has its exam today."""
    ids = [case.pregnancy.id for case in cases]
    requests, missing = _requests(connection, cases)
    links = {row.id: row for row in rows(connection, "scan", "links_of", pregnancies=ids)}
    snils = {case.pregnancy.id: identifiers.snils(case.patient.snils) for case in cases if case.patient}
    certificates = _certificates(connection, snils.values(), [row.ers_number for row in links.values()])
    by_number = {certificate.number: certificate for certificate in certificates}
    by_snils = grouped((certificate.snils, certificate) for certificate in certificates)
    claimed = rows(connection, "scan", "claims_on", numbers=list(by_number))
    claims = grouped((row.ers_number, row) for row in claimed)
    found = {}
    for id_ in ids:
        link, woman = links.get(id_), snils.get(id_)
        hers = {c.number: c for c in by_snils[woman] if not (link and c.number in link.not_hers)} if woman else {}
        if link and link.ers_number in by_number:
            hers[link.ers_number] = by_number[link.ers_number]
        found[id_] = Facts(
            requests=requests[id_],
            number=link.ers_number if link else None,
            certificates=list(hers.values()),
            unclear=link.unclear if link else None,
            claimed_elsewhere=frozenset(
                (str(service(Kind(c.kind), c.half_year)), c.organization_id if c.kind == Kind.PUT_TICKET3 else None)
                for number in hers
                for c in claims[number]
                if c.pregnancy_id != id_
            ),
            missing_exams=frozenset(missing[id_]),
            chosen_exam=link.ticket1_exam_id if link else None,
        )
    return found


def certificates_of(connection: Connection, snils: str | None, number: str | None) -> list[Certificate]:
    """Return the certificates of one woman that the Fund has shown so far."""
    return _certificates(connection, [snils], [number])


def _requests(
    connection: Connection, cases: Sequence[Case]
) -> tuple[Mapping[int, list[Request]], Mapping[int, set[int]]]:
    """Return by pregnancy id the requests of these cases, and the exams that were missing in so many compares."""
    ids = [case.pregnancy.id for case in cases]
    home = {f"exam:{exam.id}": case.pregnancy.id for case in cases for exam in case.exams}
    requests: dict[int, list[Request]] = defaultdict(list)
    missing: dict[int, set[int]] = defaultdict(set)
    for row in rows(connection, "scan", "requests_of", pregnancies=ids, exams=list(home)):
        is_visit = row.kind in _OF_VISITS
        owner = home.get(row.source, row.pregnancy_id) if is_visit else row.pregnancy_id
        requests[owner].append(_request(row))
        if row.missing_compares >= MISSING_COMPARES and row.kind == Kind.PUT_VISIT:
            missing[owner].add(int(row.source.removeprefix("exam:")))
    return requests, missing


def _certificates(
    connection: Connection, snils: Iterable[str | None], numbers: Iterable[str | None]
) -> list[Certificate]:
    known = rows(
        connection,
        "scan",
        "certificates_of",
        snils=[value for value in snils if value],
        numbers=[value for value in numbers if value],
    )
    if not known:
        return []
    ids = [row.number for row in known]
    tickets = grouped(
        (row.number, TicketSeen(row.kind, row.created_on, row.status, row.ogrn))
        for row in rows(connection, "scan", "tickets_of", numbers=ids)
    )
    visits = grouped(
        (row.number, VisitSeen(row.visit_id, row.visited_on, row.ogrn))
        for row in rows(connection, "scan", "visits_of", numbers=ids)
    )
    return [
        Certificate(
            number=row.number,
            created_on=row.created_on,
            status=CertificateStatus(row.status),
            ogrn=row.ogrn,
            organization_name=row.organization_name,
            snils=row.snils,
            tickets=tuple(tickets[row.number]),
            visits=tuple(visits[row.number]),
        )
        for row in known
    ]


def _request(row: Row[Any]) -> Request:
    return Request(
        id=row.id,
        kind=Kind(row.kind),
        subject=row.subject,
        revision=row.revision,
        source=row.source,
        organization_id=row.organization_id,
        pregnancy_id=row.pregnancy_id,
        state=State(row.state),
        reason=row.reason,
        details=tuple(row.details or ()),
        content_hash=row.content_hash,
        identity=row.identity,
        event_on=row.event_on,
        deadline=row.deadline,
        doctor_id=row.doctor_id,
        half_year=row.half_year,
        ers_number=row.ers_number,
        visit_id=row.visit_id,
        taken_back=row.taken_back,
        annuls_id=row.annuls_id,
        ambiguous=row.ambiguous,
        operator_hold=row.operator_hold,
    )
