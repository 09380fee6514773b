"""One exchange: through an endpoint that is open, on record before and after, and with the tap closed where the Fund fails.

The Fund being down is not a message's fault: an outage closes the tap of an endpoint until a question gets through (`probe`).
"""

from __future__ import annotations

import logging
import random
from collections.abc import Callable

from ers_sync.context import Context
from ers_sync.fss.answers import Registered, Result
from ers_sync.fss.client import Exchange, Prepared
from ers_sync.fss.outcomes import Outcome
from ers_sync.ledger import exchanges, outages
from ers_sync.ops.logging_setup import event

FIRST_PAUSE = 2.0  # seconds until the first probe; it doubles, jittered, up to LONGEST_PAUSE
LONGEST_PAUSE = 300.0

log = logging.getLogger(__name__)

# What says that the Fund, and not a message, is in trouble.
_FUND_FAILS = {Outcome.NOT_ACCEPTED, Outcome.THROTTLED, Outcome.PERHAPS_ACCEPTED, Outcome.UNVERIFIABLE}


class TapClosed(Exception):
    """No endpoint of the Fund is open now."""


def open_endpoint(context: Context) -> str:
    """Return the first endpoint of the Fund that is not in an outage. Raise TapClosed."""
    with context.ledger.connect() as connection:
        down = {outage.endpoint for outage in outages.open_outages(connection)}
    for endpoint in context.endpoints:
        if endpoint not in down:
            return endpoint
    raise TapClosed


def post(context: Context, prepared: Prepared, exchange_id: int, endpoint: str) -> Exchange:
    """Send what an attempt on record has signed, write down what it came to, and close or open the tap by it."""
    exchange = context.client.send(prepared, endpoint=endpoint, moment=context.clock())
    with context.ledger.begin() as connection:
        exchanges.finish(
            connection,
            exchange_id,
            endpoint=exchange.endpoint,
            host=exchange.host,
            outcome=exchange.outcome,
            http_status=exchange.http_status,
            status=_status(exchange),
            information=_information(exchange),
            wire_request=exchange.request_wire,
            wire_answer=exchange.answer_wire,
            signed_answer=exchange.answer_signed,
        )
        if exchange.outcome in _FUND_FAILS:
            cause = f"{exchange.outcome} {exchange.http_status or ''}".strip()
            news = outages.begin(connection, endpoint, cause, exchange.retry_after or _pause(0))
        else:
            news = outages.end(connection, endpoint)
    if news:
        began = exchange.outcome in _FUND_FAILS
        action = "outage.began" if began else "outage.ended"
        event(log, logging.WARNING, action, host=exchange.host, cause=exchange.outcome)
    return exchange


def probe(context: Context, question: Callable[[str], bool]) -> bool:
    """Make the probe that is due, if any; `question` asks the Fund something through an endpoint. Return whether a tap was opened."""
    with context.ledger.begin() as connection:
        waiting = [outage for outage in outages.open_outages(connection) if outage.probe_due]
        mine = [
            o
            for o in waiting
            if o.endpoint in context.endpoints and outages.take_probe(connection, o, _pause(o.probes + 1))
        ]
    opened = [question(outage.endpoint) for outage in mine]  # every endpoint gets its probe
    return any(opened)


def _pause(probes: int) -> float:
    pause: float = min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** min(probes, 10))
    return pause * random.uniform(0.75, 1.25)  # noqa: S311 - a jitter


def _status(exchange: Exchange) -> str:
    if isinstance(exchange.answer, Registered | Result):
        return exchange.answer.status
    return "OK" if exchange.outcome is Outcome.ANSWERED else str(exchange.outcome)


def _information(exchange: Exchange) -> str | None:
    if isinstance(exchange.answer, Result) and exchange.answer.errors:
        return "; ".join(f"{code}: {message}" for code, message in exchange.answer.errors)
    return " ".join(part for part in (exchange.fault_code, exchange.fault_text) if part) or None
