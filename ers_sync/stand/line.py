"""The whole line on one machine, under a test's or a benchmark's hand: a РАМ to write into, the jobs to run, the Fund's book to read."""

from __future__ import annotations

import atexit
import json
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from functools import cache
from pathlib import Path
from time import monotonic
from typing import Any

import psycopg2
from sqlalchemy import text

from ers_sync.clock import Clock
from ers_sync.context import Context
from ers_sync.domain import identifiers
from ers_sync.domain.model import Organization
from ers_sync.ledger.database import rows
from ers_sync.ledger.evidence import COLUMNS
from ers_sync.running import run_job
from ers_sync.stand import site
from ers_sync.stand.fund.process import FundProcess
from ers_sync.stand.fund.settings import Settings as FundSettings
from ers_sync.stand.pki import Crypto

ALL_JOBS = ("scan", "pull", "submit", "poll", "reconcile")
LONGEST_SECONDS = 120.0

# Pauses that a test cannot wait for, and limits of time that a test reaches.
HURRY: Mapping[str, Any] = {
    "schedule": {"poll_seconds": 1, "submit_workers": 2},
    "pull": {"per_minute": 6000},
}
QUICK_TIMEOUTS = {"connect_seconds": 2, "read_seconds": 2, "total_seconds": 4}


@dataclass(frozen=True, slots=True)
class Options:
    """How a line is set up: `crypto` of keys, `provider` of the daemon, `at` as an aware business time, `seed` as the Fund's own file.

    `changes` are merged into the configuration section by section; `fund_profile` is what the Fund wants of messages, in the words of
    `fss.profile.from_settings`.
    """

    provider: str = "rsa"
    at: datetime | None = None
    delay: float = 0.05
    seed: Mapping[str, Any] = field(default_factory=dict)
    changes: Mapping[str, Any] = field(default_factory=dict)
    keys: site.KeyForm = field(default_factory=site.KeyForm)
    fund_profile: Mapping[str, Any] = field(default_factory=dict)


class Line:
    """A site with its Fund and its keys. `context` is what the jobs work with."""

    def __init__(self, context: Context, fund: FundProcess, ram_dsn: str, config: Path, keys: site.Keys) -> None:
        self.context, self.fund, self.ram_dsn, self.config, self.keys = context, fund, ram_dsn, config, keys

    def ram(self, statement: str, **values: object) -> None:
        """Execute one or more statements on РАМ in one transaction; binds are `%(name)s`."""
        with closing(psycopg2.connect(self.ram_dsn)) as connection, connection, connection.cursor() as cursor:
            cursor.execute(statement, values or None)

    def run(self, *jobs: str) -> list[Mapping[str, object] | None]:
        """Run jobs once each, in this order."""
        return [run_job(self.context, job) for job in jobs]

    def settle(self, longest_seconds: float = LONGEST_SECONDS) -> None:
        """Run all jobs until nothing can move any more without a person. Raise TimeoutError if that takes too long."""
        ends = monotonic() + longest_seconds
        while True:
            self.run(*ALL_JOBS[:-2])
            # the pause before the question what became of a request is what a settling would spend its time on
            self.ledger("update ers.request set due_at = now() where state = 'REGISTERED'")
            self.run(*ALL_JOBS[-2:])
            with self.context.ledger.connect() as connection:
                if not rows(connection, "requests", "unsettled"):
                    return
            if monotonic() > ends:
                raise TimeoutError(f"not settled: {self.states()}")
            self.context.stopping.wait(0.05)

    def requests(self, **wanted: object) -> list[dict[str, Any]]:
        """Return the ledger's requests with these values, in order of their ids."""
        found = self.ledger("select * from ers.request order by id")
        return [row for row in found if all(row[name] == value for name, value in wanted.items())]

    def states(self) -> list[tuple[str, str, int, str, str | None]]:
        """Return (kind, source, revision, state, reason) of every request, sorted."""
        return sorted(
            (row["kind"], row["source"], row["revision"], row["state"], row["reason"]) for row in self.requests()
        )

    def ledger(self, statement: str, **values: object) -> list[dict[str, Any]]:
        """Return the rows of a statement on the ledger; binds are `:name`."""
        with self.context.ledger.begin() as connection:
            result = connection.execute(text(statement), values)
            return [dict(row) for row in result.mappings()] if result.returns_rows else []

    def exchanges(self, where: str = "true", **values: object) -> list[dict[str, Any]]:
        """Return the exchanges for which an SQL condition holds, in order of their ids, with their bytes opened."""
        found = self.ledger(f"select * from ers.exchange where {where} order by id", **values)
        seal = self.context.seal
        return [row | {name: seal.open(row[name], row["id"], name) for name in COLUMNS} for row in found]

    def book(self) -> list[dict[str, Any]]:
        """Return what the Fund accepted for processing."""
        return self.fund.book()

    def processed(self) -> list[tuple[str, str, str, str]]:
        """Return (operation, ОГРН, СНИЛС, key) of everything that the Fund processed, sorted."""
        return sorted(
            (line["operation"], line["ogrn"], line["snils"], line["key"])
            for line in self.book()
            if line["result"] == "PROCESSED"
        )


@contextmanager
def open_line(folder: Path, ram_dsn: str, ledger_dsn: str, options: Options) -> Iterator[Line]:
    """Set up a site around a РАМ whose hospitals are there already, start its Fund, and yield the line.

    Without organizations in the seed every hospital has valid contracts of all kinds.
    """
    clock = Clock(options.at)
    hospitals = site.organizations(ram_dsn)
    crypto: Crypto = "rsa" if options.provider == "rsa" else "gost"
    keys = _issued(tuple(hospitals), crypto, clock().date(), options.keys).copy_to(folder / "fund")
    seed = {"organizations": site.default_contracts(hospitals, clock()), "certificates": [], **options.seed}
    (folder / "seed.json").write_text(json.dumps(seed, default=str))
    settings = FundSettings(
        folder / "fund",
        seed=folder / "seed.json",
        at=options.at,
        delay=options.delay,
        crypto=options.provider,
        profile=options.fund_profile,
    )
    with FundProcess(settings) as fund:
        changes = {**HURRY, "fss": {"timeouts": QUICK_TIMEOUTS}, **options.changes}
        config = site.write_config(
            folder, ram_dsn, ledger_dsn, keys, site.Settings(options.provider, [fund.url], changes=changes)
        )
        context = site.open_site(config, clock, seed["organizations"])
        try:
            yield Line(context, fund, ram_dsn, config, keys)
        finally:
            context.close()


@cache
def _issued(hospitals: tuple[Organization, ...], crypto: Crypto, day: date, form: site.KeyForm) -> site.Keys:
    """Return keys that all lines of the same hospitals share: to find the primes of four RSA keys takes a third of a second."""
    folder = Path(tempfile.mkdtemp(prefix="ers-keys-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return site.issue_keys(folder, hospitals, crypto, datetime.combine(day, time(12), UTC), form)


def hospital(id_: int, name: str = "ГБУЗ СО «Городская больница»") -> str:
    """Return the statement that makes a hospital with a valid ИНН and ОГРН of its own."""
    return (
        "insert into ram.organization (id, short_name, full_name, inn, ogrn, kpp, is_active, updated_at) "
        f"values ({id_}, '{name} № {id_}', '{name} № {id_}', '{_inn(id_)}', '{ogrn(id_)}', '667001001', true, now());"
    )


def woman(id_: int, **values: object) -> str:
    """Return the statement that makes a woman whose card is complete, with other values where given (None: empty)."""
    card: dict[str, object] = {
        "id": id_,
        "last_name": "Ёлкина",
        "first_name": "Анна",
        "patronymic": "Ивановна",
        "birth_date": "1995-05-17",
        "snils": snils(id_),
        "oms_policy_kind": "ЕНП",
        "oms_policy_number": f"66{id_:014d}",
        "id_doc_kind": "Паспорт гражданина РФ",
        "id_doc_series": "6512",
        "id_doc_number": f"{id_:06d}",
        "id_doc_issue_date": "2015-06-01",
        "id_doc_issuer": "ОУФМС России",
        "address": "г. Екатеринбург, ул. Ленина, 1",
    }
    return insert("patient", **card | values)


def insert(table: str, **values: object) -> str:
    """Return the statement that inserts a row into a table of РАМ, stamped now."""
    names = ", ".join([*values, "updated_at"])
    return f"insert into ram.{table} ({names}) values ({', '.join(map(_literal, values.values()))}, clock_timestamp());"


def update(table: str, id_: int, **values: object) -> str:
    """Return the statement that edits a row of РАМ, stamped now."""
    pairs = ", ".join(f"{name} = {_literal(value)}" for name, value in values.items())
    return f"update ram.{table} set {pairs}, updated_at = clock_timestamp() where id = {id_};"


def snils(number: int) -> str:
    """Return a valid СНИЛС made of a small number."""
    digits = f"{100_000_000 + number:09d}"
    check = sum(int(digit) * weight for digit, weight in zip(digits, range(9, 0, -1), strict=True)) % 101 % 100
    return f"{digits}{check:02d}"


def ogrn(id_: int) -> str:
    """Return the ОГРН of a hospital that `hospital` made."""
    body = f"1026600{id_:05d}"
    return f"{body}{int(body) % 11 % 10}"


def _inn(id_: int) -> str:
    body = f"66{id_:07d}"
    found = (f"{body}{last}" for last in range(10))
    return next(number for number in found if identifiers.inn(number))


def _literal(value: object) -> str:
    if value is None:
        return "null"
    if isinstance(value, bool | int | float):
        return str(value).lower()
    return "'" + str(value).replace("'", "''") + "'"
