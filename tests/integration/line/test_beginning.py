"""Beginning and end: what years of history send, what a woman registered before the start gets, and when a deadline is."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from ers_sync.clock import Clock
from ers_sync.stand.line import Line
from tests.integration.line.conftest import MakeHer, OpenLine

START = {"start_from": "2026-02-15"}


def _started(open_a_line: OpenLine, **changes: Any) -> Line:
    """A line whose hospitals began on 15 February 2026."""
    line = open_a_line(changes=changes)
    hospitals = {
        id_: replace(one, start_from=datetime.fromisoformat(START["start_from"]).date())
        for id_, one in line.context.rules.hospitals.items()
    }
    line.context = replace(line.context, rules=replace(line.context.rules, hospitals=hospitals))
    return line


@pytest.mark.parametrize("backfill", [False, True])
def test_who_was_registered_before_the_start(open_a_line: OpenLine, make_her: MakeHer, backfill: bool) -> None:
    line = _started(open_a_line, backfill_certificates=backfill)
    open_, known, ended, delivered = (make_her(line) for _ in range(4))
    for her in (open_, known, ended, delivered):
        line.ram(her.registered() + her.exam(2, "2026-02-12 10:00", 212) + her.exam(3, "2026-02-16 10:00", 216))
    line.ram(ended.outcome(4, "2026-02-13 10:00", 213, "other"))
    line.ram(delivered.outcome(4, "2026-02-20 10:00", 220) + delivered.newborn(5, 4))
    line.fund.plant({"certificates": [known.certificate("8000000001", "2026-01-12")]})

    line.settle()

    assert ended.states() == []
    assert sorted(known.book()) == [("putTicket1", "ticket1"), ("putVisit", "3")]
    assert {key for _, key in delivered.book()} == {"", "3", "ticket1", "ticket2"}
    talons = [row["source"] for row in known.requests(kind="put_ticket1")]
    assert talons == [f"exam:{known.first + 3}"]  # the first that qualifies since the start
    assert ("before_start", False) in open_.findings()
    if backfill:
        assert {key for _, key in open_.book()} == {"", "3", "ticket1"}
    else:
        assert open_.book() == []
        assert {row[3:] for row in open_.states()} == {("HELD", "no_certificate_number")}


def test_history_of_long_ago_sends_nothing_and_asks_nothing(open_a_line: OpenLine, make_her: MakeHer) -> None:
    line = _started(open_a_line)
    women = [make_her(line) for _ in range(20)]
    for her in women:
        line.ram(her.registered("2024-01-12 10:00", closed_on="2024-09-01") + her.exam(2, "2024-02-12 10:00", 91))
        line.ram(her.outcome(3, "2024-08-20 10:00", 280) + her.newborn(4, 3))

    line.settle()

    assert line.requests() == []
    assert line.ledger("select * from ers.exchange") == []


@pytest.mark.parametrize(("closed_on", "called"), [("2026-01-15", True), ("2026-01-14", False)])
def test_what_is_new_is_taken_until_sixty_days_after_the_pregnancy_was_closed(
    open_a_line: OpenLine, make_her: MakeHer, closed_on: str, called: bool
) -> None:
    line = open_a_line()
    her = make_her(line)
    line.ram(her.registered(closed_on=closed_on))

    line.settle()

    assert her.book() == ([("createErs", "")] if called else [])


def test_the_deadline_is_the_end_of_the_next_working_day_and_tomorrow_comes(
    open_a_line: OpenLine, make_her: MakeHer
) -> None:
    line = open_a_line()
    her = make_her(line)
    line.ram(her.registered() + her.exam(2, "2026-03-06 10:00", 113) + her.exam(3, "2026-03-17 09:00", 124))
    line.settle()
    visit = her.requests(kind="put_visit")[0]
    # a Friday before the holiday of Sunday, 8 March, which is kept on Monday
    assert visit["deadline"] == datetime(2026, 3, 10, 18, 59, 59, tzinfo=UTC)
    assert her.book() == [("createErs", ""), ("putVisit", "2")]

    tomorrow = datetime(2026, 3, 17, 7, 0, tzinfo=UTC)
    line.fund.set_clock(tomorrow.isoformat())
    line.context = replace(line.context, clock=Clock(tomorrow))
    line.run("sweep")
    line.settle()

    assert her.book()[2:] == [("putVisit", "3")]
