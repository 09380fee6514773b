"""The outboxes that ours is held against: procrastinate and pgqueuer, a no-op for a handler, one acknowledgement a message.

Each `drain` runs as many workers as told for so many seconds, in one process, and returns messages a second.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress

import asyncpg
import procrastinate
import psycopg2
from pgqueuer.core.qm import QueueManager
from pgqueuer.db import AsyncpgDriver
from pgqueuer.models import Job
from pgqueuer.queries import Queries

WARM_SECONDS = 0.5

_PROCRASTINATE = """
insert into procrastinate_jobs (queue_name, task_name, args, status, attempts)
select 'bench', 'noop', jsonb_build_object('n', n), 'succeeded', 1 from generate_series(1, %s) n
"""
_PROCRASTINATE_MORE = """
insert into procrastinate_jobs (queue_name, task_name, args)
select 'bench', 'noop', jsonb_build_object('n', n) from generate_series(1, %s) n
"""
_PGQUEUER = """
insert into pgqueuer_log (job_id, status, priority, entrypoint, aggregated)
select n, 'successful', 0, 'noop', true from generate_series(1, %s) n
"""
_PGQUEUER_MORE = """
insert into pgqueuer (priority, status, entrypoint, payload, created, updated, heartbeat, execute_after)
select 0, 'queued', 'noop', null, now(), now(), now(), now() from generate_series(1, %s) n
"""


def execute(dsn: str, *statements: tuple[str, tuple[object, ...]]) -> None:
    """Run statements, each a transaction of its own: `vacuum` wants none around it."""
    connection = psycopg2.connect(dsn)
    connection.autocommit = True
    with connection.cursor() as cursor:
        for statement, values in statements:
            cursor.execute(statement, values or None)
    connection.close()


class Procrastinate:
    """Its workers are tasks of one event loop that share a pool of connections; finished jobs stay in the table, as they do by default."""

    def prepare(self, dsn: str, history: int) -> None:
        app = procrastinate.App(connector=procrastinate.PsycopgConnector(conninfo=dsn))

        async def install() -> None:
            async with app.open_async():
                await app.schema_manager.apply_schema_async()

        asyncio.run(install())
        execute(dsn, (_PROCRASTINATE, (history,)), ("vacuum analyze", ()))

    def refill(self, dsn: str, many: int) -> None:
        execute(dsn, (_PROCRASTINATE_MORE, (many,)), ("vacuum analyze procrastinate_jobs", ()))

    def drain(self, dsn: str, workers: int, seconds: float) -> float:
        connector = procrastinate.PsycopgConnector(conninfo=dsn, min_size=workers, max_size=workers + 2)
        app = procrastinate.App(connector=connector)
        done = [0]

        @app.task(name="noop", queue="bench")
        async def noop(n: int) -> None:  # noqa: ARG001 - what a job of theirs is given
            done[0] += 1

        async def run() -> float:
            async with app.open_async():
                worker = app.run_worker_async(concurrency=workers, wait=True, install_signal_handlers=False)
                return await _measured(worker, done, seconds)

        return asyncio.run(run())


class Pgqueuer:
    """A queue manager with a connection of its own for every worker; a batch of one, so that each message is acknowledged by itself."""

    def prepare(self, dsn: str, history: int) -> None:
        async def install() -> None:
            connection = await asyncpg.connect(dsn)
            await Queries(AsyncpgDriver(connection)).install()
            await connection.close()

        asyncio.run(install())
        execute(dsn, (_PGQUEUER, (history,)), ("vacuum analyze", ()))

    def refill(self, dsn: str, many: int) -> None:
        execute(dsn, (_PGQUEUER_MORE, (many,)), ("vacuum analyze pgqueuer", ()))

    def drain(self, dsn: str, workers: int, seconds: float) -> float:
        done = [0]

        async def run() -> float:
            managers = []
            for _ in range(workers):
                manager = QueueManager(Queries(AsyncpgDriver(await asyncpg.connect(dsn))))

                @manager.entrypoint("noop")
                async def noop(_: Job) -> None:
                    done[0] += 1

                managers.append(manager)

            async def all_of_them() -> None:
                await asyncio.gather(*(manager.run(batch_size=1) for manager in managers))

            def stop() -> None:
                for manager in managers:
                    manager.shutdown.set()

            return await _measured(all_of_them(), done, seconds, stop)

        return asyncio.run(run())


async def _measured(
    work: Awaitable[None], done: list[int], seconds: float, stop: Callable[[], None] | None = None
) -> float:
    """Let the workers run, and return how many messages a second they did after a moment's warming up."""
    task = asyncio.ensure_future(work)
    await asyncio.sleep(WARM_SECONDS)
    began, before = time.perf_counter(), done[0]
    await asyncio.sleep(seconds)
    rate = (done[0] - before) / (time.perf_counter() - began)
    if stop is None:
        task.cancel()
    else:
        stop()
    with suppress(asyncio.CancelledError):
        await task
    return rate
