"""What the Fund showed of certificates, and which pregnancy each is linked to."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

from sqlalchemy import Connection

from ers_sync.domain.matching import Certificate
from ers_sync.ledger.database import rows, run


@dataclass(frozen=True, slots=True)
class Woman:
    """What is needed to ask the Fund about a pregnancy, and to judge the answer.

    `not_hers` are certificates of which a person has said that they belong to another pregnancy.
    """

    pregnancy_id: int
    snils: str | None = field(repr=False)
    lmp: date | None = field(repr=False)
    number: str | None
    asker_id: int | None
    not_hers: frozenset[str] = frozenset()


def woman(connection: Connection, pregnancy_id: int) -> Woman:
    """Return a pregnancy as the Fund is asked about it."""
    row = rows(connection, "fund", "woman", id=pregnancy_id)[0]
    return Woman(row.id, row.snils, row.lmp, row.ers_number, row.asker_id, frozenset(row.not_hers))


def to_ask(connection: Connection, many: int) -> list[Woman]:
    """Return the pregnancies about which it is time to ask, those without a number first."""
    found = rows(connection, "fund", "to_ask", many=many)
    return [Woman(row.id, row.snils, row.lmp, row.ers_number, row.asker_id) for row in found]


def remember(connection: Connection, certificates: Iterable[Certificate], day: date) -> None:
    """Write certificates as the Fund shows them now; what is new was received on `day`."""
    for certificate in certificates:
        run(
            connection,
            "fund",
            "write_certificate",
            number=certificate.number,
            snils=certificate.snils,
            created_on=certificate.created_on,
            status=certificate.status,
            ogrn=certificate.ogrn,
            organization_name=certificate.organization_name,
            received_on=day,
        )
        for ticket in certificate.tickets:
            run(
                connection,
                "fund",
                "write_ticket",
                number=certificate.number,
                kind=ticket.kind,
                created_on=ticket.created_on,
                status=ticket.status,
                ogrn=ticket.ogrn,
                received_on=day,
            )
        shown = [visit.visit_id for visit in certificate.visits]
        run(connection, "fund", "forget_visits", number=certificate.number, visit_ids=shown)
        for visit in certificate.visits:
            run(
                connection,
                "fund",
                "write_visit",
                number=certificate.number,
                visit_id=visit.visit_id,
                visited_on=visit.visited_on,
                ogrn=visit.ogrn,
            )


def link(connection: Connection, pregnancy_id: int, number: str) -> None:
    """Link a pregnancy to its certificate, unless it is linked already, and have it worked out anew."""
    run(connection, "fund", "link", id=pregnancy_id, number=number)
    run(connection, "scan", "ask_rework", pregnancies=[pregnancy_id])


def unclear(connection: Connection, pregnancy_id: int, text: str) -> None:
    """Say that a person must tell which certificate is hers."""
    run(connection, "fund", "unclear", id=pregnancy_id, text=text)
    run(connection, "scan", "ask_rework", pregnancies=[pregnancy_id])


def asked(connection: Connection, pregnancy_id: int, days: int) -> None:
    """Note that the Fund was asked about a pregnancy, and after how many days it will be asked again."""
    run(connection, "fund", "asked", id=pregnancy_id, days=days)


def not_answered(connection: Connection, pregnancy_id: int) -> None:
    """Ask about this pregnancy again in an hour: the Fund, or the hospital's key, was not in order."""
    run(connection, "fund", "not_answered", id=pregnancy_id)


def anyone(connection: Connection, many: int) -> list[Woman]:
    """Return some pregnancies that the Fund can be asked about, for a probe; others each time."""
    found = rows(connection, "fund", "anyone", many=many)
    return [Woman(row.id, row.snils, row.lmp, row.ers_number, row.asker_id) for row in found]
