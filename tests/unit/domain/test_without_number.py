"""The words with which a visit or talon waits for a number."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from ers_sync.domain import holds, without_number
from ers_sync.domain.content import Kind
from ers_sync.domain.facts import Facts
from ers_sync.domain.model import Case
from ers_sync.domain.plan import certificate_of
from ers_sync.domain.request import Desired, Request
from ers_sync.domain.scope import Scope
from ers_sync.domain.states import Hold, State
from ers_sync.domain.without_number import NO_PRIMARY_EXAM
from tests.unit.domain.build import (
    CLINIC,
    NOW,
    STRANGER,
    at,
    called,
    case,
    exam,
    hospital,
    outcome,
    primary,
    rules,
    site,
)
from tests.unit.domain.memory import Memory

VISIT = exam(11, 100)


def _desired(of: Case, kind: str, facts: Facts, **values: Any) -> Desired:
    where = site(**values)
    everything = called(of, where.rules, where.now)
    listed = [one for ones in everything.values() for one in ones]
    why = without_number.why(Scope(of, where.rules, where.now), listed, facts)
    return holds.desired(everything[kind][0], certificate_of(of, facts), facts, of, where, no_number=why)


def _of(memory: Memory, kind: Kind) -> Request:
    (found,) = [r for r in memory.requests.values() if r.kind is kind]
    return found


@pytest.mark.parametrize(
    ("rows", "form", "text"),
    [
        ((outcome(280),), False, NO_PRIMARY_EXAM),
        ((outcome(280),), True, holds.WAITS_FOR_CERTIFICATE),
        ((primary(), outcome(280)), False, holds.WAITS_FOR_CERTIFICATE),
        ((primary(gestation_days=281, examined_at=at(281)), outcome(280)), False, without_number.REGISTERED_LATE),
        ((primary(organization_id=STRANGER), outcome(280)), False, without_number.FORMED_ELSEWHERE),
    ],
)
def test_why_a_delivery_has_no_number(rows: tuple[Any, ...], form: bool, text: str) -> None:
    held = _desired(case(*rows), "put_ticket2", Facts(), rules=rules(form_at_delivery=form))
    assert (held.reason, held.details[0]["text"]) == (Hold.NO_CERTIFICATE_NUMBER, text)


@pytest.mark.parametrize(
    ("rows", "values", "text"),
    [
        ((VISIT,), {}, without_number.NOT_REGISTERED),
        ((primary(), VISIT, outcome(110, kind="abortion")), {}, without_number.TERMINATED),
        ((primary(), VISIT), {"closed_on": NOW.date() - timedelta(days=61)}, without_number.CLOSED),
        ((primary(), VISIT), {"closed_on": NOW.date() - timedelta(days=60)}, holds.WAITS_FOR_CERTIFICATE),
    ],
)
def test_why_a_visit_has_no_number(rows: tuple[Any, ...], values: dict[str, Any], text: str) -> None:
    of = case(*rows, **values)
    held = _desired(of, "put_visit", Facts())
    assert (held.reason, held.details[0]["text"]) == (Hold.NO_CERTIFICATE_NUMBER, text)


def test_a_woman_registered_before_the_hospitals_start_has_no_number() -> None:
    late = rules(hospital(CLINIC, start_from=at(80).date()))
    held = _desired(case(primary(), VISIT), "put_visit", Facts(), rules=late)
    assert held.details[0]["text"] == without_number.BEFORE_START


@pytest.mark.parametrize(
    ("state", "text"),
    [
        (State.READY, without_number.NOT_REGISTERED),
        (State.REGISTERED, holds.WAITS_FOR_CERTIFICATE),
        (State.REJECTED, without_number.NOT_REGISTERED),
    ],
)
def test_a_visit_says_whether_a_certificate_is_coming_that_is_no_longer_called_for(state: State, text: str) -> None:
    memory = Memory()
    memory.work_out(case(primary(), VISIT), site())
    create = _of(memory, Kind.CREATE_ERS)
    memory.requests[create.id] = replace(create, state=state)
    memory.work_out(case(VISIT), site())
    assert _of(memory, Kind.PUT_VISIT).details[0]["text"] == text


def test_a_certificate_still_to_be_asked_for_is_coming_although_nothing_new_is_taken() -> None:
    memory = Memory()
    memory.work_out(case(primary(), VISIT), site())
    memory.work_out(case(primary(), VISIT, closed_on=NOW.date() - timedelta(days=61)), site())
    assert _of(memory, Kind.PUT_VISIT).details[0]["text"] == holds.WAITS_FOR_CERTIFICATE
