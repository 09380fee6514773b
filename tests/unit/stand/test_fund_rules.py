"""The Fund's rules at their edges, each against a request that is otherwise right."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest

from ers_sync.stand.fund.model import CLOSED, OPEN, PUTS, SERVICE
from ers_sync.stand.fund.ruling import snils_is_valid

from .fund_world import NUMBER, OGRN, OTHER, SENDER, STRANGER, WOMAN, codes, decide, put, registry

CHILD = {"birth_date": "2025-12-01", "watch_begin": "2025-12-05", "watch_end": "2026-06-15"}


@pytest.mark.parametrize("operation", sorted(PUTS))
def test_a_right_request_is_processed(operation: str) -> None:
    verdict = decide(registry(), put(operation))
    assert (codes(verdict), verdict.duplicate, verdict.ers_number) == ([], False, NUMBER)


@pytest.mark.parametrize(
    ("operation", "changed", "expected"),
    [
        ("createErs", {"register_date": "2026-06-15"}, []),
        ("createErs", {"register_date": "2026-06-17"}, ["2004"]),
        ("putVisit", {"visit_date": "2026-06-15"}, []),
        ("putVisit", {"visit_date": "2026-06-16"}, ["2203"]),
        ("putVisit", {"visit_date": "2025-03-16"}, []),  # 310 days before the certificate
        ("putVisit", {"visit_date": "2025-03-15"}, ["2204"]),
        ("putVisit", {"visit_id": "old"}, ["2201"]),
        ("putVisit", {"visit_id": "theirs"}, []),  # unique for the hospital, not for all
        ("putVisit", {"number": "5500000002"}, ["2101"]),
        ("putVisit", {"person": STRANGER}, ["2103"]),
        ("putVisit", {"person": replace(WOMAN, last_name="Новая")}, []),  # СНИЛС outranks the name
        ("putVisit", {"person": replace(WOMAN, snils="")}, []),
        ("putVisit", {"person": replace(WOMAN, snils="", first_name=" анна ")}, []),
        ("putVisit", {"person": replace(WOMAN, snils="", birth_date="1990-01-02")}, ["2103"]),
        ("putVisit", {"person": replace(WOMAN, snils="11223344594")}, ["2103", "2002"]),
        ("putVisit", {"person": replace(WOMAN, birth_date="2026-06-01")}, []),
        ("putVisit", {"person": replace(WOMAN, birth_date="2026-06-02")}, ["2003"]),
        ("annulVisit", {"visit_id": "nobody's"}, ["2205"]),
        ("annulVisit", {"visit_id": "theirs"}, ["2206"]),
        ("annulVisit", {"number": "5500000002"}, ["2101"]),
        ("putTicket1", {"weeks": 29}, ["2302"]),
        ("putTicket1", {"weeks": 28, "multiple": True}, []),
        ("putTicket1", {"weeks": 27, "multiple": True}, ["2302"]),
        ("putTicket1", {"weeks_at_registration": None}, []),
        ("putTicket1", {"weeks_at_registration": 30}, []),
        ("putTicket1", {"weeks_at_registration": 31}, ["2303"]),
        ("putTicket1", {"create_date": "2026-06-16"}, ["2304"]),
        ("putTicket1", {"items": 2}, ["2001"]),
        ("putTicket2", {"birth_at": "2026-06-15T23:59:59"}, []),
        ("putTicket2", {"birth_at": "2026-06-16T00:00:00"}, ["2305"]),
        ("putTicket2", {"birth_at": "2025-03-16T00:00:00", "arrival_date": None}, []),
        ("putTicket2", {"birth_at": "2025-03-15T23:00:00", "arrival_date": None}, ["2306"]),
        ("putTicket2", {"arrival_date": "2026-06-14"}, []),
        ("putTicket2", {"arrival_date": "2026-06-15"}, ["2307"]),
        ("putTicket2", {"newborns": 0}, ["2308"]),
        ("putTicket3", {"children": []}, ["2310"]),
        ("putTicket3", {"children": [CHILD, {**CHILD, "watch_end": "2026-06-16"}]}, ["2311"]),
        ("putTicket3", {"children": [{**CHILD, "watch_begin": "2025-11-30"}]}, ["2312"]),
        ("putTicket3", {"children": [{**CHILD, "watch_begin": "2026-06-16"}]}, ["2312"]),
        ("disableErs", {"number": "5500000002"}, ["2101"]),
    ],
)
def test_edges(operation: str, changed: dict[str, Any], expected: list[str]) -> None:
    verdict = decide(registry(), put(operation, **changed))
    assert codes(verdict) == expected
    assert bool(verdict.changes) is (not expected) or operation == "createErs"


def test_a_day_that_has_begun_in_the_east_is_not_the_future() -> None:
    """19:30 in Yekaterinburg is 02:30 of the next day in Kamchatka."""
    evening = datetime.fromisoformat("2026-06-15T19:30:00+05:00")
    assert codes(decide(registry(), put("putVisit", visit_date="2026-06-16"), evening)) == []
    assert codes(decide(registry(), put("putVisit", visit_date="2026-06-17"), evening)) == ["2203"]


@pytest.mark.parametrize(
    ("operation", "contract", "day", "fits"),
    [
        ("putVisit", (None, "14", "2026-01-01"), "2026-06-15", True),
        ("putVisit", ("1", "14", "2026-01-01"), "2026-06-15", True),
        ("putVisit", ("2", "14", "2026-01-01"), "2026-06-15", False),  # no such contract of that kind
        ("putVisit", (None, "15", "2026-01-01"), "2026-06-15", True),  # any kind will do
        ("putVisit", (None, "14", "2026-01-02"), "2026-06-15", False),
        ("putVisit", (None, "41", "2026-01-01"), "2026-06-15", False),
        ("putVisit", (None, None, None), "2026-06-15", False),
        ("putVisit", (None, "16", "2026-06-15"), "2026-06-15", True),  # both ends inclusive
        ("putVisit", (None, "16", "2026-06-15"), "2026-06-16", False),
        ("putVisit", (None, "16", "2026-06-15"), "2026-06-14", False),
        ("putVisit", (None, "14", "2026-01-01"), "2026-12-31", True),
        ("putVisit", (None, "14", "2026-01-01"), "2027-01-01", False),
        ("putVisit", (None, "15", "2026-01-01"), "2036-01-01", True),  # open
        ("putTicket1", ("1", "14", "2026-01-01"), "2026-06-15", True),
        ("putTicket1", (None, "15", "2026-01-01"), "2026-06-15", False),  # a contract on ticket 2
        ("putTicket2", ("2", "15", "2026-01-01"), "2026-06-15", True),
        ("putTicket2", (None, "14", "2026-01-01"), "2026-06-15", False),
        ("putTicket3", ("3-2", "16", "2026-06-15"), "2026-06-15", True),
        ("createErs", (None, "41", "2026-01-01"), "2026-06-15", False),
        ("annulVisit", (None, "41", "2026-01-01"), "2026-06-15", False),
        ("disableErs", (None, "41", "2026-01-01"), "2026-06-15", False),
    ],
)
def test_contracts(operation: str, contract: tuple[str | None, str | None, str | None], day: str, fits: bool) -> None:
    kind, number, begin = contract
    sender = replace(SENDER, contract_kind=kind, contract_number=number, contract_date=begin)
    now = datetime.fromisoformat(f"{day}T12:00:00+05:00")
    details: dict[str, Any] = {"create_date": "2026-06-14"} if operation.startswith("putTicket") else {}
    if operation == "putVisit":
        details = {"visit_date": "2026-06-01"}
    assert ("1204" in codes(decide(registry(), put(operation, sender=sender, **details), now))) is not fits


def test_1204_says_what_the_manual_shows() -> None:
    sender = replace(SENDER, contract_number="41", contract_date="2021-12-31")
    verdict = decide(registry(), put("putVisit", sender=sender))
    assert verdict.refusals[0].message == (
        "Отсутствует заключенный договор с ТОФ на оказание услуг: ИНН=6658021402, ОГРН=1026602336727, КПП= от 31.12.2021 № 41"
    )


def test_a_hospital_that_the_seed_does_not_name_has_no_contract() -> None:
    assert codes(decide(registry(), put("putVisit", sender=replace(SENDER, ogrn=OTHER)))) == ["1204"]


def test_a_ticket_is_taken_once_and_a_duplicate_says_so() -> None:
    known = registry()
    assert known.certificates[NUMBER].status == OPEN
    for operation, code in (("putTicket1", "2301"), ("putTicket2", "2301"), ("putTicket3", "2301")):
        assert codes(decide(known, put(operation))) == []
        again = decide(known, put(operation))
        assert (codes(again), again.duplicate) == ([code], True)
    assert known.certificates[NUMBER].status == SERVICE


def test_ticket_three_is_taken_from_every_clinic_and_half_year() -> None:
    known = registry()
    known.contracts[OTHER] = known.contracts[OGRN]
    first, second = put("putTicket3"), put("putTicket3", sender=replace(put("putTicket3").sender, contract_kind="3-2"))
    other = put("putTicket3", sender=replace(first.sender, ogrn=OTHER))
    assert [codes(decide(known, request)) for request in (first, second, other)] == [[], [], []]
    assert [codes(decide(known, request)) for request in (first, second, other)] == [["2301"]] * 3


@pytest.mark.parametrize("kind", ["1", None])
def test_ticket_three_wants_a_kind_of_its_own(kind: str | None) -> None:
    assert "2309" in codes(decide(registry(), put("putTicket3", sender=replace(SENDER, contract_kind=kind))))


def test_a_visit_is_annulled_once_and_its_id_never_used_again() -> None:
    known = registry()
    assert codes(decide(known, put("annulVisit"))) == []
    again = decide(known, put("annulVisit"))
    assert (codes(again), again.duplicate) == (["2207"], True)
    anew = decide(known, put("putVisit", visit_id="old"))
    assert (codes(anew), anew.duplicate) == (["2202"], True)


def test_a_visit_is_annulled_under_its_own_certificate_only() -> None:
    known = registry()
    formed = decide(known, put("createErs", person=STRANGER))
    assert codes(decide(known, put("annulVisit", number=formed.ers_number))) == ["2208"]


def test_a_refused_visit_may_come_again() -> None:
    known = registry()
    assert codes(decide(known, put("putVisit", visit_date="2026-06-16"))) == ["2203"]
    assert codes(decide(known, put("putVisit"))) == []


def test_nothing_is_taken_under_a_closed_certificate() -> None:
    known = registry()
    assert codes(decide(known, put("disableErs"))) == []
    assert known.certificates[NUMBER].status == CLOSED
    for operation in ("putVisit", "putTicket1", "putTicket2", "putTicket3"):
        assert codes(decide(known, put(operation))) == ["2102"]
    again = decide(known, put("disableErs"))
    assert (codes(again), again.duplicate) == (["2104"], True)
    assert decide(known, put("createErs")).formed


@pytest.mark.parametrize(
    ("register_date", "formed"),
    [
        ("2026-11-26", False),
        ("2026-11-27", True),
        ("2025-06-01", False),
    ],  # 310 and 311 days after the certificate; before it
)
def test_an_earlier_certificate_is_returned_while_it_can_be_this_pregnancys(register_date: str, formed: bool) -> None:
    later = datetime.fromisoformat("2026-12-01T12:00:00+05:00")
    verdict = decide(registry(), put("createErs", register_date=register_date), later)
    assert (verdict.formed, verdict.duplicate, verdict.ers_number == NUMBER) == (formed, False, not formed)


def test_after_a_delivery_a_new_certificate_is_formed_and_then_returned() -> None:
    known = registry()
    decide(known, put("putTicket2"))
    formed, again = decide(known, put("createErs")), decide(known, put("createErs"))
    assert (formed.formed, again.formed, again.ers_number) == (True, False, formed.ers_number)
    assert formed.ers_number != NUMBER
    assert len(formed.ers_number) == 10


def test_a_woman_without_snils_is_found_by_her_name_and_gets_one_later() -> None:
    known = registry()
    bare = replace(STRANGER, snils="")
    formed = decide(known, put("createErs", person=bare))
    again = decide(known, put("createErs", person=replace(STRANGER, last_name="ПЕТРОВА")))
    assert (formed.formed, again.formed, again.ers_number) == (True, False, formed.ers_number)
    assert [found.number for found in known.by_identifier("112-233-446 96")] == [formed.ers_number]
    assert codes(decide(known, put("putVisit", person=bare, number=formed.ers_number))) == []


def test_the_same_name_with_another_snils_is_another_woman() -> None:
    assert decide(registry(), put("createErs", person=replace(WOMAN, snils="11223344696"))).formed


@pytest.mark.parametrize(("by_registration", "day"), [(True, "2026-02-02"), (False, "2026-06-15")])
def test_how_a_new_certificate_is_dated(by_registration: bool, day: str) -> None:
    known = registry()
    request = put("createErs", person=STRANGER, register_date="2026-02-02")
    number = decide(known, request, dated_by_registration=by_registration).ers_number
    assert known.certificates[number].create_date == day


def test_a_refused_create_forms_nothing() -> None:
    known = registry()
    verdict = decide(known, put("createErs", person=replace(STRANGER, snils="11223344697")))
    assert (codes(verdict), verdict.ers_number, list(known.certificates)) == (["2002"], "", [NUMBER])


@pytest.mark.parametrize(
    ("snils", "valid"),
    [
        ("11223344595", True),
        ("11223344594", False),
        ("08765430200", True),  # 201 mod 101 = 100, written 00
        ("08765430300", True),  # 202 mod 101 = 0
        ("00100199899", True),  # no check digits up to 001-001-998
        ("00100199899"[:10], False),
        ("00000000000", False),
        ("1122334459x", False),
        ("١١٢٢٣٣٤٤٥٩٥", False),
    ],
)
def test_snils(snils: str, valid: bool) -> None:
    assert snils_is_valid(snils) is valid
