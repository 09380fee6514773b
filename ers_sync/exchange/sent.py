"""What follows from an exchange that carried a request: the middle of `domain/states.py`, row by row."""

from __future__ import annotations

import logging

from sqlalchemy import Connection

from ers_sync.context import Context
from ers_sync.domain.states import Hold, State
from ers_sync.exchange.senders import REFUSED_KEY
from ers_sync.fss.answers import Registered
from ers_sync.fss.client import Exchange
from ers_sync.fss.keyring import KeyProblem
from ers_sync.fss.outcomes import Outcome
from ers_sync.fss.profile import Role
from ers_sync.ledger import contracts, requests
from ers_sync.ledger.database import rows
from ers_sync.ledger.requests import Claimed, Step
from ers_sync.ops.logging_setup import event

RETRY_SECONDS = (
    5.0  # the tap is closed by an outage meanwhile; this only keeps one request from being taken twice in a moment
)

log = logging.getLogger(__name__)


def conclude(context: Context, claimed: Claimed, exchange: Exchange, exchange_id: int) -> str:
    """Move a request that was sent to where the exchange leaves it; return the name of its state.

    The lease may have run out meanwhile and the request been called UNKNOWN: an answer counts even then.
    """
    step = _step(context, exchange)
    with context.ledger.begin() as connection:
        if exchange.outcome is Outcome.SIGNATURE_FAULT:
            _refuse_key(connection, context, claimed)
        moved = requests.move(connection, claimed.id, State.SENDING, step, token=claimed.token)
        if not moved and step.to in {State.REGISTERED, State.READY}:
            moved = requests.move_late(connection, claimed.id, step, exchange_id)
    if not moved:
        event(log, logging.WARNING, "answer.late", request=claimed.id)
        return "too_late"
    if step.to is State.QUARANTINED:
        event(log, logging.ERROR, "request.quarantined", request=claimed.id, cause="invalidDataFault")
    return str(step.to)


def _step(context: Context, exchange: Exchange) -> Step:
    if isinstance(exchange.answer, Registered):
        pause = context.config.schedule.poll_seconds
        return Step(State.REGISTERED, fss_request_id=exchange.answer.request_id, pause_seconds=pause)
    match exchange.outcome:
        case Outcome.NOT_ACCEPTED | Outcome.THROTTLED:
            return Step(State.READY, forget_bytes=True, pause_seconds=exchange.retry_after or RETRY_SECONDS)
        case Outcome.SIGNATURE_FAULT:
            details = ({"column": None, "text": REFUSED_KEY},)
            return Step(State.HELD, Hold.NO_SIGNING_KEY, details, forget_bytes=True)
        case Outcome.INVALID_DATA_FAULT:
            details = ({"column": None, "text": f"Фонд не принял форму сообщения: {exchange.fault_code or ''}"},)
            return Step(State.QUARANTINED, "invalid_data_fault", details, forget_bytes=True)
        case _:
            return Step(State.UNKNOWN, pause_seconds=RETRY_SECONDS)


def _refuse_key(connection: Connection, context: Context, claimed: Claimed) -> None:
    """Remember that the Fund does not take this hospital's signature: its requests wait until the certificate is another."""
    ogrn = next(r.ogrn for r in rows(connection, "senders", "organizations") if r.id == claimed.organization_id)
    try:
        mark = str(context.keyring.signing(ogrn, Role.MO, context.clock()).certificate.serial)
    except KeyProblem:
        return  # it expired since: that holds the hospital already
    contracts.refuse(connection, claimed.organization_id, contracts.KEY, mark)
