"""One exchange: through an endpoint that is open, on record before and after, and with the tap closed where the Fund fails.

The Fund being down is not a message's fault: an outage closes the tap of an endpoint until a question gets through (`probing.py`). Nor is
a message that makes the Fund stumble an outage: it is announced when a probe fails as well, and what has failed again and again by
itself (`suspect`) closes no tap.
"""

from __future__ import annotations

import logging
import random
from datetime import UTC, datetime

from sqlalchemy import Connection

from ers_sync.checkpoint import reached
from ers_sync.context import Context
from ers_sync.fss.answers import Registered, Result
from ers_sync.fss.client import Exchange, Prepared
from ers_sync.fss.keyring import KeyProblem
from ers_sync.fss.outcomes import Outcome
from ers_sync.ledger import exchanges, outages
from ers_sync.ops.logging_setup import event

FIRST_PAUSE = 1.0  # seconds until the first probe; it doubles, jittered, up to LONGEST_PAUSE
LONGEST_PAUSE = 300.0
LONGEST_ASKED = 86400.0  # by Retry-After
SUSPECT_AFTER = 2  # failures in a row of one request, after which a failure is rather its own than the Fund's

log = logging.getLogger(__name__)

# What says that the Fund, and not a message, is in trouble.
_FUND_FAILS = {Outcome.NOT_ACCEPTED, Outcome.THROTTLED, Outcome.PERHAPS_ACCEPTED, Outcome.UNVERIFIABLE}
NO_KEY = "NO_KEY"  # the outcome of an attempt that was not sent, for want of a key of the hospital or a certificate of the Fund


class TapClosed(Exception):
    """No endpoint of the Fund is open now."""


def open_endpoint(context: Context) -> str:
    """Return the first endpoint of the Fund that is not in an outage. Raise TapClosed."""
    with context.single.connect() as connection:
        down = {outage.endpoint for outage in outages.open_outages(connection)}
    for endpoint in context.endpoints:
        if endpoint not in down:
            return endpoint
    raise TapClosed


def post(
    context: Context,
    prepared: Prepared,
    exchange_id: int,
    endpoint: str,
    *,
    suspect: bool = False,
    probing: bool = False,
) -> Exchange:
    """Send what an attempt on record has signed, write down what it came to, and close or open the tap by it.

    Args:
        context: the working parts.
        prepared: what was signed.
        exchange_id: the attempt, committed.
        endpoint: where to.
        suspect: this request has failed before while others passed: its failing says nothing of the Fund.
        probing: this is the probe of an endpoint in an outage.

    Raises:
        KeyProblem: nothing was sent; that is on record.
    """
    try:
        exchange = context.client.send(prepared, endpoint=endpoint, moment=context.clock())
    except KeyProblem:
        with context.ledger.begin() as connection:
            exchanges.finish(
                connection, context.seal, exchange_id, _unsent(prepared, endpoint), outcome=NO_KEY, status=NO_KEY
            )
        raise
    fails = exchange.outcome in _FUND_FAILS
    with context.ledger.begin() if fails else context.single.connect() as connection:
        outage_ended = exchanges.finish(
            connection,
            context.seal,
            exchange_id,
            exchange,
            outcome=exchange.outcome,
            status=_status(exchange),
            information=_information(exchange),
            answered=not fails,
        )
        news = _turn_tap(connection, exchange, outage_ended=outage_ended, suspect=suspect, probing=probing)
    reached("answer.recorded")
    if news:
        event(log, logging.WARNING, news, host=exchange.host, cause=exchange.outcome)
    return exchange


def _turn_tap(
    connection: Connection, exchange: Exchange, *, outage_ended: bool, suspect: bool, probing: bool
) -> str | None:
    """Close the tap of an endpoint that fails; an answer has opened it already. Return the news to tell, if any."""
    if exchange.outcome not in _FUND_FAILS:
        return "outage.ended" if outage_ended else None
    of_its_own = exchange.outcome is Outcome.PERHAPS_ACCEPTED or exchange.http_status is not None
    if suspect and of_its_own and exchange.outcome not in {Outcome.THROTTLED, Outcome.UNVERIFIABLE}:
        return None
    cause = f"{exchange.outcome} {exchange.http_status or ''}".strip()
    outages.begin(connection, exchange.endpoint, cause, pause(0, FIRST_PAUSE, LONGEST_PAUSE), _asked(exchange))
    return "outage.began" if probing and outages.announce(connection, exchange.endpoint) else None


def _asked(exchange: Exchange) -> float | None:
    """Return the pause that the Fund asks for, a day at most: a slip of its pen must not silence a region."""
    return None if exchange.retry_after is None else min(exchange.retry_after, LONGEST_ASKED)


def pause(failures: int, first: float, longest: float) -> float:
    """Return seconds to wait after so many failures: doubled by each, jittered by a quarter so that no herd forms."""
    jitter: float = random.uniform(0.75, 1.25)  # noqa: S311 - a jitter
    return min(longest, first * 2.0 ** min(failures, 20)) * jitter


def _unsent(prepared: Prepared, endpoint: str) -> Exchange:
    now = datetime.now(UTC)
    return Exchange(prepared.operation, endpoint, "", now, now, Outcome.NOT_ACCEPTED)


def _status(exchange: Exchange) -> str:
    if isinstance(exchange.answer, Registered | Result):
        return exchange.answer.status
    return "OK" if exchange.outcome is Outcome.ANSWERED else str(exchange.outcome)


def _information(exchange: Exchange) -> str | None:
    if isinstance(exchange.answer, Result) and exchange.answer.errors:
        return "; ".join(f"{code}: {message}" for code, message in exchange.answer.errors)
    return " ".join(part for part in (exchange.fault_code, exchange.fault_text) if part) or None
