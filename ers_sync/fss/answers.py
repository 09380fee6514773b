"""What the Fund answers, in our own words; the other half of the mapping of `messages.py`.

Every reader here takes what `Binding.read` made of a Body whose signature was verified and which the schema allows.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from ers_sync.domain.matching import Certificate, CertificateStatus, TicketSeen, VisitSeen
from ers_sync.fss.messages import GET_DATA, GET_RESULT


class RequestStatus(StrEnum):
    """Where a loaded request stands at the Fund; the last two are final."""

    REGISTERED = "REGISTERED"
    READY_TO_PROCESS = "READY_TO_PROCESS"
    PROCESSING = "PROCESSING"
    PROCESSED = "PROCESSED"
    PROCESSING_ERROR = "PROCESSING_ERROR"


@dataclass(frozen=True, slots=True)
class Registered:
    """The Fund loaded a request; its result is asked for by the id."""

    request_id: str
    status: RequestStatus


@dataclass(frozen=True, slots=True)
class Result:
    """What became of a request: the certificate's number where there is one, and (code, message) of every error."""

    request_id: str
    status: RequestStatus
    ers_number: str | None
    errors: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class ErsData:
    """The certificates of a woman, or the one with the number asked for."""

    certificates: tuple[Certificate, ...]


Answer = Registered | Result | ErsData


def from_values(operation: str, values: Any) -> Answer:
    """Return the answer to an operation out of zeep's object."""
    if operation == GET_RESULT:
        return _result(values)
    if operation == GET_DATA:
        return ErsData(tuple(map(_certificate, _storage(values.ers))))
    return Registered(values.requestId, RequestStatus(values.status))


def is_about(answer: Answer, question: str) -> bool:
    """Tell whether an answer belongs to its question: the requestId, the certificate's number or the СНИЛС that was asked for.

    The id's letters may differ in case. A certificate whose owner's СНИЛС the Fund does not state may be anyone's: it is let pass.
    """
    if isinstance(answer, Result):
        return answer.request_id.lower() == question.lower()
    if isinstance(answer, ErsData):
        return all(
            question in {c.number, c.snils} or (len(question) == 11 and c.snils is None) for c in answer.certificates
        )
    return True


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
    """Return the items of a list that may be missing, or empty: zeep makes None of both."""
    return values.storage if values is not None else ()
