"""The sheet «Реестр запросов»: every exchange with the Fund."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from ers_sync.reports.book import Book
from ers_sync.reports.names import shortened
from ers_sync.reports.source import Source
from ers_sync.reports.table import Column, Table
from ers_sync.reports.titles import LOG

_COLUMNS = [
    Column("М.О.", 26, "wrap"),
    Column("Дата", 16, "datetime"),
    Column("Узел Фонда", 16, "wrap"),
    Column("Запрос", 24, "wrap"),
    Column("Метод", 14),
    Column("Пациентка", 28, "wrap"),
    Column("ЭРС", 12),
    Column("Статус", 22, "wrap"),
    Column("HTTP", 7, "int"),
    Column("Информация", 50, "wrap"),
    Column("Секунд", 9, "seconds"),
    Column("Кто", 14, "wrap"),
]
OPERATIONS = {
    "createErs": "Запрос ЭРС",
    "putVisit": "Посещение",
    "annulVisit": "Аннулирование посещения",
    "putTicket1": "Талон 1",
    "putTicket2": "Талон 2",
    "putTicket3": "Талон 3",
    "disableErs": "Закрытие ЭРС",
    "getErsData": "Данные ЭРС",
    "getResultById": "Результат обработки",
}
_ANSWERS = {
    "REGISTERED": "Принят в обработку",
    "READY_TO_PROCESS": "В очереди Фонда",
    "PROCESSING": "Обрабатывается",
    "PROCESSED": "Обработан",
    "PROCESSING_ERROR": "Отказ",
}
_OUTCOMES = {
    "NOT_ACCEPTED": "Не доставлен",
    "THROTTLED": "Фонд просит подождать",
    "SIGNATURE_FAULT": "Подпись не принята",
    "INVALID_DATA_FAULT": "Форма не принята",
    "PERHAPS_ACCEPTED": "Судьба неизвестна",
    "UNVERIFIABLE": "Ответ не проверен",
}
_REFUSED = ("Отказ", "Подпись не принята", "Форма не принята", "Ответ не проверен")


def prepare(book: Book, rows: int, *, region: bool, note: str) -> Table:
    """Add the sheet; a hospital's has no column М.О."""
    drop = 0 if region else 1
    table = Table(book, LOG, _COLUMNS[drop:], rows=rows, totals={}, note=note, frozen=2 - drop, counted=1 - drop)
    for word in _REFUSED:
        rule = {"type": "cell", "criteria": "==", "value": f'"{word}"', "format": book.styles.bad}
        table.mark(7 - drop, rule)
    return table


def read(source: Source, span: tuple[datetime, datetime]) -> Iterator[Any]:
    """Ask the ledger for the exchanges from one moment to another."""
    return source.stream("log", since=span[0], until=span[1])


def write(table: Table, source: Source, rows: Iterable[Any]) -> int:
    """Write what `read` gave and return how many exchanges there are."""
    count = 0
    drop = 0 if source.region else 1
    names = shortened(source.names)
    for row in rows:
        count += 1
        table.write(values_of(row, names, source.zone)[drop:])
    table.close()
    return count


def values_of(row: Any, names: Mapping[int, str], zone: ZoneInfo) -> tuple[Any, ...]:
    """Return the cells of one row of the query `log`."""
    at, organization_id, host, operation, name, number, outcome, status, http_status, text, seconds, operator = row
    return (
        names[organization_id] if organization_id else None,
        at.astimezone(zone).replace(tzinfo=None, microsecond=0),
        host,
        OPERATIONS.get(operation, operation),
        operation,
        name,
        number,
        status_words(outcome, status),
        http_status,
        text,
        seconds,
        operator,
    )


def status_words(outcome: str | None, status: str | None) -> str:
    """Say how an exchange ended; a word that nobody has named is shown as it is."""
    if outcome is None:
        return "Нет ответа"
    if outcome == "ANSWERED":
        return _ANSWERS.get(status or "", status or "Ответ получен")
    return _OUTCOMES.get(outcome, outcome)
