"""Asks the Fund which certificates a woman has (`getErsData`), and remembers what it shows."""

from __future__ import annotations

from dataclasses import replace

from ers_sync.context import Context
from ers_sync.domain.matching import Certificate
from ers_sync.exchange import posting
from ers_sync.exchange.senders import UnknownSender, askers
from ers_sync.fss.answers import ErsData
from ers_sync.fss.keyring import KeyProblem
from ers_sync.ledger import certificates, exchanges
from ers_sync.ledger.certificates import Woman


class NotAnswered(Exception):
    """The Fund was not asked, or has not answered: nothing is known that was not known before."""


class CannotAsk(NotAnswered):
    """Nothing was sent: no hospital of ours can ask about her."""


def about(
    context: Context,
    woman: Woman,
    *,
    by: str,
    endpoint: str | None = None,
    suspect: bool = False,
    probing: bool = False,
) -> list[Certificate]:
    """Ask about a woman's certificates by a СНИЛС or a certificate's number, and remember the answer.

    What a person has said to be another pregnancy's is remembered, and not returned.

    `endpoint`, where the caller has chosen one; `suspect` and `probing` as in `posting.post`.

    Raises:
        CannotAsk: nobody can ask.
        NotAnswered: no verified answer came.
        TapClosed: no endpoint is open.
    """
    if woman.asker_id is None or woman.asker_id not in context.rules.hospitals:
        raise CannotAsk("no hospital of ours can ask")
    through = endpoint or posting.open_endpoint(context)
    now = context.clock()
    with context.single.connect() as connection:
        known = askers(connection)
    try:
        asker = known.of(woman.asker_id)
    except UnknownSender as error:
        raise CannotAsk("the asking hospital is not known") from error
    try:
        prepared = context.client.ask(asker, ers_identifier=by, moment=now)
    except KeyProblem as problem:
        raise CannotAsk("the asking hospital cannot sign") from problem
    with context.single.connect() as connection:
        exchange_id = exchanges.begin(
            connection,
            context.seal,
            operation=prepared.operation,
            organization_id=woman.asker_id,
            pregnancy_id=woman.pregnancy_id,
            signed=prepared.signed,
            business_at=now,
        )
    try:
        exchange = posting.post(context, prepared, exchange_id, through, suspect=suspect, probing=probing)
    except KeyProblem as problem:
        raise CannotAsk("the asking hospital cannot sign") from problem
    if not isinstance(exchange.answer, ErsData):
        raise NotAnswered(str(exchange.outcome))
    found = [_owned(certificate, by) for certificate in exchange.answer.certificates]
    days = context.config.pull.known_days if woman.number else context.config.pull.unknown_days
    with context.ledger.begin() as connection:
        day = context.rules.hospitals[woman.asker_id].today(now)
        certificates.remember(connection, found, day)
        certificates.asked(connection, woman.pregnancy_id, days)
    return [certificate for certificate in found if certificate.number not in woman.not_hers]


def _owned(certificate: Certificate, by: str) -> Certificate:
    """Write the СНИЛС that was asked for into a certificate whose owner the Fund does not state."""
    if certificate.snils is None and len(by) == len("00000000000"):
        return replace(certificate, snils=by)
    return certificate
