"""A sample of `make soak`: whole campaigns, each decided by its seed."""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import date

import pytest

from ers_sync.stand.soak.plan import plan

CAMPAIGNS = 12
# a campaign waits half of its time, so that two at once cost little more than one; a third of them is on GOST
COMMAND = ("-m", "ers_sync.stand.soak", "--runs", str(CAMPAIGNS), "--gost", "3", "--processes", "2")


@pytest.mark.timeout(600)
def test_campaigns_end_with_everything_there_once() -> None:
    ended = subprocess.run([sys.executable, *COMMAND], capture_output=True, encoding="utf-8", check=False)
    assert ended.returncode == 0, ended.stdout + ended.stderr
    figures, kinds = (json.loads(line) for line in ended.stdout.splitlines())
    assert (figures["campaigns"], figures["lost"], figures["doubled"]) == (CAMPAIGNS, 0, 0)
    assert figures["processed"] > 4 * CAMPAIGNS
    assert figures["faults"] > CAMPAIGNS // 3  # the slower the machine, the fewer exchanges there are to spoil
    assert figures["deaths"] > CAMPAIGNS
    assert any(death.startswith("at ") for death in kinds["deaths"])


def test_the_same_seed_makes_the_same_decisions() -> None:
    day = date(2026, 3, 16)
    assert plan(7, day) == plan(7, day)
    assert plan(7, day) != plan(8, day)
