"""A whole site on one machine for the demonstration, the tests and the benchmarks: keys, contracts, a configuration."""

from __future__ import annotations

import base64
import json
import os
import shutil
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from itertools import product
from pathlib import Path
from typing import Any, Literal

import yaml

from ers_sync.clock import Clock
from ers_sync.config import load
from ers_sync.context import Context, build
from ers_sync.domain import identifiers
from ers_sync.domain.contracts import ALL_KINDS, Contract
from ers_sync.domain.model import Case, Organization
from ers_sync.ledger import contracts, database
from ers_sync.ram.reader import open_ram
from ers_sync.stand.fund import keys as fund_keys
from ers_sync.stand.pki import Crypto, TestAuthority

NO_OGRN = "1000000000001"  # in the certificate of a hospital whose own ОГРН in РАМ is of no use
NO_INN = "0000000000"  # a certificate must name one; the Fund looks at the ОГРН only
LONG_AGO = date(2000, 1, 1)


POWER_OF_ATTORNEY = "5a6b7c8d-0000-4000-8000-000000000001"

Pair = tuple[Path, Path]


@dataclass(frozen=True, slots=True)
class KeyForm:
    """Which keys are made: length of GOST keys, whether hospitals' certificates name an ОГРН (else МЧД), whether heads have keys."""

    bits: Literal[256, 512] = 256
    named: bool = True
    heads: bool = False


@dataclass(frozen=True, slots=True)
class Keys:
    """Where the certificates and keys lie; `hospitals` and `heads` are (key, certificate) by hospital id."""

    fund_certificate: Path
    hospitals: Mapping[int, Pair]
    heads: Mapping[int, Pair]
    form: KeyForm
    authority: TestAuthority

    def copy_to(self, folder: Path) -> Keys:
        """Copy all files into another folder, under `keys/`, and return where they lie there."""
        keys = folder / "keys"
        shutil.copytree(self.fund_certificate.parent, keys)

        def moved(pairs: Mapping[int, Pair]) -> dict[int, Pair]:
            return {id_: (keys / key.name, keys / certificate.name) for id_, (key, certificate) in pairs.items()}

        certificate = keys / self.fund_certificate.name
        return replace(self, fund_certificate=certificate, hospitals=moved(self.hospitals), heads=moved(self.heads))

    def entry(self, id_: int) -> dict[str, Any]:
        """Return the keys of a hospital as its configuration names them."""
        key, certificate = self.hospitals[id_]
        found: dict[str, Any] = {"key_files": [str(key)], "certificate_files": [str(certificate)]}
        if id_ in self.heads:
            key, certificate = self.heads[id_]
            found |= {"head_key_files": [str(key)], "head_certificate_files": [str(certificate)]}
        return found if self.form.named else found | {"power_of_attorney": POWER_OF_ATTORNEY}


@dataclass(frozen=True, slots=True)
class Settings:
    """What differs between a demonstration and a test: `changes` are merged into the configuration, section by section."""

    provider: str
    endpoints: Sequence[str]
    mode: str = "live"
    start_from: date = LONG_AGO
    zone: str = "Asia/Yekaterinburg"
    changes: Mapping[str, Any] = field(default_factory=dict)


def organizations(ram_dsn: str) -> list[Organization]:
    """Return the hospitals of a РАМ."""
    with open_ram(ram_dsn) as ram:
        return sorted(ram.organizations().values(), key=lambda row: row.id)


def issue_keys(
    folder: Path, hospitals: Sequence[Organization], crypto: Crypto, now: datetime, form: KeyForm | None = None
) -> Keys:
    """Make an authority, the Fund's key and one for every hospital in a folder of the stand-in Fund, under `keys/`."""
    form = form or KeyForm()
    keys = folder / "keys"
    owners = {row.id: identifiers.ogrn(row.ogrn) or NO_OGRN for row in hospitals}
    names = {owners[row.id]: identifiers.clean(row.short_name) or f"МО {row.id}" for row in hospitals}
    authority = fund_keys.make_keys(keys, crypto, names, now, bits=form.bits, named=form.named)
    heads = {id_: f"{ogrn}.head" for id_, ogrn in owners.items() if form.heads}
    for id_, owner in heads.items():
        fund_keys.save(keys, owner, authority.issue("Руководитель", owners[id_], NO_INN, bits=form.bits))
    return Keys(fund_keys.certificate_file(keys, "fund"), _pairs(keys, owners), _pairs(keys, heads), form, authority)


def _pairs(keys: Path, owners: Mapping[int, str]) -> dict[int, Pair]:
    return {
        id_: (fund_keys.key_file(keys, owner), fund_keys.certificate_file(keys, owner)) for id_, owner in owners.items()
    }


def default_contracts(hospitals: Iterable[Organization], now: datetime) -> list[dict[str, Any]]:
    """Return valid contracts of all kinds for every hospital, in the shape of the Fund's seed."""
    begins = date(now.year - 1, 1, 1)
    listed = []
    for row in hospitals:
        ogrn = identifiers.ogrn(row.ogrn)
        kinds = [{"kind": k, "number": f"{row.id}-{k}", "from": begins.isoformat(), "to": None} for k in ALL_KINDS]
        listed += [{"ogrn": ogrn, "contracts": kinds}] if ogrn else []
    return listed


def write_config(folder: Path, ram_dsn: str, ledger_dsn: str, keys: Keys, settings: Settings) -> Path:
    """Write a configuration with the secrets beside it, and return its path."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in (("ram-dsn", ram_dsn), ("ledger-dsn", ledger_dsn), ("evidence-key", _evidence_key(folder))):
        _write_secret(folder / name, text.encode())
    values: dict[str, Any] = {
        "mode": settings.mode,
        "timezone": settings.zone,
        "ledger": {"dsn_file": "ledger-dsn", "evidence_key_files": ["evidence-key"]},
        "ram": {"dsn_file": "ram-dsn"},
        "fss": {
            "endpoints": [{"url": url, "test_contour": True} for url in settings.endpoints],
            "certificates": [str(keys.fund_certificate)],
            "provider": settings.provider,
        },
        "hospitals": [
            {"id": id_, **keys.entry(id_), "start_from": settings.start_from.isoformat()} for id_ in keys.hospitals
        ],
        "reports": {"dir": str(folder / "reports")},
    }
    for section, change in settings.changes.items():
        values[section] = values.get(section, {}) | change if isinstance(change, Mapping) else change
    path = folder / "config.yaml"
    path.write_text(yaml.safe_dump(json.loads(json.dumps(values)), allow_unicode=True, sort_keys=False))
    return path


def open_site(config: Path, clock: Clock, seeded: Iterable[Mapping[str, Any]]) -> Context:
    """Load a configuration, prepare its ledger, and take our contracts from the Fund's seed."""
    context = build(load(config), clock)
    database.migrate(context.ledger)
    by_ogrn: dict[str | None, list[int]] = defaultdict(list)  # branches of one legal entity share its ОГРН
    for hospital in organizations(context.ram_dsn):
        by_ogrn[identifiers.ogrn(hospital.ogrn)].append(hospital.id)
    with context.ledger.begin() as connection:
        for organization in seeded:
            for id_, row in product(by_ogrn[organization["ogrn"]], organization["contracts"]):
                ends = date.fromisoformat(row["to"]) if row.get("to") else None
                begins = date.fromisoformat(row["from"])
                contracts.put(connection, Contract(id_, row["kind"], row["number"], begins, ends), "stand")
    return context


def _evidence_key(folder: Path) -> str:
    """Return the key that lies there already, else a new one: a configuration may be written again for the same ledger."""
    path = folder / "evidence-key"
    return path.read_text() if path.exists() else base64.b64encode(os.urandom(32)).decode()


def _write_secret(path: Path, data: bytes) -> None:
    path.unlink(missing_ok=True)
    with os.fdopen(os.open(path, os.O_CREAT | os.O_WRONLY | os.O_EXCL, 0o600), "wb") as file:
        file.write(data)


def names(ram_dsn: str) -> dict[str, Any]:
    """Return what the Fund may call the hospitals and women of a РАМ, where it knows of them: by ОГРН and by СНИЛС."""
    women = {}
    with open_ram(ram_dsn) as ram:
        for case in ram.cases(ram.all_pregnancy_ids()):
            patient = case.patient if isinstance(case, Case) else None
            number = identifiers.snils(patient.snils) if patient else None
            if patient and number and patient.birth_date:
                women[number] = {
                    "last_name": identifiers.clean(patient.last_name) or "—",
                    "first_name": identifiers.clean(patient.first_name) or "—",
                    "patronymic": identifiers.clean(patient.patronymic),
                    "birth_date": patient.birth_date.isoformat(),
                }
        hospitals = ram.organizations().values()
    by_ogrn = {identifiers.ogrn(row.ogrn): identifiers.clean(row.short_name) or f"МО {row.id}" for row in hospitals}
    return {"organizations": {ogrn: name for ogrn, name in by_ogrn.items() if ogrn}, "women": women}
