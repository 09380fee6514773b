"""Learns what became of a request that the Fund registered (`getResultById`), and carries it to its end."""

from __future__ import annotations

import logging
from dataclasses import replace
from datetime import timedelta

from sqlalchemy import Connection

from ers_sync.checkpoint import reached
from ers_sync.context import Context
from ers_sync.domain import contracts as rules
from ers_sync.domain import matching
from ers_sync.domain.content import TICKETS, Kind
from ers_sync.domain.holds import ANY_SERVICE, REFUSED
from ers_sync.domain.matching import Verdict
from ers_sync.domain.request import Details
from ers_sync.domain.states import Hold, State
from ers_sync.exchange import arrival, posting, questions
from ers_sync.exchange.questions import NotAnswered
from ers_sync.exchange.senders import Askers
from ers_sync.fss.answers import RequestStatus, Result
from ers_sync.fss.keyring import KeyProblem
from ers_sync.fss.messages import contract_number
from ers_sync.fss.outcomes import Outcome
from ers_sync.ledger import certificates, contracts, exchanges, requests
from ers_sync.ledger.database import run
from ers_sync.ledger.requests import Claimed, Step
from ers_sync.ops.logging_setup import event

NO_CONTRACT_CODE = "1204"
LONGEST_PAUSE = 1800.0  # seconds between two questions about the same request
WRONG_NUMBER = "Фонд вернул номер ЭРС другой беременности: проверьте, какой ЭРС относится к этой"

log = logging.getLogger(__name__)


def learn(context: Context, askers: Askers, claimed: Claimed) -> str:
    """Ask what became of a registered request and move it on; return a word for what came of it.

    Raises:
        TapClosed: no endpoint is open.
    """
    try:
        result = ask(context, askers, claimed)
    except NotAnswered:
        _again_later(context, claimed, failed=True)
        return "not_answered"
    reached("result.known")
    if result is None:
        with context.ledger.begin() as connection:
            _move(connection, claimed, Step(State.UNKNOWN))
        return str(State.UNKNOWN)
    if result.status is RequestStatus.PROCESSED:
        return processed(context, claimed, result.ers_number)
    if result.status is RequestStatus.PROCESSING_ERROR:
        return _refused(context, claimed, result)
    return _again_later(context, claimed)


def processed(context: Context, claimed: Claimed, number: str | None) -> str:
    """Carry a request that the Fund processed to DONE; a new certificate's number is checked first."""
    if claimed.kind is Kind.CREATE_ERS:
        return _check_number(context, claimed, number)
    now = context.clock()
    with context.ledger.begin() as connection:
        step = Step(State.DONE, visit_id=claimed.visit_id, answered_at=now, forget_bytes=True)
        if not _move(connection, claimed, step):
            return "too_late"
        _accepted(connection, claimed)
        if claimed.kind is Kind.ANNUL_VISIT and claimed.annuls_id is not None:
            requests.annulled(connection, claimed.annuls_id)
        if claimed.kind is Kind.DISABLE_ERS:
            run(connection, "decisions", "close_certificate", number=claimed.ers_number)
        run(connection, "scan", "ask_rework", pregnancies=[claimed.pregnancy_id])
    reached("settled")
    return str(State.DONE)


def formed(context: Context, claimed: Claimed, number: str) -> str:
    """Carry a request for a certificate to DONE: this is its number."""
    with context.ledger.begin() as connection:
        step = Step(State.DONE, ers_number=number, answered_at=context.clock(), forget_bytes=True)
        if not _move(connection, claimed, step):
            return "too_late"
        _accepted(connection, claimed)
        certificates.link(connection, claimed.pregnancy_id, number)
    reached("settled")
    return str(State.DONE)


def wait_seconds(context: Context, claimed: Claimed) -> float:
    """Return the pause before a request is asked about again: it grows with the time that it has waited, and with what failed."""
    patience = claimed.age.total_seconds() / 4
    poll = context.config.schedule.poll_seconds
    return min(LONGEST_PAUSE, max(poll, patience, posting.pause(claimed.failures, poll / 2, LONGEST_PAUSE)))


def ask(context: Context, askers: Askers, claimed: Claimed) -> Result | None:
    """Return the Fund's word on a request; None if it does not know the id. Raise NotAnswered, TapClosed."""
    endpoint = posting.open_endpoint(context)
    now = context.clock()
    asker = askers.of(claimed.organization_id)
    try:
        prepared = context.client.ask_result(
            asker, kind=claimed.kind, request_id=claimed.fss_request_id or "", moment=now
        )
    except KeyProblem as problem:
        raise NotAnswered("the hospital cannot sign") from problem
    with context.single.connect() as connection:
        exchange_id = exchanges.begin(
            connection,
            context.seal,
            operation=prepared.operation,
            organization_id=claimed.organization_id,
            signed=prepared.signed,
            business_at=now,
            request_id=claimed.id,
            pregnancy_id=claimed.pregnancy_id,
            revision=claimed.revision,
        )
    suspect = claimed.failures >= posting.SUSPECT_AFTER
    try:
        exchange = posting.post(context, prepared, exchange_id, endpoint, suspect=suspect)
    except KeyProblem as problem:
        raise NotAnswered("the hospital cannot sign") from problem
    if isinstance(exchange.answer, Result):
        return exchange.answer
    if exchange.outcome is Outcome.INVALID_DATA_FAULT:
        return None
    raise NotAnswered(str(exchange.outcome))


def _check_number(context: Context, claimed: Claimed, number: str | None) -> str:
    """Check the number that createErs gave: an earlier number of this pregnancy is a success, one of another pregnancy is not."""
    if number is None:
        return _again_later(context, claimed)
    with context.single.connect() as connection:
        woman = certificates.woman(connection, claimed.pregnancy_id)
    try:
        found = questions.about(context, replace(woman, asker_id=claimed.organization_id), by=number)
    except NotAnswered:
        return _again_later(context, claimed, failed=True)
    match = matching.match(woman.lmp, [c for c in found if c.number == number])
    if match.certificate is not None or (woman.lmp is None and match.verdict is Verdict.UNCLEAR):
        return formed(context, claimed, number)
    with context.ledger.begin() as connection:
        details = ({"column": None, "text": WRONG_NUMBER},)
        certificates.unclear(connection, claimed.pregnancy_id, WRONG_NUMBER)
        _move(connection, claimed, Step(State.HELD, Hold.CERTIFICATE_UNCLEAR, details, forget_bytes=True))
    return str(Hold.CERTIFICATE_UNCLEAR)


def _refused(context: Context, claimed: Claimed, result: Result) -> str:
    details = tuple({"column": None, "text": f"{code}: {message}"} for code, message in result.errors)
    codes = {code for code, _ in result.errors}
    if codes == {NO_CONTRACT_CODE}:
        return _without_contract(context, claimed, details)
    try:
        if _there_all_the_same(context, claimed):
            return processed(context, claimed, None)
    except NotAnswered:
        return _again_later(context, claimed, failed=True)
    with context.ledger.begin() as connection:
        step = Step(State.REJECTED, "fund", details, answered_at=context.clock(), forget_bytes=True)
        if not _move(connection, claimed, step):
            return "too_late"
        run(connection, "scan", "ask_rework", pregnancies=[claimed.pregnancy_id])
    reached("settled")
    event(log, logging.WARNING, "request.rejected", request=claimed.id, codes=",".join(sorted(codes)))
    return str(State.REJECTED)


def _there_all_the_same(context: Context, claimed: Claimed) -> bool:
    """Ask whether a refused request has arrived by an earlier attempt, or a lost ledger's: «уже зарегистрировано» is no refusal then.

    A talon that was sent once and is there was claimed by hand. Raise NotAnswered, TapClosed.
    """
    if claimed.kind is Kind.CREATE_ERS or claimed.kind not in context.profile.askable or claimed.ers_number is None:
        return False
    if claimed.kind in TICKETS and claimed.attempts == 1:
        return False
    with context.single.connect() as connection:
        woman = certificates.woman(connection, claimed.pregnancy_id)
    found = questions.about(context, replace(woman, asker_id=claimed.organization_id), by=claimed.ers_number)
    certificate = next((c for c in found if c.number == claimed.ers_number), None)
    if certificate is None:
        return False
    with context.single.connect() as connection:
        return arrival.arrived(connection, claimed, certificate)


def _without_contract(context: Context, claimed: Claimed, details: Details) -> str:
    """Hold what the Fund refuses with 1204, and remember that it refuses this hospital's contract of the kind.

    Bytes that were kept over the end of a contract say nothing of the one that follows it: only that request is signed anew.
    """
    with context.ledger.begin() as connection:
        known = contracts.of_hospitals(connection).get(claimed.organization_id, ())
        today = context.rules.hospitals[claimed.organization_id].today(context.clock())
        service = rules.service(claimed.kind, claimed.half_year)
        current = rules.for_sending(known, service, today)
        if current is None or current.number == _contract_named(context, connection, claimed):
            fingerprint = contracts.fingerprint(known, today)
            contracts.refuse(connection, claimed.organization_id, service or ANY_SERVICE, fingerprint)
        held = ({"column": None, "text": REFUSED}, *details)
        _move(connection, claimed, Step(State.HELD, Hold.NO_CONTRACT, held, forget_bytes=True))
        run(connection, "scan", "ask_rework", pregnancies=[claimed.pregnancy_id])
    reached("settled")
    return str(Hold.NO_CONTRACT)


def _contract_named(context: Context, connection: Connection, claimed: Claimed) -> str | None:
    if claimed.signed_exchange_id is None:
        return None
    return contract_number(exchanges.attempt(connection, context.seal, claimed.signed_exchange_id).signed)


def _accepted(connection: Connection, claimed: Claimed) -> None:
    """A contract and a signature that were refused before are in order again."""
    what = rules.service(claimed.kind, claimed.half_year) or ANY_SERVICE
    contracts.accepted(connection, claimed.organization_id, what, contracts.KEY)


def _again_later(context: Context, claimed: Claimed, *, failed: bool = False) -> str:
    """Ask again after a pause; one that is silent for too long is of unknown fate."""
    with context.single.connect() as connection:
        if claimed.state is State.REGISTERED and claimed.age > context.max_processing + timedelta(hours=1):
            _move(connection, claimed, Step(State.UNKNOWN))
            return str(State.UNKNOWN)
        requests.put_off(connection, claimed, wait_seconds(context, claimed), failed=failed)
    return "waiting"


def _move(connection: Connection, claimed: Claimed, step: Step) -> bool:
    return requests.move(connection, claimed.id, claimed.state, step, token=claimed.token)
