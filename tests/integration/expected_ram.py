"""A small РАМ for the cases of test_expected: hospitals, contracts, and rows without fault, in which a case changes one value."""

from __future__ import annotations

from contextlib import closing
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import psycopg2

from ers_sync.stand.sample_numbers import inn, ogrn, snils

NOW = datetime(2026, 3, 10, 7, tzinfo=UTC)  # noon in Yekaterinburg
TODAY = date(2026, 3, 10)
LMP = date(2025, 8, 1)  # 221 days before today
SNILS = {1: snils(112_233_445), 2: snils(112_233_446)}
OGRN = {number: ogrn(102_660_200_100 + number) for number in range(1, 10)}
ELSEWHERE = ogrn(102_590_100_017)
BAD_OGRN = OGRN[9][:-1] + str((int(OGRN[9][-1]) + 1) % 10)
ALL_KINDS = ("1", "2", "3-1", "3-2")
DAY = timedelta(days=1)

Given = tuple[str, dict[str, Any]]
"""A row of РАМ: table and values."""


def hospitals() -> list[Given]:
    """1 to 3 are well; 4 is switched off; 5 has one contract for today alone, of talon 2; 6 and 7 have none today; 8 and 9 a bad card."""
    changes: dict[int, dict[str, Any]] = {
        1: {"inn": f" {inn(665_800_101)}\n", "full_name": " \t", "is_active": None},
        2: {"inn": "500100732259"},
        4: {"is_active": False},
        8: {"inn": "6658021403"},
        9: {"ogrn": BAD_OGRN},
    }
    usual = {"short_name": "ЖК", "full_name": "Женская консультация", "inn": inn(665_800_100), "is_active": True}
    return [("organization", usual | {"id": id_, "ogrn": OGRN[id_]} | changes.get(id_, {})) for id_ in range(1, 10)]


def contracts() -> list[dict[str, Any]]:
    special: dict[int, list[tuple[str, date, date | None]]] = {
        5: [("2", TODAY, TODAY)],
        6: [(kind, LMP, TODAY - DAY) for kind in ALL_KINDS],
        7: [(kind, TODAY + DAY, None) for kind in ALL_KINDS],
    }
    return [
        {
            "ogrn": BAD_OGRN if id_ == 9 else OGRN[id_],
            "contracts": [
                {"kind": kind, "number": f"{id_}/{kind}", "from": begin.isoformat(), "to": end and end.isoformat()}
                for kind, begin, end in special.get(id_, [(kind, LMP, None) for kind in ALL_KINDS])
            ],
        }
        for id_ in OGRN
    ]


def card(id_: int = 1, **changes: Any) -> Given:
    """A patient's card without fault."""
    return "patient", {
        "id": id_,
        "last_name": "Ёлкина",
        "first_name": "Анна",
        "birth_date": date(1996, 5, 1),
        "snils": SNILS[id_],
        "oms_policy_kind": "Единый",
        "oms_policy_number": "6600000000000001",
        "id_doc_kind": "Паспорт",
        "id_doc_number": "123456",
        "id_doc_issue_date": date(2016, 5, 20),
        "id_doc_issuer": "МВД",
        "address": "г. Арти",
    } | changes


def pregnancy(id_: int = 1, **changes: Any) -> Given:
    return "pregnancy", {"id": id_, "patient_id": 1, "fetus_count": 1} | changes


def exam(id_: int, gestation: int, hospital: int | None = 1, **changes: Any) -> Given:
    """A repeat exam at ten o'clock of the day that the gestation says."""
    at = datetime.combine(LMP, time(10)) + timedelta(days=gestation)
    usual = {"pregnancy_id": 1, "organization_id": hospital, "kind": "repeat", "examined_at": at}
    return "exam", usual | {"id": id_, "gestation_days": gestation} | changes


def primary(id_: int = 10, gestation: int = 60, hospital: int | None = 1, **changes: Any) -> Given:
    return exam(id_, gestation, hospital, kind="primary", **changes)


def outcome(gestation: int, hospital: int = 2, kind: str = "delivery", **changes: Any) -> Given:
    """At noon of the day that the gestation says."""
    at = datetime.combine(LMP, time(12)) + timedelta(days=gestation)
    usual = {"id": 30, "pregnancy_id": 1, "organization_id": hospital, "kind": kind, "occurred_at": at}
    return "outcome", usual | {"gestation_days": gestation} | changes


def newborn(id_: int = 40, **changes: Any) -> Given:
    return "newborn", {"id": id_, "outcome_id": 30, "sex": "female", "height_cm": 100, "weight_g": 10_000} | changes


def child(id_: int, hospital: int = 3, half_year: int | None = 1, **changes: Any) -> Given:
    """A child whose half-year ends today."""
    usual = {"pregnancy_id": 1, "organization_id": hospital, "last_name": "Ёлкин", "first_name": "Лев"}
    days = {"birth_date": TODAY - 183 * DAY, "watch_begin": TODAY - 183 * DAY, "watch_end": TODAY}
    return "child", usual | days | {"id": id_, "half_year": half_year} | changes


def known(after: int = 62, status: str = "OPEN", number: int = 1, **changes: Any) -> dict[str, Any]:
    """A certificate that the Fund knows of the first woman, created `after` days from the first day of the pregnancy."""
    usual = {"ers_number": f"900000000{number}", "snils": SNILS[1], "ogrn": ELSEWHERE, "status": status, "tickets": []}
    return usual | {"create_date": (LMP + timedelta(days=after)).isoformat()} | changes


def ticket(kind: str, hospital_ogrn: str = ELSEWHERE) -> dict[str, Any]:
    return {"type": kind, "create_date": TODAY.isoformat(), "ogrn": hospital_ogrn}


def visit(gestation: int, hospital: int, visit_id: str = "by hand") -> dict[str, Any]:
    day = LMP + timedelta(days=gestation)
    return {"visit_id": visit_id, "visit_date": day.isoformat(), "ogrn": OGRN[hospital]}


PLAIN = [card(), pregnancy(), primary(), exam(11, 100)]
SENT = ["createErs 1", "11 1"]  # what PLAIN calls for: a word of the operation or the visit's id, and the hospital
THIRD = [card(), pregnancy(), primary()]
OTHER = [pregnancy(2), primary(20, 61, pregnancy_id=2), exam(21, 100, pregnancy_id=2)]
BORN = [*THIRD, outcome(217), newborn()]


def fill(dsn: str, given: list[Given]) -> None:
    with closing(psycopg2.connect(dsn)) as connection, connection, connection.cursor() as cursor:
        for table, values in given:
            places = ", ".join(["%s"] * len(values))
            statement = f"insert into ram.{table} ({', '.join(values)}) values ({places})"  # noqa: S608 - names of this file
            cursor.execute(statement, list(values.values()))
