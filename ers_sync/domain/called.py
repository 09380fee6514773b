"""A request that РАМ calls for, before anybody has looked at what was sent."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from ers_sync.domain.completeness import Missing, cut
from ers_sync.domain.content import Kind
from ers_sync.domain.deadlines import deadline
from ers_sync.domain.limits import Limit
from ers_sync.domain.model import Exam
from ers_sync.domain.rules import Hospital

Identity = dict[str, object]
Content = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class CalledFor:
    """One request that a pregnancy calls for.

    `content` is one of the shapes of `content.py`, None while something is `missing`. `identity` is what a later edit is compared with.
    `takes_new` is False when the pregnancy was closed too long ago for a request that is not in the ledger yet.
    """

    kind: Kind
    subject: str
    source: str
    organization_id: int
    event_on: date | None
    deadline: datetime | None
    doctor_id: int | None
    content: Content | None = field(repr=False)
    missing: tuple[Missing, ...]
    identity: Identity = field(repr=False)
    takes_new: bool = True
    half_year: int | None = None

    @classmethod
    def of(
        cls,
        kind: Kind,
        *,
        subject: str,
        source: str,
        hospital: Hospital,
        event: datetime | None,
        doctor_id: int | None,
        content: Content | None,
        missing: list[Missing],
        identity: Identity,
        takes_new: bool = True,
        half_year: int | None = None,
    ) -> CalledFor:
        """Return a request of a hospital for an event at its wall-clock time."""
        return cls(
            kind=kind,
            subject=subject,
            source=source,
            organization_id=hospital.id,
            event_on=event.date() if event else None,
            deadline=deadline(event.date(), hospital.zone, hospital.calendar) if event else None,
            doctor_id=doctor_id,
            content=None if missing else content,
            missing=tuple(missing),
            identity=identity,
            takes_new=takes_new,
            half_year=half_year,
        )


def content_hash(content: Content | None) -> str | None:
    """Return a digest by which two contents are compared."""
    if content is None:
        return None
    return hashlib.sha256(json.dumps(content, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def iso_local(moment: datetime | None, length: int) -> str | None:
    """Return the first characters of a wall-clock time in ISO form: 10 for its day, 19 for its second."""
    return moment.isoformat()[:length] if moment else None


def visit_identity(exam: Exam) -> Identity:
    """Return what identifies a visit: an edit of any of it takes the visit back (day, gestation, note, hospital, pregnancy)."""
    return {
        "day": iso_local(exam.examined_at, 10),
        "gestation": exam.gestation_days,
        "note": note(exam),
        "organization": exam.organization_id,
        "pregnancy": exam.pregnancy_id,
    }


def exam_identity(exam: Exam) -> Identity:
    """Return what a certificate or talon was claimed from."""
    return {
        "row": f"exam:{exam.id}",
        "day": iso_local(exam.examined_at, 10),
        "gestation": exam.gestation_days,
        "organization": exam.organization_id,
    }


def note(exam: Exam) -> str | None:
    """Return the obstetric status, cleaned and cut to the schema's length."""
    return cut(exam.note, Limit.NOTE)
