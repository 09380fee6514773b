"""Compares РАМ whole with the ledger, and clears away what is finished and old."""

from __future__ import annotations

from collections.abc import Mapping

from ers_sync.context import Context
from ers_sync.ledger import months
from ers_sync.ledger.database import run as run_query
from ers_sync.reports.retention import remove_old
from jobs import report, scan


def run(context: Context) -> Mapping[str, object]:
    """Compare everything once, make the months of the request log ahead, and forget what nobody has to keep any more."""
    done = dict(scan.run(context, full=True))
    keep = context.config.retention
    with context.ledger.begin() as connection:
        done["months_made"] = months.make_ahead(connection)
        done["job_runs_forgotten"] = run_query(connection, "jobs", "forget_runs", days=keep.job_runs_days)
    done["months_forgotten"] = len(months.forget_evidence(context.ledger, keep.evidence_days))
    today = context.clock().astimezone(context.config.timezone).date()
    done["reports_removed"] = remove_old(report.settings(context), today)
    return done
