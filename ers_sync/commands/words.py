"""The Russian names under which commands show what jobs count and what the ledger keeps of a request."""

from __future__ import annotations

from collections.abc import Mapping

from ers_sync.domain.states import Cancel, Hold, State

STATES: Mapping[str, str] = {
    State.HELD: "отложено",
    State.READY: "готово к отправке",
    State.SENDING: "отправляется",
    State.UNKNOWN: "судьба неизвестна",
    State.REGISTERED: "у Фонда в обработке",
    State.DONE: "принято Фондом",
    State.REJECTED: "отклонено Фондом",
    State.CANCELLED: "не отправляется",
    State.ANNULLED: "аннулировано",
    State.QUARANTINED: "отложено из-за ошибки программы",
}
REASONS: Mapping[str, str] = {
    Hold.MISSING_DATA: "не хватает данных",
    Hold.NO_CONTRACT: "нет договора",
    Hold.NO_SIGNING_KEY: "нечем подписать",
    Hold.CERTIFICATE_UNCLEAR: "неясно, какой ЭРС",
    Hold.NO_CERTIFICATE_NUMBER: "нет номера ЭРС",
    Hold.ANNUL_FIRST: "сначала аннулировать",
    Hold.BRAKE: "тормоз",
    Hold.OPERATOR: "отложил оператор",
    Cancel.ADOPTED: "принят чужой ЭРС",
    Cancel.ALREADY_THERE: "уже есть в Фонде",
    Cancel.CERTIFICATE_CLOSED: "ЭРС закрыт",
    Cancel.GONE: "в РАМ больше нет",
    Cancel.SUPERSEDED: "заменено другим",
}
# what a job counted; the words of states and reasons are counted under themselves
COUNTS: Mapping[str, str] = {
    "pregnancies": "беременностей просмотрено",
    "unchanged": "без изменений с прошлой сверки",
    "changes": "запросов изменено",
    "bad": "нечитаемых строк РАМ",
    "failed": "отложено из-за ошибок",
    "full": "полная сверка",
    "brakes": "сработало тормозов",
    "not_answered": "без ответа",
    "too_late": "ответ опоздал",
    "changed_meanwhile": "изменилось тем временем",
    "another_on_its_way": "ждёт другого запроса",
    "waiting": "ещё ждёт",
    "freed": "можно отправлять снова",
    "tap_closed": "Фонд не отвечает",
    "orphans": "осталось от прерванных",
    "asked": "спрошено о женщинах",
    "certificates": "найдено ЭРС",
    "workbooks": "книг",
    "folder": "папка",
    "day": "день",
    "opened": "началось происшествий",
    "closed": "закончилось",
    "worse": "стало хуже",
    "delivered": "сообщений отправлено",
    "not_delivered": "сообщений не отправлено",
    "forgotten": "забыто старых",
    "months_made": "заведено месяцев журнала",
    "months_forgotten": "удалено месяцев журнала",
    "job_runs_forgotten": "забыто старых запусков",
    "reports_removed": "удалено старых отчётов",
}
REQUEST: Mapping[str, str] = {
    "id": "Номер",
    "kind": "Запрос",
    "source": "Источник в РАМ",
    "revision": "Редакция",
    "organization_id": "МО",
    "pregnancy_id": "Беременность",
    "state": "Состояние",
    "reason": "Причина",
    "details": "Что исправить",
    "ers_number": "Номер ЭРС",
    "visit_id": "Посещение",
    "deadline": "Срок",
    "formed_on": "Дата талона",
    "taken_back": "Отзывается",
    "fss_request_id": "Номер у Фонда",
    "attempts": "Попыток",
    "operator": "Оператор",
    "created_at": "Найден",
    "state_since": "В этом состоянии с",
    "first_sent_at": "Впервые отправлен",
    "answered_at": "Ответ",
}


def state(code: str) -> str:
    """Return a state with its meaning: «HELD (отложено)»."""
    return f"{code} ({STATES[code]})" if code in STATES else code


def reason(code: str | None) -> str:
    """Return a reason with its meaning; a code that has none, as it is."""
    return f"{code} ({REASONS[code]})" if code and code in REASONS else code or ""


def count(key: str) -> str:
    """Return what a job counted under a key."""
    return COUNTS.get(key) or STATES.get(key) or REASONS.get(key) or key
