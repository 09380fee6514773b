"""The daily workbooks as the daemon makes them, those of missed days, how long they stay, and `ers-sync report`."""

from __future__ import annotations

import itertools
from datetime import UTC, date, datetime
from pathlib import Path

import openpyxl
import pytest

from ers_sync import cli
from ers_sync.reports.files import day_folder
from ers_sync.reports.settings import ReportError
from ers_sync.running import run_job
from jobs import report
from tests.integration.ops.conftest import MakeSite, Site

NOW = datetime(2026, 6, 15, 1, 0, tzinfo=UTC)  # 06:00 in Yekaterinburg


def days(site: Site) -> dict[str, int]:
    """Return how many workbooks lie in each day's folder."""
    found: dict[str, int] = {}
    for path in (site.folder / "reports").rglob("*.xlsx"):
        day = "-".join(path.parent.parts[-3:])
        found[day] = found.get(day, 0) + 1
    return found


def reported(site: Site, day: str) -> None:
    site.ledger(
        "insert into ers.job_run (job, started_at, ended_at, succeeded, summary) "
        "values ('report', now(), now(), true, jsonb_build_object('day', cast(:day as text)))",
        day=day,
    )


def test_the_first_report_is_todays_and_says_how_far_it_got(make_site: MakeSite) -> None:
    site = make_site(NOW)
    summary = run_job(site.context, "report")
    assert days(site) == {"2026-06-15": 3}
    assert summary is not None
    assert (summary["workbooks"], summary["day"]) == (3, "2026-06-15")


def test_days_without_a_report_are_made_up_for(make_site: MakeSite) -> None:
    site = make_site(NOW)
    reported(site, "2026-06-12")
    run_job(site.context, "report")
    assert days(site) == {"2026-06-13": 3, "2026-06-14": 3, "2026-06-15": 3}


def test_a_report_that_fails_is_an_alert_and_its_day_is_made_up_for(make_site: MakeSite) -> None:
    site = make_site(NOW, reports={"group": "no such group"})
    reported(site, "2026-06-14")
    with pytest.raises(ReportError, match="Группы «no such group» нет"):
        run_job(site.context, "report")
    site.watch()
    assert "report_failed" in site.incidents()
    next_day = make_site(datetime(2026, 6, 16, 1, 0, tzinfo=UTC))
    next_day.ledger(
        "insert into ers.job_run (job, started_at, ended_at, succeeded, summary) values "
        "('report', now() - interval '2 days', now() - interval '2 days', true, '{\"day\": \"2026-06-14\"}'), "
        "('report', now() - interval '1 day', now() - interval '1 day', false, '{\"error\": \"ReportError\"}')"
    )
    run_job(next_day.context, "report")
    assert days(next_day) == {"2026-06-15": 3, "2026-06-16": 3}


def test_sweep_removes_what_is_older_than_the_configuration_says(make_site: MakeSite) -> None:
    site = make_site(NOW, retention={"reports_days": 31})
    settings = report.settings(site.context)
    for day in (date(2026, 5, 14), date(2026, 5, 15)):
        folder = day_folder(settings, day)
        folder.mkdir(parents=True)
        (folder / "ЭРС.xlsx").touch()
    summary = run_job(site.context, "sweep")
    assert summary is not None
    assert summary["reports_removed"] == 1
    assert days(site) == {"2026-05-15": 1}


COMMANDS = [
    *itertools.product(("mo", "doctor", "patient"), ("day", "month", "year"), ("sent", "received")),
    ("log", "month", "sent"),
]


def command(site: Site, *words: str) -> int:
    return cli.main(["report", "--config", str(site.config), "--at", "2026-06-15T06:00", *words])


def test_every_report_of_the_manual_is_written_by_a_command(
    make_site: MakeSite, capsys: pytest.CaptureFixture[str]
) -> None:
    site = make_site(NOW)
    titles = {"mo": "МО", "doctor": "Врачи", "patient": "Пациентки", "log": "Реестр запросов"}
    for by, period, subject in COMMANDS:
        assert command(site, "--by", by, "--period", period, "--subject", subject) == 0
        path = Path(capsys.readouterr().out.strip())
        assert path.parent == site.folder / "reports" / "2026" / "06" / "15"
        assert openpyxl.load_workbook(path).sheetnames == [titles[by]]
    assert days(site) == {"2026-06-15": len(COMMANDS)}


def test_without_days_it_is_this_month_up_to_today(make_site: MakeSite, capsys: pytest.CaptureFixture[str]) -> None:
    site = make_site(NOW)
    assert command(site) == 0
    assert "2026-06-01 2026-06-15" in capsys.readouterr().out
    assert command(site, "--from", "02.05.2026", "--to", "2026-05-31", "--hospital", "2") == 0
    assert "2026-05-02 2026-05-31 МО 2" in capsys.readouterr().out


UNKNOWN_WORDS = [
    (["--by", "woman"], "--by: нет такого: woman; есть: "),
    (["--period", "week"], "--period: нет такого: week; есть: "),
    (["--subject", "lost"], "--subject: нет такого: lost; есть: "),
    (["--from", "31.06.2026"], "нужна дата ДД.ММ.ГГГГ"),
]
MISTAKES = [
    (["--from", "16.06.2026"], "Начало 16.06.2026 позже конца 15.06.2026", 2),
    (["--hospital", "77"], "МО 77 в журнале нет", 1),
]


def test_what_cannot_be_reported_is_said(
    make_site: MakeSite, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    site = make_site(NOW)
    for words, said in UNKNOWN_WORDS:
        with pytest.raises(SystemExit, match="2"):
            command(site, *words)
        assert said in capsys.readouterr().err
    for words, said, code in MISTAKES:
        assert command(site, *words) == code
        assert capsys.readouterr().err.strip() == said
    monkeypatch.setenv("PATH", "/nonexistent")
    assert command(site, "--pdf") == 1
    assert "Для PDF нужен LibreOffice" in capsys.readouterr().err
    assert days(site) == {}
