"""The table of outcomes, where it needs no socket; the other rows are in tests/integration/fss."""

from __future__ import annotations

import re

import pytest
from lxml import etree

from ers_sync.fss import outcomes
from ers_sync.fss.outcomes import Fault, Outcome
from ers_sync.fss.xml import FAULT, SOAP

XML = etree.fromstring("<a/>")
KINDS = {
    "digitalSignFault": Outcome.SIGNATURE_FAULT,
    "invalidDataFault": Outcome.INVALID_DATA_FAULT,
    "decryptFault": Outcome.NOT_ACCEPTED,
    "internalFault": Outcome.PERHAPS_ACCEPTED,
    "tmsFault": Outcome.PERHAPS_ACCEPTED,
}


def body(
    detail: str = "", text: str = "<faultcode>soap:Server</faultcode><faultstring> Беда </faultstring>"
) -> etree._Element:
    return etree.fromstring(f'<s:Body xmlns:s="{SOAP}"><s:Fault>{text}<detail>{detail}</detail></s:Fault></s:Body>')


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        (200, None),
        *[(status, Outcome.NOT_ACCEPTED) for status in (400, 404, 407)],
        *[(status, Outcome.THROTTLED) for status in (403, 429)],
        *[(status, Outcome.PERHAPS_ACCEPTED) for status in (201, 202, 204, 301, 302, 307, 401, 405, 408, 413, 499)],
        *[(status, Outcome.PERHAPS_ACCEPTED) for status in (500, 501, 502, 503, 504, 520, 599)],
    ],
)
def test_statuses(status: int, expected: Outcome | None) -> None:
    assert outcomes.of_reply(status, XML, None) is expected
    assert outcomes.of_reply(status, None, None) is (expected or Outcome.PERHAPS_ACCEPTED)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("status", [200, 400, 500, 503])
def test_faults_outrank_the_status(kind: str, status: int) -> None:
    fault = outcomes.find_fault(
        body(
            f'<f:{kind} xmlns:f="{FAULT}"><f:uuid>1</f:uuid><f:code>E_0100</f:code><f:message>Нет</f:message></f:{kind}>'
        )
    )
    assert fault == Fault(kind, "E_0100", "Нет")
    assert outcomes.of_reply(status, XML, fault) is KINDS[kind]


@pytest.mark.parametrize("status", [403, 429])
def test_too_often_outranks_a_fault(status: int) -> None:
    assert outcomes.of_reply(status, XML, Fault("internalFault", None, None)) is Outcome.THROTTLED


@pytest.mark.parametrize(
    "detail",
    [
        "",
        "<digitalSignFault/>",
        "<digitalSignFault xmlns='urn:another'/>",
        f"<f:unknownFault xmlns:f='{FAULT}'/>",
        f"<x><f:digitalSignFault xmlns:f='{FAULT}'/></x>",
    ],
)
def test_a_fault_of_no_known_kind_is_perhaps_accepted(detail: str) -> None:
    fault = outcomes.find_fault(body(detail))
    assert fault == Fault(None, "soap:Server", "Беда")
    assert outcomes.of_reply(500, XML, fault) is Outcome.PERHAPS_ACCEPTED


def test_a_fault_without_parts() -> None:
    fault = outcomes.find_fault(body(f'<f:tmsFault xmlns:f="{FAULT}"/>', ""))
    assert fault == Fault("tmsFault", None, None)


def test_no_fault() -> None:
    assert outcomes.find_fault(etree.fromstring(f'<s:Body xmlns:s="{SOAP}"><a/></s:Body>')) is None
    assert outcomes.find_fault(None) is None


DATE = "Mon, 02 Mar 2026 09:00:00 GMT"


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({}, None),
        ({"retry-after": "120"}, 120),
        ({"retry-after": " 0 "}, 0),
        ({"retry-after": "-5"}, None),
        ({"retry-after": "1.5"}, None),
        ({"retry-after": "²"}, None),
        ({"retry-after": "soon"}, None),
        ({"retry-after": "Mon, 02 Mar 2026 09:02:30 GMT", "date": DATE}, 150),
        ({"retry-after": "Mon, 02 Mar 2026 08:00:00 GMT", "date": DATE}, 0),
        ({"retry-after": "Mon, 02 Mar 2026 12:02:30 +0300", "date": DATE}, 150),
    ],
)
def test_retry_after(headers: dict[str, str], seconds: float | None) -> None:
    assert outcomes.retry_after(headers) == seconds


def test_the_table_in_words_names_every_outcome() -> None:
    assert set(re.findall(r"\| ([A-Z_]+) +\|$", outcomes.__doc__ or "", re.MULTILINE)) == set(Outcome)
