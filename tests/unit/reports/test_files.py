"""Files that appear whole or not at all, for those who may read them; and how long they stay."""

from __future__ import annotations

import fcntl
import grp
import os
import stat
from dataclasses import replace
from datetime import date
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ers_sync.reports.files import day_folder, private_folder, publish, safe_name
from ers_sync.reports.retention import missed_days, remove_old
from ers_sync.reports.settings import Hospital, Price, ReportError, ReportSettings

ZONE = ZoneInfo("Asia/Yekaterinburg")


@pytest.fixture
def settings(tmp_path: Path) -> ReportSettings:
    return ReportSettings(tmp_path / "reports", ZONE, keep_days=30)


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_a_finished_file_is_for_owner_and_group(settings: ReportSettings) -> None:
    group = grp.getgrgid(os.getgid()).gr_name
    target = day_folder(settings, date(2026, 6, 5)) / "book.xlsx"
    with private_folder(settings) as folder:
        assert (mode(folder), folder.parent) == (0o700, settings.directory)
        (folder / "made").write_text("whole", encoding="utf-8")
        publish(folder / "made", target, group)
    assert target == settings.directory / "2026" / "06" / "05" / "book.xlsx"
    assert target.read_text(encoding="utf-8") == "whole"
    assert (mode(target), target.stat().st_gid) == (0o640, os.getgid())
    assert list(settings.directory.iterdir()) == [settings.directory / "2026"]


def test_a_finished_file_is_given_to_the_group_that_was_named(
    settings: ReportSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = next(group for group in grp.getgrall() if group.gr_gid != os.getgid())
    given = []
    # Only root may give a file to a group that is not its own.
    monkeypatch.setattr(os, "fchown", lambda _, *owners: given.append(owners))
    made = settings.directory.parent / "made"
    made.touch()
    publish(made, settings.directory / "book.xlsx", other.gr_name)
    assert given == [(-1, other.gr_gid)]


def test_a_failure_leaves_the_earlier_file_and_no_other(settings: ReportSettings) -> None:
    target = day_folder(settings, date(2026, 6, 5)) / "book.xlsx"
    for text, group in (("first", None), ("second", "no such group")):
        with private_folder(settings) as folder:
            (folder / "made").write_text(text, encoding="utf-8")
            if group is None:
                publish(folder / "made", target, group)
            else:
                with pytest.raises(ReportError, match="Группы «no such group» нет на этой машине"):
                    publish(folder / "made", target, group)
    assert target.read_text(encoding="utf-8") == "first"
    assert [path.name for path in settings.directory.rglob("*") if path.is_file()] == ["book.xlsx"]


def test_what_a_killed_run_left_goes_but_not_what_is_being_written(settings: ReportSettings) -> None:
    abandoned, busy = settings.directory / ".ers-report-dead", settings.directory / ".ers-report-busy"
    for folder in (abandoned, busy):
        folder.mkdir(parents=True)
        (folder / "lock").touch()
        os.utime(folder, (0, 0))
    with (busy / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        with private_folder(settings) as folder:
            assert folder.exists()
    assert not abandoned.exists()
    assert busy.exists()


def test_a_folder_that_cannot_be_written_to_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    settings = ReportSettings(tmp_path / "file", ZONE)
    with pytest.raises(ReportError, match="Нельзя писать в папку отчётов"), private_folder(settings):
        pass


@given(st.text())
def test_safe_names_are_names(text: str) -> None:
    name = safe_name(text)
    assert len(name.encode()) <= 150
    assert not set(name) & set('/\\\0\n:*?"<>|')
    assert name == name.strip()


@pytest.mark.parametrize(
    ("last", "days"),
    [
        (None, ["2026-06-15"]),
        (date(2026, 6, 14), ["2026-06-15"]),
        (date(2026, 6, 15), ["2026-06-15"]),
        (date(2026, 6, 12), ["2026-06-13", "2026-06-14", "2026-06-15"]),
        (date(2026, 6, 20), ["2026-06-15"]),
    ],
)
def test_missed_days(last: date | None, days: list[str]) -> None:
    assert [str(day) for day in missed_days(last, date(2026, 6, 15))] == days


def test_a_long_silence_is_not_made_up_for_without_end() -> None:
    days = missed_days(date(2025, 1, 1), date(2026, 6, 15))
    assert (len(days), days[0], days[-1]) == (31, date(2026, 5, 16), date(2026, 6, 15))


def test_old_workbooks_go_and_nothing_else(settings: ReportSettings) -> None:
    today = date(2026, 6, 15)
    kept, old, mixed = date(2026, 5, 16), date(2026, 5, 15), date(2026, 1, 2)
    for day in (kept, old, mixed):
        folder = day_folder(settings, day)
        folder.mkdir(parents=True)
        (folder / "a.xlsx").touch()
        (folder / "a.pdf").touch()
    (day_folder(settings, mixed) / "notes.txt").touch()
    (settings.directory / "2020" / "13" / "01").mkdir(parents=True)
    assert remove_old(settings, today) == 4
    assert sorted(path.name for path in settings.directory.rglob("*") if path.is_file()) == [
        "a.pdf",
        "a.xlsx",
        "notes.txt",
    ]
    assert not day_folder(settings, old).exists()
    assert remove_old(settings, today) == 0


def test_group_and_zone_are_the_hospitals_own_or_the_common(settings: ReportSettings) -> None:
    own = Hospital(1, ZoneInfo("Asia/Omsk"), "first")
    settings = replace(settings, hospitals=(own, Hospital(2, ZONE)), group="common")
    assert [settings.group_of(number) for number in (1, 2, None)] == ["first", "common", "common"]
    assert [settings.zone_of(number).key for number in (1, 2, None)] == ["Asia/Omsk", ZONE.key, ZONE.key]


def test_prices_follow_each_other_without_gap(settings: ReportSettings) -> None:
    prices = (Price(date(2026, 1, 1), 5, 6, 7, 8), Price(date(2007, 1, 1), 1, 2, 3, 4))
    rows = replace(settings, prices=prices).prices_json()
    assert '{"kind": "put_ticket1", "half_year": 0, "since": "2007-01-01", "until": "2025-12-31", "roubles": 1}' in rows
    assert '{"kind": "put_ticket3", "half_year": 2, "since": "2026-01-01", "until": "9999-12-31", "roubles": 8}' in rows
    assert ReportSettings(settings.directory, ZONE).prices_json() == "[]"


def test_what_a_failed_writer_still_holds_takes_no_room(settings: ReportSettings) -> None:
    with private_folder(settings) as folder:
        held = (folder / "book.xlsx").open("wb", buffering=0)
        held.write(b"half a workbook")
    with held:
        assert os.fstat(held.fileno()).st_size == 0
