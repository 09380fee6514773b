"""What a person must look at: divergences after the fact, and events that no rule sends («Расходится с РАМ», «К закрытию»)."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from ers_sync.domain.called import CalledFor, exam_identity
from ers_sync.domain.chronology import DELIVERY_DAYS, is_termination, outcome, primary_exam
from ers_sync.domain.content import TICKETS, Kind
from ers_sync.domain.eligibility import open_at_start
from ers_sync.domain.facts import Facts
from ers_sync.domain.matching import Match, Verdict
from ers_sync.domain.model import Case
from ers_sync.domain.request import Request
from ers_sync.domain.rules import Rules
from ers_sync.domain.states import State


class FindingCode(StrEnum):
    """Why a pregnancy is listed for a person."""

    DIVERGES = "diverges"  # the Fund processed it, РАМ now says something else
    OUT_OF_SCOPE = "out_of_scope"  # a visit was sent, its exam no longer calls for it
    CLOSE_CERTIFICATE = "close_certificate"  # terminated before 22 weeks
    JUDGE_OUTCOME = "judge_outcome"  # `other`, or a miscarriage at 22 weeks or later
    BEFORE_START = "before_start"  # registered before the hospital's start, still open then


WORDS = {
    FindingCode.DIVERGES: "обработано Фондом, но РАМ теперь говорит иное: решите, нужно ли исправление в Фонде",
    FindingCode.OUT_OF_SCOPE: "посещение отправлено, но осмотр больше не подлежит отправке: решите, нужно ли аннулирование",
    FindingCode.CLOSE_CERTIFICATE: "беременность прервана до 22 недель: сертификат нужно закрыть с указанием причины",
    FindingCode.JUDGE_OUTCOME: "исход требует решения человека: талон 2 автоматически не отправляется",
    FindingCode.BEFORE_START: "поставлена на учёт до начала работы сервиса в МО",
}


@dataclass(frozen=True, slots=True)
class Finding:
    """One line for a person; `money` when a talon was claimed."""

    code: FindingCode
    request_id: int | None = None
    money: bool = False


def of(case: Case, called: list[CalledFor], facts: Facts, match: Match, rules: Rules) -> tuple[Finding, ...]:
    """Return everything that a person must look at in this pregnancy."""
    found = [finding for request in facts.requests if (finding := _divergence(request, called, case)) is not None]
    ended, primary = outcome(case), primary_exam(case)
    if ended and is_termination(ended) and match.verdict is Verdict.ONE:
        found.append(Finding(FindingCode.CLOSE_CERTIFICATE))
    late = ended and ended.kind == "miscarriage" and (ended.gestation_days or 0) >= DELIVERY_DAYS
    if ended and (ended.kind == "other" or late):
        found.append(Finding(FindingCode.JUDGE_OUTCOME))
    hospital = rules.hospitals.get(primary.organization_id) if primary and primary.organization_id else None
    if primary and hospital and primary.examined_at and primary.examined_at.date() < hospital.start_from:
        found += [Finding(FindingCode.BEFORE_START)] if open_at_start(case, hospital) else []
    return tuple(found)


def _divergence(request: Request, called: list[CalledFor], case: Case) -> Finding | None:
    """Compare what the Fund processed with what РАМ calls for today."""
    if request.state is not State.DONE or request.taken_back or request.kind in {Kind.ANNUL_VISIT, Kind.DISABLE_ERS}:
        return None
    now = next((one for one in called if (one.kind, one.subject) == (request.kind, request.subject)), None)
    if now is not None and now.identity == request.identity:
        return None
    if request.kind is Kind.PUT_VISIT:
        return Finding(FindingCode.OUT_OF_SCOPE, request.id) if now is None else None
    if request.kind is Kind.CREATE_ERS and _ended_since(request, case):
        return None
    return Finding(FindingCode.DIVERGES, request.id, money=request.kind in TICKETS)


def _ended_since(create: Request, case: Case) -> bool:
    """Tell whether a certificate rightly formed is no longer called for only because the pregnancy was terminated since."""
    ended, primary = outcome(case), primary_exam(case)
    return bool(ended and primary and is_termination(ended) and exam_identity(primary) == create.identity)
