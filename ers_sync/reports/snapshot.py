"""One consistent, read-only view of the ledger for all the sheets of a run; long results are streamed."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, text
from sqlalchemy.pool import NullPool

from ers_sync.files import named_queries

_ROWS_A_TIME = 2_000


@dataclass(frozen=True, slots=True)
class Snapshot:
    """An open transaction that sees the ledger as it was at its beginning; its one thread asks the ledger."""

    connection: Connection
    thread: ThreadPoolExecutor

    def all(self, name: str, **values: object) -> list[tuple[Any, ...]]:
        """Return the rows of a short named query of `sql/queries/reports.sql`."""
        return self.frame(name, **values)[1]

    def frame(self, name: str, **values: object) -> tuple[list[str], list[tuple[Any, ...]]]:
        """Return the column names and rows of a short named query."""
        return self.thread.submit(self._frame, name, values).result()

    def stream(self, name: str, **values: object) -> Iterator[Any]:
        """Return the rows of a long named query through a server-side cursor, in bounded memory.

        The ledger is asked for the first rows at once, and for the next ones while these are worked on.
        """
        batches = self._batches(name, values)
        return _ahead(self.thread, batches, self.thread.submit(next, batches, ()))

    def _frame(self, name: str, values: Mapping[str, object]) -> tuple[list[str], list[tuple[Any, ...]]]:
        result = self.connection.execute(text(_queries()[name]), values)
        return list(result.keys()), [tuple(row) for row in result]

    def _batches(self, name: str, values: Mapping[str, object]) -> Iterator[Sequence[Any]]:
        statement = text(_queries()[name]).execution_options(yield_per=_ROWS_A_TIME)
        with self.connection.execute(statement, values) as result:
            yield from result.partitions(_ROWS_A_TIME)


def _ahead(
    thread: ThreadPoolExecutor, batches: Iterator[Sequence[Any]], coming: Future[Sequence[Any]]
) -> Iterator[Any]:
    while rows := coming.result():
        coming = thread.submit(next, batches, ())
        yield from rows


@contextmanager
def open_snapshot(engine_or_dsn: Engine | str) -> Iterator[Snapshot]:
    """Open the ledger REPEATABLE READ, READ ONLY; `postgresql://…` or an engine."""
    engine = _engine(engine_or_dsn) if isinstance(engine_or_dsn, str) else engine_or_dsn
    options: dict[str, Any] = {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
    try:
        with (
            engine.connect() as connection,
            connection.execution_options(**options).begin(),
            ThreadPoolExecutor(1, "ledger") as thread,
        ):
            connection.execute(text("select set_config('work_mem', '64MB', true)"))
            yield Snapshot(connection, thread)
    finally:
        if isinstance(engine_or_dsn, str):
            engine.dispose()


def _engine(dsn: str) -> Engine:
    url = re.sub(r"^postgres(ql)?://", "postgresql+psycopg2://", dsn.strip())
    return create_engine(
        url,
        poolclass=NullPool,
        connect_args={
            "connect_timeout": 10,
            "application_name": "ers-sync report",
            "options": "-c timezone=UTC -c jit=off",
        },
    )


def _queries() -> Mapping[str, str]:
    return named_queries("sql/queries/reports.sql")
