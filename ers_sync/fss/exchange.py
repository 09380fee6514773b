"""One exchange with the Fund as data: what was prepared, what its reply says, and the whole of it for the ledger."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from ers_sync.fss.answers import Answer
from ers_sync.fss.outcomes import Outcome


@dataclass(frozen=True, slots=True)
class Prepared:
    """A signed request. The ledger keeps these bytes and sends the very same again after an ambiguous end.

    `question` is what a question asks about: a requestId, a certificate's number or a СНИЛС.
    """

    operation: str
    ogrn: str
    signed: bytes = field(repr=False)
    question: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Exchange:
    """One exchange with the Fund, for the ledger and the request log.

    Attributes:
        operation: `createErs`, …
        endpoint: the URL; `host` is its name and port.
        started: aware, by this machine's clock, as `ended`.
        outcome: what it came to (`outcomes.py`).
        http_status: None if no reply came.
        retry_after: seconds, if the Fund asked for a pause.
        fault_code: the Fund's code; of a Fault only.
        fault_text: the Fund's words, or why there is no answer; the Fund's words may name a person, so they are not for logs.
        request_wire: the bytes as sent, None if nothing was; `answer_wire` as received.
        answer_signed: the decrypted answer.
        answer: only with ANSWERED.
    """

    operation: str
    endpoint: str
    host: str
    started: datetime
    ended: datetime
    outcome: Outcome
    http_status: int | None = None
    retry_after: float | None = None
    fault_code: str | None = None
    fault_text: str | None = field(default=None, repr=False)
    request_wire: bytes | None = field(default=None, repr=False)
    answer_wire: bytes | None = field(default=None, repr=False)
    answer_signed: bytes | None = field(default=None, repr=False)
    answer: Answer | None = None


@dataclass(frozen=True, slots=True)
class Reading:
    """What a reply says: the part of an exchange that is read out of it, with the same names."""

    outcome: Outcome
    fault_code: str | None = None
    fault_text: str | None = field(default=None, repr=False)
    answer_signed: bytes | None = field(default=None, repr=False)
    answer: Answer | None = None


def with_reading(exchange: Exchange, reading: Reading, **known: Any) -> Exchange:
    """Return an exchange with what its reply says, and with what else is known of it."""
    return replace(
        exchange,
        **known,
        outcome=reading.outcome,
        fault_code=reading.fault_code,
        fault_text=reading.fault_text,
        answer_signed=reading.answer_signed,
        answer=reading.answer,
    )
