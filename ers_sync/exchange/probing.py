"""Probes an endpoint that is in an outage, by a question about some woman and never by a request."""

from __future__ import annotations

from ers_sync.context import Context
from ers_sync.exchange import posting, questions
from ers_sync.ledger import certificates, outages


def probe(context: Context) -> bool:
    """Make the probe that is due, if any; return whether a tap was opened by it."""

    def question(endpoint: str) -> bool:
        with context.ledger.connect() as connection:
            woman = certificates.anyone(connection)
        if woman is None:
            # nobody can be asked about: let the next exchange try the endpoint
            with context.ledger.begin() as connection:
                return outages.end(connection, endpoint)
        try:
            questions.about(context, woman, by=woman.number or woman.snils or "", endpoint=endpoint)
        except questions.NotAnswered:
            return False
        return True

    return posting.probe(context, question)
