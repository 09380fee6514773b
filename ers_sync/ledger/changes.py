"""Carries out what working out a batch of pregnancies asks for: each kind of change is one statement for the whole batch."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime

from sqlalchemy import Connection

from ers_sync.domain import changes as c
from ers_sync.domain.content import AnnulContent, Kind
from ers_sync.domain.plan import Plan
from ers_sync.domain.request import Desired, Draft
from ers_sync.ledger.database import rows, run, to_json

Record = dict[str, object]


def apply(
    connection: Connection, plans: Mapping[int, Plan], annulments_due: Mapping[int, tuple[date, datetime | None]]
) -> int:
    """Carry out the plans (by pregnancy id) in this transaction and return how many changes were made.

    A change whose request has moved on meanwhile is not made, and its pregnancy is put on the list for the next tick.
    `annulments_due` gives, by hospital id, the day and the deadline of an annulment that is called for now.
    """
    owner: dict[int, int] = {}
    for pregnancy_id, plan in plans.items():
        for change in plan.changes:
            if not isinstance(change, c.Insert):
                owner[_target(change)] = pregnancy_id
    todo = [change for plan in plans.values() for change in plan.changes]
    made = take_back(connection, [t for t in todo if isinstance(t, c.TakeBack)], annulments_due)
    cancels = [{"id": t.request_id, "reason": t.reason} for t in todo if isinstance(t, c.Cancel)]
    made |= _apply(connection, "cancel_requests", cancels)
    # only now: a visit that stands again must not meet its corrected successor
    made |= _keep(connection, [k for k in todo if isinstance(k, c.KeepAfterAll)])
    updates = [_updated(t) for t in todo if isinstance(t, c.Refresh | c.Resubmit)]
    made |= _apply(connection, "update_requests", updates)
    reholds = [
        {"id": t.request_id, "from_state": t.from_state} | _wanted(t.wanted) for t in todo if isinstance(t, c.Rehold)
    ]
    made |= _apply(connection, "rehold_requests", reholds)
    inserts = [_inserted(t) for t in todo if isinstance(t, c.Insert)]
    _insert(connection, inserts)
    late = {owner[id_] for id_ in owner if id_ not in made}
    if late:
        run(connection, "scan", "ask_rework", pregnancies=sorted(late))
    return len(made) + len(inserts)


def write_findings(connection: Connection, plans: Mapping[int, Plan]) -> None:
    """Open and close what a person must look at in these pregnancies."""
    found = [
        {"pregnancy_id": id_, "request_id": finding.request_id, "code": finding.code, "money": finding.money}
        for id_, plan in plans.items()
        for finding in plan.findings
    ]
    listed = to_json(found)
    run(connection, "scan", "close_findings", pregnancies=list(plans), rows=listed)
    if found:
        run(connection, "scan", "open_findings", rows=listed)


def _target(change: c.Change) -> int:
    if isinstance(change, c.TakeBack):
        return change.visit_id
    if isinstance(change, c.KeepAfterAll):
        return change.annulment_id
    if isinstance(change, c.Insert):
        raise TypeError("an insert has no request yet")
    return change.request_id


def _apply(connection: Connection, name: str, records: Sequence[Record]) -> set[int]:
    if not records:
        return set()
    return {row.id for row in rows(connection, "scan", name, rows=to_json(records))}


def _insert(connection: Connection, records: Sequence[Record]) -> None:
    if records:
        run(connection, "scan", "insert_requests", rows=to_json(records))


def take_back(
    connection: Connection,
    changes: Iterable[c.TakeBack],
    due: Mapping[int, tuple[date, datetime | None]],
    operator: str | None = None,
) -> set[int]:
    """Mark visits as taken back, make the request that annuls each, and return the ids of the visits.

    `due` is as `annulments_due` of `apply`; `operator` is the person who wants it, if a person does.
    """
    wanted = {change.visit_id: change for change in changes}
    if not wanted:
        return set()
    listed = to_json([{"id": change.visit_id, "why": change.why} for change in wanted.values()])
    visits = rows(connection, "scan", "take_back", rows=listed)
    annulments: list[Record] = []
    for visit in visits:
        change = wanted[visit.id]
        event_on, deadline = due.get(visit.organization_id, (visit.event_on, None))
        content: AnnulContent = {"visit_id": visit.visit_id, "reason": change.reason}
        annulments.append(
            {
                "kind": Kind.ANNUL_VISIT,
                "subject": f"{visit.source}:{visit.revision}",
                "revision": visit.revision,
                "source": visit.source,
                "organization_id": visit.organization_id,
                "pregnancy_id": visit.pregnancy_id,
                "doctor_id": visit.doctor_id,
                "event_on": event_on,
                "deadline": deadline,
                "content": content,
                "identity": {},
                "ers_number": visit.ers_number,
                "annuls_id": visit.id,
                "operator": operator,
            }
            | _wanted(change.wanted)
        )
    _insert(connection, annulments)
    return {visit.id for visit in visits}


def _keep(connection: Connection, changes: Sequence[c.KeepAfterAll]) -> set[int]:
    if not changes:
        return set()
    by_visit = {change.visit_id: change.annulment_id for change in changes}
    dropped = rows(connection, "scan", "dropped_annulments", ids=list(by_visit.values()))
    kept = [row.annuls_id for row in dropped]
    run(connection, "scan", "keep_after_all", ids=kept)
    return {by_visit[visit] for visit in kept}


def _inserted(change: c.Insert) -> Record:
    return _drafted(change.draft) | _wanted(change.wanted) | {"revision": change.revision}


def _updated(change: c.Refresh | c.Resubmit) -> Record:
    record = _drafted(change.draft) | _wanted(change.wanted)
    if isinstance(change, c.Resubmit):
        return record | {"id": change.request_id, "from_state": "REJECTED", "revision": change.revision}
    return record | {"id": change.request_id, "from_state": change.from_state}


def _drafted(draft: Draft) -> Record:
    return {
        "kind": draft.kind,
        "subject": draft.subject,
        "source": draft.source,
        "organization_id": draft.organization_id,
        "pregnancy_id": draft.pregnancy_id,
        "doctor_id": draft.doctor_id,
        "half_year": draft.half_year,
        "event_on": draft.event_on,
        "deadline": draft.deadline,
        "content": draft.content,
        "content_hash": draft.content_hash,
        "identity": draft.identity,
    }


def _wanted(wanted: Desired) -> Record:
    return {"state": wanted.state, "reason": wanted.reason, "details": list(wanted.details)}
