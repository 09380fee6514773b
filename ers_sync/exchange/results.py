"""Learns what became of a request that the Fund registered (`getResultById`), and carries it to its end."""

from __future__ import annotations

import logging
from dataclasses import replace
from datetime import timedelta

from sqlalchemy import Connection

from ers_sync.context import Context
from ers_sync.domain import contracts as rules
from ers_sync.domain import matching
from ers_sync.domain.content import Kind
from ers_sync.domain.holds import ANY_SERVICE, REFUSED
from ers_sync.domain.matching import Verdict
from ers_sync.domain.states import Hold, State
from ers_sync.exchange import posting, questions, senders
from ers_sync.exchange.questions import NotAnswered
from ers_sync.fss.answers import RequestStatus, Result
from ers_sync.fss.keyring import KeyProblem
from ers_sync.fss.outcomes import Outcome
from ers_sync.ledger import certificates, contracts, exchanges, requests
from ers_sync.ledger.database import run
from ers_sync.ledger.requests import Claimed, Step
from ers_sync.ops.logging_setup import event

NO_CONTRACT_CODE = "1204"
LONGEST_PAUSE = 1800.0  # seconds between two questions about the same request
WRONG_NUMBER = "Фонд вернул номер ЭРС другой беременности: проверьте, какой ЭРС относится к этой"

log = logging.getLogger(__name__)


def learn(context: Context, claimed: Claimed) -> str:
    """Ask what became of a registered request and move it on; return a word for what came of it.

    Raises:
        TapClosed: no endpoint is open.
    """
    try:
        result = _ask(context, claimed)
    except NotAnswered:
        _again_later(context, claimed)
        return "not_answered"
    except posting.TapClosed:
        with context.ledger.begin() as connection:
            requests.put_off(connection, claimed, 0)
        raise
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
        return _formed(context, claimed, number)
    now = context.clock()
    with context.ledger.begin() as connection:
        if not _move(connection, claimed, Step(State.DONE, answered_at=now, forget_bytes=True)):
            return "too_late"
        _accepted(connection, claimed)
        if claimed.kind is Kind.ANNUL_VISIT and claimed.annuls_id is not None:
            requests.annulled(connection, claimed.annuls_id)
        if claimed.kind is Kind.DISABLE_ERS:
            run(connection, "decisions", "close_certificate", number=claimed.ers_number)
        run(connection, "scan", "ask_rework", pregnancies=[claimed.pregnancy_id])
    return str(State.DONE)


def _ask(context: Context, claimed: Claimed) -> Result | None:
    """Return the Fund's word on a request; None if it does not know the id. Raise NotAnswered, TapClosed."""
    endpoint = posting.open_endpoint(context)
    now = context.clock()
    with context.ledger.connect() as connection:
        known = contracts.of_hospitals(connection).get(claimed.organization_id, ())
        asker = senders.sender(connection, claimed.organization_id, rules.for_asking(known))
    try:
        prepared = context.client.ask_result(
            asker, kind=claimed.kind, request_id=claimed.fss_request_id or "", moment=now
        )
    except KeyProblem as problem:
        raise NotAnswered("the hospital cannot sign") from problem
    with context.ledger.begin() as connection:
        exchange_id = exchanges.begin(
            connection,
            operation=prepared.operation,
            organization_id=claimed.organization_id,
            signed=prepared.signed,
            business_at=now,
            request_id=claimed.id,
            pregnancy_id=claimed.pregnancy_id,
            revision=claimed.revision,
        )
    exchange = posting.post(context, prepared, exchange_id, endpoint)
    if isinstance(exchange.answer, Result):
        return exchange.answer
    if exchange.outcome is Outcome.INVALID_DATA_FAULT:
        return None
    raise NotAnswered(str(exchange.outcome))


def _formed(context: Context, claimed: Claimed, number: str | None) -> str:
    """Check the number that createErs gave: an earlier number of this pregnancy is a success, one of another pregnancy is not."""
    if number is None:
        return _again_later(context, claimed)
    with context.ledger.connect() as connection:
        woman = certificates.woman(connection, claimed.pregnancy_id)
    try:
        found = questions.about(context, replace(woman, asker_id=claimed.organization_id), by=number)
    except (NotAnswered, posting.TapClosed):
        return _again_later(context, claimed)
    match = matching.match(woman.lmp, [c for c in found if c.number == number])
    now = context.clock()
    with context.ledger.begin() as connection:
        if match.verdict is Verdict.ONE or (woman.lmp is None and match.verdict is Verdict.UNCLEAR):
            step = Step(State.DONE, ers_number=number, answered_at=now, forget_bytes=True)
            if not _move(connection, claimed, step):
                return "too_late"
            _accepted(connection, claimed)
            certificates.link(connection, claimed.pregnancy_id, number)
            return str(State.DONE)
        details = ({"column": None, "text": WRONG_NUMBER},)
        certificates.unclear(connection, claimed.pregnancy_id, WRONG_NUMBER)
        _move(connection, claimed, Step(State.HELD, Hold.CERTIFICATE_UNCLEAR, details, forget_bytes=True))
    return str(Hold.CERTIFICATE_UNCLEAR)


def _refused(context: Context, claimed: Claimed, result: Result) -> str:
    details = tuple({"column": None, "text": f"{code}: {message}"} for code, message in result.errors)
    now = context.clock()
    with context.ledger.begin() as connection:
        if all(code == NO_CONTRACT_CODE for code, _ in result.errors) and result.errors:
            known = contracts.of_hospitals(connection).get(claimed.organization_id, ())
            today = context.rules.hospitals[claimed.organization_id].today(now)
            what = rules.service(claimed.kind, claimed.half_year) or ANY_SERVICE
            contracts.refuse(connection, claimed.organization_id, what, contracts.fingerprint(known, today))
            held = ({"column": None, "text": REFUSED}, *details)
            _move(connection, claimed, Step(State.HELD, Hold.NO_CONTRACT, held, forget_bytes=True))
            return str(Hold.NO_CONTRACT)
        _move(connection, claimed, Step(State.REJECTED, "fund", details, answered_at=now, forget_bytes=True))
        run(connection, "scan", "ask_rework", pregnancies=[claimed.pregnancy_id])
    event(
        log, logging.WARNING, "request.rejected", request=claimed.id, codes=",".join(code for code, _ in result.errors)
    )
    return str(State.REJECTED)


def _accepted(connection: Connection, claimed: Claimed) -> None:
    """A contract and a signature that were refused before are in order again."""
    what = rules.service(claimed.kind, claimed.half_year) or ANY_SERVICE
    contracts.accepted(connection, claimed.organization_id, what)
    contracts.accepted(connection, claimed.organization_id, contracts.KEY)


def _again_later(context: Context, claimed: Claimed) -> str:
    """Ask again after a pause that grows with the request's age; one that is silent for too long is of unknown fate."""
    with context.ledger.begin() as connection:
        if claimed.state is State.REGISTERED and claimed.age > context.max_processing + timedelta(hours=1):
            _move(connection, claimed, Step(State.UNKNOWN))
            return str(State.UNKNOWN)
        pause = max(context.config.schedule.poll_seconds, claimed.age.total_seconds() / 4)
        requests.put_off(connection, claimed, min(LONGEST_PAUSE, pause))
    return "waiting"


def _move(connection: Connection, claimed: Claimed, step: Step) -> bool:
    return requests.move(connection, claimed.id, claimed.state, step, token=claimed.token)
