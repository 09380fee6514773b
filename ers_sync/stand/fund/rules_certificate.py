"""createErs and disableErs."""

from __future__ import annotations

from dataclasses import replace

from ers_sync.stand.fund.codes import Code
from ers_sync.stand.fund.model import CLOSED, Certificate, Person, Put
from ers_sync.stand.fund.registry import form, new_owner
from ers_sync.stand.fund.ruling import (
    PREGNANCY,
    Refusal,
    Settled,
    Verdict,
    as_day,
    contract_refusals,
    person_refusals,
    refuse,
    verdict,
)


def create(put: Put, fund: Settled) -> Verdict:
    """Form a certificate, or return the number of the one formed earlier for this pregnancy, which is no duplicate."""
    register_date, person = put.details["register_date"], put.person or Person()
    refusals = contract_refusals(put, fund, None) + person_refusals(put, register_date)
    if fund.ahead(register_date):
        refusals.append(refuse(Code.REGISTERED_LATER))
    if refusals:
        return Verdict(refusals=tuple(refusals))
    earlier = _earlier(person, register_date, fund)
    if earlier is None:
        day = register_date if fund.dated_by_registration else fund.today.isoformat()
        number = fund.registry.free_number()
        return Verdict(number, changes=(form(number, day, put.sender.ogrn, person),), formed=True)
    known = _completed(earlier.owner, person)
    return Verdict(earlier.number, changes=(new_owner(earlier.number, known),) if known != earlier.owner else ())


def _earlier(person: Person, register_date: str, fund: Settled) -> Certificate | None:
    """The certificate of the pregnancy that is being registered: not closed, no delivery yet, not older than a pregnancy lasts."""
    since = (as_day(register_date) - PREGNANCY).isoformat()
    found = [
        certificate
        for certificate in fund.registry.of_woman(person)
        if certificate.status != CLOSED
        and certificate.create_date >= since
        and all(ticket.type != "2" for ticket in certificate.tickets)
    ]
    return max(found, key=lambda certificate: (certificate.create_date, certificate.number), default=None)


def _completed(owner: Person, person: Person) -> Person:
    """What was known of the owner, and what this request adds: СНИЛС, or the name to a bare СНИЛС."""
    if not owner.last_name:
        return replace(person, snils=owner.snils or person.snils)
    return replace(owner, snils=owner.snils or person.snils)


def disable(put: Put, fund: Settled) -> Verdict:
    """Close a certificate; an operator's reason is obligatory by the schema."""
    refusals: list[Refusal] = contract_refusals(put, fund, None)
    certificate = fund.registry.certificates.get(put.ers_number)
    if certificate is None:
        refusals.append(refuse(Code.NO_CERTIFICATE))
    elif certificate.status == CLOSED:
        refusals.append(refuse(Code.CLOSED_BEFORE))
    return verdict(put, refusals, {"do": "close", "number": put.ers_number})
