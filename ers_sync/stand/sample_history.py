"""One woman's pregnancy in the sample РАМ: exams, outcome, newborns, observed children, and what the Fund knew before."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from random import Random
from typing import TYPE_CHECKING

from ers_sync.domain.model import Exam, Newborn, Outcome, Patient, Pregnancy
from ers_sync.stand.sample_hospitals import ANTENATAL, MATERNITY, doctor_id
from ers_sync.stand.sample_stages import SHAPES, Shape, Stage, stage_of
from ers_sync.stand.sample_women import woman

if TYPE_CHECKING:
    from ers_sync.domain.model import Child

ROOM = 100
"""Ids of one woman's rows of a table: from index * ROOM on."""
DELETED_EVERY = 40
FUTURE_EVERY = 60
_NO_GESTATION_EVERY = 130
_NO_WEIGHT_EVERY = 90
_MULTIPLE_DELIVERY_EVERY = 12
_FINDINGS = (
    "",
    " Головное предлежание плода.",
    " Анемия лёгкой степени (104 г/л).",
    " Rh-отрицательная кровь, без титра антител.",
    " АИТ. Миопия 3 степени.",
    " =Рекомендовано: наблюдение & диета <стол №9>",
)


@dataclass(frozen=True, slots=True)
class History:
    """Everything РАМ has of one woman."""

    index: int
    stage: Stage
    lmp: date
    patient: Patient
    pregnancy: Pregnancy
    exams: tuple[Exam, ...]
    outcome: Outcome | None
    children: tuple[Child, ...] = ()


@dataclass(frozen=True, slots=True)
class _Times:
    """The days a history turns on."""

    lmp: date
    first: date
    last: date
    ended: date | None
    today: date


def history(seed: int, index: int, now: datetime) -> History:
    """Return the history of the woman number `index` (from 1); `now` is the wall clock, without zone."""
    chance = Random(f"{seed}:{index}")  # noqa: S311 - a sample, to be the same every time
    stage = stage_of(index)
    shape = SHAPES[stage]
    patient = woman(chance, index, now.date())
    times = _times(chance, shape, now.date())
    pregnancy = _pregnancy(chance, index, stage, times)
    outcome = _outcome(chance, index, stage, times) if times.ended else None
    exams = _exams(chance, pregnancy, times, chance.randint(*shape.repeats), now)
    return History(index, stage, times.lmp, patient, pregnancy, exams, outcome)


def _times(chance: Random, shape: Shape, today: date) -> _Times:
    first = _weekday(today - timedelta(days=chance.randint(*shape.since)))
    ended = today - timedelta(days=chance.randint(*shape.ended)) if shape.ended else None
    if shape.reached:
        lmp = (ended or today) - timedelta(days=chance.randint(*shape.reached))
        # Nobody is registered earlier than five weeks, whatever was drawn.
        first = max(first, _weekday(lmp + timedelta(days=37)))
    elif shape.registered:
        lmp = first - timedelta(days=chance.randint(*shape.registered))
    else:
        raise ValueError("a shape needs the gestation at its beginning or at its end")
    return _Times(lmp, first, (ended - timedelta(days=1)) if ended else today, ended, today)


def _pregnancy(chance: Random, index: int, stage: Stage, times: _Times) -> Pregnancy:
    multiple = stage is Stage.TWINS or (stage is Stage.DELIVERED and index % _MULTIPLE_DELIVERY_EVERY == 0)
    late = (times.last - times.lmp).days > 210
    closed = times.ended + timedelta(days=chance.randint(0, 40)) if times.ended else None
    return Pregnancy(
        id=index,
        patient_id=index,
        organization_id=chance.choice(ANTENATAL),
        registered_on=times.first if chance.random() < 0.9 else None,
        fetus_count=(3 if chance.random() < 0.1 else 2) if multiple else (1 if chance.random() < 0.95 else None),
        exchange_card_number=f"{index}/{times.first:%y}" if late else None,
        exchange_card_date=times.first if late else None,
        sick_leave_number=f"9100{chance.randrange(10**8):08}" if late and chance.random() < 0.7 else None,
        closed_on=closed if closed and closed <= times.today else None,
    )


def _exams(chance: Random, pregnancy: Pregnancy, times: _Times, repeats: int, now: datetime) -> tuple[Exam, ...]:
    """Return the primary exam and up to `repeats` others, in order, on working days before the end of the history."""
    index, span = pregnancy.id, (times.last - times.first).days
    days = {_weekday(times.first + timedelta(days=span * (n + 1) // repeats)) for n in range(repeats)}
    moments = [_working_hour(chance, day) for day in (times.first, *sorted(day for day in days if day > times.first))]
    moments = [moment for moment in moments if moment <= now]
    if index % FUTURE_EVERY == 17 and not times.ended:
        moments.append(_working_hour(chance, _next_weekday(times.today + timedelta(days=chance.randint(1, 10)))))
    exams = [_exam(chance, pregnancy, number, moment, times.lmp) for number, moment in enumerate(moments)]
    if index % DELETED_EVERY == 11 and len(exams) > 1:
        exams[1] = dataclasses.replace(exams[1], deleted=True)
    if index % _NO_GESTATION_EVERY == 2 and len(exams) > 1:
        exams[1] = dataclasses.replace(exams[1], gestation_days=None)
    return tuple(exams)


def _exam(chance: Random, pregnancy: Pregnancy, number: int, moment: datetime, lmp: date) -> Exam:
    hospital = pregnancy.organization_id or ANTENATAL[0]
    if number and chance.random() < 0.03:  # seen in another hospital for once
        hospital = chance.choice(ANTENATAL)
    gestation = (moment.date() - lmp).days
    return Exam(
        id=pregnancy.id * ROOM + number,
        pregnancy_id=pregnancy.id,
        organization_id=hospital,
        doctor_id=doctor_id(hospital, chance.randrange(3)) if chance.random() < 0.97 else None,
        kind="repeat" if number else "primary",
        examined_at=moment,
        gestation_days=gestation,
        note=f"Беременность {gestation // 7}.{gestation % 7} недель.{chance.choice(_FINDINGS)}",
        deleted=False,
    )


def _outcome(chance: Random, index: int, stage: Stage, times: _Times) -> Outcome:
    if times.ended is None:
        raise ValueError("no day of the outcome")
    kind = {Stage.TERMINATED: "abortion", Stage.MISCARRIED: "miscarriage"}.get(stage, "delivery")
    hospital = MATERNITY[chance.random() < 0.25]
    born = _newborns(chance, index, stage) if kind == "delivery" else ()
    return Outcome(
        id=index * ROOM,
        pregnancy_id=index,
        organization_id=hospital,
        doctor_id=doctor_id(hospital, chance.randrange(3)),
        kind=kind,
        admitted_on=times.ended - timedelta(days=chance.randint(0, 2)),
        occurred_at=datetime.combine(times.ended, time(chance.randrange(24), chance.randrange(60))),
        gestation_days=(times.ended - times.lmp).days,
        icd10={"abortion": "O04.9", "miscarriage": "O03.9"}.get(kind, "O80.0" if len(born) == 1 else "O84.0"),
        mother_death_reason=None,
        children_total=len(born) + chance.randint(0, 3) if born else None,
        deleted=False,
        newborns=born,
    )


def _newborns(chance: Random, index: int, stage: Stage) -> tuple[Newborn, ...]:
    count = 2 if stage is Stage.DELIVERED and index % _MULTIPLE_DELIVERY_EVERY == 0 else 1
    return tuple(
        Newborn(
            id=index * ROOM + ordinal,
            outcome_id=index * ROOM,
            ordinal=ordinal,
            sex=chance.choice(("male", "female")),
            height_cm=chance.randint(44, 56),
            weight_g=None if index % _NO_WEIGHT_EVERY == 4 else chance.randint(2200, 4400),
            death_reason="P20.0 Внутриматочная гипоксия" if stage is Stage.STILLBORN else None,
        )
        for ordinal in range(1, count + 1)
    )


def _working_hour(chance: Random, day: date) -> datetime:
    return datetime.combine(day, time(chance.randint(8, 17), chance.randrange(60)))


def _weekday(day: date) -> date:
    """Return the day, or the Friday before it."""
    return day - timedelta(days=max(0, day.weekday() - 4))


def _next_weekday(day: date) -> date:
    """Return the day, or the Monday after it."""
    return day if day.weekday() < 5 else day + timedelta(days=7 - day.weekday())
