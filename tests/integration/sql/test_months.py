"""The request log by month: where its lines lie, that a look-up finds one partition, and what goes when it is old."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from typing import Any

import psycopg2
import pytest
from sqlalchemy import Engine, text

from ers_sync.files import data_text
from ers_sync.ledger import database, exchanges, months
from ers_sync.ledger.sealing import Seal
from tests.conftest import MakeDatabase

PREGNANCY = "insert into ers.pregnancy (id, is_open) values (1, true)"
REQUEST = """
insert into ers.request (kind, subject, source, organization_id, pregnancy_id, state, content)
values ('put_visit', 'exam:1', 'exam:1', 1, 1, 'READY', '{}') returning id
"""
# as the version before this one began and finished an attempt
OLD_BEGIN = """
insert into ers.exchange (request_id, pregnancy_id, organization_id, operation, revision, business_at, operator, signed_request)
values (1, 1, 1, 'putVisit', 1, now(), null, 'signed') returning id
"""
OLD_FINISH = "update ers.exchange set ended_at = now(), outcome = 'ANSWERED', wire_answer = 'wire' where id = %s"
WRITE = """
insert into ers.exchange (id, request_id, organization_id, operation, started_at, business_at, outcome, signed_request, wire_answer)
select ers.exchange_ids_from(m) + nextval('ers.exchange_number'), 1, 1, 'putVisit', m, m, 'ANSWERED', 'signed', 'wire'
from cast(%s as timestamptz) m returning id
"""
ROLE = "ers_test_months_reader"


def run(dsn: str, statement: str, *values: object) -> list[Any]:
    with closing(psycopg2.connect(dsn)) as connection, connection, connection.cursor() as cursor:
        cursor.execute(statement, values or None)
        return cursor.fetchall() if cursor.description else []


@pytest.fixture
def dsn(make_database: MakeDatabase) -> str:
    return make_database()


@pytest.fixture
def ledger(dsn: str) -> Iterator[Engine]:
    engine = database.connect(dsn)
    database.migrate(engine)
    run(dsn, PREGNANCY)
    run(dsn, REQUEST)
    yield engine
    engine.dispose()


def lies_in(dsn: str, id_: int) -> str:
    return str(
        run(dsn, "select c.relname from ers.exchange e join pg_class c on c.oid = e.tableoid where e.id = %s", id_)[0][
            0
        ]
    )


def write(dsn: str, moment: str) -> int:
    """Write a finished attempt of a moment and return its id."""
    return int(run(dsn, WRITE, moment)[0][0])


def test_what_was_there_before_the_months_is_kept_under_its_id(dsn: str) -> None:
    run(dsn, data_text("sql/migrations/0001_ledger.sql"))
    run(dsn, "insert into ers.migration (version) values (1)")
    run(dsn, PREGNANCY)
    run(dsn, REQUEST)
    begun = run(dsn, OLD_BEGIN)[0][0]
    run(
        dsn,
        f"create role {ROLE}; grant usage on schema ers to {ROLE}; grant select (id, operation) on ers.exchange to {ROLE}",
    )
    with closing(psycopg2.connect(dsn)) as connection, connection.cursor() as cursor:
        try:
            database.migrate(engine := database.connect(dsn))
            engine.dispose()
            cursor.execute(f"set role {ROLE}")
            cursor.execute("select operation from ers.exchange")
            assert cursor.fetchall() == [("putVisit",)]
        finally:
            connection.rollback()
            cursor.execute(f"reset role; drop owned by {ROLE}; drop role {ROLE}")
            connection.commit()
    # the daemon of before the migration goes on with what it had begun, and begins more
    run(dsn, OLD_FINISH, begun)
    later = run(dsn, OLD_BEGIN)[0][0]
    run(dsn, OLD_FINISH, later)
    assert later > begun
    assert lies_in(dsn, begun).endswith("_and_before")
    found = run(dsn, "select outcome, signed_request, wire_answer from ers.exchange order by id")
    assert [(row[0], bytes(row[1]), bytes(row[2])) for row in found] == [("ANSWERED", b"signed", b"wire")] * 2
    assert lies_in(dsn, later) == run(dsn, "select 'exchange_' || to_char(now() at time zone 'UTC', 'YYYYMM')")[0][0]


def test_a_line_of_a_month_that_was_not_made_is_written_and_moves_in_later(ledger: Engine, dsn: str) -> None:
    early, late = write(dsn, "2031-04-30 23:59:59.999+00"), write(dsn, "2031-05-01 00:00+00")
    assert (lies_in(dsn, early), lies_in(dsn, late)) == ("exchange_other", "exchange_other")
    # the month is that of UTC
    assert run(dsn, "select ers.make_exchange_month('2031-05-01 03:00+05')") == [(True,)]
    assert run(dsn, "select ers.make_exchange_month('2031-04-12')") == [(False,)]
    assert (lies_in(dsn, early), lies_in(dsn, late)) == ("exchange_203104", "exchange_other")
    with ledger.connect() as connection:
        assert exchanges.attempt(connection, Seal(), early).signed == b"signed"


def test_months_are_made_ahead_once(ledger: Engine, dsn: str) -> None:
    with ledger.begin() as connection:
        assert months.make_ahead(connection) == 0  # migrate has made them
    made = run(dsn, "select count(*) from pg_inherits where inhparent = 'ers.exchange'::regclass")[0][0]
    assert made == 1 + 4
    run(dsn, "drop table ers.exchange_" + run(dsn, "select to_char(now() + interval '2 months', 'YYYYMM')")[0][0])
    with ledger.begin() as connection:
        assert months.make_ahead(connection) == 1


@pytest.mark.parametrize("name", ["signed_bytes", "finish_exchange"])
def test_a_look_up_by_id_touches_one_partition(ledger: Engine, dsn: str, name: str) -> None:
    query = database._statement("fund", name)
    values = dict.fromkeys(query.compile().params) | {"id": write(dsn, run(dsn, "select now()::text")[0][0])}
    with ledger.connect() as connection:
        plan = "\n".join(connection.execute(text(f"explain {query.text}"), values).scalars())
    assert plan.count("Index Scan") == 1
    assert "exchange_other" not in plan


def test_old_months_lose_their_bytes_and_keep_their_lines(ledger: Engine, dsn: str) -> None:
    kept_days = 400
    old, borderline = run(
        dsn,
        "select (date_trunc('month', now() - make_interval(days => %s)) - interval '1 second')::text,"
        "date_trunc('month', now() - make_interval(days => %s))::text",
        kept_days,
        kept_days,
    )[0]
    for moment in (old, borderline):
        run(dsn, "select ers.make_exchange_month(%s)", moment)
    forgotten, kept, today = write(dsn, old), write(dsn, borderline), run(dsn, OLD_BEGIN)[0][0]
    assert len(months.forget_evidence(ledger, kept_days)) == 1
    assert months.forget_evidence(ledger, kept_days) == []
    found = run(
        dsn, "select id, request_id, outcome, signed_request is null, wire_answer is null from ers.exchange order by id"
    )
    assert found == [
        (forgotten, 1, "ANSWERED", True, True),
        (kept, 1, "ANSWERED", False, False),
        (today, 1, None, False, True),
    ]
    assert lies_in(dsn, forgotten).endswith("_lines")
    # neither is a month made twice that has only lines, nor do its lines fall from the index
    run(dsn, "select ers.make_exchange_month(%s)", old)
    assert run(dsn, "select count(*) from ers.exchange where request_id = 1") == [(3,)]
    with pytest.raises(psycopg2.errors.ForeignKeyViolation):
        run(dsn, f"update ers.{lies_in(dsn, forgotten)} set request_id = 99")  # noqa: S608 - our own name


def test_who_reads_the_log_for_long_keeps_the_bytes_for_another_day(ledger: Engine, dsn: str) -> None:
    run(
        dsn,
        "select ers.make_exchange_month('2020-01-15'); alter function ers.forget_exchange_bytes set lock_timeout = '50ms'",
    )
    id_ = write(dsn, "2020-01-15")
    with closing(psycopg2.connect(dsn)) as reader, reader.cursor() as cursor:
        cursor.execute("select count(*) from ers.exchange")
        with pytest.raises(Exception, match="lock timeout"):
            months.forget_evidence(ledger, 365)
        assert lies_in(dsn, id_) == "exchange_202001"
    assert months.forget_evidence(ledger, 365) == ["exchange_202001"]


def test_later_the_lines_go_as_well_but_never_before_the_bytes(ledger: Engine, dsn: str) -> None:
    for month in ("2020-01-15", "2020-02-15"):
        run(dsn, "select ers.make_exchange_month(%s)", month)
        write(dsn, month)
    today = run(dsn, OLD_BEGIN)[0][0]
    assert months.forget_log(ledger, 365) == []
    run(dsn, "select ers.forget_exchange_bytes('exchange_202001')")
    assert months.forget_log(ledger, 365) == ["exchange_202001_lines"]
    assert [row[0] // 10**10 for row in run(dsn, "select id from ers.exchange order by id")] == [
        202002,
        today // 10**10,
    ]
