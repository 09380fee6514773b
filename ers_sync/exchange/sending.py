"""Sends one request that is READY: asks where a question comes first, builds and signs, puts the attempt on record, sends, concludes."""

from __future__ import annotations

from dataclasses import replace

from sqlalchemy import Connection

from ers_sync.context import Context
from ers_sync.domain import contracts, matching
from ers_sync.domain.content import TICKETS, Kind
from ers_sync.domain.holds import ANY_SERVICE, sending_hold
from ers_sync.domain.matching import Certificate, CertificateStatus, Verdict
from ers_sync.domain.request import Desired
from ers_sync.domain.states import Cancel, Hold, State
from ers_sync.exchange import attempts, posting, questions, senders
from ers_sync.exchange.questions import NotAnswered
from ers_sync.ledger import certificates, requests
from ers_sync.ledger import contracts as kept_contracts
from ers_sync.ledger.certificates import Woman
from ers_sync.ledger.requests import Claimed, Step

RETRY_SECONDS = 30.0


def send(context: Context, claimed: Claimed) -> str:
    """Send a claimed request, if nothing speaks against it any more, and return a word for what came of it.

    Raises:
        TapClosed: no endpoint is open; the request is let go of.
    """
    try:
        endpoint = posting.open_endpoint(context)
    except posting.TapClosed:
        _let_go(context, claimed, 0)
        raise
    if claimed.signed_exchange_id is not None:
        return attempts.again(context, claimed, claimed.signed_exchange_id, endpoint)
    with context.ledger.begin() as connection:
        held = _held(connection, context, claimed)
        woman = certificates.woman(connection, claimed.pregnancy_id)
        if held is not None:
            return attempts.settle(connection, claimed, Step(held.state, held.reason, held.details))
    try:
        settled = _ask_first(context, claimed, woman)
    except NotAnswered:
        _let_go(context, claimed, RETRY_SECONDS)
        return "not_answered"
    if settled is not None:
        with context.ledger.begin() as connection:
            return attempts.settle(connection, claimed, settled)
    return attempts.first(context, claimed, woman, endpoint)


def _held(connection: Connection, context: Context, claimed: Claimed) -> Desired | None:
    """Look once more at what may hold a request: a contract may have ended, a key expired since it was worked out."""
    site = senders.site(connection, context)
    service = contracts.service(claimed.kind, claimed.half_year)
    held = sending_hold(claimed.organization_id, service, site)
    if held is not None:
        return held
    refused = kept_contracts.refusals(connection)
    for what, reason in ((service or ANY_SERVICE, Hold.NO_CONTRACT), (kept_contracts.KEY, Hold.NO_SIGNING_KEY)):
        if (claimed.organization_id, what) in refused and not kept_contracts.take_probe(
            connection, claimed.organization_id, what
        ):
            text = "ждёт пробного запроса: Фонд отказал этой МО, раз в сутки проверяется один запрос"
            return Desired(State.HELD, reason, ({"column": None, "text": text},))
    return None


def _ask_first(context: Context, claimed: Claimed, woman: Woman) -> Step | None:
    """Ask whether the Fund has it already: before every create (by СНИЛС) and every talon (by number)."""
    if claimed.kind is Kind.CREATE_ERS:
        return _before_create(context, claimed, woman) if woman.snils else None
    if claimed.kind in TICKETS and woman.number:
        return _before_ticket(context, claimed, woman, woman.number)
    return None


def _before_create(context: Context, claimed: Claimed, woman: Woman) -> Step | None:
    found = questions.about(context, replace(woman, asker_id=claimed.organization_id), by=woman.snils or "")
    match = matching.match(woman.lmp, found)
    if match.verdict is Verdict.NONE:
        return None
    with context.ledger.begin() as connection:
        if match.certificate is None:
            certificates.unclear(connection, woman.pregnancy_id, matching.UNCLEAR)
            return Step(State.HELD, Hold.CERTIFICATE_UNCLEAR, ({"column": None, "text": matching.UNCLEAR},))
        certificates.link(connection, woman.pregnancy_id, match.certificate.number)
    closed = match.verdict is Verdict.CLOSED
    reason = Cancel.CERTIFICATE_CLOSED if closed else Cancel.ADOPTED
    return Step(State.CANCELLED, reason, ers_number=match.certificate.number)


def _before_ticket(context: Context, claimed: Claimed, woman: Woman, number: str) -> Step | None:
    found = questions.about(context, replace(woman, asker_id=claimed.organization_id), by=number)
    certificate: Certificate | None = next((c for c in found if c.number == number), None)
    if certificate is None:
        return None
    if certificate.status is CertificateStatus.CLOSED:
        return Step(State.CANCELLED, Cancel.CERTIFICATE_CLOSED, ers_number=number)
    service = contracts.service(claimed.kind, claimed.half_year)
    if any(ticket.kind == service for ticket in certificate.tickets):
        return Step(State.CANCELLED, Cancel.ALREADY_THERE, ers_number=number)
    return None


def _let_go(context: Context, claimed: Claimed, pause_seconds: float) -> None:
    with context.ledger.begin() as connection:
        requests.put_off(connection, claimed, pause_seconds)
