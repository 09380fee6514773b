"""What a person must look at: what the Fund processed and РАМ contradicts, and events that no rule sends."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from ers_sync.domain.changes import Change, Insert
from ers_sync.domain.content import Kind
from ers_sync.domain.facts import Facts, Site
from ers_sync.domain.findings import Finding, FindingCode
from ers_sync.domain.model import Case
from ers_sync.domain.plan import Plan, work_out
from ers_sync.domain.states import State
from tests.unit.domain.build import (
    CHILDREN,
    CLINIC,
    LMP,
    MATERNITY,
    START,
    at,
    case,
    certificate,
    child,
    exam,
    hospital,
    organization,
    outcome,
    patient,
    primary,
    rules,
    site,
)
from tests.unit.domain.memory import Memory

VISIT = exam(11, 100)
WHOLE = case(primary(), VISIT, exam(12, 212), outcome(280), child())


def _changes(memory: Memory, of: Case, at_site: Site | None = None) -> tuple[Change, ...]:
    return work_out(of, memory.facts(of), at_site or site()).changes


def _findings(memory: Memory, of: Case, at_site: Site | None = None) -> set[tuple[str, str, bool]]:
    plan: Plan = work_out(of, memory.facts(of), at_site or site())
    kinds = {None: ""} | {r.id: r.kind.value for r in memory.requests.values()}
    return {(finding.code.value, kinds[finding.request_id], finding.money) for finding in plan.findings}


def _all_done() -> Memory:
    """Return a ledger whose requests were all processed, the certificate being our own."""
    memory = Memory()
    memory.work_out(WHOLE, site())
    memory.certificates[7] = certificate()
    memory.links[7] = certificate().number
    for id_, r in memory.requests.items():
        known: dict[str, Any] = {"visit_id": r.source.removeprefix("exam:"), "ers_number": certificate().number}
        memory.requests[id_] = replace(r, state=State.DONE, reason=None, details=(), **known)
    return memory


TICKET1 = ("diverges", "put_ticket1", True)
TICKET2 = ("diverges", "put_ticket2", True)
TICKET3 = ("diverges", "put_ticket3", True)
CREATE = ("diverges", "create_ers", False)
OUT = ("out_of_scope", "put_visit", False)


@pytest.mark.parametrize(
    ("after", "found"),
    [
        (WHOLE, set()),
        (replace(WHOLE, patient=patient(last_name="Новая")), set()),
        (replace(WHOLE, pregnancy=replace(WHOLE.pregnancy, fetus_count=2)), {TICKET1}),
        (case(primary(), VISIT, exam(12, 212), outcome(280, deleted=True), child()), {TICKET2}),
        (case(primary(), VISIT, exam(12, 212), outcome(281), child()), {TICKET2}),
        (case(primary(), VISIT, exam(12, 212), outcome(280, newborns=()), child()), {TICKET2}),
        (case(primary(days=61), VISIT, exam(12, 212), outcome(280), child()), {CREATE}),
        (case(primary(deleted=True), VISIT, exam(12, 212), outcome(280), child()), {CREATE}),
        (case(primary(), VISIT, exam(12, 212), outcome(280), child(), child(91)), {TICKET3}),
        (case(primary(), VISIT, exam(12, 212), outcome(280), child(watch_end=date(2026, 3, 3))), {TICKET3}),
        (case(primary(), VISIT, exam(12, 212), exam(13, 211), outcome(280), child()), {TICKET1}),
        (case(primary(), VISIT, exam(12, 212), outcome(211), child()), {TICKET1, TICKET2, OUT}),
        (
            case(primary(), VISIT, exam(12, 212), outcome(220, kind="abortion"), child()),
            {TICKET2, ("close_certificate", "", False)},
        ),
        (
            case(primary(), VISIT, exam(12, 212), outcome(280, kind="other"), child()),
            {TICKET2, ("judge_outcome", "", False)},
        ),
    ],
)
def test_what_contradicts_the_fund_is_listed_and_never_sent_again(after: Case, found: set[Any]) -> None:
    memory = _all_done()
    assert _findings(memory, after) == found
    finals = {Kind.CREATE_ERS, Kind.PUT_TICKET1, Kind.PUT_TICKET2, Kind.PUT_TICKET3}
    inserted = [c.draft.kind for c in _changes(memory, after) if isinstance(c, Insert)]
    assert not finals & set(inserted)


@pytest.mark.parametrize(
    "left",
    [
        site(rules=rules(hospital(CLINIC, start_from=LMP + timedelta(days=250)))),
        site(rules=replace(rules(), hospitals={MATERNITY: hospital(MATERNITY), CHILDREN: hospital(CHILDREN)})),
    ],
)
def test_leaving_our_scope_takes_nothing_back_and_is_listed(left: Site) -> None:
    memory = _all_done()
    assert _changes(memory, WHOLE, left) == ()
    assert {OUT, TICKET1} <= _findings(memory, WHOLE, left)


def test_a_hospital_that_was_switched_off_takes_nothing_back() -> None:
    memory = _all_done()
    off = replace(WHOLE, organizations={**WHOLE.organizations, CLINIC: organization(is_active=False)})
    assert _changes(memory, off) == ()
    assert _findings(memory, off) == {CREATE, TICKET1, OUT}


@pytest.mark.parametrize(
    ("rows", "start", "listed"),
    [
        ((primary(),), at(61).date(), True),
        ((primary(),), at(60).date(), False),
        ((primary(), outcome(100)), at(101).date(), False),
        ((primary(), outcome(280)), at(101).date(), True),
        ((), START, False),
    ],
)
def test_women_registered_before_the_start_are_listed(rows: tuple[Any, ...], start: date, listed: bool) -> None:
    at_site = site(rules=rules(hospital(CLINIC, start_from=start)))
    plan = work_out(case(*rows), Facts(), at_site)
    assert (Finding(FindingCode.BEFORE_START) in plan.findings) is listed


@pytest.mark.parametrize(
    ("ended", "codes"),
    [
        (outcome(153, kind="miscarriage"), {FindingCode.CLOSE_CERTIFICATE}),
        (outcome(154, kind="miscarriage"), {FindingCode.JUDGE_OUTCOME}),
        (outcome(153), {FindingCode.CLOSE_CERTIFICATE}),
        (outcome(100, kind="other"), {FindingCode.JUDGE_OUTCOME}),
        (outcome(280), set()),
        (outcome(100, kind="abortion", deleted=True), set()),
    ],
)
def test_outcomes_for_a_person(ended: Any, codes: set[FindingCode]) -> None:
    known = Facts(certificates=[certificate()])
    assert {finding.code for finding in work_out(case(primary(), ended), known, site()).findings} == codes


def test_a_termination_without_a_certificate_needs_no_closing() -> None:
    assert work_out(case(primary(), outcome(100, kind="abortion")), Facts(), site()).findings == ()
