"""What a daily workbook holds, sheet by sheet, and the proof that its sheets agree with each other."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, time, timedelta

from ers_sync.reports import counts, log, patients, periods, problems, summary, titles
from ers_sync.reports.book import SUMMARY, Book
from ers_sync.reports.counts import FIELDS, Question
from ers_sync.reports.figures import COUNTS, Figures
from ers_sync.reports.settings import ReportError
from ers_sync.reports.source import Source

_DOCTORS = Question(by="doctor")
_RESULTS = Question(subject="received")

_LINKS = (
    titles.PROBLEMS,
    titles.HOSPITALS,
    titles.DOCTORS,
    titles.PATIENTS,
    titles.RECEIVED,
    titles.LOG,
)


def fill(book: Book, source: Source, figures: Figures) -> None:
    """Write all sheets of the region's workbook or a hospital's; `figures` are those of the same.

    Raises:
        ReportError: the sums of two sheets differ, or a sheet's from those of the ledger.
    """
    region, settings = source.region, source.settings
    sent = figures.totals(figures.sent, COUNTS)
    received = figures.totals(figures.received, FIELDS["received"])
    hospitals = figures.periods(figures.sent, COUNTS)
    results = figures.periods(figures.received, FIELDS["received"])
    lines = source.one("problem_totals", today=source.today, prices=settings.prices_json())
    visits = (*figures.visits(), lines[0])
    span = _span(source)
    exchanges = source.one("log_count", since=span[0], until=span[1])

    # Asked for early: what the longest sheet waits for takes as long as the figures of all the others.
    women = patients.read(source)
    doctors = counts.again(lambda: counts.stream(source, _DOCTORS))

    # The sheets stand in the order in which they are added; they are filled in the order that suits us.
    book.add(SUMMARY)
    sheets = {
        titles.HOSPITALS: counts.prepare(book, titles.HOSPITALS, Question(), sent, lambda: hospitals),
        titles.DOCTORS: counts.prepare(book, titles.DOCTORS, _DOCTORS, sent, doctors),
        titles.PATIENTS: patients.prepare(book, source.one("patient_count")[0], visits, region=region),
        titles.PROBLEMS: problems.prepare(book, *lines, region=region),
        titles.RECEIVED: counts.prepare(book, titles.RECEIVED, _RESULTS, received, lambda: results),
        titles.LOG: log.prepare(book, exchanges[0], region=region, note=_log_note(source)),
    }
    # The ledger works out the rows of the next long sheet while this one is written.
    by_doctor = doctors()
    agree(titles.HOSPITALS, periods.write(sheets[titles.HOSPITALS], hospitals, "day", shown=0 if region else 1), sent)
    agree(titles.DOCTORS, periods.write(sheets[titles.DOCTORS], by_doctor, "day"), sent)
    wrong = problems.read(source)
    agree(titles.PATIENTS, patients.write(sheets[titles.PATIENTS], source, women), visits)
    exchanged = log.read(source, span)
    agree(titles.PROBLEMS, problems.write(sheets[titles.PROBLEMS], source, wrong), lines)
    agree(titles.RECEIVED, periods.write(sheets[titles.RECEIVED], results, "day", shown=0 if region else 1), received)
    agree(titles.LOG, (log.write(sheets[titles.LOG], source, exchanged),), exchanges)
    summary.write(book, figures, _LINKS, region=region)


def _span(source: Source) -> tuple[datetime, datetime]:
    end = datetime.combine(source.today + timedelta(days=1), time(), tzinfo=source.zone)
    return end - timedelta(days=source.settings.log_days), end


def _log_note(source: Source) -> str:
    return f"За {source.settings.log_days} дн. по {source.today:%d.%m.%Y}; другой срок: ers-sync report --by log --from … --to …"


def agree(title: str, written: Sequence[int], known: Sequence[int]) -> None:
    """Raise ReportError unless a sheet adds up to what is known from elsewhere."""
    if tuple(written) != tuple(known):
        raise ReportError(
            f"Лист «{title}» не сходится с журналом: {list(written)} вместо {list(known)}. Это ошибка программы"
        )
