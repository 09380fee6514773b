"""The first thing the program is for: a primary exam becomes a certificate number."""

from __future__ import annotations

from ers_sync.stand.line import Line, insert, ogrn, snils, update, woman
from tests.integration.line.conftest import OpenLine


def pregnancy(id_: int, **values: object) -> str:
    return insert("pregnancy", id=id_, patient_id=id_, organization_id=1, fetus_count=1, **values)


def exam(id_: int, pregnancy_id: int, kind: str, at: str, days: int | None, **values: object) -> str:
    row = {"organization_id": 1, "deleted": False, **values}
    return insert("exam", id=id_, pregnancy_id=pregnancy_id, kind=kind, examined_at=at, gestation_days=days, **row)


def test_a_primary_exam_becomes_a_certificate_and_a_visit_follows(line: Line) -> None:
    line.ram(woman(1) + pregnancy(1))
    line.ram(exam(1, 1, "primary", "2026-01-12 10:00", 60) + exam(2, 1, "repeat", "2026-02-12 10:00", 91))

    line.settle()

    assert line.states() == [("create_ers", "exam:1", 1, "DONE", None), ("put_visit", "exam:2", 1, "DONE", None)]
    assert line.processed() == [("createErs", ogrn(1), snils(1), ""), ("putVisit", ogrn(1), snils(1), "2")]
    number = line.book()[0]["ers_number"]
    assert [row["ers_number"] for row in line.requests()] == [number, number]


def test_the_fund_is_asked_before_a_certificate_is_formed(line: Line) -> None:
    line.ram(woman(1) + pregnancy(1) + exam(1, 1, "primary", "2026-01-12 10:00", 60))

    line.settle()

    asked = [row["operation"] for row in line.ledger("select operation from ers.exchange order by id")]
    assert asked[:2] == ["getErsData", "createErs"]


def test_a_foreign_certificate_is_adopted_and_nothing_is_formed(open_a_line: OpenLine) -> None:
    foreign = {
        "ers_number": "7000000777",
        "snils": snils(1),
        "ogrn": ogrn(2),
        "create_date": "2026-01-10",
        "status": "OPEN",
        "tickets": [],
    }
    line = open_a_line(seed={"certificates": [foreign]})
    line.ram(woman(1) + pregnancy(1))
    line.ram(exam(1, 1, "primary", "2026-01-12 10:00", 60) + exam(2, 1, "repeat", "2026-02-12 10:00", 91))

    line.settle()

    assert line.states() == [
        ("create_ers", "exam:1", 1, "CANCELLED", "adopted"),
        ("put_visit", "exam:2", 1, "DONE", None),
    ]
    assert line.processed() == [("putVisit", ogrn(1), snils(1), "2")]


def test_what_is_missing_holds_the_request_until_the_card_is_mended(line: Line) -> None:
    line.ram(woman(1, address=None) + pregnancy(1) + exam(1, 1, "primary", "2026-01-12 10:00", 60))
    line.settle()
    held = line.requests()[0]
    assert (held["state"], held["reason"]) == ("HELD", "missing_data")
    assert [gap["column"] for gap in held["details"]] == ["patient.address"]

    line.ram(update("patient", 1, address="г. Ревда"))
    line.settle()

    assert line.states() == [("create_ers", "exam:1", 1, "DONE", None)]


def test_an_edited_visit_is_annulled_and_sent_anew_under_another_id(line: Line) -> None:
    line.ram(woman(1) + pregnancy(1))
    line.ram(exam(1, 1, "primary", "2026-01-12 10:00", 60) + exam(2, 1, "repeat", "2026-02-12 10:00", 91))
    line.settle()

    line.ram(update("exam", 2, gestation_days=92))
    line.settle()

    assert line.states() == [
        ("annul_visit", "exam:2", 1, "DONE", None),
        ("create_ers", "exam:1", 1, "DONE", None),
        ("put_visit", "exam:2", 1, "ANNULLED", "edited"),
        ("put_visit", "exam:2", 2, "DONE", None),
    ]
    assert [key for operation, _, _, key in line.processed() if operation == "putVisit"] == ["2", "2-2"]


def test_a_deleted_visit_is_annulled(line: Line) -> None:
    line.ram(woman(1) + pregnancy(1))
    line.ram(exam(1, 1, "primary", "2026-01-12 10:00", 60) + exam(2, 1, "repeat", "2026-02-12 10:00", 91))
    line.settle()

    line.ram(update("exam", 2, deleted=True))
    line.settle()

    assert ("put_visit", "exam:2", 1, "ANNULLED", "deleted") in line.states()
    assert [row["reason"] for row in line.requests(kind="put_visit")] == ["deleted"]
