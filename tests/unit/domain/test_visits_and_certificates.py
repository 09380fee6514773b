"""What calls for a certificate and for visits, at the edges of every rule."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from ers_sync.domain.eligibility import called_for
from ers_sync.domain.model import Case
from ers_sync.domain.rules import Rules
from ers_sync.domain.scope import as_of
from tests.unit.domain.build import (
    CLINIC,
    MATERNITY,
    NOW,
    STRANGER,
    at,
    called,
    case,
    exam,
    hospital,
    organization,
    outcome,
    patient,
    primary,
    rules,
    sources,
)

FUTURE = datetime(2026, 3, 2, 12, 1)  # noqa: DTZ001 - a wall clock
PRESENT = datetime(2026, 3, 2, 12, 0)  # noqa: DTZ001


def test_a_plain_pregnancy_in_the_order_of_its_events() -> None:
    rows = (exam(13, 215), primary(10, 60), exam(11, 90), outcome(280))
    assert sources(case(*rows)) == {
        "create_ers": ["exam:10"],
        "put_visit": ["exam:11", "exam:13"],
        "put_ticket1": ["exam:13"],
        "put_ticket2": ["outcome:50"],
    }


def test_an_empty_pregnancy_calls_for_nothing() -> None:
    assert sources(case()) == {}
    assert sources(case(patient=None, organizations={}, patient_id=None)) == {}


@pytest.mark.parametrize(
    ("exams", "source"),
    [
        ([primary(12, 60), primary(10, 61)], "exam:12"),
        ([primary(12, 60), primary(10, 60)], "exam:10"),  # equal times: the lower id
        ([primary(9, 60, examined_at=at(60, "10:01")), primary(10, 60)], "exam:10"),
        ([primary(10, 60, deleted=True), primary(12, 90)], "exam:12"),
        ([primary(10, 60, examined_at=None), primary(12, 90)], "exam:12"),
        ([primary(10, 60, examined_at=None)], "exam:10"),  # held for its date
        ([primary(10, 60, organization_id=STRANGER), primary(12, 90)], None),  # the earliest is another's
        ([primary(10, 60, organization_id=None), primary(12, 90)], None),
        ([exam(10, 60)], None),
        ([], None),
    ],
)
def test_the_certificate_is_of_the_earliest_primary_exam(exams: list[Any], source: str | None) -> None:
    assert sources(case(*exams)).get("create_ers") == ([source] if source else None)


def test_further_primary_exams_are_no_visits() -> None:
    assert "put_visit" not in sources(case(primary(10, 60), primary(11, 90)))


def test_the_certificate_is_asked_for_by_the_hospital_of_the_exam() -> None:
    (create,) = called(case(primary(organization_id=MATERNITY), organization_id=CLINIC))["create_ers"]
    assert create.organization_id == MATERNITY


@pytest.mark.parametrize(
    ("registered_on", "day"), [(None, at(60).date().isoformat()), (date(2025, 7, 1), "2025-07-01")]
)
def test_day_of_registration(registered_on: date | None, day: str) -> None:
    (create,) = called(case(primary(), registered_on=registered_on))["create_ers"]
    assert create.content is not None
    assert create.content["register_date"] == day


def _none(of: Case, at_rules: Rules | None = None, now: datetime = NOW) -> bool:
    return not sources(of, at_rules, now)


@pytest.mark.parametrize("kind", ["primary", "repeat"])
@pytest.mark.parametrize(
    ("values", "counts"),
    [
        ({}, True),
        ({"deleted": True}, False),
        ({"organization_id": None}, False),
        ({"organization_id": STRANGER}, False),
        ({"organization_id": 12345}, False),
        ({"examined_at": PRESENT}, True),
        ({"examined_at": FUTURE}, False),
        ({"examined_at": datetime(2024, 12, 31, 23, 59)}, False),  # noqa: DTZ001
        ({"examined_at": datetime(2025, 1, 1)}, True),  # noqa: DTZ001 - the hospital's first day
        ({"examined_at": None}, True),  # held for its date
        ({"kind": "consultation"}, False),
    ],
)
def test_which_exams_count(kind: str, values: dict[str, Any], counts: bool) -> None:
    assert _none(case(exam(10, 60, **({"kind": kind} | values)))) is not counts


@pytest.mark.parametrize(
    ("zone", "now", "counts"),
    [
        ("Asia/Yekaterinburg", datetime(2026, 3, 2, 6, 59, tzinfo=UTC), False),
        ("Asia/Yekaterinburg", datetime(2026, 3, 2, 7, 0, tzinfo=UTC), True),
        ("Europe/Kaliningrad", datetime(2026, 3, 2, 9, 59, tzinfo=UTC), False),
        ("Europe/Kaliningrad", datetime(2026, 3, 2, 10, 0, tzinfo=UTC), True),
        ("Asia/Kamchatka", datetime(2026, 3, 2, 0, 0, tzinfo=UTC), True),
    ],
)
def test_an_exam_counts_from_its_minute_on_by_the_hospitals_clock(zone: str, now: datetime, counts: bool) -> None:
    at_rules = rules(hospital(zone=ZoneInfo(zone)))
    assert _none(case(exam(11, 100, examined_at=PRESENT)), at_rules, now) is not counts


@pytest.mark.parametrize(("is_active", "counts"), [(True, True), (None, True), (False, False)])
def test_a_hospital_that_is_switched_off_is_not_ours(is_active: bool | None, counts: bool) -> None:
    rows = (primary(), exam(11, 215), outcome(280, organization_id=CLINIC))
    assert _none(case(*rows, organizations={CLINIC: organization(is_active=is_active)})) is not counts


def test_a_listed_hospital_without_a_card_is_held_not_lost() -> None:
    for one in called(case(primary(), exam(11, 215), organizations={})).values():
        assert [gap.column for gap in one[0].missing] == ["organization.id"]


@pytest.mark.parametrize(
    ("examined", "counts"), [(at(279, "23:59"), True), (at(280, "10:00"), True), (at(280, "10:01"), False)]
)
def test_an_exam_after_the_outcome_is_not_sent(examined: datetime, counts: bool) -> None:
    assert ("put_visit" in sources(case(primary(), exam(11, 280, examined_at=examined), outcome(280)))) is counts
    assert ("create_ers" in sources(case(primary(examined_at=examined), outcome(280)))) is counts


def test_an_undated_exam_of_a_pregnancy_that_has_ended_is_held_for_its_date() -> None:
    found = called(case(primary(examined_at=None), exam(11, 100, examined_at=None), outcome(280)))
    for kind in ("create_ers", "put_visit"):
        assert [gap.column for gap in found[kind][0].missing] == ["exam.examined_at"]


def test_a_deleted_or_undated_outcome_ends_nothing() -> None:
    for ended in (outcome(100, deleted=True), outcome(100, occurred_at=None)):
        assert sources(case(primary(), exam(11, 101), ended))["put_visit"] == ["exam:11"]


@pytest.mark.parametrize(
    ("ended", "formed"),
    [
        (outcome(100, kind="abortion"), False),
        (outcome(None, kind="abortion"), False),
        (outcome(200, kind="abortion"), False),
        (outcome(153, kind="miscarriage"), False),
        (outcome(154, kind="miscarriage"), True),
        (outcome(None, kind="miscarriage"), False),
        (outcome(153), False),
        (outcome(154), True),
        (outcome(None), True),
        (outcome(100, kind="other"), True),
        (outcome(100, kind="abortion", deleted=True), True),
    ],
)
def test_no_certificate_for_a_pregnancy_that_was_terminated(ended: Any, formed: bool) -> None:
    found = sources(case(primary(), exam(11, 90), ended))
    assert ("create_ers" in found) is formed
    assert found["put_visit"] == ["exam:11"]  # made while she was pregnant


@pytest.mark.parametrize(("days", "takes_new"), [(59, True), (60, True), (61, False)])
def test_how_long_a_closed_pregnancy_takes_new_requests(days: int, takes_new: bool) -> None:
    closed_on = NOW.date() - timedelta(days=days)
    found = called(case(primary(), exam(11, 215), outcome(280), closed_on=closed_on))
    assert {kind: ones[0].takes_new for kind, ones in found.items()} == {
        "create_ers": takes_new,
        "put_visit": takes_new,
        "put_ticket1": takes_new,
        "put_ticket2": True,
    }


@pytest.mark.parametrize(("closed_days", "takes_new"), [(0, False), (9, False), (10, True)])
def test_the_site_sets_how_long(closed_days: int, takes_new: bool) -> None:
    closed_on = NOW.date() - timedelta(days=10)
    (visit,) = called(case(exam(11, 100), closed_on=closed_on), rules(closed_days=closed_days))["put_visit"]
    assert visit.takes_new is takes_new


@pytest.mark.parametrize("closed_on", [date(1, 1, 1), date(9999, 12, 31)])
def test_a_pregnancy_closed_at_the_edges_of_the_calendar(closed_on: date) -> None:
    (visit,) = called(case(exam(11, 100), closed_on=closed_on))["put_visit"]
    assert visit.takes_new is (closed_on.year == 9999)


def test_the_closing_day_is_counted_in_the_hospitals_zone() -> None:
    now = datetime(2026, 3, 2, 20, 0, tzinfo=UTC)  # 3 March in Yekaterinburg, 2 March in Kaliningrad
    closed = case(exam(11, 100), closed_on=date(2026, 1, 1))
    (here,) = called(closed, now=now)["put_visit"]
    (west,) = called(closed, rules(hospital(zone=ZoneInfo("Europe/Kaliningrad"))), now)["put_visit"]
    assert (here.takes_new, west.takes_new) == (False, True)


OLD = at(60) - timedelta(days=365)


@pytest.mark.parametrize(
    ("ended", "closed_on", "backfill", "formed"),
    [
        (None, None, False, False),
        (None, None, True, True),
        (None, date(2024, 12, 31), True, False),
        (None, date(2025, 1, 1), True, True),
        (outcome(280, occurred_at=datetime(2024, 12, 31, 23, 59)), None, True, False),  # noqa: DTZ001
        (outcome(280, occurred_at=datetime(2025, 1, 1, 0, 0)), None, False, True),  # noqa: DTZ001 - talon 2 depends on it
        (outcome(280, occurred_at=datetime(2025, 1, 1), organization_id=STRANGER), None, False, False),  # noqa: DTZ001
        (outcome(280, occurred_at=datetime(2025, 1, 1), organization_id=STRANGER), None, True, True),  # noqa: DTZ001
        (outcome(153, occurred_at=datetime(2025, 1, 1)), None, True, False),  # noqa: DTZ001
    ],
)
def test_women_registered_before_the_hospitals_start(
    ended: Any, closed_on: date | None, backfill: bool, formed: bool
) -> None:
    rows = [primary(examined_at=OLD)] + ([ended] if ended else [])
    found = sources(case(*rows, closed_on=closed_on), rules(backfill_certificates=backfill))
    assert ("create_ers" in found) is formed


def test_a_visit_carries_what_the_exam_says() -> None:
    (visit,) = called(case(exam(11, 212, doctor_id=30, note=" " + "я" * 5000)))["put_visit"]
    assert visit.missing == ()
    assert visit.content is not None
    content = dict(visit.content)
    assert content.pop("person") is not None
    assert content.pop("doctor")["position"] == "Акушер-гинеколог"  # type: ignore[index] # a mapping of plain values
    assert content == {
        "visit_date": at(212).date().isoformat(),
        "gestation_days": 212,
        "obstetric_status": "я" * 4000,
    }
    assert (visit.subject, visit.organization_id, visit.doctor_id) == ("exam:11", CLINIC, 30)
    assert (visit.event_on, visit.deadline) == (at(212).date(), datetime(2025, 12, 4, 23, 59, 59, tzinfo=NOW.tzinfo))


@pytest.mark.parametrize(
    ("values", "columns"),
    [
        ({"gestation_days": None}, ["exam.gestation_days"]),
        ({"examined_at": None}, ["exam.examined_at"]),
        ({"doctor_id": 999}, []),
    ],
)
def test_what_a_visit_waits_for(values: dict[str, Any], columns: list[str]) -> None:
    (visit,) = called(case(exam(11, 100, **values)))["put_visit"]
    assert [gap.column for gap in visit.missing] == columns
    assert (visit.content is None) == bool(columns)


def test_the_birth_date_may_not_be_later_than_the_exam() -> None:
    born = patient(birth_date=at(100).date())
    found = called(case(primary(days=99), exam(11, 100), patient=born))
    assert [gap.column for gap in found["create_ers"][0].missing] == ["patient.birth_date"]
    assert found["put_visit"][0].missing == ()


@pytest.mark.parametrize(
    ("happens", "organization", "ended"),
    [
        (PRESENT, CLINIC, True),
        (FUTURE, CLINIC, False),
        (FUTURE, STRANGER, False),
        (PRESENT, None, True),
        (None, CLINIC, True),
    ],
)
def test_an_outcome_yet_to_come_has_ended_nothing(
    happens: datetime | None, organization: int | None, ended: bool
) -> None:
    planned = outcome(100, kind="abortion", occurred_at=happens, organization_id=organization)
    seen = as_of(case(primary(), planned), rules(), NOW)
    assert (sources(seen) == {}) is ended


def test_a_visit_that_was_sent_is_called_for_without_what_it_would_say() -> None:
    of = case(primary(), exam(11, 100), exam(12, 130))
    whole, brief = called_for(of, rules(), NOW), called_for(of, rules(), NOW, sent={"exam:11"})
    assert [one.identity for one in brief] == [one.identity for one in whole]
    assert [one.content is None for one in brief] == [False, True, False]
    assert [one.content for one in brief[::2]] == [one.content for one in whole[::2]]
    assert brief[1].missing == ()
