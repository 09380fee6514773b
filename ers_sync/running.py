"""Runs one job: alone where it must be, on record, and with its failure said aloud before it is passed on."""

from __future__ import annotations

import logging
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from time import monotonic

from ers_sync.checkpoint import reached
from ers_sync.context import Context
from ers_sync.ledger import job_runs, lineage
from ers_sync.ops.logging_setup import event
from jobs import JOBS, Job

log = logging.getLogger(__name__)


@dataclass(slots=True)
class Running:
    """A run that goes on in this process; `began` is monotonic. `told` when it was called hung."""

    job: str
    longest_seconds: float
    began: float
    told: bool = False


_running: dict[int, Running] = {}
_lock = threading.Lock()
_moved = [0.0]  # when a job last began or ended here, monotonic


def run_job(context: Context, name: str) -> Mapping[str, object] | None:
    """Run a job by its name and return its summary; None if it was not its turn (another runs it, or `mode: dry`).

    Raises:
        Exception: whatever the job raised, after it was put on record.
    """
    job = JOBS[name]
    if job.talks and context.config.mode == "dry":
        return None
    run = Running(name, job.longest_seconds, monotonic())
    with _lock:
        _running[id(run)] = run
        _moved[0] = run.began
    try:
        _look_at_ledger(context)
        context.keys.look()
        if job.lock is None:
            return _recorded(context, job)
        with job_runs.alone(context.ledger, job.lock, wait=job.waits) as locked:
            return _recorded(context, job) if locked else None
    except Exception as error:
        event(log, logging.ERROR, "job.failed", exc_info=error, job=name)
        raise
    finally:
        with _lock:
            del _running[id(run)]
            _moved[0] = monotonic()


def in_hand() -> list[str]:
    """Return the names of the jobs that run in this process."""
    with _lock:
        return [run.job for run in _running.values()]


def moved_since(moment: float) -> bool:
    """Tell whether a job has begun or ended in this process since a monotonic moment: a daemon in which none does is stuck."""
    with _lock:
        return _moved[0] >= moment


def newly_hung(now: float) -> list[Running]:
    """Return the runs that have lasted longer than they may by the monotonic time `now`; each is told of once."""
    with _lock:
        found = [run for run in _running.values() if not run.told and now - run.began > run.longest_seconds]
        for run in found:
            run.told = True
    return found


def _look_at_ledger(context: Context) -> None:
    """Notice a ledger that was restored or failed over meanwhile, before anything is done with it."""
    today = context.clock().astimezone(context.config.timezone).date()
    with context.ledger.begin() as connection:
        doubted = lineage.look(connection, today)
    if doubted is not None:
        event(log, logging.ERROR, "ledger.went_back", doubted=doubted)


def _recorded(context: Context, job: Job) -> Mapping[str, object]:
    with context.ledger.begin() as connection:
        run_id = job_runs.begin(connection, job.name, 2 * job.longest_seconds)
    reached("run.begun")
    try:
        summary = job.run(context)
    except Exception as error:
        with context.ledger.begin() as connection:
            job_runs.finish(connection, run_id, succeeded=False, summary={"error": type(error).__name__})
        raise
    with context.ledger.begin() as connection:
        job_runs.finish(connection, run_id, succeeded=True, summary=summary)
    reached("run.ended")
    if any(summary.values()):
        event(log, logging.INFO, "job.done", job=job.name, **{key: value for key, value in summary.items() if value})
    return summary
