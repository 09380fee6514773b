"""Reads РАМ: which pregnancies changed, and whole pregnancies. SELECT only, one consistent snapshot a connection."""

from __future__ import annotations

import dataclasses
import threading
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import chain, islice
from typing import TYPE_CHECKING, Any, Literal

import psycopg2
from sqlalchemy import create_engine, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import NullPool

from ers_sync.ram.cases import read_cases
from ers_sync.ram.digests import BY_RECORD, BY_TEXT, read_digests
from ers_sync.ram.errors import RamError, in_words
from ers_sync.ram.hospitals import Hospitals, to_hospitals
from ers_sync.ram.queries import CHANGED, Queries, load_queries
from ers_sync.ram.rows import BadRow, read_odd_dates_as_text
from ers_sync.ram.snapshot import Mark, why_full, xid_ranges

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from datetime import timedelta
    from pathlib import Path

    from sqlalchemy import Connection, Engine, RowMapping

    from ers_sync.domain.model import Case, Organization

_BATCH = 100
_IDS_AT_ONCE = 10_000  # a region has 200,000, and all of them as rows take 30 MiB
_CONNECT_SECONDS = 10
# The site's query is a plain subquery, so PostgreSQL pulls it up and filters the changed rows before it joins.
_CHANGED_SINCE = """
select distinct pregnancy_id from ({query}) as changed
where row_xid between :low and :high or row_xid between :low_wrapped and :high_wrapped
"""


@dataclass(frozen=True, slots=True)
class Changes:
    """What to work out now, and the mark to keep in the same transaction as what came of it.

    `why_full` says in words for the log why it is every pregnancy, None when it is those that changed.
    """

    pregnancy_ids: set[int]
    mark: Mark
    why_full: str | None

    @property
    def full(self) -> bool:
        """Whether these are all pregnancies of РАМ: one that is not among them is not there."""
        return self.why_full is not None


class Ram:
    """РАМ as one snapshot sees it. Two threads may read at once: their statements go one after the other."""

    def __init__(self, connection: Connection, queries: Queries) -> None:
        self.connection = connection
        self.queries = queries
        self._lock = threading.Lock()

    def select(self, statement: str, **parameters: Any) -> Sequence[RowMapping]:
        """Return the rows of one statement with `:name` binds; raise RamError, with no value in it, if it fails."""
        with self._lock, _in_words():
            return self.connection.execute(text(statement), parameters).mappings().all()

    def mark(self) -> Mark:
        """Return where this snapshot stands."""
        return Mark(**self.select(self.queries.server["snapshot"])[0])

    def changes(self, since: Mark | None, mode: Literal["changes", "full"], window: timedelta) -> Changes:
        """Return the pregnancies of which any row was written since the mark, or all of them.

        Args:
            since: the mark of the last scan whose results were kept; None if there is none.
            mode: `full` where РАМ's tables are views, which do not tell what changed.
            window: how long before its commit a row may have been stamped: longer than РАМ's longest transaction.
        """
        now = self.mark()
        reason = "по заданию" if mode == "full" else why_full(since, now)
        if reason is not None or since is None:
            return Changes(self.all_pregnancy_ids(), now, reason)
        # Counted from the last scan and not from now: the daemon may have been down for longer than the window.
        window_begin = min(since.taken_at, now.taken_at) - window
        ranges = dataclasses.asdict(xid_ranges(since.xmin, now.xmax))
        changed: set[int] = set()
        for name in CHANGED:
            statement = _CHANGED_SINCE.format(query=self.queries.changes[name])
            changed.update(row["pregnancy_id"] for row in self.select(statement, window_begin=window_begin, **ranges))
        return Changes(changed - {None}, now, None)

    def all_pregnancy_ids(self) -> set[int]:
        """Return the id of every pregnancy."""
        query, streamed = text(self.queries.pregnancies["all_pregnancy_ids"]), {"stream_results": True}
        with self._lock, _in_words():
            found = self.connection.execute(query, execution_options=streamed).scalars("id")
            return set(chain.from_iterable(found.partitions(_IDS_AT_ONCE)))

    def pregnancy_of_exam(self, exam_id: int) -> int | None:
        """Return the pregnancy that an exam belongs to, None if there is no such exam."""
        found = self.select(self.queries.pregnancies["pregnancy_of_exam"], exam_id=exam_id)
        return found[0]["pregnancy_id"] if found else None

    def cases(self, ids: Iterable[int]) -> Iterator[Case | BadRow]:
        """Yield each pregnancy whole, by ascending id, a batch in memory at a time; a vanished one is not among them.

        In place of a pregnancy that has, or names, an unreadable row comes a BadRow for each such row: to leave the row out
        would look as if it had been deleted in РАМ.
        """
        ordered = iter(sorted(ids))
        while batch := list(islice(ordered, _BATCH)):
            yield from read_cases(self.select, self.queries.pregnancies, batch, self._hospitals)

    def digests(self, ids: Sequence[int]) -> Mapping[int, bytes]:
        """Return a digest of all the rows of each of these pregnancies that is there, by its id."""
        version = self.connection.dialect.server_version_info or ()
        hashed = BY_RECORD if version >= (14,) else BY_TEXT
        return read_digests(self.select, self.queries.pregnancies, ids, hashed=hashed)

    def organizations(self) -> Mapping[int, Organization]:
        """Return all hospitals that can be read, by id."""
        return self._hospitals.known

    @cached_property
    def _hospitals(self) -> Hospitals:
        return to_hospitals(self.select(self.queries.pregnancies["organizations"]))


@contextmanager
def open_ram(dsn: str, queries_dir: Path | None = None) -> Iterator[Ram]:
    """Open РАМ at `dsn` for reading; everything read until the end of the context is one REPEATABLE READ snapshot.

    Raises:
        QueryFileError: the site's queries are malformed.
        RamError: РАМ cannot be reached.
    """
    queries = load_queries(queries_dir)
    options = {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
    with _in_words():
        opened = _engine(dsn).connect().execution_options(**options)
    with opened as connection, connection.begin():
        yield Ram(connection, queries)


@contextmanager
def _in_words() -> Iterator[None]:
    """Say what РАМ's server complains of without a value: the cause may quote one."""
    try:
        yield
    except DBAPIError as error:
        raise RamError(in_words(error)) from None


@lru_cache(maxsize=4)
def _engine(dsn: str) -> Engine:
    """Return an engine that holds no connection; a new one asks the server about itself first, which is not wanted at every tick."""
    address = dsn.replace("postgresql+psycopg2://", "postgresql://", 1)

    def connect() -> psycopg2.extensions.connection:
        connection = psycopg2.connect(address, application_name="ers-sync", connect_timeout=_CONNECT_SECONDS)
        read_odd_dates_as_text(connection)
        return connection

    # A creator and not a URL: no password in the representation of an engine; hidden parameters: nor ids in error texts.
    return create_engine("postgresql+psycopg2://", creator=connect, poolclass=NullPool, hide_parameters=True)
