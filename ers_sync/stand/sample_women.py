"""The women of the sample РАМ: cards as clerks fill them in, some of them badly."""

from __future__ import annotations

import dataclasses
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from ers_sync.domain.model import Patient
from ers_sync.stand.sample_numbers import snils

if TYPE_CHECKING:
    from random import Random


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


_SURNAMES = _words(
    "Иванова Смирнова Кузнецова Попова Соколова Лебедева Козлова Новикова Морозова Волкова Соловьёва Васильева Зайцева "
    "Павлова Семёнова Голубева Виноградова Богданова Воробьёва Фёдорова Михайлова Беляева Тарасова Белова Комарова "
    "Орлова Киселёва Макарова Андреева Ковалёва Ильина Гусева Титова Кузьмина Кудрявцева Баранова Куликова Алексеева "
    "Степанова Яковлева Сорокина Сергеева Романова Захарова Борисова Королёва Герасимова Пономарёва Григорьева Лазарева "
    "Медведева Ершова Никитина Соболева Рябова Полякова Цветкова Данилова Жукова Фролова Журавлёва Чернышёва "
    "Бессонова-Щёголева Ржевская Заозёрская Подвойская Мамина-Сибирякова Черных Седых Коваленко"
)
_NAMES = _words(
    "Анна Мария Елена Дарья Алина Ирина Екатерина Арина Полина Ольга Юлия Татьяна Наталья Виктория Елизавета Ксения "
    "Милана Вероника Алёна Светлана Кристина Анастасия Фёкла Любовь Надежда Вера Диана Маргарита Валентина Яна"
)
_PATRONYMICS = _words(
    "Александровна Дмитриевна Сергеевна Андреевна Алексеевна Максимовна Евгеньевна Ивановна Михайловна Артёмовна "
    "Фёдоровна Николаевна Владимировна Ильинична Семёновна Петровна Олеговна Игоревна Юрьевна Павловна"
)
_FOREIGN = (
    ("Рахимова", "Гулноза", "Бахтиёр кизи"),
    ("Тошматова", "Мехринисо", None),
    ("Нгуен", "Тхи Хыонг", None),
    ("О'Коннор", "Шинейд", None),
    ("Абдуллаева", "Севинч", "Рустамовна"),
    ("Müller-Schäfer", "Anne Françoise", None),
)
_STREETS = ("Ленина", "Малышева", "8 Марта", "Мамина-Сибиряка", "Артёмовская", "Щорса", "Академика Шварца")
_TOWNS = ("г. Екатеринбург", "г. Дегтярск", "пгт Арти", "г. Краснотурьинск", "д. Берёзовка")
_ISSUER = "ГУ МВД России по Свердловской области"
_ODD_ADDRESSES = (
    '=HYPERLINK("http://example.org";"Адрес")',
    "г. Екатеринбург, ТЦ «Рога & Копыта» <2 этаж>",
    "\tг. Ревда,\nул. 'Спартака' 5\\7  ",
    "г. Полевской, ул. Ленина, 1\x0b, кв. 3 🙂",
)

# One kind of gap to a card, in turn: what the manual's table of typical errors lists, and numbers that are not valid.
_GAPS: tuple[dict[str, Any], ...] = (
    {"snils": None},
    {"oms_policy_number": "  ", "oms_policy_kind": None},
    {"id_doc_issuer": None},
    {"address": ""},
    {"snils": "123-456-789 00"},
    {"id_doc_issue_date": None, "id_doc_issuer": "-" * 501},
    {"first_name": " "},
    {"birth_date": None},
    {"id_doc_number": None, "id_doc_kind": None, "id_doc_series": None, "address": None},
    {"last_name": None},
)
_ABSENCES: tuple[dict[str, Any], ...] = (
    {"snils": None, "snils_absence_reason": "Отсутствует у иностранного гражданина"},
    {
        "oms_policy_kind": None,
        "oms_policy_number": None,
        "oms_policy_begin_date": None,
        "oms_absence_reason": "Не застрахована",
    },
    {
        "id_doc_kind": None,
        "id_doc_series": None,
        "id_doc_number": None,
        "id_doc_issue_date": None,
        "id_doc_issuer": None,
        "id_doc_absence_reason": "Паспорт утерян, заменяется",
    },
    {"address": None, "address_absence_reason": "Без определённого места жительства"},
)
GAP_EVERY = 16
"""One card in so many lacks something (about 6 %)."""
ABSENCE_EVERY = 34
ODD_EVERY = 21


def woman(chance: Random, index: int, today: date) -> Patient:
    """Return the card of the woman number `index`; what is wrong in it follows from the number."""
    patient = _odd(_filled_in(chance, index, today), index)
    if index % GAP_EVERY == 5:
        return dataclasses.replace(patient, **_GAPS[index // GAP_EVERY % len(_GAPS)])
    if index % ABSENCE_EVERY == 9:
        return dataclasses.replace(patient, **_ABSENCES[index // ABSENCE_EVERY % len(_ABSENCES)])
    return patient


def is_foreign(index: int) -> bool:
    """Tell whether the woman number `index` is a citizen of another country."""
    return index % 19 == 8


def _filled_in(chance: Random, index: int, today: date) -> Patient:
    """Return a card without fault."""
    if is_foreign(index):
        last_name, first_name, patronymic = _FOREIGN[index // 19 % len(_FOREIGN)]
    else:
        last_name = chance.choice(_SURNAMES)
        if chance.random() < 0.05:
            last_name = f"{last_name}-{chance.choice(_SURNAMES)}"
        first_name = chance.choice(_NAMES)
        patronymic = chance.choice(_PATRONYMICS) if chance.random() < 0.99 else None
    born = today - timedelta(days=chance.randint(17 * 366, 43 * 365))
    return Patient(
        id=index,
        last_name=last_name,
        first_name=first_name,
        patronymic=patronymic,
        birth_date=born,
        # A multiplication modulo a number prime to the factor: no two women have the same.
        snils=_as_typed(snils(10_000_000 + index * 104_729 % 980_000_000), index),
        snils_absence_reason=None,
        oms_policy_kind="Полис ОМС единого образца",
        oms_policy_number=f"66{chance.randrange(10**14):014}",
        oms_policy_begin_date=today - timedelta(days=chance.randint(400, 4000)) if chance.random() < 0.7 else None,
        oms_absence_reason=None,
        **_document(chance, index, born, today),
        id_doc_absence_reason=None,
        address=f"{chance.choice(_TOWNS)}, ул. {chance.choice(_STREETS)}, д. {chance.randint(1, 120)}, кв. {chance.randint(1, 99)}",
        address_absence_reason=None,
    )


def _document(chance: Random, index: int, born: date, today: date) -> dict[str, Any]:
    issued = min(born + timedelta(days=chance.choice((14, 20)) * 366), today - timedelta(days=30))
    if is_foreign(index):
        return {
            "id_doc_kind": "Паспорт иностранного гражданина",
            "id_doc_series": None,
            "id_doc_number": f"FA{chance.randrange(10**7):07}",
            "id_doc_issue_date": issued,
            "id_doc_issuer": "МВД",
        }
    return {
        "id_doc_kind": "Паспорт гражданина РФ",
        "id_doc_series": f"65 {chance.randrange(10, 25)}",
        "id_doc_number": f"{chance.randrange(10**6):06}",
        "id_doc_issue_date": issued,
        "id_doc_issuer": _ISSUER,
    }


def _as_typed(number: str, index: int) -> str:
    """Return a СНИЛС as a clerk types it: mostly the digits, at times with dashes, at times with blanks around."""
    match index % 7:
        case 2:
            return f"{number[:3]}-{number[3:6]}-{number[6:9]} {number[9:]}"
        case 4:
            return f" {number} "
        case _:
            return number


def _odd(patient: Patient, index: int) -> Patient:
    """Return the card with what a clerk can type in a text, in some of them."""
    if index % ODD_EVERY != 13:
        return patient
    return dataclasses.replace(
        patient, address=_ODD_ADDRESSES[index // ODD_EVERY % len(_ODD_ADDRESSES)], last_name=f" {patient.last_name}  "
    )
