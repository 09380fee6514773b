"""When a full compare may pass over a pregnancy: nothing of it is under way, and until when time alone changes nothing.

Every rule that knows the time compares it with a date of РАМ's rows, or with one that a fixed span leads to: `closed_days` from the day
on which the pregnancy was closed, `AFTER_LMP` from its beginning. They all are here, whatever rule looks at them. (Contracts, brakes and
deadlines matter to requests that are not finished; a pregnancy that has one is never passed over.)
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields
from datetime import UTC, date, datetime, timedelta

from ers_sync.domain.chronology import lmp
from ers_sync.domain.content import Kind
from ers_sync.domain.facts import Facts
from ers_sync.domain.matching import AFTER_LMP
from ers_sync.domain.model import Case, Child, Exam, Outcome, Patient, Pregnancy
from ers_sync.domain.plan import Plan
from ers_sync.domain.rules import Rules
from ers_sync.domain.scope import as_of
from ers_sync.domain.states import State

DAY = timedelta(days=1)
FINISHED = frozenset({State.DONE, State.CANCELLED, State.ANNULLED})


def at_rest(case: Case, facts: Facts, plan: Plan) -> bool:
    """Tell whether all that the pregnancy called for is finished: nothing was to be done, and nothing of it waits.

    A visit whose exam is not among the rows is counted as missing at every compare, and one that was sent for another pregnancy moves
    without this one: neither is at rest.
    """
    exams = {f"exam:{exam.id}" for exam in case.exams}
    return not plan.changes and all(
        request.state in FINISHED
        and request.pregnancy_id == case.pregnancy.id
        and (request.kind is not Kind.PUT_VISIT or request.state is not State.DONE or request.source in exams)
        for request in facts.requests
    )


def holds_until(case: Case, rules: Rules, now: datetime) -> date:
    """Return the first day (UTC) on which the pregnancy, worked out at `now`, may call for something else although no row has changed.

    `case` has all its rows, those of the future too. Hospitals' local days are a day from UTC's at most, so a date that is near counts
    as one that comes: then it is a day that has passed already.
    """
    today = now.astimezone(UTC).date()
    coming = (day for day in _turning_days(case, rules, now) if day >= today - DAY)
    return min(coming, default=date.max) - DAY


def _turning_days(case: Case, rules: Rules, now: datetime) -> Iterator[date]:
    rows: list[Pregnancy | Patient | Exam | Outcome | Child] = [
        case.pregnancy,
        *case.exams,
        *case.outcomes,
        *case.children,
    ]
    for row in [*rows, case.patient] if case.patient else rows:
        for each in fields(row):
            value = getattr(row, each.name)
            if isinstance(value, date):
                yield value.date() if isinstance(value, datetime) else value
    if case.pregnancy.closed_on:
        yield _after(case.pregnancy.closed_on, timedelta(days=rules.closed_days) + DAY)
    start = lmp(as_of(case, rules, now))
    if start:
        yield _after(start, AFTER_LMP + 2 * DAY)  # the Fund is asked about her for a day longer


def _after(day: date, span: timedelta) -> date:
    return day + span if date.max - day > span else date.max
