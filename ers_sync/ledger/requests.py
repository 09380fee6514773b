"""Moves requests from state to state: the only module that does, by one compare-and-set statement (`sql/queries/requests.sql`)."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any
from uuid import uuid4

from sqlalchemy import Connection, Row

from ers_sync.domain.content import Kind
from ers_sync.domain.request import Details
from ers_sync.domain.states import TRANSITIONS, State
from ers_sync.ledger.database import rows, run, to_json


class WrongTransition(Exception):
    """The life of a request knows no such step: our own bug."""


@dataclass(frozen=True, slots=True)
class Claimed:
    """A request that this worker holds by a lease and a token, with what sending it needs.

    `age` is how long it has been in its state, by the ledger's clock. `failures` is how many exchanges in a row came to nothing;
    `asked_in` the age of the ledger (`lineage.py`) in which the Fund was last asked whether it has this.
    """

    id: int
    kind: Kind
    subject: str
    revision: int
    source: str
    organization_id: int
    pregnancy_id: int
    state: State
    half_year: int | None
    event_on: date | None
    content: dict[str, Any] = field(repr=False)
    ers_number: str | None
    visit_id: str | None
    formed_on: date | None
    signed_exchange_id: int | None
    version: int
    attempts: int
    annuls_id: int | None
    fss_request_id: str | None
    operator: str | None
    failures: int
    asked_in: int
    age: timedelta
    token: str


@dataclass(frozen=True, slots=True)
class Step:
    """Where a request goes, and what is remembered with it. A pause, in seconds, keeps everybody off it.

    With `lease_seconds` the mover goes on holding it, for that long from now; without, it lets go.
    """

    to: State
    reason: str | None = None
    details: Details = field(default=(), repr=False)
    revision: int | None = None
    ers_number: str | None = None
    visit_id: str | None = None
    formed_on: date | None = None
    fss_request_id: str | None = None
    signed_exchange_id: int | None = None
    forget_bytes: bool = False
    sent_at: datetime | None = None
    answered_at: datetime | None = None
    attempted: int = 0
    failed: bool = False
    asked_in: int | None = None
    pause_seconds: float = 0
    lease_seconds: float | None = None


def claim_ready(connection: Connection, many: int, lease_seconds: float) -> list[Claimed]:
    """Take up to `many` READY requests, deadlines first.

    Half of the turns (rounded up) belong to the hospitals whose deadlines are nearest, the rest to others by lot: a hospital with a
    long overdue backlog goes first and starves nobody.
    """
    waiting = [row.organization_id for row in rows(connection, "requests", "hospitals_ready")]
    if not waiting:
        return []
    first = -(-many // 2)
    others = waiting[first:]
    hospitals = waiting[:first] + random.sample(others, min(len(others), many - first))
    token = str(uuid4())
    taken = rows(
        connection,
        "requests",
        "claim_ready",
        hospitals=hospitals,
        each=-(-many // len(hospitals)),
        many=many,
        lease_seconds=lease_seconds,
        token=token,
    )
    return [_claimed(row, token) for row in taken]


def comes_after(connection: Connection, claimed: Claimed, *, snils: str | None, number: str | None) -> bool:
    """Tell whether another pregnancy goes first with what this one calls for: of the woman with this СНИЛС, under this number."""
    return bool(
        rows(
            connection,
            "requests",
            "comes_after",
            pregnancy_id=claimed.pregnancy_id,
            kind=claimed.kind,
            half_year=claimed.half_year,
            organization_id=claimed.organization_id,
            event_on=claimed.event_on,
            source=claimed.source,
            snils=snils,
            number=number,
        )
    )


def claim_waiting(connection: Connection, state: State, many: int, lease_seconds: float) -> list[Claimed]:
    """Take up to `many` requests that wait in REGISTERED or UNKNOWN and are due, longest waiting first."""
    token = str(uuid4())
    taken = rows(
        connection, "requests", "claim_waiting", state=state, many=many, lease_seconds=lease_seconds, token=token
    )
    return [_claimed(row, token) for row in taken]


def move(
    connection: Connection,
    request_id: int,
    from_state: State,
    step: Step,
    *,
    token: str | None = None,
    version: int | None = None,
) -> bool:
    """Move a request and return whether it still stood where the caller saw it, under the caller's lease and in its version.

    Raises:
        WrongTransition: `states.TRANSITIONS` has no such step.
    """
    if step.to not in TRANSITIONS[from_state]:
        raise WrongTransition(f"request {request_id}: {from_state} → {step.to}")
    moved = rows(
        connection,
        "requests",
        "move",
        id=request_id,
        from_state=from_state,
        to_state=step.to,
        reason=step.reason,
        details=to_json(list(step.details)),
        revision=step.revision,
        ers_number=step.ers_number,
        visit_id=step.visit_id,
        formed_on=step.formed_on,
        fss_request_id=step.fss_request_id,
        signed_exchange_id=step.signed_exchange_id,
        forget_bytes=step.forget_bytes,
        sent_at=step.sent_at,
        answered_at=step.answered_at,
        attempted=step.attempted,
        failed=step.failed,
        asked_in=step.asked_in,
        pause_seconds=step.pause_seconds,
        lease_seconds=step.lease_seconds,
        token=token,
        version=version,
    )
    return len(moved) == 1


def move_late(connection: Connection, request_id: int, step: Step, exchange_id: int) -> bool:
    """Move a request that was called UNKNOWN while its attempt was still under way, if that is still its last attempt."""
    moved = rows(connection, "requests", "last_attempt", id=request_id, exchange_id=exchange_id)
    return bool(moved) and move(connection, request_id, State.UNKNOWN, step)


def put_off(connection: Connection, claimed: Claimed, pause_seconds: float, *, failed: bool = False) -> None:
    """Let go of a claimed request, and leave it alone for a while; `failed` counts an exchange that came to nothing.

    One that is SENDING is not let go of: what was sent is settled by its answer, or as an orphan.
    """
    run(
        connection,
        "requests",
        "put_off",
        id=claimed.id,
        token=claimed.token,
        pause_seconds=pause_seconds,
        failed=failed,
    )


def doubt_all(connection: Connection) -> int:
    """Call the fate of everything unknown that may have been sent: the ledger went back in time. Return how many requests that is."""
    run(connection, "requests", "let_go_of_all")
    return run(connection, "requests", "doubt")


def visit_ids(connection: Connection, source: str) -> dict[str, int]:
    """Return what the visits of an exam are called here, with the request of each."""
    return {row.visit_id: row.id for row in rows(connection, "requests", "visit_ids", source=source)}


def found_otherwise(connection: Connection, request_id: int, day: date) -> None:
    """Note that the Fund has this visit on another day: the next look at its pregnancy takes it back as an edited one."""
    run(connection, "requests", "found_otherwise", id=request_id, day=day.isoformat())


def orphans(connection: Connection) -> int:
    """Find the requests whose sender died while the socket may have been open; return how many became UNKNOWN."""
    return run(connection, "requests", "orphans")


def annulled(connection: Connection, visit_id: int) -> bool:
    """Mark a visit as ANNULLED, its annulment being DONE, and have what waits for that worked out, wherever the exam is now."""
    gone = rows(connection, "requests", "annulled", id=visit_id)
    for row in gone:
        run(connection, "scan", "ask_rework_of_exam", source=row.source)
    return len(gone) == 1


def _claimed(row: Row[Any], token: str) -> Claimed:
    return Claimed(
        id=row.id,
        kind=Kind(row.kind),
        subject=row.subject,
        revision=row.revision,
        source=row.source,
        organization_id=row.organization_id,
        pregnancy_id=row.pregnancy_id,
        state=State(row.state),
        half_year=row.half_year,
        event_on=row.event_on,
        content=row.content,
        ers_number=row.ers_number,
        visit_id=row.visit_id,
        formed_on=row.formed_on,
        signed_exchange_id=row.signed_exchange_id,
        version=row.version,
        attempts=row.attempts,
        annuls_id=row.annuls_id,
        fss_request_id=row.fss_request_id,
        operator=row.operator,
        failures=row.failures,
        asked_in=row.asked_in,
        age=row.age,
        token=token,
    )
