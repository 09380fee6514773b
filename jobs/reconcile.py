"""Finds out what became of requests of unknown fate: the Fund is asked, nothing is sent again before it is."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

from ers_sync.checkpoint import reached
from ers_sync.context import Context
from ers_sync.domain.states import State
from ers_sync.exchange import probing, senders, unknown
from ers_sync.exchange.workers import Batch, drain
from ers_sync.ledger import requests


def run(context: Context) -> Mapping[str, object]:
    """Ask about every request of unknown fate that is due, those of dead senders included, and count what came of them."""
    probing.probe(context)
    with context.ledger.begin() as connection:
        orphans = requests.orphans(connection)
    reached("orphans.found")

    def claim(many: int) -> Batch:
        with context.single.connect() as connection:
            known = senders.askers(connection)
            taken = requests.claim_waiting(connection, State.UNKNOWN, many, context.lease_seconds)
        return Batch(taken, partial(unknown.resolve, context, known))

    return {**drain(context, claim, State.UNKNOWN), "orphans": orphans}
