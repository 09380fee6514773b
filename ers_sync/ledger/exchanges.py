"""Exchanges with the Fund: the request log and the hospitals' evidence. An attempt is on record before the socket opens."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from sqlalchemy import Connection

from ers_sync.ledger.database import rows, run


@dataclass(frozen=True, slots=True)
class Attempt:
    """An attempt as the ledger has it; without `ended_at` nobody has written down its answer."""

    operation: str
    signed: bytes
    business_at: datetime
    started_at: datetime
    ended_at: datetime | None
    endpoint: str
    host: str
    outcome: str | None
    http_status: int | None
    signed_answer: bytes | None


def begin(
    connection: Connection,
    *,
    operation: str,
    organization_id: int,
    signed: bytes,
    business_at: datetime,
    request_id: int | None = None,
    pregnancy_id: int | None = None,
    revision: int | None = None,
    operator: str | None = None,
) -> int:
    """Record an attempt, or a question, and return its id."""
    made = rows(
        connection,
        "fund",
        "begin_exchange",
        request_id=request_id,
        pregnancy_id=pregnancy_id,
        organization_id=organization_id,
        operation=operation,
        revision=revision,
        business_at=business_at,
        operator=operator,
        signed_request=signed,
    )
    return int(made[0].id)


class Ended(Protocol):
    """What is kept of an exchange that has ended (`fss.client.Exchange` is one)."""

    @property
    def endpoint(self) -> str:
        """The URL."""

    @property
    def host(self) -> str:
        """Its name and port."""

    @property
    def http_status(self) -> int | None:
        """None if no reply came."""

    @property
    def request_wire(self) -> bytes | None:
        """The bytes as sent."""

    @property
    def answer_wire(self) -> bytes | None:
        """The bytes as received."""

    @property
    def answer_signed(self) -> bytes | None:
        """The decrypted answer."""


def finish(
    connection: Connection,
    exchange_id: int,
    ended: Ended,
    *,
    outcome: str,
    status: str | None,
    information: str | None = None,
) -> None:
    """Write down what an exchange came to; `status` and `information` are what the request log shows."""
    run(
        connection,
        "fund",
        "finish_exchange",
        id=exchange_id,
        endpoint=ended.endpoint,
        host=ended.host,
        outcome=outcome,
        http_status=ended.http_status,
        status=status,
        information=information,
        wire_request=ended.request_wire,
        wire_answer=ended.answer_wire,
        signed_answer=ended.answer_signed,
    )


def attempt(connection: Connection, exchange_id: int) -> Attempt:
    """Return what an attempt signed, and what came of it as far as that was written down."""
    row = rows(connection, "fund", "signed_bytes", id=exchange_id)[0]
    return Attempt(
        operation=row.operation,
        signed=bytes(row.signed_request),
        business_at=row.business_at,
        started_at=row.started_at,
        ended_at=row.ended_at,
        endpoint=row.endpoint or "",
        host=row.host or "",
        outcome=row.outcome,
        http_status=row.http_status,
        signed_answer=None if row.signed_answer is None else bytes(row.signed_answer),
    )
