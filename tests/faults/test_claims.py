"""Who goes first: deadlines, hospitals in fair turns; and a request that raises is put off, longer each time, while the others go on."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import fields, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import Connection

from ers_sync.domain.states import State
from ers_sync.exchange import senders, sending, workers
from ers_sync.ledger import database, requests
from ers_sync.ledger.requests import Step
from ers_sync.stand.line import Line
from tests.conftest import MakeDatabase
from tests.faults.support import later, ready_cases, settle

DAY = datetime(2026, 3, 16, tzinfo=UTC)


def build_ledger(dsn: str) -> None:
    engine = database.connect(dsn)
    database.migrate(engine)
    engine.dispose()


@pytest.fixture
def connection(make_database: MakeDatabase) -> Iterator[Connection]:
    engine = database.connect(make_database(build_ledger))
    with engine.begin() as open_:
        yield open_
    engine.dispose()


def ready(connection: Connection, hospital: int, deadlines: list[datetime | None]) -> None:
    """Put requests of a hospital on the list, one for every deadline."""
    for deadline in deadlines:
        connection.exec_driver_sql(
            "with p as (insert into ers.pregnancy (id, is_open) select coalesce(max(id), 0) + 1, true from ers.pregnancy returning id) "
            "insert into ers.request (kind, subject, source, organization_id, pregnancy_id, state, content, deadline) "
            "select 'put_visit', 'exam:' || id, 'exam:' || id, %(hospital)s, id, 'READY', '{}', %(deadline)s from p",
            {"hospital": hospital, "deadline": deadline},
        )


def claimed(connection: Connection, many: int) -> list[tuple[int, int]]:
    """Return (hospital, id) of what a worker takes."""
    return sorted((row.organization_id, row.id) for row in requests.claim_ready(connection, many, 60))


def test_within_a_hospital_deadlines_go_first(connection: Connection) -> None:
    ready(connection, 1, [None, DAY + timedelta(days=2), DAY, DAY + timedelta(days=1)])
    order = [claimed(connection, 1)[0][1] for _ in range(4)]
    assert order == [3, 4, 2, 1]
    assert claimed(connection, 1) == []


def test_every_hospital_gets_its_turn_in_one_claim(connection: Connection) -> None:
    ready(connection, 1, [DAY] * 50)
    ready(connection, 2, [DAY + timedelta(days=1)])
    ready(connection, 3, [DAY + timedelta(days=2)])
    assert Counter(hospital for hospital, _ in claimed(connection, 4)) == {1: 2, 2: 1, 3: 1}


def test_no_more_is_taken_than_was_asked_for(connection: Connection) -> None:
    for hospital in (1, 2, 3):
        ready(connection, hospital, [DAY] * 10)
    assert len(claimed(connection, 4)) == 4
    connection.exec_driver_sql("update ers.request set state = 'REGISTERED', lease_until = null")
    assert len(requests.claim_waiting(connection, State.REGISTERED, 3, 60)) == 3


def test_what_waits_is_asked_about_at_once_after_a_restore(connection: Connection) -> None:
    ready(connection, 1, [DAY])
    connection.exec_driver_sql("update ers.request set state = 'UNKNOWN', due_at = now() + interval '1 hour'")
    assert requests.claim_waiting(connection, State.UNKNOWN, 1, 60) == []
    assert requests.doubt_all(connection) == 1
    assert len(requests.claim_waiting(connection, State.UNKNOWN, 1, 60)) == 1


def row(connection: Connection, id_: int) -> dict[str, Any]:
    found = connection.exec_driver_sql("select * from ers.request where id = %(id)s", {"id": id_}).mappings().one()
    return dict(found)


def test_a_step_writes_what_it_brings_and_leaves_the_rest(connection: Connection) -> None:
    ready(connection, 1, [DAY])
    [taken] = requests.claim_ready(connection, 1, 60)
    values: list[dict[str, Any]] = [
        {
            "revision": n,
            "ers_number": f"700000000{n}",
            "visit_id": f"v{n}",
            "formed_on": date(2026, 3, n),
            "asked_in": n,
            "answered_at": datetime(2026, 3, n, tzinfo=UTC),
        }
        for n in (1, 2)
    ]
    first, second = values

    def stands(step: Step, expected: dict[str, Any], failures: int) -> None:
        state = State(row(connection, taken.id)["state"])
        assert requests.move(connection, taken.id, state, step)
        now = row(connection, taken.id)
        assert now["state"] == step.to
        assert {name: now[name] for name in expected} == expected
        assert now["failures"] == failures

    stands(Step(State.SENDING, **first), first, 0)
    stands(Step(State.UNKNOWN, failed=True), first, 1)
    stands(Step(State.READY, **second), second, 1)
    stands(Step(State.SENDING), second, 1)
    stands(Step(State.UNKNOWN), second, 1)
    stands(Step(State.REGISTERED, fss_request_id="r"), second, 0)


def test_what_is_claimed_is_what_stands_there(connection: Connection) -> None:
    ready(connection, 1, [DAY])
    connection.exec_driver_sql(
        "update ers.request set content = '{\"note\": 1}', formed_on = '2026-03-01', "
        "event_on = '2026-03-02', half_year = 1, attempts = 3, operator = 'о'"
    )
    [taken] = requests.claim_ready(connection, 1, 60)
    stands = row(connection, taken.id)
    names = {field.name for field in fields(taken)} - {"age", "token"}
    assert {name: getattr(taken, name) for name in names} == {name: stands[name] for name in names}
    assert taken.token == str(stands["lease_token"])


def test_a_visit_is_annulled_once(connection: Connection) -> None:
    ready(connection, 1, [DAY])
    [visit] = requests.claim_ready(connection, 1, 60)
    connection.exec_driver_sql("update ers.request set state = 'DONE', taken_back = 'deleted'")
    assert [requests.annulled(connection, visit.id) for _ in range(2)] == [True, False]
    now = row(connection, visit.id)
    assert (now["state"], now["reason"]) == ("ANNULLED", "deleted")


def test_an_orphan_is_nobodys_and_its_age_begins_anew(connection: Connection) -> None:
    ready(connection, 1, [DAY])
    [taken] = requests.claim_ready(connection, 1, 60)
    requests.move(connection, taken.id, State.READY, Step(State.SENDING, lease_seconds=60), token=taken.token)
    assert requests.orphans(connection) == 0
    connection.exec_driver_sql(
        "update ers.request set lease_until = now() - interval '1 s', state_since = now() - interval '1 day'"
    )
    assert requests.orphans(connection) == 1
    assert row(connection, taken.id)["lease_token"] is None
    [again] = requests.claim_waiting(connection, State.UNKNOWN, 1, 60)
    assert again.age == timedelta()


def test_who_holds_a_request_puts_off_that_one_alone(connection: Connection) -> None:
    ready(connection, 1, [DAY] * 3)
    one, other, third = requests.claim_ready(connection, 3, 60)
    requests.move(connection, third.id, State.READY, Step(State.SENDING, lease_seconds=60), token=third.token)
    connection.exec_driver_sql("update ers.request set due_at = now() - interval '1 day'")
    before = [row(connection, held.id) for held in (other, third)]
    somebody = str(uuid4())
    assert not requests.move(connection, one.id, State.READY, Step(State.SENDING), token=somebody)
    requests.put_off(connection, replace(one, token=somebody), 60, failed=True)
    assert row(connection, one.id)["failures"] == 0
    requests.put_off(connection, one, 60, failed=True)
    requests.put_off(connection, third, 60, failed=True)
    requests.put_off(connection, one, 60)  # not its any more
    now = row(connection, one.id)
    assert (now["failures"], now["lease_token"]) == (1, None)
    assert now["due_at"] == now["state_since"] + timedelta(seconds=60)
    assert [row(connection, held.id) for held in (other, third)] == before
    requests.put_off(connection, other, 60)
    assert row(connection, other.id)["failures"] == 0


def test_long_overdue_backlogs_starve_nobody(connection: Connection) -> None:
    """Four hospitals with old backlogs, thirty with one request of today: two of every four turns are theirs."""
    for hospital in range(1, 5):
        ready(connection, hospital, [DAY - timedelta(days=9)] * 60)
    for hospital in range(5, 35):
        ready(connection, hospital, [DAY])
    taken: Counter[bool] = Counter()
    for _ in range(25):
        taken.update(hospital >= 5 for hospital, _ in claimed(connection, 4))
    assert taken[True] >= 15
    assert taken[False] >= 50


def test_a_request_that_raises_is_put_off_longer_each_time_and_the_others_go_on(
    line: Line, monkeypatch: pytest.MonkeyPatch
) -> None:
    poison, *others = ready_cases(line, 4)
    send = sending.send

    def raising(context: object, standing: senders.Standing, request: requests.Claimed) -> str:
        if request.pregnancy_id == poison.id:
            raise RuntimeError
        return send(line.context, standing, request)

    monkeypatch.setattr(sending, "send", raising)
    pauses = []
    for _ in range(3):
        [summary] = line.run("submit")
        assert summary is not None
        assert summary["failed"] == 1
        [left] = line.ledger(
            "select extract(epoch from due_at - now()) as s from ers.request where id = :id", id=poison.row()["id"]
        )
        pauses.append(float(left["s"]))
        assert line.run("submit")[0] == {}
        later(line, hours=1)
    assert all(len(case.book()) == 1 for case in others)
    assert pauses[0] < pauses[1] < pauses[2]
    assert workers.FIRST_PAUSE * 0.7 < pauses[0] < workers.FIRST_PAUSE * 1.3
    monkeypatch.undo()
    settle(line)
    assert poison.once()
