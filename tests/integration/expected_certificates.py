"""Which certificate is a pregnancy's, and what is there already: as in expected_cases."""

from __future__ import annotations

from typing import Any

from tests.integration.expected_ram import (
    BORN,
    DAY,
    LMP,
    OGRN,
    OTHER,
    PLAIN,
    SENT,
    SNILS,
    THIRD,
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

CERTIFICATES: dict[str, tuple[list[Given], list[dict[str, Any]], list[str]]] = {
    "adopted on the first day of the window": (PLAIN, [known(-30)], ["11 1"]),
    "one of an earlier pregnancy, closed": (PLAIN, [known(-31, "CLOSED")], SENT),
    "one of an earlier pregnancy, 310 days before she is registered: the Fund returns it": (
        PLAIN,
        [known(-250)],
        ["createErs 1"],
    ),
    "one of an earlier pregnancy, 311 days before she is registered": (PLAIN, [known(-251)], SENT),
    "one of an earlier pregnancy with its delivery": (PLAIN, [known(-31, "SERVICE", tickets=[ticket("2")])], SENT),
    "adopted on the last day of the window": (PLAIN, [known(310)], ["11 1"]),
    "a visit by hand that is called as ours would be": (
        PLAIN,
        [known(visits=[visit(100, 1, "11")])],
        [],
    ),
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
    "by the primary exam, though another was before it": (
        [*THIRD, exam(11, 50), exam(12, 40, gestation_days=50)],
        [known(-30)],
        ["11 1", "12 1"],
    ),
    "by an exam rather than the outcome": (
        [card(), pregnancy(), exam(11, 217), outcome(217, gestation_days=200), newborn()],
        [known(-30)],
        ["11 1", "ticket1 1", "ticket2 2"],
    ),
    "by the earliest exam": (
        [card(), pregnancy(), exam(12, 100), exam(11, 101, gestation_days=90)],
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
    "another pregnancy, registered 310 days after one that is still open: the Fund returns the number": (
        [card(), pregnancy(registered_on=LMP - 249 * DAY), primary(), *OTHER],
        [],
        ["createErs 1", "createErs 1"],
    ),
    "another pregnancy, registered 311 days after": (
        [card(), pregnancy(registered_on=LMP - 250 * DAY), primary(), *OTHER],
        [],
        ["createErs 1", "createErs 1", "21 1"],
    ),
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
