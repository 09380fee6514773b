"""What calls for the talons, at the edges of every rule."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import pytest

from ers_sync.domain import without_number
from ers_sync.domain.facts import Facts
from ers_sync.domain.scope import Scope
from ers_sync.domain.without_number import NO_PRIMARY_EXAM
from tests.unit.domain.build import (
    CHILDREN,
    CLINIC,
    MATERNITY,
    NOW,
    STRANGER,
    at,
    called,
    case,
    child,
    exam,
    hospital,
    newborn,
    outcome,
    primary,
    rules,
    sources,
)


def _ticket1(*rows: Any, at_rules: Any = None, **values: Any) -> str | None:
    found = sources(case(*rows, **values), at_rules).get("put_ticket1")
    assert found is None or len(found) == 1
    return found[0] if found else None


@pytest.mark.parametrize(
    ("days", "fetuses", "due"),
    [
        (209, 1, False),
        (210, 1, True),
        (196, 1, False),
        (195, 2, False),
        (196, 2, True),
        (209, 3, True),
        (196, None, False),
        (209, 0, False),
        (210, None, True),
        (310, 1, True),
        (311, 1, False),  # no pregnancy lasts so long
    ],
)
def test_weeks_of_talon_1(days: int, fetuses: int | None, due: bool) -> None:
    assert (_ticket1(primary(), exam(11, days, examined_at=at(215)), fetus_count=fetuses) == "exam:11") is due


FIRST, SECOND = exam(11, 212), exam(12, 226)


@pytest.mark.parametrize(
    ("rows", "source"),
    [
        ((SECOND, FIRST), "exam:11"),
        ((exam(13, 212), FIRST), "exam:11"),  # equal times: the lower id
        ((exam(9, 212, examined_at=at(212, "10:01")), FIRST), "exam:11"),
        ((exam(10, 209), FIRST), "exam:11"),
        ((exam(10, 211, deleted=True), FIRST), "exam:11"),
        ((exam(10, 211, gestation_days=None), FIRST), "exam:11"),
        ((exam(10, 211, examined_at=None), FIRST), "exam:11"),
        ((primary(10, 211), FIRST), "exam:11"),  # a primary exam is no repeat one
        (
            (exam(10, 211, organization_id=STRANGER), FIRST),
            None,
        ),  # the first that qualifies: the talon is its hospital's
        ((exam(10, 211, organization_id=None), FIRST), None),
        ((exam(10, 209, organization_id=STRANGER), FIRST), "exam:11"),
        ((exam(10, 211, organization_id=MATERNITY), FIRST), "exam:10"),
        ((FIRST, outcome(211)), None),
        ((FIRST, outcome(212, occurred_at=at(212, "10:00"))), "exam:11"),
        ((exam(11, 212, examined_at=datetime(2026, 3, 2, 12, 1)),), None),  # noqa: DTZ001 - a wall clock
        ((exam(11, 212, examined_at=datetime(2026, 3, 2, 12, 0)),), "exam:11"),  # noqa: DTZ001
    ],
)
def test_the_first_exam_that_qualifies(rows: tuple[Any, ...], source: str | None) -> None:
    assert _ticket1(*rows) == source


def test_a_second_fetus_moves_talon_1_to_an_earlier_exam() -> None:
    rows = (primary(), exam(11, 200), exam(12, 214))
    assert [_ticket1(*rows, fetus_count=count) for count in (1, 2)] == ["exam:12", "exam:11"]


@pytest.mark.parametrize(
    ("start", "source"), [(at(212).date(), "exam:11"), (at(213).date(), "exam:12"), (at(227).date(), None)]
)
def test_talon_1_is_of_the_first_exam_since_the_hospitals_start(start: date, source: str | None) -> None:
    assert _ticket1(FIRST, SECOND, at_rules=rules(hospital(start_from=start))) == source


@pytest.mark.parametrize(
    ("weeks", "rows", "registered_on", "source"),
    [
        (12, (primary(10, 126), exam(11, 210)), None, "exam:11"),
        (12, (primary(10, 127), exam(11, 210), exam(12, 211)), None, "exam:12"),
        (0, (primary(10, 209), exam(11, 210)), None, "exam:11"),
        (12, (exam(11, 210),), at(126).date(), "exam:11"),  # without a primary exam: since she was registered
        (12, (exam(11, 210),), at(127).date(), None),
        (12, (exam(11, 210),), None, None),
        (12, (primary(10, 126, examined_at=None), exam(11, 210)), at(126).date(), "exam:11"),
    ],
)
def test_weeks_of_observation(
    weeks: int, rows: tuple[Any, ...], registered_on: date | None, source: str | None
) -> None:
    at_rules = rules(ticket1_min_observation_weeks=weeks)
    assert _ticket1(*rows, at_rules=at_rules, registered_on=registered_on) == source


def test_what_talon_1_says() -> None:
    pregnancy: dict[str, Any] = {
        "fetus_count": 2,
        "sick_leave_number": " 910123456789 ",
        "exchange_card_number": "1" * 51,  # longer than the schema takes, and not required
        "exchange_card_date": date(2025, 8, 1),
    }
    (ticket,) = called(case(primary(), FIRST, **pregnancy))["put_ticket1"]
    assert ticket.content is not None
    content = dict(ticket.content)
    assert content.pop("person") is not None
    assert content == {
        "register_gestation_days": 60,
        "put_gestation_days": 212,
        "is_multiple": True,
        "sick_leave_number": "910123456789",
        "exchange_card_number": None,
        "exchange_card_date": "2025-08-01",
    }


@pytest.mark.parametrize("days", [None, -1, 311])
def test_an_unknown_gestation_at_registration_is_left_out(days: int | None) -> None:
    (ticket,) = called(case(primary(gestation_days=days), FIRST))["put_ticket1"]
    assert ticket.content is not None
    assert ticket.content["register_gestation_days"] is None


@pytest.mark.parametrize(
    ("ended", "due"),
    [
        (outcome(153), False),
        (outcome(154), True),
        (outcome(280, gestation_days=None), True),  # perhaps one: held until the gestation is given
        (outcome(None), True),
        (outcome(280, kind="abortion"), False),
        (outcome(153, kind="miscarriage"), False),
        (outcome(154, kind="miscarriage"), False),
        (outcome(280, kind="other"), False),
        (outcome(280, deleted=True), False),
        (outcome(280, organization_id=STRANGER), False),
        (outcome(280, organization_id=None), False),
        (outcome(280, occurred_at=datetime(2026, 3, 2, 12, 0)), True),  # noqa: DTZ001 - a wall clock
        (outcome(280, occurred_at=datetime(2026, 3, 2, 12, 1)), False),  # noqa: DTZ001
        (outcome(280, occurred_at=datetime(2025, 1, 1)), True),  # noqa: DTZ001 - the hospital's first day
        (outcome(280, occurred_at=datetime(2024, 12, 31, 23, 59)), False),  # noqa: DTZ001
    ],
)
def test_which_outcomes_pay_talon_2(ended: Any, due: bool) -> None:
    assert ("put_ticket2" in sources(case(primary(), ended))) is due


@pytest.mark.parametrize(
    ("outcomes", "source"),
    [
        ((outcome(280), outcome(281, id=49)), "outcome:50"),
        ((outcome(280), outcome(280, id=49)), "outcome:49"),
        ((outcome(280), outcome(150, id=49, kind="abortion")), None),
        ((outcome(280), outcome(150, id=49, kind="abortion", deleted=True)), "outcome:50"),
        ((outcome(None), outcome(280, id=51)), "outcome:51"),
    ],
)
def test_the_earliest_outcome_is_the_pregnancys(outcomes: tuple[Any, ...], source: str | None) -> None:
    assert sources(case(*outcomes)).get("put_ticket2") == ([source] if source else None)


def test_talon_2_is_of_the_hospital_of_the_outcome_and_says_it_all() -> None:
    ended = outcome(
        280,
        icd10="O" * 51,
        mother_death_reason="я" * 1001,
        children_total=100,
        occurred_at=datetime(2026, 2, 9, 23, 59, 59, 999),  # noqa: DTZ001
    )
    (ticket,) = called(case(primary(), ended))["put_ticket2"]
    assert (ticket.organization_id, ticket.source, ticket.missing) == (MATERNITY, "outcome:50", ())
    assert ticket.content is not None
    content = dict(ticket.content)
    assert content.pop("person") is not None
    assert content == {
        "arrival_date": at(280).date().isoformat(),
        "birth_at": "2026-02-09T23:59:59",
        "icd10": None,  # not required, and no such code is so long
        "mother_death_reason": "я" * 1000,
        "children_total": None,
        "newborns": [{"sex": "female", "height_cm": 52, "weight_g": 3400, "death_reason": None}],
    }


def test_talon_2_waits_for_each_newborns_data() -> None:
    twins = (newborn(80), newborn(81, ordinal=2, weight_g=None))
    (ticket,) = called(case(primary(), outcome(280, newborns=twins, gestation_days=None)))["put_ticket2"]
    assert ticket.content is None
    assert [gap.column for gap in ticket.missing] == ["outcome.gestation_days", "newborn.weight_g"]


@pytest.mark.parametrize("form", [True, False])
def test_a_delivery_without_a_primary_exam(form: bool) -> None:
    of, at_rules = case(exam(11, 212), outcome(280)), rules(form_at_delivery=form)
    found = called(of, at_rules)
    assert ("create_ers" in found) is form
    listed = [one for ones in found.values() for one in ones]
    assert without_number.why(Scope(of, at_rules, NOW), listed, Facts()) == (None if form else NO_PRIMARY_EXAM)
    if form:
        (create,) = found["create_ers"]
        assert (create.organization_id, create.source, create.missing) == (MATERNITY, "outcome:50", ())
        assert create.content is not None
        assert create.content["register_date"] == at(280).date().isoformat()


@pytest.mark.parametrize(
    "ended",
    [outcome(153), outcome(280, organization_id=STRANGER), outcome(280, occurred_at=None), outcome(280, kind="other")],
)
def test_a_maternity_hospital_forms_only_for_its_own_delivery(ended: Any) -> None:
    assert "create_ers" not in sources(case(ended), rules(form_at_delivery=True))


def test_with_a_primary_exam_the_maternity_hospital_never_forms() -> None:
    (create,) = called(case(primary(), outcome(280)), rules(form_at_delivery=True))["create_ers"]
    assert (create.organization_id, create.source) == (CLINIC, "exam:10")


TODAY = NOW.date()
TOMORROW, YESTERDAY = TODAY + timedelta(days=1), TODAY - timedelta(days=1)


@pytest.mark.parametrize(
    ("children", "groups"),
    [
        ((child(90),), ["child:90"]),
        ((child(90, watch_end=TOMORROW),), []),
        ((child(90, watch_end=None),), []),
        ((child(90, watch_end=date(2025, 1, 1)),), ["child:90"]),
        ((child(90, watch_end=date(2024, 12, 31)),), []),
        ((child(91), child(90)), ["child:90"]),  # twins in one talon
        ((child(90), child(91, watch_end=TOMORROW)), []),  # one talon: due when all are
        ((child(90), child(91, watch_end=None)), []),
        ((child(90), child(91, 2)), ["child:90", "child:91"]),
        ((child(90), child(91, organization_id=CLINIC)), ["child:91", "child:90"]),
        ((child(90), child(91, watch_end=TOMORROW, deleted=True)), ["child:90"]),
        ((child(90, deleted=True),), []),
        ((child(90), child(91, organization_id=STRANGER)), ["child:90"]),
        ((child(90, organization_id=None),), []),
        ((child(90, None),), ["child:90"]),  # held for its half-year
    ],
)
def test_groups_of_talon_3(children: tuple[Any, ...], groups: list[str]) -> None:
    assert sources(case(*children)).get("put_ticket3", []) == groups


def test_a_talon_3_carries_all_its_children() -> None:
    twins = (child(91, first_name="Лев", watch_end=YESTERDAY), child(90))
    (ticket,) = called(case(*twins))["put_ticket3"]
    assert ticket.content is not None
    children = ticket.content["children"]
    assert isinstance(children, list)
    assert [(one["first_name"], one["watch_end"]) for one in children] == [
        ("Вера", "2026-03-02"),
        ("Лев", "2026-03-01"),
    ]
    assert (ticket.content["half_year"], ticket.half_year, ticket.organization_id) == (1, 1, CHILDREN)
    assert ticket.event_on == TODAY
    assert ticket.subject == f"pregnancy:7:{CHILDREN}:1"


def test_one_incomplete_child_holds_the_talon_of_all() -> None:
    (ticket,) = called(case(child(90), child(91, last_name=" ")))["put_ticket3"]
    assert (ticket.content, [gap.column for gap in ticket.missing]) == (None, ["child.last_name"])


def test_talons_2_and_3_follow_their_own_dates() -> None:
    found = called(case(primary(), outcome(280), child(), closed_on=date(2025, 6, 1)))
    assert [found[kind][0].takes_new for kind in ("put_ticket2", "put_ticket3")] == [True, True]
