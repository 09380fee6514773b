"""Whole pregnancies, what the queries promise, and that a row nobody can read stops only its own pregnancy."""

from __future__ import annotations

import traceback
from contextlib import closing
from datetime import date, datetime
from typing import TYPE_CHECKING, Literal

import psycopg2
import pytest

from ers_sync.domain.model import Case
from ers_sync.files import data_text
from ers_sync.ram import reader
from ers_sync.ram.check import check_columns, read_only_problems
from ers_sync.ram.errors import RamError
from ers_sync.ram.reader import open_ram
from ers_sync.ram.rows import BadRow
from tests.integration.ram.conftest import execute

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from ers_sync.stand.postgres import PrivatePostgres


def cases(dsn: str, ids: Iterable[int] = (11, 12, 21)) -> tuple[dict[int, Case], list[BadRow]]:
    with open_ram(dsn) as ram:
        found = list(ram.cases(ids))
    bad = [item for item in found if isinstance(item, BadRow)]
    return {item.pregnancy.id: item for item in found if isinstance(item, Case)}, bad


def test_a_case_has_everything_that_belongs_to_it(ram_dsn: str) -> None:
    found, bad = cases(ram_dsn)
    assert not bad
    assert list(found) == [11, 12, 21]
    case = found[11]
    assert case.patient
    assert (case.patient.last_name, case.patient.birth_date) == ("Иванова", date(1995, 5, 1))
    assert [(exam.id, exam.kind, exam.examined_at, exam.note) for exam in case.exams] == [
        (111, "primary", datetime.fromisoformat("2025-10-01T09:00"), None),
        (112, "repeat", datetime.fromisoformat("2025-11-01T09:30"), "=1+1"),
    ]
    assert [newborn.id for newborn in case.outcomes[0].newborns] == [1151, 1152]
    assert [child.id for child in case.children] == [116]
    assert set(case.organizations) == {1, 3, 4}
    assert set(case.doctors) == {1, 3, 4}
    assert case.doctors[1].last_name == "Ёлкина"
    assert (str(case.patient.last_name), str(case.exams[1].note), str(case.doctors[1].last_name)) == ("***",) * 3
    assert found[12].exams[0].note == ""
    assert found[21].exams[0].note == "  "
    assert (found[21].outcomes, found[21].children) == ((), ())


def test_a_pregnancy_that_is_not_there_gives_nothing(ram_dsn: str) -> None:
    assert list(cases(ram_dsn, [12, 999])[0]) == [12]
    assert cases(ram_dsn, []) == ({}, [])


def test_parents_that_vanished_are_absent_and_no_error(ram_dsn: str) -> None:
    execute(
        ram_dsn,
        "delete from ram.patient where id = 2; delete from ram.doctor; delete from ram.organization where id = 2",
    )
    found, bad = cases(ram_dsn, [21])
    assert not bad
    assert (found[21].patient, found[21].doctors, found[21].organizations) == (None, {}, {})


def test_batches_do_not_mix_pregnancies_up(ram_dsn: str, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = cases(ram_dsn)
    monkeypatch.setattr(reader, "_BATCH", 1)
    assert cases(ram_dsn) == whole


@pytest.mark.parametrize(
    ("statement", "bad", "readable"),
    [
        ("update ram.exam set examined_at = '20215-11-01 10:00' where id = 112", [("exams", 112, 11)], {12, 21}),
        ("update ram.exam set examined_at = '0044-03-15 10:00 BC' where id = 211", [("exams", 211, 21)], {11, 12}),
        ("update ram.exam set examined_at = 'infinity' where id = 211", [("exams", 211, 21)], {11, 12}),
        (
            "update ram.patient set birth_date = '19955-05-01' where id = 1",
            [("patients", 1, 11), ("patients", 1, 12)],
            {21},
        ),
        ("update ram.pregnancy set closed_on = '-infinity' where id = 12", [("pregnancies", 12, 12)], {11, 21}),
        ("update ram.outcome set admitted_on = '20260-05-01' where id = 115", [("outcomes", 115, 11)], {12, 21}),
        ("update ram.child set watch_end = '20260-05-01' where id = 116", [("children", 116, 11)], {12, 21}),
        (
            "alter table ram.newborn alter weight_g type numeric; update ram.newborn set weight_g = 3.3 where id = 1152",
            [("newborns", 1151, 11), ("newborns", 1152, 11)],
            {12, 21},
        ),
        (
            "alter table ram.organization alter is_active type text using case when id <> 2 then null else 'да' end",
            [("organizations", 2, 12), ("organizations", 2, 21)],
            {11},
        ),
    ],
)
def test_an_unreadable_row_stops_its_own_pregnancies_only(
    ram_dsn: str, statement: str, bad: list[tuple[str, int, int]], readable: set[int]
) -> None:
    execute(ram_dsn, statement)
    found, rows = cases(ram_dsn)
    assert [(row.table, row.id, row.pregnancy_id) for row in rows] == bad
    assert set(found) == readable
    assert not any(
        value in row.reason for row in rows for value in ("20215", "19955", "20260", "infinity", "3.3", "да ")
    )


def test_reading_is_all_that_can_be_done(ram_dsn: str) -> None:
    with open_ram(ram_dsn) as ram, pytest.raises(RamError, match="25006"):
        ram.select("update ram.exam set note = 'x' returning id")


def test_one_snapshot_holds_to_the_end(ram_dsn: str) -> None:
    with open_ram(ram_dsn) as ram:
        before = list(ram.cases([21]))
        execute(ram_dsn, "update ram.exam set note = 'later' where id = 211")
        assert list(ram.cases([21])) == before


def test_no_value_is_in_an_error(ram_dsn: str) -> None:
    with open_ram(ram_dsn) as ram, pytest.raises(RamError) as caught:
        ram.select("select cast(last_name as int) from ram.patient where id = 1")
    assert str(caught.value) == "SQLSTATE 22P02"
    assert "Иванова" not in "".join(traceback.format_exception(caught.value))


def test_a_server_that_is_not_there_is_told(postgres: PrivatePostgres) -> None:
    with pytest.raises(RamError, match=r"nowhere.*does not exist"), open_ram(postgres.dsn("nowhere")):
        pass


def test_the_shipped_queries_keep_their_promise(ram_dsn: str) -> None:
    with open_ram(ram_dsn) as ram:
        assert check_columns(ram, "changes") == []


def test_organizations_that_can_be_read(ram_dsn: str) -> None:
    with open_ram(ram_dsn) as ram:
        assert {key: value.short_name for key, value in ram.organizations().items()} == {
            1: "ЖК № 1",
            2: "ЖК № 2",
            3: "Роддом",
            4: "Поликлиника",
        }


@pytest.mark.parametrize(
    ("change", "mode", "problem"),
    [
        ("sex, height_cm -> height_cm", "full", "запрос newborns: нет столбца sex"),
        ("examined_at, gest -> updated_at as examined_at, gest", "full", "столбец examined_at должен быть"),
        ("ram.child -> ram.baby", "full", 'relation "ram.baby" does not exist'),
        ("t.xmin::text::bigint as row_xid, t.id -> t.id", "changes", "changed_pregnancies: нет столбца row_xid"),
        ("t.xmin::text::bigint as row_xid, t.id -> t.id", "full", None),
    ],
)
def test_a_broken_promise_is_named(
    ram_dsn: str, tmp_path: Path, change: str, mode: Literal["changes", "full"], problem: str | None
) -> None:
    old, new = change.split(" -> ")
    for file in ("changes.sql", "pregnancies.sql"):
        (tmp_path / file).write_text(data_text(f"sql/ram/{file}").replace(old, new), encoding="utf-8")
    with open_ram(ram_dsn, tmp_path) as ram:
        problems = [text for text in check_columns(ram, mode) if mode == "full" or "changed" in text]
    assert bool(problems) == (problem is not None)
    assert all(problem in text for text in problems if problem)


def test_rights_beyond_reading_are_told(ram_dsn: str, postgres: PrivatePostgres) -> None:
    dbname = ram_dsn.rsplit("/", 1)[1]
    execute(
        ram_dsn,
        f"create role {dbname}_reader login password 'reader'; grant usage on schema ram to {dbname}_reader;"
        f"grant select on all tables in schema ram to {dbname}_reader",
    )
    reading = postgres.dsn(dbname, user=f"{dbname}_reader", password="reader")

    def problems(dsn: str) -> list[str]:
        with open_ram(dsn) as ram:
            assert check_columns(ram, "changes") == []
            return read_only_problems(ram)

    assert problems(reading) == []
    assert "суперпользователь" in problems(ram_dsn)[0]
    execute(ram_dsn, f"grant update (note) on ram.exam to {dbname}_reader")
    assert "ram.exam" in problems(reading)[0]
    execute(
        ram_dsn,
        f"revoke update (note) on ram.exam from {dbname}_reader; alter table ram.child owner to {dbname}_reader",
    )
    assert "ram.child" in problems(reading)[0]
    with closing(psycopg2.connect(ram_dsn)) as connection, connection, connection.cursor() as cursor:
        cursor.execute(
            f"reassign owned by {dbname}_reader to ers; drop owned by {dbname}_reader; drop role {dbname}_reader"
        )
