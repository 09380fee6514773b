"""Whether the morning's workbook is true: whatever РАМ calls for is there once, accepted as the Fund has it or with one reason why not."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple

import psycopg2
from openpyxl import load_workbook

from ers_sync.reports.daily import write_daily
from ers_sync.stand.line import Line, snils
from jobs import report

Entry = Mapping[str, Any]


class Call(NamedTuple):
    """Something that РАМ calls for, whether or not it can be sent."""

    kind: str
    pregnancy_id: int
    source: str
    day: date

    @property
    def subject(self) -> tuple[str, object]:
        """What there is one of: a visit an exam, everything else a pregnancy."""
        return self.kind, self.source if self.kind == "put_visit" else self.pregnancy_id


# The campaigns' women have one fetus, exams before their deliveries, and hospitals with all contracts: that leaves little of the rules.
_CALLED = """
select 'create_ers' as kind, pregnancy_id, 'exam:' || id as source, examined_at::date as day
from ram.exam where kind = 'primary' and not deleted
union all
select 'put_visit', pregnancy_id, 'exam:' || id, examined_at::date from ram.exam where kind = 'repeat' and not deleted
union all
(select distinct on (pregnancy_id) 'put_ticket1', pregnancy_id, 'exam:' || id, examined_at::date
 from ram.exam where kind = 'repeat' and not deleted and gestation_days >= 210 order by pregnancy_id, examined_at, id)
union all
select 'put_ticket2', pregnancy_id, 'outcome:' || id, occurred_at::date from ram.outcome where not deleted"""
_LIVE = """
select id, kind, pregnancy_id, source, event_on as day, state from ers.request
where kind not in ('annul_visit', 'disable_ers') and state not in ('CANCELLED', 'ANNULLED')"""


def problems(line: Line, book: Sequence[Entry]) -> Iterator[str]:
    """Write the workbooks, and yield what the region's says that is not so, or does not say."""
    context = line.context
    # in this process: what the job does apart from it is not what is looked at, and to import pandas anew takes seconds
    path, *_ = write_daily(context.ledger, report.settings(context), context.clock())
    with psycopg2.connect(line.ram_dsn) as connection, connection.cursor() as cursor:
        cursor.execute(_CALLED)
        calls = [Call(*row) for row in cursor.fetchall()]
    to_mend = Counter(row["№ запроса"] for row in _table(path, "Что исправить") if row["Ошибка"])
    yield from _events(line, calls, to_mend)
    yield from _women(_table(path, "Пациентки"), calls, book)


def _events(line: Line, calls: Sequence[Call], to_mend: Counter[int]) -> Iterator[str]:
    """Yield what is called for and not there once, and what is listed wrongly or not at all."""
    called = {call.subject: call for call in calls}
    seen: Counter[tuple[str, object]] = Counter()
    for row in line.ledger(_LIVE):
        mine = Call(row["kind"], row["pregnancy_id"], row["source"], row["day"])
        seen[mine.subject] += 1
        call = called.get(mine.subject)
        # what the Fund has is listed if РАМ says something else now, everything else until it is mended
        listed = row["state"] != "DONE" or call != mine
        if to_mend[row["id"]] != listed:
            yield f"listed {to_mend[row['id']]} times: {row['kind']} {row['source']} {row['state']}"
    yield from (
        f"called for, {seen[subject]} times in the ledger: {subject}" for subject in called if seen[subject] != 1
    )


def _women(rows: Sequence[Mapping[str, Any]], calls: Sequence[Call], book: Sequence[Entry]) -> Iterator[str]:
    """Yield the women whose row is missing or says of what was accepted something else than the Fund's book."""
    shown = {"".join(filter(str.isdigit, row["СНИЛС"])): row for row in rows}
    if len(shown) != len(rows):
        yield "a woman stands in the workbook twice"
    processed = Counter((entry["operation"], entry["snils"]) for entry in book if entry["result"] == "PROCESSED")
    for id_ in {call.pregnancy_id for call in calls}:
        number = snils(id_)
        row = shown.get(number)
        if row is None:
            yield f"not in the workbook: pregnancy {id_}"
            continue
        visits = processed["putVisit", number] - processed["annulVisit", number]
        wanted = sum(call.kind == "put_visit" and call.pregnancy_id == id_ for call in calls)
        true = (processed["createErs", number] > 0, processed["putTicket1", number], processed["putTicket2", number])
        said = (row["ЭРС"] != "Нет", row["Талон 1"] == "Да", row["Талон 2"] == "Да")
        if said != true or (row["Посещ. нужно"], row["Посещ. принято"]) != (wanted, visits):
            yield f"the workbook says {said}, {row['Посещ. нужно']}, {row['Посещ. принято']} of pregnancy {id_}: {true}, {wanted}, {visits}"


def _table(path: Path, title: str) -> list[dict[str, Any]]:
    """Return the rows of a list by the headings of its columns: those of the first row that names one of them."""
    rows: list[list[Any]] = [list(row) for row in load_workbook(path)[title].iter_rows(values_only=True)]
    at = next(number for number, row in enumerate(rows) if {"СНИЛС", "№ запроса"} & set(row))
    return [dict(zip(rows[at], row, strict=True)) for row in rows[at + 1 :]]
