"""What follows from an exchange that carried a request: the middle of `domain/states.py`, row by row."""

from __future__ import annotations

import logging

from sqlalchemy import Connection
from sqlalchemy.exc import IntegrityError

from ers_sync.checkpoint import reached
from ers_sync.context import Context
from ers_sync.domain.states import Hold, State
from ers_sync.exchange.posting import LONGEST_ASKED, pause
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

FIRST_PAUSE = 5.0  # before a request whose exchange came to nothing is touched again; it doubles with every failure
LONGEST_PAUSE = 1800.0

log = logging.getLogger(__name__)


def conclude(context: Context, claimed: Claimed, exchange: Exchange, exchange_id: int) -> str:
    """Move a request that was sent to where the exchange leaves it; return the name of its state.

    The lease may have run out meanwhile and the request been called UNKNOWN: an answer counts even then.
    """
    step = step_of(context, claimed, exchange, repeated=claimed.signed_exchange_id is not None)
    try:
        moved = _take(context, claimed, step, exchange_id)
    except IntegrityError:
        # the id that it gives is another request's: the answer is an earlier one, and proves nothing
        event(log, logging.WARNING, "answer.of_another_request", request=claimed.id)
        step = Step(State.UNKNOWN, pause_seconds=FIRST_PAUSE, failed=True)
        moved = _take(context, claimed, step, exchange_id)
    reached("concluded")
    if not moved:
        event(log, logging.WARNING, "answer.late", request=claimed.id)
        return "too_late"
    if step.to is State.QUARANTINED:
        event(log, logging.ERROR, "request.quarantined", request=claimed.id, cause="invalidDataFault")
    return str(step.to)


def _take(context: Context, claimed: Claimed, step: Step, exchange_id: int) -> bool:
    """Move the request, if it is still ours to move. Raise IntegrityError if the Fund's id is another request's."""
    if step.to is State.REGISTERED:  # the ordinary case is one statement
        with context.single.connect() as connection:
            if requests.move(connection, claimed.id, State.SENDING, step, token=claimed.token):
                return True
    with context.ledger.begin() as connection:
        if step.reason == Hold.NO_SIGNING_KEY:
            _refuse_key(connection, context, claimed)
        moved = requests.move(connection, claimed.id, State.SENDING, step, token=claimed.token)
        if not moved and step.to in {State.REGISTERED, State.READY}:
            moved = requests.move_late(connection, claimed.id, step, exchange_id)
        return bool(moved)


def step_of(context: Context, claimed: Claimed, exchange: Exchange, *, repeated: bool) -> Step:
    """Return where an exchange leaves the request that it carried.

    Bytes that went out before (`repeated`), and whose fate was not known then, are kept when they are surely not accepted now: the earlier
    ones may still turn up. A signature that is refused under them may be that of a key which was changed since, so they are signed anew.
    """
    if isinstance(exchange.answer, Registered):
        wait = context.config.schedule.poll_seconds
        return Step(State.REGISTERED, fss_request_id=exchange.answer.request_id, pause_seconds=wait)
    later = pause(claimed.failures, FIRST_PAUSE, LONGEST_PAUSE)
    match exchange.outcome:
        case Outcome.NOT_ACCEPTED | Outcome.THROTTLED:
            later = min(max(later, exchange.retry_after or 0.0), LONGEST_ASKED)
            return Step(State.READY, forget_bytes=not repeated, pause_seconds=later, failed=True)
        case Outcome.SIGNATURE_FAULT if repeated:
            return Step(State.READY, forget_bytes=True)
        case Outcome.SIGNATURE_FAULT:
            details = ({"column": None, "text": REFUSED_KEY},)
            return Step(State.HELD, Hold.NO_SIGNING_KEY, details, forget_bytes=True)
        case Outcome.INVALID_DATA_FAULT:
            details = ({"column": None, "text": f"Фонд не принял форму сообщения: {exchange.fault_code or ''}"},)
            return Step(State.QUARANTINED, "invalid_data_fault", details, forget_bytes=True)
        case _:
            return Step(State.UNKNOWN, pause_seconds=FIRST_PAUSE, failed=True)


def _refuse_key(connection: Connection, context: Context, claimed: Claimed) -> None:
    """Remember that the Fund does not take this hospital's signature: its requests wait until the certificate is another."""
    ogrn = next(r.ogrn for r in rows(connection, "senders", "organizations") if r.id == claimed.organization_id)
    try:
        mark = str(context.keyring.signing(ogrn, Role.MO, context.clock()).certificate.serial)
    except KeyProblem:
        return  # it expired since: that holds the hospital already
    contracts.refuse(connection, claimed.organization_id, contracts.KEY, mark)
