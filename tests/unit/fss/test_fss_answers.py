"""Answers are read strictly: another root, a missing status or a wrong namespace is no answer."""

from __future__ import annotations

from datetime import date

import pytest
from lxml import etree

from ers_sync.domain.matching import Certificate, CertificateStatus, TicketSeen, VisitSeen
from ers_sync.fss import answers, messages
from ers_sync.fss.answers import Answer, ErsData, Registered, RequestStatus, Result
from ers_sync.fss.binding import Binding, MessageError
from ers_sync.fss.messages import WSDL
from ers_sync.fss.xml import ERS

BINDING = Binding(WSDL)
ID = "0a1b2c3d-0000-1111-2222-333344445555"


def read(operation: str, text: str, namespace: str = ERS) -> Answer:
    name = f"{operation}Response"
    body = etree.fromstring(f'<Body><{name} xmlns="{namespace}">{text}</{name}></Body>')
    return messages.answer(operation, BINDING.read(body, operation))


def test_a_put_is_registered() -> None:
    answer = read("putVisit", f"<requestId>{ID}</requestId><status>REGISTERED</status>")
    assert answer == Registered(ID, RequestStatus.REGISTERED)


def test_a_result() -> None:
    answer = read(
        "getResultById",
        f"<requestId>{ID}</requestId><status>PROCESSED</status><ersNumber>0123456789</ersNumber>",
    )
    assert answer == Result(ID, RequestStatus.PROCESSED, "0123456789", ())


def test_a_refusal_with_two_reasons() -> None:
    errors = "".join(
        f"<storage><code>{code}</code><message>{text}</message></storage>" for code, text in ((1204, "а"), (7, "б"))
    )
    answer = read(
        "getResultById",
        f"<requestId>{ID}</requestId><status>PROCESSING_ERROR</status><processingResult>{errors}</processingResult>",
    )
    assert answer == Result(ID, RequestStatus.PROCESSING_ERROR, None, (("1204", "а"), ("7", "б")))


MO = "<medicalOrganization><orgName>ЦГБ</orgName><ogrn>1026602336727</ogrn></medicalOrganization>"


def ers(number: str = "0123456789", person: str = "<snils><snils>11223344595</snils></snils>", rest: str = "") -> str:
    return (
        f"<storage><ersNumber>{number}</ersNumber><createDate>2026-01-02</createDate><status>SERVICE</status>{MO}"
        f"<person>{person}</person>{rest}</storage>"
    )


def test_certificates_with_tickets_and_visits() -> None:
    ticket = "<ticketType>3-1</ticketType><createDate>2026-02-03</createDate><status>PROCESSED</status>"
    tickets = f"<tickets><storage>{ticket}{MO}</storage></tickets>"
    visits = f"<visits><storage><visitId>77-2</visitId><visitDate>2026-01-20</visitDate>{MO}</storage></visits>"
    answer = read("getErsData", f"<ers>{ers(rest=tickets + visits)}{ers('9876543210', '')}</ers>")
    assert answer == ErsData(
        (
            Certificate(
                "0123456789",
                date(2026, 1, 2),
                CertificateStatus.SERVICE,
                "1026602336727",
                "ЦГБ",
                "11223344595",
                (TicketSeen("3-1", date(2026, 2, 3), "PROCESSED", "1026602336727"),),
                (VisitSeen("77-2", date(2026, 1, 20), "1026602336727"),),
            ),
            Certificate("9876543210", date(2026, 1, 2), CertificateStatus.SERVICE, "1026602336727", "ЦГБ"),
        )
    )


@pytest.mark.parametrize("text", ["<ers/>", "<ers> </ers>"])
def test_a_woman_without_certificates(text: str) -> None:
    assert read("getErsData", text) == ErsData(())


def test_empty_lists() -> None:
    answer = read("getErsData", f"<ers>{ers(rest='<tickets/><visits/>')}</ers>")
    assert isinstance(answer, ErsData)
    assert (answer.certificates[0].tickets, answer.certificates[0].visits) == ((), ())


@pytest.mark.parametrize(
    "text",
    [
        "",
        f"<requestId>{ID}</requestId>",
        f"<requestId>{ID}</requestId><status/>",
        f"<requestId>{ID}</requestId><status>DONE</status>",
        "<requestId>1</requestId><status>REGISTERED</status>",
        f"<status>REGISTERED</status><requestId>{ID}</requestId>",
        f"<requestId>{ID}</requestId><status>REGISTERED</status><more/>",
        f"<requestId>{ID}</requestId><status xmlns=''>REGISTERED</status>",
    ],
)
def test_no_answer(text: str) -> None:
    with pytest.raises(MessageError):
        read("putVisit", text)


def test_another_namespace_is_no_answer() -> None:
    with pytest.raises(MessageError):
        read("putVisit", f"<requestId>{ID}</requestId><status>REGISTERED</status>", "urn:another")


def test_the_answer_to_another_operation_is_no_answer() -> None:
    body = etree.fromstring(
        f'<Body><putVisitResponse xmlns="{ERS}"><requestId>{ID}</requestId><status>REGISTERED</status></putVisitResponse></Body>'
    )
    with pytest.raises(MessageError):
        BINDING.read(body, "createErs")


def certificate(number: str, snils: str | None) -> Certificate:
    return Certificate(number, date(2026, 1, 2), CertificateStatus.OPEN, None, snils=snils)


@pytest.mark.parametrize(
    ("answer", "question", "expected"),
    [
        (Result(ID, RequestStatus.PROCESSED, None, ()), ID.upper(), True),
        (Result(ID, RequestStatus.PROCESSED, None, ()), ID[::-1], False),
        (ErsData(()), "11223344595", True),
        (ErsData((certificate("0123456789", "11223344595"),)), "11223344595", True),
        (ErsData((certificate("0123456789", None),)), "11223344595", True),
        (ErsData((certificate("0123456789", "08765430200"),)), "11223344595", False),
        (ErsData((certificate("0123456789", "08765430200"),)), "0123456789", True),
        (ErsData((certificate("0123456780", None),)), "0123456789", False),
        (ErsData((certificate("1", "11223344595"), certificate("2", "08765430200"))), "11223344595", False),
    ],
)
def test_an_answer_belongs_to_its_question(answer: Answer, question: str, expected: bool) -> None:
    assert answers.is_about(answer, question) is expected
