"""What working out a pregnancy does to requests that were not sent, were refused, or are at the Fund."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from ers_sync.domain.changes import Cancel, Change, Insert, Refresh, Resubmit
from ers_sync.domain.content import Kind
from ers_sync.domain.facts import Facts, Site
from ers_sync.domain.matching import CertificateStatus
from ers_sync.domain.model import Case
from ers_sync.domain.plan import work_out
from ers_sync.domain.request import Request
from ers_sync.domain.states import State
from tests.unit.domain.build import (
    CHILDREN,
    CLINIC,
    MATERNITY,
    NOW,
    STRANGER,
    at,
    case,
    certificate,
    child,
    contract,
    exam,
    outcome,
    patient,
    primary,
    site,
    ticket_seen,
)
from tests.unit.domain.memory import Memory

VISIT = exam(11, 100)
SIMPLE = case(primary(), VISIT)
WHOLE = case(primary(), VISIT, exam(12, 212), outcome(280), child())


def _known(of: Case, at_site: Site | None = None, **certificate_values: Any) -> Memory:
    """Return a ledger that has worked the pregnancy out, with its certificate at the Fund."""
    memory = Memory(certificates={of.pregnancy.id: certificate(**certificate_values)})
    memory.work_out(of, at_site or site())
    return memory


def _one(memory: Memory, kind: Kind) -> Request:
    (found,) = [r for r in memory.requests.values() if r.kind is kind]
    return found


def _put(memory: Memory, kind: Kind, state: State, **values: Any) -> int:
    """Let the one request of a kind stand somewhere, whatever brought it there."""
    found = _one(memory, kind)
    memory.requests[found.id] = replace(found, state=state, reason=None, **values)
    return found.id


def _changes(memory: Memory, of: Case, at_site: Site | None = None) -> tuple[Change, ...]:
    return work_out(of, memory.facts(of), at_site or site()).changes


def test_a_new_pregnancy_is_in_the_ledger_from_the_first_scan_on() -> None:
    memory = Memory()
    memory.work_out(WHOLE, site())
    told = {(r.kind, r.subject): (r.state, r.reason) for r in memory.requests.values()}
    waits = (State.HELD, "no_certificate_number")
    assert told == {
        (Kind.CREATE_ERS, "pregnancy:7"): (State.READY, None),
        (Kind.PUT_VISIT, "exam:11"): waits,
        (Kind.PUT_VISIT, "exam:12"): waits,
        (Kind.PUT_TICKET1, "pregnancy:7"): waits,
        (Kind.PUT_TICKET2, "pregnancy:7"): waits,
        (Kind.PUT_TICKET3, f"pregnancy:7:{CHILDREN}:1"): waits,
    }
    assert all(r.revision == 1 for r in memory.requests.values())
    assert _changes(memory, WHOLE) == ()


def test_the_number_lets_everything_go() -> None:
    memory = Memory()
    memory.work_out(WHOLE, site())
    memory.certificates[7] = certificate()
    plan = memory.work_out(WHOLE, site())
    assert plan.number == certificate().number
    assert {type(change) for change in plan.changes} == {Refresh, Cancel}
    assert _one(memory, Kind.CREATE_ERS).reason == "adopted"
    assert {r.state for r in memory.requests.values() if r.kind is not Kind.CREATE_ERS} == {State.READY}
    assert _changes(memory, WHOLE) == ()


def test_what_is_settled_before_it_was_sent_is_on_record() -> None:
    memory = _known(WHOLE, tickets=(ticket_seen("1"),))
    assert (_one(memory, Kind.PUT_TICKET1).state, _one(memory, Kind.PUT_TICKET1).reason) == (
        State.CANCELLED,
        "already_there",
    )
    assert _changes(memory, WHOLE) == ()


@pytest.mark.parametrize(
    "edited",
    [
        replace(VISIT, gestation_days=101),
        replace(VISIT, examined_at=at(101)),
        replace(VISIT, note="иначе"),
        replace(VISIT, doctor_id=30),
        replace(VISIT, organization_id=MATERNITY),
        replace(VISIT, gestation_days=None),
    ],
)
def test_an_unsent_visit_follows_every_edit(edited: Any) -> None:
    memory = _known(SIMPLE)
    after = case(primary(), edited)
    plan = memory.work_out(after, site())
    assert [type(change) for change in plan.changes] == [Refresh]
    assert (_one(memory, Kind.PUT_VISIT).revision, _one(memory, Kind.PUT_VISIT).organization_id) == (
        1,
        edited.organization_id,
    )
    assert (_one(memory, Kind.PUT_VISIT).state is State.HELD) == (edited.gestation_days is None)
    assert _changes(memory, after) == ()


def test_a_mended_card_lets_a_visit_go() -> None:
    broken = replace(SIMPLE, patient=patient(snils="1"))
    memory = _known(broken)
    assert _one(memory, Kind.PUT_VISIT).reason == "missing_data"
    memory.work_out(SIMPLE, site())
    assert (_one(memory, Kind.PUT_VISIT).state, _one(memory, Kind.PUT_VISIT).details) == (State.READY, ())


def test_a_contract_that_ends_holds_what_was_ready_and_a_new_one_lets_it_go() -> None:
    memory = _known(SIMPLE)
    without = site(contracts={})
    memory.work_out(SIMPLE, without)
    assert _one(memory, Kind.PUT_VISIT).reason == "no_contract"
    assert _changes(memory, SIMPLE, without) == ()
    memory.work_out(SIMPLE, site(contracts={CLINIC: [contract()]}))
    assert _one(memory, Kind.PUT_VISIT).state is State.READY


GONE = [
    case(primary(), replace(VISIT, deleted=True)),
    case(primary()),
    case(primary(), replace(VISIT, organization_id=STRANGER)),
    case(primary(), replace(VISIT, kind="primary")),
    case(primary(), VISIT, outcome(99)),
]


@pytest.mark.parametrize("state", [State.HELD, State.READY, State.REJECTED])
@pytest.mark.parametrize("after", GONE)
def test_what_is_no_longer_called_for_is_cancelled_and_comes_back(after: Case, state: State) -> None:
    memory = _known(SIMPLE)
    id_ = _put(memory, Kind.PUT_VISIT, state)
    plan = memory.work_out(after, site())
    assert [change for change in plan.changes if isinstance(change, Cancel)] == [Cancel(id_, "gone")]  # type: ignore[arg-type] # equal to its text
    assert _changes(memory, after) == ()
    (back,) = memory.work_out(SIMPLE, site()).changes
    assert isinstance(back, Insert)
    assert back.revision == 2
    assert _changes(memory, SIMPLE) == ()


@pytest.mark.parametrize("reason", ["operator", "already_there", "certificate_closed", "adopted"])
def test_what_a_person_or_the_fund_has_settled_does_not_come_back(reason: str) -> None:
    memory = _known(SIMPLE)
    _put(memory, Kind.PUT_VISIT, State.CANCELLED)
    memory.requests[_one(memory, Kind.PUT_VISIT).id] = replace(_one(memory, Kind.PUT_VISIT), reason=reason)
    for after in (SIMPLE, case(primary(), replace(VISIT, gestation_days=101))):
        assert _changes(memory, after) == ()


def test_a_visit_sent_by_hand_settles_its_own_day_only() -> None:
    memory = _known(SIMPLE)
    _put(memory, Kind.PUT_VISIT, State.CANCELLED)
    memory.requests[_one(memory, Kind.PUT_VISIT).id] = replace(_one(memory, Kind.PUT_VISIT), reason="already_there")
    (back,) = memory.work_out(case(primary(), replace(VISIT, examined_at=at(101))), site()).changes
    assert isinstance(back, Insert)
    assert (back.revision, back.wanted.state) == (2, State.READY)


@pytest.mark.parametrize(
    ("state", "ambiguous"),
    [
        (State.SENDING, False),
        (State.UNKNOWN, False),
        (State.REGISTERED, False),
        (State.READY, True),
        (State.QUARANTINED, False),
    ],
)
@pytest.mark.parametrize("after", [*GONE, case(primary(), replace(VISIT, gestation_days=101))])
def test_what_the_fund_may_have_is_left_alone(after: Case, state: State, ambiguous: bool) -> None:
    memory = _known(SIMPLE)
    _put(memory, Kind.PUT_VISIT, state, ambiguous=ambiguous)
    for at_site in (site(), site(contracts={}), site(key_problems={CLINIC: "нет"})):
        assert _changes(memory, after, at_site) == ()


def test_a_talon_of_unknown_fate_that_the_fund_shows_is_not_cancelled() -> None:
    """It may be our own: the answer to it decides."""
    memory = _known(WHOLE)
    _put(memory, Kind.PUT_TICKET1, State.UNKNOWN)
    memory.certificates[7] = certificate(tickets=(ticket_seen("1"),))
    assert _changes(memory, WHOLE) == ()


@pytest.mark.parametrize(
    ("after", "again"),
    [
        (SIMPLE, False),
        (replace(SIMPLE, patient=patient(last_name="Новая")), True),
        (replace(SIMPLE, patient=patient(last_name=None)), False),  # nothing to send yet
        (case(primary(), replace(VISIT, gestation_days=101)), True),
        (case(primary(), replace(VISIT, examined_at=at(100, "17:00"))), False),  # the message says the day alone
        (case(primary(), replace(VISIT, organization_id=MATERNITY)), True),  # the same words from another hospital
    ],
)
def test_a_refused_request_goes_out_again_when_its_source_has_changed(after: Case, again: bool) -> None:
    memory = _known(SIMPLE)
    id_ = _put(memory, Kind.PUT_VISIT, State.REJECTED)
    plan = memory.work_out(after, site())
    assert [type(change) for change in plan.changes] == ([Resubmit] if again else [])
    assert memory.requests[id_].revision == (2 if again else 1)
    assert memory.requests[id_].state is (State.READY if again else State.REJECTED)
    assert _changes(memory, after) == ()


def test_a_refused_request_that_must_wait_is_held() -> None:
    memory = _known(SIMPLE)
    id_ = _put(memory, Kind.PUT_VISIT, State.REJECTED)
    memory.work_out(case(primary(), replace(VISIT, gestation_days=101)), site(contracts={}))
    assert (memory.requests[id_].state, memory.requests[id_].revision) == (State.HELD, 2)


def test_a_refused_create_gives_way_to_a_foreign_certificate() -> None:
    memory = Memory()
    memory.work_out(SIMPLE, site())
    id_ = _put(memory, Kind.CREATE_ERS, State.REJECTED)
    memory.certificates[7] = certificate()
    memory.work_out(SIMPLE, site())
    assert (memory.requests[id_].state, memory.requests[id_].reason) == (State.CANCELLED, "adopted")


def test_a_closed_certificate_cancels_what_waits_for_good() -> None:
    memory = _known(WHOLE)
    memory.certificates[7] = certificate(status=CertificateStatus.CLOSED)
    memory.work_out(WHOLE, site())
    assert {r.reason for r in memory.requests.values()} == {"adopted", "certificate_closed"}
    assert _changes(memory, WHOLE) == ()


def test_long_closed_pregnancies_take_nothing_new_but_keep_what_is_there() -> None:
    closed = replace(WHOLE, pregnancy=replace(WHOLE.pregnancy, closed_on=NOW.date() - timedelta(days=61)))
    memory = _known(closed)
    assert {r.kind for r in memory.requests.values()} == {Kind.PUT_TICKET2, Kind.PUT_TICKET3}
    memory = _known(WHOLE)
    assert _changes(memory, closed) == ()


@pytest.mark.parametrize(
    "empty",
    [
        Case(SIMPLE.pregnancy, None),
        case(exam(11, 100, examined_at=None, gestation_days=None, doctor_id=None, note=None), patient=None),
        case(outcome(None, newborns=(), organization_id=MATERNITY, admitted_on=None), patient=None, organizations={}),
        case(primary(examined_at=datetime.min, gestation_days=2**31 - 1), closed_on=date.max),
        case(child(90, None, last_name=None, first_name=None, birth_date=None, watch_begin=None), patient=None),
        case(outcome(280), outcome(280, id=51, kind="abortion"), primary(examined_at=at(280))),
    ],
)
def test_whatever_is_missing_a_pregnancy_can_be_worked_out(empty: Case) -> None:
    for certificates in ([], [certificate()], [certificate(), certificate("9" * 10)]):
        plan = work_out(empty, Facts(certificates=certificates), site())
        assert all(isinstance(change, Insert) for change in plan.changes)
