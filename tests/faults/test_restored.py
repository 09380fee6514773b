"""A ledger restored from a backup: what the lost one has sent is found out, not sent again."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import timedelta

import pytest

from ers_sync.clock import Clock
from ers_sync.config import load
from ers_sync.context import build
from ers_sync.ledger import lineage
from ers_sync.stand.line import Line, update
from ers_sync.stand.postgres import PrivatePostgres
from tests.faults.conftest import OpenLine
from tests.faults.support import JOBS, NOW, exam, later, ready_case, settle

Restore = Callable[[Line], Line]


@pytest.fixture
def backups(postgres: PrivatePostgres) -> Iterator[tuple[Callable[[Line], None], Restore]]:
    """Return a function that takes a backup of a line's ledger, and one that goes on with it in another place."""
    with ExitStack() as stack:

        def name(line: Line) -> str:
            return f"backup_of_{line.context.ledger.url.database}"

        def take(line: Line) -> None:
            line.context.close()
            postgres.create_database(name(line), line.context.ledger.url.database)
            stack.callback(postgres.drop_database, name(line))

        def restore(line: Line) -> Line:
            line.context.close()
            (line.config.parent / "ledger-dsn").write_text(postgres.dsn(name(line)))
            context = build(load(line.config), Clock(NOW))
            stack.callback(context.close)
            return Line(context, line.fund, line.ram_dsn, line.config, line.keys)

        yield take, restore


def test_what_a_lost_ledger_has_sent_is_not_sent_again(
    open_a_line: OpenLine, backups: tuple[Callable[[Line], None], Restore]
) -> None:
    take, restore = backups
    line = open_a_line()
    case = ready_case(line)
    settle(line)
    take(line)
    # after the backup: another visit is found and sent, the first one is edited: annulled and sent anew
    line.ram(exam(case.id + 3, case.id, "repeat", 95, examined_at="2026-02-16 10:00"))
    line.ram(update("exam", case.id + 2, gestation_days=92))
    settle(line)
    before = line.book()
    assert len(before) == 4

    again = restore(line)
    settle(again)

    assert again.book() == before
    stand = {(row["source"], row["visit_id"], row["state"]) for row in again.requests(kind="put_visit")}
    assert stand == {
        (f"exam:{case.id + 2}", f"{case.id + 2}", "ANNULLED"),
        (f"exam:{case.id + 2}", f"{case.id + 2}-2", "DONE"),
        (f"exam:{case.id + 3}", f"{case.id + 3}", "DONE"),
    }


def test_what_it_has_not_sent_goes_out_after_the_longest_processing_and_under_a_fresh_name(
    open_a_line: OpenLine, backups: tuple[Callable[[Line], None], Restore]
) -> None:
    take, restore = backups
    line = open_a_line()
    case = ready_case(line)
    take(line)
    again = restore(line)
    case.line = again

    again.run(*JOBS)
    assert case.state() == ("UNKNOWN", None)
    later(again, hours=23)
    again.run(*JOBS)
    assert case.state() == ("UNKNOWN", None)
    assert case.book() == []

    settle(again)

    assert case.once()
    assert case.row()["visit_id"] == f"{case.id + 2}-1-1"


def test_what_happens_after_the_restore_goes_out_as_ever(
    open_a_line: OpenLine, backups: tuple[Callable[[Line], None], Restore]
) -> None:
    take, restore = backups
    line = open_a_line()
    case = ready_case(line)
    settle(line)
    take(line)
    again = restore(line)
    again.run(*JOBS)
    # two days later by the business clock
    again.context = build(load(line.config), Clock(NOW + timedelta(days=2)))
    again.ram(exam(case.id + 3, case.id, "repeat", 125, examined_at="2026-03-18 09:00"))

    again.run("scan", "submit")

    [row] = again.requests(source=f"exam:{case.id + 3}")
    assert (row["state"], row["visit_id"]) == ("REGISTERED", f"{case.id + 3}")
    again.context.close()


def test_a_person_may_say_that_a_copy_was_put_in_the_same_place(open_a_line: OpenLine) -> None:
    line = open_a_line()
    case = ready_case(line)
    line.fund.behave({"behaviour": "reset_after", "operations": ["putVisit"]})
    line.run("submit")
    line.fund.behave()
    later(line, hours=30)

    with line.context.ledger.begin() as connection:
        assert lineage.look(connection, NOW.date()) is None
        assert lineage.look(connection, NOW.date(), restored=True) == 1
        assert lineage.known(connection) == lineage.Lineage(1, NOW.date() + timedelta(days=1))
    line.run("reconcile")
    # although it has been unknown for 30 hours: the lost ledger may have sent it a minute ago
    assert case.state() == ("UNKNOWN", None)
    assert line.ledger("select 1 from ers.scan_mark") == []


def test_a_lost_ledger_that_sent_other_content_is_put_right(
    open_a_line: OpenLine, backups: tuple[Callable[[Line], None], Restore]
) -> None:
    take, restore = backups
    line = open_a_line()
    case = ready_case(line)
    take(line)
    settle(line)  # the lost ledger sends the visit of the 12th
    again = restore(line)
    again.ram(update("exam", case.id + 2, examined_at="2026-02-13 10:00"))
    case.line = again

    settle(again)

    operations = [(entry["operation"], entry["result"], entry["duplicate"]) for entry in case.book()]
    assert operations == [
        ("putVisit", "PROCESSED", False),
        ("annulVisit", "PROCESSED", False),
        ("putVisit", "PROCESSED", False),
    ]
    assert case.row()["content"]["visit_date"] == "2026-02-13"
    assert case.state() == ("DONE", None)
