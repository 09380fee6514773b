"""The daemon: APScheduler is its clock, PostgreSQL its memory. What was missed while it was down runs once at the start."""

from __future__ import annotations

import gc
import logging
import os
import signal
from datetime import UTC, datetime, timedelta
from time import monotonic, sleep

from apscheduler.events import EVENT_JOB_ERROR, EVENT_JOB_MAX_INSTANCES, EVENT_JOB_MISSED, JobEvent
from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.base import BaseTrigger
from apscheduler.triggers.cron import CronTrigger
from apscheduler.triggers.interval import IntervalTrigger

from ers_sync.context import Context
from ers_sync.ledger import database, job_runs
from ers_sync.ops import sd_notify
from ers_sync.ops.logging_setup import event
from ers_sync.running import in_hand, moved_since, newly_hung, run_job
from jobs import JOBS

SUBMIT_SECONDS = 2.0  # the pause after a queue was found empty
STILL_SECONDS = 180.0  # `watch` alone runs every minute: a daemon in which no job begins or ends for so long is stuck
CLOCK_STEP = timedelta(minutes=1)
LOOK_SECONDS = 0.05
TICK_SECONDS = 10.0
DAILY = {"report", "sweep"}  # the others are due again while they run, in the ordinary course

log = logging.getLogger(__name__)


def run(context: Context) -> None:
    """Run until SIGTERM or SIGINT, then let what is in hand finish within `stop_grace_seconds`.

    Raises:
        LedgerError: the ledger is not prepared.
    """
    database.require_schema(context.ledger)
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: _stop(context))
    scheduler = _scheduler(context)
    set_apart()
    scheduler.start()
    event(log, logging.INFO, "daemon.started", mode=context.config.mode, hospitals=len(context.rules.hospitals))
    sd_notify.ready()
    _wait(context, scheduler)
    sd_notify.stopping()
    event(log, logging.INFO, "daemon.stopping")
    scheduler.shutdown(wait=False)
    left = _let_finish(context.config.stop_grace_seconds)
    if left:
        # a socket that hangs must not hold the stop: what is under way is on record, and is asked about by `reconcile`
        event(log, logging.WARNING, "daemon.left_in_hand", jobs=",".join(sorted(left)))
        logging.shutdown()
        os._exit(0)
    event(log, logging.INFO, "daemon.stopped")


def set_apart() -> None:
    """Have the collector of garbage pass over what is there by now and stays for ever: going through it took a tenth of a compare."""
    gc.collect()
    gc.freeze()


def _let_finish(seconds: float) -> list[str]:
    """Wait until no job runs, for so many seconds at most, and return the names of those that still do."""
    ends = monotonic() + seconds
    while (left := in_hand()) and monotonic() < ends:
        sleep(LOOK_SECONDS)
    return left


def triggers(context: Context) -> dict[str, BaseTrigger]:
    """Return when each job runs; clock times are in the region's zone."""
    schedule, zone = context.config.schedule, context.config.timezone
    return {
        "scan": IntervalTrigger(minutes=schedule.scan_minutes),
        "submit": IntervalTrigger(seconds=min(SUBMIT_SECONDS, schedule.poll_seconds)),
        "poll": IntervalTrigger(seconds=schedule.poll_seconds),
        "reconcile": IntervalTrigger(minutes=schedule.reconcile_minutes),
        "pull": IntervalTrigger(minutes=1),
        "watch": IntervalTrigger(minutes=1),
        "report": CronTrigger(hour=schedule.report_at.hour, minute=schedule.report_at.minute, timezone=zone),
        "sweep": CronTrigger(hour=schedule.sweep_at.hour, minute=schedule.sweep_at.minute, timezone=zone),
    }


def _scheduler(context: Context) -> BackgroundScheduler:
    """Return a scheduler in which no job is lost: any lateness is forgiven, runs that pile up become one, none overlaps itself."""
    # failures are told by `run_job`; the library's own record would quote the exception
    logging.getLogger("apscheduler").setLevel(logging.CRITICAL)
    scheduler = BackgroundScheduler(
        executors={"default": ThreadPoolExecutor(len(JOBS))},
        job_defaults={"misfire_grace_time": None, "coalesce": True, "max_instances": 1},
        timezone=context.config.timezone,
    )
    when = triggers(context)
    missed = _missed(context, when)
    for name in JOBS:
        first = {"next_run_time": datetime.now(UTC)} if name in missed else {}
        scheduler.add_job(run_job, when[name], args=[context, name], id=name, **first)
    scheduler.add_listener(_listen, EVENT_JOB_ERROR | EVENT_JOB_MISSED | EVENT_JOB_MAX_INSTANCES)
    return scheduler


def _missed(context: Context, when: dict[str, BaseTrigger]) -> set[str]:
    """Return the jobs to run at once: those on an interval, the full compare, and those whose hour passed since they last ended well."""
    with context.ledger.connect() as connection:
        last = job_runs.last_successes(connection)
    now = datetime.now(UTC)
    found = set()
    for name, trigger in when.items():
        due = trigger.get_next_fire_time(None, last.get(name, now - timedelta(days=1)))
        if name == "sweep" or isinstance(trigger, IntervalTrigger) or (due is not None and due <= now):
            found.add(name)
    return found


def _listen(happened: JobEvent) -> None:
    if happened.code == EVENT_JOB_MISSED:
        event(log, logging.ERROR, "job.missed", job=happened.job_id)
    elif happened.code == EVENT_JOB_MAX_INSTANCES and happened.job_id in DAILY:
        event(log, logging.WARNING, "job.still_running", job=happened.job_id)


def _wait(context: Context, scheduler: BackgroundScheduler) -> None:
    """Wait for the signal to stop, and tell of jobs that hang.

    A clock that was set makes the intervals start anew, else they would wait for the old time.
    """
    wall, steady = _now(), monotonic()
    while not context.stopping.wait(TICK_SECONDS):
        if moved_since(monotonic() - STILL_SECONDS):
            sd_notify.watchdog()
        for run in newly_hung(monotonic()):
            event(log, logging.ERROR, "job.hung", job=run.job, seconds=round(run.longest_seconds))
        before, wall, steady_before, steady = wall, _now(), steady, monotonic()
        step = (wall - before) - timedelta(seconds=steady - steady_before)
        if abs(step) > CLOCK_STEP:
            event(log, logging.WARNING, "clock.stepped", seconds=round(step.total_seconds()))
            for name, trigger in triggers(context).items():
                scheduler.reschedule_job(name, trigger=trigger)


def _now() -> datetime:
    return datetime.now(UTC)


def _stop(context: Context) -> None:
    context.stopping.set()
