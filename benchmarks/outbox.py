"""Our outbox alone against procrastinate and pgqueuer: messages a second, each with a commit of its own, on one durable PostgreSQL.

    make .venv/bench && .venv/bin/python -m benchmarks.outbox [--quick] [--history 1000000] [--seconds 2] [--workers 1 2 4 8]

Each has a database with that many finished messages, and does nothing with a message but to call it done. Ours claims as
the submitter does, four at a time, with `claim_ready`, and moves each by `requests.move`, a statement that commits itself. The three
take turns; each turn is a process of its own, and the medians are compared.
"""

from __future__ import annotations

import argparse
import statistics
import threading
import time
from multiprocessing import get_context
from multiprocessing.connection import Connection
from typing import Protocol

from benchmarks.peers import WARM_SECONDS, Pgqueuer, Procrastinate, execute
from ers_sync.context import CLAIMED_AT_ONCE
from ers_sync.domain.states import State
from ers_sync.ledger import database, requests
from ers_sync.ledger.requests import Step
from ers_sync.stand.postgres import PrivatePostgres

DURABLE = {"synchronous_commit": "on", "shared_buffers": "256MB"}
BACKLOG = 5_000  # for every second: more than any of them can do

_SCHEMA = "insert into ers.pregnancy (id, is_open) values (1, false)"
_REQUESTS = """
insert into ers.request (kind, subject, source, organization_id, pregnancy_id, event_on, deadline, state, content, ers_number)
select 'put_visit', %s || n, 'exam:' || n, 1 + n %% 20, 1, current_date, now() + n %% 1000 * interval '1 hour', %s,
    '{"visit_date": "2026-01-12", "gestation_days": 91, "note": "самочувствие хорошее"}', '7100000001'
from generate_series(1, %s) n
"""
_OLD = "update ers.request set state = 'CANCELLED', reason = 'superseded' where state = 'READY'"


class Outbox(Protocol):
    """One of the three."""

    def prepare(self, dsn: str, history: int) -> None:
        """Make the tables, and a history of so many finished messages."""

    def refill(self, dsn: str, many: int) -> None:
        """Add so many messages to send."""

    def drain(self, dsn: str, workers: int, seconds: float) -> float:
        """Return messages a second."""


class Ours:
    """The ledger's own functions, a thread a worker."""

    def prepare(self, dsn: str, history: int) -> None:
        engine = database.connect(dsn)
        database.migrate(engine)
        engine.dispose()
        execute(dsn, (_SCHEMA, ()), (_REQUESTS, ("old:", "DONE", history)), ("vacuum analyze", ()))

    def refill(self, dsn: str, many: int) -> None:
        prefix = f"{time.time_ns()}:"
        execute(dsn, (_OLD, ()), (_REQUESTS, (prefix, "READY", many)), ("vacuum analyze ers.request", ()))

    def drain(self, dsn: str, workers: int, seconds: float) -> float:
        engine = database.connect(dsn, connections=workers)
        single = database.connect(dsn, connections=workers, autocommit=True)
        stop, done = threading.Event(), [0] * workers

        def work(number: int) -> None:
            while not stop.is_set():
                with engine.begin() as connection:
                    claimed = requests.claim_ready(connection, CLAIMED_AT_ONCE, 60)
                assert claimed, "the backlog was too small"
                for request in claimed:
                    with single.connect() as connection:
                        step = Step(State.CANCELLED, "superseded")
                        assert requests.move(connection, request.id, State.READY, step, token=request.token)
                    done[number] += 1

        threads = [threading.Thread(target=work, args=(number,)) for number in range(workers)]
        for thread in threads:
            thread.start()
        time.sleep(WARM_SECONDS)
        began, before = time.perf_counter(), sum(done)
        time.sleep(seconds)
        rate = (sum(done) - before) / (time.perf_counter() - began)
        stop.set()
        for thread in threads:
            thread.join()
        engine.dispose()
        single.dispose()
        return rate


OUTBOXES: dict[str, Outbox] = {"ours": Ours(), "procrastinate": Procrastinate(), "pgqueuer": Pgqueuer()}


def turn(name: str, dsn: str, workers: int, seconds: float) -> float:
    """Return messages a second of one outbox, in a process of its own."""
    ours, its = get_context("spawn").Pipe(duplex=False)
    process = get_context("spawn").Process(target=_drain, args=(its, name, dsn, workers, seconds))
    process.start()
    its.close()
    rate: float = ours.recv()
    process.join()
    return rate


def _drain(its: Connection, name: str, dsn: str, workers: int, seconds: float) -> None:
    its.send(OUTBOXES[name].drain(dsn, workers, seconds))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--history", type=int)
    parser.add_argument("--seconds", type=float)
    parser.add_argument("--workers", type=int, nargs="+", default=[1, 2, 4, 8])
    options = parser.parse_args()
    history = options.history or (20_000 if options.quick else 1_000_000)
    seconds, rounds = options.seconds or (1.0 if options.quick else 2.0), 3 if options.quick else 5
    with PrivatePostgres(durable=True, settings=DURABLE) as postgres:
        dsns = {name: postgres.create_database(name) for name in OUTBOXES}
        for name, outbox in OUTBOXES.items():
            outbox.prepare(dsns[name], history)
        for workers in options.workers:
            rates: dict[str, list[float]] = {name: [] for name in OUTBOXES}
            for round_ in range(rounds):
                for name in sorted(OUTBOXES, reverse=bool(round_ % 2)):
                    OUTBOXES[name].refill(dsns[name], int(BACKLOG * (seconds + WARM_SECONDS)))
                    rates[name].append(turn(name, dsns[name], workers, seconds))
            medians = {name: statistics.median(found) for name, found in rates.items()}
            best = max(medians[name] for name in OUTBOXES if name != "ours")
            shown = ", ".join(f"{name} {rate:.0f}/s" for name, rate in medians.items())
            print(f"outbox_{workers}: {shown}, ratio {medians['ours'] / best:.2f} (reach: ≥ 1)", flush=True)


if __name__ == "__main__":
    main()
