"""Every named query is prepared by a real PostgreSQL against the schema it is for, and every one is used."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import psycopg2
import pytest
from psycopg2 import connect
from psycopg2.extensions import connection as Connection  # noqa: N812 - psycopg2's own spelling
from sqlalchemy import text

from ers_sync.files import data_path, data_text, named_queries
from tests.conftest import MakeDatabase

ROOT = Path(__file__).resolve().parents[3]
LEDGER = sorted(path.name for path in data_path("sql/queries").glob("*.sql"))
RAM = sorted(path.name for path in data_path("sql/ram").glob("*.sql") if path.name != "reference_schema.sql")
# PostgreSQL prepares these only; anything else among the queries is checked by running it
PREPARED = ("select", "with", "insert", "update", "delete", "merge", "values", "table")


def script(dsn: str, name: str) -> None:
    with connect(dsn) as connection, connection.cursor() as cursor:
        cursor.execute(data_text(name))
    connection.close()


def build_ledger(dsn: str) -> None:
    script(dsn, "sql/schema.sql")


def build_ram(dsn: str) -> None:
    script(dsn, "sql/ram/reference_schema.sql")


@pytest.fixture
def ledger(make_database: MakeDatabase) -> Iterator[Connection]:
    connection = connect(make_database(build_ledger))
    yield connection
    connection.close()


@pytest.fixture
def ram(make_database: MakeDatabase) -> Iterator[Connection]:
    connection = connect(make_database(build_ram))
    yield connection
    connection.close()


def numbered(query: str) -> str:
    """The query with `:name` as `$1`, the same number for the same name."""
    names = list(text(query).compile().params)
    # SQLAlchemy's own pattern of a bind
    return re.sub(r"(?<![:\w\\]):(\w+)(?!:)", lambda match: f"${names.index(match[1]) + 1}", query)


def prepare(connection: Connection, origin: str, names: Iterator[tuple[str, str]]) -> None:
    faults = []
    with connection.cursor() as cursor:
        for name, query in names:
            cursor.execute("savepoint one")
            verb = query.split(maxsplit=1)[0].lower()
            try:
                cursor.execute(f"prepare {name} as {numbered(query)}" if verb in PREPARED else query)
            except psycopg2.Error as error:
                faults.append(f"{origin} {name}: {error}")
            cursor.execute("rollback to one")
    assert faults == []


@pytest.mark.parametrize("file", LEDGER)
def test_the_ledger_understands_every_query(ledger: Connection, file: str) -> None:
    prepare(ledger, file, iter(named_queries(f"sql/queries/{file}").items()))


@pytest.mark.parametrize("file", RAM)
def test_the_reference_ram_understands_every_query(ram: Connection, file: str) -> None:
    prepare(ram, file, iter(named_queries(f"sql/ram/{file}").items()))


def test_there_are_queries() -> None:
    assert LEDGER
    assert RAM


def test_no_query_of_the_ledger_lies_idle() -> None:
    code = "\n".join(
        path.read_text(encoding="utf-8") for folder in ("ers_sync", "jobs") for path in (ROOT / folder).rglob("*.py")
    )
    idle = [
        f"{file}: {name}"
        for file in LEDGER
        for name in named_queries(f"sql/queries/{file}")
        if not re.search(rf"""["']{name}["']""", code)
    ]
    assert idle == []


def test_whatever_changes_a_request_raises_its_version() -> None:
    """A full compare passes over a pregnancy whose requests have the versions that they had."""
    passing = {
        "due_at",
        "lease_until",
        "lease_token",
        "failures",
        "content",
        "operator",
    }  # say nothing of where it stands
    lacking = []
    for file in LEDGER:
        for name, statement in named_queries(f"sql/queries/{file}").items():
            for update in re.findall(
                r"update ers\.request( q)?\s+set\s(.*?)(?=\bwhere\b|\bfrom\b)", statement, re.DOTALL
            ):
                columns = set(re.findall(r"(?:^|,|\n)\s*(\w+) = ", update[1]))
                if columns - passing and "version" not in columns:
                    lacking.append(f"{file}: {name}")
    assert lacking == []
