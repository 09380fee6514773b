"""The real submitter draining a backlog, against the bound that the Fund's own pace sets: workers / seconds per answer.

    .venv/bin/python -m benchmarks.drain [--quick] [--backlog 100000] [--seconds 15] [--workers 1 2 4 8] [--provider engine|rsa]

A gateway in another process answers every put after 50 ms. Each figure is requests acknowledged per second of a run that is cut off
after `--seconds`, with most of the backlog still there, so every claim is one on a full table. `cpu` is what the daemon's process used,
in ms a request. What a plain socket needs for an exchange with that gateway is told as well: nobody comes nearer to the bound.
"""

from __future__ import annotations

import socket
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import psycopg2

from benchmarks.gateway import acknowledgements, gateway
from benchmarks.measuring import arguments, tell
from ers_sync.context import Context
from ers_sync.ledger import database
from ers_sync.running import run_job
from ers_sync.stand.line import Line, Options, hospital, insert, ogrn, open_line, snils, woman
from ers_sync.stand.postgres import PrivatePostgres
from ers_sync.stand.reference import create_reference_schema

ANSWER_SECONDS = 0.05
BARE, WARM_SECONDS = 40, 2.0
DURABLE = {"synchronous_commit": "on", "max_connections": "100"}

_CLONE = """
insert into ers.pregnancy (id, patient_id, organization_id, snils, ers_number, is_open, ask_after)
select 1000 + n, 1000 + n, 1 + n % {hospitals}, null, lpad((7200000000 + n)::text, 10, '0'), true, 'infinity'
from generate_series(1, {women}) n;
insert into ers.request (
    kind, subject, revision, source, organization_id, pregnancy_id, event_on, deadline, state, content, content_hash, identity)
select r.kind, 'bench:' || n, 1, 'exam:' || 1000000 + n, 1 + n % {women} % {hospitals}, 1001 + n % {women}, r.event_on,
       now() + (n % 1000) * interval '1 hour', 'READY', r.content, r.content_hash, r.identity
from generate_series(0, {backlog} - 1) n, (select * from ers.request where kind = 'put_visit' limit 1) r;
update ers.request set due_at = 'infinity' where subject not like 'bench:%';
analyze ers.request; analyze ers.pregnancy
"""


@contextmanager
def backlog(provider: str, hospitals: int, postgres: PrivatePostgres) -> Iterator[Line]:
    """Yield a line over an empty РАМ of so many hospitals."""
    ram, ledger = postgres.create_database("ram"), postgres.create_database("ledger")
    create_reference_schema(ram)
    with psycopg2.connect(ram) as connection, connection.cursor() as cursor:
        cursor.execute("".join(map(hospital, range(1, hospitals + 1))))
    seed = {
        "certificates": [
            {
                "ers_number": "7100000001",
                "snils": snils(1),
                "ogrn": ogrn(2),
                "create_date": "2026-01-12",
                "status": "OPEN",
                "tickets": [],
            }
        ]
    }
    changes = {"fss": {"profile": {"certificate_placement": "sender"}}}
    options = Options(provider, seed=seed, changes=changes, fund_profile={})
    with tempfile.TemporaryDirectory() as folder, open_line(Path(folder), ram, ledger, options) as line:
        yield line


def fill(line: Line, many: int, hospitals: int) -> None:
    """Make one visit ready by the real jobs, and as many copies of it as told."""
    exam = {"pregnancy_id": 1, "organization_id": 1, "deleted": False}
    line.ram(
        woman(1)
        + insert("pregnancy", id=1, patient_id=1, organization_id=1, fetus_count=1)
        + insert("exam", id=1, kind="primary", examined_at="2026-01-12 10:00", gestation_days=60, **exam)
        + insert("exam", id=2, kind="repeat", examined_at="2026-02-12 10:00", gestation_days=91, **exam)
    )
    line.run("scan")
    line.ledger("update ers.request set state = 'READY', reason = null where kind = 'put_visit'")
    for statement in _CLONE.format(hospitals=hospitals, women=1000, backlog=many).split(";"):
        line.ledger(statement)


def drained(context: Context, seconds: float) -> tuple[int, float, float]:
    """Run the submitter for so long; return (requests acknowledged, seconds, the process's CPU seconds)."""
    context.stopping.clear()
    timer = threading.Timer(seconds, context.stopping.set)
    began, used = time.perf_counter(), time.process_time()
    timer.start()
    summary = run_job(context, "submit") or {}
    timer.cancel()
    context.stopping.clear()
    return int(summary.get("REGISTERED", 0)), time.perf_counter() - began, time.process_time() - used  # type: ignore[call-overload]


def by_socket(url: str, shown: bytes) -> float:
    """Return the seconds that an exchange takes by a plain socket, with a message of a visit's size."""
    host, port = url.removeprefix("http://").strip("/").split(":")
    body = b"<ds:X509Certificate>" + shown + b"<" + bytes(6000)
    began = time.perf_counter()
    for _ in range(BARE):
        with socket.create_connection((host, int(port))) as connection:
            connection.sendall(b"POST / HTTP/1.1\r\nContent-Length: %d\r\n\r\n" % len(body) + body)
            connection.recv(65536)
    return (time.perf_counter() - began) / BARE


def with_workers(context: Context, workers: int, url: str) -> Context:
    """Return the same context with so many workers, and the Fund at another address."""
    config = context.config
    endpoint = config.fss.endpoints[0].model_copy(update={"url": url})
    schedule = config.schedule.model_copy(update={"submit_workers": workers})
    changed = config.model_copy(
        update={"fss": config.fss.model_copy(update={"endpoints": (endpoint,)}), "schedule": schedule}
    )
    dsn = context.ledger.url.render_as_string(hide_password=False)
    ledger = database.connect(dsn, connections=workers + 6)
    single = database.connect(dsn, connections=workers + 6, autocommit=True)
    return replace(context, config=changed, ledger=ledger, single=single)


def main() -> None:
    parser = arguments(__doc__)
    parser.add_argument("--backlog", type=int)
    parser.add_argument("--seconds", type=float)
    parser.add_argument("--workers", type=int, nargs="+", default=[1, 2, 4, 8])
    parser.add_argument("--provider", default="engine")
    parser.add_argument("--hospitals", type=int, default=20)
    options = parser.parse_args()
    many = options.backlog or (5_000 if options.quick else 100_000)
    lasting = options.seconds or (4.0 if options.quick else 15.0)
    with (
        PrivatePostgres(durable=True, settings=DURABLE) as postgres,
        backlog(options.provider, options.hospitals, postgres) as line,
    ):
        fill(line, many, options.hospitals)
        sent = sum(options.workers) / ANSWER_SECONDS * (lasting + WARM_SECONDS)
        needed = int(sent * 1.2 / options.hospitals) + 200 + BARE
        ogrns = [ogrn(id_) for id_ in range(1, options.hospitals + 1)]
        canned = acknowledgements(line.context, line.config.parent / "fund" / "keys", ogrns, "putVisit", needed)
        with gateway(canned, ANSWER_SECONDS) as url:
            bare = by_socket(url, next(iter(canned)))
            print(
                f"drain: a plain socket takes {1000 * bare:.1f} ms, {ANSWER_SECONDS / bare:.2f} of the bound",
                flush=True,
            )
            for workers in options.workers:
                context = with_workers(line.context, workers, url)
                drained(context, WARM_SECONDS)  # the Fund's description, keys, connections
                done, seconds, cpu = drained(context, lasting)
                bound = workers / ANSWER_SECONDS
                rate, cost = done / seconds, 1000 * cpu / done
                told = f"{workers} workers ({options.provider}), {rate:.1f}/s of {bound:.0f}/s, CPU {cost:.1f} ms a request"
                tell("drain", told, rate / bound, "≥ 0.9")


if __name__ == "__main__":
    main()
