"""Runs one job: alone where it must be, on record, and with its failure said aloud instead of passed on."""

from __future__ import annotations

import logging
from collections.abc import Mapping

from ers_sync.context import Context
from ers_sync.ledger import job_runs
from ers_sync.ops.logging_setup import event
from jobs import JOBS, Job

log = logging.getLogger(__name__)


def run_job(context: Context, name: str) -> Mapping[str, object] | None:
    """Run a job by its name and return its summary; None if it was not its turn (another runs it, or `mode: dry`).

    Raises:
        Exception: whatever the job raised, after it was put on record.
    """
    job = JOBS[name]
    if job.talks and context.config.mode == "dry":
        return None
    if job.lock is None:
        return _recorded(context, job)
    with job_runs.alone(context.ledger, job.lock, wait=job.waits) as locked:
        return _recorded(context, job) if locked else None


def _recorded(context: Context, job: Job) -> Mapping[str, object]:
    with context.ledger.begin() as connection:
        run_id = job_runs.begin(connection, job.name)
    try:
        summary = job.run(context)
    except Exception as error:
        event(log, logging.ERROR, "job.failed", exc_info=error, job=job.name)
        with context.ledger.begin() as connection:
            job_runs.finish(connection, run_id, succeeded=False, summary={"error": type(error).__name__})
        raise
    with context.ledger.begin() as connection:
        job_runs.finish(connection, run_id, succeeded=True, summary=summary)
    if any(summary.values()):
        event(log, logging.INFO, "job.done", job=job.name, **{key: value for key, value in summary.items() if value})
    return summary
