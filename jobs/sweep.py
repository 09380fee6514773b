"""Compares РАМ whole with the ledger, and clears away what is finished and old."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from time import monotonic

from ers_sync.context import Context
from ers_sync.ledger import evidence, months, retention
from ers_sync.ops.logging_setup import event
from ers_sync.reports.retention import remove_old
from jobs import report, scan

RESEAL_SECONDS = 3600.0

log = logging.getLogger(__name__)


def run(context: Context) -> Mapping[str, object]:
    """Compare everything once, make the months of the request log ahead, and forget what nobody has to keep any more."""
    done = dict(scan.run(context, full=True))
    keep = context.config.retention
    with context.ledger.begin() as connection:
        done["months_made"] = months.make_ahead(connection)
        done |= retention.forget(
            connection,
            {
                "runs": keep.job_runs_days,
                "content": keep.content_days,
                "findings": keep.incidents_days,
                "incidents": keep.incidents_days,
                "outages": keep.incidents_days,
                "brakes": keep.incidents_days,
                "decisions": keep.audit_days,
                "audit": keep.audit_days,
            },
        )
    done["months_forgotten"] = len(months.forget_evidence(context.ledger, keep.evidence_days))
    done["log_months_forgotten"] = len(months.forget_log(context.ledger, keep.log_days))
    today = context.clock().astimezone(context.config.timezone).date()
    done["reports_removed"] = remove_old(report.settings(context), today)
    return {**done, **_reseal(context)}


def _reseal(context: Context) -> Mapping[str, object]:
    """Close old evidence by the key in force, for an hour at most: what is left is done tomorrow."""
    ends = monotonic() + RESEAL_SECONDS
    done = evidence.reseal(context.ledger, context.seal, lambda: context.stopping.is_set() or monotonic() > ends)
    if done.missing:
        event(log, logging.ERROR, "evidence.key_missing", exchanges=done.missing)
    return {"evidence_resealed": done.closed, "evidence_without_key": done.missing}
