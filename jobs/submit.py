"""Sends what is READY, deadlines first and hospitals in turn, until nothing is due or the Fund does not answer."""

from __future__ import annotations

from collections.abc import Mapping

from ers_sync.context import Context
from ers_sync.domain.states import State
from ers_sync.exchange import probing, sending
from ers_sync.exchange.pacing import Pace
from ers_sync.exchange.workers import drain
from ers_sync.ledger import requests


def run(context: Context) -> Mapping[str, object]:
    """Send requests with `submit_workers` threads and count what came of them."""
    probing.probe(context)

    pace = Pace(context)

    def claim(many: int) -> list[requests.Claimed]:
        pace.wait(many)
        with context.ledger.begin() as connection:
            return requests.claim_ready(connection, many, context.lease_seconds)

    return drain(context, claim, sending.send, State.READY)
