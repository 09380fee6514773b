"""Finds out what became of a request of unknown fate. It is asked about, never sent again first.

What the last attempt brought is read first, if it was written down; then the Fund is asked by the id that it gave, then by what it shows
of the certificate. "Not there" frees the request only after the longest time that the Fund may take, because `getErsData` shows what is
processed and not what is queued; then the same signed bytes go out again. `createErs` returns an earlier number, so it is freed after
minutes.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from datetime import timedelta

from sqlalchemy import Connection
from sqlalchemy.exc import IntegrityError

from ers_sync.checkpoint import reached
from ers_sync.context import Context
from ers_sync.domain import matching
from ers_sync.domain.content import Kind
from ers_sync.domain.matching import Certificate, Verdict
from ers_sync.domain.states import State
from ers_sync.exchange import arrival, questions, results
from ers_sync.exchange.posting import NO_KEY
from ers_sync.exchange.questions import NotAnswered
from ers_sync.exchange.senders import Askers
from ers_sync.exchange.sent import step_of
from ers_sync.fss.client import Exchange, Prepared
from ers_sync.fss.outcomes import Outcome
from ers_sync.ledger import certificates, exchanges, lineage, requests
from ers_sync.ledger.certificates import Woman
from ers_sync.ledger.exchanges import Attempt
from ers_sync.ledger.requests import Claimed, Step

CREATE_GRACE = timedelta(minutes=5)
LONGEST_PAUSE = 1800.0


def resolve(context: Context, askers: Askers, claimed: Claimed) -> str:
    """Find out about a request of unknown fate, and move it on if that allows it; return a word for what came of it.

    Raises:
        TapClosed: no endpoint is open.
    """
    written = _written_down(context, claimed)
    if written is not None:
        with suppress(IntegrityError):  # it gives another request's id: an earlier answer, which proves nothing
            return _move(context, claimed, written)
    try:
        if claimed.fss_request_id is not None and results.ask(context, askers, claimed) is not None:
            return _move(context, claimed, Step(State.REGISTERED))  # `results.learn` carries it to its end
        return _look(context, claimed)
    except NotAnswered:
        return _wait(context, claimed, failed=True)


def _written_down(context: Context, claimed: Claimed) -> Step | None:
    """Return the step that the last attempt's answer leads to, if somebody wrote it down and died before the request moved."""
    if claimed.signed_exchange_id is None or claimed.fss_request_id is not None:
        return None
    with context.single.connect() as connection:
        kept = exchanges.attempt(connection, context.seal, claimed.signed_exchange_id)
        history = lineage.known(connection)
        ogrn = arrival.ogrn(connection, claimed.organization_id)
    if kept.ended_at is None or kept.outcome is None or ogrn is None:
        return None
    step = Step(State.READY, forget_bytes=True)
    if kept.outcome != NO_KEY:
        known = step_of(context, claimed, _reread(context, kept, ogrn), repeated=claimed.attempts > 1)
        # where its key was refused it is tried again, and held by what comes of that
        step = step if known.to is State.HELD else known
    if step.to is State.READY and history.doubts(claimed.event_on, claimed.asked_in):
        return None  # a later attempt of the lost ledger may have got through
    return None if step.to is State.UNKNOWN else step


def _reread(context: Context, kept: Attempt, ogrn: str) -> Exchange:
    ended = kept.ended_at or kept.started_at
    exchange = Exchange(
        kept.operation,
        kept.endpoint,
        kept.host,
        kept.started_at,
        ended,
        Outcome(kept.outcome or Outcome.PERHAPS_ACCEPTED),
        http_status=kept.http_status,
        answer_signed=kept.signed_answer,
    )
    if exchange.outcome is not Outcome.ANSWERED:
        return exchange
    prepared = Prepared(kept.operation, ogrn, kept.signed)
    return context.client.reread(prepared, exchange, kept.business_at)


def _look(context: Context, claimed: Claimed) -> str:
    """Ask what the Fund shows of the certificate. Raise NotAnswered, TapClosed."""
    if claimed.kind is not Kind.CREATE_ERS and claimed.kind not in context.profile.askable:
        return _wait(context, claimed)  # for a person: `requests resolve`
    with context.single.connect() as connection:
        woman = certificates.woman(connection, claimed.pregnancy_id)
    woman = replace(woman, asker_id=claimed.organization_id)
    if claimed.kind is Kind.CREATE_ERS:
        found = questions.about(context, woman, by=woman.snils) if woman.snils else []
        return _create(context, claimed, woman, found)
    number = claimed.ers_number or woman.number or ""
    found = questions.about(context, woman, by=number)
    certificate = next((c for c in found if c.number == number), None)
    if certificate is not None:
        with context.ledger.begin() as connection:
            here = arrival.arrived(connection, claimed, certificate)
            claimed, here = (claimed, here) if here else _adopt(connection, claimed, certificate)
        if here:
            return results.processed(context, claimed, None)
    return _free(context, claimed, after=context.max_processing)


def _adopt(connection: Connection, claimed: Claimed, certificate: Certificate) -> tuple[Claimed, bool]:
    """Take over the visit that a lost ledger sent, under its id."""
    visit = arrival.lost_visit(connection, claimed, certificate)
    if visit is None:
        return claimed, False
    if visit.visited_on != arrival.day_of(claimed):
        requests.found_otherwise(connection, claimed.id, visit.visited_on)
    return replace(claimed, visit_id=visit.visit_id), True


def _create(context: Context, claimed: Claimed, woman: Woman, found: list[Certificate]) -> str:
    match = matching.match(woman.lmp, found)
    with context.single.connect() as connection:
        ogrn = arrival.ogrn(connection, claimed.organization_id)
    if match.certificate is not None and match.certificate.ogrn == ogrn:
        return results.formed(context, claimed, match.certificate.number)
    # another hospital's certificate, or none: asked once more before it goes out again, and adopted then
    known = match.verdict is not Verdict.NONE
    return _free(context, claimed, after=timedelta() if known else CREATE_GRACE, forget_bytes=known)


def _free(context: Context, claimed: Claimed, *, after: timedelta, forget_bytes: bool = False) -> str:
    """Let the request go out again if it has been waiting for long enough, else wait."""
    if claimed.age < min(after, context.max_processing):
        return _wait(context, claimed)
    with context.single.connect() as connection:
        age = lineage.known(connection).age
    word = _move(context, claimed, Step(State.READY, forget_bytes=forget_bytes, asked_in=age))
    reached("freed")
    return "freed" if word == State.READY else word


def _move(context: Context, claimed: Claimed, step: Step) -> str:
    with context.ledger.begin() as connection:
        moved = requests.move(connection, claimed.id, State.UNKNOWN, step, token=claimed.token)
    return str(step.to) if moved else "too_late"


def _wait(context: Context, claimed: Claimed, *, failed: bool = False) -> str:
    with context.ledger.begin() as connection:
        requests.put_off(connection, claimed, results.wait_seconds(context, claimed), failed=failed)
    return "waiting"
