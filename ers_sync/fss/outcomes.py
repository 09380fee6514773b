"""What an exchange with the Fund came to: the one table that tells "surely not accepted" from "perhaps accepted".

It is read before anything is decrypted, and nothing that arrives unsigned is ever a success or a final refusal.

| what happened                                                     | outcome             |
|-------------------------------------------------------------------|---------------------|
| the connection was never made (refused, DNS, TLS, proxy, timeout) | NOT_ACCEPTED        |
| 400, 404, 407                                                     | NOT_ACCEPTED        |
| 403, 429                                                          | THROTTLED           |
| decryptFault                                                      | NOT_ACCEPTED        |
| digitalSignFault                                                  | SIGNATURE_FAULT     |
| invalidDataFault                                                  | INVALID_DATA_FAULT  |
| internalFault, tmsFault, a Fault of no known kind                 | PERHAPS_ACCEPTED    |
| reset, read timeout, too slow, too large an answer                | PERHAPS_ACCEPTED    |
| any other status; 200 that is empty or no XML                     | PERHAPS_ACCEPTED    |
| 200, XML, but not encrypted, signed, formed or meant as it must be | UNVERIFIABLE        |
| 200, decrypted, verified, allowed by the schema                   | ANSWERED            |
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from enum import StrEnum

from lxml import etree

from ers_sync.fss.xml import FAULT, SOAP, local_name

_OK = 200
_MAX_TEXT = 1000


class Outcome(StrEnum):
    """How an exchange ended."""

    ANSWERED = "ANSWERED"  # a verified answer
    NOT_ACCEPTED = "NOT_ACCEPTED"  # surely not: may be sent again
    THROTTLED = "THROTTLED"  # surely not: asked too often
    SIGNATURE_FAULT = "SIGNATURE_FAULT"  # surely not: the hospital's signature or certificate is refused
    INVALID_DATA_FAULT = "INVALID_DATA_FAULT"  # surely not: the message has a form that the Fund does not take
    PERHAPS_ACCEPTED = "PERHAPS_ACCEPTED"  # the Fund must be asked
    UNVERIFIABLE = "UNVERIFIABLE"  # perhaps accepted, and the Fund's certificate or form may have changed


@dataclass(frozen=True, slots=True)
class Fault:
    """A SOAP Fault; `kind` is None if it is none of the Fund's five."""

    kind: str | None
    code: str | None
    text: str | None = field(repr=False)


_FAULTS = {
    "digitalSignFault": Outcome.SIGNATURE_FAULT,
    "invalidDataFault": Outcome.INVALID_DATA_FAULT,
    "decryptFault": Outcome.NOT_ACCEPTED,
    "internalFault": Outcome.PERHAPS_ACCEPTED,
    "tmsFault": Outcome.PERHAPS_ACCEPTED,
}
_STATUSES = {
    400: Outcome.NOT_ACCEPTED,
    404: Outcome.NOT_ACCEPTED,
    407: Outcome.NOT_ACCEPTED,
    403: Outcome.THROTTLED,
    429: Outcome.THROTTLED,
}


def of_reply(status: int, root: etree._Element | None, fault: Fault | None) -> Outcome | None:
    """Judge a reply by its status, its parsed body (None if it is no XML) and the Fault in it; None: go on and decrypt it."""
    by_status = _STATUSES.get(status)
    if by_status is Outcome.THROTTLED:
        return by_status
    if fault is not None:
        return of_fault(fault)
    if by_status is not None:
        return by_status
    return None if status == _OK and root is not None else Outcome.PERHAPS_ACCEPTED


def of_fault(fault: Fault) -> Outcome:
    """Judge a Fault by its kind."""
    return _FAULTS.get(fault.kind or "", Outcome.PERHAPS_ACCEPTED)


def find_fault(body: etree._Element | None) -> Fault | None:
    """Return the SOAP Fault of a Body, if there is one. It is unsigned as a rule: it proves nothing."""
    fault = body.find(f"{{{SOAP}}}Fault") if body is not None else None
    if fault is None:
        return None
    stated = fault.findtext("faultstring")
    for part in fault.iterfind("detail/*"):
        if isinstance(part.tag, str) and part.tag.startswith(f"{{{FAULT}}}") and local_name(part) in _FAULTS:
            code, message = (_text(part.findtext(f"{{{FAULT}}}{name}")) for name in ("code", "message"))
            return Fault(local_name(part), code, message or _text(stated))
    return Fault(None, _text(fault.findtext("faultcode")), _text(stated))


def _text(value: str | None) -> str | None:
    return value.strip()[:_MAX_TEXT] or None if value else None


def retry_after(headers: Mapping[str, str]) -> float | None:
    """Return the seconds that a Retry-After header asks for (RFC 9110, 10.2.3: a number, or a date).

    A date is counted from the reply's own Date, so that the Fund's clock need not be ours; without one, from our clock.
    """
    value = headers.get("retry-after", "").strip()
    if not value:
        return None
    if value.isascii() and value.isdigit():
        return float(value)
    until, now = http_date(value), http_date(headers.get("date", "")) or datetime.now(UTC)
    return max(0.0, (until - now).total_seconds()) if until is not None else None


def http_date(value: str) -> datetime | None:
    """Return the aware moment that an HTTP date means; None if it is none."""
    try:
        moment = parsedate_to_datetime(value)
    except (ValueError, IndexError, OverflowError):
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
