"""Opens and closes the rows of incidents, and notes what is to be said of them: once when one begins, once when it is over."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from sqlalchemy import Connection

from ers_sync.ledger.database import rows, run
from ers_sync.ops.logging_setup import event
from ers_sync.watching.incident import Incident

GONE_RUNS = 2  # runs in a row without it, after which an incident is over
SLOWER = 4  # one that came back has to stay away so many times longer, each time
MOST_FLAPS = 4

log = logging.getLogger(__name__)


def update(
    connection: Connection, present: Iterable[Incident], channels: Mapping[int | None, Sequence[str]]
) -> Counter[str]:
    """Compare what is wrong now with what was, and return how many incidents opened, became worse, and closed.

    `channels` gives, by hospital (None: the on-call), where its incidents are told.
    """
    wrong = {incident.key: incident for incident in present}
    known = {row.key: row for row in rows(connection, "watch", "open_incidents")}
    done: Counter[str] = Counter()
    new = [incident for key, incident in wrong.items() if key not in known]
    flaps = {row.key: row.flaps for row in rows(connection, "watch", "recent_flaps", keys=[i.key for i in new])}
    for incident in new:
        done["opened"] += _open(connection, incident, flaps.get(incident.key, 0), channels)
    for key, row in known.items():
        found = wrong.get(key)
        if found is None:
            runs = GONE_RUNS * SLOWER ** min(row.flaps, MOST_FLAPS)
            if rows(connection, "watch", "absent_incident", id=row.id, runs=runs)[0].closed:
                done["closed"] += 1
                event(log, logging.INFO, "incident.closed", code=row.code, key=key)
                _tell(connection, row.id, "closed", row.level, _where(row.organization_id, channels))
            continue
        level = max(found.level, row.level)
        run(connection, "watch", "seen_incident", id=row.id, code=found.code, level=level, about=found.about)
        if level > row.level:
            done["worse"] += 1
            event(log, logging.WARNING, "incident.worse", code=found.code, key=key, level=level)
            _tell(connection, row.id, "worse", level, _where(found.organization_id, channels))
    return done


def _open(connection: Connection, incident: Incident, flaps: int, channels: Mapping[int | None, Sequence[str]]) -> int:
    made = rows(
        connection,
        "watch",
        "open_incident",
        key=incident.key,
        code=incident.code,
        organization_id=incident.organization_id,
        level=incident.level,
        about=incident.about,
        flaps=flaps,
    )
    for row in made:
        event(log, logging.WARNING, "incident.opened", code=incident.code, key=incident.key)
        _tell(connection, row.id, "opened", incident.level, _where(incident.organization_id, channels))
    return len(made)


def _where(organization_id: int | None, channels: Mapping[int | None, Sequence[str]]) -> list[str]:
    own = channels.get(organization_id, ()) if organization_id is not None else ()
    return [*channels.get(None, ()), *own]


def _tell(connection: Connection, incident_id: int, what: str, level: int, channels: Iterable[str]) -> None:
    for channel in channels:
        run(connection, "watch", "make_notice", incident_id=incident_id, event=what, level=level, channel=channel)
