"""Puts whole pregnancies together out of РАМ's rows, a batch at a time."""

from __future__ import annotations

import dataclasses
from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

from ers_sync.domain.model import Case, Child, Doctor, Exam, Newborn, Outcome, Patient, Pregnancy
from ers_sync.grouping import grouped
from ers_sync.ram.rows import BadRow, ModelT, RowError, to_model

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence

    from sqlalchemy import RowMapping

    from ers_sync.ram.hospitals import Hospitals


class Select(Protocol):
    """Executes statements of РАМ's queries."""

    def __call__(self, statement: str, **parameters: Any) -> Sequence[RowMapping]:
        """Execute one statement with named binds and return its rows."""
        ...


def read_cases(
    select: Select, queries: Mapping[str, str], ids: Sequence[int], hospitals: Hospitals
) -> Iterator[Case | BadRow]:
    """Yield the pregnancies `ids` whole, in that order; in place of one with an unreadable row, a BadRow for each such row."""
    batch = _read(_Reader(select, queries), ids)
    for pregnancy_id in ids:
        bad = [*batch.bad[pregnancy_id], *_bad_hospitals(batch, pregnancy_id, hospitals)]
        if bad:
            yield from bad
        elif pregnancy_id in batch.pregnancies:
            yield _case(batch, pregnancy_id, hospitals)


@dataclass(slots=True)
class _Reader:
    """Reads one query after the other, and notes what is unreadable with the pregnancies it belongs to."""

    select: Select
    queries: Mapping[str, str]
    bad: dict[int, list[BadRow]] = field(default_factory=lambda: defaultdict(list))

    def read(
        self, query: str, model: type[ModelT], keys: Collection[int], owners: Callable[[RowMapping], Iterable[int]]
    ) -> list[ModelT]:
        """Return the rows of the query for `keys` as objects; `owners` gives the pregnancies a row belongs to."""
        objects = []
        for row in self.select(self.queries[query], ids=list(keys)) if keys else ():
            try:
                objects.append(to_model(model, row))
            except RowError as error:
                for owner in owners(row):
                    self.bad[owner].append(BadRow(query, row["id"], owner, str(error)))
        return objects


@dataclass(frozen=True, slots=True)
class _Batch:
    """The rows of some pregnancies; exams, outcomes and children by their pregnancy."""

    pregnancies: Mapping[int, Pregnancy]
    patients: Mapping[int, Patient]
    exams: Mapping[int, list[Exam]]
    outcomes: Mapping[int, list[Outcome]]
    children: Mapping[int, list[Child]]
    doctors: Mapping[int, Doctor]
    bad: Mapping[int, list[BadRow]]

    def rows(self, pregnancy_id: int) -> list[Exam | Outcome | Child]:
        """Return the rows of one pregnancy that name a hospital and a doctor of their own."""
        return [*self.exams[pregnancy_id], *self.outcomes[pregnancy_id], *self.children[pregnancy_id]]


def _read(reader: _Reader, ids: Sequence[int]) -> _Batch:
    """Read the rows of the pregnancies `ids`, and what they name."""

    def by_pregnancy(row: RowMapping) -> tuple[int]:
        return (row["pregnancy_id"],)

    pregnancies = reader.read("pregnancies", Pregnancy, ids, lambda row: (row["id"],))
    exams = reader.read("exams", Exam, ids, by_pregnancy)
    outcomes = reader.read("outcomes", Outcome, ids, by_pregnancy)
    children = reader.read("children", Child, ids, by_pregnancy)

    of_patient = grouped((p.patient_id, p.id) for p in pregnancies if p.patient_id is not None)
    patients = reader.read("patients", Patient, of_patient, lambda row: of_patient[row["id"]])

    naming: list[Exam | Outcome | Child] = [*exams, *outcomes, *children]
    of_doctor = grouped((row.doctor_id, row.pregnancy_id) for row in naming if row.doctor_id is not None)
    doctors = reader.read("doctors", Doctor, of_doctor, lambda row: set(of_doctor[row["id"]]))

    of_outcome = {outcome.id: outcome.pregnancy_id for outcome in outcomes}
    newborns = reader.read("newborns", Newborn, of_outcome, lambda row: (of_outcome[row["outcome_id"]],))
    born = grouped((newborn.outcome_id, newborn) for newborn in newborns)
    whole = [dataclasses.replace(outcome, newborns=_in_order_of_birth(born[outcome.id])) for outcome in outcomes]

    return _Batch(
        pregnancies={pregnancy.id: pregnancy for pregnancy in pregnancies},
        patients={patient.id: patient for patient in patients},
        exams=grouped((exam.pregnancy_id, exam) for exam in exams),
        outcomes=grouped((outcome.pregnancy_id, outcome) for outcome in whole),
        children=grouped((child.pregnancy_id, child) for child in children),
        doctors={doctor.id: doctor for doctor in doctors},
        bad=reader.bad,
    )


def _case(batch: _Batch, pregnancy_id: int, hospitals: Hospitals) -> Case:
    pregnancy = batch.pregnancies[pregnancy_id]
    named = _hospital_ids(batch, pregnancy_id) & hospitals.known.keys()
    named_doctors = {row.doctor_id for row in batch.rows(pregnancy_id) if row.doctor_id is not None}
    return Case(
        pregnancy=pregnancy,
        patient=None if pregnancy.patient_id is None else batch.patients.get(pregnancy.patient_id),
        exams=tuple(batch.exams[pregnancy_id]),
        outcomes=tuple(batch.outcomes[pregnancy_id]),
        children=tuple(batch.children[pregnancy_id]),
        organizations={key: hospitals.known[key] for key in named},
        doctors={key: batch.doctors[key] for key in named_doctors & batch.doctors.keys()},
    )


def _in_order_of_birth(newborns: Iterable[Newborn]) -> tuple[Newborn, ...]:
    return tuple(sorted(newborns, key=lambda row: (row.ordinal is None, row.ordinal or 0, row.id)))


def _bad_hospitals(batch: _Batch, pregnancy_id: int, hospitals: Hospitals) -> Iterator[BadRow]:
    for key in sorted(_hospital_ids(batch, pregnancy_id) & hospitals.unreadable.keys()):
        yield BadRow("organizations", key, pregnancy_id, hospitals.unreadable[key])


def _hospital_ids(batch: _Batch, pregnancy_id: int) -> set[int]:
    """Return the hospitals that a pregnancy or any of its rows names."""
    pregnancy = batch.pregnancies.get(pregnancy_id)
    rows = (*batch.rows(pregnancy_id), pregnancy) if pregnancy else batch.rows(pregnancy_id)
    return {row.organization_id for row in rows if row.organization_id is not None}
