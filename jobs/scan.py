"""Reads what changed in РАМ and works out every pregnancy that it touches, in one transaction with the mark up to which РАМ was read."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import timedelta

from sqlalchemy import Connection

from ers_sync import scanning
from ers_sync.checkpoint import reached
from ers_sync.context import Context
from ers_sync.domain.facts import Site
from ers_sync.exchange import senders
from ers_sync.ledger import pregnancies
from ers_sync.ledger.database import rows, to_json, values
from ers_sync.ledger.database import run as run_query
from ers_sync.ram.reader import open_ram
from ers_sync.ram.snapshot import Mark


def run(context: Context, *, full: bool = False, keep: bool = True) -> Mapping[str, object]:
    """Scan РАМ once; `full` compares everything, whatever changed; without `keep` nothing stays of it."""
    settings = context.config.ram
    with open_ram(context.ram_dsn, settings.queries_dir) as ram:
        # 1. hospitals first, by themselves: their ОГРН is what keys are found by
        with context.ledger.begin() as connection:
            pregnancies.write_organizations(connection, ram.organizations().values())
        reached("hospitals.written")
        # 2. everything else is one transaction: requests, and the mark up to which РАМ was read
        with context.ledger.begin() as connection:
            site = senders.site(connection, context)
            _rework_where_holds_changed(connection, site)
            since = _mark(connection)
            changes = ram.changes(since, "full" if full else settings.scan, timedelta(hours=settings.window_hours))
            ids = changes.pregnancy_ids  # no copy: of a region it would take 16 MiB
            ids.update(_others(connection, everything=changes.full))
            done = scanning.work_out(connection, ram, ids, site, full=changes.full)
            braked = scanning.brakes(connection, context.config)
            run_query(connection, "scan", "set_mark", mark=to_json(changes.mark.to_json()))
            if not keep:
                connection.rollback()
    reached("scanned")
    return {**done, "full": changes.why_full, "brakes": len(braked)}


def _rework_where_holds_changed(connection: Connection, site: Site) -> None:
    """Have a hospital's unsent requests worked out again when a contract, a key, a brake or the day has changed."""
    known = {row.organization_id: row.fingerprint for row in rows(connection, "scan", "fingerprints")}
    for id_, fingerprint in senders.fingerprints(site).items():
        if known.get(id_) != fingerprint:
            run_query(connection, "scan", "rework_hospital", organization_id=id_)
            run_query(connection, "scan", "set_fingerprint", organization_id=id_, fingerprint=fingerprint)


def _others(connection: Connection, *, everything: bool) -> Iterator[int]:
    """Yield the pregnancies to work out although no row of РАМ says so; for a full compare all that were ever known."""
    yield from values(connection, "scan", "rework_due")
    if everything:
        yield from values(connection, "scan", "known_pregnancies")


def _mark(connection: Connection) -> Mark | None:
    stored = rows(connection, "scan", "mark")
    return Mark.from_json(stored[0].mark) if stored else None
