"""Time that ends and time that jumps: the last minutes of a month and of a year, and a ledger whose clock is set."""

from __future__ import annotations

import threading
from datetime import UTC, date, datetime, timedelta

import pytest

from ers_sync.clock import Clock
from ers_sync.config import load
from ers_sync.context import build
from ers_sync.stand.later import pass_time
from ers_sync.stand.line import Line, ogrn
from tests.faults.conftest import OpenLine
from tests.faults.support import JOBS, cases_of, exam, later, ready_cases, settle, until

KINDS = ("1", "2", "3-1", "3-2")


def contracts(last: date) -> dict[str, object]:
    """Contracts that end with a day, and others that begin with the next."""
    first = last + timedelta(days=1)
    old = {"from": "2026-01-01", "to": last.isoformat()}
    new = {"from": first.isoformat(), "to": None}
    each = [{"kind": k, "number": f"{n}-{k}", **days} for k in KINDS for n, days in (("old", old), ("new", new))]
    return {"organizations": [{"ogrn": ogrn(1), "contracts": each}, {"ogrn": ogrn(2), "contracts": each}]}


def set_clock(line: Line, moment: datetime) -> None:
    """Go on with the business clock at a moment, the Fund's too."""
    line.context.close()
    line.context = build(load(line.config), Clock(moment))
    line.fund.set_clock(moment.isoformat())


@pytest.mark.usefixtures("reports_here")
@pytest.mark.parametrize("last", [date(2026, 12, 31), date(2026, 2, 28)], ids=["year", "month"])
def test_what_happens_around_the_last_midnight(open_a_line: OpenLine, last: date) -> None:
    midnight = datetime(last.year, last.month, last.day, 19, tzinfo=UTC)  # in Yekaterinburg
    line = open_a_line(at=midnight - timedelta(minutes=5), seed=contracts(last))
    before, unknown, after = cases_of(line, 3)
    first = last + timedelta(days=1)
    when = {before: f"{last} 23:50", unknown: f"{last} 23:51", after: f"{first} 00:10"}
    line.ram("".join(exam(case.id + 2, case.id, "repeat", 91, examined_at=at) for case, at in when.items()))
    line.run("scan")
    assert line.requests(pregnancy_id=after.id, kind="put_visit") == []  # it has not been yet
    line.ledger("update ers.request set due_at = now() + interval '1 day' where pregnancy_id = :id", id=unknown.id)
    line.run("submit", "report")
    line.ledger("update ers.request set due_at = now() where pregnancy_id = :id", id=unknown.id)
    line.fund.behave({"behaviour": "reset_after", "operations": ["putVisit"]})
    line.run("submit")
    line.fund.behave()
    assert unknown.state()[0] == "UNKNOWN"

    set_clock(line, midnight + timedelta(minutes=20))
    line.run("sweep", "report")
    later(line, hours=25)
    settle(line)

    results = {case: [(entry["operation"], entry["result"], entry["codes"]) for entry in case.book()] for case in when}
    once: tuple[str, str, list[str]] = ("putVisit", "PROCESSED", [])
    # what is of unknown fate goes out again as it was signed, under the contract that has ended; only then it is signed anew
    assert results == {before: [once], unknown: [("putVisit", "PROCESSING_ERROR", ["1204"]), once], after: [once]}
    named = {case: [b">old-" in bytes(one["signed_request"]) for one in case.exchanges()] for case in when}
    assert named == {before: [True], unknown: [True, True, False], after: [False]}
    assert line.ledger("select 1 from ers.refusal") == []  # nothing is held against the contract of the new year
    assert [case.row()["content"]["visit_date"] for case in when] == [str(last), str(last), str(first)]
    days = {path.parent for path in line.context.config.reports.dir.glob("*/*/*/*.xlsx")}
    assert {"/".join(day.parts[-3:]) for day in days} == {f"{day:%Y/%m/%d}" for day in (last, first)}


@pytest.mark.parametrize("step", [timedelta(hours=1), timedelta(days=1)], ids=["an hour", "a day"])
@pytest.mark.parametrize("direction", [1, -1], ids=["forward", "back"])
def test_a_ledgers_clock_that_is_set_loses_nothing_and_doubles_nothing(
    line: Line, step: timedelta, direction: int
) -> None:
    """One request in every state that waits by the ledger's clock; set back, it waits as much longer."""
    ready, sending, unknown, registered = ready_cases(line, 4)

    def submit_only(case: object) -> None:
        others = [one.id for one in (ready, sending, unknown, registered) if one is not case]
        line.ledger("update ers.request set due_at = now() + interval '1 hour' where pregnancy_id = any(:o)", o=others)
        line.ledger("update ers.request set due_at = now() where not pregnancy_id = any(:o)", o=others)
        line.run("submit")

    submit_only(registered)
    line.fund.behave({"behaviour": "reset_after", "operations": ["putVisit"], "accept": True})
    submit_only(unknown)
    line.ledger("update ers.outage set ended_at = now() where ended_at is null")
    line.fund.behave({"behaviour": "slow", "seconds": 1.5, "operations": ["putVisit"]})
    sender = threading.Thread(target=submit_only, args=(sending,))
    sender.start()
    until(lambda: sending.state()[0] == "SENDING", "the attempt under way")
    assert [case.state()[0] for case in (ready, unknown, registered)] == ["READY", "UNKNOWN", "REGISTERED"]

    pass_time(line.context.ledger, direction * step)
    line.run(*JOBS)
    line.fund.behave()
    sender.join()
    if direction < 0:
        later(line, seconds=step.total_seconds())
    settle(line)

    assert all(case.once() for case in (ready, sending, unknown, registered))
