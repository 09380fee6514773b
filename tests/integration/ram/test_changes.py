"""Every changed row of РАМ leads to its pregnancies, and a full compare is made when a mark is of no use."""

from __future__ import annotations

import dataclasses
from datetime import timedelta
from pathlib import Path

import pytest

from ers_sync.files import data_text
from ers_sync.ram.reader import Changes, open_ram
from ers_sync.ram.snapshot import Mark
from tests.integration.ram.conftest import execute

DAY = timedelta(days=1)
ALL = {11, 12, 21}


def scan(dsn: str, since: Mark | None, window: timedelta = DAY) -> Changes:
    with open_ram(dsn) as ram:
        return ram.changes(since, "changes", window)


def test_the_first_scan_is_full_and_a_quiet_one_empty(ram_dsn: str) -> None:
    first = scan(ram_dsn, None)
    assert (first.pregnancy_ids, first.full, first.why_full) == (ALL, True, "отметки ещё нет")
    second = scan(ram_dsn, first.mark)
    assert (second.pregnancy_ids, second.full) == (set(), False)


@pytest.mark.parametrize(
    ("table", "row", "pregnancies"),
    [
        ("patient", 1, {11, 12}),
        ("patient", 2, {21}),
        ("pregnancy", 12, {12}),
        ("exam", 112, {11}),
        ("outcome", 115, {11}),
        ("newborn", 1152, {11}),
        ("child", 116, {11}),
        ("organization", 1, {11}),  # pregnancy and exams
        ("organization", 2, {12, 21}),
        ("organization", 3, {11}),  # the outcome only
        ("organization", 4, {11}),  # the child only
        ("doctor", 1, {11}),
        ("doctor", 3, {11}),
        ("doctor", 4, {11}),
    ],
)
def test_a_changed_row_leads_to_its_pregnancies(ram_dsn: str, table: str, row: int, pregnancies: set[int]) -> None:
    mark = scan(ram_dsn, None).mark
    execute(ram_dsn, f"update ram.{table} set updated_at = now() where id = {row}")  # noqa: S608 - names of this table of cases
    changes = scan(ram_dsn, mark)
    assert changes.pregnancy_ids == pregnancies
    assert not changes.full
    assert scan(ram_dsn, changes.mark).pregnancy_ids == set()


def test_an_organization_named_by_exams_only(ram_dsn: str) -> None:
    execute(ram_dsn, "update ram.exam set organization_id = 4 where id = 211")
    mark = scan(ram_dsn, None).mark
    execute(ram_dsn, "update ram.organization set updated_at = now() where id = 4")
    assert scan(ram_dsn, mark).pregnancy_ids == {11, 21}


def test_a_moved_exam_leads_to_its_new_pregnancy(ram_dsn: str) -> None:
    mark = scan(ram_dsn, None).mark
    execute(ram_dsn, "update ram.exam set pregnancy_id = 21, updated_at = now() where id = 112")
    assert scan(ram_dsn, mark).pregnancy_ids == {21}


def test_a_row_stamped_within_the_window_but_written_before_the_mark_is_passed_over(ram_dsn: str) -> None:
    execute(ram_dsn, "update ram.exam set updated_at = now() + interval '1 hour' where id = 112")
    mark = scan(ram_dsn, None).mark
    execute(ram_dsn, "update ram.exam set updated_at = now() where id = 211")
    assert scan(ram_dsn, mark).pregnancy_ids == {21}


def test_the_window_counts_from_the_last_scan_and_not_from_now(ram_dsn: str) -> None:
    """A daemon that was down for three days finds what was written on the first of them."""
    mark = scan(ram_dsn, None).mark
    asleep = dataclasses.replace(mark, taken_at=mark.taken_at - 3 * DAY)
    execute(ram_dsn, "update ram.exam set updated_at = now() - interval '3 days 23 hours' where id = 112")
    execute(ram_dsn, "update ram.exam set updated_at = now() - interval '4 days 1 hour' where id = 211")
    assert scan(ram_dsn, asleep).pregnancy_ids == {11}


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"system_identifier": 1}, "другой сервер"),
        ({"timeline": 2}, "другая линия времени сервера"),
        ({"xmax": 2**40}, "номера транзакций пошли назад"),
    ],
)
def test_another_server_timeline_or_past_means_full(ram_dsn: str, change: dict[str, int], reason: str) -> None:
    mark = dataclasses.replace(scan(ram_dsn, None).mark, **change)  # type: ignore[arg-type]  # a table of ints
    changes = scan(ram_dsn, mark)
    assert (changes.pregnancy_ids, changes.why_full) == (ALL, reason)


def test_scan_full_reads_everything_whatever_the_mark(ram_dsn: str) -> None:
    mark = scan(ram_dsn, None).mark
    with open_ram(ram_dsn) as ram:
        changes = ram.changes(mark, "full", DAY)
    assert (changes.pregnancy_ids, changes.full) == (ALL, True)


def test_an_open_transaction_holds_the_mark_back(ram_dsn: str) -> None:
    first = scan(ram_dsn, None).mark
    assert first.xmin <= first.xmax
    assert first.timeline >= 1
    assert scan(ram_dsn, first).mark.xmax >= first.xmax


def test_the_ids_are_known_by_name_and_not_by_place(ram_dsn: str, tmp_path: Path) -> None:
    own = data_text("sql/ram/pregnancies.sql")
    given = own.replace("select id from ram.pregnancy;", "select patient_id, id from ram.pregnancy;")
    assert given != own
    (tmp_path / "pregnancies.sql").write_text(given, encoding="utf-8")
    with open_ram(ram_dsn, tmp_path) as ram:
        assert ram.all_pregnancy_ids() == ALL
