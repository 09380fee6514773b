"""Sends what is READY, deadlines first and hospitals in turn, until nothing is due or the Fund does not answer."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

from ers_sync.context import Context
from ers_sync.domain.states import State
from ers_sync.exchange import probing, senders, sending
from ers_sync.exchange.pacing import Pace
from ers_sync.exchange.workers import Batch, drain
from ers_sync.ledger import requests


def run(context: Context) -> Mapping[str, object]:
    """Send requests, `submit_workers` at the Fund at once, and count what came of them."""
    probing.probe(context)

    pace = Pace(context)

    def claim(many: int) -> Batch:
        pace.wait(many)
        # one transaction: what is taken is given back if the rest cannot be read
        with context.ledger.begin() as connection:
            taken = requests.claim_ready(connection, many, context.lease_seconds)
            standing = senders.standing(connection, context, {request.organization_id for request in taken})
        return Batch(taken, partial(sending.send, context, standing))

    return drain(context, claim, State.READY)
