"""The sheets «МО», «Врачи» and «Данные с ФСС»: what was sent and received by period."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import islice
from typing import Any

from ers_sync.reports import periods, words
from ers_sync.reports.book import Book
from ers_sync.reports.figures import ALL_TIME, COUNTS, FOREIGN
from ers_sync.reports.names import shortened
from ers_sync.reports.periods import Period, Periods
from ers_sync.reports.source import Source
from ers_sync.reports.table import FIRST_ROW, Column, Table

MEASURES = {
    "sent": list(words.MEASURES.values()),
    "received": [*words.MEASURES.values(), "Чужие ЭРС", "Чужие талоны"],
}
FIELDS = {"sent": COUNTS, "received": [*COUNTS, *FOREIGN]}
NOTES = {
    "sent": "По дню первой отправки; аннулированные посещения вычтены. Раскрывайте годы и месяцы знаком + слева.",
    "received": "По дню ответа Фонда. Чужие: оформлены другой МО или вручную, по дню получения сведений.",
}
KEYS = {
    "mo": [Column("М.О.", 60, "wrap")],
    "doctor": [Column("М.О.", 40, "wrap"), Column("Врач", 32, "wrap")],
    "patient": [Column("М.О.", 34, "wrap"), Column("Пациентка", 36, "wrap"), Column("Д.Р.", 11, "date")],
}
_KEPT = 20_000  # some megabytes


@dataclass(frozen=True, slots=True)
class Question:
    """What a sheet counts: the subject (`sent`, `received`), by `mo`, `doctor` or `patient`, in which periods of which days."""

    subject: str = "sent"
    by: str = "mo"
    finest: str = "day"
    begin: date = ALL_TIME[0]
    end: date = ALL_TIME[1]


def stream(source: Source, question: Question) -> Iterator[Period]:
    """Return the counted periods in the order of the sheet; the ledger begins to count at once."""
    asked = {"by": question.by, "period": question.finest, "begin": question.begin, "end": question.end}
    zones = {"zones": source.settings.zones_json(), "zone": source.settings.zone.key}
    names = source.names if question.by == "mo" else shortened(source.names)
    width = len(KEYS[question.by])
    return (_period(row, names, width) for row in source.stream(question.subject, **asked, **zones))


def again(ask: Callable[[], Iterator[Period]]) -> Callable[[], Periods]:
    """Return what gives the same periods as often as it is called: the ledger is asked once if they are not too many to keep."""
    kept = list(islice(ask(), _KEPT + 1))
    return (lambda: kept) if len(kept) <= _KEPT else ask


def _period(row: Any, names: Mapping[int, str], width: int) -> Period:
    organization, key_id, key_name, birth_date, day, *counts = row
    # Two women or doctors of one name stay two: the ids group the rows.
    return Period((organization, key_id), (names[organization], key_name, birth_date)[:width], day, tuple(counts))


def prepare(
    book: Book,
    title: str,
    question: Question,
    totals: Sequence[int],
    periods_again: Callable[[], Periods],
    *,
    note: str = "",
) -> Table:
    """Add the sheet. `periods_again` is asked only if there may be more rows than one sheet holds."""
    keys = KEYS[question.by]
    most = 3 * sum(totals)  # every event alone in its day, month and year
    capacity = book.rows_per_sheet - FIRST_ROW
    return Table(
        book,
        title,
        periods.columns(keys, MEASURES[question.subject]),
        rows=min(most, capacity),
        totals=dict(enumerate(totals, start=1 + len(keys))),
        note=note or NOTES[question.subject],
        frozen=1 + len(keys),
        summed=periods.YEAR,
        parts=periods.parts(periods_again(), question.finest, capacity) if most > capacity else 1,
    )
