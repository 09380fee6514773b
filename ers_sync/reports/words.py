"""The Russian words of the sheets: what the columns are called, and where a request stands."""

from __future__ import annotations

from datetime import date

from ers_sync.domain.content import Kind
from ers_sync.domain.states import Cancel, State

# The columns of counts, as in the manual; a key is (kind, half-year).
MEASURES = {
    (Kind.CREATE_ERS, 0): "ЭРС",
    (Kind.PUT_VISIT, 0): "Посещения",
    (Kind.PUT_TICKET1, 0): "Т1",
    (Kind.PUT_TICKET2, 0): "Т2",
    (Kind.PUT_TICKET3, 1): "Т3-1",
    (Kind.PUT_TICKET3, 2): "Т3-2",
}
SIDE_MEASURES = {(Kind.ANNUL_VISIT, 0): "Аннулир. посещений", (Kind.DISABLE_ERS, 0): "Закрытие ЭРС"}
KINDS = {
    (Kind.CREATE_ERS, 0): "Запрос ЭРС",
    (Kind.PUT_VISIT, 0): "Посещение",
    (Kind.PUT_TICKET1, 0): "Талон 1",
    (Kind.PUT_TICKET2, 0): "Талон 2",
    (Kind.PUT_TICKET3, 1): "Талон 3-1",
    (Kind.PUT_TICKET3, 2): "Талон 3-2",
    (Kind.ANNUL_VISIT, 0): "Аннулирование посещения",
    (Kind.DISABLE_ERS, 0): "Закрытие ЭРС",
}

# Where a request stands, for people; every state and reason of the ledger leads to exactly one of these (a test holds it).
ACCEPTED = "Принято Фондом"
PROCESSING = "Отправлено, Фонд обрабатывает"
UNKNOWN = "Отправлено, судьба выясняется"
WAITING = "Ждёт отправки"
HELD = "Задержано: нужны действия"
REJECTED = "Отказ Фонда"
QUARANTINED = "Отложено: ошибка программы"
ALREADY_THERE = "Уже есть в Фонде: отправлять не нужно"
BY_OPERATOR = "Снято оператором"
NOT_CALLED_FOR = "Больше не требуется"
ANNULLED = "Аннулировано"
STANDINGS = (
    ACCEPTED,
    PROCESSING,
    UNKNOWN,
    WAITING,
    HELD,
    REJECTED,
    QUARANTINED,
    ALREADY_THERE,
    BY_OPERATOR,
    NOT_CALLED_FOR,
    ANNULLED,
)
_BY_STATE = {
    State.DONE: ACCEPTED,
    State.SENDING: PROCESSING,
    State.REGISTERED: PROCESSING,
    State.UNKNOWN: UNKNOWN,
    State.READY: WAITING,
    State.HELD: HELD,
    State.REJECTED: REJECTED,
    State.QUARANTINED: QUARANTINED,
    State.ANNULLED: ANNULLED,
}
_BY_CANCEL = {
    Cancel.ADOPTED: ALREADY_THERE,
    Cancel.ALREADY_THERE: ALREADY_THERE,
    Cancel.CERTIFICATE_CLOSED: ALREADY_THERE,
    Cancel.OPERATOR: BY_OPERATOR,
    Cancel.GONE: NOT_CALLED_FOR,
    Cancel.SUPERSEDED: NOT_CALLED_FOR,
}


MONTHS = (
    "январь",
    "февраль",
    "март",
    "апрель",
    "май",
    "июнь",
    "июль",
    "август",
    "сентябрь",
    "октябрь",
    "ноябрь",
    "декабрь",
)


def standing(state: str, reason: str | None) -> str:
    """Return where a request stands, in words; raise ValueError for a state or reason that nobody has named."""
    if State(state) is State.CANCELLED:
        return _BY_CANCEL[Cancel(reason or "")]
    return _BY_STATE[State(state)]


def measure_key(kind: str, half_year: int | None) -> tuple[Kind, int]:
    """Return the column of counts a request belongs to."""
    found = Kind(kind)
    return (found, 2 if half_year == 2 else 1) if found is Kind.PUT_TICKET3 else (found, 0)


def month(day: date) -> str:
    """Say a month: «июнь 2026»."""
    return f"{MONTHS[day.month - 1]} {day.year}"
