"""Contracts of the hospitals, and what the Fund refuses them (answer 1204, a signature that it does not take)."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date

from sqlalchemy import Connection

from ers_sync.domain.contracts import Contract
from ers_sync.ledger.database import rows, run

ANY = "any"  # what the Fund refuses with 1204 for a request that any contract covers
KEY = "key"  # what the Fund refuses with a signature Fault


def of_hospitals(connection: Connection) -> Mapping[int, Sequence[Contract]]:
    """Return every contract by hospital id."""
    found: dict[int, list[Contract]] = defaultdict(list)
    for row in rows(connection, "senders", "contracts"):
        found[row.organization_id].append(Contract(row.organization_id, row.kind, row.number, row.begins, row.ends))
    return found


def put(connection: Connection, contract: Contract, operator: str) -> None:
    """Write a contract; the same hospital, kind, number and first day again changes its end."""
    run(
        connection,
        "senders",
        "set_contract",
        organization_id=contract.organization_id,
        kind=contract.kind,
        number=contract.number,
        begins=contract.begins,
        ends=contract.ends,
        set_by=operator,
    )


def fingerprint(contracts: Sequence[Contract], day: date) -> str:
    """Return a digest of what a hospital's contracts allow on a day: a refusal stands while it stays the same."""
    valid = sorted(f"{c.kind} {c.number} {c.begins} {c.ends}" for c in contracts if c.valid_on(day))
    return hashlib.sha256("\n".join(valid).encode()).hexdigest()


def refuse(connection: Connection, organization_id: int, what: str, mark: str) -> None:
    """Remember that the Fund refuses a kind of contract, or the signature (`KEY`), of a hospital as it stands (`mark`)."""
    run(connection, "senders", "refuse", organization_id=organization_id, what=what, fingerprint=mark)


def accepted(connection: Connection, organization_id: int, *what: str) -> bool:
    """Forget refusals; return whether there was one."""
    return bool(rows(connection, "senders", "accepted", organization_id=organization_id, what=list(what)))


def take_probe(connection: Connection, organization_id: int, what: str) -> bool:
    """Tell whether this request is the one that may try whether the Fund still refuses."""
    return bool(rows(connection, "senders", "take_probe", organization_id=organization_id, what=what))


def refusals(connection: Connection) -> Mapping[tuple[int, str], tuple[str, bool]]:
    """Return by (hospital id, what): the fingerprint that was refused, and whether a probe is due."""
    found = rows(connection, "senders", "refusals")
    return {(row.organization_id, row.what): (row.fingerprint, row.probe_due) for row in found}
