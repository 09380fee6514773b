"""The talons: which row of РАМ each is claimed from, and what it says."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from itertools import groupby
from types import MappingProxyType

from ers_sync.domain import completeness
from ers_sync.domain.called import CalledFor, exam_identity, iso_local
from ers_sync.domain.chronology import is_delivery, outcome, primary_exam
from ers_sync.domain.completeness import cut, whole
from ers_sync.domain.content import Kind, NewbornContent, Person
from ers_sync.domain.limits import Limit
from ers_sync.domain.model import Case, Child, Exam, Outcome
from ers_sync.domain.rules import Hospital
from ers_sync.domain.scope import Scope

TICKET1_DAYS = 210  # 30 weeks 0 days (manual)
TICKET1_DAYS_MULTIPLE = 196  # 28 weeks 0 days with more than one fetus (manual)

NOBODY: Mapping[tuple[int, int], int] = MappingProxyType({})


def ticket1(scope: Scope, chosen_exam: int | None = None) -> CalledFor | None:
    """Find the exam that talon 1 is claimed from: the first that qualifies on or after its hospital's start.

    An exam that a person has chosen comes before the others, if it qualifies.
    """
    for exam in sorted(scope.case.exams, key=lambda e: e.id != chosen_exam):
        if not qualifies_for_ticket1(scope, exam):
            continue
        hospital = scope.hospital(exam.organization_id)
        if hospital is None:
            return None  # the first qualifying exam was made by a hospital that is not ours: the talon is its own
        if not exam.examined_at or exam.examined_at.date() < hospital.start_from:
            continue
        return ticket1_of(scope, exam, hospital) if scope.counts(exam, hospital) else None
    return None


def qualifies_for_ticket1(scope: Scope, exam: Exam) -> bool:
    """Tell whether a repeat exam is late enough in the pregnancy, and the woman was observed long enough before it."""
    if exam.kind != "repeat" or exam.deleted or exam.examined_at is None:
        return False
    if not late_enough(scope, exam) or not scope.before_outcome(exam):
        return False
    weeks = scope.rules.ticket1_min_observation_weeks
    since = _observed_since(scope.case)
    return weeks == 0 or (since is not None and exam.examined_at.date() - since >= timedelta(weeks=weeks))


def late_enough(scope: Scope, exam: Exam) -> bool:
    """Tell whether an exam was made at 30 weeks 0 days or later, at 28 weeks 0 days or later with more than one fetus (manual)."""
    least = TICKET1_DAYS_MULTIPLE if is_multiple(scope.case) else TICKET1_DAYS
    return exam.gestation_days is not None and least <= exam.gestation_days <= Limit.GESTATION_DAYS


def ticket1_of(scope: Scope, exam: Exam, hospital: Hospital) -> CalledFor:
    """Return talon 1 claimed from the given exam."""
    person, missing = scope.person(exam.examined_at, hospital)
    missing += completeness.exam(exam)
    pregnancy, primary = scope.case.pregnancy, primary_exam(scope.case)
    content = None
    if person and exam.gestation_days is not None:
        content = {
            "person": person,
            "register_gestation_days": _within(primary.gestation_days, Limit.GESTATION_DAYS) if primary else None,
            "put_gestation_days": exam.gestation_days,
            "is_multiple": is_multiple(scope.case),
            "sick_leave_number": whole(pregnancy.sick_leave_number, Limit.CODE),
            "exchange_card_number": whole(pregnancy.exchange_card_number, Limit.CODE),
            "exchange_card_date": pregnancy.exchange_card_date.isoformat() if pregnancy.exchange_card_date else None,
        }
    return CalledFor.of(
        Kind.PUT_TICKET1,
        subject=f"pregnancy:{pregnancy.id}",
        source=f"exam:{exam.id}",
        hospital=hospital,
        event=exam.examined_at,
        doctor_id=exam.doctor_id,
        content=content,
        missing=missing,
        identity=exam_identity(exam) | {"multiple": is_multiple(scope.case)},
        takes_new=scope.takes_new(hospital),
    )


def ticket2(scope: Scope) -> CalledFor | None:
    """Claim talon 2 from the outcome, if that is a delivery of our hospital."""
    ended = outcome(scope.case)
    hospital = scope.hospital(ended.organization_id) if ended else None
    if ended is None or hospital is None or not is_delivery(ended):
        return None
    if ended.occurred_at and (
        ended.occurred_at.date() < hospital.start_from or not scope.happened(hospital, ended.occurred_at)
    ):
        return None
    person, missing = scope.person(ended.occurred_at, hospital)
    newborns, gaps = completeness.delivery(ended)
    missing += gaps
    return CalledFor.of(
        Kind.PUT_TICKET2,
        subject=f"pregnancy:{scope.case.pregnancy.id}",
        source=f"outcome:{ended.id}",
        hospital=hospital,
        event=ended.occurred_at,
        doctor_id=ended.doctor_id,
        content=_ticket2_content(ended, person, newborns) if person else None,
        missing=missing,
        identity={
            "row": f"outcome:{ended.id}",
            "day": iso_local(ended.occurred_at, 10),
            "gestation": ended.gestation_days,
            "organization": ended.organization_id,
            "newborns": len(ended.newborns),
        },
    )


def _ticket2_content(ended: Outcome, person: Person, newborns: list[NewbornContent]) -> dict[str, object]:
    return {
        "person": person,
        "arrival_date": ended.admitted_on.isoformat() if ended.admitted_on else None,
        "birth_at": iso_local(ended.occurred_at, 19),
        "icd10": whole(ended.icd10, Limit.CODE),
        "mother_death_reason": cut(ended.mother_death_reason, Limit.REASON),
        "children_total": _within(ended.children_total, Limit.CHILDREN),
        "newborns": newborns,
    }


def tickets3(scope: Scope, claimed: Mapping[tuple[int, int], int] = NOBODY) -> list[CalledFor]:
    """Return talon 3 of every hospital and half-year whose observation has ended for all its children.

    A child for whom another hospital has claimed the half-year already (`claimed`, by child's row and half-year) is not claimed again.
    """

    def own(child: Child) -> bool:
        return claimed.get((child.id, child.half_year or 0), child.organization_id) == child.organization_id

    def group(child: Child) -> tuple[int, int]:
        return child.organization_id or 0, child.half_year or 0

    living = [c for c in scope.case.children if not c.deleted and scope.hospital(c.organization_id) and own(c)]
    groups = [list(children) for _, children in groupby(sorted(living, key=lambda c: (group(c), c.id)), key=group)]
    return [called for children in groups if (called := _ticket3(scope, children)) is not None]


def _ticket3(scope: Scope, children: list[Child]) -> CalledFor | None:
    hospital = scope.hospital(children[0].organization_id)
    ends = [child.watch_end for child in children]
    last = max((day for day in ends if day), default=None)
    if hospital is None or None in ends or last is None or not hospital.start_from <= last <= hospital.today(scope.now):
        return None
    event = datetime.combine(last, datetime.min.time())
    person, missing = scope.person(event, hospital)
    half_year = children[0].half_year or 0
    parts = [completeness.observed_child(child) for child in children]
    missing += [gap for _, gaps in parts for gap in gaps]
    contents = [content for content, _ in parts if content]
    return CalledFor.of(
        Kind.PUT_TICKET3,
        subject=f"pregnancy:{scope.case.pregnancy.id}:{hospital.id}:{half_year}",
        source=f"child:{children[0].id}",
        hospital=hospital,
        event=event,
        doctor_id=children[0].doctor_id,
        content={"person": person, "half_year": half_year, "children": contents} if person else None,
        missing=missing,
        identity={"rows": [child.id for child in children], "day": last.isoformat(), "organization": hospital.id},
        half_year=half_year,
    )


def is_multiple(case: Case) -> bool:
    """Tell whether the woman carries more than one fetus."""
    return (case.pregnancy.fetus_count or 1) > 1


def _observed_since(case: Case) -> date | None:
    primary = primary_exam(case)
    if primary and primary.examined_at:
        return primary.examined_at.date()
    return case.pregnancy.registered_on


def _within(number: int | None, most: int) -> int | None:
    """Return a number that is not required, None for one that cannot be."""
    return number if number is not None and 0 <= number <= most else None
