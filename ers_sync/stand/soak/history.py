"""Random histories of a small РАМ: women with exams and deliveries, and clerks who add, mend, edit and delete.

What is edited at any time never decides about a certificate or a talon. What does (they are final once sent) is edited last: then the Fund
must have what the final РАМ calls for, or what it has must be listed as diverging.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta

from ers_sync.stand.line import hospital, insert, update, woman

HOSPITALS = (1, 2)
TALON1_DAYS = 196  # exams from here on may be the one that talon 1 is claimed from: they are left as they are
_MISSING = ("address", "oms_policy_number", "id_doc_number", "birth_date")


@dataclass(slots=True)
class Exam:
    """A repeat exam as РАМ has it now."""

    id: int
    on: date
    days: int
    deleted: bool = False


@dataclass(slots=True)
class Story:
    """One woman's pregnancy, and the steps that clerks will take with it: each is a script."""

    id: int
    steps: list[str] = field(default_factory=list)


def stories(chance: random.Random, today: date) -> list[Story]:
    """Return a few pregnancies with their histories, the first step of each being the registration."""
    return [_story(chance, 1000 * (number + 1), today) for number in range(chance.randint(2, 4))]


def beginning() -> str:
    """Return the script that makes the hospitals."""
    return "".join(hospital(id_) for id_ in HOSPITALS)


def shuffled(chance: random.Random, told: list[Story]) -> Iterator[str]:
    """Yield all steps, each woman's in their order, the women's intermingled."""
    waiting = [list(story.steps) for story in told]
    while waiting := [steps for steps in waiting if steps]:
        yield chance.choice(waiting).pop(0)


def _story(chance: random.Random, id_: int, today: date) -> Story:
    story = Story(id_)
    lmp = today - timedelta(days=chance.randint(90, 285))
    gap = chance.choice(_MISSING) if chance.random() < 0.3 else None
    first_day = chance.randint(40, 80)
    registration = woman(id_, **({gap: None} if gap else {}))
    registration += insert("pregnancy", id=id_, patient_id=id_, organization_id=chance.choice(HOSPITALS), fetus_count=1)
    registration += _exam(chance, id_ + 1, id_, lmp + timedelta(days=first_day), first_day, kind="primary")
    story.steps.append(registration)
    if gap and chance.random() < 0.75:
        mended = "1995-05-17" if gap == "birth_date" else f"вписано {id_}"
        story.steps.append(update("patient", id_, **{gap: mended}))
    exams = _exams(chance, story, lmp, first_day, today)
    if (today - lmp).days > 240 and chance.random() < 0.6:
        story.steps.append(_delivery(chance, id_, lmp, today))
    for _ in range(chance.randint(0, 4)):
        story.steps.append(_edit(chance, id_, exams))
    if chance.random() < 0.4:
        story.steps.append(_contradict(chance, id_, lmp + timedelta(days=first_day), exams))
    return story


def _exams(chance: random.Random, story: Story, lmp: date, first_day: int, today: date) -> list[Exam]:
    exams: list[Exam] = []
    day = first_day
    while (day := day + chance.randint(14, 45)) < min((today - lmp).days, 239) and len(exams) < 5:
        exam = Exam(story.id + 10 + len(exams), lmp + timedelta(days=day), day)
        exams.append(exam)
        story.steps.append(_exam(chance, exam.id, story.id, exam.on, exam.days))
    return exams


def _edit(chance: random.Random, id_: int, exams: list[Exam]) -> str:
    """Edit an exam that no talon is claimed from, or the woman's card, which touches unsent messages only."""
    editable = [exam for exam in exams if exam.days < TALON1_DAYS - 10]
    if not editable or chance.random() < 0.2:
        return update("patient", id_, last_name=chance.choice(["Берёзкина", "Ёлкина-Петрова", "О’Нил"]))
    exam = chance.choice(editable)
    match chance.choice(["gestation", "day", "deleted", "note"]):
        case "gestation":
            exam.days += chance.choice([-1, 1])
            return update("exam", exam.id, gestation_days=exam.days)
        case "day":
            exam.on += timedelta(days=chance.choice([-1, 1]))
            return update("exam", exam.id, examined_at=f"{exam.on} 11:00")
        case "deleted":
            exam.deleted = not exam.deleted
            return update("exam", exam.id, deleted=exam.deleted)
        case _:
            return update("exam", exam.id, note=f"без особенностей {chance.randint(1, 9)}")


def _contradict(chance: random.Random, id_: int, registered: date, exams: list[Exam]) -> str:
    """Edit what a certificate or a talon may have been claimed from: the delivery, the primary exam, the last exam."""
    match chance.choice(["delivery", "primary", "last", "last day"]):
        case "delivery":
            return update("outcome", id_ + 50, deleted=True)
        case "last" if exams:
            return update("exam", exams[-1].id, deleted=True)
        case "last day" if exams:
            return update("exam", exams[-1].id, examined_at=f"{exams[-1].on - timedelta(days=2)} 11:00")
        case _:
            return update("exam", id_ + 1, examined_at=f"{registered + timedelta(days=1)} 11:00")


def _exam(chance: random.Random, id_: int, pregnancy: int, on: date, days: int, *, kind: str = "repeat") -> str:
    return insert(
        "exam",
        id=id_,
        pregnancy_id=pregnancy,
        organization_id=chance.choice(HOSPITALS),
        kind=kind,
        examined_at=f"{on} {chance.randint(8, 17):02d}:00",
        gestation_days=days,
        deleted=False,
    )


def _delivery(chance: random.Random, id_: int, lmp: date, today: date) -> str:
    on = min(lmp + timedelta(days=chance.randint(240, 280)), today - timedelta(days=1))
    outcome = insert(
        "outcome",
        id=id_ + 50,
        pregnancy_id=id_,
        organization_id=chance.choice(HOSPITALS),
        kind="delivery",
        occurred_at=f"{on} 03:40",
        gestation_days=(on - lmp).days,
        deleted=False,
    )
    return outcome + insert(
        "newborn", id=id_ + 51, outcome_id=id_ + 50, ordinal=1, sex="female", height_cm=51, weight_g=3300
    )
