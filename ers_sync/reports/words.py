"""The Russian words of the sheets: what the columns are called, where a request stands, why, and what a clerk should do about it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from ers_sync.domain.content import Kind
from ers_sync.domain.states import Cancel, Hold, State

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


@dataclass(frozen=True, slots=True)
class Trouble:
    """A cause of trouble as the manual's table of typical errors has it: what it is, where and how it is mended, and by whom.

    `goes_by_itself` is for what nobody needs to mend: it waits for something else on the list.
    """

    title: str
    place: str
    remedy: str
    who: str
    goes_by_itself: bool = False


TROUBLES: dict[str, Trouble] = {
    Hold.MISSING_DATA: Trouble(
        "Не хватает данных в карточке",
        "карточка пациентки",
        "Внесите недостающее в РАМ и сохраните: запрос уйдёт сам",
        "МО: регистратор или врач",
    ),
    Hold.NO_CONTRACT: Trouble(
        "Нет действующего договора с Фондом",
        "договоры МО с Фондом",
        "Заключите или продлите договор и внесите его номер и даты: запросы уйдут сами",
        "МО: бухгалтерия",
    ),
    Hold.NO_SIGNING_KEY: Trouble(
        "Нет действующей подписи (УКЭП) МО",
        "ключ и сертификат МО",
        "Выпустите или замените УКЭП МО и передайте её администратору сервиса: запросы уйдут сами",
        "МО: служба АСУ",
    ),
    Hold.CERTIFICATE_UNCLEAR: Trouble(
        "Неясно, какой ЭРС относится к беременности",
        "карточка пациентки, кабинет МО в Фонде",
        "Проверьте в Фонде, какой ЭРС действует, и сообщите администратору сервиса",
        "МО: врач и оператор ЭРС",
    ),
    Hold.NO_CERTIFICATE_NUMBER: Trouble(
        "Ждёт номера ЭРС",
        "строка «Запрос ЭРС» этой пациентки",
        "Уйдёт сам, как только будет номер; если запрос ЭРС задержан, исправьте сначала его",
        "никому: уйдёт само",
        goes_by_itself=True,
    ),
    Hold.ANNUL_FIRST: Trouble(
        "Ждёт аннулирования прежней редакции",
        "–",
        "Уйдёт сам после ответа Фонда об аннулировании",
        "никому: уйдёт само",
        goes_by_itself=True,
    ),
    Hold.BRAKE: Trouble(
        "Слишком много изменений сразу",
        "РАМ",
        "Проверьте, что осмотры изменены намеренно, и подтвердите отправку у администратора сервиса",
        "дежурный сервиса",
    ),
    Hold.OPERATOR: Trouble(
        "Остановлено оператором",
        "журнал оператора",
        "Отпустите запрос, когда причина устранена",
        "дежурный сервиса",
    ),
    State.REJECTED: Trouble(
        "Фонд отказал",
        "по тексту ответа Фонда",
        "Исправьте в РАМ то, на что указал Фонд: исправленный запрос уйдёт сам",
        "МО: регистратор или врач",
    ),
    State.QUARANTINED: Trouble(
        "Ошибка программы",
        "–",
        "От МО ничего не требуется: дежурный уже предупреждён",
        "дежурный сервиса",
    ),
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
