"""What may go wrong, on the real line: РАМ, a ledger, the stand-in Fund over HTTP, and daemons as processes where something has to die."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from pkgutil import resolve_name
from typing import Any

import psycopg2
import pytest

from ers_sync.ledger import database
from ers_sync.stand.daemons import Daemon
from ers_sync.stand.line import Line, Options, hospital, open_line
from ers_sync.stand.postgres import PrivatePostgres
from ers_sync.stand.reference import create_reference_schema
from jobs import report
from tests.faults.proxy import CuttingProxy
from tests.faults.support import NOW, QUICK

OpenLine = Callable[..., Line]
StartDaemon = Callable[..., Daemon]
_NUMBERS = itertools.count(1)


@pytest.fixture(scope="session")
def databases(postgres: PrivatePostgres) -> tuple[str, str]:
    """Return the names of databases to copy."""
    return prepare_databases(postgres)


def prepare_databases(postgres: PrivatePostgres) -> tuple[str, str]:
    """Make databases to copy, a РАМ with two hospitals and an empty ledger, and return their names."""
    names = "faults_ram", "faults_ledger"
    ram, ledger = (postgres.create_database(name) for name in names)
    create_reference_schema(ram)
    connection = psycopg2.connect(ram)
    with connection, connection.cursor() as cursor:
        cursor.execute(hospital(1) + hospital(2))
    connection.close()
    engine = database.connect(ledger)
    database.migrate(engine)
    engine.dispose()
    return names


@pytest.fixture(scope="module")
def line(
    postgres: PrivatePostgres, databases: tuple[str, str], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Line]:
    """Return the line that the tests of a module share, each with women of its own."""
    with ExitStack() as stack:
        yield open_databases(stack, postgres, databases, tmp_path_factory.mktemp("line"), {})


@pytest.fixture
def open_a_line(postgres: PrivatePostgres, databases: tuple[str, str], tmp_path: Path) -> Iterator[OpenLine]:
    """Return a function that sets up a line of the test's own; keywords are those of `Options`."""
    with ExitStack() as stack:
        yield lambda **values: open_databases(stack, postgres, databases, tmp_path, values)


@pytest.fixture
def open_a_line_behind_a_proxy(postgres: PrivatePostgres, open_a_line: OpenLine) -> Iterator[tuple[CuttingProxy, Line]]:
    """Return a line, and a proxy before its server that can cut connections."""
    proxy = CuttingProxy(postgres.port)
    yield proxy, open_a_line()
    proxy.close()


@pytest.fixture
def reports_here(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have the job write its workbooks in this process, which has imported pandas already."""
    monkeypatch.setattr(report, "apart", lambda work, *given: resolve_name(work)(*given))


@pytest.fixture
def start_daemon(tmp_path: Path) -> Iterator[StartDaemon]:
    """Return a function that starts a daemon on a line, armed to die at a checkpoint if it is named one."""
    started: list[Daemon] = []

    def start(line: Line, die_at: str = "") -> Daemon:
        # workbooks are not what this is about
        line.ledger("insert into ers.job_run (job, ended_at, succeeded) values ('report', now(), true)")
        started.append(Daemon(line.config, NOW, tmp_path / "daemons.log", die_at))
        return started[-1]

    yield start
    for daemon in started:
        daemon.kill()


def open_databases(
    stack: ExitStack, postgres: PrivatePostgres, templates: tuple[str, str], folder: Path, values: dict[str, Any]
) -> Line:
    """Open a line on copies of these databases, for as long as the stack lasts."""
    number = next(_NUMBERS)
    dsns = []
    for template in templates:
        dsns.append(postgres.create_database(f"{template}_{number}", template))
        stack.callback(postgres.drop_database, f"{template}_{number}")
    options = replace(Options(at=NOW, delay=0.0, changes=QUICK), **values)
    return stack.enter_context(open_line(folder, dsns[0], dsns[1], options))
