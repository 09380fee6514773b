"""Probes an endpoint that is in an outage, by a question about some woman and never by a request."""

from __future__ import annotations

from ers_sync.checkpoint import reached
from ers_sync.context import Context
from ers_sync.exchange import questions
from ers_sync.exchange.posting import FIRST_PAUSE, LONGEST_PAUSE, pause
from ers_sync.ledger import certificates, outages

WOMEN = 5  # some of whom may belong to hospitals that cannot sign


def probe(context: Context) -> bool:
    """Make the probes that are due, one an endpoint; return whether a tap was opened."""
    with context.ledger.begin() as connection:
        waiting = [outage for outage in outages.open_outages(connection) if outage.probe_due]
        mine = [
            outage
            for outage in waiting
            if outage.endpoint in context.endpoints
            and outages.take_probe(connection, outage, pause(outage.probes + 1, FIRST_PAUSE, LONGEST_PAUSE))
        ]
    reached("probe.taken")
    opened = [_ask(context, outage.endpoint) for outage in mine]
    return any(opened)


def _ask(context: Context, endpoint: str) -> bool:
    """Ask the Fund something through an endpoint; return whether it answered."""
    with context.ledger.connect() as connection:
        women = certificates.anyone(connection, WOMEN)
    if not women:
        # nobody can be asked about: let the next exchange try the endpoint
        with context.ledger.begin() as connection:
            return outages.end(connection, endpoint)
    for woman in women:
        try:
            questions.about(context, woman, by=woman.number or woman.snils or "", endpoint=endpoint, probing=True)
        except questions.CannotAsk:
            continue
        except questions.NotAnswered:
            return False
        return True
    return False
