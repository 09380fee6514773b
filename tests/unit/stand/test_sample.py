"""The sample РАМ is the same every time, believable, and has everything in it that the daemon must cope with."""

from __future__ import annotations

import itertools
from collections import Counter
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from stdnum.ru import inn as stdnum_inn
from stdnum.ru import ogrn as stdnum_ogrn

from ers_sync.domain.identifiers import snils as valid_snils
from ers_sync.stand import sample_hospitals, sample_numbers
from ers_sync.stand.fund.seed import read_seed
from ers_sync.stand.sample import ZONE, Sample, sample
from ers_sync.stand.sample_history import History
from ers_sync.stand.sample_stages import Stage

NOW = datetime(2026, 3, 4, 14, 0, tzinfo=ZONE)
WALL_CLOCK = NOW.replace(tzinfo=None)
WOMEN = 900


@pytest.fixture(scope="module")
def histories() -> list[History]:
    return list(sample(1, WOMEN, NOW).histories())


def test_it_is_the_same_every_time_and_another_with_another_seed() -> None:
    assert list(sample(5, 60, NOW).sql()) == list(sample(5, 60, NOW.astimezone(UTC)).sql())
    assert list(sample(5, 60, NOW).sql()) != list(sample(6, 60, NOW).sql())
    assert sample(5, 60, NOW).fund_seed() == sample(5, 60, NOW).fund_seed()


def test_more_women_leave_the_first_as_they_were() -> None:
    assert list(sample(5, 30, NOW).histories()) == list(itertools.islice(sample(5, 60, NOW).histories(), 30))


def test_a_moment_without_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="zone"):
        sample(1, 1, WALL_CLOCK)


@given(st.integers(1_001_999, 999_999_999))
def test_snils_are_valid(number: int) -> None:
    assert valid_snils(sample_numbers.snils(number)) == sample_numbers.snils(number)


@given(st.integers(100_000_000, 999_999_999), st.integers(100_000_000_000, 199_999_999_999))
def test_inn_and_ogrn_are_valid(inn: int, ogrn: int) -> None:
    assert stdnum_inn.is_valid(sample_numbers.inn(inn))
    assert stdnum_ogrn.is_valid(sample_numbers.ogrn(ogrn))


def test_hospitals_and_doctors_have_valid_numbers_and_valid_contracts() -> None:
    hospitals = sample_hospitals.organizations()
    assert all(
        stdnum_inn.is_valid(hospital.inn or "") and stdnum_ogrn.is_valid(hospital.ogrn or "") for hospital in hospitals
    )
    assert stdnum_ogrn.is_valid(sample_hospitals.ELSEWHERE)
    assert sample_hospitals.ELSEWHERE not in {hospital.ogrn for hospital in hospitals}
    assert all(valid_snils(doctor.snils) for doctor in sample_hospitals.doctors())
    contracts = sample_hospitals.contracts(NOW.date())
    assert {item["ogrn"] for item in contracts} == {hospital.ogrn for hospital in hospitals}
    for item in contracts:
        assert [contract["kind"] for contract in item["contracts"]] == ["1", "2", "3-1", "3-2"]
        for contract in item["contracts"]:
            assert contract["from"] <= "2026-03-04" <= (contract["to"] or "9999")


def test_the_stages_have_their_shares(histories: list[History]) -> None:
    counted = Counter(history.stage for history in histories)
    assert set(counted) == set(Stage)
    assert counted[Stage.FRESH] == WOMEN * 14 // 50
    assert counted[Stage.DELIVERED] == WOMEN * 8 // 50


def test_thirty_women_have_every_stage() -> None:
    assert {history.stage for history in sample(1, 30, NOW).histories()} == set(Stage)


def test_cards_that_lack_something_are_about_six_in_a_hundred(histories: list[History]) -> None:
    def lacks(history: History) -> bool:
        card = history.patient
        return (
            not (card.last_name or "").strip()
            or not (card.first_name or "").strip()
            or card.birth_date is None
            or (valid_snils(card.snils) is None and not card.snils_absence_reason)
            or (not (card.oms_policy_number or "").strip() and not card.oms_absence_reason)
            or (not (card.id_doc_number and card.id_doc_issuer) and not card.id_doc_absence_reason)
            or (not (card.address or "").strip() and not card.address_absence_reason)
        )

    assert 0.05 <= sum(map(lacks, histories)) / WOMEN <= 0.07
    reasons = [history.patient.snils_absence_reason or history.patient.oms_absence_reason for history in histories]
    assert sum(map(bool, reasons)) >= 5


def test_names_and_texts_are_as_clerks_type_them(histories: list[History]) -> None:
    cards = [history.patient for history in histories]
    texts = "".join(f"{card.last_name}{card.address}" for card in cards)
    assert all(sign in texts for sign in "ё-'<&=\x0b\n\\")
    assert any(card.patronymic is None for card in cards)
    assert any(card.snils and "-" in card.snils and valid_snils(card.snils) for card in cards)
    assert any(card.snils and card.snils.startswith(" ") and valid_snils(card.snils) for card in cards)
    numbers = [number for card in cards if (number := valid_snils(card.snils))]
    assert len(numbers) == len(set(numbers))


def test_exams_are_in_working_hours_of_the_last_three_months(histories: list[History]) -> None:
    future = []
    for history in histories:
        moments = [exam.examined_at for exam in history.exams]
        assert moments == sorted(moment for moment in moments if moment)
        for exam in history.exams:
            assert exam.examined_at
            assert exam.examined_at.weekday() < 5
            assert 8 <= exam.examined_at.hour < 18
            if exam.gestation_days is not None:
                assert exam.gestation_days == (exam.examined_at.date() - history.lmp).days
                assert 30 <= exam.gestation_days <= 310
            if exam.examined_at > WALL_CLOCK:
                future.append(exam)
            elif history.stage not in {Stage.CHILD, Stage.YEAR_OLD}:
                assert WALL_CLOCK - exam.examined_at <= timedelta(days=92)
        assert [exam.kind for exam in history.exams] == ["primary", *["repeat"] * (len(history.exams) - 1)]
    assert 2 <= len(future) <= WOMEN // 60
    assert all(exam.kind == "repeat" for exam in future)
    assert sum(exam.deleted for history in histories for exam in history.exams) >= 5
    assert 2.5 <= sum(len(history.exams) - 1 for history in histories) / WOMEN <= 5


def test_primary_exams_are_mostly_early_and_talon_1_is_near_for_many(histories: list[History]) -> None:
    early = [h for h in histories if h.stage in {Stage.FRESH, Stage.MIDDLE, Stage.TERMINATED, Stage.MISCARRIED}]
    assert all(35 <= (h.exams[0].gestation_days or 0) <= 84 + 2 for h in early)
    third = [h for h in histories if h.stage is Stage.THIRD]
    assert sum(any((exam.gestation_days or 0) >= 210 for exam in h.exams) for h in third) > len(third) / 2
    twins = [h for h in histories if h.stage is Stage.TWINS]
    assert all((h.pregnancy.fetus_count or 0) > 1 for h in twins)
    assert any(any((exam.gestation_days or 0) in range(196, 210) for exam in h.exams) for h in twins)


def test_outcomes_and_children(histories: list[History]) -> None:
    deliveries = [h.outcome for h in histories if h.outcome and h.outcome.kind == "delivery"]
    assert all((outcome.gestation_days or 0) >= 154 for outcome in deliveries)
    assert any(newborn.death_reason for outcome in deliveries for newborn in outcome.newborns)
    assert any(len(outcome.newborns) == 2 for outcome in deliveries)
    assert {h.outcome.kind for h in histories if h.outcome} == {"delivery", "abortion", "miscarriage"}
    assert all(h.outcome.occurred_at <= WALL_CLOCK for h in histories if h.outcome and h.outcome.occurred_at)
    ended = Counter(
        child.half_year for h in histories for child in h.children if child.watch_end and child.watch_end <= NOW.date()
    )
    assert ended[1] > ended[2] > 0
    assert any(child.watch_end and child.watch_end > NOW.date() for h in histories for child in h.children)
    assert all(h.pregnancy.closed_on for h in histories if h.stage in {Stage.CHILD, Stage.YEAR_OLD})


def test_what_the_fund_knows_fits_its_form_and_the_women() -> None:
    seed = sample(1, WOMEN, NOW).fund_seed()
    numbers = [certificate["ers_number"] for certificate in seed["certificates"]]
    assert len(numbers) == len(set(numbers))
    statuses = Counter(certificate["status"] for certificate in seed["certificates"])
    assert set(statuses) == {"OPEN", "SERVICE", "CLOSED"}
    assert any(certificate["ogrn"] == sample_hospitals.ELSEWHERE for certificate in seed["certificates"])
    assert min(statuses.values()) >= 5


def test_the_stand_in_fund_takes_the_seed() -> None:
    import json

    seed = sample(1, 60, NOW).fund_seed()
    assert len(read_seed(json.dumps(seed)).certificates) == len(seed["certificates"])


def test_foreign_certificates_belong_to_the_present_pregnancy_and_earlier_ones_do_not() -> None:
    women = {valid_snils(h.patient.snils): h for h in sample(1, WOMEN, NOW).histories()}
    for certificate in sample(1, WOMEN, NOW).fund_seed()["certificates"]:
        age = (datetime.fromisoformat(certificate["create_date"]).date() - women[certificate["snils"]].lmp).days
        assert (-30 <= age <= 310) == (certificate["status"] != "CLOSED")


@settings(deadline=None)
@given(st.datetimes(datetime(2024, 1, 1), datetime(2030, 1, 1)), st.integers(0, 10**6))  # noqa: DTZ001 - a zone is added
def test_it_can_be_made_for_any_moment(wall_clock: datetime, seed: int) -> None:
    zone = ZoneInfo("Asia/Kamchatka")
    made = Sample(seed, 30, wall_clock.replace(tzinfo=zone), zone)
    for history in made.histories():
        assert history.exams[0].examined_at
        assert history.exams[0].examined_at <= wall_clock
    assert made.fund_seed()["certificates"]
