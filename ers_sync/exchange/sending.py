"""Sends one request that is READY: asks where a question comes first, builds and signs, puts the attempt on record, sends, concludes."""

from __future__ import annotations

from dataclasses import replace

from sqlalchemy import Connection
from sqlalchemy.exc import IntegrityError

from ers_sync.context import Context
from ers_sync.domain import contracts, matching
from ers_sync.domain.content import TICKETS, Kind
from ers_sync.domain.holds import ANY_SERVICE, sending_hold
from ers_sync.domain.matching import Certificate, CertificateStatus, Verdict, has_ticket
from ers_sync.domain.request import Desired
from ers_sync.domain.states import Cancel, Hold, State
from ers_sync.exchange import attempts, posting, questions, senders
from ers_sync.exchange.questions import NotAnswered
from ers_sync.exchange.senders import Standing
from ers_sync.ledger import certificates, requests
from ers_sync.ledger import contracts as kept_contracts
from ers_sync.ledger.certificates import Woman
from ers_sync.ledger.database import run
from ers_sync.ledger.requests import Claimed, Step

FIRST_PAUSE = 5.0  # after a question that was not answered; it doubles with every failure
LONGEST_PAUSE = 1800.0


def send(context: Context, standing: Standing, claimed: Claimed) -> str:
    """Send a claimed request, if nothing speaks against it any more, and return a word for what came of it.

    Args:
        context: the working parts.
        standing: what holds for its hospital, as of the claim.
        claimed: the request.

    Raises:
        TapClosed: no endpoint is open.
    """
    endpoint = posting.open_endpoint(context)
    if claimed.kind is not Kind.CREATE_ERS and standing.history.doubts(claimed.event_on, claimed.asked_in):
        return _doubt(context, claimed)
    if claimed.signed_exchange_id is not None:
        return attempts.again(context, claimed, claimed.signed_exchange_id, endpoint)
    held = _held(context, standing, claimed)
    if held is not None:
        with context.ledger.begin() as connection:
            run(connection, "scan", "ask_rework", pregnancies=[claimed.pregnancy_id])
            return attempts.settle(connection, claimed, Step(held.state, held.reason, held.details))
    return _send_new(context, standing, claimed, endpoint)


def _send_new(context: Context, standing: Standing, claimed: Claimed, endpoint: str) -> str:
    """Ask where a question comes first, then send what was never sent."""
    with context.single.connect() as connection:
        woman = certificates.woman(connection, claimed.pregnancy_id)
        waits = _comes_after(connection, claimed, woman)
    if waits:
        return attempts.another_on_its_way(context, claimed)
    try:
        settled = _ask_first(context, standing, claimed, woman)
    except NotAnswered:
        with context.ledger.begin() as connection:
            seconds = posting.pause(claimed.failures, FIRST_PAUSE, LONGEST_PAUSE)
            requests.put_off(connection, claimed, seconds, failed=True)
        return "not_answered"
    if settled is not None:
        with context.ledger.begin() as connection:
            return attempts.settle(connection, claimed, settled)
    return attempts.first(context, standing, claimed, woman, endpoint)


def _held(context: Context, standing: Standing, claimed: Claimed) -> Desired | None:
    """Look once more at what may hold a request: a contract may have ended, a key expired since it was worked out.

    Where the Fund has refused the hospital and nothing has changed since, one request a day tries whether it still does.
    """
    site = standing.site
    service = contracts.service(claimed.kind, claimed.half_year)
    held = sending_hold(claimed.organization_id, service, site)
    if held is not None:
        return held
    id_, refused = claimed.organization_id, standing.refusals
    if not refused:
        return None
    today = site.rules.hospitals[id_].today(site.now)
    ogrn = standing.sender(id_, None)["ogrn"]
    for what, reason, mark in (
        (service or ANY_SERVICE, Hold.NO_CONTRACT, kept_contracts.fingerprint(site.contracts[id_], today)),
        (kept_contracts.KEY, Hold.NO_SIGNING_KEY, senders.key_mark(context, ogrn)),
    ):
        same = (id_, what) in refused and refused[id_, what][0] == mark
        if same and not _take_probe(context, id_, what):
            text = "ждёт пробного запроса: Фонд отказал этой МО, раз в сутки проверяется один запрос"
            return Desired(State.HELD, reason, ({"column": None, "text": text},))
    return None


def _take_probe(context: Context, organization_id: int, what: str) -> bool:
    with context.ledger.begin() as connection:
        return kept_contracts.take_probe(connection, organization_id, what)


def _comes_after(connection: Connection, claimed: Claimed, woman: Woman) -> bool:
    """Tell whether an earlier event of another row of РАМ claims the same: a woman's certificate, or a talon of her certificate."""
    if claimed.kind is Kind.CREATE_ERS:
        return bool(woman.snils) and requests.comes_after(connection, claimed, snils=woman.snils, number=None)
    if claimed.kind in TICKETS and woman.number:
        return requests.comes_after(connection, claimed, snils=None, number=woman.number)
    return False


def _ask_first(context: Context, standing: Standing, claimed: Claimed, woman: Woman) -> Step | None:
    """Ask whether the Fund has it already: before every create (by СНИЛС) and every talon (by number)."""
    if claimed.kind is Kind.CREATE_ERS:
        return _before_create(context, claimed, woman) if woman.snils else None
    if claimed.kind in TICKETS and woman.number:
        return _before_ticket(context, standing, claimed, woman, woman.number)
    return None


def _before_create(context: Context, claimed: Claimed, woman: Woman) -> Step | None:
    found = _asked_of(context, claimed, woman, woman.snils or "")
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


def _before_ticket(context: Context, standing: Standing, claimed: Claimed, woman: Woman, number: str) -> Step | None:
    found = _asked_of(context, claimed, woman, number)
    certificate: Certificate | None = next((c for c in found if c.number == number), None)
    if certificate is None:
        return None
    if certificate.status is CertificateStatus.CLOSED:
        return Step(State.CANCELLED, Cancel.CERTIFICATE_CLOSED, ers_number=number)
    service = contracts.service(claimed.kind, claimed.half_year)
    if has_ticket(certificate, str(service), standing.sender(claimed.organization_id, None)["ogrn"]):
        return Step(State.CANCELLED, Cancel.ALREADY_THERE, ers_number=number)
    return None


def _asked_of(context: Context, claimed: Claimed, woman: Woman, by: str) -> list[Certificate]:
    suspect = claimed.failures >= posting.SUSPECT_AFTER
    return questions.about(context, replace(woman, asker_id=claimed.organization_id), by=by, suspect=suspect)


def _doubt(context: Context, claimed: Claimed) -> str:
    """Call the fate of a request unknown that a lost ledger may have sent; its certificate's number is needed to ask about it."""
    try:
        with context.ledger.begin() as connection:
            woman = certificates.woman(connection, claimed.pregnancy_id)
            return attempts.settle(
                connection, claimed, Step(State.UNKNOWN, ers_number=claimed.ers_number or woman.number)
            )
    except IntegrityError:
        return attempts.another_on_its_way(context, claimed)
