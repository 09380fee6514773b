"""The table of outcomes row by row, over real sockets; nothing is ever sent twice, and nothing unsigned is believed."""

from __future__ import annotations

import gzip
import socket
import threading
from collections.abc import Callable

import pytest

from ers_sync.fss.answers import RequestStatus, Result
from ers_sync.fss.outcomes import Outcome
from ers_sync.fss.xml import ERS, SOAP

from .support import MOMENT, REQUEST_ID, Caller, Fund, Server, http, result, soap_fault


def test_an_answer(caller: Caller, server: Server, fund: Fund) -> None:
    signed = fund.signed(result())
    wire = fund.sealed(signed)
    server.reply(http(200, wire))
    exchange = caller.send(server.url)
    assert exchange.outcome is Outcome.ANSWERED
    assert exchange.answer == Result(REQUEST_ID, RequestStatus.PROCESSED, "0123456789", ())
    assert (exchange.http_status, exchange.operation) == (200, "getResultById")
    assert exchange.host == f"127.0.0.1:{server.port}"
    assert exchange.started <= exchange.ended
    assert (exchange.answer_wire, exchange.answer_signed) == (wire, signed)


def test_what_goes_out(caller: Caller, server: Server, fund: Fund) -> None:
    server.reply(http(200, fund.answer(result())))
    prepared = caller.question()
    exchange = caller.client.send(prepared, endpoint=server.url, moment=MOMENT)
    (request,) = server.requests
    assert request.head.startswith("POST /ers HTTP/1.1\r\n")
    assert request.header("Content-Type") == "text/xml; charset=UTF-8"
    assert request.header("SOAPAction") == f'"{ERS}/getResultById"'
    assert request.body == exchange.request_wire
    assert fund.open(request.body) == prepared.signed


def test_the_same_signed_bytes_go_out_again(caller: Caller, server: Server, fund: Fund) -> None:
    server.reply(http(503))
    prepared = caller.question()
    for _ in range(2):
        caller.client.send(prepared, endpoint=server.url, moment=MOMENT)
    first, second = server.requests
    assert first.body != second.body  # encrypted anew
    assert fund.open(first.body) == fund.open(second.body) == prepared.signed


STATUSES = [
    (400, b"", Outcome.NOT_ACCEPTED),
    (404, b"<html>no</html>", Outcome.NOT_ACCEPTED),
    (403, b"", Outcome.THROTTLED),
    (429, b"", Outcome.THROTTLED),
    (500, b"<html>oops</html>", Outcome.PERHAPS_ACCEPTED),
    (502, b"<html>bad gateway</html>", Outcome.PERHAPS_ACCEPTED),
    (503, b"", Outcome.PERHAPS_ACCEPTED),
    (504, b"", Outcome.PERHAPS_ACCEPTED),
    (200, b"", Outcome.PERHAPS_ACCEPTED),
    (200, b"<html>maintenance</html>", Outcome.PERHAPS_ACCEPTED),
    (204, b"", Outcome.PERHAPS_ACCEPTED),
    (401, b"", Outcome.PERHAPS_ACCEPTED),
]


@pytest.mark.parametrize(("status", "body", "expected"), STATUSES)
def test_statuses(caller: Caller, server: Server, status: int, body: bytes, expected: Outcome) -> None:
    server.reply(http(status, body, "text/html"))
    exchange = caller.send(server.url)
    assert (exchange.outcome, exchange.http_status, exchange.answer) == (expected, status, None)
    assert exchange.answer_wire == body
    assert exchange.request_wire is not None
    assert len(server.requests) == 1


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_redirects_are_not_followed(caller: Caller, server: Server, status: int) -> None:
    server.reply(http(status, b"", "text/html", f"Location: {server.url}/elsewhere"))
    assert caller.send(server.url).outcome is Outcome.PERHAPS_ACCEPTED
    assert len(server.requests) == 1


@pytest.mark.parametrize("status", [403, 429])
@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        (["Retry-After: 30"], 30.0),
        (["Retry-After: Mon, 02 Mar 2026 09:01:00 GMT", "Date: Mon, 02 Mar 2026 09:00:00 GMT"], 60.0),
        ([], None),
    ],
)
def test_asked_too_often(
    caller: Caller, server: Server, status: int, headers: list[str], seconds: float | None
) -> None:
    server.reply(http(status, b"", "text/plain", *headers))
    exchange = caller.send(server.url)
    assert (exchange.outcome, exchange.retry_after) == (Outcome.THROTTLED, seconds)


FAULTS = [
    ("digitalSignFault", Outcome.SIGNATURE_FAULT),
    ("decryptFault", Outcome.NOT_ACCEPTED),
    ("invalidDataFault", Outcome.INVALID_DATA_FAULT),
    ("internalFault", Outcome.PERHAPS_ACCEPTED),
    ("tmsFault", Outcome.PERHAPS_ACCEPTED),
    ("someFault", Outcome.PERHAPS_ACCEPTED),
]


@pytest.mark.parametrize(("kind", "expected"), FAULTS)
@pytest.mark.parametrize("status", [200, 500])
def test_faults(caller: Caller, server: Server, kind: str, expected: Outcome, status: int) -> None:
    server.reply(http(status, soap_fault(kind)))
    exchange = caller.send(server.url)
    assert (exchange.outcome, exchange.answer) == (expected, None)
    if kind != "someFault":
        assert (exchange.fault_code, exchange.fault_text) == ("E_0100", "Ошибка")


@pytest.mark.parametrize(("kind", "expected"), FAULTS)
def test_a_fault_inside_a_signed_answer(
    caller: Caller, server: Server, fund: Fund, kind: str, expected: Outcome
) -> None:
    fault = soap_fault(kind).decode().partition("<s:Body>")[2].partition("</s:Body>")[0]
    server.reply(http(200, fund.answer(fault.replace("<s:Fault>", f'<s:Fault xmlns:s="{SOAP}">', 1))))
    assert caller.send(server.url).outcome is expected


def unverifiable(fund: Fund, case: str) -> bytes:
    right = fund.signed(result())
    return {
        "signed but not encrypted": right,
        "plain": f'<s:Envelope xmlns:s="{SOAP}"><s:Body>{result()}</s:Body></s:Envelope>'.encode(),
        "encrypted but not signed": fund.sealed(
            f'<s:Envelope xmlns:s="{SOAP}"><s:Header/><s:Body>{result()}</s:Body></s:Envelope>'.encode()
        ),
        "another's signature": fund.sealed(fund.signed(result(), by=fund.stranger)),
        "our own signature": fund.sealed(fund.signed(result(), by=fund.hospital)),
        "changed after signing": fund.sealed(right.replace(b"PROCESSED", b"REGISTERED")),
        "encrypted for another": fund.sealed(right, to=fund.stranger),
        "another requestId": fund.answer(result(REQUEST_ID.replace("0a", "0b"))),
        "another operation": fund.answer(result().replace("getResultById", "putVisit")),
        "against the schema": fund.answer(result(status="DONE")),
        "no XML inside": fund.sealed(b"PROCESSED"),
        "not SOAP": b"<ok/>",
    }[case]


@pytest.mark.parametrize(
    "case",
    [
        "signed but not encrypted",
        "plain",
        "encrypted but not signed",
        "another's signature",
        "our own signature",
        "changed after signing",
        "encrypted for another",
        "another requestId",
        "another operation",
        "against the schema",
        "no XML inside",
        "not SOAP",
    ],
)
def test_answers_that_prove_nothing(caller: Caller, server: Server, fund: Fund, case: str) -> None:
    wire = unverifiable(fund, case)
    server.reply(http(200, wire))
    exchange = caller.send(server.url)
    assert (exchange.outcome, exchange.answer) == (Outcome.UNVERIFIABLE, None), exchange.fault_text
    assert exchange.fault_text
    assert exchange.answer_wire == wire


@pytest.mark.parametrize("body", [b"<!DOCTYPE x><x/>", b"<a>" * 100, b"\x00\x01", "<a/>".encode("utf-16")])
def test_what_is_no_xml_is_perhaps_accepted(caller: Caller, server: Server, body: bytes) -> None:
    server.reply(http(200, body))
    assert caller.send(server.url).outcome is Outcome.PERHAPS_ACCEPTED


def test_a_compressed_body_is_not_unpacked(caller: Caller, server: Server, fund: Fund) -> None:
    """We ask for none, and a bomb of a few KB would take all memory."""
    body = gzip.compress(fund.answer(result()))
    server.reply(http(200, body, "text/xml", "Content-Encoding: gzip"))
    exchange = caller.send(server.url)
    assert (exchange.outcome, exchange.answer_wire) == (Outcome.PERHAPS_ACCEPTED, body)
    assert server.requests[0].header("Accept-Encoding") == "identity"


def test_cookies_are_not_kept(caller: Caller, server: Server, fund: Fund) -> None:
    """A name that is new with every answer would fill the memory, and the header of every request."""
    server.reply(http(200, fund.answer(result()), "text/xml", "Set-Cookie: a=b; Path=/"))
    for _ in range(2):
        assert caller.send(server.url).outcome is Outcome.ANSWERED
    assert [request.header("Cookie") for request in server.requests] == [None, None]


def test_every_exchange_has_a_connection_of_its_own(caller: Caller, server: Server, fund: Fund) -> None:
    """A connection that idles may be closed by the Fund just when the next request goes out."""

    def handle(connection: socket.socket) -> None:
        while server.read(connection) is not None:
            connection.sendall(http(200, fund.answer(result())))

    server.handler = handle
    for _ in range(3):
        assert caller.send(server.url).outcome is Outcome.ANSWERED
    assert len(server.connections) == 3
    assert [request.header("Connection") for request in server.requests] == ["close"] * 3


def test_many_threads_one_client(make_caller: Callable[..., Caller], server: Server, fund: Fund) -> None:
    """Every thread gets the answer to its own question."""

    def handle(connection: socket.socket) -> None:
        while (request := server.read(connection)) is not None:
            asked = fund.open(request.body).decode().partition("requestId>")[2].partition("<")[0]
            connection.sendall(http(200, fund.answer(result(asked))))

    server.handler = handle
    caller = make_caller()
    outcomes: list[tuple[Outcome, bool]] = []

    def work(number: int) -> None:
        for turn in range(5):
            request_id = f"{number:08d}-0000-0000-0000-{turn:012d}"
            exchange = caller.client.send(caller.question(request_id), endpoint=server.url, moment=MOMENT)
            own = isinstance(exchange.answer, Result) and exchange.answer.request_id == request_id
            outcomes.append((exchange.outcome, own))

    threads = [threading.Thread(target=work, args=(number,)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert outcomes == [(Outcome.ANSWERED, True)] * 30
