"""Every way in which the Fund can fail a put, on the real line: where it leaves the request, and that the visit stands once at the end."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from dataclasses import dataclass, replace
from typing import Any

import pytest

from ers_sync import decisions
from ers_sync.fss.given import GivenIds
from ers_sync.fss.transport import Reply
from ers_sync.stand.fund.behaviours import BEHAVIOURS
from ers_sync.stand.line import Line
from tests.faults.support import Case, cases_of, later, ready_case, settle

pytestmark = pytest.mark.timeout(900)  # the fixture does the work of all tests

SURELY_NOT = "READY"
PERHAPS = "UNKNOWN"
# behaviour, further values of its rule, state after the attempt, outcome on record, whether the tap is closed
TABLE: list[tuple[str, dict[str, Any], str, str, bool]] = [
    ("refuse", {}, SURELY_NOT, "NOT_ACCEPTED", True),
    ("reset_before", {}, PERHAPS, "PERHAPS_ACCEPTED", True),
    ("reset_within", {}, PERHAPS, "PERHAPS_ACCEPTED", True),
    ("reset_after", {}, PERHAPS, "PERHAPS_ACCEPTED", True),
    ("reset_after", {"accept": True}, PERHAPS, "PERHAPS_ACCEPTED", True),
    ("drop_answer", {}, PERHAPS, "PERHAPS_ACCEPTED", True),
    ("never_answer", {}, PERHAPS, "PERHAPS_ACCEPTED", True),
    ("never_answer", {"accept": True}, PERHAPS, "PERHAPS_ACCEPTED", True),
    ("http_400", {}, SURELY_NOT, "NOT_ACCEPTED", True),
    ("http_403", {"seconds": 30.0}, SURELY_NOT, "THROTTLED", True),
    ("http_404", {}, SURELY_NOT, "NOT_ACCEPTED", True),
    ("http_429", {"seconds": 30.0}, SURELY_NOT, "THROTTLED", True),
    ("http_500", {}, PERHAPS, "PERHAPS_ACCEPTED", True),
    ("http_502", {}, PERHAPS, "PERHAPS_ACCEPTED", True),
    ("http_502", {"accept": True}, PERHAPS, "PERHAPS_ACCEPTED", True),
    ("http_503", {"seconds": 30.0}, PERHAPS, "PERHAPS_ACCEPTED", True),
    ("empty_200", {}, PERHAPS, "PERHAPS_ACCEPTED", True),
    ("html_200", {}, PERHAPS, "PERHAPS_ACCEPTED", True),
    ("garbage", {}, PERHAPS, "PERHAPS_ACCEPTED", True),
    ("fault_internal", {}, PERHAPS, "PERHAPS_ACCEPTED", True),
    ("fault_internal", {"accept": True}, PERHAPS, "PERHAPS_ACCEPTED", True),
    ("fault_tms", {}, PERHAPS, "PERHAPS_ACCEPTED", True),
    ("fault_decrypt", {}, SURELY_NOT, "NOT_ACCEPTED", True),
    ("fault_signature", {}, "HELD", "SIGNATURE_FAULT", False),
    ("fault_invalid_data", {}, "QUARANTINED", "INVALID_DATA_FAULT", False),
    ("slow", {"seconds": 0.3}, "REGISTERED", "ANSWERED", False),
    ("slow", {"seconds": 8.0}, PERHAPS, "PERHAPS_ACCEPTED", True),
    ("drip", {"seconds": 8.0}, PERHAPS, "PERHAPS_ACCEPTED", True),
    ("truncated", {}, PERHAPS, "PERHAPS_ACCEPTED", True),
    ("wrong_request_id", {}, "REGISTERED", "ANSWERED", False),
    ("unsigned", {}, PERHAPS, "UNVERIFIABLE", True),
    ("foreign_key", {}, PERHAPS, "UNVERIFIABLE", True),
    ("unencrypted", {}, PERHAPS, "UNVERIFIABLE", True),
    ("undecryptable", {}, PERHAPS, "UNVERIFIABLE", True),
    ("late_processing", {"seconds": 0.5}, "REGISTERED", "ANSWERED", False),
]


@dataclass(frozen=True)
class Seen:
    """What an attempt left behind, and what there was at the end."""

    case: Case
    state: str
    attempts: list[dict[str, Any]]
    kept: int | None
    closed: bool
    early: list[dict[str, Any]]


@pytest.fixture(scope="module")
def seen(line: Line) -> list[Seen]:
    """Make one attempt under every row of the table, then let everything come to its end."""
    cases = cases_of(line, len(TABLE))
    found = [_attempt(line, case, {"behaviour": row[0], **row[1]}) for case, row in zip(cases, TABLE, strict=True)]
    later(line, hours=25)
    settle(line)
    for one in found:
        if one.state == "QUARANTINED":
            assert one.case.state() == ("QUARANTINED", "invalid_data_fault")
            decisions.retry(line.context, one.case.row()["id"], "дежурный")
    settle(line)
    return found


def _attempt(line: Line, case: Case, rule: dict[str, Any]) -> Seen:
    case.visit()
    line.run("scan")
    # nobody else goes out under this rule
    line.ledger("update ers.request set due_at = now() + interval '1 day' where pregnancy_id <> :id", id=case.id)
    line.fund.behave({"operations": ["putVisit"], **rule})
    line.run("submit")
    line.fund.behave()
    row, attempts = case.row(), case.exchanges()
    closed = bool(line.ledger("update ers.outage set ended_at = now() where ended_at is null returning id"))
    line.ledger("delete from ers.refusal")
    return Seen(case, row["state"], attempts, row["signed_exchange_id"], closed, case.book())


def test_every_behaviour_of_the_stand_in_is_in_the_table() -> None:
    assert {name for name, *_ in TABLE} == set(BEHAVIOURS)


@pytest.mark.parametrize(
    "number", range(len(TABLE)), ids=[f"{name} {values}" if values else name for name, values, *_ in TABLE]
)
def test_where_an_attempt_leaves_the_request_and_that_the_visit_stands_once(seen: list[Seen], number: int) -> None:
    behaviour, values, state, outcome, closed = TABLE[number]
    one = seen[number]
    accepted = values.get("accept", BEHAVIOURS[behaviour].accepts)

    assert one.state == state
    [attempt] = one.attempts
    assert (attempt["outcome"], attempt["ended_at"] is not None) == (outcome, True)
    # surely unsent: nothing of it is kept; perhaps sent: the very bytes are
    assert one.kept == (attempt["id"] if state in {PERHAPS, "REGISTERED"} else None)
    assert one.closed == closed
    assert accepted or one.early == []

    assert one.case.once(), one.case.book()
    assert one.case.state() == ("DONE", None)
    # sent once more only if it had not arrived, and then with the same bytes
    assert len(one.case.exchanges()) == (1 if accepted else 2)
    assert state != PERHAPS or len({attempt["signed_request"] for attempt in one.case.exchanges()}) == 1


def test_the_answer_of_an_earlier_request_after_a_restart(line: Line, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing in a signed REGISTERED says what was asked; the ledger knows whose the id is, though the program has forgotten it."""
    one, other = cases_of(line, 2)
    one.visit()
    line.run("scan", "submit")
    [earlier] = one.exchanges()
    client = line.context.client
    post = client._transport.post

    def replay(url: str, body: bytes, action: str) -> Reply:
        reply = post(url, body, action)  # the Fund takes the request in
        return replace(reply, body=bytes(earlier["wire_answer"])) if action.endswith("putVisit") else reply

    with monkeypatch.context() as patch:
        patch.setattr(client, "_given", GivenIds())
        patch.setattr(client._transport, "post", replay)
        other.visit()
        line.run("scan", "submit")
        assert other.state() == ("UNKNOWN", None)
    settle(line)
    assert one.once()
    assert other.once()
    assert other.state() == ("DONE", None)


@pytest.fixture
def unreachable(line: Line) -> Iterator[dict[str, str]]:
    """Return addresses at which no connection comes about, by why."""
    with socket.socket() as full, ExitStack() as stack:
        full.bind(("127.0.0.1", 0))
        full.listen(0)
        for _ in range(3):  # the queue is full: who comes now is neither let in nor refused
            waiting = stack.enter_context(socket.socket())
            waiting.setblocking(False)
            with suppress(BlockingIOError):
                waiting.connect(full.getsockname())
        yield {
            "refused": "http://127.0.0.1:9/",
            "no such name": "http://fund.invalid/",
            "no TLS": line.fund.url.replace("http:", "https:"),
            "connect timeout": f"http://127.0.0.1:{full.getsockname()[1]}/",
        }


@pytest.mark.parametrize("why", ["refused", "no such name", "no TLS", "connect timeout"])
def test_a_connection_that_was_never_made_leaves_the_request_as_it_was(
    line: Line, unreachable: dict[str, str], why: str
) -> None:
    case, context = ready_case(line), line.context
    fss = context.config.fss
    elsewhere = fss.endpoints[0].model_copy(update={"url": unreachable[why]})
    changed = fss.model_copy(update={"endpoints": (elsewhere,)})
    line.context = replace(context, config=context.config.model_copy(update={"fss": changed}))

    line.run("submit")
    line.context = context

    row, [attempt] = case.row(), case.exchanges()
    assert (row["state"], row["signed_exchange_id"]) == ("READY", None)
    assert (attempt["outcome"], attempt["http_status"]) == ("NOT_ACCEPTED", None)
    assert line.ledger("select endpoint from ers.outage where ended_at is null") == [{"endpoint": unreachable[why]}]
    assert case.book() == []
    line.ledger("delete from ers.outage")
    settle(line)
    assert case.once()
