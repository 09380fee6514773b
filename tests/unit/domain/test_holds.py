"""Why a request is held or will never be sent."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from itertools import combinations
from typing import Any

import pytest

from ers_sync.domain import holds
from ers_sync.domain.called import CalledFor
from ers_sync.domain.content import Kind
from ers_sync.domain.facts import Facts
from ers_sync.domain.matching import CertificateStatus
from ers_sync.domain.model import Case
from ers_sync.domain.plan import certificate_of
from ers_sync.domain.request import Desired
from ers_sync.domain.states import Cancel, Hold, State
from tests.unit.domain.build import (
    CHILDREN,
    CLINIC,
    MATERNITY,
    NOW,
    at,
    called,
    case,
    certificate,
    child,
    contract,
    exam,
    hospital,
    organization,
    outcome,
    patient,
    primary,
    request,
    rules,
    site,
    ticket_seen,
    visit_seen,
)

KNOWN = Facts(certificates=[certificate()])
VISIT = exam(11, 100)
WHOLE = case(primary(), VISIT, exam(12, 212), outcome(280), child())


def _desired(of: Case, kind: str, facts: Facts = KNOWN, **values: Any) -> Desired:
    """Return what becomes of the first request of a kind that the pregnancy calls for."""
    where = site(**values)
    one: CalledFor = called(of, where.rules, where.now)[kind][0]
    return holds.desired(one, certificate_of(of, facts), facts, of, where, no_number=None)


@pytest.mark.parametrize("kind", ["put_visit", "put_ticket1", "put_ticket2", "put_ticket3"])
def test_with_a_number_everything_is_ready(kind: str) -> None:
    assert _desired(WHOLE, kind) == Desired(State.READY)


def test_a_certificate_is_ready_while_the_fund_shows_none() -> None:
    assert _desired(WHOLE, "create_ers", Facts()) == Desired(State.READY)
    earlier = Facts(certificates=[certificate(days=-31, status=CertificateStatus.CLOSED)])
    assert _desired(WHOLE, "create_ers", earlier) == Desired(State.READY)


TAKEN_BACK = request(Kind.PUT_VISIT, "exam:11", taken_back="edited")
STOPPED = request(Kind.PUT_VISIT, "exam:11", State.HELD, id=101, revision=2, operator_hold=True, reason="operator")
LAW: dict[Hold, dict[str, Any]] = {
    Hold.MISSING_DATA: {"patient": patient(address=None)},
    Hold.NO_CONTRACT: {"contracts": {}},
    Hold.NO_SIGNING_KEY: {"key_problems": {CLINIC: "срок действия сертификата истёк"}},
    Hold.CERTIFICATE_UNCLEAR: {"certificates": [certificate("1" * 10), certificate("2" * 10)]},
    Hold.NO_CERTIFICATE_NUMBER: {"certificates": []},
    Hold.ANNUL_FIRST: {"requests": [TAKEN_BACK]},
    Hold.BRAKE: {"brakes": frozenset({(CLINIC, Kind.PUT_VISIT)})},
    Hold.OPERATOR: {"requests": [STOPPED]},
}


def _held(*reasons: Hold) -> Desired:
    """Return what becomes of a visit to which all these reasons apply."""
    asked: dict[str, Any] = {"certificates": [certificate()], "requests": []}
    for reason in reversed(reasons):
        law = dict(LAW[reason])
        asked |= law | {"requests": asked["requests"] + law.pop("requests", [])}
    of = case(primary(), VISIT, patient=asked.pop("patient", patient()))
    facts = Facts(certificates=asked.pop("certificates"), requests=asked.pop("requests"))
    return _desired(of, "put_visit", facts, **asked)


@pytest.mark.parametrize("reason", list(Hold))
def test_each_reason_holds_and_says_what_to_do(reason: Hold) -> None:
    held = _held(reason)
    assert (held.state, held.reason) == (State.HELD, reason)
    assert held.details
    assert all(line["text"] for line in held.details)


@pytest.mark.parametrize(("first", "second"), list(combinations(Hold, 2)))
def test_the_first_reason_of_each_pair_is_told(first: Hold, second: Hold) -> None:
    assert _held(first, second).reason == first


def test_all_reasons_at_once() -> None:
    assert _held(*Hold).reason == Hold.MISSING_DATA


def test_missing_data_names_columns_in_the_womans_card_and_the_hospitals() -> None:
    bad = {CLINIC: organization(ogrn="1")}
    held = _desired(case(primary(), VISIT, patient=patient(address=None), organizations=bad), "put_visit")
    assert [line["column"] for line in held.details] == ["patient.address", "organization.ogrn"]


@pytest.mark.parametrize(
    ("kind", "missing", "reason"),
    [
        ("put_ticket1", "1", Hold.NO_CONTRACT),
        ("put_ticket1", "2", None),
        ("put_visit", "1", None),  # any contract will do
        ("put_ticket2", "2", Hold.NO_CONTRACT),
        ("put_ticket3", "3-1", Hold.NO_CONTRACT),
        ("put_ticket3", "3-2", None),
    ],
)
def test_a_talon_needs_a_contract_of_its_kind(kind: str, missing: str, reason: Hold | None) -> None:
    everywhere = {
        id_: [contract(id_, one) for one in ("1", "2", "3-1", "3-2") if one != missing]
        for id_ in (CLINIC, MATERNITY, CHILDREN)
    }
    assert _desired(WHOLE, kind, contracts=everywhere).reason == reason


@pytest.mark.parametrize(("ends", "reason"), [(NOW.date(), None), (NOW.date() - timedelta(days=1), Hold.NO_CONTRACT)])
def test_a_contract_is_looked_at_on_the_hospitals_day(ends: date, reason: Hold | None) -> None:
    until = {CLINIC: [contract(ends=ends)]}
    assert _desired(WHOLE, "put_visit", contracts=until).reason == reason
    late = NOW.replace(hour=23, minute=59)
    assert _desired(WHOLE, "put_visit", contracts=until, now=late).reason == reason
    assert _desired(WHOLE, "put_visit", contracts=until, now=late + timedelta(minutes=1)).reason == Hold.NO_CONTRACT


@pytest.mark.parametrize(
    ("kind", "refused", "held"),
    [
        ("put_ticket1", (CLINIC, "1"), True),
        ("put_ticket1", (CLINIC, "any"), False),
        ("put_ticket1", (MATERNITY, "1"), False),
        ("put_visit", (CLINIC, "any"), True),
        ("put_visit", (CLINIC, "1"), False),
    ],
)
def test_a_contract_that_the_fund_refused(kind: str, refused: tuple[int, str], held: bool) -> None:
    wanted = _desired(WHOLE, kind, refused=frozenset({refused}))
    assert wanted.reason == (Hold.NO_CONTRACT if held else None)
    assert not held or "1204" in str(wanted.details[0]["text"])


def test_another_hospitals_contract_or_key_is_no_matter() -> None:
    only_clinic: dict[str, Any] = {"contracts": {CLINIC: [contract()]}, "key_problems": {MATERNITY: "ключа нет"}}
    assert _desired(WHOLE, "put_visit", **only_clinic) == Desired(State.READY)


def test_a_foreign_certificate_is_adopted() -> None:
    assert _desired(WHOLE, "create_ers") == Desired(State.CANCELLED, Cancel.ADOPTED)
    incomplete = replace(WHOLE, patient=patient(address=None))
    assert _desired(incomplete, "create_ers") == Desired(State.CANCELLED, Cancel.ADOPTED)


@pytest.mark.parametrize("kind", ["create_ers", "put_visit", "put_ticket1", "put_ticket2", "put_ticket3"])
def test_a_closed_certificate_ends_the_matter(kind: str) -> None:
    closed = [certificate(status=CertificateStatus.CLOSED)]
    settled = Desired(State.CANCELLED, Cancel.CERTIFICATE_CLOSED)
    assert _desired(WHOLE, kind, Facts(certificates=closed)) == settled
    assert _desired(WHOLE, kind, Facts(certificates=closed, number=closed[0].number)) == settled


@pytest.mark.parametrize("kind", ["create_ers", "put_visit", "put_ticket2"])
def test_several_or_later_certificates_are_unclear(kind: str) -> None:
    two = Facts(certificates=[certificate("1" * 10), certificate("2" * 10, 61)])
    assert _desired(WHOLE, kind, two).reason == Hold.CERTIFICATE_UNCLEAR
    assert _desired(WHOLE, kind, Facts(certificates=[certificate(days=311)])).reason == Hold.CERTIFICATE_UNCLEAR


def test_a_number_that_a_person_must_judge() -> None:
    asked = Facts(unclear="создан номер другой беременности")
    held = _desired(WHOLE, "create_ers", asked)
    assert (held.reason, held.details[0]["text"]) == (Hold.CERTIFICATE_UNCLEAR, "создан номер другой беременности")
    linked = Facts(unclear="было неясно", certificates=[certificate(days=-100)], number=certificate().number)
    assert _desired(WHOLE, "put_visit", linked) == Desired(State.READY)


def test_the_linked_certificate_outranks_the_dates() -> None:
    two = [certificate("1" * 10), certificate("2" * 10, 61)]
    assert certificate_of(WHOLE, Facts(certificates=two, number="2" * 10)).certificate == two[1]


@pytest.mark.parametrize(
    ("kind", "seen", "whose", "there"),
    [
        ("put_ticket1", "1", CLINIC, True),
        ("put_ticket1", "1", MATERNITY, True),
        ("put_ticket1", "2", CLINIC, False),
        ("put_ticket2", "2", MATERNITY, True),
        ("put_ticket2", "2", CLINIC, True),
        ("put_ticket3", "3-1", CHILDREN, True),
        ("put_ticket3", "3-1", CLINIC, False),
        ("put_ticket3", "3-2", CHILDREN, False),
    ],
)
def test_a_talon_of_the_kind_is_there_already(kind: str, seen: str, whose: int, there: bool) -> None:
    expected = Desired(State.CANCELLED, Cancel.ALREADY_THERE) if there else Desired(State.READY)
    assert _desired(WHOLE, kind, Facts(certificates=[certificate(tickets=(ticket_seen(seen, whose),))])) == expected
    claim = seen, whose if seen.startswith("3") else None
    assert _desired(WHOLE, kind, replace(KNOWN, claimed_elsewhere=frozenset({claim}))) == expected


@pytest.mark.parametrize(
    ("seen", "there"),
    [
        (visit_seen(at(100).date()), True),
        (visit_seen(at(101).date()), False),
        (visit_seen(at(100).date(), organization_id=MATERNITY), False),
        (replace(visit_seen(at(100).date()), ogrn=None), False),
        (visit_seen(at(100).date(), visit_id="11"), False),  # our own, of an earlier revision
        (visit_seen(at(100).date(), visit_id="11-2"), True),  # one of which this ledger knows nothing
    ],
)
def test_a_visit_of_this_hospital_on_this_day_is_there_already(seen: Any, there: bool) -> None:
    sent = request(Kind.PUT_VISIT, "exam:11", State.ANNULLED, visit_id="11")
    facts = Facts(certificates=[certificate(visits=(seen,))], requests=[sent])
    expected = Desired(State.CANCELLED, Cancel.ALREADY_THERE) if there else Desired(State.READY)
    assert _desired(WHOLE, "put_visit", facts) == expected


@pytest.mark.parametrize(("days", "there"), [(0, False), (-1, True)])
def test_a_visit_called_after_the_exam_may_be_a_lost_ledgers(days: int, there: bool) -> None:
    facts = Facts(certificates=[certificate(visits=(visit_seen(at(100).date(), visit_id="11-2"),))])
    wanted = _desired(WHOLE, "put_visit", facts, doubted_until=at(100).date() + timedelta(days=days))
    assert wanted == (Desired(State.CANCELLED, Cancel.ALREADY_THERE) if there else Desired(State.READY))


def test_a_hospital_without_a_good_ogrn_finds_no_visit_of_its_own() -> None:
    seen = replace(visit_seen(at(100).date()), ogrn=None)
    of = case(primary(), VISIT, organizations={CLINIC: organization(ogrn=None)})
    assert _desired(of, "put_visit", Facts(certificates=[certificate(visits=(seen,))])).reason == Hold.MISSING_DATA


ANNULMENT = request(Kind.ANNUL_VISIT, "exam:11:1", State.HELD)


@pytest.mark.parametrize(
    ("values", "hold", "reason"),
    [
        ({}, False, None),
        ({"contracts": {}, "key_problems": {CLINIC: "нет"}}, False, Hold.NO_CONTRACT),
        ({"contracts": {CLINIC: [contract(kind="3-2")]}}, False, None),
        ({"key_problems": {CLINIC: "нет"}}, True, Hold.NO_SIGNING_KEY),
        ({"brakes": frozenset({(CLINIC, Kind.ANNUL_VISIT)})}, True, Hold.BRAKE),
        ({"brakes": frozenset({(CLINIC, Kind.PUT_VISIT), (MATERNITY, Kind.ANNUL_VISIT)})}, False, None),
        ({}, True, Hold.OPERATOR),
        ({"rules": rules(hospital(MATERNITY))}, False, None),
    ],
)
def test_what_holds_an_annulment(values: dict[str, Any], hold: bool, reason: Hold | None) -> None:
    wanted = holds.annulment(replace(ANNULMENT, operator_hold=hold), site(**values))
    assert (wanted.state, wanted.reason) == (State.HELD if reason else State.READY, reason)


def test_a_hospital_that_left_the_configuration_cannot_sign_its_annulments() -> None:
    nobody = replace(rules(), hospitals={})
    assert holds.annulment(ANNULMENT, site(rules=nobody)).reason == Hold.NO_SIGNING_KEY


@pytest.mark.parametrize(
    ("reason", "said", "text"),
    [
        ("operator", "ждём звонка из МО", "ждём звонка из МО"),
        (None, "ждём звонка из МО", "ждём звонка из МО"),
        ("operator", None, holds.STOPPED),
        ("missing_data", "адрес: не указано", holds.STOPPED),
    ],
)
def test_an_operators_words_are_kept_another_reasons_are_not(reason: str | None, said: str | None, text: str) -> None:
    words = ({"column": None, "text": said},) if said else ()
    stopped = replace(STOPPED, reason=reason, details=words)
    held = _desired(WHOLE, "put_visit", replace(KNOWN, requests=[stopped]))
    assert (held.reason, held.details[0]["text"]) == (Hold.OPERATOR, text)
    assert holds.annulment(replace(stopped, kind=Kind.ANNUL_VISIT), site()).details[0]["text"] == text
