"""A believable sample РАМ: the same for the same seed, number of women and moment; streamed, so it may be as large as a region."""

from __future__ import annotations

import dataclasses
from contextlib import closing
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import islice
from operator import attrgetter
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import psycopg2

from ers_sync.domain.model import Child, Doctor, Exam, Newborn, Organization, Outcome, Patient, Pregnancy
from ers_sync.ram.rows import columns
from ers_sync.stand import sample_fund, sample_hospitals
from ers_sync.stand.sample_children import children
from ers_sync.stand.sample_history import History, history
from ers_sync.stand.sample_sql import copy_rows, insert_statement

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

ZONE = ZoneInfo("Asia/Yekaterinburg")
_AT_ONCE = 1_000
_TABLES: Mapping[type, str] = {
    Organization: "organization",
    Doctor: "doctor",
    Patient: "patient",
    Pregnancy: "pregnancy",
    Exam: "exam",
    Outcome: "outcome",
    Newborn: "newborn",
    Child: "child",
}
_VALUES = {model: attrgetter(*columns(model)) for model in _TABLES}


@dataclass(frozen=True, slots=True)
class Sample:
    """A sample of `patients` women as they stand at `now` (aware); exams are at the wall clock of `zone`."""

    seed: int
    patients: int
    now: datetime
    zone: ZoneInfo = ZONE

    def histories(self) -> Iterator[History]:
        """Yield the women one by one, the same ones every time."""
        local = self.now.astimezone(self.zone).replace(tzinfo=None)
        for index in range(1, self.patients + 1):
            woman = history(self.seed, index, local)
            yield dataclasses.replace(woman, children=children(woman, local.date()))

    def sql(self) -> Iterator[str]:
        """Yield INSERT statements for the empty reference schema."""
        for model, rows in self._chunks():
            yield insert_statement(f"ram.{_TABLES[model]}", _names(model), rows)

    def load(self, dsn: str) -> None:
        """Load the sample into the empty reference schema at `dsn`, in one transaction."""
        with closing(psycopg2.connect(dsn)) as connection, connection, connection.cursor() as cursor:
            for model, rows in self._chunks():
                copy_rows(cursor, f"ram.{_TABLES[model]}", _names(model), rows)
        with closing(psycopg2.connect(dsn)) as connection, connection.cursor() as cursor:
            connection.autocommit = True
            cursor.execute("analyze")

    def fund_seed(self) -> dict[str, Any]:
        """Return what the Fund knows beforehand, in the form of the file for `--fund-seed`."""
        today = self.now.astimezone(self.zone).date()
        found = [certificate for woman in self.histories() for certificate in sample_fund.certificates(woman, today)]
        return {"organizations": sample_hospitals.contracts(today), "certificates": found}

    def _chunks(self) -> Iterator[tuple[type, list[tuple[Any, ...]]]]:
        """Yield rows, a bounded number at a time, each with the dataclass of its table."""
        long_ago = self.now - timedelta(days=700)
        yield Organization, [_row(hospital, long_ago) for hospital in sample_hospitals.organizations()]
        yield Doctor, [_row(doctor, long_ago) for doctor in sample_hospitals.doctors()]
        women = self.histories()
        while chunk := list(islice(women, _AT_ONCE)):
            rows: dict[type, list[tuple[Any, ...]]] = {model: [] for model in _TABLES}
            for item, written in (pair for woman in chunk for pair in self._stamped(woman)):
                rows[type(item)].append(_row(item, written))
            yield from ((model, found) for model, found in rows.items() if found)

    def _stamped(self, woman: History) -> Iterator[tuple[Any, datetime]]:
        """Yield the rows of one woman, each with the moment at which a clerk may have written it: none later than now."""
        registered = self._written(woman.exams[0].examined_at)
        yield woman.patient, registered
        yield woman.pregnancy, registered
        for exam in woman.exams:
            yield exam, self._written(exam.examined_at)
        if woman.outcome:
            born = self._written(woman.outcome.occurred_at)
            yield woman.outcome, born
            for newborn in woman.outcome.newborns:
                yield newborn, born
        for child in woman.children:
            yield child, self._written(child.registered_on)

    def _written(self, event: date | None) -> datetime:
        if event is None:
            return self.now
        moment = event if isinstance(event, datetime) else datetime.combine(event, time(12))
        return min(moment.replace(tzinfo=self.zone) + timedelta(minutes=20), self.now)


def sample(seed: int, patients: int, now: datetime, zone: ZoneInfo = ZONE) -> Sample:
    """Return the sample; raise ValueError if `now` has no zone."""
    if now.tzinfo is None:
        raise ValueError("now has no zone")
    return Sample(seed, patients, now.astimezone(zone), zone)


def _names(model: type) -> list[str]:
    return [*columns(model), "updated_at"]


def _row(item: Any, written: datetime) -> tuple[Any, ...]:
    return (*_VALUES[type(item)](item), written)
