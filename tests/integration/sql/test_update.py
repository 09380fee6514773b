"""An update: a full ledger of the first version loses nothing, the program works on it, and the first version's statements still do."""

from __future__ import annotations

from collections import Counter
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any
from uuid import uuid4

import psycopg2
import pytest
from sqlalchemy import Connection, Engine, text

from ers_sync.domain.states import State
from ers_sync.files import data_text, parse_queries
from ers_sync.ledger import database, exchanges, requests
from ers_sync.ledger.database import rows
from ers_sync.ledger.requests import Step
from ers_sync.ledger.sealing import Seal
from ers_sync.reports.daily import write_daily
from tests.conftest import MakeDatabase
from tests.integration.reports import fill
from tests.integration.reports.conftest import HEADER, SETTINGS, cells

WOMEN = 60
FIRST = Path(__file__).resolve().parents[2] / "data" / "first_version.sql"
# what `fill` leaves out: a request in every state, the bytes of exchanges, and all that is not of a woman
REST = """
insert into ers.request (kind, subject, source, organization_id, pregnancy_id, event_on, deadline, state, reason, content)
select 'put_visit', 'state:' || s, 'state:' || s, 1, 1, date '2026-06-12', now(), s,
    case when s in ('HELD', 'CANCELLED') then 'operator' end, '{"text": "ё"}'
from unnest(cast(%(states)s as text[])) s;
update ers.exchange set signed_request = decode(md5(id::text), 'hex'), wire_request = '\\x0001', signed_answer = 'ответ'::bytea,
    wire_answer = decode(md5('w' || id), 'hex');
insert into ers.contract (organization_id, kind, number, begins, ends, set_by)
select o, k, o || '/' || k, date '2026-01-01', date '2026-12-31', 'x' from generate_series(1, 5) o, unnest(array['1', '2', '3-1', '3-2']) k;
insert into ers.job_run (job, started_at, ended_at, succeeded, summary)
select j, now() - make_interval(hours => n), now() - make_interval(hours => n), n > 1, '{"day": "2026-06-14"}'
from unnest(array['scan', 'submit', 'report']) j, generate_series(1, 5) n;
insert into ers.job_run (job) values ('pull');
insert into ers.incident (key, code, about, closed_at) values ('backlog', 'backlog', 'x', null), ('unreadable', 'unreadable', 'x', now());
insert into ers.notice (incident_id, event, level, channel) select id, 'opened', 0, 'mail' from ers.incident;
insert into ers.outage (endpoint, cause) values ('https://fund.example/ws', 'TimeoutException');
insert into ers.brake (organization_id, kind, counted, usual) values (2, 'put_visit', 40, 2);
insert into ers.refusal (organization_id, what, fingerprint, probe_after) values (3, '1', 'f', now());
insert into ers.decision (operator, action, about) values ('x', 'retry', 'request:1');
insert into ers.scan_mark (mark) values ('{"xmin": 7}');
insert into ers.hospital_mark values (1, 'f');
insert into ers.rework (pregnancy_id) values (1);
insert into ers.lineage (system_identifier, timeline, database_oid) values ('7', 1, 1);
insert into ers.certificate_visit select number, 'v1', created_on, ogrn from ers.certificate;
"""


def first_ledger(dsn: str) -> None:
    """A ledger as the first version left it."""
    with closing(psycopg2.connect(dsn)) as connection, connection, connection.cursor() as cursor:
        cursor.execute(data_text("sql/migrations/0001_ledger.sql"))
        cursor.execute("insert into ers.migration (version) values (1)")
    fill.fill(dsn, WOMEN, hostile=False)
    with closing(psycopg2.connect(dsn)) as connection, connection, connection.cursor() as cursor:
        cursor.execute(REST, {"states": list(State)})


def content(dsn: str, tables: list[str] | None = None) -> dict[str, list[dict[str, Any]]]:
    """Every row of every table (a partitioned one as a whole), by its columns."""
    with closing(psycopg2.connect(dsn)) as connection, connection.cursor() as cursor:
        cursor.execute(
            "select relname from pg_class where relnamespace = 'ers'::regnamespace and relkind in ('r', 'p') and not relispartition"
        )
        found = {}
        for name in tables or sorted(row[0] for row in cursor.fetchall()):
            cursor.execute(f"select to_jsonb(t) from ers.{name} t order by to_jsonb(t)::text")  # noqa: S608 - names of the catalog
            found[name] = [row[0] for row in cursor.fetchall()]
        return found


def updated(dsn: str) -> Engine:
    engine = database.connect(dsn)
    assert database.migrate(engine) == database.versions()[1:]
    return engine


@pytest.fixture
def dsn(make_database: MakeDatabase) -> str:
    return make_database(first_ledger)


def test_an_update_loses_nothing(dsn: str) -> None:
    before = content(dsn)
    assert [
        name for name, found in before.items() if not found
    ] == []  # every table of the first version has something to lose
    assert {request["state"] for request in before["request"]} == set(State)

    updated(dsn).dispose()

    after = content(dsn, list(before))
    assert [row["version"] for row in after.pop("migration")] == database.versions()
    for name, kept in after.items():
        columns = before[name][0].keys()
        assert [{column: row[column] for column in columns} for row in kept] == before[name], name


def test_the_program_works_on_an_updated_ledger(dsn: str, tmp_path: Path) -> None:
    known = content(dsn, ["request", "exchange"])
    by_request = Counter(exchange["request_id"] for exchange in known["exchange"])
    written = next(exchange for exchange in known["exchange"] if by_request[exchange["request_id"]] == 1)
    ready = [request["id"] for request in known["request"] if request["state"] == State.READY]
    engine = updated(dsn)
    with engine.begin() as connection:
        (shown,) = rows(connection, "requests", "shown", id=written["request_id"])
        (exchange,) = rows(connection, "requests", "exchanges_of", id=shown.id)
        assert (exchange.id, exchange.outcome) == (written["id"], "ANSWERED")
        evidence = exchanges.attempt(connection, Seal(), exchange.id)
        assert ("\\x" + evidence.signed.hex(), evidence.signed_answer) == (written["signed_request"], "ответ".encode())
        assert {row.job for row in rows(connection, "watch", "jobs")} == {"scan", "submit", "report", "pull"}
        assert [row.key for row in rows(connection, "watch", "open_incidents")] == ["backlog"]
    with engine.begin() as connection:
        claimed = requests.claim_ready(connection, len(ready), 60)
        assert {one.id for one in claimed} <= set(ready)
        one = claimed[0]
        begun = begin(connection, one.id)
        assert requests.move(
            connection,
            one.id,
            State.READY,
            Step(State.SENDING, signed_exchange_id=begun, lease_seconds=60),
            token=one.token,
        )
        waiting = requests.claim_waiting(connection, State.UNKNOWN, 100, 60)
        assert len(waiting) == sum(request["state"] == State.UNKNOWN for request in known["request"])
    engine.dispose()

    settings = replace(SETTINGS, directory=tmp_path)
    region = write_daily(dsn, settings, fill.NOW)[0]
    assert sum(row[0] is not None for row in cells(region, "Пациентки")[HEADER:]) == WOMEN


def begin(connection: Connection, request_id: int) -> int:
    return exchanges.begin(
        connection,
        Seal(),
        operation="putVisit",
        organization_id=1,
        signed=b"new",
        business_at=fill.NOW,
        request_id=request_id,
        pregnancy_id=1,
        revision=1,
    )


STEP = {
    "reason": None,
    "details": "[]",
    "revision": None,
    "ers_number": None,
    "visit_id": None,
    "formed_on": None,
    "fss_request_id": None,
    "forget_bytes": False,
    "sent_at": None,
    "answered_at": None,
    "attempted": 0,
    "failed": False,
    "asked_in": None,
    "pause_seconds": 0,
    "lease_seconds": 60,
}


def test_the_first_version_goes_on_where_it_was_and_begins_anew(dsn: str) -> None:
    """A daemon of the first version that runs while the ledger is updated, or is put back afterwards, loses no request."""
    statements = parse_queries(FIRST.read_text(encoding="utf-8"), FIRST.name)
    engine = database.connect(dsn)
    used = set()

    def run(name: str, **values: object) -> list[Any]:
        used.add(name)
        with engine.begin() as connection:
            result = connection.execute(text(statements[name]), values)
            return list(result.all()) if result.returns_rows else []

    def send() -> tuple[Any, str, int]:
        """Claim, put the attempt on record and move to SENDING, as a worker does before the socket opens."""
        token = str(uuid4())
        hospitals = [row.organization_id for row in run("hospitals_ready")]
        (one,) = run("claim_ready", hospitals=hospitals, each=1, many=1, lease_seconds=60, token=token)
        (begun,) = run(
            "begin_exchange",
            request_id=one.id,
            pregnancy_id=one.pregnancy_id,
            organization_id=one.organization_id,
            operation="putVisit",
            revision=1,
            business_at=fill.NOW,
            operator=None,
            signed_request=b"signed",
        )
        step = STEP | {"to_state": "SENDING", "from_state": "READY", "signed_exchange_id": begun.id, "attempted": 1}
        assert run("move", id=one.id, token=token, version=one.version, **step)
        return one, token, begun.id

    def conclude(one: Any, token: str, exchange_id: int) -> None:
        run(
            "finish_exchange",
            id=exchange_id,
            endpoint="https://fund.example/ws",
            host="h",
            outcome="ANSWERED",
            http_status=200,
            status="REGISTERED",
            information=None,
            wire_request=b"wire",
            wire_answer=b"wire",
            signed_answer=b"answer",
        )
        (signed,) = run("signed_bytes", id=exchange_id)
        assert (bytes(signed.signed_request), bytes(signed.signed_answer)) == (b"signed", b"answer")
        step = STEP | {
            "to_state": "REGISTERED",
            "from_state": "SENDING",
            "signed_exchange_id": None,
            "lease_seconds": None,
        }
        assert run("move", id=one.id, token=token, version=None, **step | {"fss_request_id": f"f{one.id}"})

    (job,) = run("begin_run", job="submit")
    under_way = send()
    updated(dsn).dispose()
    conclude(*under_way)
    conclude(*send())
    run("finish_run", id=job.id, succeeded=True, summary="{}")
    assert "submit" in {row.job for row in run("last_success")}
    assert run("claim_waiting", state="REGISTERED", many=1, lease_seconds=60, token=str(uuid4()))
    assert run("orphans")
    (incident,) = run("open_incident", key="outage:f", code="outage", organization_id=None, level=0, about="x", flaps=0)
    run("make_notice", incident_id=incident.id, event="opened", level=0, channel="mail")
    run("record", operator="x", action="retry", request_id=under_way[0].id, about="x", reason=None)
    assert used == set(statements)
    engine.dispose()

    # and the version of today reads what it wrote
    engine = database.connect(dsn)
    database.require_schema(engine)
    with engine.connect() as connection:
        assert exchanges.attempt(connection, Seal(), under_way[2]).signed_answer == b"answer"
    engine.dispose()
