"""Talons: from which exam, outcome or children each is claimed, by whom, and never twice."""

from __future__ import annotations

from typing import Any

import pytest

from ers_sync.stand.line import Line, ogrn
from tests.integration.line.conftest import MakeHer, OpenLine
from tests.integration.line.support import Her

AT = "2026-02-26 10:00"
# fetuses, days at the exam, its hospital → the talon is claimed
EDGES: dict[str, tuple[int | None, int, int, bool]] = {
    "29 weeks 6 days": (1, 209, 1, False),
    "30 weeks 0 days": (1, 210, 1, True),
    "unknown number of fetuses": (None, 209, 1, False),
    "two, 27 weeks 6 days": (2, 195, 1, False),
    "two, 28 weeks 0 days": (2, 196, 1, True),
    "another hospital examined": (1, 210, 2, True),
    "a hospital that is nobody's": (1, 210, 99, False),
}


@pytest.fixture(scope="module")
def examined(line: Line, make_her: MakeHer) -> dict[str, Her]:
    """Women at the edges of talon 1."""
    women = {name: make_her(line) for name in EDGES}
    for name, (fetuses, days, hospital, _) in EDGES.items():
        her = women[name]
        line.ram(her.registered(fetus_count=fetuses) + her.exam(2, AT, days, organization_id=hospital))
    line.settle()
    return women


@pytest.mark.parametrize("name", EDGES)
def test_talon_1_at_its_edges(examined: dict[str, Her], name: str) -> None:
    *_, hospital, claimed = EDGES[name]
    talons = [row["ogrn"] for row in examined[name].entries() if row["key"] == "ticket1"]
    assert talons == ([ogrn(hospital)] if claimed else [])


def test_a_number_of_fetuses_corrected_later_makes_the_exam_count(line: Line, her: Her) -> None:
    line.ram(her.registered() + her.exam(2, AT, 196))
    line.settle()
    assert her.requests(kind="put_ticket1") == []

    line.ram(her.edit("pregnancy", 0, fetus_count=2))
    line.settle()
    assert her.state("put_ticket1") == ("DONE", None)

    line.ram(her.edit("pregnancy", 0, fetus_count=1))
    line.settle()
    assert [key for _, key in her.book()].count("ticket1") == 1
    assert her.findings() == [("diverges", True)]


def test_two_pregnancies_of_one_certificate_claim_one_talon(line: Line, her: Her, make_her: MakeHer) -> None:
    twice = make_her(line, of=her)
    line.ram(her.registered() + her.exam(2, AT, 212))
    line.ram(
        twice.pregnancy() + twice.exam(1, "2026-01-13 10:00", 61, "primary") + twice.exam(2, "2026-02-27 10:00", 213)
    )

    line.settle()
    line.settle()

    keys = [row["key"] for row in her.entries()]
    assert keys.count("ticket1") == 1
    assert her.number() == twice.number()
    states = {her.state("put_ticket1"), twice.state("put_ticket1")}
    assert states == {("DONE", None), ("CANCELLED", "already_there")}


def test_weeks_of_observation_can_be_required(open_a_line: OpenLine, make_her: MakeHer) -> None:
    line = open_a_line(changes={"ticket1": {"min_observation_weeks": 6}})
    short, enough = make_her(line), make_her(line)
    line.ram(short.registered("2026-01-16 10:00") + short.exam(2, AT, 210))
    line.ram(enough.registered("2026-01-15 10:00") + enough.exam(2, AT, 210))

    line.settle()

    assert short.requests(kind="put_ticket1") == []
    assert enough.state("put_ticket1") == ("DONE", None)


def test_talon_2_is_the_maternity_hospitals_also_for_a_stillborn_child(line: Line, her: Her) -> None:
    line.ram(her.registered() + her.outcome(3, "2026-03-01 04:15", 154))
    line.ram(her.newborn(4, 3, death_reason="Антенатальная гибель плода", sex="male"))

    line.settle()

    assert [row["ogrn"] for row in her.entries()] == [ogrn(1), ogrn(2)]
    assert her.book()[1] == ("putTicket2", "ticket2")
    sent = her.requests(kind="put_ticket2")[0]["content"]
    assert [child["death_reason"] for child in sent["newborns"]] == ["Антенатальная гибель плода"]


def test_a_delivery_before_talon_1_went_out_does_not_lose_it(line: Line, her: Her) -> None:
    line.ram(her.registered() + her.exam(2, AT, 212))
    line.ram(her.outcome(3, "2026-02-26 23:50", 212) + her.newborn(4, 3))

    line.settle()

    assert {key for _, key in her.book()} == {"", "2", "ticket1", "ticket2"}


@pytest.mark.parametrize(
    ("kind", "days", "found"),
    [
        ("delivery", 153, [("close_certificate", False)]),
        ("abortion", 80, [("close_certificate", False)]),
        ("miscarriage", 154, [("judge_outcome", False)]),
        ("other", 100, [("judge_outcome", False)]),
    ],
)
def test_what_is_no_delivery_gives_no_talon_and_is_listed(
    line: Line, her: Her, kind: str, days: int, found: list[Any]
) -> None:
    line.ram(her.registered())
    line.settle()

    line.ram(her.outcome(3, "2026-03-01 04:15", days, kind) + her.newborn(4, 3))
    line.settle()

    assert her.book() == [("createErs", "")]
    assert her.findings() == found


@pytest.mark.parametrize("formed", [False, True])
def test_a_delivery_without_any_primary_exam(open_a_line: OpenLine, make_her: MakeHer, formed: bool) -> None:
    line = open_a_line(changes={"form_at_delivery": formed})
    her = make_her(line)
    line.ram(her.card() + her.pregnancy() + her.outcome(3, "2026-03-01 04:15", 270) + her.newborn(4, 3))

    line.settle()

    if formed:
        assert [(row["operation"], row["ogrn"]) for row in her.entries()] == [
            ("createErs", ogrn(2)),
            ("putTicket2", ogrn(2)),
        ]
    else:
        assert her.states() == [("put_ticket2", "outcome:3", 1, "HELD", "no_certificate_number")]
        assert "роды без первичного осмотра" in her.requests()[0]["details"][0]["text"]


def test_talon_3_is_one_a_hospital_and_half_year_with_all_its_children(line: Line, her: Her) -> None:
    first, second = ("2025-03-01", "2025-08-31"), ("2025-09-01", "2026-02-28")
    line.ram(her.registered("2025-01-12 10:00"))
    line.ram(her.child(10, 1, *first) + her.child(11, 1, *first))
    line.ram(her.child(12, 1, *first, organization_id=2) + her.child(13, 2, *second) + her.child(14, 2, *second))
    line.ram(her.child(15, 2, "2025-09-17", "2026-03-17", organization_id=2))  # tomorrow

    line.settle()

    talons = sorted((row["key"], row["ogrn"]) for row in her.entries() if row["operation"] == "putTicket3")
    assert talons == [("ticket3-1", ogrn(1)), ("ticket3-1", ogrn(2)), ("ticket3-2", ogrn(1))]
    sent = {
        (r["half_year"], r["organization_id"]): len(r["content"]["children"]) for r in her.requests(kind="put_ticket3")
    }
    assert sent == {(1, 1): 2, (1, 2): 1, (2, 1): 2}


def test_a_child_moved_to_another_clinic_is_not_claimed_from_there_again(line: Line, her: Her) -> None:
    line.ram(her.registered("2025-01-12 10:00") + her.child(10, 1, "2025-03-01", "2025-08-31"))
    line.settle()

    line.ram(her.edit("child", 10, organization_id=2))
    line.settle()

    assert [key for operation, key in her.book() if operation == "putTicket3"] == ["ticket3-1"]
    assert her.findings() == [("diverges", True)]
