"""Random histories of two pregnancies: whatever happens in which order, at rest the Fund has what РАМ says, once."""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import replace
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ers_sync.domain.content import Kind
from ers_sync.domain.eligibility import called_for
from ers_sync.domain.findings import FindingCode
from ers_sync.domain.model import Case, Exam
from ers_sync.domain.states import State
from tests.unit.domain.build import CLINIC, MATERNITY, STRANGER, at, case, exam, patient, pregnancy, primary, site
from tests.unit.domain.memory import Memory

FIRST, SECOND = 1, 2
PRIMARY = {FIRST: 10, SECOND: 20}
DAYS = {11: 90, 12: 150, 13: 212, 14: 213}
IN_WORK = {State.READY, State.SENDING, State.UNKNOWN, State.REGISTERED}

EDITS: list[dict[str, Any]] = [
    {"gestation_days": 91},
    {"gestation_days": 92},
    {"gestation_days": None},
    {"gestation_days": 214},
    {"note": "Исправлено"},
    {"note": None},
    {"examined_at": at(92)},
    {"examined_at": at(92, "12:00")},
    {"organization_id": MATERNITY},
    {"organization_id": STRANGER},
    {"organization_id": CLINIC},
    {"deleted": True},
    {"deleted": False},
    {"pregnancy_id": FIRST},
    {"pregnancy_id": SECOND},
]

_IDS = st.sampled_from(sorted(DAYS))
_EDITS = st.tuples(st.just("edit"), _IDS, st.sampled_from(EDITS))
_STEPS = st.tuples(st.just("step"), st.integers(0, 9), st.sampled_from(["done", "refused", "lost", "unsent"]))
_SCANS = st.tuples(st.just("scan"), st.sampled_from([FIRST, SECOND]), st.none())
_REST = st.tuples(
    st.sampled_from(["original", "vanish", "compare", "contract", "brake", "primary", "surname"]), _IDS, st.none()
)
HISTORIES = st.lists(_EDITS | _STEPS | _STEPS | _SCANS | _SCANS | _REST, max_size=50)


class World:
    """РАМ with two pregnancies, the ledger and the Fund."""

    def __init__(self) -> None:
        self.memory, self.site = Memory(), site()
        self.surname = "Иванова"
        self.original = {id_: exam(id_, days, pregnancy_id=FIRST) for id_, days in DAYS.items()}
        self.exams: dict[int, Exam] = dict(self.original)
        for id_, number in PRIMARY.items():
            self.exams[number] = primary(number, 60, pregnancy_id=id_)

    def case(self, id_: int) -> Case:
        rows = [row for row in self.exams.values() if row.pregnancy_id == id_]
        whole = case(*rows, patient=patient(last_name=self.surname))
        return replace(whole, pregnancy=pregnancy(id=id_))

    def act(self, name: str, id_: int, what: Any) -> None:
        if name == "edit" and id_ in self.exams:
            self.exams[id_] = replace(self.exams[id_], **what)
        elif name == "original":
            self.exams[id_] = self.original[id_]
        elif name == "vanish":
            self.exams.pop(id_, None)
        elif name == "compare":
            self.memory.compare(set(self.exams))
        elif name == "primary":
            self.exams[10] = replace(self.exams[10], deleted=not self.exams[10].deleted)
        elif name == "surname":
            self.surname += "а"
        elif name == "scan":
            self.scan(id_)
        elif name == "step":
            self.step(id_, what)
        else:
            self._switch(name)

    def scan(self, id_: int) -> None:
        """Work a pregnancy out: doing it again changes nothing."""
        self.memory.work_out(self.case(id_), self.site)
        again = self.memory.work_out(self.case(id_), self.site)
        assert again.changes == ()

    def step(self, place: int, fate: str) -> None:
        """Let something happen to one of the requests that are being sent."""
        waiting = sorted(r.id for r in self.memory.requests.values() if r.state in IN_WORK)
        if waiting:
            self.advance(waiting[place % len(waiting)], fate)

    def advance(self, id_: int, fate: str) -> None:
        """Take a request one step further: what the Fund answers, or that nobody knows."""
        state = self.memory.requests[id_].state
        if state is State.READY:
            self.memory.send(id_)
        elif state is State.SENDING:
            after = {"unsent": State.READY, "lost": State.UNKNOWN}
            self.memory.move(id_, after.get(fate, State.REGISTERED))
        elif state is State.UNKNOWN:
            self.memory.move(id_, State.READY if fate == "unsent" else State.REGISTERED)
        elif fate == "refused":
            self.memory.move(id_, State.REJECTED)
        else:
            self.memory.process(id_)

    def settle(self) -> None:
        """Mend what is broken and go on until nothing moves any more; what the Fund refused an operator lets go out again."""
        self.site = site()
        for _ in range(2):
            self.memory.compare(set(self.exams))
        for _ in range(60):
            self.scan(FIRST)
            self.scan(SECOND)
            moving = [r for r in self.memory.requests.values() if r.state in IN_WORK | {State.REJECTED}]
            if not moving:
                return
            for request in moving:
                if request.state is State.REJECTED:
                    self.memory.move(request.id, State.READY, revision=request.revision + 1)
                else:
                    self.advance(request.id, "done")
        raise AssertionError("never at rest")

    def _switch(self, name: str) -> None:
        if name == "contract":
            self.site = replace(self.site, contracts={} if self.site.contracts else site().contracts)
        else:
            on = frozenset({(CLINIC, Kind.ANNUL_VISIT), (CLINIC, Kind.PUT_VISIT)})
            self.site = replace(self.site, brakes=frozenset() if self.site.brakes else on)


def _expected(world: World) -> Counter[Any]:
    """Return the visits that the final content of РАМ calls for, without asking the code under test."""
    rows = [row for row in world.exams.values() if row.kind == "repeat" and not row.deleted]
    return Counter(
        (
            world.memory.links[row.pregnancy_id],
            row.organization_id,
            str(row.examined_at)[:10],
            row.gestation_days,
            row.note,
        )
        for row in rows
        if row.organization_id != STRANGER and row.gestation_days is not None and row.pregnancy_id in world.memory.links
    )


def _standing(world: World) -> Counter[Any]:
    return Counter(
        (number, hospital, told["visit_date"], told["gestation_days"], told["obstetric_status"])
        for number, hospital, told in world.memory.visits.values()
    )


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(HISTORIES)
def test_at_rest_the_fund_has_just_the_final_content(history: list[tuple[str, int, Any]]) -> None:
    world = World()
    for action in history:
        world.act(*action)
    world.settle()
    assert _standing(world) == _expected(world)
    _nothing_lost_nothing_twice(world)


def _nothing_lost_nothing_twice(world: World) -> None:
    memory = world.memory
    assert max(Counter(memory.talons).values(), default=1) == 1
    assert not memory.annulled & set(memory.visits)
    for id_ in (FIRST, SECOND):
        whole = world.case(id_)
        called = called_for(whole, world.site.rules, world.site.now)
        for one in called:
            assert len(memory.live(one.kind, one.subject)) == 1
        found = memory.work_out(whole, world.site).findings
        sent = [r for r in memory.requests.values() if r.pregnancy_id == id_ and r.state is State.DONE]
        talons = [r for r in sent if r.kind in {Kind.PUT_TICKET1, Kind.CREATE_ERS}]
        told = {(r.kind, r.subject): r.identity for r in talons}
        now = {(one.kind, one.subject): one.identity for one in called}
        diverging = {r.id for r in talons if now.get((r.kind, r.subject)) != told[r.kind, r.subject]}
        assert {f.request_id for f in found if f.code is FindingCode.DIVERGES} == diverging


def test_the_model_sends_something() -> None:
    """A model in which nothing is ever sent would hold all the above."""
    world = World()
    world.settle()
    assert _standing(world) == _expected(world)
    assert len(world.memory.visits) == 4
    assert world.memory.talons == [("0000000001", "put_ticket1")]


@settings(max_examples=10, deadline=None)
@given(st.integers(0, 2**32))
def test_long_histories(seed: int) -> None:
    """Many edits of few exams: annulments in every state meet edits, deletions and restorations."""
    draw, world = random.Random(seed), World()
    for _ in range(300):
        id_ = draw.choice(sorted(DAYS))
        choice = draw.random()
        if choice < 0.25:
            world.act("edit", id_, draw.choice(EDITS))
        elif choice < 0.35:
            world.act("original", id_, None)
        elif choice < 0.6:
            world.act("scan", draw.choice([FIRST, SECOND]), None)
        elif choice < 0.95:
            world.act("step", draw.randrange(10), draw.choice(["done", "refused", "lost", "unsent"]))
        else:
            world.act(draw.choice(["vanish", "compare", "contract", "brake"]), id_, None)
    world.settle()
    assert _standing(world) == _expected(world)
    _nothing_lost_nothing_twice(world)
