"""Every behaviour of the table as it arrives: what the client makes of it, and whether the put was taken in."""

from __future__ import annotations

import json
import socket
import time
from typing import Any
from urllib.parse import urlsplit

import pytest

from ers_sync.domain.content import Kind
from ers_sync.fss.answers import Registered
from ers_sync.fss.client import Exchange
from ers_sync.fss.outcomes import Outcome
from ers_sync.fss.transport import Transport, TransportSettings
from ers_sync.stand.fund.behaviours import BEHAVIOURS
from ers_sync.stand.fund.process import FundError

from .fund_support import MOMENT, Hospital

PERHAPS = Outcome.PERHAPS_ACCEPTED
EXPECTED: dict[str, tuple[Outcome, int | None, bool]] = {
    "refuse": (Outcome.NOT_ACCEPTED, None, False),
    "reset_before": (PERHAPS, None, False),
    "reset_within": (PERHAPS, None, False),
    "reset_after": (PERHAPS, None, False),
    "drop_answer": (PERHAPS, None, True),
    "never_answer": (PERHAPS, None, False),
    "http_400": (Outcome.NOT_ACCEPTED, 400, False),
    "http_403": (Outcome.THROTTLED, 403, False),
    "http_404": (Outcome.NOT_ACCEPTED, 404, False),
    "http_429": (Outcome.THROTTLED, 429, False),
    "http_500": (PERHAPS, 500, False),
    "http_502": (PERHAPS, 502, False),
    "http_503": (PERHAPS, 503, False),
    "empty_200": (PERHAPS, 200, True),
    "html_200": (PERHAPS, 200, False),
    "garbage": (PERHAPS, 200, True),
    "fault_internal": (PERHAPS, 500, False),
    "fault_signature": (Outcome.SIGNATURE_FAULT, 500, False),
    "fault_decrypt": (Outcome.NOT_ACCEPTED, 500, False),
    "fault_tms": (PERHAPS, 500, False),
    "fault_invalid_data": (Outcome.INVALID_DATA_FAULT, 500, False),
    "slow": (PERHAPS, None, True),
    "drip": (PERHAPS, None, True),
    "truncated": (PERHAPS, None, True),
    "wrong_request_id": (Outcome.ANSWERED, 200, True),
    "unsigned": (Outcome.UNVERIFIABLE, 200, True),
    "foreign_key": (Outcome.UNVERIFIABLE, 200, True),
    "unencrypted": (Outcome.UNVERIFIABLE, 200, True),
    "undecryptable": (Outcome.UNVERIFIABLE, 200, True),
    "late_processing": (Outcome.ANSWERED, 200, True),
}


def hasty(hospital: Hospital) -> Hospital:
    """The same hospital with less patience than the silence, the slow answer and the drip last."""
    hospital.transport.close()
    hospital.transport = Transport(TransportSettings(connect=1, read=1, write=1, total=2))
    hospital.client._transport = hospital.transport
    return hospital


def put(hospital: Hospital, name: str) -> Exchange:
    return hospital.put(Kind.PUT_VISIT, visit_id=name)


def test_the_table_is_whole() -> None:
    assert set(EXPECTED) == set(BEHAVIOURS)


@pytest.mark.parametrize("name", EXPECTED)
def test_behaviour(tenant: Hospital, name: str) -> None:
    outcome, status, accepted = EXPECTED[name]
    if status is None:
        hasty(tenant)
    before = tenant.fund.loaded()
    tenant.fund.behave({"behaviour": name, "seconds": 5, "operations": ["putVisit"]})
    exchange = put(tenant, name)
    assert (exchange.outcome, exchange.http_status) == (outcome, status)
    assert tenant.fund.loaded() - before == accepted
    tenant.fund.behave()
    assert put(tenant, f"{name} again").outcome is Outcome.ANSWERED


@pytest.mark.parametrize("accept", [True, False])
def test_whether_it_is_served_can_be_chosen(tenant: Hospital, accept: bool) -> None:
    before = tenant.fund.loaded()
    tenant.fund.behave({"behaviour": "http_502", "accept": accept})
    assert put(tenant, f"chosen {accept}").http_status == 502
    assert tenant.fund.loaded() - before == accept


def test_retry_after(tenant: Hospital) -> None:
    tenant.fund.behave({"behaviour": "http_429", "seconds": 7, "count": 1}, {"behaviour": "http_503"})
    assert [put(tenant, "throttled").retry_after for _ in range(2)] == [7.0, None]


def test_the_wrong_request_id_is_nobodys(tenant: Hospital) -> None:
    tenant.fund.behave({"behaviour": "wrong_request_id", "count": 1})
    wrong = put(tenant, "wrong id").answer
    assert isinstance(wrong, Registered)
    assert wrong.request_id not in {line["request_id"] for line in tenant.fund.book()}
    assert tenant.result(Kind.PUT_VISIT, wrong.request_id).fault_code == "E_NOT_FOUND"


def test_a_slow_answer_is_the_right_one(tenant: Hospital) -> None:
    tenant.fund.behave({"behaviour": "slow", "seconds": 0.3})
    started = time.monotonic()
    assert put(tenant, "slow").outcome is Outcome.ANSWERED
    assert time.monotonic() - started >= 0.3


def test_only_the_operations_of_the_rule(tenant: Hospital) -> None:
    tenant.fund.behave({"behaviour": "http_500", "operations": ["getErsData"]})
    assert put(tenant, "other operation").outcome is Outcome.ANSWERED
    asked = tenant.client.ask(tenant.sender(), ers_identifier="5500000001", moment=MOMENT)
    assert tenant.client.send(asked, endpoint=tenant.fund.url, moment=MOMENT).http_status == 500
    assert tenant.fund.rules()[0]["used"] == 1


def test_a_refusing_fund_cuts_what_is_open(tenant: Hospital) -> None:
    """A kept-alive connection must not outlive the outage."""
    host = urlsplit(tenant.fund.url)
    with socket.create_connection((host.hostname, host.port), timeout=5) as kept:
        kept.sendall(b"GET / HTTP/1.1\r\nHost: fund\r\n\r\n")
        assert kept.recv(65536).startswith(b"HTTP/1.1 405")
        tenant.fund.behave({"behaviour": "refuse"})
        assert kept.recv(65536) == b""
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection((host.hostname, host.port))
    tenant.fund.behave()
    assert put(tenant, "after").outcome is Outcome.ANSWERED


def raw(hospital: Hospital, sent: bytes, announced: int) -> bytes | type[ConnectionResetError]:
    """Send a part of a request, and return what comes back, or that it was a reset."""
    host = urlsplit(hospital.fund.url)
    head = f"POST / HTTP/1.1\r\nHost: fund\r\nSOAPAction: putVisit\r\nContent-Length: {announced}\r\n\r\n".encode()
    with socket.create_connection((host.hostname, host.port), timeout=5) as connection:
        connection.sendall(head + sent)
        try:
            return connection.recv(65536)
        except ConnectionResetError:
            return ConnectionResetError


@pytest.mark.parametrize(
    ("name", "sent"), [("reset_before", 0), ("reset_within", 500), ("reset_after", 1000), ("drop_answer", 1000)]
)
def test_a_reset_is_a_reset_and_comes_when_it_says(tenant: Hospital, name: str, sent: int) -> None:
    tenant.fund.behave({"behaviour": name})
    assert raw(tenant, b"x" * sent, 1000) is ConnectionResetError


def test_a_truncated_answer_ends_in_order(tenant: Hospital) -> None:
    tenant.fund.behave({"behaviour": "truncated"})
    answer = raw(tenant, b"x" * 10, 10)
    assert isinstance(answer, bytes)
    head, _, body = answer.partition(b"\r\n\r\n")
    announced = next(int(line.split(b":")[1]) for line in head.split(b"\r\n") if line.startswith(b"Content-Length"))
    assert len(body) == announced // 2


@pytest.mark.parametrize(
    "rule", [{"behaviour": "explode"}, {"behaviour": "slow", "operations": ["all"]}, {"seconds": 1}]
)
def test_a_wrong_rule_is_refused(tenant: Hospital, rule: dict[str, Any]) -> None:
    with pytest.raises(FundError):
        tenant.fund.behave(rule)
    assert json.dumps(tenant.fund.rules()) == "[]"
