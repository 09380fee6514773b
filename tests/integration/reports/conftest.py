"""A ledger of 300 women and its daily workbooks, written once for all tests that only look at them."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

import openpyxl
import psycopg2
import pytest

from ers_sync.reports.daily import write_daily
from ers_sync.reports.settings import Hospital, Price, ReportSettings
from ers_sync.stand.postgres import PrivatePostgres
from tests.integration.reports import fill

HEADER = 5  # the row of the headings as a spreadsheet counts; the totals are in the row above
SETTINGS = ReportSettings(
    directory=Path("/nonexistent"),
    zone=fill.ZONE,
    hospitals=tuple(Hospital(number, fill.ZONE) for number in range(1, 6)),
    prices=(Price(date(2007, 1, 1), 3000, 6000, 1000, 1000), Price(date(2026, 1, 1), 4000, 6500, 1100, 1200)),
)


@dataclass(frozen=True)
class Written:
    """What a run wrote: the region's workbook first."""

    dsn: str
    settings: ReportSettings
    paths: list[Path]

    def rows(self, query: str, *values: object) -> list[tuple[Any, ...]]:
        """Ask the ledger itself."""
        with closing(psycopg2.connect(self.dsn)) as connection, connection.cursor() as cursor:
            cursor.execute(query, values)
            return cursor.fetchall()


@pytest.fixture(scope="session")
def written(postgres: PrivatePostgres, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Written]:
    dsn = postgres.create_database("reports_300")
    fill.build_300(dsn)
    settings = replace(SETTINGS, directory=tmp_path_factory.mktemp("reports") / "reports")
    yield Written(dsn, settings, write_daily(dsn, settings, fill.NOW))
    postgres.drop_database("reports_300")


@pytest.fixture
def soffice() -> str:
    program = shutil.which("soffice")
    if program is None and os.environ.get("CI") == "true":
        pytest.fail("LibreOffice is not installed: tools/system installs it")
    if program is None:
        pytest.skip("LibreOffice is not installed")
    return program


@lru_cache(maxsize=64)
def read(path: Path) -> dict[str, list[list[Any]]]:
    """Return the values of all sheets, formulas as what was computed for them. Reading is slow: a file is read once."""
    book = openpyxl.load_workbook(path, read_only=True, data_only=True)
    try:
        return {sheet.title: [list(row) for row in sheet.iter_rows(values_only=True)] for sheet in book.worksheets}
    finally:
        book.close()


def cells(path: Path, title: str) -> list[list[Any]]:
    """Return the values of a sheet."""
    return read(path)[title]


def table(path: Path, title: str) -> list[dict[str, Any]]:
    """Return the rows of a list by the headings of its columns."""
    rows = cells(path, title)
    return [dict(zip(rows[HEADER - 1], row, strict=True)) for row in rows[HEADER:]]


def totals(path: Path, title: str) -> dict[str, Any]:
    """Return the row of totals by the headings of the columns."""
    rows = cells(path, title)
    return dict(zip(rows[HEADER - 1], rows[HEADER - 2], strict=True))
