"""Stopping and starting: a socket that hangs holds no stop, several daemons do no harm, a job that hangs is told of."""

from __future__ import annotations

import logging
import threading
import time
from datetime import UTC, datetime, timedelta

import pytest
from apscheduler.triggers.base import BaseTrigger

import jobs
from ers_sync import daemon, running
from ers_sync.clock import Clock
from ers_sync.config import load
from ers_sync.context import build
from ers_sync.stand.line import Line
from jobs import Job
from tests.faults.conftest import OpenLine, StartDaemon
from tests.faults.support import NOW, QUICK, later, ready_case, ready_cases, settle, until


def test_a_socket_that_hangs_does_not_hold_the_stop(open_a_line: OpenLine, start_daemon: StartDaemon) -> None:
    patient = {"connect_seconds": 10, "read_seconds": 100, "total_seconds": 120}
    line = open_a_line(changes=QUICK | {"fss": {"timeouts": patient}})
    case = ready_case(line)
    line.fund.behave({"behaviour": "never_answer", "accept": True, "operations": ["putVisit"]})
    started = start_daemon(line)
    until(case.book, "the put at the Fund", seconds=60)

    began = time.monotonic()
    started.stop(seconds=60)

    assert started.exit_code == 0
    assert time.monotonic() - began < 30  # the exchange itself would last for 100
    assert case.state()[0] == "SENDING"
    line.fund.behave()
    later(line, hours=26)
    settle(line)
    assert case.once()
    assert len(case.exchanges()) == 1


def test_three_daemons_one_of_them_killed(line: Line, start_daemon: StartDaemon) -> None:
    cases = ready_cases(line, 12, organizations=(1, 2))
    first, *others = [start_daemon(line) for _ in range(3)]
    until(line.book, "the daemons at work", seconds=60)
    first.kill()
    until(lambda: sum(case.state()[0] == "DONE" for case in cases) >= 8, "most of it done", seconds=60)
    for other in others:
        other.stop()
    later(line, hours=26)
    settle(line)
    assert all(case.once() for case in cases)


@pytest.mark.parametrize("waits", [False, True], ids=["gives way", "waits"])
def test_of_two_daemons_one_runs_a_job_that_is_to_run_alone(
    open_a_line: OpenLine, monkeypatch: pytest.MonkeyPatch, waits: bool
) -> None:
    """As when a second daemon was started by mistake: it has no more than the configuration in common with the first."""
    line = open_a_line()
    other = build(load(line.config), Clock(NOW))
    begun, released = threading.Semaphore(0), threading.Event()

    def work(_: object) -> dict[str, object]:
        begun.release()
        return {"released": released.wait(60)}

    monkeypatch.setitem(jobs.JOBS, "scan", Job("scan", work, talks=False, lock="scan", waits=waits))
    ended: list[object] = []
    first, second = (
        threading.Thread(target=lambda context=context: ended.append(running.run_job(context, "scan")))
        for context in (line.context, other)
    )
    first.start()
    assert begun.acquire(timeout=60)
    second.start()
    if waits:
        waiting = "select 1 from pg_locks where locktype = 'advisory' and not granted"
        until(lambda: line.ledger(waiting), "the second daemon waiting")
        released.set()
        assert begun.acquire(timeout=60)
    else:
        second.join()
        assert ended == [None]
        released.set()
    for thread in (first, second):
        thread.join()
    assert not begun.acquire(blocking=False)
    assert [run["succeeded"] for run in line.ledger("select succeeded from ers.job_run")] == [True] * (1 + waits)
    other.close()


def test_a_job_that_hangs_is_told_of_once_and_the_others_go_on(
    open_a_line: OpenLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    line = open_a_line()
    released = threading.Event()
    hanging = Job("pull", lambda _: {"released": released.wait(60)}, talks=True, longest_seconds=5.0, lock="pull")
    monkeypatch.setitem(jobs.JOBS, "pull", hanging)
    thread = threading.Thread(target=running.run_job, args=(line.context, "pull"))
    thread.start()
    until(lambda: running.in_hand() == ["pull"], "the job at work")
    now = time.monotonic()
    assert running.newly_hung(now) == []
    assert [run.job for run in running.newly_hung(now + 6)] == ["pull"]
    assert running.newly_hung(now + 7) == []
    case = ready_case(line)
    settle(line)
    assert case.once()
    released.set()
    thread.join()
    assert running.in_hand() == []


def test_the_daemon_says_that_a_job_hangs(
    open_a_line: OpenLine, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    context = open_a_line().context
    monkeypatch.setattr(daemon, "newly_hung", lambda _: [running.Running("scan", 5.0, 0.0)])
    looked = iter([False, True])
    monkeypatch.setattr(context.stopping, "wait", lambda _: next(looked))
    caplog.set_level(logging.ERROR)
    daemon._wait(context, None)
    assert [(r.message, r.__dict__["fields"]) for r in caplog.records] == [("job.hung", {"job": "scan", "seconds": 5})]


@pytest.mark.parametrize("step", [timedelta(hours=1), timedelta(hours=-1), timedelta(days=1), timedelta(days=-1)])
def test_a_clock_that_steps_starts_the_intervals_anew(
    open_a_line: OpenLine, monkeypatch: pytest.MonkeyPatch, step: timedelta
) -> None:
    context = open_a_line().context
    real = datetime.now(UTC)
    told = iter([real, real + step, real + step, real + step, real + step, real + step])
    monkeypatch.setattr(daemon, "_now", lambda: next(told))
    looked = iter([False, False, True])
    monkeypatch.setattr(context.stopping, "wait", lambda _: next(looked))
    rescheduled: dict[str, int] = {}

    class Scheduler:
        def reschedule_job(self, name: str, trigger: BaseTrigger) -> None:
            assert trigger is not None
            rescheduled[name] = rescheduled.get(name, 0) + 1

    daemon._wait(context, Scheduler())
    assert rescheduled == dict.fromkeys(daemon.triggers(context), 1)


@pytest.mark.parametrize(("ended", "runs"), [("now() - interval '25 hours'", True), ("now()", False), (None, True)])
def test_a_daily_job_that_was_missed_runs_once_at_the_start(
    open_a_line: OpenLine, ended: str | None, runs: bool
) -> None:
    context = open_a_line().context
    line_runs = {"report"} if runs else set()
    if ended:
        with context.ledger.begin() as connection:
            connection.exec_driver_sql(
                f"insert into ers.job_run (job, ended_at, succeeded) values ('report', {ended}, true)"  # noqa: S608
            )
    missed = daemon._missed(context, daemon.triggers(context))
    assert missed & {"report"} == line_runs
    assert {"scan", "submit", "poll", "reconcile", "pull", "sweep"} <= missed


def test_a_failing_run_is_on_record_and_one_that_was_cut_off_is_given_up(
    open_a_line: OpenLine, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    line = open_a_line()

    def fail(_: object) -> dict[str, object]:
        raise RuntimeError

    monkeypatch.setitem(jobs.JOBS, "poll", Job("poll", fail, talks=True))
    line.ledger("insert into ers.job_run (job, started_at) values ('poll', now() - interval '1 day'), ('poll', now())")
    with pytest.raises(RuntimeError):
        line.run("poll")
    found = line.ledger("select succeeded, summary from ers.job_run where job = 'poll' order by id")
    assert [(row["succeeded"], row["summary"]) for row in found] == [
        (False, {"error": "Interrupted"}),
        (None, None),
        (False, {"error": "RuntimeError"}),
    ]
    assert [record.message for record in caplog.records if record.levelno >= logging.ERROR] == ["job.failed"]
    monkeypatch.undo()
    assert line.run("poll") is not None
