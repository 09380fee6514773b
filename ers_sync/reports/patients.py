"""The sheet «Пациентки»: a row a pregnancy, with her certificate, talons, visits and term."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import Any, NamedTuple

from ers_sync.domain.gestation import in_words
from ers_sync.reports.book import Book
from ers_sync.reports.names import cut, shortened
from ers_sync.reports.source import Source
from ers_sync.reports.table import Column, Table
from ers_sync.reports.titles import PATIENTS

# How far a talon has come, by the rank that the query gives it.
TICKET_WORDS = {
    9: "Да",
    8: "Да",  # seen at the Fund: claimed by another hospital or by hand
    7: "Отправлен",
    6: "Выясняется",
    5: "Ждёт",
    4: "Задержан",
    3: "Отказ",
    2: "Отложен",
    0: "Нет",
}
_COLUMNS = [
    Column("М.О.", 21, "wrap"),
    Column("ФИО", 29, "wrap"),
    Column("Д.Р.", 10.5, "date"),
    Column("СНИЛС", 13),
    Column("Полис", 18, "wrap"),
    Column("ЭРС", 12),
    Column("Чей ЭРС", 21, "wrap"),
    Column("Талон 1", 10, "center"),
    Column("Талон 2", 10, "center"),
    Column("Талон 3.1", 10, "center"),
    Column("Талон 3.2", 10, "center"),
    Column("Посещ. нужно", 7.5, "int", total=True),
    Column("Посещ. отпр.", 7.5, "int", total=True),
    Column("Посещ. принято", 8, "int", total=True),
    Column("Что исправить", 9.5, "int", total=True),
    Column("Текущий срок", 24, "wrap"),
]
_CERTIFICATE = 5
_COUNTS = slice(11, 15)  # of the region's columns
_TICKETS = slice(7, 11)


def prepare(book: Book, rows: int, totals: tuple[int, int, int, int], *, region: bool) -> Table:
    """Add the sheet; `totals` are visits called for, sent and accepted, and lines to mend. A hospital's has no column М.О."""
    drop = 0 if region else 1
    columns = _COLUMNS[drop:]
    places = range(_COUNTS.start - drop, _COUNTS.stop - drop)
    note = "Посещения: нужно по РАМ, отправлено, принято Фондом. «Нет» в столбце ЭРС: номер ещё не получен."
    sums = dict(zip(places, totals, strict=True))
    certificate = _CERTIFICATE - drop
    table = Table(book, PATIENTS, columns, rows=rows, totals=sums, note=note, frozen=2 - drop, counted=certificate)
    for column in range(_TICKETS.start - drop, _TICKETS.stop - drop):
        for word, style in (("Да", "good"), ("Отказ", "bad"), ("Отложен", "bad"), ("Задержан", "warning")):
            table.mark(
                column, {"type": "cell", "criteria": "==", "value": f'"{word}"', "format": getattr(book.styles, style)}
            )
    table.mark(certificate, {"type": "cell", "criteria": "==", "value": '"Нет"', "format": book.styles.warning})
    table.mark(places[-1], {"type": "cell", "criteria": ">", "value": 0, "format": book.styles.bad})
    return table


def read(source: Source) -> Iterator[Any]:
    """Ask the ledger for the rows."""
    return source.stream_beside("patients")


def write(table: Table, source: Source, rows: Iterable[Any]) -> tuple[int, ...]:
    """Write what `read` gave and return the sums of the counts."""
    sums = [0, 0, 0, 0]
    drop = 0 if source.region else 1
    names = shortened(source.names)
    for row in rows:
        values = values_of(row, names, source.today)
        sums = [a + b for a, b in zip(sums, values[_COUNTS], strict=True)]
        table.write(values[drop:])
    table.close()
    return tuple(sums)


def values_of(row: Any, names: Mapping[int, str], today: date) -> tuple[Any, ...]:
    """Return the cells of one row of the query `patients`."""
    (organization_id, name, birth_date, snils, policy, number, issuer_id, issuer, *ranks) = row[:16]
    seen, own = ranks[:4], ranks[4:]
    *counts, lmp, kind, ended_on, days, closed_on = row[16:]
    end = Ending(kind, ended_on, days, closed_on)
    return (
        names[organization_id] if organization_id else None,
        name,
        birth_date,
        snils,
        policy,
        number or "Нет",
        _issuer(names, issuer_id, issuer) if number else None,
        *(TICKET_WORDS[max(pair)] for pair in zip(seen, own, strict=True)),
        *counts,
        term(lmp, end, today),
    )


def _issuer(names: Mapping[int, str], issuer_id: int | None, issuer: str | None) -> str:
    return names[issuer_id] if issuer_id else cut(issuer or "выдан не нами")


class Ending(NamedTuple):
    """How a pregnancy ended: its outcome's kind, day and gestation in days, or the day on which it was closed without one."""

    kind: str | None = None
    day: date | None = None
    gestation_days: int | None = None
    closed_on: date | None = None


def term(lmp: date | None, end: Ending, today: date) -> str:
    """Say how far the pregnancy is, or how it ended, in the manual's words."""
    if end.kind is not None:
        words = {"delivery": "после родоразрешения", "abortion": "после прерывания"}.get(end.kind, "после исхода")
        return _at(words, _days(lmp, end.day) if end.gestation_days is None else end.gestation_days)
    if end.closed_on is not None and end.closed_on <= today:
        return _at("снята с учёта", _days(lmp, end.closed_on))
    days = _days(lmp, today)
    return in_words(days) if days is not None and days >= 0 else "срок не указан"


def _at(words: str, days: int | None) -> str:
    return f"{words} в {in_words(days)}" if days is not None and days >= 0 else words


def _days(lmp: date | None, day: date | None) -> int | None:
    return (day - lmp).days if lmp and day else None
