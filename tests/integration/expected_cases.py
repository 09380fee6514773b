"""What events call for, at the edges of the rules: rows of РАМ, what the Fund knew before, and what is called for, by hand."""

from __future__ import annotations

from datetime import date
from typing import Any

from ers_sync.stand.sample_numbers import inn
from tests.integration.expected_ram import (
    BORN,
    DAY,
    LMP,
    OGRN,
    PLAIN,
    SENT,
    THIRD,
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
)


def named(id_: int, full_name: str) -> Given:
    """A hospital with nothing but a full name that may be wrong."""
    return "organization", {"id": id_, "ogrn": OGRN[3], "inn": inn(665_800_100), "full_name": full_name}


EVENTS: dict[str, tuple[list[Given], list[dict[str, Any]], list[str]]] = {
    "plain": (PLAIN, [], SENT),
    "a patient that is not there": (PLAIN[1:], [], []),
    "a deleted exam": ([*PLAIN, exam(12, 120, deleted=True)], [], SENT),
    "a document of tomorrow": ([card(id_doc_issue_date=TODAY + DAY), *PLAIN[1:]], [], []),
    "a document of today": ([card(id_doc_issue_date=TODAY), *PLAIN[1:]], [], SENT),
    "a series that does not fit is left out": ([card(id_doc_series="6" * 51), *PLAIN[1:]], [], SENT),
    "a long kind of policy": ([card(oms_policy_kind="П" * 2000), *PLAIN[1:]], [], SENT),
    "an address that does not fit, with a reason": (
        [card(address="а" * 1001, address_absence_reason="нет"), *PLAIN[1:]],
        [],
        SENT,
    ),
    "an exam without gestation": ([*PLAIN, exam(12, 120, gestation_days=None)], [], SENT),
    "310 days is the longest": (
        [*THIRD, exam(11, 200, gestation_days=310), exam(12, 200, gestation_days=311)],
        [],
        ["createErs 1", "11 1", "ticket1 1"],
    ),
    "gestation from nought": (
        [*THIRD, exam(11, 100, gestation_days=0), exam(12, 101, gestation_days=-1)],
        [],
        ["createErs 1", "11 1"],
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
    "on the first day of start_from": (
        [card(birth_date=date(1970, 1, 1)), pregnancy(), primary(examined_at="2000-01-01 00:00")],
        [],
        ["createErs 1"],
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
    "a termination, its visits go on": ([*PLAIN, outcome(153), newborn()], [known()], ["11 1"]),
    "an abortion, its visits go on": ([*PLAIN, outcome(105, kind="abortion"), exam(12, 106)], [known()], ["11 1"]),
    "a miscarriage at 153 days": ([*PLAIN, outcome(153, kind="miscarriage")], [], []),
    "a miscarriage at 154 days": ([*PLAIN, outcome(154, kind="miscarriage")], [], SENT),
    "a miscarriage of unknown gestation": ([*PLAIN, outcome(105, kind="miscarriage", gestation_days=None)], [], []),
    "a termination a day before a delivery": (
        [*THIRD, outcome(154), newborn(), outcome(153, id=31, kind="abortion")],
        [],
        [],
    ),
    "a delivery a day before a termination": (
        [*THIRD, outcome(154), newborn(), outcome(155, id=29, kind="abortion")],
        [],
        ["createErs 1", "ticket2 2"],
    ),
    "padded kinds": (
        [
            card(),
            pregnancy(),
            exam(10, 60, kind=" primary"),
            exam(11, 100, kind="repeat\t"),
            outcome(154, kind="delivery "),
            newborn(),
        ],
        [],
        [*SENT, "ticket2 2"],
    ),
    "a termination later today": (
        [*PLAIN, outcome(221, kind="abortion", occurred_at="2026-03-10 12:00:01")],
        [],
        SENT,
    ),
    "a termination this very second": ([*PLAIN, outcome(221, kind="abortion", occurred_at="2026-03-10 12:00")], [], []),
    "a termination without its day": ([*PLAIN, outcome(105, kind="abortion", occurred_at=None)], [], []),
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
    "the first late exam at a hospital that is off": (
        [*THIRD, exam(12, 210, 4), exam(13, 215)],
        [],
        ["createErs 1", "13 1"],
    ),
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
    "the smallest newborn": (
        [*THIRD, outcome(217), newborn(sex=" male\n", height_cm=1, weight_g=1)],
        [],
        ["createErs 1", "ticket2 2"],
    ),
    "a newborn of no height": ([*THIRD, outcome(217), newborn(height_cm=0)], [], ["createErs 1"]),
    "a newborn of no weight": ([*THIRD, outcome(217), newborn(weight_g=0)], [], ["createErs 1"]),
    "a newborn of 10 001 g": ([*THIRD, outcome(217), newborn(weight_g=10_001)], [], ["createErs 1"]),
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
    "children with the longest names": (
        [*THIRD, child(50, last_name="Ё" * 100), child(51, first_name="Ё" * 100, patronymic=f"{'Ё' * 100} ")],
        [],
        ["createErs 1", "ticket3-1 3"],
    ),
    "a child's surname of 101": ([*THIRD, child(50), child(51, last_name="Ё" * 101)], [], ["createErs 1"]),
    "a child's name of 101": ([*THIRD, child(50), child(51, first_name="Ё" * 101)], [], ["createErs 1"]),
    "a child's patronymic of 101": ([*THIRD, child(50), child(51, patronymic="Ё" * 101)], [], ["createErs 1"]),
    "a child born after its observation began": (
        [*THIRD, child(50, birth_date=TODAY - 182 * DAY)],
        [],
        ["createErs 1"],
    ),
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
    "a hospital's name of 500, of 501, and none": (
        [
            *PLAIN,
            exam(12, 120, 3),
            named(11, "М" * 500),
            exam(13, 121, 11),
            named(12, "М" * 501),
            exam(14, 122, 12),
            named(13, "\n"),
            exam(15, 123, 13),
        ],
        [],
        [*SENT, "12 3", "13 3"],
    ),
    "a bad ИНН": ([*PLAIN, exam(12, 120, 8)], [], SENT),
    "a bad ОГРН": ([*PLAIN, exam(12, 120, 9)], [], SENT),
    "an ИНН of twelve digits": ([*PLAIN, exam(12, 120, 2)], [], [*SENT, "12 2"]),
}
