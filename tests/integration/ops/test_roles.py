"""sql/roles.sql as psql runs it: the reader of РАМ only reads, the daemon can migrate, the reader of figures sees no name."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path

import psycopg2
import pytest
from psycopg2 import errors

from ers_sync.files import data_path
from ers_sync.ledger import database
from ers_sync.ram.check import check_columns, read_only_problems
from ers_sync.ram.reader import open_ram
from ers_sync.stand.postgres import PrivatePostgres
from tests.conftest import MakeDatabase
from tests.integration.ops.conftest import _ledger, _ram

PSQL = shutil.which("psql")
pytestmark = [pytest.mark.system, pytest.mark.skipif(PSQL is None, reason="no psql")]
PASSWORD = "roles"


def apply(dsn: str, part: str, role: str) -> str:
    """Run the file twice, give the role a password, and return its DSN."""
    for _ in range(2):
        command = [
            str(PSQL),
            "-X",
            "-q",
            "-v",
            "ON_ERROR_STOP=1",
            "-v",
            f"part={part}",
            "-f",
            str(data_path("sql/roles.sql")),
            dsn,
        ]
        ended = subprocess.run(
            command, capture_output=True, text=True, check=False, env={**os.environ, "PGCONNECT_TIMEOUT": "10"}
        )
        assert ended.returncode == 0, ended.stderr
    execute(dsn, f"alter role {role} password '{PASSWORD}'")
    return re.sub(r"//[^@]*@", f"//{role}:{PASSWORD}@", dsn)


def execute(dsn: str, statement: str) -> None:
    connection = psycopg2.connect(dsn)
    try:
        with connection, connection.cursor() as cursor:
            cursor.execute(statement)
    finally:
        connection.close()


def test_the_reader_of_ram_reads_everything_and_writes_nothing(make_database: MakeDatabase) -> None:
    dsn = apply(make_database(_ram), "ram", "ers_reader")
    with open_ram(dsn) as ram:
        assert check_columns(ram, "changes") == []
        assert read_only_problems(ram) == []
        ram.mark()
    with pytest.raises(errors.ReadOnlySqlTransaction):
        execute(dsn, "delete from ram.child")
    with pytest.raises(errors.InsufficientPrivilege):
        execute(dsn, "set default_transaction_read_only = off; begin read write; delete from ram.child")


def test_the_daemon_can_prepare_its_database_and_no_more(make_database: MakeDatabase) -> None:
    dsn = apply(make_database(), "ledger", "ers_daemon")
    engine = database.connect(dsn)
    assert database.migrate(engine) == database.versions()
    database.require_schema(engine)
    engine.dispose()
    with pytest.raises(errors.InsufficientPrivilege):
        execute(dsn, "create role another")


def test_the_servers_own_log_quotes_no_row_of_the_daemons(
    make_database: MakeDatabase, postgres: PrivatePostgres
) -> None:
    owner = make_database()
    dsn = apply(owner, "ledger", "ers_daemon")
    execute(owner, "create table names (name text check (name = '')); grant insert on names to ers_daemon")
    log = postgres.folder / "log"
    for role, quotes in ((owner, True), (dsn, False)):
        before = len(log.read_bytes())
        with pytest.raises(errors.CheckViolation):
            execute(role, "insert into names values ('Щурик')")
        said = log.read_bytes()[before:].decode()
        assert "names_name_check" in said
        assert ("Щурик" in said) == quotes


def test_the_reader_of_figures_sees_no_name(make_database: MakeDatabase, tmp_path: Path) -> None:
    dsn = apply(make_database(_ledger), "report", "ers_figures")
    execute(dsn, "select state, count(*) from ers.request group by state")
    for hidden in (
        "content from ers.request",
        "last_name from ers.pregnancy",
        "information from ers.exchange",
        "details from ers.request",
        "snils from ers.certificate",
        "reason from ers.decision",
    ):
        with pytest.raises(errors.InsufficientPrivilege):
            execute(dsn, f"select {hidden}")
