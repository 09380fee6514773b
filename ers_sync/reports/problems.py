"""The sheet «Что исправить»: each held, refused or diverging request, after the manual's table of typical errors."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from ers_sync.domain.findings import WORDS, FindingCode
from ers_sync.domain.states import State
from ers_sync.reports import words
from ers_sync.reports.book import Book
from ers_sync.reports.names import shortened
from ers_sync.reports.source import Source
from ers_sync.reports.table import Column, Table
from ers_sync.reports.titles import PROBLEMS
from ers_sync.reports.troubles import CARDS, FINDINGS, TROUBLES

_COLUMNS = [
    Column("М.О.", 20, "wrap"),
    Column("Срок", 10.5, "date"),
    Column("Просрочено, дней", 11.5, "int"),
    Column("Пациентка", 22, "wrap"),
    Column("Д.Р.", 10.5, "date"),
    Column("Запрос", 14, "wrap"),
    Column("Дата события", 10.5, "date"),
    Column("Врач", 16, "wrap"),
    Column("Ошибка", 19, "wrap"),
    Column("Возможная причина", 31, "wrap"),
    Column("Где исправить", 15, "wrap"),
    Column("Как исправить", 27, "wrap"),
    Column("Ответ Фонда", 25, "wrap"),
    Column("Рублей", 13.5, "money", total=True),
    Column("№ запроса", 9, "id"),
]
_DEADLINE, _LATE, _ERROR, _MONEY = 1, 2, 8, 13


def prepare(book: Book, rows: int, roubles: int, *, region: bool) -> Table:
    """Add the sheet; a hospital's has no column М.О."""
    drop = 0 if region else 1
    note = (
        "Сначала самое срочное; внизу то, что уйдёт само. Исправили в РАМ – больше ничего не нужно, запрос уйдёт сам."
    )
    totals = {_MONEY - drop: roubles}
    table = Table(
        book, PROBLEMS, _COLUMNS[drop:], rows=rows, totals=totals, note=note, frozen=4 - drop, counted=_ERROR - drop
    )
    table.mark(_LATE - drop, {"type": "cell", "criteria": ">", "value": 0, "format": book.styles.bad})
    today = {"type": "date", "criteria": "equal to", "format": book.styles.warning}
    table.mark(_DEADLINE - drop, today | {"value": datetime.combine(book.heading.day, datetime.min.time())})
    return table


def read(source: Source) -> Iterator[Any]:
    """Ask the ledger for the rows."""
    return source.stream("problems", prices=source.settings.prices_json(), today=source.today)


def write(table: Table, source: Source, rows: Iterable[Any]) -> tuple[int, int]:
    """Write what `read` gave and return how many rows there are, and their roubles."""
    count, roubles = 0, 0
    drop = 0 if source.region else 1
    names = shortened(source.names)
    for row in rows:
        values = values_of(row, names, source.settings.zone_of(row[0]), source.today)
        count, roubles = count + 1, roubles + values[_MONEY]
        table.write(values[drop:])
    table.close()
    return count, roubles


def values_of(row: Any, names: Mapping[int, str], zone: ZoneInfo, today: date) -> tuple[Any, ...]:
    """Return the cells of one row of the query `problems`."""
    (
        organization_id,
        name,
        birth_date,
        doctor,
        request_id,
        code,
        kind,
        half_year,
        state,
        reason,
        details,
        event_on,
        *rest,
    ) = row
    deadline, roubles, answer = rest
    due = deadline.astimezone(zone).date() if deadline else None
    late = (today - due).days if due and due < today else None
    title, cause, place, remedy, said = _explained(code, state, reason, details)
    return (
        names[organization_id] if organization_id else None,
        due,
        late,
        name,
        birth_date,
        words.KINDS[words.measure_key(kind, half_year)] if kind else "ЭРС",
        event_on,
        doctor,
        title,
        cause,
        place,
        remedy,
        said or answer,
        roubles,
        request_id,
    )


def _explained(
    code: str | None, state: str | None, reason: str | None, details: Sequence[Mapping[str, str | None]]
) -> tuple[str, str | None, str, str, str | None]:
    """Return what is wrong, why, where and how it is mended (and by whom), and the Fund's words as far as the request keeps them."""
    if code is not None:
        finding = FINDINGS[FindingCode(code)]
        return finding.title, WORDS[FindingCode(code)], finding.place, f"{finding.remedy} ({finding.who})", None
    trouble = TROUBLES[state if state in {State.REJECTED, State.QUARANTINED} else str(reason)]
    remedy = f"{trouble.remedy} ({trouble.who})"
    texts = [detail.get("text") or "" for detail in details]
    if state == State.REJECTED:
        return trouble.title, "см. ответ Фонда", trouble.place, remedy, "; ".join(texts)
    places, causes = _placed(texts)
    return trouble.title, "; ".join(causes) or None, ", ".join(places) or trouble.place, remedy, None


def _placed(texts: Sequence[str]) -> tuple[list[str], list[str]]:
    """Split texts such as «карточка пациентки: СНИЛС неверен» into the cards, each once, and what is wrong in them."""
    places: dict[str, None] = {}
    causes = []
    for text in texts:
        card, colon, rest = text.partition(": ")
        if colon and card in CARDS:
            places[card] = None
            causes.append(rest)
        else:
            causes.append(text)
    return list(places), [cause for cause in causes if cause]
