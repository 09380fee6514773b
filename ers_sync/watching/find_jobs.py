"""What is wrong with the jobs themselves: one that does not begin, fails again and again, or goes on for ever."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import Connection

from ers_sync.config import Config
from ers_sync.context import Context
from ers_sync.ledger.database import rows
from ers_sync.watching.incident import Code, Incident

MINUTE, HOUR = 60.0, 3600.0
FAILED_RUNS = 3
HUNG_SECONDS = 3 * HOUR  # the longest that any job may take (jobs/__init__.py)
TALKING = frozenset({"submit", "poll", "reconcile", "pull"})  # rest in `mode: dry`


def silences(config: Config) -> dict[str, float]:
    """Return after how many seconds without a beginning each job is late."""
    schedule = config.schedule
    slack = 15 * MINUTE
    found = {
        "scan": 3 * schedule.scan_minutes * MINUTE + slack,
        "submit": HOUR,  # one run lasts as long as there is something to send
        "poll": 3 * schedule.poll_seconds + HOUR,
        "reconcile": 3 * schedule.reconcile_minutes * MINUTE + HOUR,
        "pull": HOUR,
        "report": 26 * HOUR,
        "sweep": 28 * HOUR,
    }
    return {job: seconds for job, seconds in found.items() if config.mode == "live" or job not in TALKING}


def of(context: Context, connection: Connection) -> Iterator[Incident]:
    """Yield what is wrong with jobs; none is called late before the daemon has been up for a while."""
    known = {row.job: row for row in rows(connection, "watch", "jobs")}
    up = bool(rows(connection, "watch", "watched_before")[0].yes)
    for job, longest in silences(context.config).items():
        row = known.get(job)
        if row is None:
            if up and job != "report":  # a new site has no report before its first morning
                yield Incident(Code.JOB_LATE, f"job_late:{job}", f"{job}: за полтора дня не начиналось ни разу")
            continue
        if up and float(row.silent_seconds) > longest and row.running_seconds is None:
            text = f"{job}: последнее начало {float(row.silent_seconds) / HOUR:.1f} ч назад"
            yield Incident(Code.JOB_LATE, f"job_late:{job}", text)
        if float(row.running_seconds or 0) > HUNG_SECONDS:
            text = f"{job}: идёт {float(row.running_seconds) / HOUR:.0f} ч"
            yield Incident(Code.JOB_HUNG, f"job_hung:{job}", text)
        if job == "report" and row.failures:
            yield Incident(Code.REPORT_FAILED, "report_failed", f"неудачных попыток подряд: {row.failures}")
        elif row.failures >= FAILED_RUNS:
            yield Incident(Code.JOB_FAILING, f"job_failing:{job}", f"{job}: ошибок подряд {row.failures}")
