"""Looks for what is wrong and tells the on-call: once when it begins, once when it is over. A dead man's switch tells of its silence."""

from __future__ import annotations

import logging
from collections.abc import Mapping

import httpx

from ers_sync.context import Context
from ers_sync.ledger.database import rows
from ers_sync.ledger.database import run as run_query
from ers_sync.ops import ping, sentry
from ers_sync.ops.logging_setup import event
from ers_sync.watching import deliver, figures, find, keep

log = logging.getLogger(__name__)


def run(context: Context) -> Mapping[str, object]:
    """Find incidents, open and close their rows, deliver what is new, write the figures, and give signs of life."""
    channels = deliver.names(context)
    with context.ledger.begin() as connection:
        done = keep.update(connection, find.present(context, connection), channels)
        days = context.config.retention.job_runs_days
        forgotten = run_query(connection, "watch", "forget_incidents", days=days)
    sent = deliver.everything(context)
    figures.write(context)
    _check_in(context)
    _ping(context)
    return {**done, **sent, "forgotten": forgotten}


def _check_in(context: Context) -> None:
    """Tell Sentry which jobs have ended since the last time."""
    if context.config.alerts.sentry_dsn_file is None:
        return
    sentry.ensure(context.config.alerts.sentry_dsn_file)
    with context.ledger.connect() as connection:
        ended = rows(connection, "watch", "ended_runs")
    for row in ended:
        sentry.check_in(row.job, ok=row.succeeded, seconds=float(row.seconds))


def _ping(context: Context) -> None:
    url = context.config.alerts.ping_url
    if url is None:
        return
    try:
        ping.ping(url)
    except httpx.HTTPError as error:
        # whoever listens there will say it himself
        event(log, logging.WARNING, "ping.failed", exc_info=error)
