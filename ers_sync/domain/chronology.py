"""The order of events in one pregnancy: its primary exam, its outcome, its beginning. Deleted rows do not count."""

from __future__ import annotations

from datetime import date, datetime
from itertools import chain

from ers_sync.domain import gestation
from ers_sync.domain.limits import Limit
from ers_sync.domain.model import Case, Exam, Outcome

DELIVERY_DAYS = 154  # 22 weeks: from here on a pregnancy ends in a delivery (Ministry of Health, criteria of birth)


def lmp(case: Case) -> date | None:
    """Return the first day of the last menstruation: by the primary exam, else the earliest exam that has a gestation, else the outcome."""
    primary, ended = primary_exam(case), outcome(case)
    exams = chain([primary] if primary else [], (exam for exam in case.exams if not exam.deleted))
    starts = chain(
        (_start(exam.examined_at, exam.gestation_days) for exam in exams),
        [_start(ended.occurred_at, ended.gestation_days)] if ended else [],
    )
    return next((day for day in starts if day is not None), None)


def _start(moment: datetime | None, gestation_days: int | None) -> date | None:
    """Return the beginning by one row; a gestation that no pregnancy has counts as missing, and so does a day at the calendar's edge."""
    if moment is None or gestation_days is None or not 0 <= gestation_days <= Limit.GESTATION_DAYS:
        return None
    return gestation.lmp(moment.date(), gestation_days) if moment.toordinal() > gestation_days else None


def primary_exam(case: Case) -> Exam | None:
    """Return the earliest primary exam that is not deleted: the one that calls for the certificate."""
    return next((exam for exam in case.exams if exam.kind == "primary" and not exam.deleted), None)


def outcome(case: Case) -> Outcome | None:
    """Return the earliest outcome that is not deleted."""
    return next((row for row in case.outcomes if not row.deleted), None)


def is_delivery(row: Outcome) -> bool:
    """Tell whether an outcome is a delivery that pays talon 2: at 22 weeks or later; one without gestation may be one."""
    return row.kind == "delivery" and (row.gestation_days is None or row.gestation_days >= DELIVERY_DAYS)


def is_termination(row: Outcome) -> bool:
    """Tell whether the pregnancy ended in a termination before 22 weeks; `other` and a later miscarriage are for a person to judge."""
    if row.kind == "abortion":
        return True
    early = row.gestation_days is None or row.gestation_days < DELIVERY_DAYS
    return (row.kind == "miscarriage" and early) or (row.kind == "delivery" and not is_delivery(row))
