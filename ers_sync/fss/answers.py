"""What the Fund answers, in our own words; `messages.py` reads them out of the Fund's."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from ers_sync.domain.matching import Certificate


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
    errors: tuple[tuple[str, str], ...] = field(repr=False)


@dataclass(frozen=True, slots=True)
class ErsData:
    """The certificates of a woman, or the one with the number asked for."""

    certificates: tuple[Certificate, ...]


Answer = Registered | Result | ErsData


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
