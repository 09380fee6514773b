"""Asks what became of the requests that the Fund registered; the pause between two questions grows."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

from ers_sync.context import Context
from ers_sync.domain.states import State
from ers_sync.exchange import probing, results, senders
from ers_sync.exchange.workers import Batch, drain
from ers_sync.ledger import requests


def run(context: Context) -> Mapping[str, object]:
    """Ask about every registered request that is due, and count what came of them."""
    probing.probe(context)

    def claim(many: int) -> Batch:
        with context.single.connect() as connection:
            known = senders.askers(connection)
            taken = requests.claim_waiting(connection, State.REGISTERED, many, context.lease_seconds)
        return Batch(taken, partial(results.learn, context, known))

    return drain(context, claim, State.REGISTERED)
