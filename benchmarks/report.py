"""The region's daily workbook against the bare writer on the same rows, in the same run: the ratio is what counts (at most 1.3).

    .venv/bin/python -m benchmarks.report [--women 100000] [--rounds 5] [--quick]

Ours reads the ledger, makes every sheet and proves its sums. The bare writer gets the finished rows out of memory and only writes them,
in the same constant-memory mode, with the same formats, formulas, heights and groups: the rows of both files are the same XML, which is
looked at before anything is timed. It has no headings, totals, filters, links, marks, print settings or «Сводка».
"""

from __future__ import annotations

import gc
import re
import resource
import tempfile
import time
import zipfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from itertools import zip_longest
from multiprocessing import get_context
from pathlib import Path
from typing import Any
from unittest.mock import patch

import xlsxwriter

from benchmarks.measuring import Pair, arguments, tell
from ers_sync.reports.daily import write_daily
from ers_sync.reports.settings import Price, ReportSettings
from ers_sync.reports.sheet import Sheet
from ers_sync.reports.style import FONT, Styles
from ers_sync.reports.table import FIRST_ROW, Table
from ers_sync.stand.postgres import PrivatePostgres
from tests.integration.reports import fill

# The values (a sum: its formula and value), the height and options of the row where it has them, the level.
Row = tuple[Sequence[Any], Any, str]
Rows = dict[str, tuple[list[str], list[Row]]]


def ours(dsn: str, folder: Path) -> Path:
    prices = (Price(date(2007, 1, 1), 4000, 6000, 1000, 1000),)
    return write_daily(dsn, ReportSettings(folder, fill.ZONE, prices=prices), fill.NOW)[0]


def recorded(dsn: str, folder: Path) -> tuple[Path, Rows]:
    """Return our workbook and the rows that it has, by sheet, with the kinds of the columns."""
    rows: Rows = {}
    plain, group, put = Table.write, Table.write_group, Sheet.write_cells
    shape: list[Any] = []

    def keep(table: Table, values: Sequence[Any], level: str = "") -> None:
        kinds = [column.kind for column in table.columns]
        rows.setdefault(table.title, (kinds, []))[1].append((values, shape[0], level))

    def write_cells(sheet: Sheet, row: int, cells: Iterable[str], *of_row: Any) -> None:
        shape[:] = [of_row if any(of_row) else None]
        put(sheet, row, cells, *of_row)

    def write(table: Table, values: Sequence[Any], options: Mapping[str, Any] | None = None) -> None:
        plain(table, values, options)
        keep(table, values)

    def write_group(
        table: Table, values: Sequence[Any], formulas: Mapping[int, str], options: Mapping[str, Any], level: str
    ) -> None:
        group(table, values, formulas, options, level)
        cells = [(formulas[number], value) if number in formulas else value for number, value in enumerate(values)]
        keep(table, cells, level)

    with (
        patch.object(Sheet, "write_cells", write_cells),
        patch.object(Table, "write", write),
        patch.object(Table, "write_group", write_group),
    ):
        return ours(dsn, folder), rows


def bare(rows: Rows, path: Path) -> None:
    options = {
        "constant_memory": True,
        "default_format_properties": dict(FONT),
        "default_row_height": 17,
        "tmpdir": str(path.parent),
    }
    with xlsxwriter.Workbook(str(path), options) as workbook:
        styles = Styles(workbook)
        for title, (kinds, lines) in rows.items():
            sheet = workbook.add_worksheet(title)
            formats = {level: [styles.cell(kind, level) for kind in kinds] for level in ("", "group", "subgroup")}
            for number, (values, of_row, level) in enumerate(lines, start=FIRST_ROW):
                if of_row is not None:
                    height, outline = of_row
                    sheet.set_row(number, height, None, outline)
                of_level = formats[level]
                for column, value in enumerate(values):
                    if value is None:
                        sheet.write_blank(number, column, None, of_level[column])
                    elif isinstance(value, str):
                        sheet.write_string(number, column, value, of_level[column])
                    elif isinstance(value, int | float):
                        sheet.write_number(number, column, value, of_level[column])
                    elif isinstance(value, tuple):
                        sheet.write_formula(number, column, value[0], of_level[column], value[1])
                    else:
                        sheet.write_datetime(number, column, value, of_level[column])


def same_rows(mine: Path, its: Path) -> None:
    """Raise SystemExit unless the sheets of both files have the same rows; the numbers of formats are each file's own."""
    with zipfile.ZipFile(mine) as left, zipfile.ZipFile(its) as right:
        for number in range(1, sum("/worksheets/sheet" in name for name in right.namelist()) + 1):
            sides = left.read(f"xl/worksheets/sheet{number + 1}.xml"), right.read(f"xl/worksheets/sheet{number}.xml")
            for one, other in zip_longest(*map(_rows, sides)):
                if one != other:
                    raise SystemExit(f"the rows of sheet {number} differ: {one} {other}")


def _rows(xml: bytes) -> Any:
    found = (match.group() for match in re.finditer(rb'<row r="(\d+)".*?</row>', xml) if int(match[1]) > FIRST_ROW)
    return (re.sub(rb' s="\d+"', b"", row) for row in found)


def spent(what: Callable[[], object]) -> tuple[float, float]:
    """Return the time that passes, and what this process computes of it: PostgreSQL is another."""
    gc.collect()
    begin = time.perf_counter(), time.process_time()
    what()
    return time.perf_counter() - begin[0], time.process_time() - begin[1]


def peak(dsn: str, folder: Path) -> None:
    """Print the peak memory of a process that writes the workbook and nothing else."""
    ours(dsn, folder)
    print(f"peak memory of the report's process: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024} MB")


def main() -> None:
    parser = arguments(__doc__)
    parser.add_argument("--women", type=int, default=100_000)
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    women, rounds = (1_000, 2) if options.quick else (options.women, options.rounds)
    with PrivatePostgres(durable=False) as cluster, tempfile.TemporaryDirectory() as temporary:
        folder, dsn = Path(temporary), cluster.create_database("ledger")
        fill.build_empty(dsn)
        fill.fill(dsn, women, hostile=False)
        process = get_context("spawn").Process(target=peak, args=(dsn, folder))
        process.start()
        process.join()
        mine, rows = recorded(dsn, folder)
        bare(rows, folder / "bare.xlsx")
        print(", ".join(f"{title} {len(lines)}" for title, (_, lines) in rows.items()), flush=True)
        same_rows(mine, folder / "bare.xlsx")
        # Both have been written once by now. The rows are this benchmark's: no collection of garbage is to walk through them.
        gc.freeze()
        sides = (lambda: ours(dsn, folder)), (lambda: bare(rows, folder / "bare.xlsx"))
        timed = [[spent(side) for side in sides] for _ in range(rounds)]
    whole, computed = (Pair([one[clock] for one, _ in timed], [one[clock] for _, one in timed]) for clock in (0, 1))
    print(f"CPU of the process that writes: {computed}, ratio {computed.cost:.2f}")
    tell("report", f"{women} women, {whole}", whole.cost, "≤ 1.3")


if __name__ == "__main__":
    main()
