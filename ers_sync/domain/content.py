"""What a request says, in our own words: plain values that can be kept in the ledger as JSON.

Dates are ISO strings, gestation is in days, an absent value is None. `fss/messages.py` turns a content into the Fund's elements; what
is known only when a request is sent (certificate number, contract) stands apart in `Sender` and `Numbers`.
"""

from __future__ import annotations

from enum import StrEnum
from typing import TypedDict


class Kind(StrEnum):
    """The kinds of requests; the value is what the ledger and the operator's commands call them."""

    CREATE_ERS = "create_ers"
    PUT_VISIT = "put_visit"
    ANNUL_VISIT = "annul_visit"
    PUT_TICKET1 = "put_ticket1"
    PUT_TICKET2 = "put_ticket2"
    PUT_TICKET3 = "put_ticket3"
    DISABLE_ERS = "disable_ers"


TICKETS = frozenset({Kind.PUT_TICKET1, Kind.PUT_TICKET2, Kind.PUT_TICKET3})


class Document(TypedDict):
    """An identity document; only the series may be absent."""

    kind: str
    series: str | None
    number: str
    issue_date: str
    issuer: str


class Person(TypedDict):
    """The woman. Of every group either the value or the stated reason for its absence is there."""

    last_name: str
    first_name: str
    patronymic: str | None
    birth_date: str
    snils: str | None
    snils_absence_reason: str | None
    policy_kind: str | None
    policy_number: str | None
    policy_begin_date: str | None
    policy_absence_reason: str | None
    document: Document | None
    document_absence_reason: str | None
    address: str | None
    address_absence_reason: str | None


class DoctorContent(TypedDict):
    """The doctor of a visit."""

    last_name: str | None
    first_name: str | None
    patronymic: str | None
    snils: str | None
    position: str | None


class CreateContent(TypedDict):
    """`createErs`."""

    person: Person
    register_date: str


class VisitContent(TypedDict):
    """`putVisit`."""

    person: Person
    visit_date: str
    gestation_days: int
    obstetric_status: str | None
    doctor: DoctorContent | None


class AnnulContent(TypedDict):
    """`annulVisit`: the id under which the visit was sent, and why it is taken back."""

    visit_id: str
    reason: str


class Ticket1Content(TypedDict):
    """`putTicket1`; gestation at the primary exam may be unknown."""

    person: Person
    register_gestation_days: int | None
    put_gestation_days: int
    is_multiple: bool
    sick_leave_number: str | None
    exchange_card_number: str | None
    exchange_card_date: str | None


class NewbornContent(TypedDict):
    """A child of a delivery; sex is `male` or `female`, height in cm, weight in g."""

    sex: str
    height_cm: int
    weight_g: int
    death_reason: str | None


class Ticket2Content(TypedDict):
    """`putTicket2`; `birth_at` is the hospital's wall clock, without zone."""

    person: Person
    arrival_date: str | None
    birth_at: str
    icd10: str | None
    mother_death_reason: str | None
    children_total: int | None
    newborns: list[NewbornContent]


class ChildContent(TypedDict):
    """An observed child."""

    birth_date: str
    last_name: str
    first_name: str
    patronymic: str | None
    policy_number: str | None
    watch_begin: str
    watch_end: str


class Ticket3Content(TypedDict):
    """`putTicket3` for all children of one certificate, hospital and half-year (1 or 2)."""

    person: Person
    half_year: int
    children: list[ChildContent]


class DisableContent(TypedDict):
    """`disableErs`."""

    reason_code: int
    reason: str


Content = (
    CreateContent | VisitContent | AnnulContent | Ticket1Content | Ticket2Content | Ticket3Content | DisableContent
)


class Sender(TypedDict):
    """The hospital and the contract that it names; the contract's fields are absent where it has none."""

    name: str
    inn: str
    ogrn: str
    kpp: str | None
    contract_kind: str | None
    contract_number: str | None
    contract_date: str | None


class Numbers(TypedDict, total=False):
    """What is known only when the request is sent: the certificate's number, visitId, a talon's createDate."""

    ers_number: str
    visit_id: str
    create_date: str
