"""Asks the Fund about certificates and talons («Обновить данные ЭРС»): women without a number daily, with one weekly, at a bounded rate."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Mapping

from ers_sync.context import Context
from ers_sync.exchange import posting, probing, questions
from ers_sync.ledger import certificates
from ers_sync.ledger.database import run as run_query
from ers_sync.ops.logging_setup import event

log = logging.getLogger(__name__)


def run(context: Context) -> Mapping[str, object]:
    """Ask about at most one minute's worth of women, and count the answers. A new answer has its pregnancy worked out anew."""
    probing.probe(context)
    done: Counter[str] = Counter()
    with context.ledger.connect() as connection:
        women = certificates.to_ask(connection, context.config.pull.per_minute)
    for woman in women:
        try:
            found = questions.about(context, woman, by=woman.number or woman.snils or "")
        except posting.TapClosed:
            break
        except Exception as error:  # noqa: BLE001 - one woman's trouble never keeps the others from being asked about
            if not isinstance(error, questions.NotAnswered):
                event(log, logging.ERROR, "pull.put_off", exc_info=error, pregnancy=woman.pregnancy_id)
            done["not_answered"] += 1
            with context.ledger.begin() as connection:
                certificates.not_answered(connection, woman.pregnancy_id)
            continue
        done["certificates"] += len(found)
        done["asked"] += 1
        with context.ledger.begin() as connection:
            run_query(connection, "scan", "ask_rework", pregnancies=[woman.pregnancy_id])
    return done
