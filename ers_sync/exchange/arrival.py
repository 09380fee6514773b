"""Whether the Fund has what a request was to bring about, by what it shows of the certificate (`getErsData`)."""

from __future__ import annotations

from datetime import date

from sqlalchemy import Connection

from ers_sync.domain import contracts
from ers_sync.domain.content import TICKETS, Kind
from ers_sync.domain.matching import Certificate, CertificateStatus, VisitSeen
from ers_sync.ledger import requests
from ers_sync.ledger.database import rows
from ers_sync.ledger.requests import Claimed


def arrived(connection: Connection, claimed: Claimed, certificate: Certificate) -> bool:
    """Tell whether the certificate shows what the request was to bring about."""
    if claimed.kind in TICKETS:
        service, sender = contracts.service(claimed.kind, claimed.half_year), ogrn(connection, claimed.organization_id)
        return any(ticket.kind == service and ticket.ogrn == sender for ticket in certificate.tickets)
    if claimed.kind is Kind.PUT_VISIT:
        return any(visit.visit_id == claimed.visit_id for visit in certificate.visits)
    if claimed.kind is Kind.ANNUL_VISIT:
        return all(visit.visit_id != claimed.content["visit_id"] for visit in certificate.visits)
    return certificate.status is CertificateStatus.CLOSED


def lost_visit(connection: Connection, claimed: Claimed, certificate: Certificate) -> VisitSeen | None:
    """Return the visit that a lost ledger sent for the exam of this request: ours by its id, and of no other request of this ledger."""
    if claimed.kind is not Kind.PUT_VISIT or claimed.visit_id is not None:
        return None
    exam = claimed.source.removeprefix("exam:")
    sender = ogrn(connection, claimed.organization_id)
    others = requests.visit_ids(connection, claimed.source)
    mine = (
        visit
        for visit in certificate.visits
        if visit.ogrn == sender
        and (visit.visit_id == exam or visit.visit_id.startswith(f"{exam}-"))
        and visit.visit_id not in others
    )
    return max(mine, key=_age, default=None)


def day_of(claimed: Claimed) -> date:
    """Return the day of a visit."""
    return date.fromisoformat(claimed.content["visit_date"])


def ogrn(connection: Connection, organization_id: int) -> str | None:
    """Return the ОГРН of a hospital as РАМ gave it."""
    return next((row.ogrn for row in rows(connection, "senders", "organizations") if row.id == organization_id), None)


def _age(visit: VisitSeen) -> tuple[int, ...]:
    """Order the ids of one exam's visits by revision, and by the age of the ledger that gave them."""
    return tuple(int(part) for part in visit.visit_id.split("-") if part.isdigit())
