"""The sample РАМ loads into the reference schema, by COPY and as a file of INSERTs alike, and can be read."""

from __future__ import annotations

from contextlib import closing
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import psycopg2

from ers_sync.domain.model import Case
from ers_sync.ram.reader import open_ram
from ers_sync.stand.reference import create_reference_schema
from ers_sync.stand.sample import ZONE, sample

if TYPE_CHECKING:
    from ers_sync.domain.model import Organization
    from tests.conftest import MakeDatabase

NOW = datetime(2026, 3, 4, 14, 0, tzinfo=ZONE)
TABLES = ("organization", "doctor", "patient", "pregnancy", "exam", "outcome", "newborn", "child")


def contents(dsn: str) -> dict[str, list[tuple[object, ...]]]:
    with closing(psycopg2.connect(dsn)) as connection, connection, connection.cursor() as cursor:
        found = {}
        for table in TABLES:
            cursor.execute(f"select * from ram.{table} order by id")  # noqa: S608 - the names above
            found[table] = cursor.fetchall()
        return found


def test_copy_and_inserts_give_the_same_rows_and_each_can_be_read(make_database: MakeDatabase) -> None:
    copied, inserted = make_database(create_reference_schema), make_database(create_reference_schema)
    made = sample(3, 200, NOW)
    made.load(copied)
    with closing(psycopg2.connect(inserted)) as connection, connection, connection.cursor() as cursor:
        for statement in made.sql():
            cursor.execute(statement)
    assert contents(copied) == contents(inserted)

    with open_ram(copied) as ram:
        changes = ram.changes(None, "changes", timedelta(days=1))
        cases = list(ram.cases(changes.pregnancy_ids))
        hospitals: dict[int, Organization] = dict(ram.organizations())
    histories = list(made.histories())
    assert len(cases) == len(histories) == 200
    for case, history in zip(cases, histories, strict=True):
        assert isinstance(case, Case)
        assert case.patient == history.patient
        assert case.pregnancy == history.pregnancy
        assert case.exams == history.exams
        assert case.outcomes == ((history.outcome,) if history.outcome else ())
        assert case.children == history.children
        assert case.organizations.items() <= hospitals.items()


def test_no_row_is_stamped_later_than_now(make_database: MakeDatabase) -> None:
    dsn = make_database(create_reference_schema)
    sample(3, 200, NOW).load(dsn)
    for rows in contents(dsn).values():
        assert all(row[-1] <= NOW for row in rows if isinstance(row[-1], datetime))
