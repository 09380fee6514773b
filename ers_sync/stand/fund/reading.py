"""The Body of a request, already valid by the XSD, as the stand-in reads it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from lxml import etree

from ers_sync.fss.xml import ERS, local_name
from ers_sync.stand.fund.model import Person, Put, Sender

_NAMES = {"e": ERS}


@dataclass(frozen=True, slots=True)
class ResultQuestion:
    """`getResultById`: what became of the request of this kind and id."""

    operation: str
    request_id: str


@dataclass(frozen=True, slots=True)
class DataQuestion:
    """`getErsData`: certificates by number or СНИЛС."""

    identifier: str


def operation_of(root: etree._Element) -> str:
    """The operation that a Body's only child names; empty if it is none of the Fund's."""
    name = local_name(root)
    return name.removesuffix("Request") if root.tag == f"{{{ERS}}}{name}" and name.endswith("Request") else ""


def read_sender(root: etree._Element) -> Sender:
    """`medicalOrganization`."""
    organization = _element(root, "e:medicalOrganization")
    return Sender(
        name=_text(organization, "e:orgName") or "",
        inn=_text(organization, "e:inn") or "",
        ogrn=_text(organization, "e:ogrn") or "",
        kpp=_text(organization, "e:kpp"),
        contract_kind=_text(organization, "e:contractServiceType"),
        contract_number=_text(organization, "e:contractNumber"),
        contract_date=_text(organization, "e:conractDate"),
    )


def read_request(root: etree._Element) -> Put | ResultQuestion | DataQuestion:
    """What a request wants. Raise ValueError for an operation that the stand-in does not serve."""
    operation = operation_of(root)
    match operation:
        case "getResultById":
            return ResultQuestion(_text(root, "e:requestType") or "", (_text(root, "e:requestId") or "").lower())
        case "getErsData":
            return DataQuestion(_text(root, "e:params/e:ersIdentifier") or "")
        case "createErs":
            return _put(root, operation, root, "", {"register_date": _text(root, "e:registerDate")})
        case "putVisit" | "annulVisit":
            visit = _element(root, "e:visit")
            details = {"visit_id": _text(visit, "e:visitId"), "visit_date": _text(visit, "e:visitDate")}
            return _put(root, operation, root, _number(visit), details)
        case "disableErs":
            return _put(root, operation, root, _text(root, "e:disableErsRequest/e:ersIdentifier") or "", {})
        case "putTicket1" | "putTicket2" | "putTicket3":
            return _ticket(root, operation)
        case _:
            raise ValueError("no such operation")


def _ticket(root: etree._Element, operation: str) -> Put:
    items = root.findall("e:tickets/e:storage", _NAMES)
    ticket = _element(items[0], f"e:ticket{operation[-1]}")
    details: dict[str, Any] = {"items": len(items), "create_date": _text(ticket, "e:createDate")}
    match operation:
        case "putTicket1":
            registered = _text(ticket, "e:pregnancyTimeOnRegisterDate")
            details["weeks"] = int(_text(ticket, "e:pregnancyTimeOnPutDate") or "0")
            details["weeks_at_registration"] = int(registered) if registered is not None else None
            details["multiple"] = _text(ticket, "e:isMultiplePregnancy") in {"true", "1"}
        case "putTicket2":
            details["birth_at"] = _text(ticket, "e:birthDateTime")
            details["arrival_date"] = _text(ticket, "e:arrivalDate")
            details["newborns"] = len(ticket.findall("e:newbornList/e:storage", _NAMES))
        case _:
            details["children"] = [_child(child) for child in ticket.findall("e:childrenList/e:storage", _NAMES)]
    return _put(root, operation, items[0], _number(ticket), details)


def _child(child: etree._Element) -> dict[str, str | None]:
    names = {"birth_date": "e:birthdate", "watch_begin": "e:watchBeginDate", "watch_end": "e:watchEndDate"}
    return {name: _text(child, path) for name, path in names.items()}


def _put(root: etree._Element, operation: str, holder: etree._Element, number: str, details: dict[str, Any]) -> Put:
    person = holder.find("e:person", _NAMES)
    return Put(operation, read_sender(root), None if person is None else _person(person), number, details)


def _person(person: etree._Element) -> Person:
    return Person(
        last_name=_text(person, "e:secondName") or "",
        first_name=_text(person, "e:firstName") or "",
        patronymic=_text(person, "e:patronymic") or "",
        birth_date=_text(person, "e:birthdate") or "",
        snils=_text(person, "e:snils/e:snils") or "",
    )


def _number(parent: etree._Element) -> str:
    return _text(parent, "e:ersNumber") or ""


def _element(parent: etree._Element, path: str) -> etree._Element:
    found = parent.find(path, _NAMES)
    if found is None:
        raise ValueError(f"no {path}")
    return found


def _text(parent: etree._Element, path: str) -> str | None:
    found = parent.find(path, _NAMES)
    return None if found is None else (found.text or "").strip()
