"""The sheets against each other and against the ledger: every event once, with one reason."""

from __future__ import annotations

import re
from collections import Counter
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from ers_sync.reports.troubles import TROUBLES
from tests.integration.reports.conftest import Written, cells, table, totals

COUNTS = ("ЭРС", "Посещения", "Т1", "Т2", "Т3-1", "Т3-2")
OWN = "(%s::bigint is null or organization_id = %s)"


@pytest.fixture(params=[None, 2, 4], ids=["region", "hospital 2", "hospital 4 of the same name as 3"])
def book(request: pytest.FixtureRequest, written: Written) -> tuple[Path, int | None]:
    return written.paths[request.param or 0], request.param


def summary(path: Path) -> dict[str, list[Any]]:
    """Return the rows of the summary by their labels."""
    return {str(row[0]): row[1:] for row in cells(path, "Сводка") if row[0] is not None}


def days(path: Path, title: str) -> list[dict[str, Any]]:
    """Return the rows of single days."""
    return [row for row in table(path, title) if isinstance(row["Дата"], datetime)]


def ask(written: Written, number: int | None, query: str) -> list[tuple[Any, ...]]:
    return written.rows(query.replace("{own}", OWN), number, number)


def test_every_request_of_the_ledger_stands_somewhere_once(book: tuple[Path, int | None], written: Written) -> None:
    path, number = book
    rows = summary(path)
    by_state = dict(ask(written, number, "select state, count(*) from ers.request where {own} group by state"))
    assert sum(by_state.values()) == rows["Всего в журнале"][8]
    assert rows["Принято Фондом"][8] == by_state["DONE"]
    assert rows["Задержано: нужны действия"][8] == by_state["HELD"]
    assert rows["Отказ Фонда"][8] == by_state.get("REJECTED", 0)
    assert rows["Ждёт отправки"][8] == by_state.get("READY", 0)
    assert rows["Отправлено, Фонд обрабатывает"][8] == by_state.get("SENDING", 0) + by_state.get("REGISTERED", 0)
    assert rows["Отправлено, судьба выясняется"][8] == by_state.get("UNKNOWN", 0)
    cancelled = ("Уже есть в Фонде: отправлять не нужно", "Снято оператором", "Больше не требуется")
    assert sum(rows[label][8] for label in cancelled) == by_state.get("CANCELLED", 0)


def test_reasons_add_up_to_what_the_fund_does_not_have(book: tuple[Path, int | None], written: Written) -> None:
    path, number = book
    rows = summary(path)
    known = ask(
        written,
        number,
        """select case state when 'HELD' then reason else state end, count(*) from ers.request
        where {own} and state in ('HELD', 'READY', 'REJECTED', 'QUARANTINED') group by 1""",
    )
    of_titles = dict(zip((row[0] for row in cells(path, "Сводка")), cells(path, "Сводка"), strict=True))
    start = next(n for n, row in enumerate(cells(path, "Сводка")) if row[0] == "Почему не у Фонда")
    block = {str(row[0]): row[1:] for row in cells(path, "Сводка")[start + 1 : start + 2 + len(known)]}
    assert {TROUBLES[why].title: many for why, many in known} == {
        title: row[0] for title, row in block.items() if title != "Всего не у Фонда"
    }
    total = block["Всего не у Фонда"]
    assert total[0] == sum(many for _, many in known) == rows["Не отправлено или отказано"][0]
    assert total[1] == rows["Из них просрочено"][0] == rows["Всего в журнале"][9]
    assert total[2] == rows["Не отправлено или отказано"][3]
    assert of_titles["Отказ Фонда"][9] == block.get("Фонд отказал", [0])[0]


def test_the_verdict_is_the_first_thing_that_is_read(book: tuple[Path, int | None]) -> None:
    path, _ = book
    rows, said = summary(path), cells(path, "Сводка")[3][0]
    numbers = [int(part) for part in re.findall(r"\d+", said.replace("\N{NO-BREAK SPACE}", ""))]
    unsent = rows["Не отправлено или отказано"]
    assert said.startswith("Отправлено не всё. Ещё не у Фонда: ")
    assert numbers == [unsent[0], rows["Из них просрочено"][0], unsent[3]]


PRICE = """(case when kind = 'put_ticket1' then case when event_on < '2026-01-01' then 3000 else 4000 end
    when kind = 'put_ticket2' then case when event_on < '2026-01-01' then 6000 else 6500 end
    when kind = 'put_ticket3' then case when event_on < '2026-01-01' then 1000 else 1100 end end)"""


@pytest.mark.parametrize(
    ("label", "moment", "which"),
    [
        ("Отправлено в Фонд, рублей", "first_sent_at", "state <> 'ANNULLED'"),
        ("Принято Фондом, рублей", "answered_at", "state = 'DONE'"),
    ],
)
def test_roubles_of_yesterday_and_the_month(
    book: tuple[Path, int | None], written: Written, label: str, moment: str, which: str
) -> None:
    path, number = book
    spans = [("2026-06-15", "2026-06-15"), ("2026-06-14", "2026-06-14"), ("2026-06-13", "2026-06-13")]
    spans += [("2026-06-01", "2026-06-15"), ("2026-05-01", "2026-05-31"), ("2000-01-01", "2099-01-01")]
    expected = [
        ask(
            written,
            number,
            f"select coalesce(sum({PRICE}), 0) from ers.request where {{own}} and {which} and "  # noqa: S608 - words of this file
            f"({moment} at time zone 'Asia/Yekaterinburg')::date between '{begin}' and '{end}'",
        )[0][0]
        for begin, end in spans
    ]
    assert summary(path)[label][:6] == expected
    assert expected[3] > 0


def test_sent_by_hospital_and_day(book: tuple[Path, int | None], written: Written) -> None:
    path, number = book
    expected = {
        (day, name): counts
        for day, name, *counts in ask(
            written,
            number,
            """select (first_sent_at at time zone 'Asia/Yekaterinburg')::date, organization_id,
                count(*) filter (where kind = 'create_ers'), count(*) filter (where kind = 'put_visit'),
                count(*) filter (where kind = 'put_ticket1'), count(*) filter (where kind = 'put_ticket2'),
                count(*) filter (where kind = 'put_ticket3' and half_year = 1),
                count(*) filter (where kind = 'put_ticket3' and half_year = 2)
            from ers.request where {own} and first_sent_at is not null and state <> 'ANNULLED' and kind <> 'annul_visit'
            group by 1, 2""",
        )
    }
    names = hospital_names(written)
    found = {(row["Дата"].date(), names[row["М.О."]]): [row[title] for title in COUNTS] for row in days(path, "МО")}
    assert found == expected


def hospital_names(written: Written) -> dict[str, int]:
    """Return the ids of hospitals by what the sheets call them."""
    known = written.rows("select id, name, ogrn from ers.organization")
    often = Counter(name for _, name, _ in known)
    return {name if often[name] == 1 else f"{name} (ОГРН {ogrn})": number for number, name, ogrn in known}


def test_sheets_agree_with_each_other(book: tuple[Path, int | None], written: Written) -> None:
    path, number = book
    rows, by_hospital, women = summary(path), totals(path, "МО"), totals(path, "Пациентки")
    assert [totals(path, "Врачи")[title] for title in COUNTS] == [by_hospital[title] for title in COUNTS]
    assert rows["Отправлено в Фонд"][5] == sum(by_hospital[title] for title in COUNTS)
    assert rows["Принято Фондом"][8] - rows["Принято Фондом"][6] == sum(
        totals(path, "Данные с ФСС")[title] for title in COUNTS
    )
    assert women["Посещ. отпр."] == by_hospital["Посещения"]
    assert women["Посещ. принято"] == totals(path, "Данные с ФСС")["Посещения"]
    assert women["Что исправить"] == len(table(path, "Что исправить"))
    to_mend = sum(
        rows[label][8] for label in ("Задержано: нужны действия", "Отказ Фонда", "Отложено: ошибка программы")
    )
    findings = written.rows(
        "select count(*) from ers.finding f join ers.pregnancy p on p.id = f.pregnancy_id left join ers.request r"
        " on r.id = f.request_id where closed_at is null and (%s::bigint is null"
        " or coalesce(r.organization_id, p.organization_id) = %s)",
        number,
        number,
    )[0][0]
    assert len(table(path, "Что исправить")) == to_mend + findings


@pytest.mark.parametrize("title", ["МО", "Врачи", "Данные с ФСС"])
def test_years_and_months_are_sums_of_days(book: tuple[Path, int | None], title: str) -> None:
    path, _ = book
    rows = table(path, title)
    counted = [name for name in rows[0] if name not in {"Дата", "М.О.", "Врач"}]
    for name in counted:
        parts = {"год": 0, "месяц": 0, "день": 0}
        for row in rows:
            label = row["Дата"]
            parts["день" if isinstance(label, datetime) else "год" if label.endswith("год") else "месяц"] += row[name]
        assert set(parts.values()) == {totals(path, title)[name]}


def test_problems_are_the_requests_of_the_ledger(book: tuple[Path, int | None], written: Written) -> None:
    path, number = book
    listed = [row["№ запроса"] for row in table(path, "Что исправить") if row["Ошибка"] != "Расходится с РАМ"]
    wanted = ask(
        written, number, "select id from ers.request where {own} and state in ('HELD', 'REJECTED', 'QUARANTINED')"
    )
    assert sorted(one for one in listed if one is not None) == sorted(row[0] for row in wanted)
    roubles = sum(row["Рублей"] for row in table(path, "Что исправить"))
    assert roubles == totals(path, "Что исправить")["Рублей"]


def test_roubles_are_those_of_the_day_of_the_event(written: Written) -> None:
    rows = summary(written.paths[0])
    by_hand = written.rows(f"select sum({PRICE}) from ers.request where state = 'DONE'")[0][0]  # noqa: S608 - words of this file
    assert rows["Принято Фондом"][10] == by_hand


def test_overdue_is_what_the_fund_does_not_have_in_time(written: Written) -> None:
    rows = summary(written.paths[0])
    overdue = written.rows(
        "select count(*) from ers.request where state in ('HELD', 'READY', 'REJECTED', 'QUARANTINED') and deadline < %s",
        datetime.fromisoformat("2026-06-15T06:00+05:00"),
    )[0][0]
    assert rows["Из них просрочено"][0] == rows["Всего в журнале"][9] == overdue > 0


def test_a_hospital_sees_only_its_own_women(written: Written) -> None:
    own = written.rows(
        """select concat_ws(' ', last_name, first_name, patronymic) from ers.pregnancy p where organization_id = 2
        or exists (select 1 from ers.request r where r.pregnancy_id = p.id and r.organization_id = 2)"""
    )
    found = Counter(row["ФИО"] for row in table(written.paths[2], "Пациентки"))
    assert found.total() == len(own)
    assert len(table(written.paths[0], "Пациентки")) == 300


def test_the_log_has_every_exchange_of_its_days(written: Written) -> None:
    expected = written.rows(
        "select count(*) from ers.exchange where business_at >= '2026-06-09 00:00+05' and business_at < '2026-06-16 00:00+05'"
    )[0][0]
    assert len(table(written.paths[0], "Реестр запросов")) == expected > 0
