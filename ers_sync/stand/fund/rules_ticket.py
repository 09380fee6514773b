"""putTicket1, putTicket2 and putTicket3."""

from __future__ import annotations

from ers_sync.stand.fund.codes import Code
from ers_sync.stand.fund.model import Certificate, Put
from ers_sync.stand.fund.ruling import (
    Refusal,
    Settled,
    Verdict,
    as_day,
    before_pregnancy,
    certificate_refusals,
    contract_refusals,
    person_refusals,
    refuse,
    verdict,
)

# Whole weeks at which the first ticket is due (user manual), by whether there is more than one fetus.
_WEEKS = {False: 30, True: 28}
_HALF_YEARS = frozenset({"3-1", "3-2"})


def put_ticket1(put: Put, fund: Settled) -> Verdict:
    """The antenatal clinic's ticket: 30 weeks, or 28 with more than one fetus; one a certificate."""
    certificate, refusals = _common(put, fund, "1", put.details["create_date"])
    weeks, at_registration = put.details["weeks"], put.details["weeks_at_registration"]
    if weeks < _WEEKS[put.details["multiple"]]:
        refusals.append(refuse(Code.TERM_TOO_SHORT, weeks=_WEEKS[put.details["multiple"]]))
    if at_registration is not None and at_registration > weeks:
        refusals.append(refuse(Code.TERMS_REVERSED))
    if certificate is not None and any(ticket.type == "1" for ticket in certificate.tickets):
        refusals.append(refuse(Code.TICKET_REPEATED, ticket="1"))
    return verdict(put, refusals, _ticket(put, "1"))


def put_ticket2(put: Put, fund: Settled) -> Verdict:
    """The maternity hospital's ticket; one a certificate, whichever hospital sent it."""
    birth, arrival = put.details["birth_at"], put.details["arrival_date"]
    certificate, refusals = _common(put, fund, "2", birth)
    if fund.ahead(birth):
        refusals.append(refuse(Code.BIRTH_LATER))
    if certificate is not None and before_pregnancy(certificate, birth):
        refusals.append(refuse(Code.BIRTH_TOO_EARLY))
    if arrival and as_day(arrival) > as_day(birth):
        refusals.append(refuse(Code.ARRIVED_LATER))
    if not put.details["newborns"]:
        refusals.append(refuse(Code.NO_NEWBORN))
    if certificate is not None and any(ticket.type == "2" for ticket in certificate.tickets):
        refusals.append(refuse(Code.TICKET_REPEATED, ticket="2"))
    return verdict(put, refusals, _ticket(put, "2"))


def put_ticket3(put: Put, fund: Settled) -> Verdict:
    """The children's clinic's ticket of one half-year, which the kind of its contract tells; one a certificate and clinic."""
    kind = put.sender.contract_kind or ""
    certificate, refusals = _common(put, fund, kind, put.details["create_date"])
    if kind not in _HALF_YEARS:
        refusals.append(refuse(Code.WRONG_SERVICE))
    refusals += _watch_refusals(put, fund)
    ogrn = put.sender.ogrn
    if certificate is not None and any((t.type, t.ogrn) == (kind, ogrn) for t in certificate.tickets):
        refusals.append(refuse(Code.TICKET_REPEATED, ticket=kind))
    return verdict(put, refusals, _ticket(put, kind))


def _watch_refusals(put: Put, fund: Settled) -> list[Refusal]:
    children = put.details["children"]
    refusals = [] if children else [refuse(Code.NO_CHILD)]
    if any(fund.ahead(child["watch_end"]) for child in children):
        refusals.append(refuse(Code.WATCH_UNFINISHED))
    if any(not child["birth_date"] <= child["watch_begin"] <= child["watch_end"] for child in children):
        refusals.append(refuse(Code.WATCH_REVERSED))
    return refusals


def _common(put: Put, fund: Settled, kind: str, event_day: str) -> tuple[Certificate | None, list[Refusal]]:
    """What every ticket needs: a contract of its kind, alone in its request, a certificate, a day that has come."""
    certificate, refusals = certificate_refusals(put, fund)
    refusals = contract_refusals(put, fund, kind) + refusals + person_refusals(put, event_day)
    if put.sender.contract_kind not in {None, kind}:
        refusals.append(refuse(Code.WRONG_SERVICE))
    if put.details["items"] != 1:
        refusals.append(refuse(Code.ONE_ITEM))
    if fund.ahead(put.details["create_date"]):
        refusals.append(refuse(Code.TICKET_LATER))
    return certificate, refusals


def _ticket(put: Put, kind: str) -> dict[str, str]:
    day = put.details["create_date"]
    return {"do": "ticket", "number": put.ers_number, "type": kind, "create_date": day, "ogrn": put.sender.ogrn}


def ticket_key(put: Put) -> str:
    """How the book calls the ticket of a request: ticket1, ticket2, ticket3-1, ticket3-2."""
    kind = put.sender.contract_kind or "3"
    return {"putTicket1": "ticket1", "putTicket2": "ticket2"}.get(put.operation, f"ticket{kind}")
