"""The mapping onto a service of another form (tests/data/variant): all that changes in the code when the Fund's own description comes."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ers_sync.domain.content import Kind, Numbers, Sender
from ers_sync.fss import messages
from ers_sync.fss.answers import Answer, Registered, RequestStatus, Result
from ers_sync.fss.software import Software

WSDL = Path(__file__).resolve().parents[2] / "data" / "variant" / "service.wsdl"
OPERATIONS = {**messages.OPERATIONS, Kind.CREATE_ERS: "registerErs", Kind.PUT_VISIT: "sendAppointment"}
GET_RESULT = messages.GET_RESULT
GET_DATA = messages.GET_DATA

_NAMES = {"softwareVerison": "softwareVersion", "conractDate": "contractDate", "registerDate": "pregnancyRegisterDate"}
_VISIT = {
    "visit": "appointment",
    "visitId": "appointmentId",
    "visitDate": "appointmentDate",
    "pregnancyTime": "weeks",
    "pregnancyDays": "days",
}


def request(kind: Kind, software: Software, sender: Sender, content: Mapping[str, Any], numbers: Numbers) -> Any:
    names = _NAMES | (_VISIT if kind is Kind.PUT_VISIT else {})
    return _renamed(messages.request(kind, software, sender, content, numbers), names)


def result_question(software: Software, sender: Sender, kind: Kind, request_id: str) -> Any:
    values = messages.result_question(software, sender, kind, request_id)
    return _renamed(values, _NAMES) | {"requestType": OPERATIONS[kind]}


def data_question(software: Software, sender: Sender, ers_identifier: str) -> Any:
    return _renamed(messages.data_question(software, sender, ers_identifier), _NAMES)


def answer(operation: str, values: Any) -> Answer:
    if operation == GET_DATA:
        return messages.answer(operation, values)
    if operation == GET_RESULT:
        failures = tuple((failure.number, failure.text) for failure in values.failure)
        return Result(values.uuid, RequestStatus(values.state), values.certificate, failures)
    return Registered(values.receipt.uuid, RequestStatus.REGISTERED)


def _renamed(values: Any, names: Mapping[str, str]) -> Any:
    if isinstance(values, dict):
        return {names.get(name, name): _renamed(value, names) for name, value in values.items()}
    return [_renamed(value, names) for value in values] if isinstance(values, list) else values
