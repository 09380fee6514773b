"""Reports that somebody asked for."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from ers_sync.reports.on_demand import Order, write_on_demand
from ers_sync.reports.settings import ReportError
from tests.integration.reports import fill
from tests.integration.reports.conftest import Written, table, totals

SPAN = (date(2026, 5, 1), date(2026, 5, 31))
TITLES = {"mo": "МО", "doctor": "Врачи", "patient": "Пациентки"}


@pytest.mark.parametrize(
    ("by", "period", "subject"),
    [
        ("mo", "day", "sent"),
        ("mo", "month", "received"),
        ("doctor", "month", "sent"),
        ("doctor", "year", "received"),
        ("patient", "year", "sent"),
        ("patient", "day", "received"),
    ],
)
def test_counts_of_a_month(written: Written, tmp_path: Path, by: str, period: str, subject: str) -> None:
    settings = replace(written.settings, directory=tmp_path)
    (path,) = write_on_demand(written.dsn, settings, fill.NOW, Order(*SPAN, by, period, subject))
    expected = written.rows(
        """select count(*) filter (where kind = 'create_ers'), count(*) filter (where kind = 'put_visit') from ers.request
        where kind <> 'annul_visit' and case %s when 'sent' then state <> 'ANNULLED' else state = 'DONE' end
        and case %s when 'sent' then first_sent_at else answered_at end between '2026-05-01 00:00+05' and '2026-05-31 23:59:59+05'""",
        subject,
        subject,
    )[0]
    found = totals(path, TITLES[by])
    assert (found["ЭРС"], found["Посещения"]) == expected
    rows = table(path, TITLES[by])
    lines = [row for row in rows if is_finest(row["Дата"], period)]
    assert sum(row["Посещения"] for row in lines) == expected[1]


def is_finest(label: object, period: str) -> bool:
    """Tell whether a row is one of the finest periods, not a sum of such."""
    if isinstance(label, str):
        return period == ("year" if label.endswith("год") else "month")
    return period == "day"


def test_the_log_of_a_hospital(written: Written, tmp_path: Path) -> None:
    settings = replace(written.settings, directory=tmp_path)
    order = Order(*SPAN, by="log", organization_id=2)
    (path,) = write_on_demand(written.dsn, settings, fill.NOW, order)
    expected = written.rows(
        """select count(*) from ers.exchange where organization_id = 2
        and business_at >= '2026-05-01 00:00+05' and business_at < '2026-06-01 00:00+05'"""
    )[0][0]
    assert len(table(path, "Реестр запросов")) == expected > 0
    assert "М.О." not in totals(path, "Реестр запросов")


@pytest.mark.parametrize(
    ("order", "message"),
    [
        ({"begin": date(2026, 6, 2), "end": date(2026, 6, 1)}, "Начало 02.06.2026 позже конца 01.06.2026"),
        (
            {"begin": date(2026, 6, 1), "end": date(2026, 6, 1), "by": "woman"},
            "by: «woman» не бывает, только mo, doctor, patient, log",
        ),
        ({"begin": date(2026, 6, 1), "end": date(2026, 6, 1), "organization_id": 77}, "МО 77 в журнале нет"),
    ],
)
def test_what_cannot_be_reported_is_said(written: Written, order: dict[str, object], message: str) -> None:
    with pytest.raises(ReportError, match=message):
        write_on_demand(written.dsn, written.settings, fill.NOW, Order(**order))  # type: ignore[arg-type]  # wrong on purpose


def test_an_empty_span_gives_an_empty_table(written: Written, tmp_path: Path) -> None:
    settings = replace(written.settings, directory=tmp_path)
    (path,) = write_on_demand(written.dsn, settings, fill.NOW, Order(date(2020, 1, 1), date(2020, 1, 2)))
    assert totals(path, "МО")["Посещения"] == 0
