"""A pregnancy's rows stand in the order in which they happened, however they come."""

from __future__ import annotations

from itertools import permutations

from tests.unit.domain.build import case, exam, outcome


def test_exams_and_outcomes_stand_in_order() -> None:
    exams = [exam(13, 60), exam(14, 60), exam(11, 91), exam(12, 91, examined_at=None)]
    outcomes = [outcome(280, id=52), outcome(281, id=51), outcome(281, id=53, occurred_at=None)]
    for some in permutations(exams):
        assert case(*some).exams == tuple(exams)
    for some_ends in permutations(outcomes):
        assert case(*some_ends).outcomes == tuple(outcomes)
