"""Visits: every repeat exam once; what identifies one edited, deleted, moved or gone takes it back, in order, and nothing else does."""

from __future__ import annotations

from typing import Any

import pytest

from ers_sync.stand.line import Line, insert, ogrn
from tests.integration.line.conftest import MakeHer
from tests.integration.line.support import Her

VISIT = "2026-02-12 10:00"
IDENTIFYING: dict[str, dict[str, Any]] = {
    "day": {"examined_at": "2026-02-13 10:00"},
    "gestation": {"gestation_days": 92},
    "note": {"note": "Головное предлежание"},
    "hospital": {"organization_id": 2},
}
HARMLESS: dict[str, tuple[str, int, dict[str, Any]]] = {
    "time of the same day": ("exam", 2, {"examined_at": "2026-02-12 18:30"}),
    "blanks around the note": ("exam", 2, {"note": "  Без особенностей "}),
    "nothing but the stamp": ("exam", 2, {"deleted": False}),
    "doctor": ("exam", 2, {"doctor_id": 7}),
    "surname": ("patient", 0, {"last_name": "Петрова-Водкина"}),
    "document": ("patient", 0, {"id_doc_number": "999999"}),
    "exchange card": ("pregnancy", 0, {"exchange_card_number": "17"}),
    "registered elsewhere": ("pregnancy", 0, {"organization_id": 2}),
}
SENT_ONCE = [("createErs", ""), ("putVisit", "2")]
SENT_ANEW = [*SENT_ONCE, ("annulVisit", "2"), ("putVisit", "2-2")]


@pytest.fixture(scope="module")
def edited(line: Line, make_her: MakeHer) -> dict[str, Her]:
    """Women of whom each had a visit sent, and then one thing edited."""
    women = {name: make_her(line) for name in [*IDENTIFYING, *HARMLESS]}
    line.ram(insert("doctor", id=7, last_name="Врачова", first_name="Вера"))
    for her in women.values():
        line.ram(her.registered() + her.exam(2, VISIT, 91, note="Без особенностей"))
    line.settle()
    for name, values in IDENTIFYING.items():
        line.ram(women[name].edit("exam", 2, **values))
    for name, (table, row, values) in HARMLESS.items():
        line.ram(women[name].edit(table, row, **values))
    line.settle()
    return women


@pytest.mark.parametrize("name", IDENTIFYING)
def test_what_identifies_a_visit_takes_it_back_and_sends_it_anew(edited: dict[str, Her], name: str) -> None:
    her = edited[name]
    assert her.book() == SENT_ANEW
    assert her.states() == [
        ("annul_visit", "exam:2", 1, "DONE", None),
        ("create_ers", "exam:1", 1, "DONE", None),
        ("put_visit", "exam:2", 1, "ANNULLED", "edited"),
        ("put_visit", "exam:2", 2, "DONE", None),
    ]
    by = [row["ogrn"] for row in her.entries()]
    assert by == [ogrn(1), ogrn(1), ogrn(1), ogrn(2 if name == "hospital" else 1)]


@pytest.mark.parametrize("name", HARMLESS)
def test_what_does_not_identify_a_visit_sends_nothing(edited: dict[str, Her], name: str) -> None:
    assert edited[name].book() == SENT_ONCE
    assert [row[3:] for row in edited[name].states()] == [("DONE", None)] * 2


def test_edited_again_while_the_annulment_is_on_its_way(line: Line, her: Her) -> None:
    line.ram(her.registered() + her.exam(2, VISIT, 91))
    line.settle()
    line.ram(her.edit("exam", 2, gestation_days=92))
    line.run("scan", "submit")
    assert her.state("annul_visit") == ("REGISTERED", None)
    assert her.state("put_visit") == ("HELD", "annul_first")

    line.ram(her.edit("exam", 2, gestation_days=93))
    line.run("scan", "submit")
    line.settle()

    assert her.book() == SENT_ANEW
    assert her.requests(kind="put_visit")[-1]["content"]["gestation_days"] == 93


def test_a_deleted_exam_takes_its_visit_back_and_comes_back_under_another_id(line: Line, her: Her) -> None:
    line.ram(her.registered() + her.exam(2, VISIT, 91))
    line.settle()

    line.ram(her.edit("exam", 2, deleted=True))
    line.settle()
    assert her.state("put_visit") == ("ANNULLED", "deleted")
    assert her.book()[2:] == [("annulVisit", "2")]

    line.ram(her.edit("exam", 2, deleted=False))
    line.settle()
    assert her.book()[3:] == [("putVisit", "2-2")]


@pytest.mark.parametrize("change", [{"deleted": True}, {"gestation_days": 95}])
def test_restored_before_the_annulment_went_out_nothing_was_ever_sent(
    line: Line, her: Her, change: dict[str, Any]
) -> None:
    line.ram(her.registered() + her.exam(2, VISIT, 91))
    line.settle()
    line.ram(her.edit("exam", 2, **change))
    line.run("scan")
    assert her.state("annul_visit") == ("READY", None)

    line.ram(her.edit("exam", 2, deleted=False, gestation_days=91))
    line.settle()

    assert her.book() == SENT_ONCE
    assert her.state("annul_visit") == ("CANCELLED", "superseded")
    assert her.requests(kind="put_visit", revision=1)[0]["taken_back"] is None


def test_a_row_that_is_missing_in_two_full_compares_in_a_row_takes_its_visit_back(line: Line, her: Her) -> None:
    exam = her.exam(2, VISIT, 91)
    gone = her.vanish("exam", 2)
    line.ram(her.registered() + exam)
    line.settle()

    for there in (False, True, False):  # once missing, back again, missing again: never twice in a row
        line.ram(gone + (exam if there else ""))
        line.run("sweep")
    assert her.requests(kind="annul_visit") == []
    line.run("scan")
    assert her.requests(kind="annul_visit") == []

    line.run("sweep")
    line.settle()
    assert her.state("put_visit") == ("ANNULLED", "missing")
    assert her.book() == [*SENT_ONCE, ("annulVisit", "2")]


def test_a_pregnancy_that_vanishes_whole_takes_its_visits_back_and_returns(line: Line, her: Her) -> None:
    rows = her.pregnancy() + her.exam(1, "2026-01-12 10:00", 60, "primary") + her.exam(2, VISIT, 91)
    line.ram(her.card() + rows)
    line.settle()

    line.ram(her.vanish("exam", 1) + her.vanish("exam", 2) + her.vanish("pregnancy", 0))
    line.run("sweep")
    assert her.requests(kind="annul_visit") == []
    line.run("sweep")
    line.settle()
    assert her.state("put_visit") == ("ANNULLED", "missing")
    assert her.findings() == [("diverges", False)]

    line.ram(rows)
    line.settle()
    assert her.book() == [*SENT_ONCE, ("annulVisit", "2"), ("putVisit", "2-2")]
    assert her.findings() == []


def test_a_kept_visit_must_be_missing_twice_again(line: Line, her: Her) -> None:
    """Back before the annulment went out: what was counted until then counts no longer."""
    exam = her.exam(2, VISIT, 91)
    gone = her.vanish("exam", 2)
    line.ram(her.registered() + exam)
    line.settle()
    line.ram(gone)
    line.run("sweep", "sweep")
    assert her.state("annul_visit") == ("READY", None)
    line.ram(exam)
    line.run("scan")
    assert her.state("annul_visit") == ("CANCELLED", "superseded")

    line.ram(gone)
    line.run("sweep")
    line.settle()

    assert her.book() == SENT_ONCE


@pytest.mark.parametrize("on_its_way", [False, True])
def test_an_exam_moved_to_another_pregnancy_is_annulled_there_and_sent_here(
    line: Line, her: Her, make_her: MakeHer, on_its_way: bool
) -> None:
    other = make_her(line)
    line.ram(her.registered() + other.registered())
    line.settle()
    line.ram(her.exam(2, VISIT, 91))
    if on_its_way:
        line.run("scan", "submit")
        assert her.state("put_visit") == ("REGISTERED", None)
    else:
        line.settle()

    line.ram(her.edit("exam", 2, pregnancy_id=other.id))
    line.run("scan")
    line.settle()

    assert her.book() == [*SENT_ONCE, ("annulVisit", "2")]
    assert her.state("put_visit") == ("ANNULLED", "edited")
    assert [row["ers_number"] for row in other.entries()] == [other.number()] * 2
    assert other.entries()[1]["key"] == f"{her.first + 2}-2"


def test_the_pregnancy_that_an_exam_was_moved_from_is_looked_at_too(line: Line, her: Her, make_her: MakeHer) -> None:
    other = make_her(line)
    line.ram(her.registered() + her.exam(2, "2026-02-26 10:00", 212) + other.registered())
    line.settle()
    assert her.state("put_ticket1") == ("DONE", None)

    line.ram(her.edit("exam", 2, pregnancy_id=other.id))  # a row of the other one
    line.run("scan", "scan")

    assert her.findings() == [("diverges", True)]


def test_what_leaves_our_scope_is_listed_and_not_taken_back(line: Line, her: Her) -> None:
    line.ram(her.registered() + her.exam(2, VISIT, 91))
    line.settle()

    line.ram(her.outcome(3, "2026-02-01 08:00", 80, "abortion"))
    line.settle()

    assert her.book() == SENT_ONCE
    assert her.findings() == [("close_certificate", False), ("out_of_scope", False)]


def test_what_is_not_an_event_yet_waits_and_what_never_is_stays_away(line: Line, her: Her) -> None:
    """An exam later than now, one of a hospital that is nobody's, one before the pregnancy was ended by an outcome."""
    line.ram(her.registered() + her.exam(2, "2026-03-17 10:00", 120) + her.exam(3, VISIT, 91, organization_id=99))
    line.ram(her.exam(4, VISIT, None) + her.exam(5, VISIT, 91, kind="primary"))

    line.settle()

    assert her.states() == [
        ("create_ers", "exam:1", 1, "DONE", None),
        ("put_visit", "exam:4", 1, "HELD", "missing_data"),
    ]
