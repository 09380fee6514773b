"""Every state, reason and finding of the ledger has its words; terms are said as the manual does."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ers_sync.domain.content import Kind
from ers_sync.domain.findings import FindingCode
from ers_sync.domain.states import Cancel, Hold, State
from ers_sync.reports import troubles, words
from ers_sync.reports.log import status_words
from ers_sync.reports.patients import TICKET_WORDS, Ending, term
from ers_sync.reports.problems import values_of

TODAY = date(2026, 6, 15)


@pytest.mark.parametrize("state", [state for state in State if state is not State.CANCELLED])
def test_every_state_stands_somewhere(state: State) -> None:
    assert words.standing(state, None) in words.STANDINGS


@pytest.mark.parametrize("reason", Cancel)
def test_every_cancellation_stands_somewhere(reason: Cancel) -> None:
    assert words.standing("CANCELLED", reason) in words.STANDINGS


@pytest.mark.parametrize(("state", "reason"), [("LOST", None), ("CANCELLED", "tired"), ("CANCELLED", None)])
def test_what_nobody_has_named_is_an_error(state: str, reason: str | None) -> None:
    with pytest.raises(ValueError, match="is not a valid"):
        words.standing(state, reason)


def test_all_standings_are_used() -> None:
    used = {words.standing(state, None) for state in State if state is not State.CANCELLED}
    used |= {words.standing("CANCELLED", reason) for reason in Cancel}
    assert used == set(words.STANDINGS)


def test_every_hold_refusal_and_finding_says_what_to_do() -> None:
    assert set(troubles.TROUBLES) == {*Hold, State.READY, State.REJECTED, State.QUARANTINED}
    assert set(troubles.FINDINGS) == set(FindingCode)
    for trouble in (*troubles.TROUBLES.values(), *troubles.FINDINGS.values()):
        assert all((trouble.title, trouble.place, trouble.remedy, trouble.who))


def test_every_kind_has_a_column_and_a_name() -> None:
    for kind in Kind:
        halves = (1, 2) if kind is Kind.PUT_TICKET3 else (0,)
        for half in halves:
            key = words.measure_key(kind, half)
            assert key in words.KINDS
            assert key in {**words.MEASURES, **words.SIDE_MEASURES}


@pytest.mark.parametrize(
    ("lmp", "end", "said"),
    [
        (date(2025, 9, 18), Ending(), "38 недель 4 дня"),
        (date(2026, 6, 15), Ending(), "0 недель"),
        (date(2026, 6, 16), Ending(), "срок не указан"),
        (None, Ending(), "срок не указан"),
        (date(2025, 1, 1), Ending("delivery", date(2025, 10, 11), 283), "после родоразрешения в 40 недель 3 дня"),
        (date(2025, 1, 1), Ending("delivery", date(2025, 10, 16), 289), "после родоразрешения в 41 неделя 2 дня"),
        (date(2025, 1, 1), Ending("delivery", date(2025, 10, 11)), "после родоразрешения в 40 недель 3 дня"),
        (None, Ending("delivery", date(2025, 10, 11)), "после родоразрешения"),
        (None, Ending("abortion", None, 75), "после прерывания в 10 недель 5 дней"),
        (None, Ending("miscarriage", None, 107), "после исхода в 15 недель 2 дня"),
        (None, Ending("other", None, 107), "после исхода в 15 недель 2 дня"),
        (date(2026, 1, 1), Ending(closed_on=date(2026, 2, 12)), "снята с учёта в 6 недель"),
        (date(2026, 6, 1), Ending(closed_on=date(2026, 7, 1)), "2 недели"),
    ],
)
def test_term(lmp: date | None, end: Ending, said: str) -> None:
    assert term(lmp, end, TODAY) == said


@given(st.dates(date(2024, 1, 1), TODAY))
def test_a_current_term_counts_every_day(lmp: date) -> None:
    numbers = [int(word) for word in term(lmp, Ending(), TODAY).split() if word.isdigit()]
    assert numbers[0] * 7 + (numbers[1] if len(numbers) > 1 else 0) == (TODAY - lmp).days


def test_a_talon_is_there_only_if_the_fund_processed_it() -> None:
    assert [rank for rank, word in TICKET_WORDS.items() if word == "Да"] == [9, 8]


@pytest.mark.parametrize(
    ("outcome", "status", "said"),
    [
        (None, None, "Нет ответа"),
        ("ANSWERED", "PROCESSED", "Обработан"),
        ("ANSWERED", None, "Ответ получен"),
        ("ANSWERED", "NEW_ONE", "NEW_ONE"),
        ("PERHAPS_ACCEPTED", None, "Судьба неизвестна"),
        ("NEW_ONE", None, "NEW_ONE"),
    ],
)
def test_log_status(outcome: str | None, status: str | None, said: str) -> None:
    assert status_words(outcome, status) == said


def problem(**changed: object) -> tuple[object, ...]:
    row: dict[str, object] = {
        "organization_id": 1,
        "name": "Иванова Анна",
        "birth_date": date(1990, 1, 1),
        "doctor": None,
        "request_id": 7,
        "code": None,
        "kind": "put_ticket1",
        "half_year": 0,
        "state": "HELD",
        "reason": "missing_data",
        "details": [],
        "event_on": date(2026, 6, 1),
        "deadline": None,
        "roubles": 4000,
        "information": None,
    }
    return tuple((row | changed).values())


def mended(**changed: object) -> tuple[object, ...]:
    """Return «Ошибка», «Возможная причина», «Где исправить», «Ответ Фонда» of a row."""
    from zoneinfo import ZoneInfo

    row = values_of(problem(**changed), {1: "МО"}, ZoneInfo("Asia/Yekaterinburg"), TODAY)
    return (row[8], row[9], row[10], row[12])


def test_missing_data_are_said_without_the_card_which_has_a_column_of_its_own() -> None:
    details = [
        {"column": "patient.snils", "text": "карточка пациентки: СНИЛС неверен: проверьте все 11 цифр"},
        {"column": "exam.gestation_days", "text": "осмотр: срок беременности: не указано"},
        {"column": "patient.address", "text": "карточка пациентки: адрес места жительства: не указано"},
    ]
    assert mended(details=details) == (
        "Не хватает данных в карточке",
        "СНИЛС неверен: проверьте все 11 цифр; срок беременности: не указано; адрес места жительства: не указано",
        "карточка пациентки, осмотр",
        None,
    )


def test_a_refusal_shows_the_funds_own_words() -> None:
    details = [{"column": None, "text": "1204: Отсутствует договор"}, {"column": None, "text": "2: ещё"}]
    assert mended(state="REJECTED", reason=None, details=details)[3] == "1204: Отсутствует договор; 2: ещё"
    assert mended(state="REJECTED", reason=None, information="Код: 5")[3] == "Код: 5"


def test_a_hold_after_a_refusal_shows_the_funds_words_beside_the_reason() -> None:
    title, _, place, answer = mended(reason="no_contract", information="Код: 1204")
    assert (title, place, answer) == ("Нет действующего договора с Фондом", "договоры МО с Фондом", "Код: 1204")
