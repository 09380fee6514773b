"""The brake: an empty view must not annul a region, and a person who confirms is obeyed."""

from __future__ import annotations

from collections import Counter

import pytest

from ers_sync import decisions
from ers_sync.domain.content import Kind
from ers_sync.stand.line import Line
from tests.integration.line.conftest import MakeHer, OpenLine
from tests.integration.line.support import Her

ROWS = range(2, 27)


@pytest.fixture
def line(open_a_line: OpenLine) -> Line:
    """A line of the test's own: a brake is the whole hospital's."""
    return open_a_line()


@pytest.fixture
def visited(line: Line, make_her: MakeHer) -> Her:
    """A woman with 25 visits at the Fund."""
    her = make_her(line)
    line.ram(her.registered() + "".join(her.exam(row, f"2026-02-{row:02} 10:00", 80 + row) for row in ROWS))
    line.settle()
    assert Counter(her.book())["putVisit", "2"] == 1
    return her


def _delete(her: Her, many: int) -> None:
    her.line.ram("".join(her.edit("exam", row, deleted=True) for row in ROWS[:many]))


def _annulled(her: Her) -> int:
    return sum(operation == "annulVisit" for operation, _ in her.book())


def test_twenty_go_out_and_one_more_stops_them_all_until_a_person_confirms(line: Line, visited: Her) -> None:
    _delete(visited, 21)
    line.settle()
    held = [row for row in visited.requests(kind="annul_visit") if (row["state"], row["reason"]) == ("HELD", "brake")]
    assert (len(held), _annulled(visited)) == (21, 0)
    line.ram(visited.edit("exam", ROWS[22], note="иначе"))  # whatever comes while it is on waits as well
    line.settle()
    assert _annulled(visited) == 0

    decisions.release_brake(line.context, 1, Kind.ANNUL_VISIT, "ivanova")
    line.settle()

    assert _annulled(visited) == 22
    released = line.ledger("select organization_id, released_by from ers.brake")
    assert released == [{"organization_id": 1, "released_by": "ivanova"}]
    with pytest.raises(decisions.Refused):
        decisions.release_brake(line.context, 1, Kind.ANNUL_VISIT, "ivanova")


def test_twenty_are_no_brakes_business_and_of_many_visits_one_in_a_hundred(line: Line, visited: Her) -> None:
    _delete(visited, 20)
    line.settle()
    assert _annulled(visited) == 20

    line.ram("".join(visited.edit("exam", row, deleted=False) for row in ROWS))
    line.settle()
    line.ledger("insert into ers.pregnancy (id, is_open) values (1, false)")
    line.ledger(
        "insert into ers.request (kind, subject, source, organization_id, pregnancy_id, state) "
        "select 'put_visit', 'exam:' || n, 'exam:' || n, 1, 1, 'DONE' from generate_series(1000001, 1002075) n"
    )  # with hers 2,100: twenty-one are one in a hundred
    _delete(visited, 21)
    line.settle()

    assert _annulled(visited) == 41
    assert line.ledger("select * from ers.brake") == []


def test_many_times_the_usual_number_of_new_events_waits_for_a_person(line: Line, make_her: MakeHer) -> None:
    her = make_her(line)
    line.ram(her.registered() + her.exam(2, "2026-02-02 10:00", 82))
    line.settle()
    line.ledger("update ers.request set created_at = created_at - interval '15 days'")

    line.ram("".join(her.exam(row, f"2026-02-{row % 28 + 1:02} 10:00", 100) for row in range(3, 204)))
    line.settle()
    states = Counter((row["state"], row["reason"]) for row in her.requests(kind="put_visit"))
    assert states == {("DONE", None): 1, ("HELD", "brake"): 201}

    decisions.release_brake(line.context, 1, Kind.PUT_VISIT, "ivanova")
    line.run("scan")

    states = Counter((row["state"], row["reason"]) for row in her.requests(kind="put_visit"))
    assert states == {("DONE", None): 1, ("READY", None): 201}
