"""The scheduled jobs: one small file each, which reads top to bottom. `SCHEDULE` says when each runs.

A job is a function of the context that returns a summary for its row in `ers.job_run`. Singletons are alone on the whole ledger (a
session advisory lock); the others share the work by leases.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from ers_sync.context import Context
from jobs import poll, pull, reconcile, report, scan, submit, sweep

Summary = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Job:
    """A job; `singleton` ones run once at a time on a ledger, `talks` ones need the Fund and rest in `mode: dry`."""

    name: str
    run: Callable[[Context], Summary]
    singleton: bool
    talks: bool


JOBS: Mapping[str, Job] = {
    job.name: job
    for job in (
        Job("scan", scan.run, singleton=True, talks=False),
        Job("submit", submit.run, singleton=False, talks=True),
        Job("poll", poll.run, singleton=False, talks=True),
        Job("reconcile", reconcile.run, singleton=False, talks=True),
        Job("pull", pull.run, singleton=True, talks=True),
        Job("report", report.run, singleton=True, talks=False),
        Job("sweep", sweep.run, singleton=True, talks=False),
    )
}
