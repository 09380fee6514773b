"""Which of a woman's certificates belongs to which of her pregnancies (`docs/rules.md`, "Certificates")."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum

BEFORE_LMP = timedelta(days=30)
AFTER_LMP = timedelta(days=310)

UNCLEAR = (
    "у женщины несколько подходящих ЭРС или ЭРС более поздней даты: проверьте, какой относится к этой беременности"
)


class CertificateStatus(StrEnum):
    """A certificate's state at the Fund: «открыт», «оказание услуги», «закрыт»."""

    OPEN = "OPEN"
    SERVICE = "SERVICE"
    CLOSED = "CLOSED"


@dataclass(frozen=True, slots=True)
class TicketSeen:
    """A talon that the Fund has; `kind` is 1, 2, 3-1 or 3-2."""

    kind: str
    created_on: date | None
    status: str | None
    ogrn: str | None


@dataclass(frozen=True, slots=True)
class VisitSeen:
    """A visit that the Fund has."""

    visit_id: str
    visited_on: date
    ogrn: str | None


@dataclass(frozen=True, slots=True)
class Certificate:
    """A certificate as the Fund described it last."""

    number: str
    created_on: date
    status: CertificateStatus
    ogrn: str | None
    organization_name: str | None = None
    snils: str | None = field(default=None, repr=False)
    tickets: tuple[TicketSeen, ...] = ()
    visits: tuple[VisitSeen, ...] = ()


def has_ticket(certificate: Certificate, kind: str, ogrn: str | None) -> bool:
    """Tell whether the Fund has a talon of a kind: 1 and 2 of whichever hospital, 3-1 and 3-2 of the hospital with this ОГРН."""
    own = {None, ogrn}  # one of which the Fund does not say whose it is may be hers
    return any(t.kind == kind and (kind in {"1", "2"} or t.ogrn in own) for t in certificate.tickets)


class Verdict(StrEnum):
    """What the woman's certificates say about one pregnancy."""

    NONE = "none"
    ONE = "one"
    CLOSED = "closed"
    UNCLEAR = "unclear"


@dataclass(frozen=True, slots=True)
class Match:
    """The verdict, and the certificate where there is exactly one."""

    verdict: Verdict
    certificate: Certificate | None = None


def match(start: date | None, certificates: Iterable[Certificate]) -> Match:
    """Decide which certificate belongs to the pregnancy that began (lmp) at `start`; without a start any certificate is unclear.

    Created in [lmp - 30 days, lmp + 310 days] it is this pregnancy's, if exactly one; several are unclear. With none there, an earlier one
    is an earlier pregnancy's, a later one makes the matter unclear. One in the window that is CLOSED ends the matter.
    """
    known = list(certificates)
    if start is None:
        return Match(Verdict.UNCLEAR if known else Verdict.NONE)
    inside = [c for c in known if -BEFORE_LMP <= c.created_on - start <= AFTER_LMP]
    if not inside:
        later = any(c.created_on - start > AFTER_LMP for c in known)
        return Match(Verdict.UNCLEAR if later else Verdict.NONE)
    if len(inside) > 1:
        return Match(Verdict.UNCLEAR)
    closed = inside[0].status is CertificateStatus.CLOSED
    return Match(Verdict.CLOSED if closed else Verdict.ONE, inside[0])
