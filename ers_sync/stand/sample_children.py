"""Observed children of the sample РАМ: rows of the children's clinic, one to a half-year."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

from ers_sync.domain.model import Child
from ers_sync.stand.sample_hospitals import CHILDREN, doctor_id

if TYPE_CHECKING:
    from ers_sync.domain.model import Newborn, Patient
    from ers_sync.stand.sample_history import History

_HALF_YEAR = 183
_FIRST_NAMES = {"male": ("Матвей", "Артём", "Фёдор", "Лев"), "female": ("София", "Алёна", "Ева", "Мирослава")}
_PATRONYMICS = {"male": ("Сергеевич", "Ильич", None), "female": ("Сергеевна", "Ильинична", None)}


def children(history: History, today: date) -> tuple[Child, ...]:
    """Return the rows of the children that the clinic observes: live births of at least a week ago."""
    outcome = history.outcome
    if outcome is None or outcome.occurred_at is None or outcome.kind != "delivery":
        return ()
    born = outcome.occurred_at.date()
    alive = [newborn for newborn in outcome.newborns if newborn.death_reason is None]
    if (today - born).days < 7:
        return ()
    halves = (1, 2) if (today - born).days >= _HALF_YEAR else (1,)
    return tuple(_child(history, newborn, half, born) for newborn in alive for half in halves)


def _child(history: History, newborn: Newborn, half: int, born: date) -> Child:
    sex, number = newborn.sex or "female", history.index
    begin = born + timedelta(days=5 if half == 1 else _HALF_YEAR)
    return Child(
        id=newborn.id * 10 + half,
        pregnancy_id=history.pregnancy.id,
        organization_id=CHILDREN,
        doctor_id=doctor_id(CHILDREN, number),
        last_name=_surname(history.patient, sex),
        first_name=_FIRST_NAMES[sex][number % 4],
        patronymic=_PATRONYMICS[sex][number % 3],
        birth_date=born,
        oms_policy_number=f"6699{newborn.id:012}",
        registered_on=born + timedelta(days=5),
        half_year=half,
        watch_begin=begin,
        watch_end=born + timedelta(days=_HALF_YEAR * half),
        deleted=False,
    )


def _surname(mother: Patient, sex: str) -> str | None:
    """Return the mother's surname, a boy's in its masculine form."""
    surname = (mother.last_name or "").strip()
    return ("-".join(map(_masculine, surname.split("-"))) if sex == "male" else surname) or None


def _masculine(surname: str) -> str:
    if surname.endswith("ская"):
        return f"{surname[:-2]}ий"
    return surname[:-1] if surname.endswith(("ова", "ева", "ёва", "ина")) else surname
