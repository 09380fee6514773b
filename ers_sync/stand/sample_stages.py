"""How far the women of the sample РАМ have come: each stage is a shape of history, at most about 90 days long.

The stages go round in a fixed order, so that even a small sample has all of them and a large one in fixed shares.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Stage(StrEnum):
    """What has become of a pregnancy."""

    FRESH = "F"
    """Registered within the last weeks."""
    MIDDLE = "M"
    """Under observation, talon 1 is far off."""
    THIRD = "T"
    """28 to 34 weeks: talon 1 is due for many."""
    TWINS = "W"
    """More than one fetus, 27 to 33 weeks."""
    DELIVERED = "D"
    STILLBORN = "X"
    TERMINATED = "A"
    MISCARRIED = "S"
    CHILD = "C"
    """Born half a year ago: the children's clinic has observed the child for its first half-year."""
    YEAR_OLD = "Y"
    """The second half-year is over as well."""


_ORDER = "FMTDFMCFWTDMFATDMFSXFMTDFYMWFTFDMTFMDFATMFDMFTCDMF"
"""The stages of 50 women, one after the other; all are among the first 30."""


def stage_of(index: int) -> Stage:
    """Return the stage of the woman number `index`, counted from 1."""
    return Stage(_ORDER[(index - 1) % len(_ORDER)])


@dataclass(frozen=True, slots=True)
class Shape:
    """Ranges, both ends inclusive, of what is chosen at random.

    `registered` is the gestation at the primary exam, or `reached` the one reached today or at the outcome, in days: one of
    the two is chosen, the other follows from `since`, the days from the primary exam to today. `ended` is how many days ago
    the outcome was.
    """

    since: tuple[int, int]
    repeats: tuple[int, int]
    registered: tuple[int, int] | None = None
    reached: tuple[int, int] | None = None
    ended: tuple[int, int] | None = None


SHAPES = {
    Stage.FRESH: Shape(registered=(35, 84), since=(1, 24), repeats=(0, 1)),
    Stage.MIDDLE: Shape(registered=(35, 84), since=(40, 88), repeats=(3, 5)),
    Stage.THIRD: Shape(reached=(197, 240), since=(60, 88), repeats=(4, 6)),
    Stage.TWINS: Shape(reached=(191, 231), since=(60, 88), repeats=(4, 6)),
    Stage.DELIVERED: Shape(reached=(245, 287), ended=(1, 25), since=(70, 88), repeats=(4, 6)),
    Stage.STILLBORN: Shape(reached=(160, 275), ended=(1, 25), since=(70, 88), repeats=(3, 5)),
    Stage.TERMINATED: Shape(registered=(35, 60), ended=(2, 20), since=(25, 60), repeats=(0, 1)),
    Stage.MISCARRIED: Shape(registered=(40, 70), ended=(2, 20), since=(50, 88), repeats=(1, 2)),
    # The stages with a history longer than 90 days: all of it is over but the talon of the children's clinic.
    Stage.CHILD: Shape(reached=(252, 285), ended=(186, 230), since=(390, 430), repeats=(2, 3)),
    Stage.YEAR_OLD: Shape(reached=(252, 285), ended=(369, 400), since=(575, 605), repeats=(2, 3)),
}
