"""Every kind is forgotten after its own days, not before, and nothing that is still open."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import Engine, text

from ers_sync.ledger import database, retention
from tests.conftest import MakeDatabase

DAYS = 100
# per kind: the row with its last moment, and the same without an end, which is never forgotten
ROWS: dict[str, tuple[str, str | None]] = {
    "runs": ("insert into ers.job_run (job, started_at) values ('scan', {at})", None),
    "findings": (
        "insert into ers.finding (pregnancy_id, code, closed_at) values (1, 'diverges', {at})",
        "insert into ers.finding (pregnancy_id, code) values (1, 'diverges')",
    ),
    "incidents": (
        "insert into ers.incident (key, code, about, closed_at) values ('k', 'c', 'a', {at})",
        "insert into ers.incident (key, code, about, opened_at) values ('k', 'c', 'a', '2000-01-01')",
    ),
    "outages": (
        "insert into ers.outage (endpoint, cause, ended_at) values ('e', 'c', {at})",
        "insert into ers.outage (endpoint, cause, began_at) values ('e', 'c', '2000-01-01')",
    ),
    "brakes": (
        "insert into ers.brake (organization_id, kind, counted, usual, released_at) values (1, 'k', 1, 1, {at})",
        "insert into ers.brake (organization_id, kind, counted, usual) values (1, 'k', 1, 1)",
    ),
    "decisions": (
        "insert into ers.decision (operator, action, about, decided_at) values ('o', 'a', 'b', {at})",
        None,
    ),
    "audit": ("insert into ers.audit (operator, host, command, done_at) values ('o', 'h', 'c', {at})", None),
}
REQUEST = (
    "insert into ers.request (kind, subject, source, organization_id, pregnancy_id, state, reason, content, state_since) "
    "values ('put_visit', {subject}, 'exam:1', 1, 1, '{state}', 'gone', '{{}}', {at})"
)


@pytest.fixture
def ledger(make_database: MakeDatabase) -> Iterator[Engine]:
    engine = database.connect(make_database())
    database.migrate(engine)
    run(engine, "insert into ers.pregnancy (id, is_open) values (1, true)")
    yield engine
    engine.dispose()


def run(ledger: Engine, statement: str) -> list[Any]:
    with ledger.begin() as connection:
        result = connection.execute(text(statement))
        return [tuple(row) for row in result] if result.returns_rows else []


def ago(days: int, seconds: int) -> str:
    return f"now() - interval '{days} days {seconds} seconds'"


def forget(ledger: Engine, kind: str) -> int:
    with ledger.begin() as connection:
        return retention.forget(connection, {kind: DAYS})[f"{kind}_forgotten"]


def test_every_kind_is_tried_here() -> None:
    assert {*ROWS, "content"} == set(retention.QUERIES)


@pytest.mark.parametrize("kind", ROWS)
def test_what_is_over_goes_on_its_day(ledger: Engine, kind: str) -> None:
    ended, unended = ROWS[kind]
    for seconds in (-60, 60):
        run(ledger, ended.format(at=ago(DAYS, seconds)))
    if unended:
        run(ledger, unended)
    assert forget(ledger, kind) == 1
    assert forget(ledger, kind) == 0


@pytest.mark.parametrize(
    "state", ["DONE", "ANNULLED", "CANCELLED", "REJECTED", "HELD", "READY", "UNKNOWN", "QUARANTINED"]
)
def test_the_content_of_what_is_settled_goes_and_the_request_stays(ledger: Engine, state: str) -> None:
    for number, seconds in enumerate((-60, 60)):
        run(ledger, REQUEST.format(subject=f"'exam:{number}'", state=state, at=ago(DAYS, seconds)))
    settled = state in {"DONE", "ANNULLED", "CANCELLED"}
    assert forget(ledger, "content") == settled
    kept = run(ledger, "select content is not null from ers.request order by id")
    assert kept == [(True,), (not settled,)]
