"""A content of every kind that is complete, and who sends it."""

from __future__ import annotations

from typing import Any

from ers_sync.domain.content import Kind, Numbers, Sender

NUMBERS: Numbers = {"ers_number": "0123456789", "visit_id": "77-2", "create_date": "2026-03-02"}
PERSON: dict[str, Any] = {
    "last_name": "Петрова",
    "first_name": "Мария",
    "patronymic": "Ивановна",
    "birth_date": "1994-05-06",
    "snils": "11223344595",
    "snils_absence_reason": None,
    "policy_kind": "Полис ОМС единого образца",
    "policy_number": "6600000000000001",
    "policy_begin_date": "2015-01-01",
    "policy_absence_reason": None,
    "document": {
        "kind": "Паспорт гражданина РФ",
        "number": "123456",
        "series": "6504",
        "issue_date": "2014-05-20",
        "issuer": "ОУФМС",
    },
    "document_absence_reason": None,
    "address": "г. Екатеринбург",
    "address_absence_reason": None,
}
CHILD = {
    "birth_date": "2025-08-01",
    "last_name": "Петров",
    "first_name": "Пётр",
    "patronymic": None,
    "policy_number": "77",
    "watch_begin": "2025-08-10",
    "watch_end": "2026-02-10",
}
CONTENTS: dict[Kind, dict[str, Any]] = {
    Kind.CREATE_ERS: {"person": PERSON, "register_date": "2026-02-27"},
    Kind.PUT_VISIT: {
        "person": PERSON,
        "visit_date": "2026-03-01",
        "gestation_days": 212,
        "obstetric_status": "ПДР 01.05.2026",
        "doctor": {
            "last_name": "Орлова",
            "first_name": "Анна",
            "patronymic": None,
            "snils": "08765430200",
            "position": "акушер-гинеколог",
        },
    },
    Kind.ANNUL_VISIT: {"visit_id": "77", "reason": "Осмотр удалён"},
    Kind.PUT_TICKET1: {
        "person": PERSON,
        "register_gestation_days": 62,
        "put_gestation_days": 216,
        "is_multiple": False,
        "sick_leave_number": "900000161980",
        "exchange_card_number": "15",
        "exchange_card_date": "2026-02-27",
    },
    Kind.PUT_TICKET2: {
        "person": PERSON,
        "arrival_date": "2026-02-28",
        "birth_at": "2026-03-01T04:05:06",
        "icd10": "O80.0",
        "mother_death_reason": None,
        "children_total": 2,
        "newborns": [
            {"sex": "male", "height_cm": 52, "weight_g": 3400, "death_reason": None},
            {"sex": "female", "height_cm": 48, "weight_g": 2900, "death_reason": "асфиксия"},
        ],
    },
    Kind.PUT_TICKET3: {"person": PERSON, "half_year": 1, "children": [CHILD, CHILD]},
    Kind.DISABLE_ERS: {"reason_code": 3, "reason": "Прерывание беременности"},
}
SERVICES = {Kind.PUT_TICKET1: "1", Kind.PUT_TICKET2: "2", Kind.PUT_TICKET3: "3-1"}


def sender(kind: Kind = Kind.CREATE_ERS) -> Sender:
    return {
        "name": "ГБУЗ «ЦГБ»",
        "inn": "6658021402",
        "ogrn": "1026602336727",
        "kpp": None,
        "contract_kind": SERVICES.get(kind, "2"),
        "contract_number": "14",
        "contract_date": "2021-12-31",
    }
