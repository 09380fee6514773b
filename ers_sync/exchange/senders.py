"""Who sends: what holds for every hospital now (`Site`), and how it is named in a message (`Sender`)."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row

from ers_sync.context import Context
from ers_sync.domain.content import Kind, Sender
from ers_sync.domain.contracts import Contract, for_asking
from ers_sync.domain.facts import Site
from ers_sync.fss.keyring import KeyProblem
from ers_sync.fss.profile import Role
from ers_sync.ledger import contracts, lineage
from ers_sync.ledger.contracts import KEY
from ers_sync.ledger.database import rows
from ers_sync.ledger.lineage import Lineage

REFUSED_KEY = "Фонд не принимает подпись МО: проверьте сертификат МО (срок, ОГРН, регистрация в личном кабинете Фонда)"


class UnknownSender(Exception):
    """The hospital is not in the ledger with a valid ОГРН and ИНН: it can neither send nor ask."""


@dataclass(frozen=True, slots=True)
class Standing:
    """What holds for the hospitals of a claim at its moment: it is read once for all the requests of it.

    `organizations` are rows by hospital id, `refusals` as `ledger.contracts.refusals`, `history` the lineage of the ledger.
    """

    site: Site
    organizations: Mapping[int, Row[Any]]
    refusals: Mapping[tuple[int, str], tuple[str, bool]]
    history: Lineage

    def sender(self, organization_id: int, contract: Contract | None) -> Sender:
        """Return how a hospital is named in a message, with the contract that it names. Raise UnknownSender."""
        return _named(self.organizations, organization_id, contract)


@dataclass(frozen=True, slots=True)
class Askers:
    """How each hospital is named in a question, as of a claim: it is read once for all the requests of it."""

    organizations: Mapping[int, Row[Any]]
    contracts: Mapping[int, Sequence[Contract]]

    def of(self, organization_id: int) -> Sender:
        """Return how a hospital is named, with the contract that questions name. Raise UnknownSender."""
        return _named(self.organizations, organization_id, for_asking(self.contracts.get(organization_id, ())))


def askers(connection: Connection) -> Askers:
    """Return how the hospitals ask now."""
    return Askers(_organizations(connection), contracts.of_hospitals(connection))


def standing(connection: Connection, context: Context, hospitals: AbstractSet[int]) -> Standing:
    """Return what holds for these hospitals now."""
    refusals, organizations = contracts.refusals(connection), _organizations(connection)
    found = _site(connection, context, refusals, organizations, only=hospitals)
    return Standing(found, organizations, refusals, lineage.known(connection))


def site(connection: Connection, context: Context) -> Site:
    """Return what holds for every pregnancy at this moment: rules, contracts, keys and brakes.

    A contract that the Fund refuses with 1204 does not count while nothing about it has changed, until a probe is due; so with keys.
    """
    refusals, organizations = contracts.refusals(connection), _organizations(connection)
    return _site(connection, context, refusals, organizations, only=context.rules.hospitals.keys())


def _site(
    connection: Connection,
    context: Context,
    refused: Mapping[tuple[int, str], tuple[str, bool]],
    organizations: Mapping[int, Row[Any]],
    *,
    only: AbstractSet[int],
) -> Site:
    now = context.clock()
    known = contracts.of_hospitals(connection)
    hospitals = {id_: hospital for id_, hospital in context.rules.hospitals.items() if id_ in only}
    held = {}
    for id_, hospital in hospitals.items():
        mark = contracts.fingerprint(known.get(id_, ()), hospital.today(now))
        held[id_] = {what for (who, what), (seen, due) in refused.items() if who == id_ and seen == mark and not due}
    brakes = rows(connection, "scan", "brakes")
    return Site(
        rules=context.rules,
        now=now,
        contracts={id_: known.get(id_, ()) for id_ in hospitals},
        key_problems=_key_problems(context, refused, [organizations[id_] for id_ in hospitals if id_ in organizations]),
        brakes=frozenset((row.organization_id, Kind(row.kind)) for row in brakes),
        refused=frozenset((id_, what) for id_, kinds in held.items() for what in kinds),
        doubted_until=lineage.known(connection).doubted_until,
    )


def fingerprints(site_: Site) -> dict[int, str]:
    """Return by hospital a digest of everything that may hold its requests; the local day is part of it."""
    found = {}
    for id_, hospital in site_.rules.hospitals.items():
        parts = [
            contracts.fingerprint(site_.contracts.get(id_, ()), hospital.today(site_.now)),
            hospital.today(site_.now).isoformat(),
            hospital.start_from.isoformat(),
            site_.key_problems.get(id_, ""),
            *sorted(kind for who, kind in site_.brakes if who == id_),
            *sorted(what for who, what in site_.refused if who == id_),
        ]
        found[id_] = hashlib.sha256("\n".join(parts).encode()).hexdigest()
    return found


def sender(connection: Connection, organization_id: int, contract: Contract | None) -> Sender:
    """Return how a hospital is named in a message, with the contract that it names. Raise UnknownSender."""
    return _named(_organizations(connection), organization_id, contract)


def key_mark(context: Context, ogrn: str) -> str:
    """Return what tells a hospital's signing certificate from any other. Raise KeyProblem if it has none."""
    return str(context.keyring.signing(ogrn, Role.MO, context.clock()).certificate.serial)


def _organizations(connection: Connection) -> Mapping[int, Row[Any]]:
    return {row.id: row for row in rows(connection, "senders", "organizations")}


def _named(organizations: Mapping[int, Row[Any]], organization_id: int, contract: Contract | None) -> Sender:
    row = organizations.get(organization_id)
    if row is None or not row.ogrn or not row.inn:
        raise UnknownSender(f"hospital {organization_id}")
    return {
        "name": row.full_name or row.name,
        "inn": row.inn,
        "ogrn": row.ogrn,
        "kpp": row.kpp,
        "contract_kind": contract.kind if contract else None,
        "contract_number": contract.number if contract else None,
        "contract_date": contract.begins.isoformat() if contract else None,
    }


def _key_problems(
    context: Context, refused: Mapping[tuple[int, str], tuple[str, bool]], organizations: Sequence[Row[Any]]
) -> dict[int, str]:
    problems = {}
    for row in organizations:
        if row.ogrn is None:
            continue
        try:
            mark = key_mark(context, row.ogrn)
        except KeyProblem as problem:
            problems[row.id] = problem.text
            continue
        seen, due = refused.get((row.id, KEY), ("", True))
        if seen == mark and not due:
            problems[row.id] = REFUSED_KEY
    return problems
