"""The first thing the program is for: a primary exam becomes a certificate number, and what waits for it follows."""

from __future__ import annotations

from ers_sync.stand.line import Line, ogrn, snils
from tests.integration.line.conftest import MakeHer
from tests.integration.line.support import Her


def test_a_primary_exam_becomes_a_certificate_and_a_visit_follows(line: Line, her: Her) -> None:
    line.ram(her.registered() + her.exam(2, "2026-02-12 10:00", 91))

    line.settle()

    assert her.states() == [("create_ers", "exam:1", 1, "DONE", None), ("put_visit", "exam:2", 1, "DONE", None)]
    assert [(row["operation"], row["ogrn"]) for row in her.entries()] == [("createErs", ogrn(1)), ("putVisit", ogrn(1))]
    number = her.entries()[0]["ers_number"]
    assert [row["ers_number"] for row in her.requests()] == [number, number]


def test_the_fund_is_asked_before_a_certificate_is_formed(line: Line, her: Her) -> None:
    line.ram(her.registered())

    line.settle()

    text = "select operation from ers.exchange where pregnancy_id = :id order by id"
    assert [row["operation"] for row in line.ledger(text, id=her.id)][:2] == ["getErsData", "createErs"]


def test_what_is_missing_holds_the_request_until_the_card_is_mended(line: Line, her: Her) -> None:
    line.ram(her.card(address=None) + her.pregnancy() + her.exam(1, "2026-01-12 10:00", 60, "primary"))
    line.settle()
    held = her.requests()[0]
    assert (held["state"], held["reason"]) == ("HELD", "missing_data")
    assert [gap["column"] for gap in held["details"]] == ["patient.address"]

    line.ram(her.edit("patient", 0, address="г. Ревда"))
    line.settle()

    assert her.states() == [("create_ers", "exam:1", 1, "DONE", None)]


def test_one_womans_trouble_stops_nobody_else(line: Line, her: Her, make_her: MakeHer) -> None:
    other = make_her(line)
    line.ram(
        her.registered(),
    )
    line.ram(her.edit("exam", 1, examined_at="20215-01-12 10:00") + other.registered())

    line.settle()

    assert her.states() == []
    assert other.states() == [("create_ers", "exam:1", 1, "DONE", None)]
    line.ram(her.edit("exam", 1, examined_at="2026-01-12 10:00"))
    line.settle()
    assert her.states() == [("create_ers", "exam:1", 1, "DONE", None)]


def test_her_certificate_stays_hers_when_her_snils_is_corrected(line: Line, her: Her) -> None:
    line.ram(her.registered())
    line.settle()

    line.ram(her.edit("patient", 0, snils=snils(her.patient + 500_000)) + her.exam(2, "2026-02-12 10:00", 91))
    line.run("scan")

    assert her.state("put_visit") == ("READY", None)


def test_a_pregnancy_whose_beginning_is_unknown_goes_on(line: Line, her: Her) -> None:
    line.ram(her.registered(days=None))
    line.run("scan")
    text = "select is_open, lmp from ers.pregnancy where id = :id"
    assert line.ledger(text, id=her.id) == [{"is_open": True, "lmp": None}]
