"""The ledger and the Fund in memory, as far as the rules need them: what `ledger/changes.py` and the Fund's answers do, without SQL.

It insists on what the database insists on: only known transitions, one live request a subject, revisions and visit ids used once.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from ers_sync.domain import changes as c
from ers_sync.domain.content import TICKETS, Kind
from ers_sync.domain.facts import Facts, Site
from ers_sync.domain.matching import Certificate
from ers_sync.domain.model import Case
from ers_sync.domain.plan import Plan, work_out
from ers_sync.domain.request import Desired, Draft, Request
from ers_sync.domain.states import TRANSITIONS, State
from tests.unit.domain.build import certificate

Told = tuple[str | None, int, Any]  # what the Fund was told of a visit: certificate, hospital, content


@dataclass
class Memory:
    """The ledger's requests and links, and the Fund's book of visits and talons."""

    requests: dict[int, Request] = field(default_factory=dict)
    contents: dict[int, Any] = field(default_factory=dict)
    links: dict[int, str] = field(default_factory=dict)
    certificates: dict[int, Certificate] = field(default_factory=dict)
    absent: Counter[int] = field(default_factory=Counter)
    visits: dict[str, Told] = field(default_factory=dict)
    annulled: set[str] = field(default_factory=set)
    talons: list[tuple[str | None, str]] = field(default_factory=list)

    def facts(self, case: Case) -> Facts:
        """Return what concerns a pregnancy: its requests, and the visits of its exams wherever they were sent from."""
        sources = {f"exam:{exam.id}" for exam in case.exams}
        id_ = case.pregnancy.id
        return Facts(
            requests=[
                r
                for r in self.requests.values()
                if r.pregnancy_id == id_ or (r.kind in {Kind.PUT_VISIT, Kind.ANNUL_VISIT} and r.source in sources)
            ],
            number=self.links.get(id_),
            certificates=[self.certificates[id_]] if id_ in self.certificates else [],
            missing_exams=frozenset(exam for exam, times in self.absent.items() if times >= 2),
        )

    def work_out(self, case: Case, site: Site) -> Plan:
        """Work a pregnancy out and carry the changes out."""
        plan = work_out(case, self.facts(case), site)
        for change in sorted(plan.changes, key=lambda one: isinstance(one, c.KeepAfterAll | c.Insert)):
            self.apply(change)
        if plan.number:
            self.links[case.pregnancy.id] = plan.number
        self._check()
        return plan

    def apply(self, change: c.Change) -> None:
        match change:
            case c.Insert(draft, revision, wanted):
                self._insert(draft, revision, wanted)
            case c.Refresh(id_, from_state, draft, wanted):
                assert self.requests[id_].state is from_state
                self._write(id_, draft, wanted)
            case c.Resubmit(id_, revision, draft, wanted):
                assert self.requests[id_].state is State.REJECTED
                self._write(id_, draft, wanted, revision=revision, visit_id=None)
            case c.Cancel(id_, reason):
                self.move(id_, State.CANCELLED, reason=reason)
            case c.TakeBack(id_, why, _, wanted):
                self._take_back(id_, why, wanted)
            case c.KeepAfterAll(id_, annulment_id):
                self.move(annulment_id, State.CANCELLED, reason="superseded")
                self.requests[id_] = replace(self.requests[id_], taken_back=None)
            case c.Rehold(id_, from_state, wanted):
                assert self.requests[id_].state is from_state
                self.move(id_, wanted.state, reason=wanted.reason, details=wanted.details)

    def move(self, id_: int, state: State, **values: Any) -> None:
        """Let a request take a known step."""
        before = self.requests[id_]
        assert state is before.state or state in TRANSITIONS[before.state], (before.state, state)
        self.requests[id_] = replace(before, state=state, **values)

    def send(self, id_: int) -> None:
        """Begin an attempt."""
        request = self.requests[id_]
        exam = request.source.removeprefix("exam:")
        visit_id = exam if request.revision == 1 else f"{exam}-{request.revision}"
        number = self.links.get(request.pregnancy_id)
        known = {"visit_id": visit_id} if request.kind is Kind.PUT_VISIT else {}
        ers_number = request.ers_number if request.kind is Kind.ANNUL_VISIT else number
        self.move(id_, State.SENDING, ers_number=ers_number, **known)

    def process(self, id_: int) -> None:
        """Let the Fund process what it has, and the ledger learn it."""
        request = self.requests[id_]
        self.move(id_, State.DONE)
        visit_id = str(request.visit_id)
        if request.kind is Kind.CREATE_ERS:
            assert request.pregnancy_id not in self.certificates
            self.certificates[request.pregnancy_id] = certificate(f"{request.pregnancy_id:010}")
        elif request.kind is Kind.PUT_VISIT:
            assert visit_id not in self.visits
            assert visit_id not in self.annulled
            self.visits[visit_id] = (request.ers_number, request.organization_id, self.contents[id_])
        elif request.kind is Kind.ANNUL_VISIT:
            del self.visits[visit_id]
            self.annulled.add(visit_id)
            self.move(request.annuls_id or 0, State.ANNULLED)
        elif request.kind in TICKETS:
            self.talons.append((request.ers_number, request.kind))

    def compare(self, exams: set[int]) -> None:
        """Compare with the whole of РАМ: which sent exams are not there any more, and how many times in a row."""
        sent = {int(r.source.removeprefix("exam:")) for r in self.requests.values() if r.kind is Kind.PUT_VISIT}
        for exam in sent:
            self.absent[exam] = 0 if exam in exams else self.absent[exam] + 1

    def live(self, kind: Kind, subject: str) -> list[Request]:
        return [r for r in self.requests.values() if (r.kind, r.subject) == (kind, subject) and r.alive]

    def _insert(self, draft: Draft, revision: int, wanted: Desired, **values: Any) -> None:
        id_ = len(self.requests) + 1
        known: dict[str, Any] = dict.fromkeys(("ers_number", "visit_id", "taken_back", "annuls_id"))
        known |= {"ambiguous": False, "operator_hold": False} | _said(draft) | asdict(wanted) | values
        self.requests[id_] = Request(id=id_, revision=revision, **known)
        self.contents[id_] = draft.content

    def _write(self, id_: int, draft: Draft, wanted: Desired, **values: Any) -> None:
        self.move(id_, wanted.state, reason=wanted.reason, details=wanted.details, **_said(draft), **values)
        self.contents[id_] = draft.content

    def _take_back(self, id_: int, why: str, wanted: Desired) -> None:
        visit = self.requests[id_]
        assert visit.state is State.DONE
        assert visit.taken_back is None
        self.requests[id_] = visit = replace(visit, taken_back=why)
        subject = f"{visit.source}:{visit.revision}"
        revision = 1 + sum((r.kind, r.subject) == (Kind.ANNUL_VISIT, subject) for r in self.requests.values())
        nothing: dict[str, Any] = dict.fromkeys(("event_on", "deadline", "doctor_id", "half_year", "content_hash"))
        draft = Draft(
            kind=Kind.ANNUL_VISIT,
            subject=subject,
            source=visit.source,
            organization_id=visit.organization_id,
            pregnancy_id=visit.pregnancy_id,
            identity={},
            content={"visit_id": visit.visit_id},
            **nothing,
        )
        told = {"annuls_id": id_, "visit_id": visit.visit_id, "ers_number": visit.ers_number}
        self._insert(draft, revision, wanted, **told)

    def _check(self) -> None:
        live = Counter((r.kind, r.subject) for r in self.requests.values() if r.alive)
        assert max(live.values(), default=1) == 1, live
        revisions = Counter((r.kind, r.subject, r.revision) for r in self.requests.values())
        assert max(revisions.values(), default=1) == 1, revisions
        assert all(r.reason for r in self.requests.values() if r.state in {State.HELD, State.CANCELLED})
        ready = [r for r in self.requests.values() if r.state is State.READY]
        assert all(self.contents[r.id] is not None for r in ready)


def _said(draft: Draft) -> dict[str, Any]:
    return {name: getattr(draft, name) for name in draft.__dataclass_fields__ if name != "content"}
