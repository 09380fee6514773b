"""Daily workbooks at their limits: nothing in the ledger, more rows than a sheet, a hospital unknown to РАМ, a process of its own."""

from __future__ import annotations

import re
from contextlib import closing
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import psycopg2
import pytest
from sqlalchemy import create_engine, event
from sqlalchemy.pool import NullPool

from ers_sync.ops.apart import apart
from ers_sync.reports import patients
from ers_sync.reports.daily import write_daily
from ers_sync.reports.figures import load
from ers_sync.reports.settings import Hospital, ReportError
from ers_sync.reports.snapshot import open_snapshot
from tests.conftest import MakeDatabase
from tests.integration.reports import fill
from tests.integration.reports.conftest import SETTINGS, Written, cells, table

WRITE_DAYS = "ers_sync.reports.daily:write_days"


def test_an_empty_ledger_gives_workbooks_all_the_same(make_database: MakeDatabase, tmp_path: Path) -> None:
    dsn = make_database(fill.build_empty)
    paths = write_daily(dsn, replace(SETTINGS, directory=tmp_path), fill.NOW)
    assert len(paths) == 6
    for path in paths:
        book = openpyxl.load_workbook(path, data_only=True)
        assert "Нет таких" in [cell.value for cell in book["Сводка"]["A"]]
        assert book["МО"]["C4"].value == 0


def test_more_rows_than_a_sheet_holds_go_on_over_the_next(written: Written, tmp_path: Path) -> None:
    whole = written.paths[0]
    settings = replace(written.settings, directory=tmp_path, rows_per_sheet=150, hospitals=())
    (path,) = write_daily(written.dsn, settings, fill.NOW)
    book = openpyxl.load_workbook(path)
    assert [name for name in book.sheetnames if "Пациентки" in name] == ["Пациентки", "Пациентки 2", "Пациентки 3"]
    for title in ("МО", "Врачи", "Пациентки", "Что исправить", "Данные с ФСС", "Реестр запросов"):
        parts = [name for name in book.sheetnames if name == title or name.startswith(f"{title} ")]
        assert [row for part in parts for row in table(path, part)] == table(whole, title)
        assert max(book[part].max_row for part in parts) <= 150
        assert [cells(path, part)[3] for part in parts] == [cells(whole, title)[3]] * len(parts)
        formulas = " ".join(str(cell.value) for cell in book[title][4])
        assert all(f"'{part}'!" in formulas for part in parts if len(parts) > 1 and title != "Реестр запросов")


def test_a_missed_day_is_made_up_for(written: Written, tmp_path: Path) -> None:
    settings = replace(written.settings, directory=tmp_path, hospitals=())
    (path,) = write_daily(written.dsn, settings, fill.NOW, date(2026, 6, 11))
    assert path.relative_to(tmp_path).parts[:3] == ("2026", "06", "11")
    assert "на 11.06.2026, по журналу на 15.06.2026 06:00" in str(cells(path, "Сводка")[1][0])


def test_a_process_of_its_own_writes_the_same(written: Written, tmp_path: Path) -> None:
    settings = replace(written.settings, directory=tmp_path, hospitals=())
    today, missed = apart(WRITE_DAYS, written.dsn, settings, fill.NOW, [fill.NOW.date(), date(2026, 6, 11)])
    assert today.read_bytes() == written.paths[0].read_bytes()
    assert missed.name == "ЭРС 2026-06-11 Регион.xlsx"
    with pytest.raises(ReportError, match="Группы «no such group» нет"):
        apart(WRITE_DAYS, written.dsn, replace(settings, group="no such group"), fill.NOW, [fill.NOW.date()])


def test_a_workbook_that_fails_keeps_back_no_other(written: Written, tmp_path: Path) -> None:
    hospitals = (Hospital(1, fill.ZONE, "no such group"), Hospital(2, fill.ZONE))
    settings = replace(written.settings, directory=tmp_path, hospitals=hospitals)
    with pytest.raises(ReportError, match="Группы «no such group» нет на этой машине"):
        write_daily(written.dsn, settings, fill.NOW)
    names = sorted(path.name.partition(" МО 2 ")[0] for path in tmp_path.rglob("*.xlsx"))
    assert names == ["ЭРС 2026-06-15", "ЭРС 2026-06-15 Регион.xlsx"]


def test_a_mistake_of_the_program_comes_before_what_a_site_can_mend(
    written: Written, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def mistaken(*_: object, **__: object) -> None:
        raise KeyError("new_reason")

    monkeypatch.setattr("ers_sync.reports.problems.values_of", mistaken)
    settings = replace(written.settings, directory=tmp_path, hospitals=(), group="no such group")
    with pytest.raises(KeyError, match="new_reason"):
        write_daily(written.dsn, settings, fill.NOW)


def test_nothing_is_published_when_sheets_disagree(
    written: Written, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write = patients.write
    monkeypatch.setattr(patients, "write", lambda *given: (0, *write(*given)[1:]))
    with pytest.raises(ReportError, match="Лист «Пациентки» не сходится с журналом"):
        write_daily(written.dsn, replace(written.settings, directory=tmp_path, hospitals=()), fill.NOW)
    assert list(tmp_path.iterdir()) == []


def test_hospitals_that_ram_never_named(make_database: MakeDatabase, tmp_path: Path) -> None:
    dsn = make_database(fill.build_300)
    with closing(psycopg2.connect(dsn)) as connection, connection, connection.cursor() as cursor:
        cursor.execute("delete from ers.organization where id = 2")
        cursor.execute("update ers.organization set name = ' ', ogrn = null where id = 3")
        cursor.execute("update ers.organization set name = 'МО 3', ogrn = null where id = 4")
    settings = replace(SETTINGS, directory=tmp_path, hospitals=(Hospital(2, fill.ZONE), Hospital(99, fill.ZONE)))
    region, second, unknown = write_daily(dsn, settings, fill.NOW)
    for title in ("МО", "Пациентки", "Что исправить", "Реестр запросов"):
        assert {"МО 2", "МО 3 (№ 3 в РАМ)", "МО 3 (№ 4 в РАМ)"} <= {row["М.О."] for row in table(region, title)}, title
    assert "МО 2" in second.name
    assert table(unknown, "Пациентки") == []


def test_a_visit_that_was_sent_in_vain_and_is_gone_from_ram_is_not_called_for(make_database: MakeDatabase) -> None:
    dsn = make_database(fill.build_300)

    def counts() -> tuple[int, ...]:
        with open_snapshot(dsn) as snapshot:
            women = snapshot.all("patients", organization_id=None)
            of_women = sum(row[16] for row in women), sum(row[17] for row in women)
            assert load(snapshot, SETTINGS, fill.NOW, fill.NOW.date()).visits()[:2] == of_women
            return of_women

    called_for, sent = counts()
    with closing(psycopg2.connect(dsn)) as connection, connection, connection.cursor() as cursor:
        cursor.execute(
            "update ers.request set state = 'CANCELLED', reason = 'gone', first_sent_at = now() where id in"
            " (select id from ers.request where kind = 'put_visit' and state = 'READY' and first_sent_at is null limit 1)"
        )
    assert counts() == (called_for - 1, sent + 1)


def test_the_snapshot_is_consistent_and_cannot_write(make_database: MakeDatabase) -> None:
    """A woman that comes as soon as the first of the two transactions has its snapshot is in neither."""
    dsn = make_database(fill.build_300)
    engine = create_engine(re.sub("^postgresql:", "postgresql+psycopg2:", dsn), poolclass=NullPool)
    came: list[str] = []

    @event.listens_for(engine, "after_cursor_execute")
    def comes(*happened: Any) -> None:
        if "pg_export_snapshot" in happened[2]:
            with closing(psycopg2.connect(dsn)) as other, other, other.cursor() as cursor:
                cursor.execute("insert into ers.pregnancy (id, is_open) values (100000, true)")
            came.append("she")

    with open_snapshot(engine) as snapshot:
        assert snapshot.all("patient_count", organization_id=None) == [(300,)]
        assert snapshot.frame_beside("patient_count", organization_id=None).result()[1] == [(300,)]
        for session in (snapshot.main, snapshot.beside):
            with pytest.raises(Exception, match="read-only transaction"):
                session.connection.exec_driver_sql("delete from ers.finding")
    assert came == ["she"]
    with open_snapshot(dsn) as snapshot:
        assert snapshot.all("patient_count", organization_id=None) == [(301,)]


def test_rows_come_in_batches(written: Written, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ers_sync.reports.snapshot._ROWS_A_TIME", 70)
    with open_snapshot(written.dsn) as snapshot:
        statement = snapshot.stream("patients", organization_id=None)
        next(statement)
        open_cursors = snapshot.main.connection.exec_driver_sql("select count(*) from pg_cursors").scalar_one()
        assert open_cursors == 1
        assert 1 + sum(1 for _ in statement) == 300
