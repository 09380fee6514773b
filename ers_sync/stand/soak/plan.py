"""What a seed decides of a campaign, all of it before anything runs: what happens then changes none of these decisions."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from ers_sync import checkpoint
from ers_sync.stand.soak import faults, history

Death = Literal["daemon", "all", "fund", "postgres", "stop", "nobody"]
_DEATHS: tuple[Death, ...] = ("daemon", "daemon", "daemon", "all", "fund", "postgres", "stop", "nobody")


@dataclass(frozen=True, slots=True)
class Phase:
    """A while in which clerks work, daemons run, the Fund fails and somebody dies.

    Attributes:
        rules: by which the Fund fails.
        die_at: for each daemon that is to run, the checkpoint at which it kills itself if it is started now; empty: nowhere.
        steps: the clerks' scripts, each with the number of exchanges to wait for after it.
        before: exchanges to wait for before the death.
        death: who dies.
        victim: which daemon, counted around.
        after: exchanges to wait for after the death.
        hours: how much time passes at the end.
    """

    rules: list[dict[str, Any]]
    die_at: tuple[str, ...]
    steps: tuple[tuple[str, int], ...]
    before: int
    death: Death
    victim: int
    after: int
    hours: int


@dataclass(frozen=True, slots=True)
class Plan:
    """A campaign: `delay` is the seconds that the Fund takes to process."""

    delay: float
    phases: tuple[Phase, ...]


def plan(seed: int, today: date) -> Plan:
    """Return what a seed decides, the same for the same seed and day."""
    chance = random.Random(seed)  # noqa: S311 - not a secret
    delay = chance.choice([0.0, 0.3, 3.0])  # what is asked about at once may be there later
    steps = list(history.shuffled(chance, history.stories(chance, today)))
    many = chance.randint(2, 3)
    parts = (steps[number * len(steps) // many : (number + 1) * len(steps) // many] for number in range(many))
    return Plan(delay, tuple(_phase(chance, part) for part in parts))


def _phase(chance: random.Random, steps: list[str]) -> Phase:
    return Phase(
        rules=faults.rules(chance),
        die_at=tuple(_die_at(chance) for _ in range(chance.randint(1, 3))),
        steps=tuple((step, chance.randint(1, 4) if chance.random() < 0.1 else 0) for step in steps),
        before=chance.randint(3, 15),
        death=chance.choice(_DEATHS),
        victim=chance.randrange(3),
        after=chance.randint(0, 6),
        hours=chance.choice([1, 26]) if chance.random() < 0.4 else 0,
    )


def _die_at(chance: random.Random) -> str:
    point = f"{chance.choice(checkpoint.POINTS)}:{chance.choice([1, 1, 2, 3, 5, 9])}"
    return point if chance.random() < 0.5 else ""
