"""The real line: РАМ with two hospitals, ledger, the jobs, the stand-in Fund over HTTP, RSA for speed.

Most tests of a module share one line, each with women of its own (`her`); a test that needs another configuration opens a line.
"""

from __future__ import annotations

import itertools
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
from ers_sync.stand.postgres import PrivatePostgres
from ers_sync.stand.reference import create_reference_schema
from tests.integration.line.support import Her

# A Monday, 12:00 in Yekaterinburg.
NOW = datetime(2026, 3, 16, 7, 0, tzinfo=UTC)

OpenLine = Callable[..., Line]
MakeHer = Callable[..., Her]
_NUMBERS = itertools.count(1)


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


@pytest.fixture(scope="session")
def line_templates(postgres: PrivatePostgres) -> tuple[str, str]:
    """Return the names of databases to copy: a РАМ with two hospitals, an empty ledger."""
    for name, build in (("line_ram", _ram), ("line_ledger", _ledger)):
        build(postgres.create_database(name))
    return "line_ram", "line_ledger"


@pytest.fixture(scope="module")
def line(
    postgres: PrivatePostgres, line_templates: tuple[str, str], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Line]:
    """Return the line that the tests of a module share."""
    with ExitStack() as stack:
        yield _open(stack, postgres, line_templates, tmp_path_factory.mktemp("line"), {})


@pytest.fixture
def open_a_line(postgres: PrivatePostgres, line_templates: tuple[str, str], tmp_path: Path) -> Iterator[OpenLine]:
    """Return a function that sets up a line of the test's own; keywords are those of `Options`, the business time is NOW unless given."""
    with ExitStack() as stack:
        yield lambda **values: _open(stack, postgres, line_templates, tmp_path, values)


@pytest.fixture(scope="session")
def make_her() -> MakeHer:
    """Return a function that gives a woman numbers of her own: `make_her(line)`, `make_her(line, of=her)` for another pregnancy."""
    numbers = itertools.count(1000, 1000)
    return lambda line, of=None: Her(line, next(numbers), of=of)


@pytest.fixture
def her(line: Line, make_her: MakeHer) -> Her:
    """Return a woman of the test's own in the module's line."""
    return make_her(line)


def _open(
    stack: ExitStack, postgres: PrivatePostgres, templates: tuple[str, str], folder: Path, values: dict[str, Any]
) -> Line:
    number = next(_NUMBERS)
    dsns = [postgres.create_database(f"{template}_{number}", template) for template in templates]
    for template in templates:
        stack.callback(postgres.drop_database, f"{template}_{number}")
    return stack.enter_context(open_line(folder, dsns[0], dsns[1], replace(Options(at=NOW, delay=0.0), **values)))
