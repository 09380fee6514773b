"""What all benchmarks share: two sides in turn, their medians, and the line that a figure is printed in.

The line is what `benchmarks.everything` reads, so a benchmark needs no other way to hand over its figures:

    messages: putVisit out, ours 0.61 ms, bare 0.44 ms, ratio 0.72 (reach: ≥ 0.6)
"""

from __future__ import annotations

import argparse
import gc
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import median

ROUNDS = 7


@dataclass(frozen=True, slots=True)
class Pair:
    """What two sides took, by round, in seconds a call."""

    ours: Sequence[float]
    bare: Sequence[float]

    @property
    def cost(self) -> float:
        """How many times the bare side's time ours takes: the median over the rounds."""
        return median(a / b for a, b in zip(self.ours, self.bare, strict=True))

    def __str__(self) -> str:
        return f"ours {_shown(median(self.ours))}, bare {_shown(median(self.bare))}"


def in_turn(
    ours: Callable[[], object],
    bare: Callable[[], object],
    *,
    rounds: int = ROUNDS,
    calls: int = 1,
    clock: Callable[[], float] = time.perf_counter,
) -> Pair:
    """Take the time of both sides, `calls` each in turn, `rounds` times after one that does not count."""
    gc.collect()
    gc.freeze()  # what is there by now is not looked through before each turn
    timed = [(_timed(ours, calls, clock), _timed(bare, calls, clock)) for _ in range(rounds + 1)]
    return Pair([a for a, _ in timed[1:]], [b for _, b in timed[1:]])


def _timed(what: Callable[[], object], calls: int, clock: Callable[[], float]) -> float:
    gc.collect()
    begin = clock()
    for _ in range(calls):
        what()
    return (clock() - begin) / calls


def _shown(seconds: float) -> str:
    return f"{seconds:.2f} s" if seconds >= 1 else f"{1000 * seconds:.2f} ms"


def tell(name: str, what: str, ratio: float, reach: str) -> None:
    """Print a figure that has a target, as `≥ 0.6` or `≤ 1.5`."""
    print(f"{name}: {what}, ratio {ratio:.2f} (reach: {reach})", flush=True)


def arguments(description: str | None) -> argparse.ArgumentParser:
    """Return a parser with what every benchmark understands."""
    parser = argparse.ArgumentParser(description=description, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument(
        "--quick", action="store_true", help="small sizes: to see that it runs, not to believe the figures"
    )
    return parser
