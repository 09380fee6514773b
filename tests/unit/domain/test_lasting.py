"""Until when time alone changes nothing of a pregnancy at rest: random rows, random days, and the edge of every date that counts."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ers_sync.domain import plan
from ers_sync.domain.content import Kind
from ers_sync.domain.lasting import at_rest, holds_until
from ers_sync.domain.model import Case
from ers_sync.domain.plan import Plan
from ers_sync.domain.scope import as_of
from ers_sync.domain.states import State
from tests.unit.domain.build import (
    LMP,
    NOW,
    at,
    case,
    child,
    exam,
    outcome,
    patient,
    primary,
    request,
    rules,
    site,
)
from tests.unit.domain.memory import Memory

TODAY = (NOW.date() - LMP).days  # of gestation, by `build.LMP`
MOST_DAYS = 800
CLOCKS = ("10:00", "15:00")  # before and after the time of NOW

_DAYS = st.integers(0, TODAY + 40) | st.integers(TODAY - 2, TODAY + 3)  # some of them are yet to come, some about now
_EXAMS = st.lists(_DAYS, max_size=4).map(
    lambda days: [exam(11 + n, days, examined_at=at(days, CLOCKS[days % 2])) for n, days in enumerate(days)]
)
_PRIMARY = st.none() | _DAYS.map(lambda days: primary(10, days, gestation_days=days % 300))
_OUTCOME = st.none() | _DAYS.map(outcome)
_DATES = (st.integers(-200, 200) | st.integers(-2, 3)).map(lambda days: NOW.date() + timedelta(days=days))
_CHILD = st.none() | st.none() | _DATES.map(lambda day: child(watch_end=day))
_CLOSED = st.none() | st.none() | _DATES
_CARD = st.none() | st.none() | _DATES


@st.composite
def cases(draw: st.DrawFn) -> Case:
    """Return a pregnancy with rows of the past and the future."""
    rows = [*draw(_EXAMS), draw(_PRIMARY), draw(_OUTCOME), draw(_CHILD)]
    card = patient(id_doc_issue_date=day) if (day := draw(_CARD)) else patient()
    return case(*(row for row in rows if row is not None), patient=card, closed_on=draw(_CLOSED))


def worked_out(memory: Memory, of: Case, now: datetime) -> Plan:
    seen = as_of(of, rules(), now)
    return plan.work_out(seen, memory.facts(seen), site(now=now))


def finished(of: Case) -> Memory:
    """Return a ledger in which all that can go out by now has gone and was processed."""
    memory, seen = Memory(), as_of(of, rules(), NOW)
    for _ in range(10):
        memory.work_out(seen, site())
        ready = [r.id for r in memory.requests.values() if r.state is State.READY]
        for id_ in ready:
            memory.send(id_)
            memory.move(id_, State.REGISTERED)
            memory.process(id_)
        if not ready:
            return memory
    raise AssertionError("never at rest")


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(cases(), st.lists(st.integers(0, 72) | st.integers(0, MOST_DAYS * 24), min_size=1, max_size=12))
def test_until_then_working_out_again_gives_the_same(of: Case, hours: list[int]) -> None:
    memory, seen = finished(of), as_of(of, rules(), NOW)
    before = worked_out(memory, of, NOW)
    if not at_rest(seen, memory.facts(seen), before):
        return
    until = holds_until(of, rules(), NOW)
    for moment in (NOW + timedelta(hours=n) for n in hours):
        if moment.astimezone(UTC).date() < until:
            assert worked_out(memory, of, moment) == before


@pytest.mark.parametrize(
    ("of", "until"),
    [
        (case(primary()), LMP + timedelta(days=310 + 2)),
        (case(primary(), exam(11, TODAY + 5)), at(TODAY + 5).date()),
        (case(primary(), outcome(TODAY + 5)), at(TODAY + 5).date()),
        (case(primary(), exam(11, TODAY), outcome(TODAY)), NOW.date()),
        (case(primary(), exam(11, TODAY - 1)), at(TODAY - 1).date()),
        (case(primary(), exam(11, TODAY - 2)), LMP + timedelta(days=310 + 2)),
        (case(primary(), closed_on=NOW.date() - timedelta(days=56)), NOW.date() + timedelta(days=60 + 1 - 56)),
        (case(primary(), child(watch_end=date(2026, 3, 7))), date(2026, 3, 7)),
        (case(primary(), patient=patient(id_doc_issue_date=date(2026, 3, 6))), date(2026, 3, 6)),
        (case(primary(), closed_on=date.max), LMP + timedelta(days=310 + 2)),
        (case(exam(11, 100, gestation_days=None)), date.max),
        (case(patient=None), date.max),
    ],
    ids=[
        "over",
        "exam",
        "outcome",
        "today",
        "yesterday",
        "the day before",
        "closed",
        "watch_end",
        "card",
        "end of time",
        "no beginning",
        "no card",
    ],
)
def test_the_next_day_that_counts(of: Case, until: date) -> None:
    assert holds_until(of, rules(), NOW) == until - timedelta(days=1)


VISIT: dict[str, Any] = {"kind": Kind.PUT_VISIT, "subject": "exam:11", "source": "exam:11"}


@pytest.mark.parametrize(
    ("changed", "rests"),
    [
        ({}, True),
        *[({"state": state}, state in {State.DONE, State.CANCELLED, State.ANNULLED}) for state in State],
        ({"pregnancy_id": 8}, False),
        ({"source": "exam:12"}, False),
    ],
    ids=str,
)
def test_what_is_at_rest(changed: dict[str, Any], rests: bool) -> None:
    of, memory = case(primary(), exam(11, 100)), Memory()
    memory.requests = {100: replace(request(**VISIT), **changed)}
    assert at_rest(of, memory.facts(of) if "source" not in changed else _all(memory, of), Plan((), None, ())) is rests


def _all(memory: Memory, of: Case) -> Any:
    return replace(memory.facts(of), requests=list(memory.requests.values()))


def test_what_is_to_be_done_does_not_rest() -> None:
    of = case(primary())
    todo = worked_out(Memory(), of, NOW)
    assert todo.changes
    assert not at_rest(of, Memory().facts(of), todo)
