"""What one pregnancy calls for: the table of `docs/rules.md` as one function a row (talons: `tickets.py`).

Everything here is a function of РАМ's rows, the site's rules and the time. What was sent already, and what holds a request back, is the
business of `plan.py`.
"""

from __future__ import annotations

from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from datetime import datetime

from ers_sync.domain import completeness
from ers_sync.domain.called import CalledFor, Content, exam_identity, note, visit_identity
from ers_sync.domain.chronology import is_termination, outcome, primary_exam
from ers_sync.domain.completeness import Missing
from ers_sync.domain.content import Kind
from ers_sync.domain.model import Case, Exam, Outcome
from ers_sync.domain.rules import Hospital, Rules
from ers_sync.domain.scope import Scope
from ers_sync.domain.tickets import NOBODY, ticket1, ticket2, tickets3


def called_for(
    case: Case,
    rules: Rules,
    now: datetime,
    chosen_exam: int | None = None,
    claimed_children: Mapping[tuple[int, int], int] = NOBODY,
    *,
    sent: AbstractSet[str] = frozenset(),
) -> list[CalledFor]:
    """Return every request that the pregnancy calls for at `now` (aware), each once, in the order in which they happen.

    `chosen_exam` is the exam that a person has chosen for talon 1, if anybody has. `claimed_children` gives, by child's row and half-year,
    the hospital that has claimed talon 3 for it already. `sent` are the subjects of visits that the Fund has or may have: they come without
    a content, which is most of the work.
    """
    scope = Scope(case, rules, now, sent)
    create = _create(scope)
    found = [
        *(_visit(scope, exam) for exam in case.exams),
        ticket1(scope, chosen_exam),
        ticket2(scope),
        *tickets3(scope, claimed_children),
    ]
    return [called for called in (create, *found) if called is not None]


def _create(scope: Scope) -> CalledFor | None:
    exam, ended = primary_exam(scope.case), outcome(scope.case)
    if exam is None:
        return _create_at_delivery(scope, ended)
    hospital = scope.hospital(exam.organization_id)
    if hospital is None or not scope.counts(exam, hospital) or (ended and is_termination(ended)):
        return None
    if exam.examined_at and exam.examined_at.date() < hospital.start_from and not _formed_late(scope, hospital):
        return None
    person, missing = scope.person(exam.examined_at, hospital)
    if exam.examined_at is None:
        missing.append(Missing("exam.examined_at", f"{completeness.EXAM_CARD}: не указана дата осмотра"))
    registered = scope.case.pregnancy.registered_on or (exam.examined_at.date() if exam.examined_at else None)
    return CalledFor.of(
        Kind.CREATE_ERS,
        subject=f"pregnancy:{scope.case.pregnancy.id}",
        source=f"exam:{exam.id}",
        hospital=hospital,
        event=exam.examined_at,
        doctor_id=exam.doctor_id,
        content={"person": person, "register_date": registered.isoformat()} if person and registered else None,
        missing=missing,
        identity=exam_identity(exam),
        takes_new=scope.takes_new(hospital),
    )


def _create_at_delivery(scope: Scope, ended: Outcome | None) -> CalledFor | None:
    """Form a certificate at the maternity hospital, where the site wants it: a delivery without any primary exam."""
    ticket = ticket2(scope)
    if not scope.rules.form_at_delivery or ticket is None or ended is None or ended.occurred_at is None:
        return None
    hospital = scope.rules.hospitals[ticket.organization_id]
    person, missing = scope.person(ended.occurred_at, hospital)
    registered = scope.case.pregnancy.registered_on or ended.occurred_at.date()
    return CalledFor.of(
        Kind.CREATE_ERS,
        subject=f"pregnancy:{scope.case.pregnancy.id}",
        source=f"outcome:{ended.id}",
        hospital=hospital,
        event=ended.occurred_at,
        doctor_id=ended.doctor_id,
        content={"person": person, "register_date": registered.isoformat()} if person else None,
        missing=missing,
        identity={"row": f"outcome:{ended.id}", "organization": hospital.id},
    )


def _formed_late(scope: Scope, hospital: Hospital) -> bool:
    """Tell whether a certificate is formed for a woman registered before the hospital's start.

    For a pregnancy still open then only if the site wants it; for a delivery that pays talon 2 always, the money depends on it.
    """
    if ticket2(scope) is not None:
        return True
    return scope.rules.backfill_certificates and open_at_start(scope.case, hospital)


def open_at_start(case: Case, hospital: Hospital) -> bool:
    """Tell whether the pregnancy had neither ended nor been closed when the hospital began to use this daemon."""
    ended, closed = outcome(case), case.pregnancy.closed_on
    if ended and (ended.occurred_at is None or ended.occurred_at.date() < hospital.start_from):
        return False
    return closed is None or closed >= hospital.start_from


def _visit(scope: Scope, exam: Exam) -> CalledFor | None:
    hospital = scope.hospital(exam.organization_id)
    if exam.kind != "repeat" or hospital is None or not scope.counts(exam, hospital):
        return None
    if exam.examined_at and exam.examined_at.date() < hospital.start_from:
        return None
    content, missing = (None, []) if f"exam:{exam.id}" in scope.sent else _visit_content(scope, exam, hospital)
    return CalledFor.of(
        Kind.PUT_VISIT,
        subject=f"exam:{exam.id}",
        source=f"exam:{exam.id}",
        hospital=hospital,
        event=exam.examined_at,
        doctor_id=exam.doctor_id,
        content=content,
        missing=missing,
        identity=visit_identity(exam),
        takes_new=scope.takes_new(hospital),
    )


def _visit_content(scope: Scope, exam: Exam, hospital: Hospital) -> tuple[Content | None, list[Missing]]:
    person, missing = scope.person(exam.examined_at, hospital)
    missing += completeness.exam(exam)
    if not person or not exam.examined_at or exam.gestation_days is None:
        return None, missing
    content = {
        "person": person,
        "visit_date": exam.examined_at.date().isoformat(),
        "gestation_days": exam.gestation_days,
        "obstetric_status": note(exam),
        "doctor": completeness.doctor(scope.case.doctors.get(exam.doctor_id)) if exam.doctor_id else None,
    }
    return content, missing
