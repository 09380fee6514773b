"""Rows that become visible later than their stamp says, in another order, in savepoints: none is missed.

The naive scan (`updated_at` beyond the last seen) runs beside ours in every test, and has to miss: so the tests bite.
"""

from __future__ import annotations

import random
import threading
import time
from contextlib import closing
from datetime import timedelta
from typing import TYPE_CHECKING

import psycopg2
import pytest

from ers_sync.ram.reader import open_ram

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from psycopg2.extensions import connection as Connection  # noqa: N812 - psycopg2's own spelling

    from ers_sync.ram.snapshot import Mark

HOUR = timedelta(hours=1)


class Scans:
    """Our scan and the naive one side by side; each remembers what it found."""

    def __init__(self, dsn: str) -> None:
        self.dsn = dsn
        self.found: set[int] = set()
        self.naive: set[int] = set()
        self._mark: Mark | None = None
        self._last_seen: datetime | None = None

    def tick(self) -> set[int]:
        """Scan once; return what ours found now."""
        with open_ram(self.dsn) as ram:
            changes = ram.changes(self._mark, "changes", HOUR)
            newer = "select id, updated_at from ram.pregnancy where :seen is null or updated_at > :seen"
            rows = ram.select(newer.replace(":seen", "cast(:seen as timestamptz)"), seen=self._last_seen)
        self._mark = changes.mark
        self._last_seen = max((row["updated_at"] for row in rows), default=self._last_seen)
        self.found |= changes.pregnancy_ids
        self.naive |= {row["id"] for row in rows}
        return set(changes.pregnancy_ids)


def insert(connection: Connection, pregnancy_id: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "insert into ram.pregnancy (id, patient_id, updated_at) values (%s, 1, clock_timestamp())", (pregnancy_id,)
        )


def command(connection: Connection, statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement)


@pytest.fixture
def slow(ram_dsn: str) -> Iterator[Connection]:
    with closing(psycopg2.connect(ram_dsn)) as connection:
        yield connection


@pytest.fixture
def quick(ram_dsn: str) -> Iterator[Connection]:
    with closing(psycopg2.connect(ram_dsn)) as connection:
        yield connection


def test_a_transaction_that_commits_after_a_later_one(ram_dsn: str, slow: Connection, quick: Connection) -> None:
    scans = Scans(ram_dsn)
    scans.tick()
    insert(slow, 1001)
    insert(quick, 1002)
    quick.commit()
    assert scans.tick() == {1002}
    slow.commit()
    assert 1001 in scans.tick()
    assert 1001 not in scans.naive


def test_a_row_written_in_a_savepoint_after_the_scan(ram_dsn: str, slow: Connection, quick: Connection) -> None:
    """Its subtransaction is younger than the snapshot's xmax, and so is what a visibility test would see of it."""
    scans = Scans(ram_dsn)
    scans.tick()
    command(slow, "select pg_current_xact_id()")
    command(slow, "savepoint one")
    insert(slow, 1001)
    command(slow, "release savepoint one")
    insert(quick, 1002)
    quick.commit()
    assert scans.tick() == {1002}
    slow.commit()
    assert 1001 in scans.tick()
    assert 1001 not in scans.naive


def test_a_savepoint_younger_than_transactions_that_are_over(ram_dsn: str, slow: Connection, quick: Connection) -> None:
    """The row's own transaction id lies above the running one's: what counts is the snapshot's xmin, not its list."""
    scans = Scans(ram_dsn)
    command(slow, "select pg_current_xact_id()")
    for number in (1002, 1003):
        insert(quick, number)
        quick.commit()
    command(slow, "savepoint one")
    insert(slow, 1001)
    command(slow, "rollback to savepoint one")
    command(slow, "savepoint two")
    insert(slow, 1004)
    insert(quick, 1005)
    quick.commit()
    scans.tick()
    slow.commit()
    assert scans.tick() >= {1004}
    assert 1001 not in scans.found
    assert 1004 not in scans.naive


def test_a_scan_during_a_transaction_and_another_before_its_end(
    ram_dsn: str, slow: Connection, quick: Connection
) -> None:
    scans = Scans(ram_dsn)
    insert(slow, 1001)
    for number in (1002, 1003, 1004):
        insert(quick, number)
        quick.commit()
        assert number in scans.tick()
    slow.commit()
    assert 1001 in scans.tick()
    assert scans.tick() == set()


def _write(dsn: str, seed: int, first: int, stop_at: float, committed: set[int]) -> None:
    """Write rows in transactions of all lengths, half of them with savepoints, until `stop_at`; add those committed."""
    chance = random.Random(seed)
    number = first
    with closing(psycopg2.connect(dsn)) as connection:
        while time.monotonic() < stop_at:
            savepoint = chance.random() < 0.5
            if savepoint:
                command(connection, "select pg_current_xact_id()")
                time.sleep(chance.uniform(0, 0.03))
                command(connection, "savepoint one")
            number += 1
            insert(connection, number)
            if savepoint:
                command(connection, "release savepoint one")
            time.sleep(chance.uniform(0.002, 0.04) if chance.random() < 0.9 else chance.uniform(0.2, 0.6))
            if chance.random() < 0.1:
                connection.rollback()
            else:
                connection.commit()
                committed.add(number)


def test_a_campaign_of_writers_loses_nothing(ram_dsn: str) -> None:
    stop_at = time.monotonic() + 4
    committed: list[set[int]] = [set() for _ in range(6)]
    writers = [
        threading.Thread(target=_write, args=(ram_dsn, seed, 10_000 * (seed + 1), stop_at, done))
        for seed, done in enumerate(committed)
    ]
    scans = Scans(ram_dsn)
    for writer in writers:
        writer.start()
    while any(writer.is_alive() for writer in writers):
        scans.tick()
    for writer in writers:
        writer.join()
    scans.tick()
    written = set().union(*committed)
    assert len(written) > 100
    assert written - scans.found == set()
    assert written - scans.naive, "the campaign was too tame to show anything"
    assert scans.found - written == {11, 12, 21}, "rolled back rows are never seen"
