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
from ers_sync.ledger.database import rows

MISSING_COMPARES = 2  # full compares in a row after which a vanished exam takes its visit back


def of_cases(connection: Connection, cases: Sequence[Case]) -> Mapping[int, Facts]:
    """Return the facts of each case by pregnancy id. A visit belongs to the case that has its exam today."""
    ids = [case.pregnancy.id for case in cases]
    home = {f"exam:{exam.id}": case.pregnancy.id for case in cases for exam in case.exams}
    requests: dict[int, list[Request]] = defaultdict(list)
    missing: dict[int, set[int]] = defaultdict(set)
    for row in rows(connection, "scan", "requests_of", pregnancies=ids, exams=list(home)):
        is_visit = row.kind in {Kind.PUT_VISIT, Kind.ANNUL_VISIT}
        owner = home.get(row.source, row.pregnancy_id) if is_visit else row.pregnancy_id
        requests[owner].append(_request(row))
        if row.kind == Kind.PUT_VISIT and row.missing_compares >= MISSING_COMPARES:
            missing[owner].add(int(row.source.removeprefix("exam:")))
    links = {row.id: row for row in rows(connection, "scan", "links_of", pregnancies=ids)}
    snils = {case.pregnancy.id: identifiers.snils(case.patient.snils) for case in cases if case.patient}
    certificates = _certificates(connection, snils.values(), [row.ers_number for row in links.values()])
    claims = rows(connection, "scan", "claims_on", numbers=[c.number for c in certificates])
    found = {}
    for id_ in ids:
        number = links[id_].ers_number if id_ in links else None
        not_hers = links[id_].not_hers if id_ in links else ()
        hers = [
            c
            for c in certificates
            if c.number == number or (c.snils is not None and c.snils == snils.get(id_) and c.number not in not_hers)
        ]
        numbers = {c.number for c in hers}
        found[id_] = Facts(
            requests=requests[id_],
            number=number,
            certificates=hers,
            unclear=links[id_].unclear if id_ in links else None,
            claimed_elsewhere=frozenset(
                (str(service(Kind(c.kind), c.half_year)), c.organization_id if c.kind == Kind.PUT_TICKET3 else None)
                for c in claims
                if c.ers_number in numbers and c.pregnancy_id != id_
            ),
            missing_exams=frozenset(missing[id_]),
            chosen_exam=links[id_].ticket1_exam_id if id_ in links else None,
        )
    return found


def certificates_of(connection: Connection, snils: str | None, number: str | None) -> list[Certificate]:
    """Return the certificates of one woman that the Fund has shown so far."""
    return _certificates(connection, [snils], [number])


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
    tickets: dict[str, list[TicketSeen]] = defaultdict(list)
    for row in rows(connection, "scan", "tickets_of", numbers=ids):
        tickets[row.number].append(TicketSeen(row.kind, row.created_on, row.status, row.ogrn))
    visits: dict[str, list[VisitSeen]] = defaultdict(list)
    for row in rows(connection, "scan", "visits_of", numbers=ids):
        visits[row.number].append(VisitSeen(row.visit_id, row.visited_on, row.ogrn))
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
