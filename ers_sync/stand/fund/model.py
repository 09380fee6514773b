"""What the stand-in Fund keeps: contracts, certificates with their tickets and visits, and the requests (puts) laid before it.

Days and times of a request stay the ISO strings of its XML: the journal keeps them so, and the rules read them.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

OPEN, SERVICE, CLOSED = "OPEN", "SERVICE", "CLOSED"
REGISTERED, READY, PROCESSING, PROCESSED, FAILED = (
    "REGISTERED",
    "READY_TO_PROCESS",
    "PROCESSING",
    "PROCESSED",
    "PROCESSING_ERROR",
)
QUESTIONS = frozenset({"getResultById", "getErsData"})
PUTS = frozenset(
    {"createErs", "putVisit", "annulVisit", "putTicket1", "putTicket2", "putTicket3", "disableErs"},
)


@dataclass(frozen=True, slots=True)
class Sender:
    """`medicalOrganization` of a request."""

    name: str
    inn: str
    ogrn: str
    kpp: str | None = None
    contract_kind: str | None = None
    contract_number: str | None = None
    contract_date: str | None = None


@dataclass(frozen=True, slots=True)
class Person:
    """Who the woman is; a certificate of the seed may know no more than her СНИЛС."""

    last_name: str = ""
    first_name: str = ""
    patronymic: str = ""
    birth_date: str = ""
    snils: str = ""


@dataclass(frozen=True, slots=True)
class Put:
    """A request to change something. `details` holds what only this operation has (see `reading`)."""

    operation: str
    sender: Sender
    person: Person | None
    ers_number: str
    details: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Contract:
    """A contract on one kind of service («1», «2», «3-1», «3-2»); both days inclusive, ISO, `end` None = open."""

    kind: str
    number: str
    begin: str
    end: str | None


@dataclass(frozen=True, slots=True)
class Ticket:
    """A processed ticket."""

    type: str
    create_date: str
    ogrn: str


@dataclass(slots=True, eq=False)
class Visit:
    """A processed visit; an annulled one stays, because its id may never be used again."""

    visit_id: str
    visit_date: str
    ogrn: str
    annulled: bool = False


@dataclass(slots=True, eq=False)
class Certificate:
    """One ЭРС and everything processed under it."""

    number: str
    create_date: str
    ogrn: str
    owner: Person
    status: str = OPEN
    tickets: list[Ticket] = field(default_factory=list)
    visits: list[Visit] = field(default_factory=list)
