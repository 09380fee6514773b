"""The figures for Prometheus: numbers by hospital, job and host; nothing about a person."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from datetime import datetime

from sqlalchemy import Connection

from ers_sync.context import Context
from ers_sync.domain import identifiers
from ers_sync.fss.keyring import Keyring
from ers_sync.ledger.database import rows
from ers_sync.ops import prometheus
from ers_sync.ops.logging_setup import event
from ers_sync.ops.prometheus import Metric

DAY = 86400.0

log = logging.getLogger(__name__)


def write(context: Context) -> None:
    """Write the textfile, if the configuration names one; a full disk stops nothing else."""
    path = context.config.metrics.textfile
    if path is None:
        return
    try:
        prometheus.write_textfile(path, text(context))
    except OSError as error:
        event(log, logging.WARNING, "metrics.not_written", exc_info=error)


def text(context: Context) -> str:
    """Return all figures as of now."""
    with context.ledger.connect() as connection:
        return prometheus.exposition([*_of_requests(context, connection), *_of_the_rest(context, connection)])


def _of_requests(context: Context, connection: Connection) -> Iterator[Metric]:
    states = rows(connection, "watch", "states")
    counted = [({"state": row.state, "reason": row.reason}, float(row.many)) for row in states]
    yield Metric("ers_requests", "Unfinished requests by state and reason.", counted)
    oldest = rows(connection, "watch", "oldest_unsent")[0]
    yield Metric(
        "ers_oldest_unsent_seconds", "How long the oldest READY request has waited.", [({}, float(oldest.seconds))]
    )
    longest = context.max_processing.total_seconds()
    fates = rows(connection, "watch", "unknown_fates", longest_seconds=longest)[0]
    yield Metric("ers_unknown_fates", "Requests of unknown fate.", [({}, float(fates.many))])
    risk = rows(connection, "watch", "at_risk", now=context.clock())[0]
    yield Metric(
        "ers_deadlines",
        "Unsent requests whose deadline has passed, or passes within a day.",
        [({"which": "missed"}, float(risk.missed)), ({"which": "near"}, float(risk.near))],
    )


def _of_the_rest(context: Context, connection: Connection) -> Iterator[Metric]:
    outages = rows(connection, "watch", "outages")
    yield Metric("ers_outage", "1 while an endpoint of the Fund is in an outage.", [({}, float(bool(outages)))])
    incidents = rows(connection, "watch", "open_incidents")
    yield Metric("ers_incidents", "Incidents that go on.", [({}, float(len(incidents)))])
    jobs = rows(connection, "jobs", "last_success")
    ended = [({"job": row.job}, row.ended_at.timestamp()) for row in jobs]
    yield Metric("ers_job_last_success_timestamp_seconds", "When a job last ended well.", ended)
    yield Metric("ers_certificate_days_left", "Days left of the newest certificate.", _days_left(context, connection))
    exchanges = rows(connection, "watch", "exchanges")
    labels = [{"operation": row.operation, "outcome": row.outcome} for row in exchanges]
    many = [float(row.many) for row in exchanges]
    seconds = [float(row.seconds) for row in exchanges]
    yield Metric("ers_exchanges_last_day", "Exchanges of the last day.", zip(labels, many, strict=True))
    yield Metric("ers_exchange_seconds_last_day", "Their duration in all.", zip(labels, seconds, strict=True))


def _days_left(context: Context, connection: Connection) -> list[tuple[dict[str, str], float]]:
    now, keyring = context.clock(), context.keyring
    found = []
    for row in rows(connection, "senders", "organizations"):
        ogrn = identifiers.ogrn(row.ogrn)
        if row.id in context.rules.hospitals and ogrn:
            ends = _last_end(keyring, ogrn)
            if ends:
                found.append(({"hospital": str(row.id)}, (ends - now).total_seconds() / DAY))
    fund = max((certificate.not_after for certificate in keyring.fund), default=None)
    return [*found, ({"hospital": "fund"}, (fund - now).total_seconds() / DAY)] if fund else found


def _last_end(keyring: Keyring, ogrn: str) -> datetime | None:
    return max((key.certificate.not_after for key in keyring.opening(ogrn)), default=None)
