"""The region's daily workbook against the bare writer on the same rows, in the same run: the ratio is what counts (at most 1.3).

    .venv/bin/python -m benchmarks.report [women] [runs]

Ours reads the ledger, makes every sheet and proves its sums; the bare writer gets the finished rows out of memory and only writes them,
with the same formats, in the same constant-memory mode.
"""

from __future__ import annotations

import resource
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from multiprocessing import get_context
from pathlib import Path
from typing import Any
from unittest.mock import patch

import xlsxwriter

from ers_sync.reports.daily import write_daily
from ers_sync.reports.settings import Price, ReportSettings
from ers_sync.reports.style import FONT, Styles
from ers_sync.reports.table import Table
from ers_sync.stand.postgres import PrivatePostgres
from tests.integration.reports import fill

Rows = dict[str, tuple[list[str], list[Sequence[Any]]]]


def ours(dsn: str, folder: Path) -> None:
    prices = (Price(date(2007, 1, 1), 4000, 6000, 1000, 1000),)
    write_daily(dsn, ReportSettings(folder, fill.ZONE, prices=prices), fill.NOW)


def recorded(dsn: str, folder: Path) -> Rows:
    """Return the rows that our workbook has, by sheet, with the kinds of the columns."""
    rows: Rows = {}
    plain, group = Table.write, Table.write_group

    def keep(table: Table, values: Sequence[Any]) -> None:
        rows.setdefault(table.title, ([column.kind for column in table.columns], []))[1].append(values)

    def write(table: Table, values: Sequence[Any], options: Mapping[str, Any] | None = None) -> None:
        keep(table, values)
        plain(table, values, options)

    def write_group(table: Table, values: Sequence[Any], *rest: Any) -> None:
        keep(table, values)
        group(table, values, *rest)

    with patch.object(Table, "write", write), patch.object(Table, "write_group", write_group):
        ours(dsn, folder)
    return rows


def bare(rows: Rows, path: Path) -> None:
    options = {"constant_memory": True, "default_format_properties": dict(FONT), "tmpdir": str(path.parent)}
    with xlsxwriter.Workbook(str(path), options) as workbook:
        styles = Styles(workbook)
        for title, (kinds, lines) in rows.items():
            sheet = workbook.add_worksheet(title)
            formats = [styles.cell(kind) for kind in kinds]
            for number, values in enumerate(lines):
                for column, value in enumerate(values):
                    if value is None:
                        sheet.write_blank(number, column, None, formats[column])
                    elif isinstance(value, str):
                        sheet.write_string(number, column, value, formats[column])
                    elif isinstance(value, int | float):
                        sheet.write_number(number, column, value, formats[column])
                    else:
                        sheet.write_datetime(number, column, value, formats[column])


def timed(what: Callable[[], None]) -> float:
    begin = time.perf_counter()
    what()
    return time.perf_counter() - begin


def peak(dsn: str, folder: Path) -> None:
    """Print the peak memory of a process that writes the workbook and nothing else."""
    ours(dsn, folder)
    print(f"peak memory of the report's process: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024} MB")


def main() -> None:
    women, runs = (int(given or usual) for given, usual in zip([*sys.argv[1:3], "", ""], (100_000, 3), strict=False))
    with PrivatePostgres(durable=False) as cluster, tempfile.TemporaryDirectory() as temporary:
        folder, dsn = Path(temporary), cluster.create_database("ledger")
        fill.build_empty(dsn)
        print(f"{women} women: filled in {timed(lambda: fill.fill(dsn, women)):.1f} s")
        process = get_context("spawn").Process(target=peak, args=(dsn, folder))
        process.start()
        process.join()
        rows = recorded(dsn, folder)
        print(", ".join(f"{title} {len(lines)}" for title, (_, lines) in rows.items()))
        ratios = []
        for _ in range(runs):
            mine, its = timed(lambda: ours(dsn, folder)), timed(lambda: bare(rows, folder / "bare.xlsx"))
            ratios.append(mine / its)
            print(f"ours {mine:.1f} s, bare {its:.1f} s, ratio {mine / its:.2f}", flush=True)
        print(f"median ratio {statistics.median(ratios):.2f} (at most 1.3)")


if __name__ == "__main__":
    main()
