"""The scheduled jobs: one small file each, which reads top to bottom. `SCHEDULE` says when each runs.

A job is a function of the context that returns a summary for its row in `ers.job_run`. Some are alone on the whole ledger (a session
advisory lock); the others share the work by leases.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from ers_sync.context import Context
from jobs import poll, pull, reconcile, report, scan, submit, sweep, watch

Summary = Mapping[str, object]

HOUR = 3600.0


@dataclass(frozen=True, slots=True)
class Job:
    """A job; those with the same `lock` never run at once on a ledger: the later gives way, or `waits` for its turn.

    `talks` ones need the Fund and rest in `mode: dry`. One that lasts longer than `longest_seconds` hangs, and somebody is told.
    """

    name: str
    run: Callable[[Context], Summary]
    talks: bool
    longest_seconds: float = HOUR
    lock: str | None = None
    waits: bool = False


JOBS: Mapping[str, Job] = {
    job.name: job
    for job in (
        Job("scan", scan.run, talks=False, lock="scan"),
        Job("submit", submit.run, talks=True),
        Job("poll", poll.run, talks=True),
        Job("reconcile", reconcile.run, talks=True),
        Job("pull", pull.run, talks=True, lock="pull"),
        Job("report", report.run, talks=False, lock="report"),
        Job("sweep", sweep.run, talks=False, longest_seconds=3 * HOUR, lock="scan", waits=True),
        Job("watch", watch.run, talks=False, longest_seconds=10 * 60.0, lock="watch"),
    )
}
