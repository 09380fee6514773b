"""A report that somebody asked for: one sheet about any days, by hospital, doctor, woman, or the request log."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from pathlib import Path

from sqlalchemy import Engine

from ers_sync.reports import counts, log, periods, titles
from ers_sync.reports.book import Book, Heading, open_book
from ers_sync.reports.contents import agree
from ers_sync.reports.counts import Question
from ers_sync.reports.daily import REGION
from ers_sync.reports.files import day_folder, private_folder, publish, safe_name
from ers_sync.reports.names import distinct
from ers_sync.reports.pdf import convert
from ers_sync.reports.settings import ReportError, ReportSettings
from ers_sync.reports.snapshot import open_snapshot
from ers_sync.reports.source import Source

_TITLES = {"mo": titles.HOSPITALS, "doctor": titles.DOCTORS, "patient": titles.PATIENTS, "log": titles.LOG}
_SUBJECTS = {"sent": "Запросы для ФСС", "received": titles.RECEIVED}
_PERIODS = {"day": "по дням", "month": "по месяцам", "year": "по годам"}


@dataclass(frozen=True, slots=True)
class Order:
    """What was asked for: days (both included), `by` mo, doctor, patient or log, `period` day, month or year, `subject` sent or received.

    `organization_id` None is the whole region.
    """

    begin: date
    end: date
    by: str = "mo"
    period: str = "month"
    subject: str = "sent"
    organization_id: int | None = None
    pdf: bool = False

    def __post_init__(self) -> None:
        """Raise ReportError for what cannot be reported."""
        if self.begin > self.end:
            raise ReportError(f"Начало {self.begin:%d.%m.%Y} позже конца {self.end:%d.%m.%Y}")
        for key, value, known in (
            ("by", self.by, _TITLES),
            ("period", self.period, _PERIODS),
            ("subject", self.subject, _SUBJECTS),
        ):
            if value not in known:
                raise ReportError(f"{key}: «{value}» не бывает, только {', '.join(known)}")


def write_on_demand(
    engine_or_dsn: Engine | str, settings: ReportSettings, business_now: datetime, order: Order
) -> list[Path]:
    """Write the report into today's folder and return its path, and that of its PDF if it was asked for.

    Raises:
        ReportError: the hospital is not known, the workbook or PDF could not be written, or its sums do not agree.
    """
    with private_folder(settings) as folder, open_snapshot(engine_or_dsn) as snapshot:
        names = distinct(snapshot.all("organizations"))
        source = Source(snapshot, settings, names, order.end, order.organization_id)
        if not source.region and not source.one("occurs")[0]:
            raise ReportError(f"МО {order.organization_id} в журнале нет")
        whom = REGION if order.organization_id is None else names[order.organization_id]
        local = business_now.astimezone(source.zone).replace(tzinfo=None, microsecond=0)
        made = folder / "book.xlsx"
        with open_book(made, Heading(whom, order.end, local), settings.rows_per_sheet) as book:
            _fill(book, source, order)
        day = business_now.astimezone(settings.zone).date()
        target = day_folder(settings, day) / f"{_name(order, whom)}.xlsx"
        finished = [(made, target)]
        if order.pdf:
            finished.append((convert(made), target.with_suffix(".pdf")))
        for file, place in finished:
            publish(file, place, settings.group_of(order.organization_id))
    return [place for _, place in finished]


def _fill(book: Book, source: Source, order: Order) -> None:
    days = f"{order.begin:%d.%m.%Y} – {order.end:%d.%m.%Y}"
    if order.by == "log":
        begin = datetime.combine(order.begin, time(), tzinfo=source.zone)
        span = (begin, datetime.combine(order.end + timedelta(days=1), time(), tzinfo=source.zone))
        count = source.one("log_count", since=span[0], until=span[1])
        table = log.prepare(book, count[0], region=source.region, note=days)
        agree(titles.LOG, (log.write(table, source, log.read(source, span)),), count)
        return
    question = Question(order.subject, order.by, order.period, order.begin, order.end)
    by_year = counts.stream(source, Question(order.subject, "mo", "year", order.begin, order.end))
    width = len(counts.MEASURES[order.subject])
    totals = list(map(sum, zip((0,) * width, *(period.counts for period in by_year), strict=True)))
    table = counts.prepare(
        book,
        _TITLES[order.by],
        question,
        totals,
        lambda: counts.stream(source, question),
        note=f"{_SUBJECTS[order.subject]}, {days}. {counts.NOTES[order.subject]}",
    )
    agree(_TITLES[order.by], periods.write(table, counts.stream(source, question), order.period, shown=2), totals)


def _name(order: Order, whom: str) -> str:
    span = f"{order.begin:%Y-%m-%d} {order.end:%Y-%m-%d}"
    if order.organization_id is not None:
        whom = f"МО {order.organization_id} {whom}"
    if order.by == "log":
        return safe_name(f"Отчёт {titles.LOG} {span} {whom}")
    return safe_name(f"Отчёт {_SUBJECTS[order.subject]} {_TITLES[order.by]} {_PERIODS[order.period]} {span} {whom}")
