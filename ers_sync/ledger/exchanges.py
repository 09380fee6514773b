"""Exchanges with the Fund: the request log and the hospitals' evidence. An attempt is on record before the socket opens."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from sqlalchemy import Connection

from ers_sync.ledger.database import rows, run
from ers_sync.ledger.sealing import Seal


@dataclass(frozen=True, slots=True)
class Attempt:
    """An attempt as the ledger has it; without `ended_at` nobody has written down its answer."""

    operation: str
    signed: bytes = field(repr=False)
    business_at: datetime
    started_at: datetime
    ended_at: datetime | None
    endpoint: str
    host: str
    outcome: str | None
    http_status: int | None
    signed_answer: bytes | None = field(repr=False)


def begin(
    connection: Connection,
    seal: Seal,
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
    id_ = int(rows(connection, "fund", "next_exchange")[0].id)
    run(
        connection,
        "fund",
        "begin_exchange",
        id=id_,
        request_id=request_id,
        pregnancy_id=pregnancy_id,
        organization_id=organization_id,
        operation=operation,
        revision=revision,
        business_at=business_at,
        operator=operator,
        signed_request=seal.close(signed, id_, "signed_request"),
    )
    return id_


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
    seal: Seal,
    exchange_id: int,
    ended: Ended,
    *,
    outcome: str,
    status: str | None,
    information: str | None = None,
    answered: bool = False,
) -> bool:
    """Write down what an exchange came to; `status` and `information` are what the request log shows.

    One that the Fund has `answered` ends the outage of its endpoint: return whether that is news, the outage having been announced.
    """
    ended_outages = rows(
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
        wire_request=seal.close(ended.request_wire, exchange_id, "wire_request"),
        wire_answer=seal.close(ended.answer_wire, exchange_id, "wire_answer"),
        signed_answer=seal.close(ended.answer_signed, exchange_id, "signed_answer"),
        answered=answered,
    )
    return any(row.announced for row in ended_outages)


def attempt(connection: Connection, seal: Seal, exchange_id: int) -> Attempt:
    """Return what an attempt signed, and what came of it as far as that was written down. Raise SealError."""
    row = rows(connection, "fund", "signed_bytes", id=exchange_id)[0]
    return Attempt(
        operation=row.operation,
        signed=seal.open(row.signed_request, exchange_id, "signed_request") or b"",
        business_at=row.business_at,
        started_at=row.started_at,
        ended_at=row.ended_at,
        endpoint=row.endpoint or "",
        host=row.host or "",
        outcome=row.outcome,
        http_status=row.http_status,
        signed_answer=seal.open(row.signed_answer, exchange_id, "signed_answer"),
    )
