"""The Fund is away: the tap closes, probes grow rare, one message is no outage, and afterwards nobody is trampled on or starved."""

from __future__ import annotations

import logging
from dataclasses import replace
from itertools import pairwise

import pytest

from ers_sync.exchange import pacing, posting
from ers_sync.fss.outcomes import Outcome
from ers_sync.stand.line import update
from tests.faults.conftest import OpenLine
from tests.faults.support import JOBS, cases_of, later, ready_case, ready_cases, settle


def _told(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [record.message for record in caplog.records if record.message.startswith("outage.")]


def test_three_days_are_told_twice_and_burn_no_attempts(
    open_a_line: OpenLine, caplog: pytest.LogCaptureFixture
) -> None:
    line = open_a_line()
    cases = ready_cases(line, 3, organizations=(1, 2))
    line.fund.behave({"behaviour": "refuse"})
    caplog.set_level(logging.INFO)
    for _ in range(36):
        line.run(*JOBS)
        later(line, hours=2)
    [outage] = line.ledger("select * from ers.outage where ended_at is null")
    assert outage["probes"] >= 35
    assert sum(len(case.exchanges()) for case in cases) <= line.context.config.schedule.submit_workers
    assert _told(caplog) == ["outage.began"]

    line.fund.behave()
    settle(line)

    assert _told(caplog) == ["outage.began", "outage.ended"]
    assert all(case.once() for case in cases)


def test_probes_are_questions_and_grow_rare(open_a_line: OpenLine) -> None:
    line = open_a_line()
    case = ready_case(line)
    line.fund.behave({"behaviour": "http_502"})
    line.run("submit")
    pauses = []
    for _ in range(10):
        later(line, seconds=400)
        before = len(line.ledger("select 1 from ers.exchange"))
        line.run("reconcile")
        assert len(line.ledger("select 1 from ers.exchange")) == before + 1
        line.run("reconcile", "submit", "poll", "pull")  # the next probe is not due yet
        assert len(line.ledger("select 1 from ers.exchange")) == before + 1
        [left] = line.ledger(
            "select extract(epoch from probe_after - now()) as s from ers.outage where ended_at is null"
        )
        pauses.append(float(left["s"]))
    assert pauses[0] < 6
    assert all(before < after for before, after in pairwise(pauses[:6]))
    assert 200 < pauses[-1] <= 375
    assert len(case.exchanges()) == 1
    probes = line.ledger("select distinct operation from ers.exchange where outcome = 'PERHAPS_ACCEPTED'")
    assert {row["operation"] for row in probes} == {"putVisit", "getErsData"}


def test_one_hiccup_is_told_to_nobody(open_a_line: OpenLine, caplog: pytest.LogCaptureFixture) -> None:
    line = open_a_line()
    case = ready_case(line)
    line.fund.behave({"behaviour": "http_502", "operations": ["putVisit"], "count": 1})
    caplog.set_level(logging.INFO)
    settle(line)
    assert _told(caplog) == []
    assert case.once()


def test_retry_after_is_obeyed_by_requests_and_probes(open_a_line: OpenLine) -> None:
    line = open_a_line()
    case = ready_case(line)
    line.fund.behave({"behaviour": "http_429", "seconds": 1000.0})
    line.run("submit")
    assert len(case.exchanges()) == 1
    line.fund.behave({"behaviour": "http_429", "seconds": 5000.0})

    later(line, seconds=990)
    line.run(*JOBS)
    asked = line.ledger("select 1 from ers.exchange where outcome = 'THROTTLED'")
    assert len(asked) == 1
    later(line, seconds=20)
    line.run(*JOBS)  # the probe is throttled too, for longer than the next probe's own pause
    assert len(line.ledger("select 1 from ers.exchange where outcome = 'THROTTLED'")) == 2
    later(line, seconds=4900)
    line.run(*JOBS)
    assert len(line.ledger("select 1 from ers.exchange where outcome = 'THROTTLED'")) == 2

    line.fund.behave()
    settle(line)
    assert case.once()


def test_a_message_that_always_fails_keeps_no_tap_closed_and_does_not_spin(
    open_a_line: OpenLine, caplog: pytest.LogCaptureFixture
) -> None:
    """An annulment that the Fund's gateway answers with 400 is poison; visits go out beside it."""
    line = open_a_line()
    others = cases_of(line, 3)
    poisoned = ready_case(line)
    settle(line)
    line.ram(update("exam", poisoned.id + 2, deleted=True))
    line.fund.behave({"behaviour": "http_400", "operations": ["annulVisit"]})
    caplog.set_level(logging.INFO)
    for _ in range(6):
        later(line, minutes=40)
        line.run(*JOBS)
    assert poisoned.state("annul_visit") == ("READY", None)
    tried = len(poisoned.exchanges("annulVisit"))
    assert 3 <= tried <= 7

    for case in others:
        case.visit()
    line.run(*JOBS)

    assert all(len(case.book()) == 1 for case in others)
    assert _told(caplog) == []
    assert line.ledger("select 1 from ers.outage where ended_at is null") == []
    line.run(*JOBS)
    assert len(poisoned.exchanges("annulVisit")) <= tried + 1
    line.fund.behave()
    settle(line)
    assert poisoned.state() == ("ANNULLED", "deleted")


def test_another_endpoint_takes_over(open_a_line: OpenLine) -> None:
    line = open_a_line()
    case = ready_case(line)
    config = line.context.config
    endpoint = config.fss.endpoints[0]
    dead = endpoint.model_copy(update={"url": "http://127.0.0.1:9/"})
    fss = config.fss.model_copy(update={"endpoints": (dead, endpoint)})
    line.context = replace(line.context, config=config.model_copy(update={"fss": fss}))

    line.run("submit")
    assert [attempt["outcome"] for attempt in case.exchanges()] == ["NOT_ACCEPTED"]
    later(line, minutes=1)
    line.run("submit", "poll")

    assert case.once()
    [outage] = line.ledger("select endpoint, announced from ers.outage where ended_at is null")
    assert outage == {"endpoint": "http://127.0.0.1:9/", "announced": True}


@pytest.mark.parametrize(
    ("since", "rate"),
    [(None, None), (0.0, 10.0), (30.0, 20.0), (60.0, 40.0), (299.0, 9994.0), (300.0, None), (9e9, None)],
)
def test_the_rate_after_an_outage_begins_low_and_doubles(since: float | None, rate: float | None) -> None:
    allowed = pacing.allowed_rate(since)
    assert allowed == (None if rate is None else pytest.approx(rate, rel=0.01))


def test_the_backlog_of_an_outage_is_sent_at_the_bounded_rate(
    open_a_line: OpenLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    line = open_a_line()
    ready_case(line)
    waited: list[float] = []
    monkeypatch.setattr(line.context.stopping, "wait", waited.append)
    line.run("submit")
    assert waited == []
    line.ledger("insert into ers.outage (endpoint, cause, announced, ended_at) values ('x', 'y', true, now())")
    line.run("submit")
    assert waited
    assert all(0.2 < seconds <= 4 / pacing.FIRST_RATE for seconds in waited)


def test_pauses_are_jittered_and_bounded() -> None:
    assert len({posting.pause(3, 2.0, 300.0) for _ in range(20)}) > 10
    assert all(12 <= posting.pause(3, 2.0, 300.0) <= 20 for _ in range(100))
    assert all(225 <= posting.pause(10_000, 2.0, 300.0) <= 375 for _ in range(100))
    assert Outcome.ANSWERED not in posting._FUND_FAILS
