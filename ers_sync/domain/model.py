"""What РАМ tells us: its rows as they are, and one pregnancy with everything that belongs to it.

Nothing is cleaned or judged here: every text may be empty, padded or odd, every value but the keys may be missing
(`docs/ram.md` lists the columns). Times of exams and outcomes are the hospital's wall clock, without zone; gestation is in days. What
tells of a person is `PersonalText`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import date, datetime

from ers_sync.domain.personal import PersonalText


class _Row:
    """A row with a person's data: in a `repr`, and so in a traceback, an error text or a log, it is its ids alone."""

    __slots__ = ()

    def __repr__(self) -> str:
        """Return `Exam(id=1, pregnancy_id=2)`."""
        known = {each.name: getattr(self, each.name) for each in fields(self)}  # type: ignore[arg-type] # each is a dataclass
        ids = {name: value for name, value in known.items() if name.endswith("id") and isinstance(value, int)}
        return f"{type(self).__name__}({', '.join(f'{name}={value}' for name, value in ids.items())})"


@dataclass(frozen=True, slots=True)
class Organization:
    """A hospital (МО), as РАМ describes it."""

    id: int
    short_name: str | None
    full_name: str | None
    inn: str | None
    ogrn: str | None
    kpp: str | None
    is_active: bool | None


@dataclass(frozen=True, slots=True, repr=False)
class Doctor(_Row):
    """The doctor who examined; not one of the signers."""

    id: int
    organization_id: int | None
    last_name: PersonalText | None
    first_name: PersonalText | None
    patronymic: PersonalText | None
    snils: PersonalText | None
    position: str | None


@dataclass(frozen=True, slots=True, repr=False)
class Patient(_Row):
    """The woman's card («карточка пациентки»)."""

    id: int
    last_name: PersonalText | None
    first_name: PersonalText | None
    patronymic: PersonalText | None
    birth_date: date | None
    snils: PersonalText | None
    snils_absence_reason: str | None
    oms_policy_kind: str | None
    oms_policy_number: PersonalText | None
    oms_policy_begin_date: date | None
    oms_absence_reason: str | None
    id_doc_kind: str | None
    id_doc_series: PersonalText | None
    id_doc_number: PersonalText | None
    id_doc_issue_date: date | None
    id_doc_issuer: PersonalText | None
    id_doc_absence_reason: str | None
    address: PersonalText | None
    address_absence_reason: str | None


@dataclass(frozen=True, slots=True, repr=False)
class Pregnancy(_Row):
    """One pregnancy: the unit in which everything is worked out."""

    id: int
    patient_id: int | None
    organization_id: int | None
    registered_on: date | None
    fetus_count: int | None
    exchange_card_number: PersonalText | None
    exchange_card_date: date | None
    sick_leave_number: PersonalText | None
    closed_on: date | None


@dataclass(frozen=True, slots=True, repr=False)
class Exam(_Row):
    """A primary (registration) or repeat exam; `note` is the obstetric status."""

    id: int
    pregnancy_id: int
    organization_id: int | None
    doctor_id: int | None
    kind: str
    examined_at: datetime | None
    gestation_days: int | None
    note: PersonalText | None
    deleted: bool


@dataclass(frozen=True, slots=True, repr=False)
class Newborn(_Row):
    """A child at its birth, alive or not."""

    id: int
    outcome_id: int
    ordinal: int | None
    sex: str | None
    height_cm: int | None
    weight_g: int | None
    death_reason: PersonalText | None


@dataclass(frozen=True, slots=True, repr=False)
class Outcome(_Row):
    """How the pregnancy ended; `children_total` counts the woman's earlier births too."""

    id: int
    pregnancy_id: int
    organization_id: int | None
    doctor_id: int | None
    kind: str
    admitted_on: date | None
    occurred_at: datetime | None
    gestation_days: int | None
    icd10: PersonalText | None
    mother_death_reason: PersonalText | None
    children_total: int | None
    deleted: bool
    newborns: tuple[Newborn, ...] = ()


@dataclass(frozen=True, slots=True, repr=False)
class Child(_Row):
    """A child that a children's clinic observes for one half-year of its first year."""

    id: int
    pregnancy_id: int
    organization_id: int | None
    doctor_id: int | None
    last_name: PersonalText | None
    first_name: PersonalText | None
    patronymic: PersonalText | None
    birth_date: date | None
    oms_policy_number: PersonalText | None
    registered_on: date | None
    half_year: int | None
    watch_begin: date | None
    watch_end: date | None
    deleted: bool


@dataclass(frozen=True, slots=True)
class Case:
    """A whole pregnancy: the woman, every exam, outcome and child, deleted ones too, and the hospitals and doctors they name.

    Exams and outcomes stand in the order in which they happened (time, then id), whatever order they are given in; those without a time
    come last.
    """

    pregnancy: Pregnancy
    patient: Patient | None
    exams: tuple[Exam, ...] = ()
    outcomes: tuple[Outcome, ...] = ()
    children: tuple[Child, ...] = ()
    organizations: Mapping[int, Organization] = field(default_factory=dict)
    doctors: Mapping[int, Doctor] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Put the exams and outcomes in order."""
        exams = sorted(self.exams, key=lambda row: (row.examined_at or datetime.max, row.id))
        outcomes = sorted(self.outcomes, key=lambda row: (row.occurred_at or datetime.max, row.id))
        object.__setattr__(self, "exams", tuple(exams))
        object.__setattr__(self, "outcomes", tuple(outcomes))
