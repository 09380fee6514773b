"""Which certificate belongs to a pregnancy."""

from __future__ import annotations

from datetime import date, datetime

import pytest

from ers_sync.domain.chronology import lmp
from ers_sync.domain.matching import CertificateStatus, Verdict, match
from ers_sync.domain.model import Exam, Outcome
from tests.unit.domain.build import LMP, case, certificate, exam, outcome, primary

EARLIER, FIRST, LAST, LATER = -31, -30, 310, 311


@pytest.mark.parametrize(
    ("created", "verdict"),
    [
        ((), Verdict.NONE),
        ((EARLIER,), Verdict.NONE),
        ((FIRST,), Verdict.ONE),
        ((LAST,), Verdict.ONE),
        ((LATER,), Verdict.UNCLEAR),
        ((EARLIER, LATER), Verdict.UNCLEAR),
        ((EARLIER, FIRST), Verdict.ONE),
        ((-400, EARLIER), Verdict.NONE),
        ((FIRST, LAST), Verdict.UNCLEAR),
        ((60, 61, EARLIER), Verdict.UNCLEAR),
        ((60, LATER), Verdict.ONE),  # the later one is the next pregnancy's
    ],
)
def test_edges_of_the_window(created: tuple[int, ...], verdict: Verdict) -> None:
    found = match(LMP, [certificate(f"{n:010}", days) for n, days in enumerate(created)])
    assert found.verdict is verdict
    assert (found.certificate is not None) == (verdict is Verdict.ONE)


def test_the_one_in_the_window_is_returned() -> None:
    mine = certificate("8000010452", 60)
    assert match(LMP, [certificate("8000010000", EARLIER), mine]).certificate == mine


def test_a_closed_one_in_the_window_ends_the_matter() -> None:
    closed = certificate(status=CertificateStatus.CLOSED)
    assert match(LMP, [closed]).verdict is Verdict.CLOSED
    assert match(LMP, [certificate(days=EARLIER, status=CertificateStatus.CLOSED)]).verdict is Verdict.NONE
    assert match(LMP, [certificate(status=CertificateStatus.SERVICE)]).verdict is Verdict.ONE
    assert match(LMP, [closed, certificate("8000010453")]).verdict is Verdict.UNCLEAR


def test_without_a_beginning_any_certificate_is_unclear() -> None:
    assert match(None, [certificate()]).verdict is Verdict.UNCLEAR
    assert match(None, []).verdict is Verdict.NONE


def test_dates_at_the_edges_of_the_calendar_break_nothing() -> None:
    assert match(date(1, 1, 1), [certificate()]).verdict is Verdict.UNCLEAR
    assert match(date(9999, 12, 31), [certificate()]).verdict is Verdict.NONE


BEGUN_EARLIER = date(2025, 5, 4)


@pytest.mark.parametrize(
    ("rows", "start"),
    [
        ((primary(days=60), exam(11, 100, gestation_days=101)), LMP),
        (
            (exam(9, 50, gestation_days=51), primary(days=60)),
            LMP,
        ),  # the primary exam first, though an earlier one has a gestation
        ((primary(days=60, gestation_days=None), exam(11, 100, gestation_days=101)), BEGUN_EARLIER),
        ((primary(days=60, deleted=True), exam(11, 100, gestation_days=101)), BEGUN_EARLIER),
        ((primary(days=60, examined_at=None), exam(11, 100)), LMP),
        ((exam(12, 120), exam(11, 100, gestation_days=101)), BEGUN_EARLIER),
        ((exam(11, 100, deleted=True, gestation_days=101), exam(12, 120)), LMP),
        ((exam(11, 100, gestation_days=None), outcome(280)), LMP),
        ((outcome(280, deleted=True),), None),
        ((outcome(None),), None),
        ((outcome(280, gestation_days=None),), None),
        ((primary(days=60, gestation_days=None),), None),
        ((primary(days=60, gestation_days=0),), date(2025, 7, 4)),
        ((primary(days=60, gestation_days=310), exam(11, 100)), date(2024, 8, 28)),
        ((primary(days=60, gestation_days=311), exam(11, 100)), LMP),  # what cannot be counts as missing
        ((primary(days=60, gestation_days=-1), exam(11, 100)), LMP),
        ((primary(days=60, gestation_days=2**31 - 1), exam(11, 100)), LMP),
        ((primary(days=60, examined_at=datetime(1, 1, 1)), exam(11, 100)), LMP),  # noqa: DTZ001 - a wall clock
        ((primary(examined_at=datetime(1, 1, 1), gestation_days=1),), None),  # noqa: DTZ001
        ((), None),
    ],
)
def test_where_a_pregnancy_begins(rows: tuple[Exam | Outcome, ...], start: date | None) -> None:
    assert lmp(case(*rows)) == start
