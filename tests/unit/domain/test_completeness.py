"""What must be in the cards: the manual's table of typical errors, field by field."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from ers_sync.domain import completeness
from ers_sync.domain.completeness import Missing
from ers_sync.domain.limits import Limit
from tests.unit.domain.build import NOW, patient

TODAY = NOW.date()
EXAM_DAY = date(2026, 2, 2)
LONG_NAME = "Я" * (Limit.NAME + 1)


def _person(**values: Any) -> tuple[Any, list[Missing]]:
    return completeness.person(patient(**values), EXAM_DAY, TODAY)


def _columns(gaps: list[Missing]) -> list[str]:
    return [gap.column for gap in gaps]


def test_a_complete_card_is_passed_on_as_it_is() -> None:
    person, gaps = _person()
    assert gaps == []
    assert person == {
        "last_name": "Ёлкина-Петрова",
        "first_name": "Анна",
        "patronymic": "Ильинична",
        "birth_date": "1994-05-06",
        "snils": "11223344595",
        "snils_absence_reason": None,
        "policy_kind": "Полис единого образца",
        "policy_number": "6651234567890123",
        "policy_begin_date": "2015-01-01",
        "policy_absence_reason": None,
        "document": {
            "kind": "Паспорт гражданина РФ",
            "series": "6514",
            "number": "123456",
            "issue_date": "2014-06-01",
            "issuer": "ОВД города",
        },
        "document_absence_reason": None,
        "address": "г. Екатеринбург, ул. Мира, 1",
        "address_absence_reason": None,
    }


@pytest.mark.parametrize(
    ("column", "words"),
    [
        ("last_name", "карточка пациентки: фамилия"),
        ("first_name", "карточка пациентки: имя"),
        ("birth_date", "карточка пациентки: дата рождения"),
        ("snils", "карточка пациентки: СНИЛС"),
        ("oms_policy_kind", "карточка пациентки: тип полиса ОМС"),
        ("oms_policy_number", "карточка пациентки: номер полиса ОМС"),
        ("id_doc_kind", "карточка пациентки: вид документа"),
        ("id_doc_number", "карточка пациентки: номер документа"),
        ("id_doc_issue_date", "карточка пациентки: дата выдачи документа"),
        ("id_doc_issuer", "карточка пациентки: кем выдан документ"),
        ("address", "карточка пациентки: адрес места жительства"),
    ],
)
def test_each_field_that_is_not_there_is_named_once(column: str, words: str) -> None:
    blanks: list[Any] = [None] if column.endswith("_date") else [None, "", " \u00a0\t", "\x00\x1f"]
    for blank in blanks:
        person, gaps = _person(**{column: blank})
        assert person is None
        assert _columns(gaps) == [f"patient.{column}"]
        assert gaps[0].text.startswith(words)


@pytest.mark.parametrize(
    "column", ["patronymic", "oms_policy_begin_date", "id_doc_series"], ids=["patronymic", "policy begin", "series"]
)
def test_what_is_not_required(column: str) -> None:
    person, gaps = _person(**{column: None})
    assert person is not None
    assert gaps == []


def test_everything_missing_is_listed_at_once() -> None:
    card = patient(**{field: None for field in patient().__dataclass_fields__ if field != "id"})
    _, gaps = completeness.person(card, EXAM_DAY, TODAY)
    assert len(_columns(gaps)) == len(set(_columns(gaps))) == 11


GROUPS = [
    (("snils",), "snils_absence_reason", "snils"),
    (("oms_policy_kind", "oms_policy_number"), "oms_absence_reason", "policy_number"),
    (("id_doc_kind", "id_doc_number", "id_doc_issue_date", "id_doc_issuer"), "id_doc_absence_reason", "document"),
    (("address",), "address_absence_reason", "address"),
]


@pytest.mark.parametrize(("columns", "reason", "key"), GROUPS)
@pytest.mark.parametrize("stated", ["Иностранная гражданка", "0", "  нет \n"])
def test_a_stated_reason_stands_for_a_group(columns: tuple[str, ...], reason: str, key: str, stated: str) -> None:
    person, gaps = _person(**dict.fromkeys(columns), **{reason: stated})
    assert gaps == []
    assert person[key] is None
    assert person[{"policy_number": "policy_absence_reason"}.get(key, f"{key}_absence_reason")] == stated.strip()


@pytest.mark.parametrize(("columns", "reason", "key"), GROUPS)
@pytest.mark.parametrize("stated", [None, "", "  ", "\x01", "я" * (Limit.REASON + 1)])
def test_a_blank_or_endless_reason_is_none(columns: tuple[str, ...], reason: str, key: str, stated: str | None) -> None:
    person, gaps = _person(**dict.fromkeys(columns), **{reason: stated})
    assert (person, _columns(gaps)) == (None, [f"patient.{column}" for column in columns])


@pytest.mark.parametrize(("columns", "reason", "key"), GROUPS)
def test_a_value_beside_a_reason_wins(columns: tuple[str, ...], reason: str, key: str) -> None:
    person, gaps = _person(**{reason: "Не предъявлен"})
    assert gaps == []
    assert person[key] is not None
    assert all(value is None for name, value in person.items() if name.endswith("_absence_reason"))


def test_a_half_given_group_with_a_reason_is_absent() -> None:
    person, _ = _person(
        oms_policy_number=None, oms_absence_reason="Утерян", id_doc_issuer="", id_doc_absence_reason="Утерян"
    )
    assert (person["policy_kind"], person["policy_number"], person["policy_begin_date"]) == (None, None, None)
    assert (person["policy_absence_reason"], person["document"]) == ("Утерян", None)


@pytest.mark.parametrize("snils", ["112-233-445 96", "123", "000-000-000 00", "нет"])
def test_a_bad_snils_is_missing_even_with_a_reason(snils: str) -> None:
    person, gaps = _person(snils=snils, snils_absence_reason="Не оформлен")
    assert (person, _columns(gaps)) == (None, ["patient.snils"])
    assert "неверен" in gaps[0].text
    assert snils not in gaps[0].text


@pytest.mark.parametrize(
    ("column", "typed", "key", "sent"),
    [
        ("last_name", "  Ёлкина - Петрова ", "last_name", "Ёлкина - Петрова"),
        ("last_name", "=2+5", "last_name", "=2+5"),
        ("last_name", "Ёл\x00ки\x0bна", "last_name", "Ёлкина"),
        ("first_name", "Анна Мария", "first_name", "Анна Мария"),
        ("patronymic", "  ", "patronymic", None),
        ("address", "дом 1\x1a", "address", "дом 1"),
        ("last_name", "Я" * Limit.NAME, "last_name", "Я" * Limit.NAME),
    ],
)
def test_what_clerks_type(column: str, typed: str, key: str, sent: str | None) -> None:
    person, gaps = _person(**{column: typed})
    assert gaps == []
    assert person[key] == sent


@pytest.mark.parametrize(
    ("column", "limit"),
    [
        ("last_name", Limit.NAME),
        ("first_name", Limit.NAME),
        ("patronymic", Limit.NAME),
        ("oms_policy_number", Limit.POLICY),
        ("id_doc_kind", Limit.KIND),
        ("id_doc_number", Limit.DOCUMENT),
        ("id_doc_issuer", Limit.ISSUER),
        ("address", Limit.ADDRESS),
    ],
)
def test_nothing_of_a_card_is_ever_cut(column: str, limit: int) -> None:
    assert _person(**{column: "я" * limit})[1] == []
    person, gaps = _person(**{column: "я" * (limit + 1)})
    assert (person, _columns(gaps)) == (None, [f"patient.{column}"])


def test_what_is_not_required_and_does_not_fit_is_left_out() -> None:
    person, gaps = _person(id_doc_series="6" * (Limit.DOCUMENT + 1), oms_policy_kind="П" * 2000)
    assert (gaps, person["document"]["series"], person["policy_kind"]) == ([], None, "П" * 2000)


def test_the_reason_stands_for_an_address_that_does_not_fit() -> None:
    person, gaps = _person(address="я" * (Limit.ADDRESS + 1), address_absence_reason="Без адреса")
    assert (gaps, person["address"], person["address_absence_reason"]) == ([], None, "Без адреса")


@pytest.mark.parametrize(
    ("values", "columns"),
    [
        ({"birth_date": EXAM_DAY}, []),
        ({"birth_date": date(2026, 2, 3)}, ["patient.birth_date"]),
        ({"id_doc_issue_date": TODAY}, []),
        ({"id_doc_issue_date": date(2026, 3, 3)}, ["patient.id_doc_issue_date"]),
    ],
)
def test_dates_that_cannot_be(values: dict[str, Any], columns: list[str]) -> None:
    assert _columns(_person(**values)[1]) == columns


def test_without_an_events_day_the_birth_date_is_not_later_than_today() -> None:
    assert completeness.person(patient(birth_date=TODAY), None, TODAY)[1] == []
    assert _columns(completeness.person(patient(birth_date=date(2026, 3, 3)), None, TODAY)[1]) == ["patient.birth_date"]


def test_a_pregnancy_without_a_card() -> None:
    person, gaps = completeness.person(None, EXAM_DAY, TODAY)
    assert (person, _columns(gaps)) == (None, ["pregnancy.patient_id"])


def test_no_text_tells_a_patients_data() -> None:
    secret = {"last_name": LONG_NAME, "address": "Ж" * 2000, "oms_policy_number": "7" * 60, "id_doc_number": "8" * 60}
    _, gaps = completeness.person(patient(**secret, birth_date=date(2031, 7, 9)), EXAM_DAY, TODAY)
    assert len(gaps) == 5
    assert not any(value in gap.text for gap in gaps for value in [*secret.values(), "2031", "09.07"])
