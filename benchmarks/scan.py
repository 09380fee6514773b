"""A scan of РАМ: a tick with 100 new exams at several sizes of РАМ, and the nightly compare of everything, against bare reads of the same.

    .venv/bin/python -m benchmarks.scan [--quick] [--visits 24000 240000 2400000] [--compare 24000 120000]

The sizes are visits, ten a pregnancy. Bare for a tick: the queries for what changed, and for the rows of those pregnancies, by a plain
psycopg2 cursor; for the compare: the same queries, for every pregnancy in the same batches. The ledger has of every pregnancy what it
would have in life: all is finished but for one in fifty of those that go on (for a tick only of those that it touches).
"""

from __future__ import annotations

import re
import resource
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from statistics import median

import psycopg2
from sqlalchemy import Engine, event

from benchmarks.measuring import arguments, tell
from ers_sync.daemon import set_apart
from ers_sync.ledger.database import run, to_json
from ers_sync.ram.queries import CHANGED, load_queries
from ers_sync.ram.reader import open_ram
from ers_sync.stand.line import Line, Options, hospital, open_line
from ers_sync.stand.postgres import PrivatePostgres
from ers_sync.stand.reference import create_reference_schema
from jobs import scan

FILL, FILL_LEDGER = (
    (Path(__file__).parent / file).read_text(encoding="utf-8") for file in ("scan.sql", "scan_ledger.sql")
)
ADD = """
insert into ram.exam (id, pregnancy_id, organization_id, doctor_id, kind, examined_at, gestation_days, updated_at)
select %(above)s + n, n, 1 + n %% %(hospitals)s, 1 + n %% %(hospitals)s, 'repeat', localtimestamp - interval '1 hour', 200,
    clock_timestamp()
from generate_series(%(first)s, %(last)s) n
"""
HOSPITALS, NEW, BATCH = 20, 100, 500
OPEN = 1000  # pregnancies that go on, and whose visits the ticks add to; later on one in seven does
ROUNDS = 5
_BIND = re.compile(r"(?<!:):(\w+)")


@contextmanager
def site(postgres: PrivatePostgres, visits: int, known: int) -> Iterator[Line]:
    """Yield a line over a РАМ of so many visits, whose ledger has what became of the first `known` of them."""
    ram, ledger = (postgres.create_database(f"{name}_{visits}_{known}") for name in ("ram", "ledger"))
    create_reference_schema(ram)
    filled(ram, "".join(map(hospital, range(1, HOSPITALS + 1))) + FILL, visits)
    with tempfile.TemporaryDirectory() as folder, open_line(Path(folder), ram, ledger, Options()) as line:
        filled(ledger, FILL_LEDGER, known)
        yield line


def filled(dsn: str, statements: str, visits: int, goes_on: int = OPEN) -> None:
    """Run these in one transaction, and do what autovacuum does."""
    connection = psycopg2.connect(dsn)
    with connection, connection.cursor() as cursor:
        cursor.execute(statements, {"pregnancies": visits // 10, "hospitals": HOSPITALS, "open": goes_on})
    connection.autocommit = True
    with connection.cursor() as cursor:
        cursor.execute("vacuum analyze")
    connection.close()


def marked(line: Line) -> None:
    """Let the ledger believe that РАМ was read up to now."""
    with open_ram(line.ram_dsn) as ram, line.context.ledger.begin() as connection:
        run(connection, "scan", "set_mark", mark=to_json(ram.mark().to_json()))


def timed(what: Callable[[], object]) -> float:
    begin = time.perf_counter()
    what()
    return time.perf_counter() - begin


def bare(line: Line, ids: Sequence[int] | None, window: str) -> None:
    """Read the rows of these pregnancies, and what changed before that; all pregnancies for None."""
    queries = load_queries(None)
    statements = {name: _BIND.sub(r"%(\1)s", text.replace("%", "%%")) for name, text in queries.pregnancies.items()}
    with psycopg2.connect(line.ram_dsn) as connection, connection.cursor() as cursor:
        if ids is None:
            cursor.execute(statements["all_pregnancy_ids"])
            ids = sorted(id_ for (id_,) in cursor.fetchall())
        else:
            for name in CHANGED:
                cursor.execute(_BIND.sub(r"%(\1)s", queries.changes[name]), {"window_begin": window})
                cursor.fetchall()
        for at in range(0, len(ids), BATCH):
            batch: Sequence[int] = ids[at : at + BATCH]
            cursor.execute(statements["pregnancies"], {"ids": list(batch)})
            women = [row[1] for row in cursor.fetchall()]
            for name in ("exams", "outcomes", "children"):
                cursor.execute(statements[name], {"ids": list(batch)})
                found = cursor.fetchall()
                if name == "exams":
                    doctors = sorted({row[3] for row in found})
            cursor.execute(statements["patients"], {"ids": women})
            cursor.fetchall()
            cursor.execute(statements["doctors"], {"ids": doctors})
            cursor.fetchall()
    connection.close()


@contextmanager
def statements() -> Iterator[list[float]]:
    """Collect the seconds that each of our statements takes, on its way and on the servers."""
    begun: list[float] = []
    took: list[float] = []

    def before(*_: object) -> None:
        begun.append(time.perf_counter())

    def after(*_: object) -> None:
        took.append(time.perf_counter() - begun.pop())

    event.listen(Engine, "before_cursor_execute", before)
    event.listen(Engine, "after_cursor_execute", after)
    try:
        yield took
    finally:
        event.remove(Engine, "before_cursor_execute", before)
        event.remove(Engine, "after_cursor_execute", after)


def tick(line: Line, at: int, visits: int) -> tuple[float, float, float]:
    """Add a visit to 100 pregnancies, scan, and read the same bare; return the seconds of both, and those of our statements."""
    first = 1 + NEW * at
    ids = range(first, first + NEW)
    window = str(line.ledger("select now() as at")[0]["at"])
    with psycopg2.connect(line.ram_dsn) as connection, connection.cursor() as cursor:
        cursor.execute(ADD, {"above": 10 * visits, "hospitals": HOSPITALS, "first": first, "last": ids[-1]})
    connection.close()
    done: dict[str, object] = {}
    with statements() as took:
        ours = timed(lambda: done.update(scan.run(line.context)))
    assert (done["full"], done["pregnancies"]) == (None, NEW), done
    return ours, timed(lambda: bare(line, ids, window)), sum(took)


def ticks(postgres: PrivatePostgres, sizes: Sequence[int]) -> None:
    medians = []
    for visits in sizes:
        with site(postgres, visits, 10 * OPEN) as line:
            marked(line)
            found = [tick(line, at, visits) for at in range(ROUNDS + 1)][1:]
        ours, its, on_servers = (median(each) for each in zip(*found, strict=True))
        medians.append(ours)
        print(f"scan: {1000 * on_servers:.0f} ms of a tick at {visits} visits are its statements", flush=True)
        what = f"tick with {NEW} new exams at {visits} visits, {1000 * ours:.0f} ms"
        tell("scan", f"{what} against {1000 * its:.0f} ms of bare queries", ours / its, "≤ 3")
        if visits != sizes[0]:
            tell("scan", f"{what} against {1000 * medians[0]:.0f} ms at {sizes[0]}", ours / medians[0], "≤ 1.5")


def compares(postgres: PrivatePostgres, sizes: Sequence[int]) -> None:
    for visits in sizes:
        with site(postgres, visits, visits) as line:
            began = time.perf_counter()
            first = scan.run(line.context)  # there is no mark, and nothing noted: all is worked out
            told = (
                f"{first['pregnancies']} pregnancies, {first['changes']} changes, {time.perf_counter() - began:.0f} s"
            )
            print(f"scan: the first compare of {visits} visits: {told}", flush=True)
            found = []
            for _ in range(ROUNDS):
                before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
                found.append((timed(lambda: scan.run(line.context, full=True)), timed(lambda: bare(line, None, ""))))
            peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        ours, its = median(a for a, _ in found), median(b for _, b in found)
        what = f"compare of {visits} visits, {ours:.1f} s against {its:.2f} s of bare reading"
        tell(
            "scan",
            f"{what}, peak memory {peak // 1024} MB, {(peak - before) // 1024} MB of it the last",
            ours / its,
            "≤ 1.5",
        )


def main() -> None:
    parser = arguments(__doc__)
    parser.add_argument("--visits", type=int, nargs="+", default=[24_000, 240_000, 2_400_000])
    parser.add_argument("--compare", type=int, nargs="+", default=[24_000, 120_000])
    options = parser.parse_args()
    set_apart()
    with PrivatePostgres(durable=False) as postgres:
        ticks(postgres, [24_000] if options.quick else options.visits)
        compares(postgres, [12_000] if options.quick else options.compare)


if __name__ == "__main__":
    main()
