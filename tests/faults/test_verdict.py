"""The verdict on a campaign can fail: whatever is changed behind the daemon's back, on one side only, is found."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from ers_sync.stand.line import Line, update, woman
from ers_sync.stand.postgres import PrivatePostgres
from ers_sync.stand.soak.verdict import Verdict, judge
from tests.faults.conftest import open_databases
from tests.faults.support import exam, pregnancy, settle

WOMAN = 1000
VISIT, LATER = WOMAN + 2, WOMAN + 3  # talon 1 is claimed from the later one


@pytest.fixture(scope="module")
def settled(
    postgres: PrivatePostgres, databases: tuple[str, str], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Line]:
    """Return a line on which a woman's certificate, two visits and talon 1 are with the Fund."""
    with ExitStack() as stack:
        line = open_databases(stack, postgres, databases, tmp_path_factory.mktemp("line"), {})
        exams = exam(VISIT, WOMAN, "repeat", 186, examined_at="2026-02-12 10:00")
        exams += exam(LATER, WOMAN, "repeat", 215, examined_at="2026-03-13 10:00")
        first = exam(WOMAN + 1, WOMAN, "primary", 155)
        line.ram(woman(WOMAN) + pregnancy(WOMAN) + first + exams)
        settle(line)
        assert _judged(line).problems == ()
        yield line


def _judged(line: Line) -> Verdict:
    return judge(line, json.loads((line.config.parent / "seed.json").read_text("utf-8")))


RAM = {
    "an exam that nobody scanned": (
        exam(WOMAN + 9, WOMAN, "repeat", 190, examined_at="2026-02-16 10:00"),
        "delete from ram.exam where id = 1009",
        {"lost: putVisit 1009", "called for, 0 times in the ledger: ('put_visit', 'exam:1009')"},
    ),
    "a visit that stands although its exam is deleted": (
        update("exam", VISIT, deleted=True),
        update("exam", VISIT, deleted=False),
        {"not called for: putVisit 1002", "listed 0 times: put_visit exam:1002 DONE"},
    ),
    "a talon whose exam was moved and that is not listed": (
        update("exam", LATER, examined_at="2026-03-14 10:00"),
        update("exam", LATER, examined_at="2026-03-13 10:00"),
        {"sent otherwise than РАМ has it: exam:1003", "listed 0 times: put_ticket1 exam:1003 DONE"},
    ),
}
LEDGER = {
    "accepted by nobody": (
        "update ers.request set visit_id = '77' where source = 'exam:1002'",
        "update ers.request set visit_id = '1002' where source = 'exam:1002'",
        {"accepted in the ledger, not at the Fund: putVisit 77", "at the Fund, not in the ledger: putVisit 1002"},
    ),
    "forgotten": (
        "update ers.request set state = 'CANCELLED', reason = 'gone' where source = 'exam:1003' and kind = 'put_ticket1'",
        "update ers.request set state = 'DONE', reason = null where source = 'exam:1003' and kind = 'put_ticket1'",
        {
            "at the Fund, not in the ledger: putTicket1 ticket1",
            "called for, 0 times in the ledger: ('put_ticket1', 1000)",
        },
    ),
    "on its way for ever": (
        "update ers.request set state = 'UNKNOWN' where source = 'exam:1002'",
        "update ers.request set state = 'DONE' where source = 'exam:1002'",
        {"not at rest: put_visit exam:1002 UNKNOWN None", "listed 0 times: put_visit exam:1002 UNKNOWN"},
    ),
    "accepted too early": (
        (
            "update ers.exchange set status = 'PROCESSING' where operation = 'getResultById' and request_id = "
            "(select id from ers.request where source = 'exam:1002')"
        ),
        "update ers.exchange set status = 'PROCESSED' where operation = 'getResultById' and status = 'PROCESSING'",
        {"accepted before the Fund said so: put_visit exam:1002"},
    ),
    "a number that is not shown": (
        "update ers.pregnancy set ers_number = null",
        "update ers.pregnancy p set ers_number = r.ers_number from ers.request r where r.pregnancy_id = p.id and r.kind = 'create_ers'",
        {"the workbook says (False, True, False), 2, 2 of pregnancy 1000: (True, 1, 0), 2, 2"},
    ),
}


@pytest.mark.parametrize("name", RAM)
def test_what_ram_alone_knows(settled: Line, name: str) -> None:
    change, undo, wanted = RAM[name]
    settled.ram(change)
    found = set(_judged(settled).problems)
    settled.ram(undo)
    assert wanted <= found


@pytest.mark.parametrize("name", LEDGER)
def test_what_the_ledger_alone_says(settled: Line, name: str) -> None:
    change, undo, wanted = LEDGER[name]
    settled.ledger(change)
    found = set(_judged(settled).problems)
    settled.ledger(undo)
    assert wanted <= found


def test_what_was_sent_twice(settled: Line) -> None:
    """As a daemon would that sends again what may have arrived."""
    settled.ledger("update ers.request set state = 'READY', due_at = now() where source = 'exam:1002'")
    settled.run("submit")
    settle(settled)
    verdict = _judged(settled)
    assert (verdict.lost, verdict.doubled) == (0, 1)
    assert any(problem.startswith("sent twice: putVisit 1002") for problem in verdict.problems)
