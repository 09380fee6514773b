"""Finds what is wrong now, in the ledger and in the keyring. Nothing is changed."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from sqlalchemy import Connection

from ers_sync.context import Context
from ers_sync.ledger.database import rows
from ers_sync.watching import find_hospitals, find_jobs
from ers_sync.watching.incident import Code, Incident

BACKLOG_SECONDS = 3600.0
FATE_GRACE = timedelta(hours=2)  # beyond the longest time that the Fund may take
HOUR = 3600.0


def present(context: Context, connection: Connection) -> list[Incident]:
    """Return everything that is wrong now, each key once."""
    found = [
        *find_hospitals.of(context, connection),
        *find_jobs.of(context, connection),
        *_oddities(context, connection),
    ]
    if context.config.mode == "live":
        found += _sending(context, connection)
    return list({incident.key: incident for incident in found}.values())


def _sending(context: Context, connection: Connection) -> Iterator[Incident]:
    """Yield what is wrong with sending; in `mode: dry` nothing is sent, and nothing is late."""
    outages = rows(connection, "watch", "outages")
    zone = context.config.timezone
    for row in outages:
        since = f"{row.began_at.astimezone(zone):%d.%m %H:%M}"
        yield Incident(Code.OUTAGE, f"outage:{row.host}", f"{row.host}: с {since}, причина {row.cause}")
    waiting = rows(connection, "watch", "oldest_unsent")[0]
    if not outages and waiting.many and float(waiting.open_seconds) > BACKLOG_SECONDS:
        text = f"ждут отправки: {waiting.many}, самый старый – {float(waiting.seconds) / HOUR:.0f} ч"
        yield Incident(Code.BACKLOG, "backlog", text)
    longest = (context.max_processing + FATE_GRACE).total_seconds()
    fates = rows(connection, "watch", "unknown_fates", longest_seconds=longest)[0]
    if fates.overdue:
        text = f"запросов: {fates.overdue}, первый – № {fates.first}"
        yield Incident(Code.UNKNOWN_FATE, "unknown_fate", text, level=_tens(fates.overdue))


def _oddities(context: Context, connection: Connection) -> Iterator[Incident]:
    put_aside = rows(connection, "watch", "quarantined")[0]
    if put_aside.many:
        text = f"запросов: {put_aside.many}, первый – № {put_aside.first}"
        yield Incident(Code.QUARANTINED, "quarantined", text, level=_tens(put_aside.many))
    unreadable = rows(connection, "watch", "unreadable")[0]
    if unreadable.many:
        text = f"беременностей: {unreadable.many}, первая – pregnancy {unreadable.first}"
        yield Incident(Code.UNREADABLE, "unreadable", text, level=_tens(unreadable.many))
    names = find_hospitals.names(context, connection)
    for row in rows(connection, "watch", "money_findings"):
        where = names.get(row.organization_id, "МО неизвестна")
        text = f"{where}: запрос № {row.request_id} ({row.kind})"
        yield Incident(Code.DIVERGENCE, f"divergence:{row.id}", text, row.organization_id)
    today = context.clock().astimezone(context.config.timezone).date()
    for row in rows(connection, "watch", "restored", today=today):
        text = f"события по {row.doubted_until:%d.%m.%Y} под вопросом"
        yield Incident(Code.RESTORED, f"restored:{row.age}", text)


def _tens(many: int) -> int:
    """Return the power of ten: what has grown tenfold is told anew."""
    return len(str(many)) - 1
