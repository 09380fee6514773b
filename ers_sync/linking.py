"""A person says which certificate is a pregnancy's, where dates alone cannot tell (`certificate_unclear`), or that none of them is."""

from __future__ import annotations

from sqlalchemy import Connection, Row

from ers_sync.context import Context
from ers_sync.decisions import Refused, record
from ers_sync.domain.states import Cancel
from ers_sync.exchange import posting, questions
from ers_sync.ledger import certificates
from ers_sync.ledger.certificates import Woman
from ers_sync.ledger.database import rows, run


def link(context: Context, pregnancy: int, number: str, reason: str, operator: str) -> str:
    """Link a pregnancy to a certificate that the Fund has. Raise Refused.

    What was settled by another certificate (closed, talon already there) is called for anew.
    """
    with context.ledger.connect() as connection:
        woman = _woman(connection, pregnancy)
        known = _certificate(connection, number)
    if known is None:
        _ask(context, woman, number)
    with context.ledger.begin() as connection:
        known = _certificate(connection, number)
        if known is None:
            raise Refused(f"Фонд не знает ЭРС {number}")
        if known.snils and woman.snils and known.snils != woman.snils:
            raise Refused(f"ЭРС {number} выдан другой женщине")
        if woman.number not in {None, number}:
            _refuse_if_used(connection, pregnancy, str(woman.number))
        run(connection, "decisions", "link", id=pregnancy, number=number)
        settled = [Cancel.CERTIFICATE_CLOSED, Cancel.ALREADY_THERE]
        run(connection, "decisions", "revive", pregnancy=pregnancy, kind=None, reasons=settled)
        run(connection, "scan", "ask_rework", pregnancies=[pregnancy])
        record(connection, operator, "link-certificate", f"pregnancy:{pregnancy} certificate:{number}", reason)
    return f"Беременность {pregnancy} связана с ЭРС {number}; запросы пойдут при следующем просмотре РАМ"


def none_of_them(context: Context, pregnancy: int, reason: str, operator: str) -> str:
    """Say that none of the woman's certificates known so far is this pregnancy's: a new one may be formed. Raise Refused."""
    with context.ledger.begin() as connection:
        woman = _woman(connection, pregnancy)
        if not run(connection, "decisions", "none_of_them", id=pregnancy):
            raise Refused(f"Беременность {pregnancy} уже связана с ЭРС {woman.number}")
        settled = [Cancel.CERTIFICATE_CLOSED]
        run(connection, "decisions", "revive", pregnancy=pregnancy, kind=None, reasons=settled)
        run(connection, "scan", "ask_rework", pregnancies=[pregnancy])
        record(connection, operator, "link-certificate", f"pregnancy:{pregnancy} none", reason)
    return f"Известные ЭРС не относятся к беременности {pregnancy}: при следующем просмотре РАМ будет запрошен новый"


def _woman(connection: Connection, pregnancy: int) -> Woman:
    if not rows(connection, "scan", "links_of", pregnancies=[pregnancy]):
        raise Refused(f"Беременность {pregnancy} ещё не просмотрена: выполните ers-sync job scan")
    return certificates.woman(connection, pregnancy)


def _certificate(connection: Connection, number: str) -> Row[tuple[object, ...]] | None:
    return next(iter(rows(connection, "decisions", "certificate", number=number)), None)


def _ask(context: Context, woman: Woman, number: str) -> None:
    try:
        questions.about(context, woman, by=number)
    except (questions.NotAnswered, posting.TapClosed) as error:
        raise Refused("Фонд не ответил, есть ли у него такой ЭРС: повторите позже") from error


def _refuse_if_used(connection: Connection, pregnancy: int, number: str) -> None:
    used = rows(connection, "decisions", "accepted_under", pregnancy=pregnancy, number=number)
    if used:
        listed = ", ".join(f"{row.id} ({row.kind}, {row.state})" for row in used)
        raise Refused(f"По прежнему ЭРС {number} Фонд уже принял запросы: {listed}")
