"""Why a pregnancy has no certificate number, and none is on its way: the words that a held visit or talon is shown with."""

from __future__ import annotations

from collections.abc import Sequence

from ers_sync.domain.called import CalledFor
from ers_sync.domain.chronology import is_termination, outcome, primary_exam
from ers_sync.domain.content import Kind
from ers_sync.domain.facts import Facts
from ers_sync.domain.scope import Scope
from ers_sync.domain.states import State

NO_PRIMARY_EXAM = "роды без первичного осмотра: сертификат не сформирован ни одной МО"
_UNLESS_FOUND = "отправится, если Фонд покажет ЭРС этой беременности"
NOT_REGISTERED = f"нет первичного осмотра: запроса на формирование ЭРС нет, {_UNLESS_FOUND}"
TERMINATED = f"беременность закончилась прерыванием: ЭРС не формируется, {_UNLESS_FOUND}"
REGISTERED_LATE = f"первичный осмотр позже исхода: по нему ЭРС не формируется, {_UNLESS_FOUND}"
FORMED_ELSEWHERE = f"первичный осмотр в МО, за которую служба не отправляет: ЭРС формирует она, {_UNLESS_FOUND}"
CLOSED = f"беременность закрыта давно: новый ЭРС не формируется, {_UNLESS_FOUND}"
BEFORE_START = f"первичный осмотр раньше начала отправки: новый ЭРС не формируется, {_UNLESS_FOUND}"


def why(scope: Scope, called: Sequence[CalledFor], facts: Facts) -> str | None:
    """Say why a pregnancy has no certificate (`docs/rules.md`, "Not sent", "Beginning", "End"); None if one is formed, or on its way.

    `called` is what it calls for.
    """
    return None if _is_coming(called, facts) else _in_words(scope)


def _is_coming(called: Sequence[CalledFor], facts: Facts) -> bool:
    """Tell whether a certificate is to be formed, or has been asked for, whatever РАМ calls for anew."""
    creates = [one for one in called if one.kind is Kind.CREATE_ERS]
    if any(one.takes_new for one in creates):
        return True
    alive = (r for r in facts.requests if r.kind is Kind.CREATE_ERS and r.alive and r.state is not State.REJECTED)
    return any(creates or not create.unsent for create in alive)


def _in_words(scope: Scope) -> str:
    primary, ended = primary_exam(scope.case), outcome(scope.case)
    if ended and is_termination(ended):
        return TERMINATED
    if primary is None:
        return NO_PRIMARY_EXAM if ended and ended.kind == "delivery" else NOT_REGISTERED
    if not scope.before_outcome(primary):
        return REGISTERED_LATE
    hospital = scope.hospital(primary.organization_id)
    if hospital is None:
        return FORMED_ELSEWHERE
    return BEFORE_START if scope.takes_new(hospital) else CLOSED
