"""What a person decides about requests. Every decision is written down with the login name of whoever made it, and why."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, Row

from ers_sync.context import Context
from ers_sync.domain import holds
from ers_sync.domain.changes import TakeBack
from ers_sync.domain.content import DisableContent, Kind
from ers_sync.domain.deadlines import deadline
from ers_sync.domain.matching import CertificateStatus
from ers_sync.domain.model import Case
from ers_sync.domain.request import Desired
from ers_sync.domain.scope import Scope, as_of
from ers_sync.domain.states import IN_FLIGHT, TRANSITIONS, Cancel, State
from ers_sync.domain.tickets import late_enough, ticket1
from ers_sync.exchange import senders
from ers_sync.ledger import changes, requests
from ers_sync.ledger.database import rows, run, to_json
from ers_sync.ledger.requests import Step
from ers_sync.ram.reader import open_ram

TOO_EARLY = "Только осмотры от 30-ти недель или от 28-ми недель при многоплодной беременности"


class Refused(Exception):
    """What a person wants cannot be done; the text (Russian) says why."""


def send_ticket1(context: Context, exam_id: int, operator: str) -> str:
    """Have talon 1 claimed from an exam of the operator's choice (manual, «Талон 1»). Raise Refused."""
    now = context.clock()
    case = as_of(_case_of_exam(context, exam_id), context.rules, now)
    exam = next(row for row in case.exams if row.id == exam_id)
    scope = Scope(case, context.rules, now)
    hospital = scope.hospital(exam.organization_id)
    if hospital is None or exam.deleted or exam.kind != "repeat" or not scope.counts(exam, hospital):
        raise Refused("Талон 1 выдаётся по повторному осмотру своей МО, не удалённому и не позже исхода")
    if not late_enough(scope, exam):
        raise Refused(TOO_EARLY)
    called = ticket1(scope, exam_id)
    if called is None or called.source != f"exam:{exam_id}":
        raise Refused(
            "Осмотр раньше начала работы программы в МО (start_from), или женщина наблюдается слишком недолго"
        )
    if not called.takes_new:
        raise Refused(f"Беременность закрыта более {context.rules.closed_days} дней назад")
    pregnancy = case.pregnancy.id
    with context.ledger.begin() as connection:
        last = next(iter(rows(connection, "decisions", "ticket1_of", subject=f"pregnancy:{pregnancy}")), None)
        if last is not None and last.state in {State.DONE, *IN_FLIGHT}:
            raise Refused(f"Талон 1 этой беременности уже отправлен (запрос {last.id}, {last.state})")
        if last is not None and last.state == State.CANCELLED and last.reason == Cancel.ALREADY_THERE:
            raise Refused(f"Талон 1 этой беременности уже есть в Фонде (запрос {last.id})")
        if last is not None and last.state in {State.REJECTED, State.QUARANTINED} and last.source == called.source:
            raise Refused(f"Талон по этому осмотру не принят: ers-sync requests retry {last.id}")
        reasons = [Cancel.OPERATOR]
        run(connection, "decisions", "revive", pregnancy=pregnancy, kind=Kind.PUT_TICKET1, reasons=reasons)
        if not rows(connection, "scan", "links_of", pregnancies=[pregnancy]):
            raise Refused("Беременность ещё не просмотрена: выполните ers-sync job scan")
        run(connection, "decisions", "choose_exam", id=pregnancy, exam=exam_id)
        run(connection, "scan", "ask_rework", pregnancies=[pregnancy])
        record(connection, operator, "send-ticket1", f"exam:{exam_id}", None)
    return "Осмотр выбран для талона 1: запрос будет сформирован при следующем просмотре РАМ"


def annul_visit(context: Context, exam_id: int, reason: str, operator: str) -> str:
    """Annul the visit of an exam; it will not be sent again by itself. Raise Refused."""
    source = f"exam:{exam_id}"
    with context.ledger.begin() as connection:
        visits = rows(connection, "decisions", "visits_of_exam", source=source)
        sent = next((row for row in visits if row.state == State.DONE), None)
        if sent is None:
            standing = ", ".join(f"запрос {row.id}: {row.state}" for row in visits) or "такого посещения нет"
            raise Refused(f"Аннулировать можно только принятое Фондом посещение ({standing})")
        if sent.taken_back:
            raise Refused("Посещение уже аннулируется")
        site = senders.site(connection, context)
        held = holds.sending_hold(sent.organization_id, None, site)
        change = TakeBack(sent.id, "operator", reason, held or Desired(State.READY))
        changes.take_back(connection, [change], {sent.organization_id: _due(context, sent.organization_id)}, operator)
        record(connection, operator, "annul-visit", source, reason, request_id=sent.id)
    return f"Аннулирование посещения {sent.visit_id} поставлено в очередь"


def close_certificate(context: Context, number: str, reason_code: int, reason: str, operator: str) -> str:
    """Close a certificate (manual, «× ЭРС»): a reason is obligatory. Raise Refused."""
    with context.ledger.begin() as connection:
        found = rows(connection, "decisions", "pregnancies_of_certificate", number=number)
        owner = next((row for row in found if row.organization_id in context.rules.hospitals), None)
        if owner is None:
            raise Refused(f"ЭРС {number} не относится ни к одной беременности наших МО")
        if any(
            row.status == CertificateStatus.CLOSED
            for row in rows(connection, "decisions", "certificate", number=number)
        ):
            raise Refused(f"ЭРС {number} уже закрыт")
        last = next(iter(rows(connection, "decisions", "closings", subject=f"certificate:{number}")), None)
        if last is not None and last.state != State.CANCELLED:
            raise Refused(f"Закрытие ЭРС {number} уже запрошено (запрос {last.id}, {last.state})")
        site = senders.site(connection, context)
        wanted = holds.sending_hold(owner.organization_id, None, site) or Desired(State.READY)
        event_on, due = _due(context, owner.organization_id)
        content: DisableContent = {"reason_code": reason_code, "reason": reason}
        request = {
            "kind": Kind.DISABLE_ERS,
            "subject": f"certificate:{number}",
            "revision": last.revision + 1 if last else 1,
            "source": f"certificate:{number}",
            "organization_id": owner.organization_id,
            "pregnancy_id": owner.id,
            "event_on": event_on,
            "deadline": due,
            "content": content,
            "identity": {},
            "ers_number": number,
            "operator": operator,
            "state": wanted.state,
            "reason": wanted.reason,
            "details": list(wanted.details),
        }
        if not run(connection, "scan", "insert_requests", rows=to_json([request])):
            raise Refused(f"Закрытие ЭРС {number} уже запрошено")
        record(connection, operator, "close-certificate", f"certificate:{number}", reason)
    return f"Закрытие ЭРС {number} поставлено в очередь"


def retry(context: Context, request_id: int, operator: str) -> str:
    """Send a rejected request again as a new revision, or a quarantined one as it is. Raise Refused."""
    with context.ledger.begin() as connection:
        row = _request(connection, request_id)
        if row.state not in {State.REJECTED, State.QUARANTINED}:
            raise Refused(f"Повторить можно отклонённый или отложенный программой запрос, а этот {row.state}")
        revision = row.revision + 1 if row.state == State.REJECTED else None
        _move(connection, row, Step(State.READY, revision=revision, forget_bytes=True))
        _decided(connection, row, operator, "retry", None)
    return f"Запрос {request_id} пойдёт снова"


def cancel(context: Context, request_id: int, reason: str, operator: str) -> str:
    """Give up a request that the Fund has not accepted, for good. Raise Refused."""
    with context.ledger.begin() as connection:
        row = _request(connection, request_id)
        if State.CANCELLED not in TRANSITIONS[State(row.state)]:
            raise Refused(f"Отменить можно только не принятый Фондом запрос, а этот {row.state}")
        if row.kind == Kind.ANNUL_VISIT:
            raise Refused(
                "Аннулирование отпадёт само, когда осмотр в РАМ станет прежним; до тех пор его можно отложить"
            )
        _move(connection, row, Step(State.CANCELLED, Cancel.OPERATOR, forget_bytes=True))
        _decided(connection, row, operator, "cancel", reason)
    return f"Запрос {request_id} отменён"


def hold(context: Context, request_id: int, reason: str, operator: str, *, held: bool) -> str:
    """Stop a request that has not been sent, or let it go on. Raise Refused."""
    with context.ledger.begin() as connection:
        row = _request(connection, request_id)
        details = to_json([{"column": None, "text": f"отложено оператором: {reason}"}])
        if not rows(connection, "decisions", "hold", id=request_id, held=held, operator=operator, details=details):
            raise Refused(f"Отложить или отпустить можно только неотправленный запрос, а этот {row.state}")
        run(connection, "scan", "ask_rework", pregnancies=[row.pregnancy_id])
        _decided(connection, row, operator, "hold" if held else "release", reason)
    return f"Запрос {request_id} {'отложен' if held else 'отпущен'}; подействует при следующем просмотре РАМ"


def release_brake(context: Context, hospital: int, kind: Kind, operator: str) -> str:
    """Confirm what a brake has stopped for a hospital. Raise Refused."""
    with context.ledger.begin() as connection:
        if not run(connection, "scan", "release_brake", organization_id=hospital, kind=kind, operator=operator):
            raise Refused(f"У МО {hospital} нет тормоза на {kind}")
        run(connection, "scan", "rework_hospital", organization_id=hospital)
        record(connection, operator, "release-brake", f"hospital:{hospital}:{kind}", None)
    return f"Тормоз МО {hospital} на {kind} снят; запросы пойдут при следующем просмотре РАМ"


def resolve(context: Context, request_id: int, reason: str, operator: str, *, sent: bool, number: str | None) -> str:
    """Settle the fate of a request that the Fund cannot be asked about: a person has looked. Raise Refused."""
    with context.ledger.begin() as connection:
        row = _request(connection, request_id)
        if row.state != State.UNKNOWN:
            raise Refused(f"Судьба запроса {request_id} известна: {row.state}")
        if not sent:
            _move(connection, row, Step(State.READY, forget_bytes=True))
        elif row.kind == Kind.CREATE_ERS and number is None:
            raise Refused("Для запроса ЭРС укажите номер, который выдал Фонд: --number")
        else:
            _move(connection, row, Step(State.DONE, ers_number=number, answered_at=context.clock(), forget_bytes=True))
            if row.kind == Kind.ANNUL_VISIT and row.annuls_id is not None:
                requests.annulled(connection, row.annuls_id)
            if number is not None:
                run(connection, "fund", "link", id=row.pregnancy_id, number=number)
        run(connection, "scan", "ask_rework", pregnancies=[row.pregnancy_id])
        _decided(connection, row, operator, "resolve-sent" if sent else "resolve-not-sent", reason)
    return f"Запрос {request_id}: {'считается принятым Фондом' if sent else 'пойдёт снова'}"


def _case_of_exam(context: Context, exam_id: int) -> Case:
    with open_ram(context.ram_dsn, context.config.ram.queries_dir) as ram:
        pregnancy = ram.pregnancy_of_exam(exam_id)
        case = next(iter(ram.cases([pregnancy])), None) if pregnancy is not None else None
    if not isinstance(case, Case):
        raise Refused(f"Осмотра {exam_id} нет в РАМ")
    return case


def _due(context: Context, organization_id: int) -> tuple[date, datetime]:
    hospital = context.rules.hospitals[organization_id]
    today = hospital.today(context.clock())
    return today, deadline(today, hospital.zone, hospital.calendar)


def _request(connection: Connection, request_id: int) -> Row[Any]:
    found = rows(connection, "decisions", "request", id=request_id)
    if not found:
        raise Refused(f"Запроса {request_id} нет")
    return found[0]


def _move(connection: Connection, row: Row[Any], step: Step) -> None:
    if not requests.move(connection, row.id, State(row.state), step):
        raise Refused(f"Запрос {row.id} только что изменился: повторите")


def _decided(connection: Connection, row: Row[Any], operator: str, action: str, reason: str | None) -> None:
    run(connection, "decisions", "stamp", id=row.id, operator=operator)
    record(connection, operator, action, f"{row.kind} {row.source}", reason, request_id=row.id)


def record(
    connection: Connection,
    operator: str,
    action: str,
    about: str,
    reason: str | None,
    *,
    request_id: int | None = None,
) -> None:
    """Write down who has decided what, about which row or number, and why."""
    run(
        connection,
        "decisions",
        "record",
        operator=operator,
        action=action,
        request_id=request_id,
        about=about,
        reason=reason,
    )
