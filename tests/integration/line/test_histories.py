"""The third invariant of the design, on the real line: at rest the Fund has what РАМ's final content says, each once.

What must be is worked out here, from the rows of РАМ and the bytes that were sent, without asking the code under test.
`ERS_HISTORIES=200 ERS_HISTORY_SEED=1000` runs two hundred histories from that seed on.
"""

from __future__ import annotations

import os
from collections import Counter
from contextlib import closing
from datetime import datetime
from typing import Any

import psycopg2
import pytest
from lxml import etree
from psycopg2.extras import RealDictCursor

from ers_sync.stand.line import Line, ogrn
from tests.integration.line.conftest import MakeHer
from tests.integration.line.history import History
from tests.integration.line.support import Her

FIRST_SEED = int(os.environ.get("ERS_HISTORY_SEED", "1"))
SEEDS = range(FIRST_SEED, FIRST_SEED + int(os.environ.get("ERS_HISTORIES", "2")))
WOMEN, STEPS = 8, 130
LOCAL_NOW = datetime(2026, 3, 16, 12, 0)  # noqa: DTZ001 - a hospital's wall clock
OURS = {1, 2}

Row = dict[str, Any]


class Content:
    """РАМ as it is at the end."""

    def __init__(self, line: Line) -> None:
        self.pregnancies = {row["id"]: row for row in self._rows(line, "pregnancy")}
        self.exams = {row["id"]: row for row in self._rows(line, "exam") if row["pregnancy_id"] in self.pregnancies}
        self.outcomes = [row for row in self._rows(line, "outcome") if not row["deleted"]]

    def exams_of(self, pregnancy: int, kind: str) -> list[Row]:
        """The exams that are not deleted, in order."""
        rows = [
            e for e in self.exams.values() if (e["pregnancy_id"], e["kind"], e["deleted"]) == (pregnancy, kind, False)
        ]
        return sorted(rows, key=lambda e: (e["examined_at"] or datetime.max, e["id"]))

    def outcome(self, pregnancy: int) -> Row | None:
        """The earliest outcome."""
        rows = [row for row in self.outcomes if row["pregnancy_id"] == pregnancy and pregnancy in self.pregnancies]
        return min(rows, key=lambda row: (row["occurred_at"], row["id"]), default=None)

    def counts(self, exam: Row) -> bool:
        """Whether a repeat exam calls for a visit."""
        at, ended = exam["examined_at"], self.outcome(exam["pregnancy_id"])
        if exam["deleted"] or exam["organization_id"] not in OURS or exam["gestation_days"] is None or at is None:
            return False
        return at <= LOCAL_NOW and not (ended and at > ended["occurred_at"])

    def ticket1(self, pregnancy: int) -> Row | None:
        """The exam that talon 1 is claimed from."""
        if pregnancy not in self.pregnancies:
            return None
        least = 196 if (self.pregnancies[pregnancy]["fetus_count"] or 1) > 1 else 210
        ended = self.outcome(pregnancy)
        late = [
            e for e in self.exams_of(pregnancy, "repeat") if e["examined_at"] and (e["gestation_days"] or 0) >= least
        ]
        late = [e for e in late if not (ended and e["examined_at"] > ended["occurred_at"])]
        return late[0] if late and self.counts(late[0]) else None

    def ticket2(self, pregnancy: int) -> Row | None:
        """The outcome that talon 2 is claimed from."""
        ended = self.outcome(pregnancy)
        return ended if ended and ended["kind"] == "delivery" and ended["gestation_days"] >= 154 else None

    def create(self, pregnancy: int) -> Row | None:
        """The primary exam that calls for the certificate."""
        primary, ended = next(iter(self.exams_of(pregnancy, "primary")), None), self.outcome(pregnancy)
        early = ended and (
            ended["kind"] == "abortion" or (ended["kind"] == "delivery" and ended["gestation_days"] < 154)
        )
        return None if early else primary

    def _rows(self, line: Line, table: str) -> list[Row]:
        with (
            closing(psycopg2.connect(line.ram_dsn)) as connection,
            connection.cursor(cursor_factory=RealDictCursor) as c,
        ):
            c.execute(f"select * from ram.{table}")  # noqa: S608 - a name of this module
            return [dict(row) for row in c.fetchall()]


@pytest.mark.parametrize("seed", SEEDS)
def test_at_rest_the_fund_has_what_ram_says(line: Line, make_her: MakeHer, seed: int) -> None:
    women = [make_her(line) for _ in range(WOMEN)]
    history = History(line, women, seed)
    history.run(STEPS)
    for her in women:  # what is held for its card would be neither here nor there
        line.ram(her.edit("patient", 0, address="г. Ревда"))
    history.settle()

    book = [row for row in line.book() if row["snils"] in {her.snils for her in women}]
    assert [row for row in book if row["result"] != "PROCESSED" or row["duplicate"]] == []
    content, live = Content(line), _live_visits(line, book)
    numbers = {her.id: _number(book, her) for her in women}
    for exam in [*content.exams.values()]:
        if exam["kind"] == "repeat" and exam["pregnancy_id"] in numbers:
            _visit_is_right(line, content, exam, numbers[exam["pregnancy_id"]], live.pop(exam["id"], None))
    assert live == {}
    for her in women:
        _claims_are_right(line, content, her, numbers[her.id], book)


def _visit_is_right(line: Line, content: Content, exam: Row, number: str | None, told: Row | None) -> None:
    current = {
        "number": number,
        "ogrn": ogrn(exam["organization_id"]) if exam["organization_id"] in OURS else None,
        "day": exam["examined_at"].date().isoformat() if exam["examined_at"] else None,
        "gestation": exam["gestation_days"],
        "note": (exam["note"] or "").strip() or None,
    }
    if content.counts(exam) and number is not None:
        assert told == current
    elif told is not None:  # it left our scope: it stands as it is, and a person is told
        assert not exam["deleted"]
        assert told == current
        text = """select f.code from ers.finding f join ers.request r on r.id = f.request_id
                  where r.source = :source and r.kind = 'put_visit' and f.closed_at is null"""
        assert [row["code"] for row in line.ledger(text, source=f"exam:{exam['id']}")] == ["out_of_scope"]


def _claims_are_right(line: Line, content: Content, her: Her, number: str | None, book: list[Row]) -> None:
    """What was claimed was claimed once; what is called for was claimed; where РАМ says something else now a person is told."""
    claimed = Counter(row["key"] or row["operation"] for row in book if row["snils"] == her.snils)
    called = {
        "createErs": content.create(her.id),
        "ticket1": content.ticket1(her.id),
        "ticket2": content.ticket2(her.id),
    }
    for key, row in called.items():
        assert claimed[key] <= 1
        if row is not None and number is not None and key != "createErs":
            assert claimed[key] == 1, key
    assert number is not None or called["createErs"] is None
    kinds = {"ticket1": "put_ticket1", "ticket2": "put_ticket2"}
    for key, kind in kinds.items():
        done = [r for r in her.requests(kind=kind) if r["state"] == "DONE"]
        assert len(done) == claimed[key]
        listed = line.ledger("select request_id from ers.finding where code = 'diverges' and closed_at is null")
        for request in done:
            contradicted = not _same(content, request, called[key], her)
            assert ({"request_id": request["id"]} in listed) == contradicted, (kind, request["identity"])


def _same(content: Content, request: Row, row: Row | None, her: Her) -> bool:
    if row is None:
        return False
    said, day = request["identity"], row.get("examined_at") or row.get("occurred_at")
    name = "exam" if "examined_at" in row else "outcome"
    now = {"row": f"{name}:{row['id']}", "day": day.date().isoformat() if day else None}
    now |= {"gestation": row["gestation_days"], "organization": row["organization_id"]}
    if name == "exam":
        now["multiple"] = (content.pregnancies[her.id]["fetus_count"] or 1) > 1
    return all(said[what] == value for what, value in now.items())


def _number(book: list[Row], her: Her) -> str | None:
    formed = {row["ers_number"] for row in book if row["operation"] == "createErs" and row["snils"] == her.snils}
    assert len(formed) <= 1
    return next(iter(formed), None)


def _live_visits(line: Line, book: list[Row]) -> dict[int, Row]:
    """What the Fund was told of the visits that stand, by exam, out of the very bytes that were signed."""
    put = [row for row in book if row["operation"] == "putVisit"]
    annulled = {(row["ogrn"], row["key"]) for row in book if row["operation"] == "annulVisit"}
    assert len(annulled) == sum(row["operation"] == "annulVisit" for row in book)
    assert len({(row["ogrn"], row["key"]) for row in put}) == len(put)
    answered = line.exchanges("operation = 'putVisit' and signed_answer is not null")
    sent = [(row["signed_request"], row["signed_answer"]) for row in answered]
    live: dict[int, Row] = {}
    for row in put:
        if (row["ogrn"], row["key"]) not in annulled:
            request = next(request for request, answer in sent if row["request_id"].encode() in answer)
            exam = int(row["key"].partition("-")[0])
            assert exam not in live
            live[exam] = _told(request)
    return live


def _told(signed: bytes) -> Row:
    root = etree.fromstring(signed)

    def value(name: str) -> str | None:
        found = root.find(f".//{{*}}{name}")
        return None if found is None else found.text

    weeks, days = int(value("pregnancyTime") or -1), int(value("pregnancyDays") or -1)
    return {
        "number": value("ersNumber"),
        "ogrn": value("ogrn"),
        "day": value("visitDate"),
        "gestation": weeks * 7 + days,
        "note": value("obstetricStatus"),
    }
