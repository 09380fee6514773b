"""The one mapping of our words onto the Fund's: contents of requests to elements, and elements of answers back.

No public WSDL of the ЭРС service exists: when the official one comes, it replaces `wsdl/`, and this module follows it (docs/protocol.md).
`secondName` is the surname; `softwareVerison` and `conractDate` are the Fund's own spellings. `Service` is what the client needs of it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any, cast

from ers_sync.domain.content import (
    TICKETS,
    AnnulContent,
    ChildContent,
    CreateContent,
    DisableContent,
    DoctorContent,
    Kind,
    NewbornContent,
    Numbers,
    Person,
    Sender,
    Ticket1Content,
    Ticket2Content,
    Ticket3Content,
    VisitContent,
)
from ers_sync.domain.matching import Certificate, CertificateStatus, TicketSeen, VisitSeen
from ers_sync.fss.answers import Answer, ErsData, Registered, RequestStatus, Result
from ers_sync.fss.software import Software
from ers_sync.fss.xml import parse

Values = dict[str, Any]

WSDL = Path(__file__).parent / "wsdl" / "ers.wsdl"
OPERATIONS = {
    Kind.CREATE_ERS: "createErs",
    Kind.PUT_VISIT: "putVisit",
    Kind.ANNUL_VISIT: "annulVisit",
    Kind.PUT_TICKET1: "putTicket1",
    Kind.PUT_TICKET2: "putTicket2",
    Kind.PUT_TICKET3: "putTicket3",
    Kind.DISABLE_ERS: "disableErs",
}
GET_RESULT = "getResultById"
GET_DATA = "getErsData"

_GENDERS = {"male": "MALE", "female": "FEMALE"}
_DAYS_A_WEEK = 7


def request(kind: Kind, software: Software, sender: Sender, content: Mapping[str, Any], numbers: Numbers) -> Values:
    """Return the values of a request's elements.

    Raises:
        KeyError: a number that the kind needs is not given.
        ValueError: a ticket that names a contract of another kind of service (it is what tells half-year 3-1 from 3-2).
    """
    if kind in TICKETS and sender["contract_kind"] not in {None, _service(kind, content)}:
        raise ValueError("the contract is of another kind of service than the ticket")
    return _head(software, sender) | _CONTENTS[kind](content, numbers)


def result_question(software: Software, sender: Sender, kind: Kind, request_id: str) -> Values:
    """Return the values of `getResultById`."""
    return {"requestType": OPERATIONS[kind], "requestId": request_id} | _head(software, sender)


def data_question(software: Software, sender: Sender, ers_identifier: str) -> Values:
    """Return the values of `getErsData`; the identifier is a СНИЛС (11 digits) or a certificate's number (10)."""
    return _head(software, sender) | {"params": {"ersIdentifier": ers_identifier}}


def contract_number(signed: bytes) -> str | None:
    """Return the number of the contract that a signed request names."""
    return parse(signed).findtext(".//{*}contractNumber")


def _head(software: Software, sender: Sender) -> Values:
    return {
        "systemInfo": {
            "specVersion": software.specification,
            "software": software.name,
            "softwareVerison": software.version,
        },
        "medicalOrganization": _given(
            orgName=sender["name"],
            inn=sender["inn"],
            ogrn=sender["ogrn"],
            kpp=sender["kpp"],
            contractServiceType=sender["contract_kind"],
            contractNumber=sender["contract_number"],
            conractDate=sender["contract_date"],
        ),
    }


def _service(kind: Kind, content: Mapping[str, Any]) -> str:
    """Return the kind of service that a ticket is paid as: 1, 2, 3-1, 3-2."""
    return f"3-{content['half_year']}" if kind is Kind.PUT_TICKET3 else "1" if kind is Kind.PUT_TICKET1 else "2"


def _given(**values: Any) -> Values:
    """Leave out what is absent."""
    return {name: value for name, value in values.items() if value is not None}


def _either(name: str, value: Any, reason: str | None) -> Values:
    """Return a value or the reason for its absence. With neither, the schema refuses the message."""
    return {name: value} if value is not None else _given(noDataReason=reason)


def _person(person: Person) -> Values:
    policy, document = person["policy_number"], person["document"]
    return _given(
        birthdate=person["birth_date"],
        firstName=person["first_name"],
        secondName=person["last_name"],
        patronymic=person["patronymic"],
        medicalInsurance=_either(
            "medicalInsurance",
            _given(insuranceNumber=policy, beginDate=person["policy_begin_date"]) if policy else None,
            person["policy_absence_reason"],
        ),
        snils=_either("snils", person["snils"], person["snils_absence_reason"]),
        identifyingDocument=_either(
            "idDoc",
            _given(
                kind=document["kind"],
                docNumber=document["number"],
                docSerie=document["series"],
                docIssueDate=document["issue_date"],
                docIssuer=document["issuer"],
            )
            if document
            else None,
            person["document_absence_reason"],
        ),
        residenceAddress=_either("residenceAddress", person["address"], person["address_absence_reason"]),
    )


def _create(content: CreateContent, _numbers: Numbers) -> Values:
    return {"person": _person(content["person"]), "registerDate": content["register_date"]}


def _visit(content: VisitContent, numbers: Numbers) -> Values:
    weeks, days = divmod(content["gestation_days"], _DAYS_A_WEEK)
    return {
        "person": _person(content["person"]),
        "visit": _given(
            ersNumber=numbers["ers_number"],
            visitId=numbers["visit_id"],
            visitDate=content["visit_date"],
            pregnancyTime=weeks,
            pregnancyDays=days,
            obstetricStatus=content["obstetric_status"],
            doctor=_doctor(content["doctor"]),
        ),
    }


def _doctor(doctor: DoctorContent | None) -> Values | None:
    if doctor is None:
        return None
    values = _given(
        firstName=doctor["first_name"],
        secondName=doctor["last_name"],
        patronymic=doctor["patronymic"],
        snils=doctor["snils"],
        position=doctor["position"],
    )
    return values or None


def _annul(content: AnnulContent, numbers: Numbers) -> Values:
    visit = {"visitId": content["visit_id"], "reasonMessage": content["reason"]}
    return {"visit": {"ersNumber": numbers["ers_number"]} | visit}


def _ticket(name: str, person: Person, numbers: Numbers, values: Values) -> Values:
    common = {"ersNumber": numbers["ers_number"], "createDate": numbers["create_date"]}
    return {"tickets": {"storage": [{"person": _person(person), name: common | values}]}}


def _ticket1(content: Ticket1Content, numbers: Numbers) -> Values:
    registered = content["register_gestation_days"]
    values = _given(
        pregnancyTimeOnRegisterDate=None if registered is None else registered // _DAYS_A_WEEK,
        pregnancyTimeOnPutDate=content["put_gestation_days"] // _DAYS_A_WEEK,
        isMultiplePregnancy=content["is_multiple"],
        lnNumber=content["sick_leave_number"],
        exchangeCardNumber=content["exchange_card_number"],
        exchangeCardDate=content["exchange_card_date"],
    )
    return _ticket("ticket1", content["person"], numbers, values)


def _ticket2(content: Ticket2Content, numbers: Numbers) -> Values:
    values = _given(
        arrivalDate=content["arrival_date"],
        birthDateTime=content["birth_at"],
        childbirthResultMKB10=content["icd10"],
        deathReason=content["mother_death_reason"],
        totalChildrenCount=content["children_total"],
        newbornList={"storage": [_newborn(newborn) for newborn in content["newborns"]]},
    )
    return _ticket("ticket2", content["person"], numbers, values)


def _newborn(newborn: NewbornContent) -> Values:
    return _given(
        gender=_GENDERS.get(newborn["sex"], newborn["sex"]),
        height=newborn["height_cm"],
        weight=newborn["weight_g"],
        deathReason=newborn["death_reason"],
    )


def _ticket3(content: Ticket3Content, numbers: Numbers) -> Values:
    values = {"childrenList": {"storage": [_child(child) for child in content["children"]]}}
    return _ticket("ticket3", content["person"], numbers, values)


def _child(child: ChildContent) -> Values:
    return _given(
        birthdate=child["birth_date"],
        firstName=child["first_name"],
        secondName=child["last_name"],
        patronymic=child["patronymic"],
        medicalInsuranceNumber=child["policy_number"],
        watchBeginDate=child["watch_begin"],
        watchEndDate=child["watch_end"],
    )


def _disable(content: DisableContent, numbers: Numbers) -> Values:
    return {
        "disableErsRequest": {
            "ersIdentifier": numbers["ers_number"],
            "reasonCode": content["reason_code"],
            "reasonMessage": content["reason"],
        }
    }


_CONTENTS = cast(
    "dict[Kind, Callable[[Mapping[str, Any], Numbers], Values]]",
    {
        Kind.CREATE_ERS: _create,
        Kind.PUT_VISIT: _visit,
        Kind.ANNUL_VISIT: _annul,
        Kind.PUT_TICKET1: _ticket1,
        Kind.PUT_TICKET2: _ticket2,
        Kind.PUT_TICKET3: _ticket3,
        Kind.DISABLE_ERS: _disable,
    },
)


def answer(operation: str, values: Any) -> Answer:
    """Return the answer to an operation out of what `Binding.read` made of a verified and valid Body."""
    if operation == GET_RESULT:
        return _result(values)
    if operation == GET_DATA:
        return ErsData(tuple(map(_certificate, _storage(values.ers))))
    return Registered(values.requestId, RequestStatus(values.status))


def _result(values: Any) -> Result:
    errors = tuple((item.code, item.message) for item in _storage(values.processingResult))
    return Result(values.requestId, RequestStatus(values.status), values.ersNumber, errors)


def _certificate(values: Any) -> Certificate:
    snils = values.person.snils if values.person is not None else None
    return Certificate(
        number=values.ersNumber,
        created_on=values.createDate,
        status=CertificateStatus(values.status),
        ogrn=values.medicalOrganization.ogrn,
        organization_name=values.medicalOrganization.orgName,
        snils=snils.snils if snils is not None else None,
        tickets=tuple(
            TicketSeen(item.ticketType, item.createDate, item.status, item.medicalOrganization.ogrn)
            for item in _storage(values.tickets)
        ),
        visits=tuple(
            VisitSeen(item.visitId, item.visitDate, item.medicalOrganization.ogrn) for item in _storage(values.visits)
        ),
    )


def _storage(values: Any) -> Iterable[Any]:
    """Return the items of a list that may be missing."""
    return values.storage if values is not None else ()
