"""Women, time and waiting for the tests of faults."""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from ers_sync.stand.later import pass_time
from ers_sync.stand.line import Line, insert, ogrn, snils, woman

NOW = datetime(2026, 3, 16, 7, 0, tzinfo=UTC)  # a Monday, 12:00 in Yekaterinburg
QUICK: dict[str, Any] = {
    "schedule": {"poll_seconds": 0.2, "scan_minutes": 0.005, "reconcile_minutes": 0.005, "submit_workers": 2},
    "pull": {"per_minute": 6000},
    "fss": {"timeouts": {"connect_seconds": 2, "read_seconds": 2, "total_seconds": 3}},
    "stop_grace_seconds": 2,
}
JOBS = ("scan", "pull", "submit", "poll", "reconcile")
_IDS = itertools.count(1000, 1000)


def until(condition: Callable[[], Any], what: str, seconds: float = 30.0) -> Any:
    """Wait until something is true, and return it. Raise AssertionError when the time is over."""
    ends = time.monotonic() + seconds
    while not (found := condition()):
        assert time.monotonic() < ends, f"waited in vain for: {what}"
        time.sleep(0.01)
    return found


def later(line: Line, **time_: float) -> None:
    """Let time pass for the ledger, once the Fund has processed what it took in."""
    until(lambda: line.fund.waiting() == 0, "an empty queue of the Fund")
    pass_time(line.context.ledger, timedelta(**time_))


def settle(line: Line, longest_seconds: float = 60.0) -> None:
    """Run the jobs, with hours passing in between, until nothing can move without a person."""
    ends = time.monotonic() + longest_seconds
    while True:
        line.run(*JOBS)
        unsettled = line.ledger(
            "select id from ers.request where state in ('READY', 'SENDING', 'UNKNOWN', 'REGISTERED')"
        )
        if not unsettled and not line.ledger("select 1 from ers.rework where failures = 0"):
            return
        assert time.monotonic() < ends, f"not settled: {line.states()}"
        later(line, hours=13)


class Case:
    """A woman of a test's own, for whom the Fund has a certificate, and one visit of hers to send; see `cases_of`."""

    def __init__(self, line: Line, organization: int = 1) -> None:
        self.line, self.id = line, next(_IDS)
        self.snils, self.organization = snils(self.id), organization

    def certificate(self) -> dict[str, Any]:
        """The certificate as the Fund's seed has it."""
        known = {"ers_number": f"{7_100_000_000 + self.id}", "snils": self.snils, "ogrn": ogrn(2)}
        return known | {"create_date": "2026-01-12", "status": "OPEN", "tickets": []}

    def registration(self) -> str:
        """Her card, her pregnancy and its primary exam."""
        return woman(self.id) + pregnancy(self.id, self.organization) + exam(self.id + 1, self.id, "primary", 60)

    def visit(self) -> None:
        """Enter her visit into РАМ."""
        self.line.ram(exam(self.id + 2, self.id, "repeat", 91, organization_id=self.organization))

    def state(self, kind: str = "put_visit") -> tuple[str, str | None]:
        row = self.row(kind)
        return row["state"], row["reason"]

    def row(self, kind: str = "put_visit") -> dict[str, Any]:
        return max(self.line.requests(pregnancy_id=self.id, kind=kind), key=lambda row: row["revision"])

    def exchanges(self, operation: str = "putVisit") -> list[dict[str, Any]]:
        """The attempts at the visit, in order."""
        return self.line.exchanges("pregnancy_id = :id and operation = :operation", id=self.id, operation=operation)

    def book(self) -> list[dict[str, Any]]:
        """What the Fund's book has of her visits."""
        return [entry for entry in self.line.book() if entry["snils"] == self.snils]

    def once(self) -> bool:
        """Whether the Fund took in and processed her visit just once."""
        return [(e["operation"], e["result"], e["duplicate"]) for e in self.book()] == [
            ("putVisit", "PROCESSED", False)
        ]


def cases_of(line: Line, many: int, *, organizations: Sequence[int] = (1,)) -> list[Case]:
    """Return women whose certificate's number is known already, each without her visit."""
    cases = [Case(line, organizations[number % len(organizations)]) for number in range(many)]
    line.fund.plant({"certificates": [case.certificate() for case in cases]})
    line.ram("".join(case.registration() for case in cases))
    settle(line)
    assert all(case.state("create_ers") == ("CANCELLED", "adopted") for case in cases)
    return cases


def ready_cases(line: Line, many: int = 1, *, organizations: Sequence[int] = (1,)) -> list[Case]:
    """Return women whose visits are READY to go out."""
    cases = cases_of(line, many, organizations=organizations)
    for case in cases:
        case.visit()
    line.run("scan")
    assert all(case.state() == ("READY", None) for case in cases)
    return cases


def ready_case(line: Line) -> Case:
    """Return a woman whose visit is READY to go out."""
    return ready_cases(line)[0]


def pregnancy(id_: int, organization: int = 1) -> str:
    return insert("pregnancy", id=id_, patient_id=id_, organization_id=organization, fetus_count=1)


def exam(id_: int, pregnancy_id: int, kind: str, days: int, **values: object) -> str:
    at = {"primary": "2026-01-12 10:00", "repeat": "2026-02-12 10:00"}[kind]
    row = {"organization_id": 1, "examined_at": at, "gestation_days": days, "deleted": False}
    return insert("exam", id=id_, pregnancy_id=pregnancy_id, kind=kind, **row | values)
