"""One campaign: what its seed has planned is done to a small line; at the end everything must be in order."""

from __future__ import annotations

import json
import shutil
import tempfile
from collections import Counter
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from time import monotonic, sleep
from typing import Any

import psycopg2
from sqlalchemy.exc import DBAPIError

from ers_sync.ledger import database
from ers_sync.ledger.database import rows
from ers_sync.stand.daemons import Daemon
from ers_sync.stand.forking import warm_up
from ers_sync.stand.later import pass_time
from ers_sync.stand.line import Line, Options, open_line
from ers_sync.stand.postgres import PrivatePostgres
from ers_sync.stand.reference import create_reference_schema
from ers_sync.stand.soak import history
from ers_sync.stand.soak.plan import Phase, Plan, plan
from ers_sync.stand.soak.verdict import Verdict, judge

NOW = datetime(2026, 3, 16, 7, 0, tzinfo=UTC)  # a Monday, 12:00 in Yekaterinburg
LOOK_SECONDS = 0.1
# what is committed survives a kill of the server, as on a site; that of the machine is not tried here
CLUSTER = {"synchronous_commit": "on", "max_connections": "200"}
PHASE_SECONDS = 8.0  # the longest wait for so many exchanges as the seed says; it ends when nothing is left to do
REST_SECONDS = 120.0
CHANGES = {
    "schedule": {"poll_seconds": 0.4, "scan_minutes": 0.01, "reconcile_minutes": 0.01, "submit_workers": 2},
    "pull": {"per_minute": 6000},
    "fss": {"timeouts": {"connect_seconds": 1, "read_seconds": 1, "total_seconds": 1.5}},
    "stop_grace_seconds": 3,
}

# A tap that stays closed leaves nothing to do but to wait for its probe.
_TO_DO = """
select 1 from ers.request where state in ('READY', 'SENDING', 'UNKNOWN', 'REGISTERED') and due_at <= now() + interval '1 second'
    and not exists (select 1 from ers.outage where ended_at is null and probe_after > now() + interval '1 second')
union all select 1 from ers.rework where not_before <= now() limit 1"""
# Pauses are over. Unlike time that passes this ends no lease, so daemons may be at work.
_HURRY = """
update ers.outage set probe_after = now() where ended_at is null and probe_after > now();
update ers.request set due_at = now() where due_at > now() and state in ('READY', 'UNKNOWN', 'REGISTERED')"""
_SCANNED = "select 1 from ers.job_run where job = 'scan' and succeeded and started_at > :since limit 1"


@dataclass(slots=True)
class Figures:
    """What a campaign did; `faults` by behaviour, `deaths` by how a process died."""

    seed: int
    provider: str
    exchanges: int = 0
    puts: int = 0
    processed: int = 0
    faults: Counter[str] = field(default_factory=Counter)
    deaths: Counter[str] = field(default_factory=Counter)
    verdict: Verdict = field(default_factory=lambda: Verdict(0, 0, ()))

    def plain(self) -> dict[str, Any]:
        """Return the same as JSON takes it."""
        counts = {"exchanges": self.exchanges, "puts": self.puts, "processed": self.processed}
        verdict = {"lost": self.verdict.lost, "doubled": self.verdict.doubled, "problems": list(self.verdict.problems)}
        events = {"faults": dict(self.faults), "deaths": dict(self.deaths)}
        return {"seed": self.seed, "provider": self.provider, **counts, **events, **verdict}


def run(seed: int, postgres: PrivatePostgres, *, provider: str = "rsa") -> Figures:
    """Run one campaign and return what came of it. The same seed makes the same decisions.

    Raises:
        TimeoutError: it did not come to rest.
    """
    folder = Path(tempfile.mkdtemp(prefix=f"ers-soak-{seed}-"))
    names = f"ram_{seed}_{provider}", f"ledger_{seed}_{provider}"
    warm_up()
    with ExitStack() as stack:
        dsns = [postgres.create_database(name) for name in names]
        for name in names:
            stack.callback(postgres.drop_database, name)
        create_reference_schema(dsns[0])
        with psycopg2.connect(dsns[0]) as connection, connection.cursor() as cursor:
            cursor.execute(history.beginning())
        engine = database.connect(dsns[1])
        database.migrate(engine)
        engine.dispose()
        decided = plan(seed, NOW.date())
        line = stack.enter_context(
            open_line(folder, dsns[0], dsns[1], Options(provider, at=NOW, delay=decided.delay, changes=CHANGES))
        )
        # workbooks are not what this is about
        line.ledger("insert into ers.job_run (job, ended_at, succeeded) values ('report', now(), true)")
        campaign = _Campaign(decided, line, postgres, Figures(seed, provider))
        stack.callback(campaign.kill_all)
        campaign.run()
        shutil.rmtree(folder, ignore_errors=True)
        return campaign.figures


class _Campaign:
    def __init__(self, decided: Plan, line: Line, postgres: PrivatePostgres, figures: Figures) -> None:
        self.decided, self.line, self.postgres, self.figures = decided, line, postgres, figures
        self.daemons: list[Daemon] = []
        self.log = line.config.parent / "daemons.log"

    def run(self) -> None:
        for phase in self.decided.phases:
            self._phase(phase)
            if phase.hours:
                self._let_time_pass(timedelta(hours=phase.hours))
        self._rest()
        self.figures.verdict = judge(self.line, json.loads((self.line.config.parent / "seed.json").read_text("utf-8")))
        book = self.line.book()
        self.figures.puts = len(book)
        self.figures.processed = sum(entry["result"] == "PROCESSED" for entry in book)
        self.figures.exchanges = self._exchanges()

    def kill_all(self) -> None:
        for daemon in self.daemons:
            daemon.kill()

    def _phase(self, phase: Phase) -> None:
        self.line.fund.behave(*phase.rules)
        for die_at in phase.die_at[len(self.daemons) :]:
            self.daemons.append(Daemon(self.line.config, NOW, self.log, die_at))
        for step, exchanges in phase.steps:
            self.line.ram(step)
            if exchanges:
                self._until_exchanges(exchanges)
        self._until_exchanges(phase.before)
        self._somebody_dies(phase)
        self._until_exchanges(phase.after)
        self._count_faults()
        self._bury()

    def _somebody_dies(self, phase: Phase) -> None:
        match phase.death:
            case "daemon":
                self._kill(self.daemons[phase.victim % len(self.daemons)])
            case "all":
                for daemon in self.daemons:
                    self._kill(daemon)
            case "fund":
                self._count_faults()
                self.line.fund.kill()
                self.line.fund.start()
                self.figures.deaths["fund"] += 1
            case "postgres":
                self.postgres.kill()
                self.postgres.start()
                self.figures.deaths["postgres"] += 1
            case "stop":
                self.daemons[0].stop()
            case "nobody":
                pass

    def _kill(self, daemon: Daemon) -> None:
        if daemon.alive:
            daemon.kill()
            self.figures.deaths["killed"] += 1

    def _bury(self) -> None:
        """Forget the dead, counting those that died at a checkpoint."""
        for daemon in [daemon for daemon in self.daemons if not daemon.alive]:
            self.daemons.remove(daemon)
            if daemon.die_at and daemon.exit_code == -9:
                self.figures.deaths[f"at {daemon.die_at.partition(':')[0]}"] += 1

    def _let_time_pass(self, time: timedelta) -> None:
        """Let hours pass while nobody is at work: the dead are forgotten, the Fund has processed what it took in."""
        self._bury()
        for daemon in self.daemons:
            self._kill(daemon)
        self.daemons.clear()
        self._count_faults()
        self.line.fund.restart()  # whatever it still had in hand from a connection is in its journal, or lost
        self._until(lambda: self.line.fund.waiting() == 0, REST_SECONDS)
        pass_time(self.line.context.ledger, time)

    def _rest(self) -> None:
        """Let the Fund behave and everything come to rest, by the same jobs; time passes whenever nothing else happens."""
        self._let_time_pass(timedelta(hours=26))
        self.line.fund.behave()
        ends = monotonic() + REST_SECONDS
        while True:
            self.line.run("scan", "pull", "submit", "poll", "reconcile")
            with self.line.context.ledger.connect() as connection:
                if not rows(connection, "requests", "unsettled"):
                    return
            if monotonic() > ends:
                raise TimeoutError(f"not at rest: {self.line.states()}")
            self._until(lambda: self.line.fund.waiting() == 0, REST_SECONDS)
            pass_time(self.line.context.ledger, timedelta(hours=13))

    def _count_faults(self) -> None:
        for rule in self.line.fund.rules():
            self.figures.faults[rule["behaviour"]] += rule["used"]
        self.line.fund.behave()

    def _until_exchanges(self, more: int) -> None:
        """Wait until the daemons have begun so many more exchanges, have nothing left to do, are dead, or have had their time."""
        self._ledger(_HURRY)
        before, since = self._exchanges(), self._ledger("select now() as at")[0]["at"]

        def over() -> bool:
            if not any(daemon.alive for daemon in self.daemons) or self._exchanges() >= before + more:
                return True
            return not self._ledger(_TO_DO) and bool(self._ledger(_SCANNED, since=since))

        self._until(over, PHASE_SECONDS, must=False)

    def _exchanges(self) -> int:
        return int(self._ledger("select count(*) as many from ers.exchange")[0]["many"])

    def _ledger(self, statement: str, **values: object) -> list[dict[str, Any]]:
        try:
            return self.line.ledger(statement, **values)
        except DBAPIError:  # the server was killed: its connections with it
            return self.line.ledger(statement, **values)

    @staticmethod
    def _until(condition: Callable[[], bool], seconds: float, *, must: bool = True) -> None:
        ends = monotonic() + seconds
        while not condition():
            if monotonic() > ends:
                if must:
                    raise TimeoutError
                return
            sleep(LOOK_SECONDS)
