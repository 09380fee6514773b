"""What must be in the other cards: of the hospital, an exam, a delivery, an observed child."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from ers_sync.domain import completeness
from ers_sync.domain.completeness import Missing
from ers_sync.domain.limits import Limit
from tests.unit.domain.build import child, doctor, exam, newborn, organization, outcome

LONG_NAME = "Я" * (Limit.NAME + 1)


def _columns(gaps: list[Missing]) -> list[str]:
    return [gap.column for gap in gaps]


@pytest.mark.parametrize(
    ("values", "columns"),
    [
        ({}, []),
        ({"kpp": None}, []),
        ({"inn": "6658021403"}, ["organization.inn"]),
        ({"inn": None, "ogrn": "  "}, ["organization.inn", "organization.ogrn"]),
        ({"ogrn": "1026602336728"}, ["organization.ogrn"]),
        ({"full_name": "  "}, []),  # the short name serves
        ({"full_name": None, "short_name": "\x00"}, ["organization.full_name"]),
        ({"full_name": "я" * (Limit.ORGANIZATION + 1)}, ["organization.full_name"]),
    ],
)
def test_the_hospitals_own_card(values: dict[str, Any], columns: list[str]) -> None:
    gaps = completeness.hospital(organization(**values))
    assert _columns(gaps) == columns
    assert all(gap.text.startswith("карточка МО: ") for gap in gaps)


def test_a_hospital_without_a_card() -> None:
    assert _columns(completeness.hospital(None)) == ["organization.id"]


@pytest.mark.parametrize(
    ("values", "columns"),
    [
        ({}, []),
        ({"gestation_days": 0}, []),
        ({"gestation_days": 310}, []),
        ({"gestation_days": 311}, ["exam.gestation_days"]),
        ({"gestation_days": -1}, ["exam.gestation_days"]),
        ({"gestation_days": None, "examined_at": None}, ["exam.examined_at", "exam.gestation_days"]),
        ({"note": None, "doctor_id": None}, []),
    ],
)
def test_an_exam(values: dict[str, Any], columns: list[str]) -> None:
    assert _columns(completeness.exam(exam(11, 100, **values))) == columns


@pytest.mark.parametrize(
    ("values", "columns"),
    [
        ({}, []),
        ({"sex": None}, ["newborn.sex"]),
        ({"sex": "unknown"}, ["newborn.sex"]),
        ({"height_cm": None, "weight_g": None}, ["newborn.height_cm", "newborn.weight_g"]),
        ({"height_cm": 0}, ["newborn.height_cm"]),
        ({"height_cm": 1, "weight_g": 1}, []),
        ({"height_cm": 100, "weight_g": 10_000}, []),
        ({"height_cm": 101}, ["newborn.height_cm"]),
        ({"weight_g": 10_001}, ["newborn.weight_g"]),
    ],
)
def test_a_newborn(values: dict[str, Any], columns: list[str]) -> None:
    children, gaps = completeness.delivery(outcome(newborns=(newborn(**values),)))
    assert _columns(gaps) == columns
    assert len(children) == (0 if columns else 1)


def test_a_stillborn_child_is_told_with_its_reason() -> None:
    twins = (newborn(80), newborn(81, ordinal=2, sex="male", death_reason="  P95 " + "я" * Limit.REASON))
    children, gaps = completeness.delivery(outcome(newborns=twins))
    assert gaps == []
    assert [one["sex"] for one in children] == ["female", "male"]
    assert children[0]["death_reason"] is None
    assert children[1]["death_reason"] == ("P95 " + "я" * Limit.REASON)[: Limit.REASON]


def test_a_delivery_without_time_and_newborns() -> None:
    gaps = completeness.delivery(outcome(280, occurred_at=None, newborns=()))[1]
    assert _columns(gaps) == ["outcome.occurred_at", "newborn.outcome_id"]
    assert "новорождённые" in gaps[1].text


@pytest.mark.parametrize(
    ("values", "columns"),
    [
        ({}, []),
        ({"patronymic": None, "oms_policy_number": None}, []),
        ({"last_name": " "}, ["child.last_name"]),
        ({"first_name": LONG_NAME}, ["child.first_name"]),
        ({"patronymic": LONG_NAME}, ["child.patronymic"]),
        ({"birth_date": None, "watch_begin": None}, ["child.birth_date", "child.watch_begin"]),
        ({"birth_date": date(2026, 3, 3)}, ["child.birth_date"]),
        ({"watch_begin": date(2026, 3, 3)}, ["child.watch_begin"]),
        ({"half_year": None}, ["child.half_year"]),
        ({"half_year": 3}, ["child.half_year"]),
        ({"oms_policy_number": "1" * (Limit.POLICY + 1)}, []),  # not required: left out
    ],
)
def test_an_observed_child(values: dict[str, Any], columns: list[str]) -> None:
    content, gaps = completeness.observed_child(child(**values))
    assert _columns(gaps) == columns
    assert (content is None) == bool(columns)


def test_a_doctor_is_never_required_and_a_name_never_cut() -> None:
    assert completeness.doctor(None) is None
    told = completeness.doctor(doctor(last_name=LONG_NAME, first_name=" ", snils="1", position="я" * 300))
    assert told == {
        "last_name": None,
        "first_name": None,
        "patronymic": None,
        "snils": None,
        "position": "я" * Limit.POSITION,
    }
