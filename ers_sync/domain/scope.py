"""One pregnancy seen with a site's rules at one moment: what is ours, what has happened, what still counts."""

from __future__ import annotations

from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from ers_sync.domain import completeness
from ers_sync.domain.chronology import outcome
from ers_sync.domain.completeness import Missing
from ers_sync.domain.content import Person
from ers_sync.domain.model import Case, Exam, Outcome
from ers_sync.domain.rules import Hospital, Rules


def as_of(case: Case, rules: Rules, now: datetime) -> Case:
    """Return a pregnancy without the outcomes that are yet to come, by the clock of the hospital: what is planned has ended nothing."""
    ours = next(iter(rules.hospitals.values()), None)  # an outcome elsewhere goes by the region's clock

    def has_come(row: Outcome) -> bool:
        hospital = rules.hospitals.get(row.organization_id or 0, ours)
        return row.occurred_at is None or hospital is None or hospital.has_come(row.occurred_at, now)

    come = tuple(row for row in case.outcomes if has_come(row))
    return case if len(come) == len(case.outcomes) else replace(case, outcomes=come)


@dataclass(frozen=True, slots=True)
class Scope:
    """One pregnancy seen with a site's rules at one moment.

    `sent` are the visits (`exam:ID`) that the Fund has or may have: nobody asks what they would say.
    """

    case: Case
    rules: Rules
    now: datetime
    sent: AbstractSet[str] = frozenset()

    def hospital(self, organization_id: int | None) -> Hospital | None:
        """Return our hospital of this id; an unlisted one, or one that РАМ has switched off, is not ours."""
        if organization_id is None:
            return None
        organization = self.case.organizations.get(organization_id)
        if organization is not None and organization.is_active is False:
            return None
        return self.rules.hospitals.get(organization_id)

    def happened(self, hospital: Hospital, moment: datetime) -> bool:
        """Tell whether a wall-clock moment of the hospital has come."""
        return hospital.has_come(moment, self.now)

    def takes_new(self, hospital: Hospital) -> bool:
        """Tell whether create, visit and talon 1 are still worked out: until `closed_days` after the pregnancy was closed."""
        closed = self.case.pregnancy.closed_on
        return closed is None or hospital.today(self.now) - closed <= timedelta(days=self.rules.closed_days)

    def before_outcome(self, exam: Exam) -> bool:
        """Tell whether an exam was made before the pregnancy ended."""
        ended = outcome(self.case)
        return not (ended and ended.occurred_at and exam.examined_at and exam.examined_at > ended.occurred_at)

    def counts(self, exam: Exam, hospital: Hospital) -> bool:
        """Tell whether an exam may call for anything: not deleted, not later than now, not after the outcome."""
        if exam.deleted or not self.before_outcome(exam):
            return False
        return exam.examined_at is None or self.happened(hospital, exam.examined_at)

    def person(self, event: datetime | None, hospital: Hospital) -> tuple[Person | None, list[Missing]]:
        """Return the woman's part and what is missing in her card and in the hospital's."""
        person, missing = completeness.person(
            self.case.patient, event.date() if event else None, hospital.today(self.now)
        )
        return person, missing + completeness.hospital(self.case.organizations.get(hospital.id))
