"""The demonstration: a private PostgreSQL, a РАМ, a stand-in Fund over HTTP, and the real jobs until everything has settled.

The service runs as a process of its own, as on a server; the demonstration runs the same jobs beside it, as a second daemon would, since
it cannot wait for the minutes of a schedule.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from ers_sync.clock import Clock
from ers_sync.context import Context
from ers_sync.domain.states import State
from ers_sync.fss.crypto.engine import engine_problem
from ers_sync.ledger.database import rows
from ers_sync.running import run_job
from ers_sync.stand import evidence, expected, site
from ers_sync.stand.fund.process import FundProcess
from ers_sync.stand.fund.settings import Settings as FundSettings
from ers_sync.stand.postgres import PrivatePostgres
from ers_sync.stand.reference import create_reference_schema, run_script
from ers_sync.stand.sample import sample

OUTAGE_SECONDS = 2.0
DELAY_SECONDS = 0.3
LOG = "ers-sync.log"
MARK = ".ers-sync-demo"  # in a folder that a demonstration may empty
PAUSE_SECONDS = 0.2  # between two rounds of the jobs
LOOK_SECONDS = 0.3  # between two looks at how far they are
TELL_SECONDS = 2.0
FEW = 40  # requests: what an outage gathers goes out slowly at first
AHEAD = (State.READY, State.SENDING, State.UNKNOWN)
PATIENTS = {"engine": 300, "pure": 30}
LONGEST_SECONDS = 1800.0

# Pauses that a demonstration cannot wait for; everything else is as a site gets it.
HURRY = {
    "schedule": {"scan_minutes": 1, "reconcile_minutes": 1, "poll_seconds": 1, "submit_workers": 4},
    "pull": {"per_minute": 6000},
}

Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Options:
    """What `ers-sync demo` was told; `at` is aware or in the region's zone."""

    folder: Path
    patients: int | None = None
    seed: int = 1
    ram_sql: Path | None = None
    fund_seed: Path | None = None
    at: datetime | None = None
    keep: bool = False


class DemoError(Exception):
    """The demonstration did not end as it must; the text (Russian) says what differs."""


def run(options: Options, say: Say) -> None:
    """Run the demonstration and leave what it made in the folder.

    Raises:
        DemoError: the Fund's book is not what РАМ calls for, or nothing settled.
    """
    problem = engine_problem()
    provider = "pure" if problem else "engine"
    say(f"Криптография: {provider}" + (f" (engine недоступен: {problem.partition(' (')[0]})" if problem else ""))
    clock = Clock(options.at)
    with PrivatePostgres() as postgres:
        say("Свой PostgreSQL запущен")
        ram_dsn, ledger_dsn = postgres.create_database("ram"), postgres.create_database("ledger")
        seed = _fill_ram(ram_dsn, options, provider, clock)
        hospitals = site.organizations(ram_dsn)
        say(f"РАМ заполнена: медицинских организаций {len(hospitals)}")
        keys = site.issue_keys(options.folder, hospitals, "gost", clock())
        seed.setdefault("organizations", site.default_contracts(hospitals, clock()))
        with _fund(options, provider, ram_dsn, seed) as fund:
            say(f"Стенд Фонда отвечает: {fund.url}")
            settings = site.Settings(provider, [fund.url], changes=HURRY)
            config = site.write_config(options.folder, ram_dsn, ledger_dsn, keys, settings)
            context = site.open_site(config, clock, seed["organizations"])
            with _service(options, config) as daemon:
                _work(context, fund, say)
                _require_alive(daemon)
                say("Пишутся отчёты")
                run_job(context, "report")
                evidence.write_state(context, options.folder / "state.json")
                evidence.write_exchanges(context, options.folder / "sample-exchange")
                _conclude(context, ram_dsn, seed, fund, say)
                _show_paths(options.folder, context.config.reports.dir, say)
                if options.keep:
                    pids = {"fund": fund.pid, "postgres": postgres.pid, "daemon": daemon.pid, "demo": os.getpid()}
                    reach = {"ram_dsn": ram_dsn, "ledger_dsn": ledger_dsn, "fund_url": fund.url, "pids": pids}
                    _stay(options.folder, daemon, reach, say)


def prepare_folder(folder: Path) -> None:
    """Make the folder, or empty it if an earlier demonstration made it. Raise DemoError if it holds anything else."""
    if folder.exists() and any(folder.iterdir()):
        if not (folder / MARK).exists():
            raise DemoError(f"Папка {folder} не пуста: укажите другую")
        shutil.rmtree(folder)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / MARK).touch()


def _fill_ram(dsn: str, options: Options, provider: str, clock: Clock) -> dict[str, Any]:
    """Fill РАМ, and return what the Fund knows beforehand: its own file's words, or the sample's."""
    create_reference_schema(dsn)
    known: dict[str, Any] = json.loads(options.fund_seed.read_text()) if options.fund_seed else {}
    if options.ram_sql:
        run_script(dsn, options.ram_sql.read_text(encoding="utf-8"))
        return known
    women = sample(options.seed, options.patients or PATIENTS[provider], clock())
    women.load(dsn)
    return known or dict(women.fund_seed())


@contextmanager
def _fund(options: Options, provider: str, ram_dsn: str, seed: Mapping[str, Any]) -> Iterator[FundProcess]:
    path = options.folder / "fund-seed.json"
    path.write_text(json.dumps({"organizations": [], "certificates": [], **seed}, ensure_ascii=False, default=str))
    names = options.folder / "fund-names.json"
    names.write_text(json.dumps(site.names(ram_dsn), ensure_ascii=False))
    settings = FundSettings(options.folder, seed=path, names=names, at=options.at, delay=DELAY_SECONDS, crypto=provider)
    with FundProcess(settings) as fund:
        yield fund


def _work(context: Context, fund: FundProcess, say: Say) -> None:
    """Run the jobs until everything has settled; meanwhile somebody watches them."""
    end = time.monotonic() + LONGEST_SECONDS
    with _watched(context, fund, say):
        while True:
            for job in ("scan", "pull", "submit", "poll", "reconcile"):
                run_job(context, job)
            if _settled(context):
                return
            if time.monotonic() > end:
                raise DemoError("За отведённое время не всё пришло к концу")
            context.stopping.wait(PAUSE_SECONDS)


@contextmanager
def _watched(context: Context, fund: FundProcess, say: Say) -> Iterator[None]:
    over = threading.Event()
    with ThreadPoolExecutor(1) as pool:
        watching = pool.submit(_watch, context, fund, say, over)
        try:
            yield
        finally:
            over.set()
        watching.result()


def _watch(context: Context, fund: FundProcess, say: Say, over: threading.Event) -> None:
    """Tell how far they are; when most has been sent and only a few are left the Fund does not answer for a while."""
    told_at, told, been_away = time.monotonic(), "", False
    while not over.wait(LOOK_SECONDS):
        counts = _counts(context)
        done, ahead = counts[State.DONE], sum(counts[state] for state in AHEAD)
        sent = counts[State.REGISTERED] + done
        text = f"Отправлено: {sent}, из них Фондом обработано: {done}, ещё отправить: {ahead}"
        if text != told and time.monotonic() - told_at > TELL_SECONDS:
            told_at, told = time.monotonic(), text
            say(text)
        if not been_away and sent > counts[State.HELD] and 0 < ahead <= FEW:
            been_away = True
            say(f"Фонд {OUTAGE_SECONDS:.0f} с принимает запросы, но не отвечает")
            fund.behave({"behaviour": "drop_answer"})
            over.wait(OUTAGE_SECONDS)
            fund.behave()
            say("Фонд снова отвечает")


def _settled(context: Context) -> bool:
    with context.ledger.connect() as connection:
        return not rows(connection, "requests", "unsettled")


def _counts(context: Context) -> Counter[str]:
    with context.ledger.connect() as connection:
        return Counter({row.state: row.many for row in rows(connection, "requests", "waiting")})


def _conclude(context: Context, ram_dsn: str, seed: Mapping[str, Any], fund: FundProcess, say: Say) -> None:
    """Show what came of it, and hold the Fund's book against what РАМ calls for."""
    for line in evidence.closing_table(context.ledger):
        say(line)
    differences = expected.differences(ram_dsn, seed, context.clock(), fund.book())
    if differences:
        raise DemoError("Книга Фонда не равна тому, что положено отправить:\n" + "\n".join(differences))
    say("Книга Фонда равна тому, что положено отправить: каждое ровно один раз")


def _show_paths(folder: Path, reports: Path, say: Say) -> None:
    """Say what lies where; the region's workbook is the one to open first. Raise DemoError if there is none."""
    workbook = next(reports.glob("*/*/*/*Регион.xlsx"), None)
    if workbook is None:
        raise DemoError("Отчёт по региону не записан: почему, сказано в журнале программы")
    for what, path in (
        ("Отчёт по региону", workbook),
        ("Отчёты всех МО", reports),
        ("Состояние каждого запроса", folder / "state.json"),
        ("Образец обмена с Фондом", folder / "sample-exchange"),
    ):
        say(f"{what}: {path}")


@contextmanager
def _service(options: Options, config: Path) -> Iterator[subprocess.Popen[bytes]]:
    """Run the daemon; what it says is added to the log beside the configuration."""
    at = ["--at", options.at.isoformat()] if options.at else []
    command = [sys.executable, "-m", "ers_sync.cli", "run", "--config", str(config), *at]
    with (options.folder / LOG).open("ab") as log:
        daemon = subprocess.Popen(command, stderr=log)
    try:
        yield daemon
    finally:
        daemon.terminate()
        daemon.wait()


def _require_alive(daemon: subprocess.Popen[bytes]) -> None:
    if daemon.poll() is not None:
        raise DemoError(f"Служба остановилась сама (код {daemon.returncode}): почему, сказано в журнале программы")


def _stay(folder: Path, daemon: subprocess.Popen[bytes], reach: Mapping[str, Any], say: Say) -> None:
    """Let the daemon run until somebody stops the demonstration; write down how to reach what runs."""
    path = folder / "connection.json"
    path.write_text(json.dumps(reach, indent=2))
    say(f"Служба работает (Ctrl+C – остановить); подключения: {path}")
    signal.signal(signal.SIGTERM, lambda *_: daemon.terminate())
    try:
        daemon.wait()
    except KeyboardInterrupt:
        say("Остановка")
