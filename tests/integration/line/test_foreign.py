"""Certificates of other hospitals, and what clerks have sent by hand."""

from __future__ import annotations

from typing import Any

import pytest

from ers_sync.exchange import attempts
from ers_sync.stand.line import Line, ogrn
from tests.integration.line.conftest import MakeHer
from tests.integration.line.support import Her

AT = "2026-02-26 10:00"


def foreign(her: Her, created: str = "2026-01-10", **values: object) -> dict[str, Any]:
    return her.certificate(f"8{her.first:09d}", created, **values)


# created (the pregnancy began on 2025-11-13), status → what becomes of our request for a certificate
FOUND: dict[str, tuple[str, str, tuple[str, str | None]]] = {
    "first day of the window": ("2025-10-14", "OPEN", ("CANCELLED", "adopted")),
    "the day before": ("2025-10-13", "CLOSED", ("DONE", None)),
    "in service": ("2026-01-10", "SERVICE", ("CANCELLED", "adopted")),
    "closed": ("2026-01-10", "CLOSED", ("CANCELLED", "certificate_closed")),
}


@pytest.fixture(scope="module")
def found(line: Line, make_her: MakeHer) -> dict[str, Her]:
    """Women of whom the Fund has a certificate before ours is asked for."""
    women = {name: make_her(line) for name in FOUND}
    planted = [foreign(women[name], created, status=status) for name, (created, status, _) in FOUND.items()]
    line.fund.plant({"certificates": planted})
    for her in women.values():
        line.ram(her.registered() + her.exam(2, AT, 105))
    line.settle()
    return women


@pytest.mark.parametrize("name", FOUND)
def test_which_certificate_is_hers(found: dict[str, Her], name: str) -> None:
    her, expected = found[name], FOUND[name][2]
    assert her.state("create_ers") == expected
    closed = expected[1] == "certificate_closed"
    assert her.state("put_visit") == (("CANCELLED", "certificate_closed") if closed else ("DONE", None))


def test_what_clerks_have_sent_by_hand_is_there_already(line: Line, her: Her) -> None:
    by_hand = foreign(
        her,
        tickets=[{"type": "1", "create_date": "2026-02-20", "ogrn": ogrn(2)}],
        visits=[
            {"visit_id": "by-hand", "visit_date": "2026-02-26", "ogrn": ogrn(1)},
            {"visit_id": "by-hand-2", "visit_date": "2026-02-27", "ogrn": ogrn(2)},
        ],
    )
    line.fund.plant({"certificates": [by_hand]})
    line.ram(her.registered() + her.exam(2, AT, 212) + her.exam(3, "2026-02-27 10:00", 213))

    line.settle()

    assert her.state("put_ticket1") == ("CANCELLED", "already_there")
    assert her.state("put_visit", "exam:2") == ("CANCELLED", "already_there")
    assert her.book() == [("putVisit", "3")]

    line.ram(her.edit("exam", 2, examined_at="2026-02-25 10:00"))  # another day than what the clerk has sent
    line.settle()
    assert her.book() == [("putVisit", "3"), ("putVisit", "2-2")]


def test_talon_3_by_hand_settles_the_clinic_that_sent_it(line: Line, her: Her) -> None:
    watched = ("2025-03-01", "2025-08-31")
    ticket = {"type": "3-1", "create_date": "2025-09-01", "ogrn": ogrn(2)}
    line.fund.plant({"certificates": [foreign(her, "2025-01-12", tickets=[ticket])]})
    line.ram(her.registered("2025-01-12 10:00") + her.child(10, 1, *watched))
    line.ram(her.child(11, 1, *watched, organization_id=2))

    line.settle()

    assert her.state("put_ticket3", "child:10") == ("DONE", None)
    assert her.state("put_ticket3", "child:11") == ("CANCELLED", "already_there")


def test_a_certificate_found_by_a_later_question_is_adopted(line: Line, her: Her) -> None:
    line.ram(her.card(address=None) + her.pregnancy() + her.exam(1, "2026-01-12 10:00", 60, "primary"))
    line.settle()
    assert her.state("create_ers") == ("HELD", "missing_data")

    line.fund.plant({"certificates": [foreign(her)]})
    line.settle()
    assert her.state("create_ers") == ("HELD", "missing_data")  # she was asked about today
    line.ledger("update ers.pregnancy set ask_after = now() where id = :id", id=her.id)
    line.settle()

    assert her.state("create_ers") == ("CANCELLED", "adopted")
    kept = line.ledger("select ogrn, status from ers.certificate where number = :number", number=her.number())
    assert kept == [{"ogrn": ogrn(2), "status": "OPEN"}]


def test_what_the_weekly_question_learns_of_a_certificate(line: Line, her: Her) -> None:
    line.ram(her.registered())
    line.settle()
    number, created = her.number(), "2026-01-12"
    closed = her.certificate(str(number), created, status="CLOSED", ogrn=ogrn(1))
    line.fund.plant({"certificates": [closed]})
    line.ledger("update ers.pregnancy set ask_after = now() where id = :id", id=her.id)
    line.settle()

    line.ram(her.exam(2, AT, 105))
    line.settle()

    assert her.state("put_visit") == ("CANCELLED", "certificate_closed")
    assert her.book() == [("createErs", "")]


def test_a_certificate_that_appears_between_our_question_and_our_create(
    line: Line, her: Her, monkeypatch: pytest.MonkeyPatch
) -> None:
    line.ram(her.registered() + her.exam(2, AT, 105))
    asked, send = foreign(her), attempts.first

    def plant_first(*arguments: Any) -> str:
        line.fund.plant({"certificates": [asked]})
        monkeypatch.setattr(attempts, "first", send)
        return send(*arguments)

    monkeypatch.setattr(attempts, "first", plant_first)
    line.settle()

    assert her.state("create_ers") == ("DONE", None)
    assert her.number() == asked["ers_number"]
    first = her.entries()[0]
    assert (first["operation"], first["formed"]) == ("createErs", False)
    assert her.state("put_visit") == ("DONE", None)


def test_one_woman_about_whom_nobody_can_ask_stops_no_question(line: Line, her: Her, make_her: MakeHer) -> None:
    """Her hospital was taken out of the configuration since she was worked out."""
    other = make_her(line)
    for one in (her, other):
        line.ram(one.card(address=None) + one.pregnancy() + one.exam(1, "2026-01-12 10:00", 60, "primary"))
    line.run("scan")
    line.ledger("update ers.pregnancy set asker_id = 99 where id = :id", id=her.id)
    line.fund.plant({"certificates": [foreign(other)]})

    line.settle()

    assert other.state("create_ers") == ("CANCELLED", "adopted")


def test_a_visit_that_we_sent_for_another_pregnancy_of_hers_is_not_a_clerks(
    line: Line, her: Her, make_her: MakeHer
) -> None:
    twice = make_her(line, of=her)
    line.ram(her.registered() + her.exam(2, AT, 105))
    line.settle()
    line.ledger("update ers.pregnancy set ask_after = now() where id = :id", id=her.id)
    line.run("pull")  # the Fund shows our own visit

    line.ram(twice.pregnancy() + twice.exam(1, "2026-01-13 10:00", 61, "primary") + twice.exam(2, AT, 105))
    line.settle()

    assert twice.state("put_visit") == ("DONE", None)
