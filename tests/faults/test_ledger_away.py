"""The ledger's PostgreSQL dies, is cut off in a COMMIT, or has no room left: jobs fail and go on, nothing is lost or doubled."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from sqlalchemy.exc import DBAPIError

from ers_sync.clock import Clock
from ers_sync.config import load
from ers_sync.context import build
from ers_sync.ledger import requests
from ers_sync.stand.daemons import Daemon
from ers_sync.stand.line import Line
from ers_sync.stand.postgres import PrivatePostgres
from tests.faults.conftest import open_databases, prepare_databases
from tests.faults.proxy import Cut, CuttingProxy
from tests.faults.support import NOW, cases_of, later, ready_case, ready_cases, settle, until


@pytest.fixture
def own_line(tmp_path: Path) -> Iterator[tuple[PrivatePostgres, Line]]:
    """Return a line on a server of its own, which a test may kill; what is committed survives that."""
    with ExitStack() as stack:
        server = stack.enter_context(PrivatePostgres(durable=False, settings={"synchronous_commit": "on"}))
        yield server, open_databases(stack, server, prepare_databases(server), tmp_path, {})


def test_a_server_killed_under_load_loses_nothing(own_line: tuple[PrivatePostgres, Line], tmp_path: Path) -> None:
    server, line = own_line
    line.ledger("insert into ers.job_run (job, ended_at, succeeded) values ('report', now(), true)")
    cases = ready_cases(line, 12, organizations=(1, 2))
    daemon = Daemon(line.config, NOW, tmp_path / "daemon.log")
    try:
        until(lambda: len(line.book()) >= 2, "the daemon at work")
        server.kill()
        server.start()
        line.context.close()  # this process's own connections died with the server
        sent = len(line.book())
        until(lambda: len(line.book()) > sent or sent == len(cases), "the same daemon at work again", seconds=60)
        assert daemon.alive
    finally:
        daemon.stop()
    settle(line)
    assert all(case.once() for case in cases)
    assert line.ledger("select 1 from ers.job_run where succeeded is not true"), "a run that was cut off is on record"


@pytest.mark.parametrize("at", ["before", "after"])
def test_a_connection_cut_around_any_commit(open_a_line_behind_a_proxy: tuple[CuttingProxy, Line], at: Cut) -> None:
    proxy, line = open_a_line_behind_a_proxy
    direct = line.context
    url = direct.ledger.url.set(port=proxy.port)
    (line.config.parent / "ledger-dsn").write_text(url.render_as_string(hide_password=False).replace("+psycopg2", ""))
    through = build(load(line.config), Clock(NOW))
    cases = cases_of(line, 12)
    for nth, case in enumerate(cases):
        case.visit()
        line.run("scan")
        line.context = through
        proxy.cut(at, 2 * nth + 1)
        for job in ("submit", "poll", "reconcile"):
            with contextlib.suppress(DBAPIError):
                line.run(job)
        line.context = direct
        later(line, seconds=30)
    through.close()
    assert proxy.cuts >= 8
    later(line, hours=26)
    settle(line)
    assert all(case.once() for case in cases), [case.book() for case in cases if not case.once()]
    assert all(case.state() == ("DONE", None) for case in cases)


NO_ROOM = """
create function public.no_room() returns trigger language plpgsql as $$
begin raise exception 'could not extend file: No space left on device' using errcode = 'disk_full'; end $$;
create trigger no_room before {what} on ers.exchange for each row when (new.operation = 'putVisit') execute function public.no_room();
"""


@pytest.mark.parametrize(("what", "sent"), [("insert", 0), ("update", 1)])
def test_without_room_for_the_evidence_nothing_is_sent_or_it_is_asked_about(line: Line, what: str, sent: int) -> None:
    case = ready_case(line)
    line.ledger(NO_ROOM.format(what=what))
    try:
        line.run("submit")
        assert len(case.book()) == sent
        assert case.state()[0] == ("SENDING" if sent else "READY")
    finally:
        line.ledger("drop trigger no_room on ers.exchange; drop function public.no_room()")
    later(line, hours=26)
    settle(line)
    assert case.once()
    assert case.state() == ("DONE", None)
    assert len(case.exchanges()) == 1


def test_an_answer_on_record_is_read_before_anything_is_asked(line: Line) -> None:
    """The sender died between writing the answer down and moving the request."""
    case = ready_case(line)
    line.run("submit")
    assert case.state()[0] == "REGISTERED"
    line.ledger(
        "update ers.request set state = 'SENDING', fss_request_id = null, lease_until = now(), due_at = now() where id = :id",
        id=case.row()["id"],
    )
    later(line, minutes=1)
    line.fund.behave({"behaviour": "refuse"})
    asked = len(line.ledger("select 1 from ers.exchange"))
    line.run("reconcile")
    line.fund.behave()
    assert case.state()[0] == "REGISTERED"
    assert len(line.ledger("select 1 from ers.exchange")) == asked
    assert case.row()["fss_request_id"] == case.book()[0]["request_id"]
    settle(line)
    assert case.once()


def test_an_answer_counts_although_the_lease_ran_out_meanwhile(line: Line) -> None:
    """As when the ledger's clock is set forward by a day, or the machine was suspended."""
    case = ready_case(line)
    line.fund.behave({"behaviour": "slow", "seconds": 1.8, "operations": ["putVisit"]})
    sender = threading.Thread(target=line.run, args=("submit",))
    sender.start()
    until(lambda: case.state()[0] == "SENDING", "the attempt under way")
    line.ledger("update ers.request set lease_until = lease_until - interval '1 day' where lease_until is not null")
    with line.context.ledger.begin() as connection:
        assert requests.orphans(connection) == 1
    line.fund.behave()  # now the answer comes
    sender.join()
    assert case.state()[0] == "REGISTERED"
    settle(line)
    assert case.once()
