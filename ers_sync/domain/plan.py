"""Works out one pregnancy whole: what РАМ calls for against what the ledger has.

The result is a list of changes; `ledger/changes.py` carries them out. Nothing that was sent is touched, but for visits (`takeback.py`).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import cast

from ers_sync.domain import chronology, findings, holds, takeback, without_number
from ers_sync.domain.called import CalledFor, content_hash
from ers_sync.domain.changes import Cancel, Change, Insert, Refresh, Resubmit
from ers_sync.domain.content import Kind
from ers_sync.domain.eligibility import called_for
from ers_sync.domain.facts import Facts, Site
from ers_sync.domain.findings import Finding
from ers_sync.domain.matching import CertificateStatus, Match, Verdict, match
from ers_sync.domain.model import Case
from ers_sync.domain.request import Desired, Draft, Request
from ers_sync.domain.scope import Scope
from ers_sync.domain.states import RENEWABLE, State
from ers_sync.domain.states import Cancel as CancelReason


@dataclass(frozen=True, slots=True)
class Plan:
    """What is to be done for one pregnancy: changes of requests, the certificate it is linked to, and what a person must look at."""

    changes: tuple[Change, ...]
    number: str | None
    findings: tuple[Finding, ...]


def work_out(case: Case, facts: Facts, site: Site) -> Plan:
    """Compare what the pregnancy calls for with what the ledger has, and return what is to be done."""
    verdict = certificate_of(case, facts)
    back = takeback.work_out(case, facts, site)
    seen = replace(facts, requests=back.requests)
    sent = {r.subject for r in seen.requests if r.kind is Kind.PUT_VISIT and r.alive and not _may_still_change(r)}
    called = called_for(case, site.rules, site.now, facts.chosen_exam, _claimed_children(facts), sent=sent)
    changes = list(back.changes)
    no_number = without_number.why(Scope(case, site.rules, site.now), called, facts)
    mine = _by_subject(seen.requests)
    for one in called:
        of_subject = mine.get((one.kind, one.subject), [])
        live = next((r for r in of_subject if r.alive), None)
        if live is None or _may_still_change(live):
            wanted = holds.desired(one, verdict, seen, case, site, no_number=no_number)
            changes += _towards(one, wanted, live, of_subject, case)
    changes += _no_longer_called_for(called, seen)
    number = verdict.certificate.number if verdict.certificate else None
    return Plan(tuple(changes), number, findings.of(case, called, seen, verdict, site.rules))


def certificate_of(case: Case, facts: Facts) -> Match:
    """Return the certificate linked to the pregnancy before, else the one that belongs to it by its dates."""
    linked = next((c for c in facts.certificates if c.number == facts.number), None)
    if linked is None:
        return match(chronology.lmp(case), facts.certificates)
    closed = linked.status is CertificateStatus.CLOSED
    return Match(Verdict.CLOSED if closed else Verdict.ONE, linked)


def _may_still_change(live: Request) -> bool:
    """Tell whether a live request follows РАМ: the Fund has not got it, or has refused it. What was sent is left alone."""
    return live.unsent or live.state is State.REJECTED


def _by_subject(requests: Sequence[Request]) -> dict[tuple[Kind, str], list[Request]]:
    found: dict[tuple[Kind, str], list[Request]] = defaultdict(list)
    for request in sorted(requests, key=lambda r: r.revision):
        found[request.kind, request.subject].append(request)
    return found


def _towards(
    called: CalledFor, wanted: Desired, live: Request | None, mine: Sequence[Request], case: Case
) -> list[Change]:
    """Bring the live request of a subject, which was not sent or was refused, to what is wanted, or make one; `mine` are all it has had."""
    draft = _draft(called, case)
    if live is None:
        last = mine[-1] if mine else None
        if _settled(last, called, wanted) if last else not called.takes_new:
            return []
        return [Insert(draft, last.revision + 1 if last else 1, wanted)]
    if wanted.state is State.CANCELLED:
        return [Cancel(live.id, CancelReason(str(wanted.reason)))]
    if live.unsent:
        return [] if _same(live, draft, wanted) else [Refresh(live.id, live.state, draft, wanted)]
    mended = draft.content_hash is not None and _message(draft) != _message(live)
    return [Resubmit(live.id, live.revision + 1, draft, wanted)] if mended else []


def _message(request: Request | Draft) -> tuple[str | None, int, int]:
    """Return what the Fund is told: the content, by which hospital, for which pregnancy's certificate."""
    return request.content_hash, request.organization_id, request.pregnancy_id


def _claimed_children(facts: Facts) -> dict[tuple[int, int], int]:
    """Return the hospital that has claimed talon 3 for a child's row and half-year: no other claims it from the same row."""
    accepted = (r for r in facts.requests if r.kind is Kind.PUT_TICKET3 and (r.in_flight or r.state is State.DONE))
    return {
        (row, r.half_year or 0): r.organization_id for r in accepted for row in cast("list[int]", r.identity["rows"])
    }


def _settled(last: Request, called: CalledFor, wanted: Desired) -> bool:
    """Tell whether a subject without a live request needs no new one: a person or the Fund has settled it.

    What clerks have sent by hand settles a hospital's visit of that day; an exam moved to another day calls for its own.
    """
    if last.state is State.ANNULLED or last.taken_back:
        return (last.taken_back or last.reason) == "operator"
    by_hand = last.kind is Kind.PUT_VISIT and last.reason == CancelReason.ALREADY_THERE
    if by_hand and any(
        last.identity.get(what) != called.identity[what] for what in ("day", "organization", "pregnancy")
    ):
        return wanted.state is State.CANCELLED
    return last.state is State.CANCELLED and last.reason not in RENEWABLE


def _no_longer_called_for(called: list[CalledFor], facts: Facts) -> list[Change]:
    """Cancel what was never accepted and that РАМ no longer calls for. What was accepted is listed, never taken back from here."""
    wanted = {(one.kind, one.subject) for one in called}
    own = {Kind.ANNUL_VISIT, Kind.DISABLE_ERS}  # called for by a taking back or by a person, not by a row of РАМ
    stale = (r for r in facts.requests if r.kind not in own and r.alive and (r.kind, r.subject) not in wanted)
    return [Cancel(r.id, CancelReason.GONE) for r in stale if r.unsent or r.state is State.REJECTED]


def _draft(called: CalledFor, case: Case) -> Draft:
    return Draft(
        kind=called.kind,
        subject=called.subject,
        source=called.source,
        organization_id=called.organization_id,
        pregnancy_id=case.pregnancy.id,
        event_on=called.event_on,
        deadline=called.deadline,
        doctor_id=called.doctor_id,
        half_year=called.half_year,
        identity=called.identity,
        content=called.content,
        content_hash=content_hash(called.content),
    )


def _same(live: Request, draft: Draft, wanted: Desired) -> bool:
    """Tell whether the ledger already says just this of an unsent request."""
    return (live.state, live.reason, live.details) == (wanted.state, wanted.reason, wanted.details) and (
        live.source,
        live.organization_id,
        live.pregnancy_id,
        live.event_on,
        live.deadline,
        live.doctor_id,
        live.identity,
        live.content_hash,
    ) == (
        draft.source,
        draft.organization_id,
        draft.pregnancy_id,
        draft.event_on,
        draft.deadline,
        draft.doctor_id,
        draft.identity,
        draft.content_hash,
    )
