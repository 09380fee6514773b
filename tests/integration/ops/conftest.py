"""A site with two hospitals, keys and an endpoint that answers; no Fund behind it: here is seen what is said of trouble."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import psycopg2
import pytest
from sqlalchemy import text

from ers_sync.clock import Clock
from ers_sync.context import Context
from ers_sync.ledger import database
from ers_sync.ledger.pregnancies import write_organizations
from ers_sync.running import run_job
from ers_sync.stand import site
from ers_sync.stand.line import hospital
from ers_sync.stand.postgres import PrivatePostgres
from ers_sync.stand.reference import create_reference_schema
from tests.conftest import MakeDatabase

SECRET = "tiger-in-the-dsn"


@dataclass
class Site:
    folder: Path
    config: Path
    ram_dsn: str
    ledger_dsn: str
    context: Context

    def ledger(self, statement: str, **values: object) -> list[dict[str, Any]]:
        with self.context.ledger.begin() as connection:
            result = connection.execute(text(statement), values)
            return [dict(row) for row in result.mappings()] if result.returns_rows else []

    def ram(self, statement: str) -> None:
        connection = psycopg2.connect(self.ram_dsn)
        with connection, connection.cursor() as cursor:
            cursor.execute(statement)
        connection.close()

    def watch(self, times: int = 1) -> None:
        for _ in range(times):
            run_job(self.context, "watch")

    def incidents(self, *, open_only: bool = True) -> list[str]:
        found = self.ledger("select key, closed_at from ers.incident order by id")
        return [row["key"] for row in found if not (open_only and row["closed_at"])]

    def request(self, **values: object) -> int:
        """A request in the ledger, READY and due in far future unless told otherwise; its woman too."""
        known: dict[str, object] = {
            "kind": "put_visit",
            "source": "exam:1",
            "organization_id": 1,
            "pregnancy_id": 1,
            "state": "READY",
            "content": "{}",
            "deadline": datetime(2999, 1, 1, tzinfo=UTC),
        } | values
        self.ledger("insert into ers.pregnancy (id, is_open) values (1, true) on conflict do nothing")
        number = self.ledger("select count(*) as n from ers.request")[0]["n"]
        known.setdefault("subject", f"s{number}")
        names = ", ".join(known)
        binds = ", ".join(f":{name}" for name in known)
        made = self.ledger(f"insert into ers.request ({names}) values ({binds}) returning id", **known)  # noqa: S608 - names of this file
        return int(made[0]["id"])


MakeSite = Callable[..., Site]


def _ram(dsn: str) -> None:
    create_reference_schema(dsn)
    connection = psycopg2.connect(dsn)
    with connection, connection.cursor() as cursor:
        cursor.execute(hospital(1) + hospital(2))
    connection.close()


def _ledger(dsn: str) -> None:
    engine = database.connect(dsn)
    database.migrate(engine)
    engine.dispose()


class _Answers(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(405)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture(scope="session")
def endpoint() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Answers)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/ws"
    server.shutdown()


@pytest.fixture(scope="session")
def keys(postgres: PrivatePostgres, tmp_path_factory: pytest.TempPathFactory) -> site.Keys:
    """Keys take seconds to make: one set for all sites, valid for ten years around now."""
    dsn = postgres.create_database("ops_hospitals")
    _ram(dsn)
    hospitals = site.organizations(dsn)
    postgres.drop_database("ops_hospitals")
    return site.issue_keys(tmp_path_factory.mktemp("keys"), hospitals, "rsa", datetime.now(UTC))


@pytest.fixture
def make_site(make_database: MakeDatabase, tmp_path: Path, endpoint: str, keys: site.Keys) -> Iterator[MakeSite]:
    opened: list[Context] = []

    def make(at: datetime | None = None, **changes: Mapping[str, Any] | object) -> Site:
        ram_dsn, ledger_dsn = make_database(_ram), make_database(_ledger)
        clock = Clock(at)
        hospitals = site.organizations(ram_dsn)
        settings = site.Settings("rsa", [endpoint], changes=changes)
        config = site.write_config(tmp_path, ram_dsn, ledger_dsn, keys, settings)
        context = site.open_site(config, clock, site.default_contracts(hospitals, clock()))
        with context.ledger.begin() as connection:
            write_organizations(connection, hospitals)
        opened.append(context)
        return Site(tmp_path, config, ram_dsn, ledger_dsn, context)

    yield make
    for context in opened:
        context.close()


def reader(site: Site, *, more: str = "") -> None:
    """A role that may only read, as sql/roles.sql makes it, in place of the superuser."""
    role = f"reader_{site.ram_dsn.rpartition('/')[2]}"
    site.ram(
        f"create role {role} login password '{SECRET}';"
        f"grant usage on schema ram to {role}; grant select on all tables in schema ram to {role};"
        f"grant execute on function pg_control_system(), pg_control_checkpoint() to {role};" + more.format(role=role)
    )
    address = site.ram_dsn.partition("@")[2]
    write(site.folder / "ram-dsn", f"postgresql://{role}:{SECRET}@{address}")


@pytest.fixture(name="site")
def _readable_site(make_site: MakeSite) -> Site:
    """A site of which all checks are well."""
    made = make_site()
    reader(made)
    return made


def write(path: Path, content: str) -> None:
    path.write_text(content)
    path.chmod(0o600)
