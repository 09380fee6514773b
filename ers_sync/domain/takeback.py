"""Taking back visits that were sent (`docs/rules.md`, "Taking back").

Only three things do: the exam is `deleted`, its row was missing in two full compares in a row, or what identifies the visit was edited
(day, gestation, note, hospital, pregnancy). Leaving our scope takes nothing back.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from ers_sync.domain import holds
from ers_sync.domain.called import visit_identity
from ers_sync.domain.changes import Cancel, Change, KeepAfterAll, Rehold, TakeBack
from ers_sync.domain.content import Kind
from ers_sync.domain.facts import Facts, Site
from ers_sync.domain.model import Case, Exam
from ers_sync.domain.request import Request
from ers_sync.domain.states import Cancel as CancelReason
from ers_sync.domain.states import State

REASONS = {
    "deleted": "Осмотр удалён в медицинской информационной системе",
    "missing": "Осмотр отсутствует в медицинской информационной системе",
    "edited": "Осмотр исправлен в медицинской информационной системе",
}


@dataclass(frozen=True, slots=True)
class TakingBack:
    """The changes, and the pregnancy's requests as they will be after them."""

    changes: tuple[Change, ...]
    requests: Sequence[Request]


def work_out(case: Case, facts: Facts, site: Site) -> TakingBack:
    """Find the visits to annul, the annulments to drop, and what holds those that wait."""
    exams = {f"exam:{exam.id}": exam for exam in case.exams}
    changes: list[Change] = []
    after: dict[int, Request] = {request.id: request for request in facts.requests}
    for visit in (r for r in facts.requests if r.kind is Kind.PUT_VISIT and r.state is State.DONE):
        why = _why(visit, exams.get(visit.source), facts)
        if visit.taken_back is None and why is not None:
            changes.append(_take_back(visit, why, site))
            after[visit.id] = replace(visit, taken_back=why)
        elif visit.taken_back not in {None, "operator"} and why is None and visit.source in exams:
            dropped = _keep(visit, facts)
            changes += dropped
            after |= {visit.id: replace(visit, taken_back=None)} if dropped else {}
            after |= {
                c.request_id: replace(after[c.request_id], state=State.CANCELLED)
                for c in dropped
                if isinstance(c, Cancel)
            }
    changes += _reheld(facts, changes, site)
    return TakingBack(tuple(changes), list(after.values()))


def _why(visit: Request, exam: Exam | None, facts: Facts) -> str | None:
    if exam is None:
        return "missing" if int(visit.source.removeprefix("exam:")) in facts.missing_exams else None
    if exam.deleted:
        return "deleted"
    return "edited" if visit_identity(exam) != visit.identity else None


def _take_back(visit: Request, why: str, site: Site) -> TakeBack:
    annulment = replace(visit, kind=Kind.ANNUL_VISIT, operator_hold=False)
    return TakeBack(visit.id, why, REASONS[why], holds.annulment(annulment, site))


def _keep(visit: Request, facts: Facts) -> list[Change]:
    """Drop an annulment that has not gone out, and the corrected visit that waits for it."""
    annulment = next((r for r in facts.requests if r.annuls_id == visit.id and r.alive), None)
    if annulment is None or not (annulment.unsent or annulment.state is State.REJECTED):
        return []
    successors = [r for r in facts.requests if (r.kind, r.subject) == (visit.kind, visit.subject) and r.alive]
    if not all(r.unsent for r in successors):
        return []  # one put aside as our own bug: an operator settles it first
    return [KeepAfterAll(visit.id, annulment.id), *(Cancel(r.id, CancelReason.SUPERSEDED) for r in successors)]


def _reheld(facts: Facts, changes: list[Change], site: Site) -> list[Change]:
    dropped = {change.annulment_id for change in changes if isinstance(change, KeepAfterAll)}
    waiting = (r for r in facts.requests if r.kind is Kind.ANNUL_VISIT and r.unsent and r.alive and r.id not in dropped)
    wanted = ((r, holds.annulment(r, site)) for r in waiting)
    return [
        Rehold(r.id, r.state, now_wanted)
        for r, now_wanted in wanted
        if (r.state, r.reason, r.details) != (now_wanted.state, now_wanted.reason, now_wanted.details)
    ]
