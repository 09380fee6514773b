"""Connections to the ledger, its named queries, and its migrations."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from datetime import date, datetime
from functools import cache
from itertools import chain
from time import monotonic
from typing import Any

import psycopg2
from sqlalchemy import Connection, Engine, Row, TextClause, create_engine, event, text
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import DisconnectionError
from sqlalchemy.pool import ConnectionPoolEntry, PoolProxiedConnection

from ers_sync.files import data_path, data_text, named_queries

VALUES_AT_ONCE = 10_000
RESTED_SECONDS = 5.0  # after which a connection may have died unnoticed

_MIGRATION = re.compile(r"(\d{4})_\w+\.sql")


class LedgerError(Exception):
    """The ledger is not what this program expects; the text (Russian) says what to do."""


def connect(dsn: str, *, connections: int = 5, autocommit: bool = False) -> Engine:
    """Return a pool of connections to the ledger; one that broke while it rested is replaced before it is used.

    The DSN is `postgresql://user:password@host/database`. Sessions work in UTC and do not wait for a lock for ever. With `autocommit`
    every statement is a transaction of its own.
    """
    url = re.sub(r"^postgres(ql)?://", "postgresql+psycopg2://", dsn.strip())
    # jit: what a statement is thought to cost grows with history, and compiling it took half a second of one that runs for a millisecond
    options = "-c timezone=UTC -c jit=off -c lock_timeout=60s -c idle_in_transaction_session_timeout=15min"
    engine = create_engine(
        url,
        pool_size=connections,
        max_overflow=5,
        connect_args={"options": options, "connect_timeout": 10, "application_name": "ers-sync"},
        isolation_level="AUTOCOMMIT" if autocommit else "READ COMMITTED",
        hide_parameters=True,  # an error text must not quote a patient
        json_serializer=to_json,
    )
    event.listen(engine, "checkin", _note_use)
    event.listen(engine, "checkout", _try_if_rested)
    return engine


def _note_use(_: DBAPIConnection | None, record: ConnectionPoolEntry) -> None:
    record.info["used_at"] = monotonic()


def _try_if_rested(connection: DBAPIConnection, record: ConnectionPoolEntry, _: PoolProxiedConnection) -> None:
    """Try a connection that has rested before it is given out; asking before every transaction would cost a sixth of the time."""
    if monotonic() - record.info.get("used_at", monotonic()) < RESTED_SECONDS:
        return
    try:
        with closing(connection.cursor()) as cursor:
            cursor.execute("select 1")
        connection.rollback()
    except psycopg2.Error as error:
        raise DisconnectionError from error  # the pool makes another connection


def rows(connection: Connection, file: str, name: str, **values: object) -> Sequence[Row[Any]]:
    """Run a named query of `sql/queries/<file>.sql` and return its rows."""
    return connection.execute(_statement(file, name), values).all()


def values(connection: Connection, file: str, name: str) -> Iterator[Any]:
    """Run a named query that gives one column and yield its values, however many: never all of them as rows at once."""
    found = connection.execute(_statement(file, name), execution_options={"stream_results": True})
    return chain.from_iterable(found.scalars().partitions(VALUES_AT_ONCE))


def run(connection: Connection, file: str, name: str, **values: object) -> int:
    """Run a named statement of `sql/queries/<file>.sql` and return how many rows it touched."""
    return connection.execute(_statement(file, name), values).rowcount


def to_json(value: object) -> str:
    """Return JSON text; dates and times in ISO form."""
    return json.dumps(value, ensure_ascii=False, default=_plain)


def migrate(engine: Engine) -> list[int]:
    """Bring the ledger to this program's schema and return the versions applied; a new database gets all of them at once."""
    with engine.begin() as connection:
        connection.execute(text("select pg_advisory_xact_lock(7303061)"))
        known = connection.execute(text("select to_regclass('ers.migration') is not null")).scalar_one()
        if not known:
            _script(connection, data_text("sql/schema.sql"))
            waiting = versions()
        else:
            done = set(connection.execute(text("select version from ers.migration")).scalars())
            waiting = [version for version in versions() if version not in done]
            for version in waiting:
                _script(connection, _migrations()[version])
        _record(connection, waiting)
        rows(connection, "jobs", "make_months")
        return waiting


def require_schema(engine: Engine) -> None:
    """Raise LedgerError unless every migration of this program was applied; newer ones do no harm."""
    with engine.connect() as connection:
        known = connection.execute(text("select to_regclass('ers.migration') is not null")).scalar_one()
        done = set(connection.execute(text("select version from ers.migration")).scalars()) if known else set()
    if not known or set(versions()) - done:
        raise LedgerError("База программы не подготовлена или устарела: выполните ers-sync migrate")


def versions() -> list[int]:
    """Return the versions of the schema that this program knows, in order."""
    return sorted(_migrations())


@cache
def _migrations() -> Mapping[int, str]:
    files = data_path("sql/migrations").glob("*.sql")
    numbered = ((match, file) for file in files if (match := _MIGRATION.fullmatch(file.name)))
    return {int(match.group(1)): file.read_text(encoding="utf-8") for match, file in numbered}


def _script(connection: Connection, script: str) -> None:
    # The driver's own cursor: text() would look for binds in the script.
    with closing(connection.connection.cursor()) as cursor:
        cursor.execute(script)


def _record(connection: Connection, applied: Iterable[int]) -> None:
    for version in applied:
        connection.execute(text("insert into ers.migration (version) values (:version)"), {"version": version})


@cache
def _statement(file: str, name: str) -> TextClause:
    return text(named_queries(f"sql/queries/{file}.sql")[name])


def _plain(value: object) -> str:
    if isinstance(value, date | datetime):
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} has no JSON form")
