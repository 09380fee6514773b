"""A sample of `make soak`: whole campaigns, each decided by its seed."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import date

import pytest

from ers_sync.stand.postgres import PrivatePostgres
from ers_sync.stand.soak import campaign, faults, history
from ers_sync.stand.soak.verdict import Verdict

pytestmark = [pytest.mark.timeout(900), pytest.mark.campaign]


@pytest.fixture(scope="module")
def cluster() -> Iterator[PrivatePostgres]:
    """A server of its own: campaigns kill it."""
    with PrivatePostgres(durable=False, settings=campaign.CLUSTER) as server:
        yield server


@pytest.mark.parametrize("seed", range(1, 16))
def test_a_campaign_ends_with_everything_there_once(cluster: PrivatePostgres, seed: int) -> None:
    figures = campaign.run(seed, cluster)
    assert figures.verdict == Verdict(0, 0, ()), f"again: python -m ers_sync.stand.soak --runs 1 --seed {seed}"
    assert figures.processed > 0


def test_a_campaign_on_gost(cluster: PrivatePostgres) -> None:
    from ers_sync.fss.crypto.engine import engine_problem

    figures = campaign.run(20, cluster, provider="pure" if engine_problem() else "engine")
    assert figures.verdict == Verdict(0, 0, ())


def test_the_same_seed_makes_the_same_decisions() -> None:
    def decisions(seed: int) -> object:
        chance = random.Random(seed)
        told = history.stories(chance, date(2026, 3, 16))
        return list(history.shuffled(chance, told)), [faults.rules(chance) for _ in range(5)]

    assert decisions(7) == decisions(7)
    assert decisions(7) != decisions(8)
