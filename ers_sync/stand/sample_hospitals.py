"""The hospitals and doctors of the sample РАМ, and their contracts with the Fund. Their numbers are made up."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ers_sync.domain.model import Doctor, Organization
from ers_sync.stand.sample_numbers import inn, ogrn, snils

if TYPE_CHECKING:
    from datetime import date

_NAMES = (
    ('ГБУЗ СО "Дегтярская ГБ"', "Дегтярская городская больница"),
    ('ГАУЗ СО "ЦГКБ №24"', "Центральная городская клиническая больница №24"),
    ('ГАУЗ СО "Артинская ЦРБ"', "Артинская центральная районная больница"),
    ('МПЦ ГАУЗ СО "Краснотурьинская ГБ"', "Краснотурьинская городская больница"),
    ('ГБУЗ СО "ЕКПЦ"', "Екатеринбургский клинический перинатальный центр"),
    ('ГАУЗ СО "ДГКБ №11"', "Детская городская клиническая больница №11"),
)
ANTENATAL = (1, 2, 3, 4)
"""Ids of the hospitals with an antenatal clinic."""
MATERNITY = (5, 4)
"""Ids of the hospitals in which women give birth."""
CHILDREN = 6
"""Id of the children's clinic."""
ELSEWHERE = ogrn(102_590_100_017)
"""ОГРН of a hospital of another region, which is not in РАМ."""

_DOCTORS = (
    ("Ёлкина", "Алёна", "Семёновна", "врач акушер-гинеколог"),
    ("Подкорытова", "Наталья", "Львовна", "врач акушер-гинеколог"),
    ("Бикбулатов", "Рустам", None, "заведующий отделением, врач акушер-гинеколог"),
)
_KINDS = ("1", "2", "3-1", "3-2")


def organizations() -> list[Organization]:
    """Return the hospitals, all of them active."""
    return [
        Organization(
            id=number,
            short_name=short,
            full_name=f"Учреждение здравоохранения Свердловской области «{full}»",
            inn=inn(665_800_100 + 37 * number),
            ogrn=ogrn(102_660_200_100 + 41 * number),
            kpp="665801001" if number % 2 else None,
            is_active=True,
        )
        for number, (short, full) in enumerate(_NAMES, start=1)
    ]


def doctors() -> list[Doctor]:
    """Return the doctors: three to a hospital."""
    return [
        Doctor(
            id=doctor_id(hospital.id, place),
            organization_id=hospital.id,
            last_name=last_name,
            first_name=first_name,
            patronymic=patronymic,
            snils=snils(3_000_000 + 1_009 * doctor_id(hospital.id, place)),
            position=position,
        )
        for hospital in organizations()
        for place, (last_name, first_name, patronymic, position) in enumerate(_DOCTORS)
    ]


def doctor_id(organization_id: int, place: int) -> int:
    """Return the id of a hospital's doctor; `place` is 0, 1 or 2."""
    return organization_id * 10 + place % len(_DOCTORS)


def contracts(today: date) -> list[dict[str, Any]]:
    """Return the `organizations` of a Fund's seed: valid contracts of all kinds for every hospital; some without an end."""
    begin = today.replace(year=today.year - 2, month=1, day=1)
    return [
        {
            "ogrn": hospital.ogrn,
            "contracts": [
                {
                    "kind": kind,
                    "number": f"{10 + hospital.id}/{kind}",
                    "from": begin.isoformat(),
                    "to": None if hospital.id % 2 else begin.replace(year=today.year + 1, month=12, day=31).isoformat(),
                }
                for kind in _KINDS
            ],
        }
        for hospital in organizations()
    ]
