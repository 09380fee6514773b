"""What all tests share: a private PostgreSQL, databases out of templates, and no test skipped in silence."""

from __future__ import annotations

import gc
import itertools
import logging
import os
import subprocess
from typing import TYPE_CHECKING, Protocol

import pytest
from hypothesis import settings

from ers_sync.stand.postgres import PrivatePostgres

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

# A busy machine is no failure of an example.
settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")

_NUMBERS = itertools.count(1)


class MakeDatabase(Protocol):
    """Create a database for one test and return its DSN; it is dropped after the test.

    `build(dsn)` fills a template once a session (so it must be a named function, not a lambda); each call copies it.
    """

    def __call__(self, build: Callable[[str], None] | None = None) -> str: ...


@pytest.fixture(autouse=True)
def _logging_as_it_was() -> Iterator[None]:
    """A command run within a test sends the log to that test's standard error, which ends with it."""
    root = logging.getLogger()
    before, level = root.handlers[:], root.level
    yield
    logging.captureWarnings(capture=False)
    root.handlers[:] = before
    root.setLevel(level)


@pytest.fixture(scope="session")
def postgres() -> Iterator[PrivatePostgres]:
    """One cluster for every worker of a session."""
    with PrivatePostgres(durable=False, settings={"max_connections": "200"}) as cluster:
        yield cluster


@pytest.fixture(scope="session")
def _templates() -> dict[str, str]:
    return {}


@pytest.fixture
def make_database(postgres: PrivatePostgres, _templates: dict[str, str]) -> Iterator[MakeDatabase]:
    made: list[str] = []

    def make(build: Callable[[str], None] | None = None) -> str:
        template = None
        if build is not None:
            key = f"{build.__module__}.{build.__qualname__}"
            if key not in _templates:
                name = f"template_{next(_NUMBERS)}"
                build(postgres.create_database(name))
                _templates[key] = name
            template = _templates[key]
        made.append(f"test_{next(_NUMBERS)}")
        return postgres.create_database(made[-1], template)

    yield make
    for name in made:
        postgres.drop_database(name)


@pytest.fixture(scope="session")
def with_own_mounts() -> list[str]:
    """What runs a script that may mount things; inside a container that may be refused: then the test does not run, aloud."""
    command = ["unshare", "--map-root-user", "--mount", "sh", "-c"]
    tried = subprocess.run([*command, "mount -t tmpfs none /mnt"], capture_output=True, encoding="utf-8", check=False)
    if tried.returncode:
        pytest.skip(f"no mount namespace: {tried.stderr.strip()}")
    return command


def pytest_collection_finish() -> None:
    """Spare the garbage collector what is imported by now, and let it come less often: else it takes a tenth of a run."""
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)


def _skipped(config: pytest.Config) -> list[tuple[str, str]]:
    """Return (test, reason) of every skipped test of the session."""
    reporter = config.pluginmanager.get_plugin("terminalreporter")
    reports = reporter.stats.get("skipped", []) if reporter else []
    return [(report.nodeid, report.longrepr[2] if isinstance(report.longrepr, tuple) else "") for report in reports]


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    if skipped := _skipped(terminalreporter.config):
        terminalreporter.section(f"{len(skipped)} TESTS DID NOT RUN", red=True)
        for test, reason in skipped:
            terminalreporter.line(f"{test}: {reason}")


def pytest_sessionfinish(session: pytest.Session) -> None:
    """In CI a skipped test is a failure: there everything a test needs has to be there."""
    if os.environ.get("CI") == "true" and session.exitstatus == pytest.ExitCode.OK and _skipped(session.config):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED
