"""The Fund's answers, written into the Body that is to be signed."""

from __future__ import annotations

from typing import cast

from lxml import etree

from ers_sync.fss.xml import ERS
from ers_sync.stand.fund import model
from ers_sync.stand.fund.desk import Desk, Loaded
from ers_sync.stand.fund.model import Certificate, Person

_DEFAULT = cast("dict[str, str]", {None: ERS})  # lxml-stubs know no default namespace


def write_registered(body: etree._Element, operation: str, request_id: str) -> None:
    """A put was loaded."""
    answer = _add(body, f"{operation}Response")
    _add(answer, "requestId", request_id)
    _add(answer, "status", model.REGISTERED)


def write_result(body: etree._Element, request_id: str, loaded: Loaded) -> None:
    """What became of a put so far; the certificate's number only when it was processed."""
    answer = _add(body, "getResultByIdResponse")
    _add(answer, "requestId", request_id)
    _add(answer, "status", loaded.status)
    if loaded.status == model.PROCESSED:
        _add(answer, "ersNumber", loaded.ers_number)
    if loaded.errors:
        results = _add(answer, "processingResult")
        for code, message in loaded.errors:
            result = _add(results, "storage")
            _add(result, "code", code)
            _add(result, "message", message)


def write_data(body: etree._Element, certificates: list[Certificate], desk: Desk) -> None:
    """Certificates with their tickets and visits; an empty `ers` if there are none."""
    list_ = _add(_add(body, "getErsDataResponse"), "ers")
    for certificate in certificates:
        item = _add(list_, "storage")
        _add(item, "ersNumber", certificate.number)
        _add(item, "createDate", certificate.create_date)
        _add(item, "status", certificate.status)
        _organization(item, certificate.ogrn, desk)
        _person(_add(item, "person"), certificate.owner)
        tickets = _add(item, "tickets")
        for ticket in certificate.tickets:
            entry = _add(tickets, "storage")
            _add(entry, "ticketType", ticket.type)
            _add(entry, "createDate", ticket.create_date)
            _add(entry, "status", model.PROCESSED)
            _organization(entry, ticket.ogrn, desk)
        visits = _add(item, "visits")
        for visit in certificate.visits:
            entry = _add(visits, "storage")
            _add(entry, "visitId", visit.visit_id)
            _add(entry, "visitDate", visit.visit_date)
            _organization(entry, visit.ogrn, desk)


def _organization(parent: etree._Element, ogrn: str, desk: Desk) -> None:
    organization = _add(parent, "medicalOrganization")
    name = desk.name_of(ogrn)
    if name:
        _add(organization, "orgName", name)
    _add(organization, "ogrn", ogrn)


def _person(element: etree._Element, owner: Person) -> None:
    values = {
        "birthdate": owner.birth_date,
        "firstName": owner.first_name,
        "secondName": owner.last_name,
        "patronymic": owner.patronymic,
    }
    for name, value in values.items():
        if value:
            _add(element, name, value)
    if owner.snils:
        _add(_add(element, "snils"), "snils", owner.snils)


def _add(parent: etree._Element, name: str, text: str | None = None) -> etree._Element:
    element = etree.SubElement(parent, f"{{{ERS}}}{name}", nsmap=_DEFAULT)
    element.text = text
    return element
