"""Finds out what became of a request of unknown fate. It is asked about, never sent again first.

"Not there" frees it only after the longest time that the Fund may take, because `getErsData` shows what is processed and not what is
queued; then the same signed bytes go out again. `createErs` returns an earlier number, so it is freed after minutes.
"""

from __future__ import annotations

from datetime import timedelta

from ers_sync.context import Context
from ers_sync.domain import contracts, matching
from ers_sync.domain.content import TICKETS, Kind
from ers_sync.domain.matching import Certificate, CertificateStatus, Verdict
from ers_sync.domain.states import State
from ers_sync.exchange import posting, questions
from ers_sync.exchange.questions import NotAnswered
from ers_sync.exchange.results import processed
from ers_sync.ledger import certificates, requests
from ers_sync.ledger.certificates import Woman
from ers_sync.ledger.database import rows
from ers_sync.ledger.requests import Claimed, Step

CREATE_GRACE = timedelta(minutes=5)
LONGEST_PAUSE = 1800.0


def resolve(context: Context, claimed: Claimed) -> str:
    """Ask about a request of unknown fate, and move it on if the answer allows; return a word for what came of it.

    Raises:
        TapClosed: no endpoint is open.
    """
    with context.ledger.connect() as connection:
        woman = certificates.woman(connection, claimed.pregnancy_id)
    woman = Woman(woman.pregnancy_id, woman.snils, woman.lmp, woman.number, claimed.organization_id)
    if claimed.kind is not Kind.CREATE_ERS and claimed.kind not in context.profile.askable:
        return _wait(context, claimed)  # for a person: `requests resolve`
    identifier = claimed.ers_number or woman.number or woman.snils
    if claimed.kind is Kind.CREATE_ERS:
        identifier = woman.snils
    try:
        found = questions.about(context, woman, by=identifier) if identifier else []
    except NotAnswered:
        return _wait(context, claimed)
    except posting.TapClosed:
        with context.ledger.begin() as connection:
            requests.put_off(connection, claimed, 0)
        raise
    if claimed.kind is Kind.CREATE_ERS:
        return _create(context, claimed, woman, found)
    certificate = next((c for c in found if c.number == identifier), None)
    if certificate is not None and _arrived(context, claimed, certificate):
        return processed(context, claimed, None)
    return _free(context, claimed, after=context.max_processing)


def _create(context: Context, claimed: Claimed, woman: Woman, found: list[Certificate]) -> str:
    match = matching.match(woman.lmp, found)
    ogrn = _ogrn(context, claimed.organization_id)
    if match.certificate is not None and match.certificate.ogrn == ogrn:
        return processed(context, claimed, match.certificate.number)
    # another hospital's certificate, or none: asked once more before it goes out again, and adopted then
    known = match.verdict is not Verdict.NONE
    return _free(context, claimed, after=timedelta() if known else CREATE_GRACE, forget_bytes=known)


def _arrived(context: Context, claimed: Claimed, certificate: Certificate) -> bool:
    """Tell whether the certificate shows what the request was to bring about."""
    if claimed.kind in TICKETS:
        service, ogrn = contracts.service(claimed.kind, claimed.half_year), _ogrn(context, claimed.organization_id)
        return any(ticket.kind == service and ticket.ogrn == ogrn for ticket in certificate.tickets)
    if claimed.kind is Kind.PUT_VISIT:
        return any(visit.visit_id == claimed.visit_id for visit in certificate.visits)
    if claimed.kind is Kind.ANNUL_VISIT:
        return all(visit.visit_id != claimed.content["visit_id"] for visit in certificate.visits)
    return certificate.status is CertificateStatus.CLOSED


def _free(context: Context, claimed: Claimed, *, after: timedelta, forget_bytes: bool = False) -> str:
    """Let the request go out again if it has been waiting for long enough, else wait."""
    if claimed.age < after:
        return _wait(context, claimed)
    with context.ledger.begin() as connection:
        step = Step(State.READY, forget_bytes=forget_bytes)
        moved = requests.move(connection, claimed.id, State.UNKNOWN, step, token=claimed.token)
    return "freed" if moved else "too_late"


def _wait(context: Context, claimed: Claimed) -> str:
    pause = max(context.config.schedule.poll_seconds, claimed.age.total_seconds() / 4)
    with context.ledger.begin() as connection:
        requests.put_off(connection, claimed, min(LONGEST_PAUSE, pause))
    return "waiting"


def _ogrn(context: Context, organization_id: int) -> str | None:
    with context.ledger.connect() as connection:
        organizations = rows(connection, "senders", "organizations")
    return next((row.ogrn for row in organizations if row.id == organization_id), None)
