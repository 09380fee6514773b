"""One attempt at a request: built and signed, put on record together with the step to SENDING, and only then sent."""

from __future__ import annotations

import logging
from dataclasses import replace
from datetime import date

from sqlalchemy import Connection
from sqlalchemy.exc import IntegrityError

from ers_sync.checkpoint import reached
from ers_sync.context import Context
from ers_sync.domain import contracts
from ers_sync.domain.content import TICKETS, Kind, Numbers
from ers_sync.domain.contracts import Contract
from ers_sync.domain.states import Hold, State
from ers_sync.exchange import posting, senders
from ers_sync.exchange.senders import Standing
from ers_sync.exchange.sent import conclude
from ers_sync.fss.binding import MessageError
from ers_sync.fss.client import Prepared
from ers_sync.fss.keyring import KeyProblem
from ers_sync.ledger import exchanges, requests
from ers_sync.ledger.certificates import Woman
from ers_sync.ledger.lineage import Lineage
from ers_sync.ledger.requests import Claimed, Step
from ers_sync.ops.logging_setup import event

log = logging.getLogger(__name__)


def first(context: Context, standing: Standing, claimed: Claimed, woman: Woman, endpoint: str) -> str:
    """Build and sign a request, put the attempt on record, and send it; return a word for what came of it."""
    now = context.clock()
    today = context.rules.hospitals[claimed.organization_id].today(now)
    sender = standing.sender(claimed.organization_id, _contract(standing, claimed, today))
    numbers = _numbers(claimed, woman, today, standing.history)
    try:
        prepared = context.client.prepare(claimed.kind, sender, claimed.content, numbers, now)
    except MessageError as error:
        return _quarantine(context, claimed, error)
    except KeyProblem as problem:
        with context.ledger.begin() as connection:
            return settle(connection, claimed, _without_key(problem))
    step = Step(
        State.SENDING,
        ers_number=numbers.get("ers_number"),
        visit_id=numbers.get("visit_id"),
        formed_on=date.fromisoformat(numbers["create_date"]) if claimed.kind in TICKETS else None,
    )
    return _attempt(context, claimed, prepared, step, endpoint)


def again(context: Context, claimed: Claimed, exchange_id: int, endpoint: str) -> str:
    """Send the very bytes that may or may not have arrived before; return a word for what came of it."""
    with context.single.connect() as connection:
        kept = exchanges.attempt(connection, context.seal, exchange_id)
        sender = senders.sender(connection, claimed.organization_id, None)
    prepared = Prepared(kept.operation, sender["ogrn"], kept.signed)
    return _attempt(context, claimed, prepared, Step(State.SENDING), endpoint)


def settle(connection: Connection, claimed: Claimed, step: Step) -> str:
    """Move a claimed request on without sending it; return a word for what came of it."""
    moved = requests.move(connection, claimed.id, State.READY, step, token=claimed.token, version=claimed.version)
    return str(step.reason or step.to) if moved else "changed_meanwhile"


def another_on_its_way(context: Context, claimed: Claimed) -> str:
    """Put off a request while another row's request for the same is on its way: the Fund is asked again when that one's fate is known."""
    with context.ledger.begin() as connection:
        requests.put_off(connection, claimed, context.config.schedule.poll_seconds)
    return "another_on_its_way"


def _attempt(context: Context, claimed: Claimed, prepared: Prepared, step: Step, endpoint: str) -> str:
    try:
        exchange_id = _on_record(context, claimed, prepared, step)
    except IntegrityError:
        return another_on_its_way(context, claimed)
    if exchange_id is None:
        return "changed_meanwhile"
    return _send(context, claimed, prepared, exchange_id, endpoint)


def _on_record(context: Context, claimed: Claimed, prepared: Prepared, step: Step) -> int | None:
    """Commit the attempt together with the step to SENDING; None if the request has changed since it was claimed."""
    now = context.clock()
    reached("attempt.signed")
    with context.ledger.begin() as connection:
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
            operator=claimed.operator,
        )
        step = replace(step, signed_exchange_id=exchange_id, sent_at=now, attempted=1)
        step = replace(step, lease_seconds=context.exchange_seconds)
        if not requests.move(connection, claimed.id, State.READY, step, token=claimed.token, version=claimed.version):
            connection.rollback()
            return None
    return exchange_id


def _send(context: Context, claimed: Claimed, prepared: Prepared, exchange_id: int, endpoint: str) -> str:
    reached("attempt.recorded")
    suspect = claimed.failures >= posting.SUSPECT_AFTER
    try:
        exchange = posting.post(context, prepared, exchange_id, endpoint, suspect=suspect)
    except KeyProblem as problem:
        with context.ledger.begin() as connection:
            moved = requests.move(connection, claimed.id, State.SENDING, _without_key(problem), token=claimed.token)
        return str(Hold.NO_SIGNING_KEY) if moved else "too_late"
    return conclude(context, claimed, exchange, exchange_id)


def _without_key(problem: KeyProblem) -> Step:
    details = ({"column": None, "text": problem.text},)
    return Step(State.HELD, Hold.NO_SIGNING_KEY, details, forget_bytes=True)


def _numbers(claimed: Claimed, woman: Woman, today: date, history: Lineage) -> Numbers:
    """Return what is known only now: the certificate, the visit's id (the exam's, with the revision if not the first), the talon's day.

    A lost ledger may have used up ids of the exams that it knew: those get the age of this one on top.
    """
    numbers: Numbers = {"create_date": (claimed.formed_on or today).isoformat()}
    number = claimed.ers_number or woman.number
    if number:
        numbers["ers_number"] = number
    if claimed.kind is Kind.PUT_VISIT:
        exam = claimed.source.removeprefix("exam:")
        numbers["visit_id"] = exam if claimed.revision == 1 else f"{exam}-{claimed.revision}"
        if history.doubts(claimed.event_on, asked_in=0):
            numbers["visit_id"] = f"{exam}-{claimed.revision}-{history.age}"
    return numbers


def _contract(standing: Standing, claimed: Claimed, today: date) -> Contract | None:
    known = standing.site.contracts.get(claimed.organization_id, ())
    return contracts.for_sending(known, contracts.service(claimed.kind, claimed.half_year), today)


def _quarantine(context: Context, claimed: Claimed, error: MessageError) -> str:
    event(log, logging.ERROR, "request.quarantined", request=claimed.id, cause=str(error))
    details = ({"column": None, "text": f"ошибка программы: {error}"},)
    with context.ledger.begin() as connection:
        return settle(connection, claimed, Step(State.QUARANTINED, "invalid_message", details))
