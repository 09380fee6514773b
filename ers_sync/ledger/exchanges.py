"""Exchanges with the Fund: the request log and the hospitals' evidence. An attempt is on record before the socket opens."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection

from ers_sync.ledger.database import rows, run


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


def finish(
    connection: Connection,
    exchange_id: int,
    *,
    endpoint: str,
    host: str,
    outcome: str,
    http_status: int | None,
    status: str | None,
    information: str | None,
    wire_request: bytes | None,
    wire_answer: bytes | None,
    signed_answer: bytes | None,
) -> None:
    """Write down what an exchange came to; `status` and `information` are what the request log shows."""
    run(
        connection,
        "fund",
        "finish_exchange",
        id=exchange_id,
        endpoint=endpoint,
        host=host,
        outcome=outcome,
        http_status=http_status,
        status=status,
        information=information,
        wire_request=wire_request,
        wire_answer=wire_answer,
        signed_answer=signed_answer,
    )


def signed_bytes(connection: Connection, exchange_id: int) -> tuple[str, bytes]:
    """Return the operation and the bytes that an attempt signed."""
    row = rows(connection, "fund", "signed_bytes", id=exchange_id)[0]
    return row.operation, bytes(row.signed_request)
