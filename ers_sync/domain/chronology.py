"""The order of events in one pregnancy: its primary exam, its outcome, its beginning. Deleted rows do not count."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime

from ers_sync.domain import gestation
from ers_sync.domain.limits import Limit
from ers_sync.domain.model import Case, Exam, Outcome

DELIVERY_DAYS = 154  # 22 weeks: from here on a pregnancy ends in a delivery (Ministry of Health, criteria of birth)


def lmp(case: Case) -> date | None:
    """Return the first day of the last menstruation: by the primary exam, else the earliest exam that has a gestation, else the outcome."""
    primary = primary_exam(case)
    living = [e for e in in_order(case.exams) if not e.deleted]
    starts = [_start(exam.examined_at, exam.gestation_days) for exam in ([primary, *living] if primary else living)]
    ended = outcome(case)
    if ended:
        starts.append(_start(ended.occurred_at, ended.gestation_days))
    return next((day for day in starts if day is not None), None)


def _start(moment: datetime | None, gestation_days: int | None) -> date | None:
    """Return the beginning by one row; a gestation that no pregnancy has counts as missing, and so does a day at the calendar's edge."""
    if moment is None or gestation_days is None or not 0 <= gestation_days <= Limit.GESTATION_DAYS:
        return None
    return gestation.lmp(moment.date(), gestation_days) if moment.toordinal() > gestation_days else None


def primary_exam(case: Case) -> Exam | None:
    """Return the earliest primary exam that is not deleted: the one that calls for the certificate."""
    return next((e for e in in_order(case.exams) if e.kind == "primary" and not e.deleted), None)


def outcome(case: Case) -> Outcome | None:
    """Return the earliest outcome that is not deleted."""
    living = [o for o in case.outcomes if not o.deleted]
    return min(living, key=lambda o: (o.occurred_at or datetime.max, o.id), default=None)


def in_order(exams: Iterable[Exam]) -> list[Exam]:
    """Sort exams by (examined_at, id); those without a time come last."""
    return sorted(exams, key=lambda e: (e.examined_at or datetime.max, e.id))


def is_delivery(row: Outcome) -> bool:
    """Tell whether an outcome is a delivery that pays talon 2: at 22 weeks or later; one without gestation may be one."""
    return row.kind == "delivery" and (row.gestation_days is None or row.gestation_days >= DELIVERY_DAYS)


def is_termination(row: Outcome) -> bool:
    """Tell whether the pregnancy ended in a termination before 22 weeks; `other` and a later miscarriage are for a person to judge."""
    if row.kind == "abortion":
        return True
    early = row.gestation_days is None or row.gestation_days < DELIVERY_DAYS
    return (row.kind == "miscarriage" and early) or (row.kind == "delivery" and not is_delivery(row))
