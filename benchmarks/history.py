"""What the daemon does every tick and minute, on a ledger with a short history and on one with years of it; the ratio is what counts.

    .venv/bin/python -m benchmarks.history [--quick] [--rows 100000 5000000]

Two ledgers in one PostgreSQL have the same work before them and differ only in how many requests and exchanges are finished, spread over
two years. Every operation is timed on both in turn, and the medians are compared. The daily workbook lists every pregnancy that was ever
known: it is shown as well, and grows.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import psycopg2
from sqlalchemy import Connection

from ers_sync.domain.states import State
from ers_sync.ledger import certificates, job_runs, requests
from ers_sync.ledger.requests import Step
from ers_sync.reports.on_demand import Order, write_on_demand
from ers_sync.reports.settings import ReportSettings
from ers_sync.stand.line import Line, Options, hospital, insert, open_line, update, woman
from ers_sync.stand.postgres import PrivatePostgres
from ers_sync.stand.reference import create_reference_schema
from ers_sync.watching import figures, find
from jobs.report import settings as report_settings

REACH = 1.2
SETTINGS = {
    "shared_buffers": "512MB",
    "maintenance_work_mem": "256MB",
    "max_wal_size": "4GB",
    "wal_level": "minimal",
    "max_wal_senders": "0",
}
WOMEN = 200  # of РАМ: the work before both ledgers
CHANGED = 100  # rows of РАМ between two scans
HISTORY = (Path(__file__).parent / "history.sql").read_text(encoding="utf-8")


@dataclass(frozen=True, slots=True)
class Side:
    """One of the two ledgers, and how many requests of it are finished."""

    line: Line
    rows: int


@contextmanager
def ledger(postgres: PrivatePostgres, rows: int) -> Iterator[Side]:
    """Yield a line whose ledger has so many finished requests, and the same unfinished ones as any other."""
    ram, own = postgres.create_database(f"ram_{rows}"), postgres.create_database(f"ledger_{rows}")
    create_reference_schema(ram)
    with psycopg2.connect(ram) as connection, connection.cursor() as cursor:
        cursor.execute("".join(map(hospital, range(1, 21))))
    changes = {"pull": {"per_minute": 30}}
    with tempfile.TemporaryDirectory() as folder, open_line(Path(folder), ram, own, Options(changes=changes)) as line:
        line.ram("".join(map(_woman, range(1, WOMEN + 1))))
        line.run("scan")
        began = time.perf_counter()
        with psycopg2.connect(own) as connection, connection.cursor() as cursor:
            cursor.execute(HISTORY, {"rows": rows})
        maintained(own)
        print(
            f"history: {rows} finished requests and exchanges, made in {time.perf_counter() - began:.0f} s", flush=True
        )
        yield Side(line, rows)


def maintained(dsn: str) -> None:
    """Do what autovacuum does."""
    connection = psycopg2.connect(dsn)
    connection.autocommit = True
    with connection.cursor() as cursor:
        cursor.execute("vacuum analyze")
    connection.close()


def _woman(id_: int) -> str:
    exam = {"pregnancy_id": id_, "organization_id": 1 + id_ % 20, "deleted": False}
    return (
        woman(id_)
        + insert("pregnancy", id=id_, patient_id=id_, organization_id=1 + id_ % 20, fetus_count=1)
        + insert("exam", id=2 * id_, kind="primary", examined_at="2026-01-12 10:00", gestation_days=60, **exam)
        + insert("exam", id=2 * id_ + 1, kind="repeat", examined_at="2026-02-12 10:00", gestation_days=91, **exam)
    )


def operations() -> dict[str, Callable[[Side], None]]:
    """Return what is timed, by name."""

    def rolled_back(work: Callable[[Connection], object]) -> Callable[[Side], None]:
        def run(side: Side) -> None:
            with side.line.context.ledger.connect() as connection:
                work(connection)
                connection.rollback()

        return run

    def moved(connection: Connection) -> None:
        for claimed in requests.claim_ready(connection, 4, 60):
            assert requests.move(connection, claimed.id, State.READY, Step(State.SENDING), token=claimed.token)

    def polled(connection: Connection) -> None:
        for claimed in requests.claim_waiting(connection, State.REGISTERED, 4, 60):
            assert requests.move(connection, claimed.id, State.REGISTERED, Step(State.DONE), token=claimed.token)

    def begun(connection: Connection) -> None:
        job_runs.finish(connection, job_runs.begin(connection, "submit", 60), succeeded=True, summary={})

    def watched(side: Side) -> None:
        context = side.line.context
        with context.ledger.connect() as connection:
            list(find.present(context, connection))
        figures.write(context)

    return {
        "claim": rolled_back(moved),
        "poll": rolled_back(polled),
        "to_ask": rolled_back(lambda connection: certificates.to_ask(connection, 30)),
        "job": rolled_back(begun),
        "watch": watched,
        "scan": lambda side: side.line.run("scan") and None,
        **{f"report_{by}": _report(by) for by in ("mo", "doctor", "patient", "log")},
    }


def _report(by: str) -> Callable[[Side], None]:
    def write(side: Side) -> None:
        today = datetime.now(UTC).date()
        for subject in ("sent",) if by == "log" else ("sent", "received"):
            order = Order(today, today, by=by, period="day", subject=subject)
            write_on_demand(side.line.context.ledger, _settings(side), datetime.now(UTC), order)

    return write


def _settings(side: Side) -> ReportSettings:
    return report_settings(side.line.context)


def timed(work: Callable[[Side], None], side: Side) -> float:
    began = time.perf_counter()
    work(side)
    return time.perf_counter() - began


def changed(side: Side, turn: int) -> None:
    """Change what a tick of the scan will see."""
    side.line.ram("".join(update("patient", id_, address=f"ул. {turn}") for id_ in range(1, CHANGED + 1)))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, nargs=2)
    parser.add_argument("--quick", action="store_true")
    options = parser.parse_args()
    sizes = options.rows or ((10_000, 100_000) if options.quick else (100_000, 1_000_000))
    with PrivatePostgres(durable=False, settings=SETTINGS) as postgres, ExitStack() as stack:
        small, large = (stack.enter_context(ledger(postgres, rows)) for rows in sizes)
        for name, work in operations().items():
            seconds: dict[Side, list[float]] = {small: [], large: []}
            for turn in range(22 if name in {"claim", "poll", "job", "to_ask", "watch"} else 12):
                for side in (small, large) if turn % 2 else (large, small):
                    if name == "scan":
                        changed(side, turn)
                    taken = timed(work, side)
                    if turn:
                        seconds[side].append(taken)
            before, after = (1000 * statistics.median(seconds[side]) for side in (small, large))
            figures_ = f"{before:.1f} ms at {small.rows}, {after:.1f} ms at {large.rows}"
            print(f"history_{name}: {figures_}, ratio {after / before:.2f} (reach: ≤ {REACH})", flush=True)


if __name__ == "__main__":
    main()
