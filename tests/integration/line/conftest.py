"""A line of its own for every test: РАМ with two hospitals, ledger, the stand-in Fund over HTTP, RSA for speed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psycopg2
import pytest

from ers_sync.ledger import database
from ers_sync.stand.line import Line, Options, hospital, open_line
from ers_sync.stand.reference import create_reference_schema
from tests.conftest import MakeDatabase

# A Monday, 12:00 in Yekaterinburg.
NOW = datetime(2026, 3, 16, 7, 0, tzinfo=UTC)

OpenLine = Callable[..., Line]


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


@pytest.fixture
def open_a_line(make_database: MakeDatabase, tmp_path: Path) -> Iterator[OpenLine]:
    """Return a function that sets up a line; keywords are those of `Options`, the business time is NOW unless given."""
    with ExitStack() as stack:

        def make(**values: Any) -> Line:
            options = replace(Options(at=NOW), **values)
            return stack.enter_context(open_line(tmp_path, make_database(_ram), make_database(_ledger), options))

        yield make


@pytest.fixture
def line(open_a_line: OpenLine) -> Line:
    """Return a line as most tests want it."""
    return open_a_line()
