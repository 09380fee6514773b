"""Why a pregnancy has no certificate number, and none is on its way: the words that a held visit or talon is shown with."""

from __future__ import annotations

from ers_sync.domain.chronology import is_termination, outcome, primary_exam
from ers_sync.domain.scope import Scope

NO_PRIMARY_EXAM = "роды без первичного осмотра: сертификат не сформирован ни одной МО"
_UNLESS_FOUND = "отправится, если Фонд покажет ЭРС этой беременности"
NOT_REGISTERED = f"нет первичного осмотра: запроса на формирование ЭРС нет, {_UNLESS_FOUND}"
TERMINATED = f"беременность закончилась прерыванием: ЭРС не формируется, {_UNLESS_FOUND}"
REGISTERED_LATE = f"первичный осмотр позже исхода: по нему ЭРС не формируется, {_UNLESS_FOUND}"
FORMED_ELSEWHERE = f"первичный осмотр в МО, за которую служба не отправляет: ЭРС формирует она, {_UNLESS_FOUND}"
CLOSED = f"беременность закрыта давно: новый ЭРС не формируется, {_UNLESS_FOUND}"
BEFORE_START = f"первичный осмотр раньше начала отправки: новый ЭРС не формируется, {_UNLESS_FOUND}"


def why(scope: Scope) -> str:
    """Say why a pregnancy for which no certificate is formed has none (`docs/rules.md`, "Not sent", "Beginning", "End")."""
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
