"""Taking back visits that the Fund has."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from ers_sync.domain.changes import Cancel, Insert, KeepAfterAll, Rehold, TakeBack
from ers_sync.domain.content import Kind
from ers_sync.domain.facts import Site
from ers_sync.domain.model import Case
from ers_sync.domain.plan import Plan
from ers_sync.domain.request import Desired, Request
from ers_sync.domain.states import State
from tests.unit.domain.build import (
    CLINIC,
    MATERNITY,
    NOW,
    STRANGER,
    at,
    case,
    certificate,
    exam,
    patient,
    pregnancy,
    primary,
    site,
    visit_seen,
)
from tests.unit.domain.memory import Memory

VISIT = exam(11, 100)
SENT = case(primary(), VISIT)
EDITED = case(primary(), replace(VISIT, gestation_days=101))
DELETED = case(primary(), replace(VISIT, deleted=True))
VANISHED = case(primary())
BRAKED = site(brakes=frozenset({(CLINIC, Kind.ANNUL_VISIT)}))


def _sent() -> Memory:
    """Return a ledger whose one visit the Fund has processed."""
    memory = Memory(certificates={7: certificate()})
    memory.work_out(SENT, site())
    _send(memory, Kind.PUT_VISIT)
    assert set(memory.visits) == {"11"}
    return memory


def _send(memory: Memory, kind: Kind, until: State = State.DONE) -> None:
    (id_,) = [r.id for r in memory.requests.values() if r.kind is kind and r.state is State.READY]
    memory.send(id_)
    if until is State.DONE:
        memory.move(id_, State.REGISTERED)
        memory.process(id_)
    else:
        memory.move(id_, until)


def _scan(memory: Memory, of: Case, at_site: Site | None = None) -> Plan:
    """Work the pregnancy out; again, nothing changes."""
    plan = memory.work_out(of, at_site or site())
    assert memory.work_out(of, at_site or site()).changes == ()
    return plan


def _of(memory: Memory, kind: Kind) -> list[Request]:
    return [r for r in memory.requests.values() if r.kind is kind]


@pytest.mark.parametrize(
    "edit",
    [
        {"examined_at": at(101)},
        {"gestation_days": 101},
        {"note": "иначе"},
        {"note": None},
        {"organization_id": MATERNITY},
    ],
)
def test_an_edit_of_what_identifies_a_visit_annuls_it_and_sends_it_anew(edit: dict[str, Any]) -> None:
    memory, after = _sent(), case(primary(), replace(VISIT, **edit))
    plan = _scan(memory, after)
    assert [type(change) for change in plan.changes] == [TakeBack, Insert]
    (annulment,), (visit, successor) = _of(memory, Kind.ANNUL_VISIT), _of(memory, Kind.PUT_VISIT)
    assert (annulment.state, annulment.annuls_id, annulment.organization_id) == (State.READY, visit.id, CLINIC)
    assert visit.taken_back == "edited"
    assert (successor.revision, successor.state, successor.reason) == (2, State.HELD, "annul_first")
    _send(memory, Kind.ANNUL_VISIT)
    _scan(memory, after)
    _send(memory, Kind.PUT_VISIT)
    assert set(memory.visits) == {"11-2"}
    assert _scan(memory, after).changes == ()


@pytest.mark.parametrize(
    "after",
    [
        replace(SENT, patient=patient(last_name="Новая", address="Другой адрес")),
        replace(SENT, patient=patient(snils="1")),
        replace(SENT, patient=None),
        case(primary(), replace(VISIT, doctor_id=30)),
        case(primary(), replace(VISIT, examined_at=at(100, "18:30"))),
        case(primary(), replace(VISIT, note="  Беременность развивается\x00 ")),
        case(primary(), replace(VISIT, kind="primary")),
        case(primary(days=70), VISIT),
        replace(SENT, pregnancy=pregnancy(fetus_count=2, closed_on=NOW.date() - timedelta(days=400))),
    ],
)
def test_nothing_else_touches_a_sent_visit(after: Case) -> None:
    memory = _sent()
    assert [c for c in _scan(memory, after).changes if isinstance(c, TakeBack)] == []
    assert len(_of(memory, Kind.PUT_VISIT)) == 1


@pytest.mark.parametrize("after", [DELETED, case(primary(), replace(VISIT, organization_id=STRANGER))])
def test_without_a_successor(after: Case) -> None:
    memory = _sent()
    assert [type(change) for change in _scan(memory, after).changes] == [TakeBack]
    _send(memory, Kind.ANNUL_VISIT)
    assert _scan(memory, after).changes == ()
    assert memory.visits == {}


def test_a_deleted_exam_that_comes_back_is_sent_under_a_new_id() -> None:
    memory = _sent()
    _scan(memory, DELETED)
    _send(memory, Kind.ANNUL_VISIT)
    _scan(memory, SENT)
    _send(memory, Kind.PUT_VISIT)
    assert (set(memory.visits), memory.annulled) == ({"11-2"}, {"11"})


def test_a_vanished_exam_is_taken_back_after_two_full_compares_in_a_row() -> None:
    memory = _sent()
    for exams, taken_back in ((set(), None), ({11}, None), (set(), None), (set(), "missing")):
        memory.compare(exams)
        _scan(memory, SENT if exams else VANISHED)
        assert _of(memory, Kind.PUT_VISIT)[0].taken_back == taken_back
    _send(memory, Kind.ANNUL_VISIT)
    assert memory.visits == {}


def test_a_vanished_exam_that_was_not_sent_is_gone_at_once() -> None:
    memory = Memory()
    memory.work_out(SENT, site())
    (gone,) = _scan(memory, VANISHED).changes
    assert isinstance(gone, Cancel)


@pytest.mark.parametrize("first", [EDITED, DELETED])
@pytest.mark.parametrize("state", [State.HELD, State.REJECTED])
def test_what_is_restored_before_its_annulment_went_out_stands_as_it_was(first: Case, state: State) -> None:
    memory = _sent()
    if state is State.HELD:
        _scan(memory, first, BRAKED)
    else:
        _scan(memory, first)
        _send(memory, Kind.ANNUL_VISIT, State.REGISTERED)
        memory.move(_of(memory, Kind.ANNUL_VISIT)[0].id, State.REJECTED)
    plan = _scan(memory, SENT)
    assert [type(c) for c in plan.changes] == ([KeepAfterAll, Cancel] if first is EDITED else [KeepAfterAll])
    assert {r.reason for r in memory.requests.values() if r.state is State.CANCELLED} <= {"superseded", "adopted"}
    assert _of(memory, Kind.PUT_VISIT)[0].alive
    assert set(memory.visits) == {"11"}


def test_an_edit_after_a_restoration_is_taken_back_all_the_same() -> None:
    memory = _sent()
    _scan(memory, EDITED, BRAKED)
    _scan(memory, SENT)
    _scan(memory, EDITED)
    assert [r.revision for r in _of(memory, Kind.PUT_VISIT)] == [1, 2, 3]
    _send(memory, Kind.ANNUL_VISIT)
    _scan(memory, EDITED)
    _send(memory, Kind.PUT_VISIT)
    assert set(memory.visits) == {"11-3"}


def test_a_visit_edited_and_restored_again_and_again_stands_as_it_was() -> None:
    memory = _sent()
    for _ in range(3):
        _scan(memory, EDITED, BRAKED)
        assert KeepAfterAll in {type(change) for change in _scan(memory, SENT, BRAKED).changes}
    assert [r.alive for r in _of(memory, Kind.PUT_VISIT)] == [True, False, False, False]
    assert {r.state for r in _of(memory, Kind.ANNUL_VISIT)} == {State.CANCELLED}


def test_what_is_restored_after_its_annulment_went_out_is_sent_anew() -> None:
    memory = _sent()
    _scan(memory, DELETED)
    _send(memory, Kind.ANNUL_VISIT, State.REGISTERED)
    _scan(memory, SENT)
    assert [r.reason for r in _of(memory, Kind.PUT_VISIT)] == [None, "annul_first"]
    memory.process(_of(memory, Kind.ANNUL_VISIT)[0].id)
    _scan(memory, SENT)
    _send(memory, Kind.PUT_VISIT)
    assert set(memory.visits) == {"11-2"}


def test_a_quarantined_successor_keeps_the_annulment() -> None:
    memory = _sent()
    _scan(memory, EDITED, BRAKED)
    memory.move(_of(memory, Kind.PUT_VISIT)[1].id, State.QUARANTINED)
    assert _scan(memory, SENT, BRAKED).changes == ()


def test_without_its_annulment_a_visit_that_was_taken_back_waits_for_a_person() -> None:
    memory = _sent()
    _scan(memory, DELETED, BRAKED)
    memory.move(_of(memory, Kind.ANNUL_VISIT)[0].id, State.CANCELLED, reason="operator")
    assert [c for c in _scan(memory, SENT).changes if not isinstance(c, Insert)] == []


def test_a_visit_in_flight_is_left_alone_until_the_fund_has_it() -> None:
    memory = Memory(certificates={7: certificate()})
    memory.work_out(SENT, site())
    _send(memory, Kind.PUT_VISIT, State.REGISTERED)
    assert _scan(memory, EDITED).changes == ()
    memory.process(_of(memory, Kind.PUT_VISIT)[0].id)
    assert [type(change) for change in _scan(memory, EDITED).changes] == [TakeBack, Insert]


def test_a_visit_moved_to_another_pregnancy_is_sent_for_that_one() -> None:
    memory = _sent()
    memory.certificates[8] = certificate("8000010999")
    moved = replace(case(primary(20, pregnancy_id=8), replace(VISIT, pregnancy_id=8)), pregnancy=pregnancy(id=8))
    assert _scan(memory, VANISHED).changes == ()  # not missing: it is somewhere else
    _scan(memory, moved)
    assert _scan(memory, VANISHED).changes == ()  # and its old pregnancy does not call it back
    (annulment,) = _of(memory, Kind.ANNUL_VISIT)
    assert (annulment.pregnancy_id, annulment.ers_number) == (7, certificate().number)
    _send(memory, Kind.ANNUL_VISIT)
    _scan(memory, moved)
    _send(memory, Kind.PUT_VISIT)
    assert [number for number, _, _ in memory.visits.values()] == ["8000010999"]
    assert _scan(memory, VANISHED).changes == ()


def _annulled_by_a_person(done: bool) -> Memory:
    memory = _sent()
    memory.apply(TakeBack(_of(memory, Kind.PUT_VISIT)[0].id, "operator", "По заявлению", Desired(State.READY)))
    if done:
        _send(memory, Kind.ANNUL_VISIT)
    return memory


@pytest.mark.parametrize("done", [True, False])
@pytest.mark.parametrize("after", [SENT, EDITED, DELETED, VANISHED])
def test_what_an_operator_annulled_stays_annulled(after: Case, done: bool) -> None:
    memory = _annulled_by_a_person(done)
    assert _scan(memory, after).changes == ()
    assert _scan(memory, SENT).changes == ()


@pytest.mark.parametrize(
    ("at_site", "reason"),
    [(site(contracts={}), "no_contract"), (BRAKED, "brake"), (site(key_problems={1: "x"}), "no_signing_key")],
)
def test_an_annulment_waits_and_goes_on(at_site: Site, reason: str) -> None:
    memory = _sent()
    _scan(memory, DELETED, at_site)
    (annulment,) = _of(memory, Kind.ANNUL_VISIT)
    assert (annulment.state, annulment.reason) == (State.HELD, reason)
    assert [type(change) for change in _scan(memory, DELETED).changes] == [Rehold]
    assert _of(memory, Kind.ANNUL_VISIT)[0].state is State.READY
    assert [type(change) for change in _scan(memory, DELETED, at_site).changes] == [Rehold]


def test_a_corrected_visit_is_sent_even_when_the_pregnancy_was_closed_long_ago() -> None:
    memory = _sent()
    closed = replace(EDITED, pregnancy=pregnancy(closed_on=NOW.date() - timedelta(days=400)))
    assert [type(change) for change in _scan(memory, closed).changes] == [TakeBack, Insert]


def test_a_corrected_visit_without_its_gestation_waits_for_it_first() -> None:
    memory = _sent()
    _scan(memory, case(primary(), replace(VISIT, gestation_days=None)))
    assert _of(memory, Kind.PUT_VISIT)[1].reason == "missing_data"


def test_our_own_visit_at_the_fund_does_not_stand_in_for_its_correction() -> None:
    memory = _sent()
    memory.certificates[7] = certificate(visits=(visit_seen(at(100).date(), "11"),))
    _scan(memory, EDITED)
    assert _of(memory, Kind.PUT_VISIT)[1].reason == "annul_first"


def test_the_fund_is_told_why_in_words() -> None:
    told = []
    for after in (EDITED, DELETED, VANISHED):
        memory = _sent()
        for _ in range(2):
            memory.compare(set())
        told += [(c.why, c.reason) for c in _scan(memory, after).changes if isinstance(c, TakeBack)]
    assert [why for why, _ in told] == ["edited", "deleted", "missing"]
    assert len({reason for _, reason in told}) == 3
