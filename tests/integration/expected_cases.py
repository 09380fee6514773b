"""The edges of the rules, a woman or two each: her rows of РАМ, what the Fund knew of her, and what is called for, by hand."""

from __future__ import annotations

from datetime import date
from typing import Any

from tests.integration.expected_ram import (
    DAY,
    LMP,
    OGRN,
    SNILS,
    TODAY,
    Given,
    card,
    child,
    exam,
    known,
    newborn,
    outcome,
    pregnancy,
    primary,
    ticket,
    visit,
)

PLAIN = [card(), pregnancy(), primary(), exam(11, 100)]
SENT = ["createErs 1", "11 1"]  # what PLAIN calls for: a word of the operation or the visit's id, and the hospital
THIRD = [card(), pregnancy(), primary()]
BORN = [*THIRD, outcome(217), newborn()]

# Cards: the same rows with one value changed; is it sent?
CARDS: dict[str, tuple[dict[str, Any], bool]] = {
    "a name of blanks": ({"first_name": " \t\n\u00a0"}, False),
    "a name of what XML cannot hold": ({"last_name": "\x01\x0b \x1f\ufffe"}, False),
    "a name of 100 characters and blanks": ({"last_name": f" {'Ё' * 100}\x0b\n"}, True),
    "a name of 101": ({"last_name": "Ё" * 101}, False),
    "a first name of 100": ({"first_name": "Ё" * 100}, True),
    "a first name of 101": ({"first_name": "Ё" * 101}, False),
    "a patronymic of 100": ({"patronymic": "Ё" * 100}, True),
    "a patronymic of 101, never cut": ({"patronymic": "Ё" * 101}, False),
    "no birth date": ({"birth_date": None}, False),
    "policy kind alone": ({"oms_policy_number": None}, False),
    "policy number alone": ({"oms_policy_kind": ""}, False),
    "a policy number of 50": ({"oms_policy_number": "1" * 50}, True),
    "a policy number of 51": ({"oms_policy_number": "1" * 51}, False),
    "a long kind of policy": ({"oms_policy_kind": "П" * 2000}, True),
    "no policy, with the reason": ({"oms_policy_number": None, "oms_absence_reason": "н" * 1000}, True),
    "a blank reason": ({"oms_policy_number": None, "oms_absence_reason": " \r\n"}, False),
    "a reason of 1001": ({"oms_policy_number": None, "oms_absence_reason": "н" * 1001}, False),
    "no kind of document": ({"id_doc_kind": None}, False),
    "a kind of document of 100": ({"id_doc_kind": "П" * 100}, True),
    "a kind of document of 101": ({"id_doc_kind": "П" * 101}, False),
    "no number of document": ({"id_doc_number": None}, False),
    "a number of document of 50": ({"id_doc_number": "1" * 50}, True),
    "a number of document of 51": ({"id_doc_number": "1" * 51}, False),
    "no date of document": ({"id_doc_issue_date": None}, False),
    "no issuer": ({"id_doc_issuer": None}, False),
    "an issuer of 500": ({"id_doc_issuer": "М" * 500}, True),
    "an issuer of 501": ({"id_doc_issuer": "М" * 501}, False),
    "no document, with the reason": ({"id_doc_number": None, "id_doc_absence_reason": "н" * 1000}, True),
    "no document, with a long reason": ({"id_doc_number": None, "id_doc_absence_reason": "н" * 1001}, False),
    "no address": ({"address": None}, False),
    "an address of 1000": ({"address": "а" * 1000}, True),
    "an address of 1001": ({"address": "а" * 1001}, False),
    "no address, with the reason": ({"address": None, "address_absence_reason": "н" * 1000}, True),
    "no address, with a long reason": ({"address": None, "address_absence_reason": "н" * 1001}, False),
    "no СНИЛС": ({"snils": " "}, False),
    "СНИЛС with dashes": ({"snils": f" {SNILS[1][:3]}-{SNILS[1][3:6]}-{SNILS[1][6:9]} {SNILS[1][9:]}"}, True),
    "a wrong digit": ({"snils": SNILS[1][:-1] + str((int(SNILS[1][-1]) + 1) % 10)}, False),
    "a wrong digit, with a reason": ({"snils": "11223344500", "snils_absence_reason": "нет"}, False),
    "twelve digits": ({"snils": SNILS[1] + "0"}, False),
    "zeros": ({"snils": "00000000000"}, False),
}
# СНИЛС of other numbers: what the Fund gets, nothing if it is held.
NUMBERS = {"00100199812": "00100199812", "00100199900": "", "00100199965": "00100199965", "00000000001": "00000000001"}

CASES: dict[str, tuple[list[Given], list[dict[str, Any]], list[str]]] = {
    "plain": (PLAIN, [], SENT),
    "a patient that is not there": (PLAIN[1:], [], []),
    "a deleted exam": ([*PLAIN, exam(12, 120, deleted=True)], [], SENT),
    "an exam without gestation": ([*PLAIN, exam(12, 120, gestation_days=None)], [], SENT),
    "45 weeks 6 days is the longest": (
        [*THIRD, exam(11, 200, gestation_days=321), exam(12, 200, gestation_days=322)],
        [],
        ["createErs 1", "11 1", "ticket1 1"],
    ),
    "an exam without its day": ([*PLAIN, exam(12, 120, examined_at=None)], [], SENT),
    "an exam now, and one a second later": (
        [
            *PLAIN,
            exam(12, 203, examined_at="2026-03-10 12:00:00"),
            exam(13, 203, examined_at="2026-03-10 12:00:01"),
        ],
        [],
        [*SENT, "12 1"],
    ),
    "the earlier primary exam decides, the other is no visit": (
        [*PLAIN, primary(9, 70, hospital=2), primary(8, 60, hospital=3)],
        [],
        ["createErs 3", "11 1"],
    ),
    "a deleted primary exam does not decide": (
        [card(), pregnancy(), primary(deleted=True), primary(12, 70, hospital=2)],
        [],
        ["createErs 2"],
    ),
    "the primary exam at a hospital that is off": ([card(), pregnancy(), primary(hospital=4), primary(12, 70)], [], []),
    "visits where they were": ([*PLAIN, exam(12, 120, 2), exam(13, 121, 4), exam(14, 122, None)], [], [*SENT, "12 2"]),
    "born on the day of the first exam": ([card(birth_date=LMP + 60 * DAY), *PLAIN[1:]], [], SENT),
    "born between the exams": ([card(birth_date=LMP + 61 * DAY), *PLAIN[1:]], [known()], ["11 1"]),
    "no primary exam": ([card(), pregnancy(), exam(11, 100)], [], []),
    "before start_from": (
        [card(birth_date=date(1970, 1, 1)), pregnancy(), primary(examined_at="1999-12-31 23:59:00")],
        [],
        [],
    ),
    # the end
    "closed 60 days ago": ([card(), pregnancy(closed_on=TODAY - 60 * DAY), *PLAIN[2:]], [], SENT),
    "closed 61 days ago": (
        [card(), pregnancy(closed_on=TODAY - 61 * DAY), *PLAIN[2:], outcome(217), newborn()],
        [],
        [],
    ),
    "closed 61 days ago, talons 2 and 3 go on": (
        [card(), pregnancy(closed_on=TODAY - 61 * DAY), *PLAIN[2:], outcome(217), newborn(), child(50)],
        [known()],
        ["ticket2 2", "ticket3-1 3"],
    ),
    "a termination": ([*PLAIN, outcome(153, kind="delivery"), newborn()], [], []),
    "an abortion, its visits go on": ([*PLAIN, outcome(105, kind="abortion"), exam(12, 106)], [known()], ["11 1"]),
    "a miscarriage at 153 days": ([*PLAIN, outcome(153, kind="miscarriage")], [], []),
    "a miscarriage at 154 days": ([*PLAIN, outcome(154, kind="miscarriage")], [], SENT),
    "a deleted termination": ([*PLAIN, outcome(105, kind="abortion", deleted=True)], [], SENT),
    "exams at the hour of the delivery and after": (
        [
            *BORN,
            exam(11, 217, examined_at="2026-03-06 12:00:00"),
            exam(12, 217, examined_at="2026-03-06 12:01:00"),
        ],
        [],
        ["createErs 1", "11 1", "ticket1 1", "ticket2 2"],
    ),
    "a primary exam after the delivery": ([card(), pregnancy(), primary(10, 218), outcome(217), newborn()], [], []),
    # talon 1
    "209 days, 210 days": (
        [*THIRD, exam(12, 209), exam(11, 210, 2), exam(13, 215, 1)],
        [],
        ["createErs 1", "12 1", "11 2", "13 1", "ticket1 2"],
    ),
    "two at once: the smaller id": (
        [*THIRD, exam(12, 210), exam(11, 210, 2)],
        [],
        ["createErs 1", "12 1", "11 2", "ticket1 2"],
    ),
    "a primary exam gives none": ([card(), pregnancy(), primary(10, 212)], [], ["createErs 1"]),
    "twins at 196 days": (
        [card(), pregnancy(fetus_count=2), primary(), exam(11, 195), exam(12, 196, 2)],
        [],
        ["createErs 1", "11 1", "12 2", "ticket1 2"],
    ),
    "one fetus at 196 days": ([*THIRD, exam(12, 196)], [], ["createErs 1", "12 1"]),
    "unknown number of fetuses": (
        [card(), pregnancy(fetus_count=None), primary(), exam(12, 209)],
        [],
        ["createErs 1", "12 1"],
    ),
    # talon 2
    "a delivery": (BORN, [], ["createErs 1", "ticket2 2"]),
    "a delivery at 154 days": ([*THIRD, outcome(154), newborn()], [], ["createErs 1", "ticket2 2"]),
    "a delivery of unknown gestation": ([*THIRD, outcome(217, gestation_days=None), newborn()], [], ["createErs 1"]),
    "a delivery later today": (
        [*THIRD, outcome(221, occurred_at="2026-03-10 12:00:01"), newborn()],
        [],
        ["createErs 1"],
    ),
    "a delivery without its hour": ([*THIRD, outcome(217, occurred_at=None), newborn()], [], ["createErs 1"]),
    "no newborn": ([*THIRD, outcome(217)], [], ["createErs 1"]),
    "one of two newborns without a weight": ([*BORN, newborn(41, weight_g=None)], [], ["createErs 1"]),
    "a newborn of 101 cm": ([*THIRD, outcome(217), newborn(height_cm=101)], [], ["createErs 1"]),
    "a newborn of no sex": ([*THIRD, outcome(217), newborn(sex="?")], [], ["createErs 1"]),
    "two rows of one delivery": (
        [*BORN, newborn(41, outcome_id=31), outcome(217, 3, id=31, occurred_at="2026-03-06 11:00:00")],
        [],
        ["createErs 1", "ticket2 3"],
    ),
    "a delivery without a primary exam": ([card(), pregnancy(), exam(11, 100), outcome(217), newborn()], [], []),
    "of other kinds": ([*THIRD, outcome(217, kind="other"), newborn()], [], ["createErs 1"]),
    # talon 3
    "children of two clinics": (
        [*THIRD, child(50), child(51), child(52, 2), child(53, half_year=2), child(54, half_year=None)],
        [],
        ["createErs 1", "ticket3-1 3", "ticket3-1 2", "ticket3-2 3"],
    ),
    "one of two children still observed": ([*THIRD, child(50), child(51, watch_end=TODAY + DAY)], [], ["createErs 1"]),
    "one of two children without a name": ([*THIRD, child(50), child(51, first_name=" ")], [], ["createErs 1"]),
    "a child without the day of its end": ([*THIRD, child(50), child(51, watch_end=None)], [], ["createErs 1"]),
    "a deleted child": (
        [*THIRD, child(50), child(51, watch_end=None, deleted=True)],
        [],
        ["createErs 1", "ticket3-1 3"],
    ),
    # hospitals and their contracts
    "talon 1 without its contract, talon 2 on its last day": (
        [card(), pregnancy(), primary(hospital=5), exam(11, 210, 5), outcome(217, 5), newborn()],
        [],
        ["createErs 5", "11 5", "ticket2 5"],
    ),
    "a contract that has ended": ([card(), pregnancy(), primary(hospital=6), exam(11, 100)], [], []),
    "a contract of tomorrow": ([*PLAIN, exam(12, 120, 7)], [], SENT),
    "a bad ИНН": ([*PLAIN, exam(12, 120, 8)], [], SENT),
    "a bad ОГРН": ([*PLAIN, exam(12, 120, 9)], [], SENT),
    "an ИНН of twelve digits": ([*PLAIN, exam(12, 120, 2)], [], [*SENT, "12 2"]),
    # which certificate
    "adopted on the first day of the window": (PLAIN, [known(-30)], ["11 1"]),
    "one of an earlier pregnancy, closed": (PLAIN, [known(-31, "CLOSED")], SENT),
    "one of an earlier pregnancy that the Fund returns": (
        [card(), pregnancy(registered_on=LMP + 279 * DAY), *PLAIN[2:]],
        [known(-31)],
        ["createErs 1"],
    ),
    "one of an earlier pregnancy with its delivery": (PLAIN, [known(-31, "SERVICE", tickets=[ticket("2")])], SENT),
    "one of an earlier pregnancy too long ago": (
        [card(), pregnancy(registered_on=LMP + 280 * DAY), *PLAIN[2:]],
        [known(-31)],
        SENT,
    ),
    "adopted on the last day of the window": (PLAIN, [known(310)], ["11 1"]),
    "a later one": (PLAIN, [known(311)], []),
    "one in the window, and a later one": (PLAIN, [known(310), known(311, number=2)], ["11 1"]),
    "several": (PLAIN, [known(), known(63, number=2)], []),
    "a closed one": (PLAIN, [known(status="CLOSED")], []),
    "another woman's": (PLAIN, [known(snils=SNILS[2])], SENT),
    "adopted though her card lacks a name": ([card(first_name=None), *PLAIN[1:]], [known()], []),
    "adopted without a primary exam": (
        [card(), pregnancy(), exam(11, 100), exam(12, 120, gestation_days=10)],
        [known(-30)],
        ["11 1", "12 1"],
    ),
    "by the outcome alone": ([card(), pregnancy(), outcome(217), newborn()], [known(-30)], ["ticket2 2"]),
    "the number that was formed is of no use": (
        [card(), pregnancy(registered_on=LMP - 31 * DAY), *PLAIN[2:]],
        [],
        ["createErs 1"],
    ),
    "no gestation at all": ([card(), pregnancy(), primary(gestation_days=None)], [], ["createErs 1"]),
    "no gestation at all, and a certificate": ([card(), pregnancy(), primary(gestation_days=None)], [known()], []),
    "one pregnancy in two rows": (
        [*PLAIN, exam(12, 210), pregnancy(2), primary(20, 61, 2, pregnancy_id=2), exam(21, 211, 2, pregnancy_id=2)],
        [],
        [*SENT, "12 1", "21 2", "ticket1 1"],
    ),
    "two cards of one woman": (
        [*PLAIN, card(2, snils=SNILS[1]), pregnancy(2, patient_id=2), primary(20, 61, 2, pregnancy_id=2)],
        [],
        SENT,
    ),
    # there already
    "talon 1 by another hospital": ([*THIRD, exam(11, 212)], [known(tickets=[ticket("1")])], ["11 1"]),
    "talon 2": (BORN, [known(tickets=[ticket("2")])], []),
    "talon 3 of one clinic": (
        [*THIRD, child(50), child(51, 2)],
        [known(tickets=[ticket("3-1", OGRN[3])])],
        ["ticket3-1 2"],
    ),
    "a visit of this hospital on this day": (
        [*PLAIN, exam(12, 100, 2), exam(13, 101)],
        [known(visits=[visit(100, 1)])],
        ["12 2", "13 1"],
    ),
}
