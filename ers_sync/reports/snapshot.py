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


Frame = tuple[list[str], list[tuple[Any, ...]]]


@dataclass(frozen=True, slots=True)
class Session:
    """A transaction and the one thread that asks the ledger in it."""

    connection: Connection
    thread: ThreadPoolExecutor

    def frame(self, name: str, values: Mapping[str, object]) -> Future[Frame]:
        """Ask for the column names and rows of a short named query."""
        return self.thread.submit(self._frame, name, values)

    def stream(self, name: str, values: Mapping[str, object]) -> Iterator[Any]:
        """Ask for the rows of a long named query."""
        batches = self._batches(name, values)
        return _ahead(self.thread, batches, self.thread.submit(next, batches, ()))

    def _batches(self, name: str, values: Mapping[str, object]) -> Iterator[Sequence[Any]]:
        statement = text(_queries()[name]).execution_options(yield_per=_ROWS_A_TIME)
        with self.connection.execute(statement, values) as result:
            yield from result.partitions(_ROWS_A_TIME)

    def _frame(self, name: str, values: Mapping[str, object]) -> Frame:
        result = self.connection.execute(text(_queries()[name]), values)
        return list(result.keys()), [tuple(row) for row in result]


@dataclass(frozen=True, slots=True)
class Snapshot:
    """Two transactions that see the ledger as it was at one moment; what is asked `beside` does not wait for the other's answers."""

    main: Session
    beside: Session

    def all(self, name: str, **values: object) -> list[tuple[Any, ...]]:
        """Return the rows of a short named query of `sql/queries/reports.sql`."""
        return self.frame(name, **values)[1]

    def frame(self, name: str, **values: object) -> Frame:
        """Return the column names and rows of a short named query."""
        return self.main.frame(name, values).result()

    def frame_beside(self, name: str, **values: object) -> Future[Frame]:
        """Ask for what `frame` returns, while other things are asked for."""
        return self.beside.frame(name, values)

    def stream(self, name: str, **values: object) -> Iterator[Any]:
        """Return the rows of a long named query through a server-side cursor, in bounded memory.

        The ledger is asked for the first rows at once, and for the next ones while these are worked on.
        """
        return self.main.stream(name, values)

    def stream_beside(self, name: str, **values: object) -> Iterator[Any]:
        """Return what `stream` does, while other things are asked for."""
        return self.beside.stream(name, values)


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
    try:
        with _session(engine) as main, _session(engine) as beside:
            seen = main.connection.execute(text("select pg_export_snapshot()")).scalar_one()
            beside.connection.execute(text(f"set transaction snapshot '{seen}'"))
            for session in (main, beside):
                session.connection.execute(text("select set_config('work_mem', '64MB', true)"))
            yield Snapshot(main, beside)
    finally:
        if isinstance(engine_or_dsn, str):
            engine.dispose()


@contextmanager
def _session(engine: Engine) -> Iterator[Session]:
    options: dict[str, Any] = {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
    with (
        engine.connect() as connection,
        connection.execution_options(**options).begin(),
        ThreadPoolExecutor(1, "ledger") as thread,
    ):
        yield Session(connection, thread)


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
