"""Puts a running program together out of its configuration: the one place where settings become working parts."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property
from pathlib import Path

from sqlalchemy import Connection, Engine

from ers_sync.clock import Clock
from ers_sync.config import Config, SecretError, database_dsn, read_secret
from ers_sync.domain.content import Kind
from ers_sync.domain.deadlines import Calendar
from ers_sync.domain.rules import Hospital, Rules
from ers_sync.fss import profile as profiles
from ers_sync.fss.client import FundClient
from ers_sync.fss.crypto.gost28147 import CRYPTOPRO_A, TC26_Z
from ers_sync.fss.keyfiles import KeyFiles, KeySource
from ers_sync.fss.keyring import Keyring
from ers_sync.fss.keystore import KeyStore
from ers_sync.fss.profile import Placement, Profile, Role
from ers_sync.fss.software import Software
from ers_sync.fss.transport import Transport, TransportSettings
from ers_sync.ledger import database
from ers_sync.ledger.database import rows
from ers_sync.ledger.sealing import Seal, key_of

_PARAMETER_SETS = {"tc26-z": TC26_Z, "cryptopro-a": CRYPTOPRO_A}
CLAIMED_AT_ONCE = 4  # requests that a worker takes at a time: one lease covers them all


@dataclass(frozen=True)
class Context:
    """What every job works with. Safe to share between threads. `stopping` is set when the program is told to end.

    `single` is the ledger for single statements: each is a transaction of its own, without the round trips that begin and end one.
    """

    config: Config
    clock: Clock
    ledger: Engine
    single: Engine
    rules: Rules
    profile: Profile
    stopping: threading.Event

    @cached_property
    def ram_dsn(self) -> str:
        """The DSN of РАМ. Raise SecretError."""
        return database_dsn(self.config.ram.dsn_file, self.config.ram.tls)

    @cached_property
    def seal(self) -> Seal:
        """What closes and opens the evidence. Raise SecretError if a file holds no key."""
        return Seal([_evidence_key(path) for path in self.config.ledger.evidence_key_files])

    @cached_property
    def keys(self) -> KeyStore:
        """The files of keys and certificates, looked at before every job."""
        return KeyStore(self._key_files, crypto=self.config.fss.provider, profile=self.profile)

    @property
    def keyring(self) -> Keyring:
        """The keys of our hospitals, by the ОГРН that РАМ gives them, and the Fund's certificates."""
        return self.keys.current()

    def _key_files(self) -> KeyFiles:
        with self.ledger.connect() as connection:
            ogrns = {row.id: row.ogrn for row in rows(connection, "senders", "organizations") if row.ogrn}
        fss = self.config.fss
        return KeyFiles(_key_sources(self.config, ogrns), fss.certificates, fss.issuer_certificates)

    @cached_property
    def client(self) -> FundClient:
        """The Fund, for all hospitals."""
        form = self.config.fss.profile
        software = Software(name=form.software_name)
        if form.software_version:
            software = Software(name=form.software_name, version=form.software_version)
        return FundClient(self.profile, self.keys, Transport(_transport(self.config)), software)

    def close(self) -> None:
        """Close the connections to the ledger that rest; what is in use goes on, and new ones are made when they are needed."""
        self.ledger.dispose()
        self.single.dispose()

    @property
    def endpoints(self) -> list[str]:
        """The Fund's addresses, in the order in which they are tried."""
        return [endpoint.url for endpoint in self.config.fss.endpoints]

    @property
    def exchange_seconds(self) -> float:
        """How long a request that is under way stays with its worker: the longest wait for its place, the longest exchange, and as much."""
        return 3 * self.config.fss.timeouts.total_seconds

    @property
    def lease_seconds(self) -> float:
        """How long requests stay with the worker that claimed them: for each a question and itself, and one exchange to spare."""
        return (2 * CLAIMED_AT_ONCE + 1) * self.config.fss.timeouts.total_seconds

    @property
    def max_processing(self) -> timedelta:
        """The longest time that the Fund may take with what it has accepted."""
        return timedelta(hours=self.config.fss.max_processing_hours)


def build(config: Config, clock: Clock | None = None) -> Context:
    """Return the working parts of a configuration; nothing is connected yet."""
    connections = config.schedule.submit_workers + 6
    dsn = database_dsn(config.ledger.dsn_file, config.ledger.tls)
    return Context(
        config=config,
        clock=clock or Clock(),
        ledger=database.connect(dsn, connections=connections),
        single=database.connect(dsn, connections=connections, autocommit=True),
        rules=rules_of(config),
        profile=_profile(config),
        stopping=threading.Event(),
    )


def rules_of(config: Config) -> Rules:
    """Return the site's choices that eligibility depends on."""
    calendar = Calendar(frozenset(config.calendar.days_off), frozenset(config.calendar.working_days))
    hospitals = {row.id: Hospital(row.id, row.start_from, config.zone_of(row), calendar) for row in config.hospitals}
    return Rules(
        hospitals=hospitals,
        backfill_certificates=config.backfill_certificates,
        form_at_delivery=config.form_at_delivery,
        closed_days=config.closed_days,
        ticket1_min_observation_weeks=config.ticket1.min_observation_weeks,
    )


def _evidence_key(path: Path) -> bytes:
    key = key_of(read_secret(path))
    if key is None:
        raise SecretError(f"В файле {path} не ключ: создайте его командой openssl rand -base64 32")
    return key


def snapshot_connection(engine: Engine) -> Connection:
    """Return a connection that reads one consistent state of the ledger."""
    return engine.connect().execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)


def _profile(config: Config) -> Profile:
    form = config.fss.profile
    own_transport = {"transports": (form.key_transport, *profiles.GOST.transports)} if form.key_transport else {}
    signers = {kind: tuple(map(Role, getattr(form.signers, kind))) for kind in Kind}
    return profiles.from_settings(
        config.fss.provider,
        {
            "canonicalization": profiles.EXCLUSIVE_WITH_COMMENTS if form.c14n_comments else profiles.EXCLUSIVE,
            "placement": Placement.V2 if form.certificate_placement == "recipient" else Placement.V1,
            "actors": {Role.MO: form.actor, Role.HEAD: form.head_actor},
            "body_id": form.body_id,
            "fund_actor": form.fund_actor,
            "check_fund_actor": form.check_fund_actor,
            "parameter_set": _PARAMETER_SETS[form.parameter_set],
            "meshing": form.key_meshing,
            "signers": signers,
            "askable": frozenset(kind for kind in Kind if getattr(form.can_be_asked, kind)),
        }
        | own_transport,
    )


def _key_sources(config: Config, ogrns: Mapping[int, str]) -> tuple[KeySource, ...]:
    sources: list[KeySource] = []
    for hospital in config.hospitals:
        ogrn = ogrns.get(hospital.id)
        if ogrn is None:
            continue  # not in РАМ yet, or without a valid ОГРН: its requests are held as missing data
        pairs = zip(hospital.key_files, hospital.certificate_files, strict=True)
        heads = zip(hospital.head_key_files, hospital.head_certificate_files, strict=True)
        sources += [KeySource(ogrn, *pair, Role.MO, hospital.power_of_attorney) for pair in pairs]
        sources += [KeySource(ogrn, *pair, Role.HEAD, hospital.head_power_of_attorney) for pair in heads]
    return tuple(sources)


def _transport(config: Config) -> TransportSettings:
    fss = config.fss
    proxy = fss.proxy
    return TransportSettings(
        connect=fss.timeouts.connect_seconds,
        read=fss.timeouts.read_seconds,
        write=fss.timeouts.read_seconds,
        total=fss.timeouts.total_seconds,
        proxy=proxy.url if proxy else None,
        proxy_user=proxy.user if proxy else None,
        proxy_password=read_secret(proxy.password_file) if proxy and proxy.password_file else None,
        ca_file=str(fss.ca_file) if fss.ca_file else None,
        connections=config.schedule.submit_workers,
    )
